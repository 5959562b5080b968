"""How 1C is asked for live prices: its own names of goods, company, price type; only of one base."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from market import Market
from sqlalchemy import update
from statements import recorded_statements

from b2b_dvizhenie.adapters.postgres.tables.catalog import product
from b2b_dvizhenie.adapters.postgres.tables.companies import company
from b2b_dvizhenie.adapters.postgres.tables.pricing import price
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.shared.ids import PriceTypeId, VariantId, WarehouseId, new_id
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


async def test_names_of_one_base(container: Container, market: Market) -> None:
    own, other = await market.goods(), await market.goods()
    buyer = await market.client(ref="c-1", inn="7707083893")
    terms = Terms(buyer, None, PriceTypeId(market.wholesale), warehouse_id=WarehouseId(market.moscow))
    references = container.live_references()
    lines = [(own, Decimal(2)), (VariantId(new_id()), Decimal(1)), (other, Decimal(3)), (own, Decimal(1))]
    login = f"1c-{market.node.hex}"
    with recorded_statements() as seen:
        question = await references.question(terms, lines, login, "q")
    assert len(seen) == 1
    assert question is not None
    assert (question.request_id, question.company_ref, question.inn) == ("q", "c-1", "7707083893")
    assert (question.price_type_ref, question.warehouse_ref) == (str(market.wholesale), str(market.moscow))
    assert [(one.variant_id, one.quantity) for one in question.lines] == [lines[0], lines[2], lines[3]]
    assert await references.question(terms, lines, "another base", "q") is None

    second = await market.other_node("second")
    async with container.database().engine.begin() as connection:
        await connection.execute(update(product).where(product.c.product_id == other).values(node_id=second))
    question = await references.question(terms, lines, "", "q")
    assert question is not None
    assert {one.variant_id for one in question.lines} == {own}, "one question is to one base"
    question = await references.question(terms, lines[2:3], "", "q")
    assert question is not None
    assert (question.company_ref, question.price_type_ref, question.warehouse_ref) == ("", "", "")
    assert question.inn == "7707083893", "another base knows the company by its INN only"
    async with container.database().engine.begin() as connection:
        await connection.execute(update(company).values(inn=""))
    assert await references.question(terms, lines[2:3], "", "q") is None, "and nobody without one"


async def test_a_stored_price_is_as_old_as_its_oldest_break(container: Container, market: Market) -> None:
    one, unpriced = await market.goods(), VariantId(new_id())
    moment = datetime(2026, 11, 24, 18, tzinfo=UTC)
    async with container.database().engine.begin() as connection:
        await connection.execute(update(price).where(price.c.variant_id == one).values(updated_at=moment))
    terms = Terms(await market.client(), None, PriceTypeId(market.wholesale))
    assert await container.live_references().ages(terms, [one, unpriced]) == {one: moment}
