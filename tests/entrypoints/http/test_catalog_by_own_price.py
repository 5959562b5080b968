"""With discounts in force, of every strategy, the order and the range of own prices equal brute force."""

from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest
from discounting import fixed, in_force, off_articles, off_brand, off_section
from litestar.testing import AsyncTestClient
from price_order import PRODUCTS, backward, brute, fill, forward, ids, lowest
from shop import Shop
from sqlalchemy import text

from b2b_dvizhenie.adapters.postgres.views.catalog import PostgresCatalogReader
from b2b_dvizhenie.adapters.postgres.views.catalog_by_price import candidates_of
from b2b_dvizhenie.application.catalog import by_price
from b2b_dvizhenie.application.catalog.ports import Candidate, ListRequest, PriceSlice, Sight
from b2b_dvizhenie.domain.pricing import Effect, Kind, RuleInput, SetLimits, Shares, Strategy

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
RUNNABLE = [one for one in Strategy if one is not Strategy.REFUSE]


def rules(random: Random, section: UUID, brand: UUID) -> list[RuleInput]:
    """Rules of every kind that meet, from one unit on and from ten; some with an order and a priority."""
    found: list[RuleInput] = []
    for _ in range(7):
        percent = str(random.choice([0, 5, 10, 12.5, 30, 60]))
        more: dict[str, Any] = {
            "minimum": Decimal(random.choice([0, 0, 3, 10])),
            "priority": random.randrange(2),
            "order": random.randrange(3),
            "exclusive": random.random() < 0.2,
            "stop_level": random.random() < 0.2,
        }
        named = [f"A-{random.randrange(60)}" for _ in range(5)]
        kinds = [
            off_section(percent, section, **more),
            off_brand(percent, brand, **more),
            off_articles(percent, *named, **more),
            RuleInput(kind=Kind.CATEGORY_BRAND, value=Decimal(percent), category_id=section, brand_id=brand, **more),
        ]
        found.append(random.choice(kinds))
    return found


