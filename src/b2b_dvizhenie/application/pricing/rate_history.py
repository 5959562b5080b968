"""What people who look after rates see of them: how they went, what waits for them, whether anybody tells new ones."""

from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct

from b2b_dvizhenie.application.pricing.currencies import (
    CurrencyLine,
    CurrencyRates,
    RateRow,
    RatesWork,
    ShowCurrencies,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import BASE

SHOWN = timedelta(days=30)


class RateHistory(Struct, frozen=True):
    """A currency, and its rates of the last thirty days, those that wait among them."""

    line: CurrencyLine
    rows: tuple[RateRow, ...]


class Rates(Struct, frozen=True):
    """Every currency but the base. `is_enabled` says whether there is anybody to ask for new rates."""

    histories: tuple[RateHistory, ...]
    is_enabled: bool


class ShowRates:
    """The rates with their history."""

    def __init__(self, currencies: ShowCurrencies, source: CurrencyRates, work: RatesWork, clock: Clock) -> None:
        self._currencies = currencies
        self._source = source
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor) -> Rates:
        """All of them, whatever their number: two round trips. Raises Forbidden without `settings.view`."""
        actor.require(Permission.SETTINGS_VIEW)
        lines = await self._currencies.lines(actor)
        async with self._work() as work:
            rows = await work.rates.since(self._clock().date() - SHOWN)
        histories = tuple(RateHistory(line, _of(line.currency, rows)) for line in lines if line.currency != BASE)
        return Rates(histories, self._source.is_enabled)


def _of(currency: str, rows: Sequence[RateRow]) -> tuple[RateRow, ...]:
    return tuple(row for row in rows if row.rate.currency == currency)
