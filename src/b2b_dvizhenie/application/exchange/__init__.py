"""Exchange with an ERP: nodes, sessions, files, imports, deliveries of orders, the monitor."""

from b2b_dvizhenie.application.exchange.closing import EndFullExport
from b2b_dvizhenie.application.exchange.credentials import VerifiedCredentials
from b2b_dvizhenie.application.exchange.delivery import ConfirmOrders, QueryOrders
from b2b_dvizhenie.application.exchange.exports import CloseExports, DecideAbsent, ListExports
from b2b_dvizhenie.application.exchange.folders import FileOutcome, ImportFolder
from b2b_dvizhenie.application.exchange.importing import Applied, ImportFile, Progress
from b2b_dvizhenie.application.exchange.monitor import (
    MAX_PAGE,
    CategoryLine,
    DeliveryLine,
    ImportLine,
    LogQuery,
    NodeSummary,
    ProblemLine,
    ReadExchangeLog,
    RequestLine,
    ShowSummary,
)
from b2b_dvizhenie.application.exchange.nodes import (
    ChangeNode,
    CreateNode,
    ExchangeNode,
    ListNodes,
    NodeChange,
    NodeDraft,
)
from b2b_dvizhenie.application.exchange.order_drift import CompareOrder
from b2b_dvizhenie.application.exchange.order_states import ApplyOrderState, OrderStates
from b2b_dvizhenie.application.exchange.receiving import ReceiveChunk, SessionFiles, StartUpload
from b2b_dvizhenie.application.exchange.request_log import AnsweredRequest, RecordRequest, log_line
from b2b_dvizhenie.application.exchange.requesting import (
    AlreadyLoaded,
    Imported,
    ImportFailed,
    ImportState,
    InProgress,
    RepeatImport,
    RequestImport,
    Unpacking,
)
from b2b_dvizhenie.application.exchange.sessions import (
    Caller,
    Credentials,
    ExchangeSession,
    NodeAccess,
    OpenExchangeSession,
    ResolveSession,
    VerifyNode,
)
from b2b_dvizhenie.application.exchange.sweeping import CleanExchange, SweepUploads

__all__ = [
    "MAX_PAGE",
    "AlreadyLoaded",
    "AnsweredRequest",
    "Applied",
    "ApplyOrderState",
    "Caller",
    "CategoryLine",
    "ChangeNode",
    "CleanExchange",
    "CloseExports",
    "CompareOrder",
    "ConfirmOrders",
    "CreateNode",
    "Credentials",
    "DecideAbsent",
    "DeliveryLine",
    "EndFullExport",
    "ExchangeNode",
    "ExchangeSession",
    "FileOutcome",
    "ImportFailed",
    "ImportFile",
    "ImportFolder",
    "ImportLine",
    "ImportState",
    "Imported",
    "InProgress",
    "ListExports",
    "ListNodes",
    "LogQuery",
    "NodeAccess",
    "NodeChange",
    "NodeDraft",
    "NodeSummary",
    "OpenExchangeSession",
    "OrderStates",
    "ProblemLine",
    "Progress",
    "QueryOrders",
    "ReadExchangeLog",
    "ReceiveChunk",
    "RecordRequest",
    "RepeatImport",
    "RequestImport",
    "RequestLine",
    "ResolveSession",
    "SessionFiles",
    "ShowSummary",
    "StartUpload",
    "SweepUploads",
    "Unpacking",
    "VerifiedCredentials",
    "VerifyNode",
    "log_line",
]