async def everything(client: AsyncTestClient, headers: dict[str, str], **params: Any) -> list[dict[str, Any]]:
    answer = await client.get(PRODUCTS, params={"limit": 200, **params}, headers=headers)
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def assert_exact(client: AsyncTestClient, headers: dict[str, str], what: object, **params: Any) -> None:
    goods = await everything(client, headers, **params)
    pages = await forward(client, headers, limit=22, sort="price", **params)
    assert ids(pages) == brute(goods, down=False), what
    last = await forward(client, headers, limit=22, sort="-price", **params)
    assert ids(last) == brute(goods, down=True), what
    assert ids(await backward(client, headers, last[-1], limit=22, sort="-price", **params)) == ids(last), what
    prices = sorted({price for one in goods if (price := lowest(one)) is not None})
    low, high = prices[len(prices) // 3], prices[len(prices) // 2]
    inside = [one for one in goods if (price := lowest(one)) is not None and low <= price <= high]
    ranged = await forward(client, headers, limit=22, price_from=str(low), price_to=str(high), **params)
    assert ids(ranged) == brute(inside, down=False), what


async def test_every_strategy_is_listed_exactly(
    client: AsyncTestClient, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    section, brand = await fill(shop, 5)
    headers = await shop.buyer()
    random = Random(5)  # noqa: S311 - reproducible rules
    bare = {one["id"]: lowest(one) for one in await everything(client, headers)}
    for place, strategy in enumerate(RUNNABLE):
        # Slices of a few prices, and of the whole selection at once.
        monkeypatch.setattr(by_price, "_FIRST", random.choice([1, 40, 3000]))
        monkeypatch.setattr(by_price, "SMALL", random.choice([0, 6000]))
        monkeypatch.setattr(by_price, "_BUDGET", random.choice([0, 50, 6000]))
        limits = SetLimits(max_total_percent=Decimal(20)) if place % 4 == 3 else None
        if place % 4 == 2:
            limits = SetLimits(floor_price_type_id=shop.retail)
        own = rules(random, section, brand)
        await in_force(
            shop.container, *own, strategy=strategy, limits=limits, inner=random.choice([Strategy.MAX, Strategy.SUM])
        )
        await assert_exact(client, headers, (strategy, limits))
        if not place % 3:
            await assert_exact(client, headers, strategy, section=str(section), in_stock="true")
    assert {one["id"]: lowest(one) for one in await everything(client, headers)} != bare


_VARIANT_OF_ITS_OWN_ARTICLE = """
UPDATE variant SET article = 'V-1'
 WHERE variant_id = (SELECT v.variant_id FROM variant v JOIN price q ON q.variant_id = v.variant_id
                      WHERE v.variant_ref <> '' ORDER BY v.variant_id LIMIT 1)"""


async def test_amounts_and_fixed_prices_are_listed_exactly(
    client: AsyncTestClient, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    section, brand = await fill(shop, 6)
    headers = await shop.buyer()
    monkeypatch.setattr(by_price, "SMALL", 0)
    async with shop.container.database().engine.begin() as connection:
        await connection.execute(text(_VARIANT_OF_ITS_OWN_ARTICLE))
    listed = (off_brand("10", brand), fixed("6.5", "A-1", "A-2", "A-7"), off_articles("95", "A-3", "A-4"))
    await in_force(shop.container, *listed, fixed("0.07", "V-1"))
    await assert_exact(client, headers, "articles apart")
    cheapest = (await forward(client, headers, limit=22, sort="price"))[0]["items"][0]
    assert lowest(cheapest) == Decimal("0.07")
    amount = RuleInput(kind=Kind.CATEGORY, effect=Effect.AMOUNT, value=Decimal(6), category_id=section, currency="RUB")
    await in_force(shop.container, amount, off_articles("40", "A-5"), strategy=Strategy.COMPOUND)
    await assert_exact(client, headers, "amount")


async def test_levels_that_are_left_out_are_caught(
    client: AsyncTestClient, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without the level of the largest discount, goods that have it are missed."""
    _, brand = await fill(shop, 7)
    headers = await shop.buyer()
    await in_force(shop.container, off_brand("60", brand))
    await assert_exact(client, headers, "honest")
    monkeypatch.setattr(by_price, "SMALL", 0)
    honest = Shares.stored
    monkeypatch.setattr(
        Shares, "stored", lambda self, share, low, high: None if share.most > 0 else honest(self, share, low, high)
    )
    goods = await everything(client, headers)
    assert ids(await forward(client, headers, limit=22, price_from="15", price_to="50")) != brute(
        [one for one in goods if (price := lowest(one)) is not None and 15 <= price <= 50], down=False
    )


_MANY = """
WITH one AS (
     SELECT gen_random_uuid() AS id, n FROM generate_series(%(first)s::int, %(last)s::int) AS n),
     products AS (
     INSERT INTO product (product_id, node_id, external_ref, name, sort_key, brand_id, updated_at)
     SELECT id, %(node)s, 'many ' || n, 'Товар ' || n, 'товар ' || n,
            CASE WHEN n %% 5 = 0 THEN %(brand)s::uuid END, now() FROM one),
     variants AS (INSERT INTO variant (variant_id, product_id) SELECT id, id FROM one)
INSERT INTO price (price_type_id, variant_id, amount, currency, updated_at)
SELECT %(type)s, id, 10 * exp(ln(1000::numeric) * (n * 7919 %% 10007) / 10007), 'RUB', now() FROM one"""


def _read(plan: dict[str, Any]) -> int:
    """Prices that a plan has looked at."""
    own = 0
    if plan.get("Relation Name") == "price":
        own = plan["Actual Loops"] * (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0))
    return round(own) + sum(map(_read, plan.get("Plans", ())))


async def test_what_a_page_reads_does_not_grow_with_the_catalogue(
    client: AsyncTestClient, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four times the goods cost no more prices to look at, for the first page and for a range in the middle."""
    brand, headers, database = await shop.brand("Нуллион"), await shop.buyer(), shop.container.database()
    await in_force(shop.container, off_brand("20", brand), off_articles("10", "none"))
    honest = PostgresCatalogReader.candidates
    looked = 0

    async def counted(
        self: PostgresCatalogReader, request: ListRequest, sight: Sight, piece: PriceSlice
    ) -> Sequence[Candidate]:
        nonlocal looked
        statement, values = candidates_of(*self._priced_question(request, sight), piece)
        async with database.reading() as connection:
            row = await (await connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values)).fetchone()
        assert row is not None
        looked += _read(row[0][0]["Plan"])
        return await honest(self, request, sight, piece)

    async def cost(**params: Any) -> int:
        nonlocal looked
        looked = 0
        answer = await client.get(PRODUCTS, params={"limit": 50, "sort": "price", **params}, headers=headers)
        assert len(answer.json()["items"]) == 50
        return looked

    async def many(first: int, last: int) -> None:
        values = {"first": first, "last": last, "node": shop.node, "brand": brand, "type": shop.wholesale}
        async with database.engine.begin() as connection:
            raw = await connection.get_raw_connection()
            await raw.driver_connection.execute(_MANY, values)  # type: ignore[union-attr]
        async with database.reading() as connection:
            await connection.execute("ANALYZE")

    monkeypatch.setattr(PostgresCatalogReader, "candidates", counted)
    await many(1, 2000)
    few = await cost(), await cost(price_from="100", price_to="5000")
    await many(2001, 8000)
    more = await cost(), await cost(price_from="100", price_to="5000")
    assert max(few + more) <= 1000
    # Goods that are nowhere are not looked for longer and longer: the selection is looked at once, as a whole.
    monkeypatch.setattr(by_price, "_BUDGET", 1000)
    looked = 0
    answer = await client.get(PRODUCTS, params={"sort": "price", "in_stock": "true"}, headers=headers)
    assert answer.json()["items"] == []
    assert looked <= 8000 + 1000
    # The control: what is read without spans grows with the catalogue, and is seen.
    monkeypatch.setattr(Shares, "spans", lambda _self, _low, _high: [(Decimal(0), None)])
    assert await cost() >= 8000
