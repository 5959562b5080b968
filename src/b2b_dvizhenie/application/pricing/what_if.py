"""What would have been: a version replayed over what was ordered, as a background job with a report that is kept."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from msgspec.structs import replace

from b2b_dvizhenie.application.pricing.ports import ActiveSet, PriceSource, RuleBooks
from b2b_dvizhenie.application.pricing.rule_sets import told
from b2b_dvizhenie.application.pricing.what_if_ports import (
    OrderedLine,
    OrderHistory,
    Outcome,
    RunState,
    WhatIf,
    WhatIfWork,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.application.shared.jobs import Job
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.hierarchy import Forbidden, Permission, Scope
from b2b_dvizhenie.domain.pricing import (
    BulkPrice,
    BulkPricer,
    Buyer,
    CurrencyReport,
    LineInput,
    Part,
    PricePoint,
    SetLimits,
    Shelf,
    Side,
    Tally,
    limits_of,
)
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind, NotFound
from b2b_dvizhenie.domain.shared.ids import PriceTypeId, new_id

WHAT_IF_JOB = "pricing.what_if"
MAX_DAYS = 366
LARGEST = 20
"""Parts told of each side and currency."""
TOLD_EVERY = timedelta(milliseconds=500)
"""How often progress is written down, and whether anybody still wants to know is asked."""
_NO_LIMITS = SetLimits()

Progress = Callable[[int, int], Awaitable[bool]]
"""(lines done, lines in all) → whether anybody still wants to know."""


class DaysInvalid(DomainError):
    """A replay goes over 1 to `maximum` days."""

    code = "pricing.days_invalid"


class _Side:
    """One of the two rule sets: prices any line under it."""

    def __init__(self, shelf: Shelf | None, limits: SetLimits) -> None:
        self._shelf = shelf
        self._limits = None if limits == _NO_LIMITS else limits

    def pricer(self, terms: Terms, buyer: Buyer) -> BulkPricer:
        return BulkPricer(terms) if self._shelf is None else self._shelf.pricer(terms, buyer)

    def price(self, pricer: BulkPricer, line: OrderedLine) -> BulkPrice:
        terms = line.terms
        points = (PricePoint(terms.price_type_id, line.base, terms.currency),)
        if self._limits is None:
            return pricer.price(LineInput(line.variant_id, line.quantity, points, line.goods))
        limits = limits_of(self._limits, line.guards, line.quantity, terms.currency)
        return pricer.price(LineInput(line.variant_id, line.quantity, points, line.goods, limits))


class Replay:
    """Prices what was ordered under a version and under the one in force, from the same base prices."""

    def __init__(self, books: RuleBooks, prices: PriceSource, history: OrderHistory, clock: Clock) -> None:
        self._books = books
        self._prices = prices
        self._history = history
        self._clock = clock

    async def __call__(self, actor: Actor, rule_set_id: UUID, days: int, progress: Progress) -> Outcome | None:
        """The difference, within the actor's scope of orders; None when nobody wanted to know any more.

        Raises:
            Forbidden: no right to manage prices or to see orders.
            NotFound: there is no such version.
            DaysInvalid: too few or too many days.
        """
        scope = _allowed(actor, days)
        version = await self._books.version(rule_set_id)
        if version is None:
            raise NotFound("rule_set_id")
        now = self._clock()
        active = await self._prices.active(now)
        before, after = await self._side(active, now), await self._side(version, now)
        types = {one for each in (active, version) if each is not None for one in _guards(each.limits)}
        since = now - timedelta(days=days)
        extent = await self._history.extent(actor, scope, since)
        tally, done = Tally(), 0
        company: UUID | None = None
        pricers: dict[Terms, tuple[BulkPricer, BulkPricer]] = {}
        async for batch in self._history.lines(actor, scope, since, types):
            for line in batch:
                terms = line.terms
                if terms.company_id != company:
                    company, pricers = terms.company_id, {}
                if terms not in pricers:
                    buyer = Buyer(terms.company_id, terms.agreement_id, terms.segments)
                    pricers[terms] = (before.pricer(terms, buyer), after.pricer(terms, buyer))
                old, new = pricers[terms]
                tally.add(terms.currency, _keys(line), before.price(old, line), after.price(new, line))
            done += len(batch)
            if not await progress(done, max(done, extent.lines)):
                return None
            await asyncio.sleep(0)  # other work of the process goes on between batches
        found = await self._named(tally.report(LARGEST))
        against = (active.rule_set_id, active.number) if active else (None, None)
        return Outcome(found, done, extent.left_out, *against)

    async def _side(self, version: ActiveSet | None, now: datetime) -> _Side:
        if version is None:
            return _Side(None, _NO_LIMITS)
        book = await self._books.whole(version.rule_set_id)
        return _Side(Shelf(book.root, now), version.limits)

    async def _named(self, reports: tuple[CurrencyReport, ...]) -> tuple[CurrencyReport, ...]:
        keys = {side: {UUID(part.key) for one in reports for part in one.parts[side] if part.key} for side in Side}
        titles = await self._history.titles(keys)

        def title(side: Side, part: Part) -> Part:
            return replace(part, title=titles.get((side, UUID(part.key)), "") if part.key else "")

        def named(report: CurrencyReport) -> CurrencyReport:
            parts = {side: tuple(title(side, part) for part in found) for side, found in report.parts.items()}
            return replace(report, parts=parts)

        return tuple(map(named, reports))


def _keys(line: OrderedLine) -> dict[Side, str]:
    return {
        Side.COMPANY: str(line.terms.company_id),
        Side.MANAGER: str(line.manager_id or ""),
        Side.ARTICLE: str(line.variant_id),
    }


def _guards(limits: SetLimits) -> list[PriceTypeId]:
    return [one for one in (limits.floor_price_type_id, limits.cost_price_type_id) if one is not None]


def _allowed(actor: Actor, days: int) -> Scope:
    actor.require(Permission.PRICES_MANAGE)
    scope = actor.require(Permission.ORDERS_VIEW)
    if not 1 <= days <= MAX_DAYS:
        raise DaysInvalid("days", maximum=MAX_DAYS)
    return scope


class AskWhatIf:
    """Have a version replayed in the background."""

    def __init__(self, work: WhatIfWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, rule_set_id: UUID, days: int) -> WhatIf:
        """What was asked for; it takes the place of the last one of this version and person.

        Raises:
            Forbidden: no right to manage prices or to see orders, or nobody who could look at the report.
            NotFound: there is no such version.
            DaysInvalid: too few or too many days.
        """
        scope = _allowed(actor, days)
        if actor.user_id is None:
            raise Forbidden(permission=Permission.PRICES_MANAGE.value)
        async with self._work() as work:
            head = await work.sets.head(rule_set_id)
            if head is None:
                raise NotFound("rule_set_id")
            asked = WhatIf(
                what_if_id=new_id(),
                rule_set_id=rule_set_id,
                revision=head.revision,
                days=days,
                user_id=actor.user_id,
                scope=scope,
                firm_id=actor.firm_id,
                asked_at=self._clock(),
            )
            await work.what_ifs.put(asked)
            await work.jobs.enqueue(
                Job(
                    name=WHAT_IF_JOB,
                    payload={"what_if_id": str(asked.what_if_id)},
                    lane=WHAT_IF_JOB,
                    max_attempts=3,
                    request_id=actor.request_id,
                )
            )
            await work.audit.record(actor, told(head, "pricing.what_if_asked", days=days))
            await work.commit()
        return asked


class ShowWhatIf:
    """The last replay of a version that the actor asked for."""

    def __init__(self, work: WhatIfWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, rule_set_id: UUID) -> WhatIf | None:
        """Only his own, and only while he sees the orders it was made of: with another scope it has to be made anew.

        Raises:
            Forbidden: no right to manage prices or to see orders.
            NotFound: there is no such version.
        """
        actor.require(Permission.PRICES_MANAGE)
        scope = actor.require(Permission.ORDERS_VIEW)
        async with self._work() as work:
            if await work.sets.head(rule_set_id) is None:
                raise NotFound("rule_set_id")
            found = None if actor.user_id is None else await work.what_ifs.of(rule_set_id, actor.user_id)
        return found if found is not None and (found.scope, found.firm_id) == (scope, actor.firm_id) else None


class RunWhatIf:
    """The background job: replay, tell how far it is, keep what came out."""

    def __init__(self, work: WhatIfWork, replay: Replay, clock: Clock) -> None:
        self._work = work
        self._replay = replay
        self._clock = clock

    async def __call__(self, what_if_id: UUID) -> None:
        """Nothing where another took its place or it is done; a refusal is kept as a failure."""
        async with self._work() as work:
            asked = await work.what_ifs.get(what_if_id)
        if asked is None or asked.state is RunState.DONE:
            return
        grants = {Permission.PRICES_MANAGE: Scope.ALL, Permission.ORDERS_VIEW: asked.scope}
        actor = Actor(asked.user_id, "what-if", "", MappingProxyType(grants), firm_id=asked.firm_id)

        told_at: datetime | None = None

        async def progress(done: int, total: int) -> bool:
            # Each word is a commit, and batches are quicker than anybody looks.
            nonlocal told_at
            now = self._clock()
            if told_at is not None and timedelta(0) <= now - told_at < TOLD_EVERY and done < total:
                return True
            told_at = now
            async with self._work() as work:
                wanted = await work.what_ifs.progress(what_if_id, done, total)
                await work.commit()
            return wanted

        try:
            outcome = await self._replay(actor, asked.rule_set_id, asked.days, progress)
        except DomainError as error:
            if error.kind is Kind.UNAVAILABLE:
                raise
            await self._finish(what_if_id, RunState.FAILED, None)
            return
        if outcome is not None:
            await self._finish(what_if_id, RunState.DONE, outcome)

    async def _finish(self, what_if_id: UUID, state: RunState, outcome: Outcome | None) -> None:
        async with self._work() as work:
            await work.what_ifs.finish(what_if_id, state, outcome, self._clock())
            await work.commit()
