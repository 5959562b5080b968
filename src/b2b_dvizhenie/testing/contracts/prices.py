"""What every source of stored prices does (port `application.pricing.PriceSource`)."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from b2b_dvizhenie.application.pricing import PriceSource
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.pricing import PricePoint
from b2b_dvizhenie.domain.shared.ids import CompanyId, PriceTypeId, VariantId

OWN, OTHER = PriceTypeId(UUID(int=101)), PriceTypeId(UUID(int=102))
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
FIRST, SECOND, UNPRICED = (VariantId(UUID(int=number)) for number in (201, 202, 203))

STORED: Mapping[VariantId, tuple[PricePoint, ...]] = {
    FIRST: (
        PricePoint(OWN, Decimal("10.5000"), "RUB", Decimal(0)),
        PricePoint(OWN, Decimal("9.2501"), "RUB", Decimal(10)),
        PricePoint(OTHER, Decimal("1.0000"), "RUB", Decimal(0)),
    ),
    SECOND: (PricePoint(OTHER, Decimal("7.0000"), "USD", Decimal(0)),),
}


def terms(price_type: PriceTypeId) -> Terms:
    """Terms that differ in the price type alone."""
    return Terms(CompanyId(UUID(int=1)), None, price_type)


async def points(
    source: PriceSource, price_type: PriceTypeId, *variants: VariantId, discounts: bool = True
) -> Mapping[VariantId, tuple[PricePoint, ...]]:
    """Prices of the variants that have any."""
    stored = await source.stored(terms(price_type), variants, NOW, discounts=discounts)
    return {variant: line.prices for variant, line in stored.lines.items() if line.prices}


@pytest.mark.anyio
class PriceSourceContract(ABC):
    """Subclass and implement `make`: a source that holds exactly the given prices."""

    @abstractmethod
    async def make(self, stored: Mapping[VariantId, tuple[PricePoint, ...]]) -> PriceSource:
        """The source under test, holding these prices."""

    async def test_only_the_terms_price_type_comes_back(self) -> None:
        """A price of another type must not be in the answer: it would leak through explanations."""
        source = await self.make(STORED)
        for discounts in (True, False):
            found = await points(source, OWN, FIRST, SECOND, UNPRICED, discounts=discounts)
            assert set(found) == {FIRST}
            assert {point.price_type_id for point in found[FIRST]} == {OWN}
            assert {(point.min_quantity, point.amount) for point in found[FIRST]} == {
                (Decimal(0), Decimal("10.5")),
                (Decimal(10), Decimal("9.2501")),
            }

    async def test_currency_is_the_stored_one(self) -> None:
        """Conversion is not the source's business."""
        source = await self.make(STORED)
        found = await points(source, OTHER, FIRST, SECOND)
        assert {variant: points[0].currency for variant, points in found.items()} == {FIRST: "RUB", SECOND: "USD"}

    async def test_nothing_asked_nothing_answered(self) -> None:
        """No variants, unknown variants and repeated variants are all fine."""
        source = await self.make(STORED)
        assert await points(source, OWN) == {}
        assert await points(source, OWN, UNPRICED) == {}
        twice = await points(source, OWN, FIRST, FIRST)
        assert {variant: len(found) for variant, found in twice.items()} == {FIRST: 2}

    async def test_without_a_set_in_force_there_is_nothing_to_discount(self) -> None:
        """No version, no guards, and no goods for who has read the prices."""
        source = await self.make(STORED)
        found = await source.stored(terms(OWN), [FIRST], NOW)
        assert found.active is None
        assert found.lines[FIRST].guards == ()
        assert await source.active(NOW) is None
        alone = await source.goods([FIRST], NOW)
        assert (alone.active, dict(alone.lines)) == (None, {})
