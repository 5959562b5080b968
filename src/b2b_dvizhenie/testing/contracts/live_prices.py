"""Contract suite of sources of live prices."""

from abc import abstractmethod
from datetime import timedelta
from decimal import Decimal

import pytest

from b2b_dvizhenie.application.pricing import LivePriceSource
from b2b_dvizhenie.domain.pricing import AskedLine, Question, heard
from b2b_dvizhenie.domain.shared.ids import VariantId, new_id

SOON = timedelta(seconds=5)
PRICES = {
    ("lamp", ""): Decimal("118.4"),
    ("lamp", "red"): Decimal("0.0125"),
    ("cable", ""): Decimal("12345678901234.5678"),
}
"""What the source under test tells; one price has more digits than a float holds."""


def question(*goods: tuple[str, str], quantity: Decimal = Decimal(10)) -> Question:
    """About these goods, for a company."""
    lines = tuple(AskedLine(VariantId(new_id()), quantity, product, variant) for product, variant in goods)
    return Question("q-1", "company", "7707083893", "", "retail", "", "RUB", vat_included=True, lines=lines)


class LivePriceSourceContract:
    """What every source does. `source` tells PRICES and knows no other goods."""

    @abstractmethod
    @pytest.fixture
    def source(self) -> LivePriceSource:
        """The source under test."""
        ...

    @pytest.mark.anyio
    async def test_what_was_asked_is_told_exactly(self, source: LivePriceSource) -> None:
        """Every known line, by its place in the question, digit by digit; unknown goods have no price."""
        assert source.is_enabled
        asked = question(*PRICES, ("ghost", ""))
        told = await source.ask(asked, SOON)
        assert [line.price for line in told.lines] == [*PRICES.values(), None]
        assert heard(asked, told) == {
            (line.variant_id, line.quantity): PRICES[line.product_ref, line.variant_ref]
            for line in asked.lines
            if line.product_ref != "ghost"
        }
        assert await source.ping(SOON)
