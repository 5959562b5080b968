"""The drift report for staff: who processes an order sees how the ERP counts it (features.md §8, moonshot 4)."""

from datetime import timedelta
from uuid import UUID

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
from b2b_dvizhenie.application.pricing import RuleBooks
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError, NotFound
from b2b_dvizhenie.domain.shared.ids import OrderId

LONGEST = timedelta(days=366)


class PeriodInvalid(DomainError):
    """A period ends on or after the day it begins and covers a year at most."""

    code = "drift.period_invalid"


def _checked(query: DriftQuery) -> DriftQuery:
    """The query within what pages and charts hold; raises PeriodInvalid."""
    if query.since and query.until and not timedelta(0) <= query.until - query.since <= LONGEST:
        raise PeriodInvalid("until")
    return replace(query, limit=max(1, min(query.limit, MAX_PAGE)), offset=max(0, query.offset))


class ListDrifts:
    """Orders that the ERP counts otherwise than we did."""

    def __init__(self, reader: DriftReader) -> None:
        self._reader = reader

    async def __call__(self, actor: Actor, query: DriftQuery) -> DriftPage:
        """A page; raises Forbidden, PeriodInvalid."""
        scope = actor.require(Permission.ORDERS_PROCESS)
        return await self._reader.page(actor, scope, _checked(query))


class TallyDrifts:
    """The same by day and by kind."""

    def __init__(self, reader: DriftReader) -> None:
        self._reader = reader

    async def __call__(self, actor: Actor, query: DriftQuery) -> DriftTally:
        """The figures of a chart; raises Forbidden, PeriodInvalid."""
        scope = actor.require(Permission.ORDERS_PROCESS)
        return await self._reader.tally(actor, scope, _checked(query))


class ShowDrift:
    """One order beside the ERP's document, step by step."""

    def __init__(self, reader: DriftReader, books: RuleBooks) -> None:
        self._reader = reader
        self._books = books

    async def __call__(self, actor: Actor, order_id: OrderId) -> OrderDrift:
        """The latest comparison.

        Raises:
            Forbidden: no right to process orders.
            NotFound: the order is not the actor's to see, or the ERP never returned it.
        """
        scope = actor.require(Permission.ORDERS_PROCESS)
        found = await self._reader.of_order(actor, scope, order_id)
        if found is None:
            raise NotFound("order_id")
        wanted = {pair.rule_id for line in found.comparison.lines for pair in line.pairs if pair.rule_id is not None}
        names: dict[UUID, str] = {}
        for rule_set_id in found.rule_sets if wanted else ():
            told = await self._books.names(rule_set_id, wanted)
            names |= {rule_id: name.title or name.public_title for rule_id, name in told.items()}
        return replace(found, rule_names=names)


class ExportDrifts:
    """Differing lines for a spreadsheet."""

    def __init__(self, reader: DriftReader) -> None:
        self._reader = reader

    async def __call__(self, actor: Actor, query: DriftQuery) -> tuple[DriftLine, ...]:
        """At most `MAX_EXPORT` lines of the orders that match; raises Forbidden, PeriodInvalid."""
        scope = actor.require(Permission.ORDERS_PROCESS)
        return await self._reader.lines(actor, scope, _checked(query), MAX_EXPORT)
