"""The contract of a table of the gateway: what its rows are, and how they get into the domain (onec.md §5.2, §5.3).

A context adds a table in three steps: the Structs of its rows, a class that fulfils `GatewayTable`, and one line in
the tuple `gateway_tables` of `entrypoints/parts/exchange.py`. Transport, staging, versions, full exports, retries and
the panel are the gateway's.

    class DebtKey(Struct, frozen=True, kw_only=True):       # what identifies a row: all that a deleted row must carry
        company_id: Ref
        document_id: Ref

    class DebtRow(DebtKey, frozen=True, kw_only=True):      # the whole row; defaults are what may be absent
        currency: str
        rest: Decimal
"""

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Protocol, TypeVar

from msgspec import Meta, Struct

from b2b_dvizhenie.application.shared.gateway import (
    Absence,
    GatewayWork,
    Outcome,
    RowApplied,
    RowNote,
    RowRefused,
)
from b2b_dvizhenie.domain.exchange.access import ExchangeRight
from b2b_dvizhenie.domain.exchange.monitoring import SyncCategory
from b2b_dvizhenie.domain.shared.refs import MAX_REF

__all__ = [
    "BATCH",
    "Absence",
    "GatewayTable",
    "GatewayWork",
    "Outcome",
    "Ref",
    "RowApplied",
    "RowNote",
    "RowRefused",
]

BATCH = 500
"""Rows of a table that are applied in one transaction at most."""

Ref = Annotated[str, Meta(min_length=1, max_length=MAX_REF)]
"""An id of the ERP as it arrives; compare and store `normal_ref(…)` of it."""

Key_contra = TypeVar("Key_contra", bound=Struct, contravariant=True)
Row_contra = TypeVar("Row_contra", bound=Struct, contravariant=True)


class GatewayTable(Protocol[Key_contra, Row_contra]):
    """One inbound table.

    Contract: everything is set-based (the number of statements does not depend on the number of rows) and goes
    through the connection of `work`, so that it commits or vanishes with the states of the rows. Applying a row that
    was applied before changes nothing. Rows of other nodes are never touched. Methods raise only when the database
    fails; whatever is wrong with a row is its outcome. Structs must not forbid unknown fields: 1C may send more than
    we know. The gateway itself reads `version` and `deleted` of a row; a Struct that wants them may declare them.
    """

    @property
    @abstractmethod
    def name(self) -> str:
        """The table in the address: `balances` in `/api/gateway/v1/in/balances`."""
        ...

    @property
    @abstractmethod
    def category(self) -> SyncCategory:
        """Where its runs stand in the summary of the exchange."""
        ...

    @property
    @abstractmethod
    def right(self) -> ExchangeRight:
        """What a node must be allowed to send it; a node may be limited to single tables besides."""
        ...

    @property
    @abstractmethod
    def key_row(self) -> type[Struct]:
        """The fields of the key alone: what a row with `"deleted": true` must have."""
        ...

    @property
    @abstractmethod
    def row(self) -> type[Struct]:
        """A whole row, decoded strictly field by field. It has the fields of `key_row` (inherit from it).

        A ValueError in its `__post_init__` rejects the row with that text.
        """
        ...

    @property
    @abstractmethod
    def scopes(self) -> tuple[str, ...] | None:
        """Fields a full export may be limited by (`("company_id",)`); () = whole only; None = `delta` only."""
        ...

    @property
    @abstractmethod
    def in_line(self) -> bool:
        """Whether rows and the files of the node wait for each other: True for what an import of files writes too."""
        ...

    @abstractmethod
    def key(self, row: Key_contra) -> str:
        """The identity of a row within node and table: `joined_key` of its normal refs."""
        ...

    @abstractmethod
    def scope(self, row: Key_contra) -> Mapping[str, str]:
        """The row's values of `scopes`, as normal refs: a full export may only hold rows of its own scope."""
        ...

    @abstractmethod
    async def apply(self, work: GatewayWork, rows: Sequence[Row_contra], now: datetime) -> Sequence[Outcome]:
        """Bring at most `BATCH` rows with different keys into the domain; one outcome per row, in their order."""
        ...

    @abstractmethod
    async def remove(self, work: GatewayWork, keys: Sequence[Key_contra], now: datetime) -> Sequence[Outcome]:
        """The same for rows the ERP marks as deleted; one that is not there is applied all the same."""
        ...

    @abstractmethod
    async def absence(self, work: GatewayWork, scope: Mapping[str, str], keep_keys: Collection[str]) -> Absence:
        """What `tombstone` would do; {} is the scope of the whole table (of this node). Writes nothing."""
        ...

    @abstractmethod
    async def tombstone(
        self, work: GatewayWork, scope: Mapping[str, str], keep_keys: Collection[str], now: datetime
    ) -> int:
        """Remove the rows of the scope whose key is not among these; returns how many went.

        Called at the end of a full export within the safety threshold, or by an administrator's word above it.
        """
        ...


AnyTable = GatewayTable[Any, Any]
