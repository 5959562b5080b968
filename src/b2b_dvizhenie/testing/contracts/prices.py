"""What every source of stored prices does (port `application.pricing.PriceSource`)."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

import pytest

from b2b_dvizhenie.application.pricing import PriceSource
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.pricing import PricePoint
from b2b_dvizhenie.domain.shared.ids import CompanyId, PriceTypeId, VariantId

OWN, OTHER = PriceTypeId(UUID(int=101)), PriceTypeId(UUID(int=102))
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


@pytest.mark.anyio
class PriceSourceContract(ABC):
    """Subclass and implement `make`: a source that holds exactly the given prices."""

    @abstractmethod
    async def make(self, stored: Mapping[VariantId, tuple[PricePoint, ...]]) -> PriceSource:
        """The source under test, holding these prices."""

    async def test_only_the_terms_price_type_comes_back(self) -> None:
        """A price of another type must not be in the answer: it would leak through explanations."""
        source = await self.make(STORED)
        found = await source.points(terms(OWN), [FIRST, SECOND, UNPRICED])
        assert set(found) == {FIRST}
        assert {point.price_type_id for point in found[FIRST]} == {OWN}
        assert {(point.min_quantity, point.amount) for point in found[FIRST]} == {
            (Decimal(0), Decimal("10.5")),
            (Decimal(10), Decimal("9.2501")),
        }

    async def test_currency_is_the_stored_one(self) -> None:
        """Conversion is not the source's business."""
        source = await self.make(STORED)
        found = await source.points(terms(OTHER), [FIRST, SECOND])
        assert {variant: points[0].currency for variant, points in found.items()} == {FIRST: "RUB", SECOND: "USD"}

    async def test_nothing_asked_nothing_answered(self) -> None:
        """No variants, unknown variants and repeated variants are all fine."""
        source = await self.make(STORED)
        assert await source.points(terms(OWN), []) == {}
        assert await source.points(terms(OWN), [UNPRICED]) == {}
        assert set(await source.points(terms(OWN), [FIRST, FIRST])) == {FIRST}
