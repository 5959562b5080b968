"""What a table of the JSON gateway and whoever applies its rows tell each other (onec.md §5.2).

Contexts below `exchange` may not import it, so the words both sides need are here; the contract of a table itself is
`application/exchange/gateway/tables.py`, which a class of any context fulfils without naming it.
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, Protocol

from msgspec import Struct

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import AuditLog
from b2b_dvizhenie.application.shared.jobs import JobQueue
from b2b_dvizhenie.domain.shared.ids import NodeId


class RowNote(Struct, frozen=True):
    """Something to tell about a row: `code` has a text in the locale catalogues, which may name the `params`."""

    code: str
    params: Mapping[str, Any] = {}


class RowApplied(Struct, frozen=True):
    """The row is in. `warnings` say what of it was repaired or contradicts itself."""

    warnings: tuple[RowNote, ...] = ()


class RowRefused(Struct, frozen=True):
    """The row is not in, and stays visible with the reason.

    `may_heal` says that the same row may be taken later without being sent again, because what it refers to has not
    come yet (a company, a product): it is then tried again by itself a number of times.
    """

    reason: RowNote
    may_heal: bool = False


Outcome = RowApplied | RowRefused


class Absence(Struct, frozen=True):
    """How many rows there are in the scope of a full export, and how many of them it did not name."""

    active: int
    absent: int


class GatewayWork(Protocol):
    """Port: the transaction in which rows are applied. What is written through it commits with the rows' new states.

    `node_id` is the node the rows came from: refs of an ERP are unique per node. `actor` is whom to name in the audit.
    Adapters get the connection by `adapters.postgres.gateway.connection_of(work)`.
    """

    node_id: NodeId
    actor: Actor
    audit: AuditLog
    jobs: JobQueue

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable. Called by the applier alone, never by a table."""
        ...
