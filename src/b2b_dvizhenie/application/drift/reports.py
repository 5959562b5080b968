"""The drift report for staff: who processes an order sees how the ERP counts it (features.md §8, moonshot 4)."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.application.drift.ports import DriftReader
from b2b_dvizhenie.application.drift.views import (
    MAX_EXPORT,
    MAX_PAGE,
    DriftLine,
    DriftPage,
    DriftQuery,
    DriftTally,
    OrderDrift,
)
from b2b_dvizhenie.application.pricing import RuleBooks, Sheets
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError, NotFound
from b2b_dvizhenie.domain.shared.ids import OrderId

LONGEST = timedelta(days=365)
USUAL = 30
"""Days of a report that names no beginning."""


class PeriodInvalid(DomainError):
    """A period ends on or after the day it begins and covers a year at most."""

    code = "drift.period_invalid"


Table = Callable[[tuple[DriftLine, ...]], Iterable[Sequence[str]]]
"""Puts lines into the words of a language, under their heads."""


class Days(Struct, frozen=True):
    """Which days a report is about. `zone` is the seller's, in which a day begins."""

    clock: Clock
    zone: str

    def today(self) -> date:
        """The day it is for the seller."""
        return self.clock().astimezone(ZoneInfo(self.zone)).date()

    def of(self, query: DriftQuery) -> DriftQuery:
        """The query with both ends of its period, the last 30 days where it has none, and a page that is not too long.

        Raises:
            PeriodInvalid: it ends before it begins, or covers more than a year.
        """
        if query.order_id is not None:
            return replace(query, since=None, until=None)
        until = query.until or self.today()
        try:
            since = query.since or until - timedelta(days=USUAL - 1)
            _ = until + timedelta(days=2)  # where the last day ends, in any zone
        except OverflowError as error:
            raise PeriodInvalid("until") from error
        if not timedelta(0) <= until - since <= LONGEST:
            raise PeriodInvalid("until")
        limit, offset = max(1, min(query.limit, MAX_PAGE)), max(0, query.offset)
        return replace(query, since=since, until=until, limit=limit, offset=offset)


class ListDrifts:
    """Orders that the ERP counts otherwise than we did."""

    def __init__(self, reader: DriftReader, days: Days) -> None:
        self._reader = reader
        self._days = days

    async def __call__(self, actor: Actor, query: DriftQuery) -> DriftPage:
        """A page; raises Forbidden, PeriodInvalid."""
        scope = actor.require(Permission.ORDERS_PROCESS)
        return await self._reader.page(actor, scope, self._days.of(query))


class TallyDrifts:
    """The same by day and by kind."""

    def __init__(self, reader: DriftReader, days: Days) -> None:
        self._reader = reader
        self._days = days

    async def __call__(self, actor: Actor, query: DriftQuery) -> DriftTally:
        """The figures of a chart; raises Forbidden, PeriodInvalid."""
        scope = actor.require(Permission.ORDERS_PROCESS)
        return await self._reader.tally(actor, scope, self._days.of(query))


class ShowDrift:
    """One order beside the ERP's document, step by step."""

    def __init__(self, reader: DriftReader, books: RuleBooks) -> None:
        self._reader = reader
        self._books = books

    async def __call__(self, actor: Actor, order_id: OrderId) -> OrderDrift:
        """The latest comparison.

        Raises:
            Forbidden: no right to process orders, or none to prices: the steps are those of a price.
            NotFound: the order is not the actor's to see.
        """
        scope = actor.require(Permission.ORDERS_PROCESS)
        actor.require(Permission.PRICES_VIEW)
        found = await self._reader.of_order(actor, scope, order_id)
        if found is None:
            raise NotFound("order_id")
        lines = () if found.comparison is None else found.comparison.lines
        wanted = {pair.rule_id for line in lines for pair in line.pairs if pair.rule_id is not None}
        names: dict[UUID, str] = {}
        for rule_set_id in found.rule_sets if wanted else ():
            told = await self._books.names(rule_set_id, wanted)
            names |= {rule_id: name.title or name.public_title for rule_id, name in told.items()}
        return replace(found, rule_names=names)


class ExportDrifts:
    """Differing lines for a spreadsheet."""

    def __init__(self, reader: DriftReader, days: Days) -> None:
        self._reader = reader
        self._days = days

    async def __call__(self, actor: Actor, query: DriftQuery) -> tuple[DriftLine, ...]:
        """At most `MAX_EXPORT` lines of the orders that match; raises Forbidden, PeriodInvalid."""
        scope = actor.require(Permission.ORDERS_PROCESS)
        actor.require(Permission.PRICES_VIEW)
        return await self._reader.lines(actor, scope, self._days.of(query), MAX_EXPORT)


class WriteDrifts:
    """The same as a spreadsheet."""

    def __init__(self, export: ExportDrifts, sheets: Sheets) -> None:
        self._export = export
        self._sheets = sheets

    async def __call__(self, actor: Actor, query: DriftQuery, table: Table) -> bytes:
        """A workbook of what `table` makes of the lines; raises Forbidden, PeriodInvalid."""
        return self._sheets.book(table(await self._export(actor, query)))
