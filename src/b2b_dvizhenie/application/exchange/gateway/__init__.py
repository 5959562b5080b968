"""The JSON gateway: what CommerceML cannot carry, as tables of rows that are staged first and applied next (§5.2)."""

from b2b_dvizhenie.application.exchange.gateway.applying import ApplyRows
from b2b_dvizhenie.application.exchange.gateway.managing import (
    HEAL_JOB,
    DecideFull,
    HealRows,
    ReasonMissing,
    RequeueRows,
    SkipRow,
)
from b2b_dvizhenie.application.exchange.gateway.messages import Answer, MessageTooLarge, Rejected
from b2b_dvizhenie.application.exchange.gateway.monitor import (
    FullLine,
    IdentifyNode,
    ReadGateway,
    RowDetail,
    RowLine,
    RowQuery,
    ShowGatewayState,
    TableFigures,
    TableState,
)
from b2b_dvizhenie.application.exchange.gateway.receiving import APPLY_JOB, GatewayTables, ReceiveMessage, Taken
from b2b_dvizhenie.application.exchange.gateway.tables import GatewayTable

__all__ = [
    "APPLY_JOB",
    "HEAL_JOB",
    "Answer",
    "ApplyRows",
    "DecideFull",
    "FullLine",
    "GatewayTable",
    "GatewayTables",
    "HealRows",
    "IdentifyNode",
    "MessageTooLarge",
    "ReadGateway",
    "ReasonMissing",
    "ReceiveMessage",
    "Rejected",
    "RequeueRows",
    "RowDetail",
    "RowLine",
    "RowQuery",
    "ShowGatewayState",
    "SkipRow",
    "TableFigures",
    "TableState",
    "Taken",
]
