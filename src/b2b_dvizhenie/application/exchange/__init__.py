"""Exchange with an ERP: nodes, sessions, files, imports, deliveries of orders, the monitor."""

from b2b_dvizhenie.application.exchange.credentials import VerifiedCredentials
from b2b_dvizhenie.application.exchange.nodes import (
    ChangeNode,
    CreateNode,
    ExchangeNode,
    ListNodes,
    NodeChange,
    NodeDraft,
)
from b2b_dvizhenie.application.exchange.receiving import ReceiveChunk, SessionFiles, StartUpload
from b2b_dvizhenie.application.exchange.requesting import RequestImport
from b2b_dvizhenie.application.exchange.sessions import (
    Caller,
    Credentials,
    ExchangeSession,
    OpenExchangeSession,
    ResolveSession,
    VerifyNode,
)

__all__ = [
    "Caller",
    "ChangeNode",
    "CreateNode",
    "Credentials",
    "ExchangeNode",
    "ExchangeSession",
    "ListNodes",
    "NodeChange",
    "NodeDraft",
    "OpenExchangeSession",
    "ReceiveChunk",
    "RequestImport",
    "ResolveSession",
    "SessionFiles",
    "StartUpload",
    "VerifiedCredentials",
    "VerifyNode",
]
