"""Official rates in a test's database, as if their source had told them."""

from datetime import date
from decimal import Decimal

from b2b_dvizhenie.application.pricing import FetchRates, RateSheet
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.entrypoints.container import Container, utc_now
from b2b_dvizhenie.testing.twins import RatesInMemory


def sheet(day: date, **rates: str) -> RateSheet:
    """Rates of a day."""
    return RateSheet(day, "cbr", {code: Decimal(rate) for code, rate in rates.items()})


def fetching(container: Container, told: RateSheet) -> FetchRates:
    """The use case with a source that tells these."""
    return FetchRates(RatesInMemory(told), container.rates_work, container.current_settings(), utc_now)


async def tell(container: Container, **rates: str) -> RateSheet:
    """Have these as the rates of today."""
    told = sheet(utc_now().date(), **rates)
    await fetching(container, told)(system_actor("test"))
    return told
