"""Stored prices: the table and the twin pass one contract, and what goes in comes out."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import insert

from b2b_dvizhenie.adapters.postgres.pricing import PostgresPrices
from b2b_dvizhenie.adapters.postgres.tables.pricing import price
from b2b_dvizhenie.application.pricing import PriceSource
from b2b_dvizhenie.domain.pricing import PricePoint
from b2b_dvizhenie.domain.shared.ids import VariantId
from b2b_dvizhenie.entrypoints.container import Container
from b2b_dvizhenie.testing.contracts import PriceSourceContract
from b2b_dvizhenie.testing.contracts.prices import OWN, points
from b2b_dvizhenie.testing.twins import PricesInMemory

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 25, tzinfo=UTC)


async def store(container: Container, stored: Mapping[VariantId, tuple[PricePoint, ...]]) -> PriceSource:
    rows = [
        {
            "price_type_id": point.price_type_id,
            "variant_id": variant,
            "min_quantity": point.min_quantity,
            "amount": point.amount,
            "currency": point.currency,
            "updated_at": NOW,
        }
        for variant, points in stored.items()
        for point in points
    ]
    async with container.database().engine.begin() as connection:
        await connection.execute(insert(price), rows)
    return PostgresPrices(container.database())


class TestPostgres(PriceSourceContract):
    @pytest.fixture(autouse=True)
    def _container(self, container: Container) -> None:
        self.container = container

    async def make(self, stored: Mapping[VariantId, tuple[PricePoint, ...]]) -> PriceSource:
        return await store(self.container, stored)


class TestTwin(PriceSourceContract):
    async def make(self, stored: Mapping[VariantId, tuple[PricePoint, ...]]) -> PriceSource:
        return PricesInMemory(stored)


async def test_exact_amounts_survive(container: Container) -> None:
    amounts = ["0.0001", "0.1", "99999999999999.9999", "12.3450"]
    stored = {
        VariantId(UUID(int=number)): (PricePoint(OWN, Decimal(amount), "RUB", Decimal("0.500")),)
        for number, amount in enumerate(amounts, 1)
    }
    source = await store(container, stored)
    assert await points(source, OWN, *stored) == stored


@pytest.mark.parametrize("amount", ["0", "-1", "NaN"])
async def test_the_table_refuses_what_is_no_price(container: Container, amount: str) -> None:
    bad = {VariantId(UUID(int=1)): (PricePoint(OWN, Decimal(amount), "RUB"),)}
    with pytest.raises(Exception, match="ck_price_positive"):
        await store(container, bad)
