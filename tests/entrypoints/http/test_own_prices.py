"""P12 in numbers: what the catalogue shows and orders by equals the price function, for every company and product.

The catalogue finds pages of own prices by SQL and bounds; the expected ones are priced in memory from what was written.
"""

from datetime import datetime
from decimal import Decimal
from random import Random
from uuid import UUID

import pytest
from discounting import in_force
from litestar.testing import AsyncTestClient
from msgspec import Struct
from price_order import forward
from shop import Shop
from sqlalchemy import select, update

from b2b_dvizhenie.adapters.postgres import pricing_books
from b2b_dvizhenie.adapters.postgres.tables.companies import agreement
from b2b_dvizhenie.application.catalog.goods import first_quantity
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.pricing import (
    Buyer,
    Discounts,
    Effect,
    Goods,
    Group,
    Kind,
    LineInput,
    PricePoint,
    RuleInput,
    SetLimits,
    Shelf,
    Strategy,
    limits_of,
    quote_line,
    rule_of,
)
from b2b_dvizhenie.domain.shared.ids import CompanyId, PriceTypeId, VariantId
from b2b_dvizhenie.domain.shared.money import RoundingPolicy
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
STRATEGIES = [Strategy.COMPOUND, Strategy.MAX, Strategy.SUM, Strategy.BY_KIND, Strategy.MIN]
NIGHTLY_PAIRS = 200_000


class Good(Struct, frozen=True):
    """A product with its variants and all their prices."""

    product: UUID
    multiple: Decimal
    goods: Goods
    variants: dict[VariantId, tuple[PricePoint, ...]]


