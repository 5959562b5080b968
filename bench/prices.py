"""Prices: engine time of a page, of a cart and of a whole catalogue, loading rule books, checking a rule set."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from statistics import median
from uuid import UUID

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.pricing_books import PostgresRuleBooks
from b2b_dvizhenie.adapters.postgres.pricing_rule_sets import PostgresRuleSetTransaction
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.pricing import (
    BulkPricer,
    Buyer,
    Discounts,
    Effect,
    Goods,
    Group,
    GroupNode,
    Kind,
    LineInput,
    PlacedRule,
    PricePoint,
    Rule,
    RuleBook,
    Target,
    quote,
    quote_line,
)
from b2b_dvizhenie.domain.shared.ids import CompanyId, PriceTypeId, VariantId, new_id
from bench.report import Report, Row
from bench.setting import Bench

RULES = 10_000
COMPANIES = 1_000
SECTIONS, BRANDS, GOODS = 300, 200, 20_000
NOW = datetime(2026, 11, 25, tzinfo=UTC)
TYPE = PriceTypeId(UUID(int=1))


class _World:
    """Rules of a wholesaler: a tenth for everybody, the rest for single companies."""

    def __init__(self) -> None:
        random = Random(7)  # noqa: S311 - the same world in every run
        self.sections = [UUID(int=1000 + place) for place in range(SECTIONS)]
        self.brands = [UUID(int=5000 + place) for place in range(BRANDS)]
        self.companies = [UUID(int=9000 + place) for place in range(COMPANIES)]
        self.rules = [self._rule(random, place) for place in range(RULES)]
        self.lines = [self._line(random, place) for place in range(GOODS)]
        self.terms = Terms(CompanyId(self.companies[0]), None, TYPE)
        self.buyer = Buyer(self.companies[0])

    def _rule(self, random: Random, place: int) -> Rule:
        kind = random.choice(list(Kind))
        return Rule(
            new_id(),
            kind,
            Effect.PERCENT,
            Decimal(random.randint(1, 30)),
            category_id=random.choice(self.sections) if kind in (Kind.CATEGORY, Kind.CATEGORY_BRAND) else None,
            brand_id=random.choice(self.brands) if kind in (Kind.BRAND, Kind.CATEGORY_BRAND) else None,
            articles=frozenset(f"A-{random.randrange(GOODS)}" for _ in range(20))
            if kind is Kind.ARTICLES
            else frozenset(),
            target=Target() if place % 10 == 0 else Target(companies=frozenset({random.choice(self.companies)})),
            minimum=Decimal(random.choice([0, 0, 0, 10, 100])),
        )

    def _line(self, random: Random, place: int) -> LineInput:
        leaf = random.randrange(70, SECTIONS)
        path = (self.sections[leaf % 10], self.sections[10 + leaf % 60], self.sections[leaf])
        price = PricePoint(TYPE, Decimal(random.randint(100, 10_000_000)).scaleb(-2), "RUB")
        goods = Goods(f"A-{place}", random.choice(self.brands), path)
        return LineInput(VariantId(UUID(int=place)), Decimal(random.randint(1, 40)), (price,), goods)

    def own_book(self) -> RuleBook:
        """What one company is priced by: its own rules over those for everybody."""
        named = self.companies[0]
        everyone = tuple(rule for rule in self.rules if not rule.target.companies)
        own = tuple(rule for rule in self.rules if named in rule.target.companies)
        root = UUID(int=77)
        return RuleBook(Group(root, own), RuleBook(Group(root, everyone)))


def _median(work: Callable[[], object], times: int = 7) -> float:
    """Median seconds of the processor for a piece of work: what else runs on the machine does not count."""
    found = []
    for _ in range(times):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return median(found)


async def _loading(bench: Bench, world: _World) -> tuple[float, float, float]:
    """Seconds to load: the first book of a version, another company's, one that is at hand."""
    database = Database(bench.url, pool_size=2)
    await database.open()
    try:
        key, root = new_id(), new_id()
        async with PostgresRuleSetTransaction(database, lambda: NOW) as work:
            await work.sets.add(key, "bench", None, "bench", NOW)
            await work.sets.put_nodes(key, [GroupNode(group_id=root)])
            await work.sets.put_rules(key, [PlacedRule(root, rule) for rule in world.rules])
            await work.commit()
        books = PostgresRuleBooks(database)

        async def seconds(company: UUID) -> float:
            began = time.perf_counter()
            await books.book(key, Buyer(company))
            return time.perf_counter() - began

        first = await seconds(world.companies[0])
        others = [await seconds(company) for company in world.companies[1:30]]
        return first, median(others), await seconds(world.companies[0])
    finally:
        await database.close()


def measure(bench: Bench, report: Report) -> None:
    """Engine time is pure computation of one process on one core; loading books reads the bench's database."""
    world = _World()
    discounts = Discounts(world.own_book(), world.buyer, NOW)

    def row(name: str, value: float, unit: str, goal: float | None = None, *, at_least: bool = False) -> None:
        met = None if goal is None else (value >= goal if at_least else value <= goal)
        told = "" if goal is None else f"{'≥' if at_least else '≤'} {goal:,g}"
        report.add(Row("prices", name, round(value, 3), unit, told, met))

    for name, count, goal in (("quote of a 50-line page", 50, 2), ("quote of a 1,000-line cart", 1000, 25)):
        lines = world.lines[:count]
        row(name, _median(lambda lines=lines: quote(world.terms, lines, NOW, discounts)) * 1000, "ms", goal)

    def explained() -> None:
        for line in world.lines:
            quote_line(world.terms, line, discounts)

    def bulk() -> None:
        pricer = BulkPricer(world.terms, discounts)
        for line in world.lines:
            pricer.price(line)

    row("a catalogue with explanations, one core", GOODS / _median(explained, 3), "lines/s")
    row("a catalogue for one company, one core", GOODS / _median(bulk, 5), "lines/s", 150_000, at_least=True)
    first, other, warm = asyncio.run(_loading(bench, world))
    row(f"first book of a version of {RULES:,} rules", first * 1000, "ms")
    row("book of a company, cold", other * 1000, "ms", 20)
    row("book of a company, at hand", warm * 1000, "ms")
