"""Official currency rates: fetched by schedule, kept with date and source, held back when they jump, shown."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.application.settings import CurrentSettings
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import AuditLog, Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.companies import clean_text
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import (
    BASE,
    DISPLAYED,
    RATE_JUMP,
    RATE_MAX_AGE,
    Exchange,
    Gap,
    Rate,
    jumped,
)
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind, NotFound

RATES_JOB = "pricing.fetch_rates"
MAX_REASON = 500
AHEAD = timedelta(days=14)
"""How far before its first day a rate is told at most: the longest run of holidays, and some more."""


class RatesUnavailable(DomainError):
    """Nothing readable came from the source of rates; params hold a `reason` for the log."""

    code = "pricing.rates_unavailable"
    kind = Kind.UNAVAILABLE


class RateSheet(Struct, frozen=True):
    """Rates of one day by currency: roubles per one unit, whatever number of units the source quotes."""

    day: date
    source: str
    per_unit: Mapping[str, Decimal]


class CurrencyRates(Protocol):
    """Port: who tells official rates.

    Contract: `latest` asks at most once and answers with positive finite rates per one unit; a currency that the source
    leaves out is absent. It raises RatesUnavailable when nothing readable and unambiguous comes within its time limit,
    and nothing else, whatever the other side sends; it follows no redirections and reads no endless answers.
    """

    @property
    @abstractmethod
    def is_enabled(self) -> bool:
        """Whether there is anybody to ask. Known without asking."""
        ...

    @abstractmethod
    async def latest(self) -> RateSheet:
        """The newest rates the source knows; their first day may be tomorrow, or days ago after holidays."""
        ...


class RateRow(Struct, frozen=True):
    """A stored rate. `is_held`: it is used by nobody; it waits for an administrator, or has been refused by one."""

    rate: Rate
    fetched_at: datetime
    is_held: bool
    refusal: str = ""
    """Why nobody shall ever use it; empty for one that waits."""


class RateBook(Protocol):
    """Port: rates within a transaction."""

    @abstractmethod
    async def hold(self) -> None:
        """Keep every other fetch and confirmation out until the transaction ends."""
        ...

    @abstractmethod
    async def rows(self, today: date | None = None) -> Sequence[RateRow]:
        """Per currency the latest usable rate (up to `today`, where given) and, if later, the latest that waits."""
        ...

    @abstractmethod
    async def since(self, day: date) -> Sequence[RateRow]:
        """Every rate of this day and later ones, by currency, the earliest first."""
        ...

    @abstractmethod
    async def put(self, rate: Rate, *, is_held: bool) -> bool:
        """Write a rate of its day; a rate equal to the one there changes nothing. Whether anything changed."""
        ...

    @abstractmethod
    async def confirm(self, currency: str, day: date) -> Rate | None:
        """Let a rate that waits be used; None if none does."""
        ...

    @abstractmethod
    async def refuse(self, currency: str, day: date, reason: str) -> Rate | None:
        """Let a rate that waits be used by nobody; None if none does.

        It stays refused however often the source tells the same again; another rate of that day takes its place.
        """
        ...


class RatesTransaction(Protocol):
    """Port: one transaction of rates; leaving without `commit` rolls back."""

    rates: RateBook
    audit: AuditLog

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""
        ...


RatesWork = Callable[[], AbstractAsyncContextManager[RatesTransaction]]


class FetchRates:
    """Ask the source and keep what is new. Safe to repeat and to run twice at once."""

    def __init__(self, source: CurrencyRates, work: RatesWork, current: CurrentSettings, clock: Clock) -> None:
        self._source = source
        self._work = work
        self._current = current
        self._clock = clock

    async def __call__(self, actor: Actor) -> int:
        """How many rates were new; nobody is asked where there is no source.

        Raises:
            Forbidden: without `settings.manage`.
            RatesUnavailable: the last good rates stay; try again later.
        """
        actor.require(Permission.SETTINGS_MANAGE)
        if not self._source.is_enabled:
            return 0
        sheet = await self._source.latest()
        if sheet.day > self._clock().date() + AHEAD:
            raise RatesUnavailable(reason="day far ahead")
        percent = await self._current(RATE_JUMP)
        found = 0
        async with self._work() as work:
            await work.rates.hold()
            known = {row.rate.currency: row.rate for row in await work.rates.rows() if not row.is_held}
            for currency in DISPLAYED:
                if currency == BASE or currency not in sheet.per_unit:
                    continue
                rate = Rate(currency, sheet.per_unit[currency], sheet.day, sheet.source)
                before = known.get(currency)
                if before is not None and before.day > rate.day:
                    continue  # the source went back in time: what is known is newer
                held = before is not None and jumped(before.per_unit, rate.per_unit, percent)
                if before is not None and before.day == rate.day and held:
                    raise RatesUnavailable(reason="a told rate changed")
                if await work.rates.put(rate, is_held=held):
                    found += 1
                    await work.audit.record(actor, _change("fetched", rate, is_held=held))
            await work.commit()
        return found


def _change(verb: str, rate: Rate, *, is_held: bool) -> Change:
    after = {"per_unit": str(rate.per_unit), "day": rate.day.isoformat(), "source": rate.source, "held": is_held}
    return Change(f"pricing.rate_{verb}", "rate", rate.currency, after=after)


class CurrencyLine(Struct, frozen=True):
    """A currency one can see prices in. Without `gap` its rate can be used; `day` and `source` are the rate's.

    `per_unit` is roubles of one unit, and None where nobody has told a rate. `held` is a later rate that waits for an
    administrator, for those only who may confirm it.
    """

    currency: str
    per_unit: Decimal | None = None
    day: date | None = None
    source: str = ""
    gap: Gap | None = None
    held: Rate | None = None


class ShowCurrencies:
    """Which currencies there are, by which rates of which day and source."""

    def __init__(self, work: RatesWork, current: CurrentSettings, clock: Clock, zone: str) -> None:
        self._work = work
        self._current = current
        self._clock = clock
        self._zone = ZoneInfo(zone)

    async def rates(self) -> Exchange:
        """The rates of today, for whoever shows money."""
        exchange, _ = await self._today()
        return exchange

    async def __call__(self, actor: Actor) -> tuple[CurrencyLine, ...]:
        """Every currency in the order of the choice, the base first. Raises Forbidden without `prices.view`."""
        actor.require(Permission.PRICES_VIEW)
        return await self.lines(actor)

    async def lines(self, actor: Actor) -> tuple[CurrencyLine, ...]:
        """The same for whoever has been let in for another reason."""
        exchange, rows = await self._today()
        may_confirm = actor.may(Permission.SETTINGS_MANAGE)
        usable = {row.rate.currency: row.rate for row in rows if not row.is_held}
        held = {row.rate.currency: row.rate for row in rows if row.is_held} if may_confirm else {}
        lines = [CurrencyLine(BASE, Decimal(1))]
        for currency in DISPLAYED[1:]:
            rate, state = usable.get(currency), exchange.rate(currency)
            gap = None if isinstance(state, Rate) else state.gap
            if rate is None:
                lines.append(CurrencyLine(currency, gap=gap, held=held.get(currency)))
            else:
                lines.append(CurrencyLine(currency, rate.per_unit, rate.day, rate.source, gap, held.get(currency)))
        return tuple(lines)

    async def _today(self) -> tuple[Exchange, Sequence[RateRow]]:
        today = self._clock().astimezone(self._zone).date()
        async with self._work() as work:
            rows = await work.rates.rows(today)
        usable = [row.rate for row in rows if not row.is_held]
        return Exchange(usable, today, await self._current(RATE_MAX_AGE)), rows


class ConfirmRate:
    """Let a rate be used that was held back because it jumped."""

    def __init__(self, work: RatesWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, currency: str, day: date) -> None:
        """Confirm the held rate of a currency and a day.

        Raises:
            Forbidden: without `settings.manage`.
            NotFound: no such rate waits.
        """
        actor.require(Permission.SETTINGS_MANAGE)
        async with self._work() as work:
            await work.rates.hold()
            rate = await work.rates.confirm(currency, day)
            if rate is None:
                raise NotFound("day")
            await work.audit.record(actor, _change("confirmed", rate, is_held=False))
            await work.commit()


class RefuseRate:
    """Let a rate be used by nobody that was held back because it jumped: the source was wrong."""

    def __init__(self, work: RatesWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, currency: str, day: date, reason: str) -> None:
        """Refuse the held rate of a currency and a day; the last good one holds on.

        Raises:
            Forbidden: without `settings.manage`.
            FieldRequired, TextTooLong, TextUnreadable: by the field `reason`.
            NotFound: no such rate waits.
        """
        actor.require(Permission.SETTINGS_MANAGE)
        told = clean_text(reason, "reason", MAX_REASON, required=True)
        async with self._work() as work:
            await work.rates.hold()
            rate = await work.rates.refuse(currency, day, told)
            if rate is None:
                raise NotFound("day")
            change = _change("refused", rate, is_held=True)
            await work.audit.record(actor, replace(change, after={**(change.after or {}), "reason": told}))
            await work.commit()