class Wholesaler:
    """Goods, companies under terms of their own, and the rules in force."""

    def __init__(self, container: Container, shop: Shop, seed: int) -> None:
        self.container, self.shop = container, shop
        self.random = Random(seed)  # noqa: S311 - reproducible worlds
        self.goods: list[Good] = []
        self.buyers: list[tuple[Buyer, Terms]] = []
        self.headers: dict[str, str] = {}

    async def open(self, goods: int, companies: int) -> "Wholesaler":
        shop, random = self.shop, self.random
        root = await shop.section("Всё")
        leaves = [await shop.section(f"Раздел {number}", root) for number in range(3)]
        self.paths = {leaf: (root, leaf) for leaf in leaves}
        self.brands = [await shop.brand(f"Бренд {number}") for number in range(3)]
        for number in range(goods):
            section, brand = random.choice(leaves), random.choice(self.brands)
            multiple, article = random.choice(("1", "1", "12", "0.3")), f"A-{number}"
            retail, breaks = self._amount(), self._breaks()
            product = await shop.product(
                f"Товар {number}", section=section, article=article, brand=(brand, "Бренд"), multiple=multiple,
                retail=retail, wholesale=breaks,
            )  # fmt: skip
            variants = {VariantId(product): self._points(retail, breaks)}
            if random.random() < 0.2:
                more = self._breaks()
                variant = await shop.variant(product, name="цвет", wholesale=more)
                variants[VariantId(variant)] = self._points(None, more)
            goods_of = Goods(article, brand, self.paths[section])
            self.goods.append(Good(product, Decimal(multiple), goods_of, variants))
        await self._companies(companies)
        return self

    def _amount(self) -> str:
        tail = self.random.choice((0, 0, 0.5, 0.0049, 0.0051))
        return f"{self.random.choice((5, 7, 20, 100, self.random.randint(1, 500))) + tail:.4f}"

    def _breaks(self) -> dict[str, str]:
        least = self.random.choice((("0",), ("0",), ("0", "10"), ("10",), ()))
        return {one: self._amount() for one in least}

    def _points(self, retail: str | None, breaks: dict[str, str]) -> tuple[PricePoint, ...]:
        wholesale = [
            PricePoint(PriceTypeId(self.shop.wholesale), Decimal(amount), "RUB", Decimal(least))
            for least, amount in breaks.items()
        ]
        own = [PricePoint(PriceTypeId(self.shop.retail), Decimal(retail), "RUB")] if retail else []
        return (*wholesale, *own)

    async def _companies(self, count: int) -> None:
        keys = [await self.shop.company(f"Компания {number}") for number in range(count)]
        async with self.container.database().engine.begin() as connection:
            rows = await connection.execute(select(agreement.c.company_id, agreement.c.agreement_id))
            named = {row[0]: row[1] for row in rows}
            for key in keys:
                kind = self.random.choice((self.shop.wholesale, self.shop.wholesale, self.shop.retail))
                rounding = self.random.choice(list(RoundingPolicy))
                await connection.execute(
                    update(agreement)
                    .where(agreement.c.company_id == key)
                    .values(price_type_id=kind, rounding=rounding.value)
                )
                terms = Terms(CompanyId(key), None, PriceTypeId(kind), "RUB", rounding)
                self.buyers.append((Buyer(key, named[key]), terms))
        token = await self.shop.person("everywhere@example.test", companies=dict.fromkeys(keys, 2))
        self.headers = {"Authorization": f"Bearer {token}"}

    def _rule(self, order: int) -> RuleInput:
        """A rule for everybody, some companies or some terms; orders differ, so that no tie is decided by ids."""
        random = self.random
        kind, effect = random.choice(list(Kind)), random.choice([Effect.PERCENT, Effect.PERCENT, *Effect])
        buyers = [one for one, _ in random.sample(self.buyers, max(1, len(self.buyers) // 3))]
        whose = random.choice(("all", "all", "companies", "agreements"))
        return RuleInput(
            kind=kind,
            effect=effect,
            value=Decimal(random.randint(0, 4_000)) / 100,
            category_id=random.choice([*self.paths, next(iter(self.paths.values()))[0]]),
            brand_id=random.choice(self.brands),
            articles=tuple(one.goods.article for one in random.sample(self.goods, len(self.goods) // 4)),
            companies=tuple(one.company_id for one in buyers) if whose == "companies" else (),
            agreements=tuple(one.agreement_id for one in buyers if one.agreement_id) if whose == "agreements" else (),
            minimum=Decimal(random.choice((0, 0, 12))),
            order=order,
        )

    async def publish(self, strategy: Strategy, now: datetime) -> None:
        """Put other rules in force."""
        typed = [self._rule(order) for order in range(12)]
        floor = PriceTypeId(self.shop.retail) if self.random.random() < 0.5 else None
        self.limits = SetLimits(floor_price_type_id=floor, max_total_percent=Decimal(60))
        await in_force(self.container, *typed, strategy=strategy, limits=self.limits)
        rules = tuple(rule_of(one, UUID(int=100 + place)) for place, one in enumerate(typed))
        self.shelf, self.now = Shelf(Group(UUID(int=1), rules, strategy=strategy), now), now

    def expected(self, buyer: Buyer, terms: Terms, *, down: bool) -> list[tuple[str, Decimal | None]]:
        """Every product with its lowest own price, in order: by the price function alone."""
        discounts = Discounts(self.shelf.book(buyer), buyer, self.now)
        found: list[tuple[str, Decimal | None]] = []
        for good in self.goods:
            quantity = first_quantity(good.multiple)
            prices = []
            for variant, points in good.variants.items():
                limits = limits_of(self.limits, points, quantity, terms.currency)
                line = LineInput(variant, quantity, points, good.goods, limits)
                prices.append(quote_line(terms, line, discounts).unit_price)
            found.append((str(good.product), min((one for one in prices if one is not None), default=None)))
        priced = sorted(((price, key) for key, price in found if price is not None), reverse=down)
        return [*((key, price) for price, key in priced), *sorted((key, None) for key, price in found if price is None)]

    async def shown(
        self, client: AsyncTestClient, buyer: Buyer, *, down: bool, limit: int
    ) -> list[tuple[str, Decimal | None]]:
        """The same as the catalogue shows it, page by page."""
        headers = self.headers | {"X-Company-Id": str(buyer.company_id)}
        pages = await forward(client, headers, sort="-price" if down else "price", limit=limit)
        found = []
        for one in (one for page in pages for one in page["items"]):
            amounts = [variant["price"].get("amount") for variant in one["variants"]]
            found.append((one["id"], min((Decimal(each) for each in amounts if each is not None), default=None)))
        return found


@pytest.fixture
async def wholesaler(container: Container, shop: Shop, request: pytest.FixtureRequest) -> Wholesaler:
    nightly = request.config.getoption("--nightly")
    return await Wholesaler(container, shop, 5).open(*((400, 100) if nightly else (40, 4)))


async def _differing(client: AsyncTestClient, one: Wholesaler, limit: int) -> tuple[int, list[str]]:
    pairs, faults = 0, []
    for place, (buyer, terms) in enumerate(one.buyers):
        down = bool(place % 2)
        expected, shown = one.expected(buyer, terms, down=down), await one.shown(client, buyer, down=down, limit=limit)
        pairs += len(expected)
        assert len(shown) == len(expected)
        faults += [
            f"{terms}: {first} {second}" for first, second in zip(expected, shown, strict=True) if first != second
        ]
    return pairs, faults


async def test_p12_the_catalogue_shows_what_the_price_function_gives(
    client: AsyncTestClient,
    wholesaler: Wholesaler,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> None:
    nightly = request.config.getoption("--nightly")
    pairs, faults = 0, []
    for strategy in STRATEGIES if nightly else STRATEGIES[:2]:
        await wholesaler.publish(strategy, wholesaler.container.clock()())
        more, found = await _differing(client, wholesaler, 100 if nightly else 15)
        pairs, faults = pairs + more, faults + found
    with capsys.disabled():
        print(f"\nown prices: {pairs} pairs of a company and a product, {len(faults)} differ")  # noqa: T201
    assert not faults, "\n".join(faults[:20])
    assert pairs >= (NIGHTLY_PAIRS if nightly else 300)


async def test_rules_of_companies_that_are_not_read_are_noticed(
    client: AsyncTestClient, wholesaler: Wholesaler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the catalogue leaves out the rules of one's own company and of one's terms."""
    monkeypatch.setattr(pricing_books, "_OWN", pricing_books._OWN + " AND false")
    await wholesaler.publish(Strategy.SUM, wholesaler.container.clock()())
    assert (await _differing(client, wholesaler, 50))[1]
