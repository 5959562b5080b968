"""The end of full exports: what they did not name is hidden, or waits for a person's word (onec.md §3.7)."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.exchange.generations import AbsentGoods, Closing, GenerationState, close
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind
from b2b_dvizhenie.domain.shared.ids import NodeId


class ExportUnknown(DomainError):
    """There is no full export of this number that waits for a word."""

    code = "exchange.export_unknown"
    kind = Kind.NOT_FOUND


class OpenExport(Struct, frozen=True):
    """A full export that is going on. `is_quiet`: no file of it came for the node's quiet time."""

    generation_id: int
    node_id: NodeId
    policy: AbsentGoods
    is_quiet: bool


class ExportCounts(Struct, frozen=True):
    """What a full export named and did not name. `active` are the goods on sale of its catalogue, also absent ones."""

    stamped: int
    absent: int
    active: int
    failed_files: int


class ExportLine(Struct, frozen=True):
    """A full export for people."""

    generation_id: int
    node: str
    catalog_ref: str
    state: str
    opened_at: datetime
    last_file_at: datetime
    closed_at: datetime | None
    stamped: int
    absent: int
    failed_files: int


Decision = Callable[[ExportCounts], Closing]


class ExportKeeper(Protocol):
    """Port: the full exports and the goods they did not name.

    Contract of `end`: in one transaction, after the imports of the node; the counts are those of that moment; what is
    hidden is the goods that are absent then. A good that comes back later is shown again by its import.
    """

    @abstractmethod
    async def open(self, now: datetime) -> Sequence[OpenExport]:
        """Every full export that is going on."""
        ...

    @abstractmethod
    async def lines(self, limit: int) -> Sequence[ExportLine]:
        """The latest first."""
        ...

    @abstractmethod
    async def end(
        self,
        generation_id: int,
        expected: GenerationState,
        decide: Decision,
        now: datetime,
        audited: tuple[Actor, Change] | None = None,
    ) -> Closing | None:
        """End an export, hide what is decided; None when it is not in the expected state any more."""
        ...


class CloseExports:
    """Close full exports that are over: by themselves after the quiet time, or because 1C says so."""

    def __init__(self, keeper: ExportKeeper, clock: Clock) -> None:
        self._keeper = keeper
        self._clock = clock

    async def __call__(self, node_id: NodeId | None = None) -> int:
        """Close those of the node (it has said `complete`), or every quiet one; returns how many ended."""
        now = self._clock()
        ended = 0
        for export in await self._keeper.open(now):
            if export.node_id == node_id if node_id is not None else export.is_quiet:
                closing = await self._keeper.end(
                    export.generation_id, GenerationState.OPEN, _decision(export.policy), now
                )
                ended += closing is not None
        return ended


def _decision(policy: AbsentGoods) -> Decision:
    def decide(counts: ExportCounts) -> Closing:
        return close(
            policy,
            stamped=counts.stamped,
            absent=counts.absent,
            active=counts.active,
            failed_files=counts.failed_files,
        )

    return decide


class DecideAbsent:
    """The button of the panel: a person decides about goods that a full export did not name."""

    def __init__(self, keeper: ExportKeeper, clock: Clock) -> None:
        self._keeper = keeper
        self._clock = clock

    async def __call__(self, actor: Actor, generation_id: int, *, hide: bool) -> None:
        """Hide them, or keep them; audited.

        Raises:
            Forbidden.
            ExportUnknown: it does not wait for a word, or not any more.
        """
        actor.require(Permission.EXCHANGE_MANAGE)
        state = GenerationState.APPLIED if hide else GenerationState.CLOSED
        change = Change(
            "exchange.absent_decided", "exchange_generation", str(generation_id), after={"state": state.value}
        )
        ended = await self._keeper.end(
            generation_id,
            GenerationState.NEEDS_CONFIRMATION,
            lambda _: Closing(state, hide=hide),
            self._clock(),
            (actor, change),
        )
        if ended is None:
            raise ExportUnknown


class ListExports:
    """Full exports, for those who watch the exchange."""

    def __init__(self, keeper: ExportKeeper) -> None:
        self._keeper = keeper

    async def __call__(self, actor: Actor, limit: int = 50) -> Sequence[ExportLine]:
        """The latest first; raises Forbidden."""
        actor.require(Permission.EXCHANGE_VIEW)
        return await self._keeper.lines(max(1, min(limit, 200)))
