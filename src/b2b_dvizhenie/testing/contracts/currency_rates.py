"""Contract suite of sources of currency rates."""

from abc import abstractmethod
from datetime import date
from decimal import Decimal

import pytest

from b2b_dvizhenie.application.pricing import CurrencyRates, RateSheet

SHEET = RateSheet(
    date(2026, 11, 25),
    "cbr",
    {"USD": Decimal("81.25"), "EUR": Decimal("94.1234"), "KZT": Decimal("0.153125"), "UZS": Decimal("0.0067891")},
)
"""What the source under test tells; one rate is of many units, so that it is small."""


class CurrencyRatesContract:
    """What every source does. `source` tells SHEET."""

    @abstractmethod
    @pytest.fixture
    def source(self) -> CurrencyRates:
        """The source under test."""
        ...

    @pytest.mark.anyio
    async def test_the_rates_of_one_unit(self, source: CurrencyRates) -> None:
        """Exactly, of the day they hold from; asking again tells the same."""
        assert source.is_enabled
        assert await source.latest() == SHEET
        assert await source.latest() == SHEET
