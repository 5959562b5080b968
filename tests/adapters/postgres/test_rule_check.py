"""The check before publishing: every fault is found with goods, a buyer and a quantity that show it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from discounting import ADMIN, draft, off_articles, off_brand, off_section
from msgspec.structs import replace
from shop import Shop
from statements import recorded_statements

from b2b_dvizhenie.application.pricing import Report, RulesAmbiguous
from b2b_dvizhenie.domain.hierarchy import Forbidden
from b2b_dvizhenie.domain.pricing import (
    Effect,
    Fault,
    Kind,
    PlacedRule,
    Rule,
    RuleInput,
    SetLimits,
    Strategy,
    Target,
)
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import PriceTypeId, new_id
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture
async def world(shop: Shop) -> dict[str, UUID]:
    section = await shop.section("Метизы")
    below = await shop.section("Болты", section)
    brand = await shop.brand("Болтун")
    await shop.product("Болт", article="B-1", section=below, brand=(brand, "Болтун"), wholesale="100", retail="90")
    return {"section": section, "below": below, "brand": brand, "company": await shop.company("ООО Ромашка")}


async def checked(container: Container, *rules: RuleInput, **more: Any) -> Report:
    return await container.check_rule_set()(ADMIN, await draft(container, rules, **more))


def told(report: Report) -> list[tuple[Fault, str, str, Decimal | None]]:
    return [(one.fault, one.company, one.article, one.quantity) for one in report.findings]


async def test_a_sound_set_has_no_findings(container: Container, world: dict[str, UUID]) -> None:
    report = await checked(
        container, off_section("5", world["section"]), off_brand("7", world["brand"], minimum=Decimal(10))
    )
    assert (told(report), report.rules, report.is_blocked) == ([], 2, False)


async def test_rules_that_never_go_first(container: Container, world: dict[str, UUID]) -> None:
    report = await checked(container, off_section("5", world["below"]), off_section("9", world["section"]))
    assert told(report) == [(Fault.UNREACHABLE, "ООО Ромашка", "B-1", Decimal(1))]
    wins_there = await checked(container, off_section("9", world["below"]), off_section("5", world["section"]))
    assert told(wins_there) == []
    more_from_ten = await checked(
        container, off_section("5", world["below"]), off_section("9", world["section"], minimum=Decimal(10))
    )
    assert told(more_from_ten) == []


async def test_ties_that_only_age_decides(container: Container, world: dict[str, UUID]) -> None:
    report = await checked(container, off_brand("5", world["brand"]), off_brand("5", world["brand"]))
    assert told(report) == [(Fault.TIE_BY_ID, "ООО Ромашка", "B-1", Decimal(1))]
    assert report.findings[0].other is not None
    decided = await checked(container, off_brand("5", world["brand"]), off_brand("5", world["brand"], priority=1))
    assert told(decided) == []


async def test_rules_below_a_limit(container: Container, shop: Shop, world: dict[str, UUID]) -> None:
    limits = SetLimits(floor_price_type_id=PriceTypeId(shop.retail))
    report = await checked(container, off_brand("20", world["brand"]), limits=limits)
    assert told(report) == [(Fault.BELOW_LIMIT, "ООО Ромашка", "B-1", Decimal(1))]
    assert report.findings[0].amount == Decimal("90.00")
    assert told(await checked(container, off_brand("9", world["brand"]), limits=limits)) == []


async def test_rules_for_nobody_and_for_no_goods(container: Container, shop: Shop, world: dict[str, UUID]) -> None:
    key = await draft(container, [off_articles("5", "gone"), off_brand("5", world["brand"])])
    content = await container.show_rule_set()(ADMIN, key)
    (of_brand,) = [one for one in content.rules.rules if one.rule.kind is Kind.BRAND]
    lost = replace(of_brand, rule=replace(of_brand.rule, target=Target(companies=frozenset({new_id()}))))
    async with container.rule_set_work() as work:
        await work.sets.put_rules(key, [lost])  # as when a company is blocked after the rule was written
        await work.commit()
    report = await container.check_rule_set()(ADMIN, key)
    assert {one.fault for one in report.findings} == {Fault.COVERS_NOTHING, Fault.FOR_NOBODY}


async def test_periods_that_overlap(container: Container, world: dict[str, UUID]) -> None:
    def period(first: int, last: int, percent: str) -> RuleInput:
        start, end = datetime.now(UTC) + timedelta(days=first), datetime.now(UTC) + timedelta(days=last)  # noqa: TID251
        return off_brand(percent, world["brand"], starts_at=start, ends_at=end)

    report = await checked(container, period(1, 5, "5"), period(4, 9, "7"))
    assert told(report) == [(Fault.OVERLAP, "ООО Ромашка", "B-1", Decimal(1))]
    assert told(await checked(container, period(1, 4, "5"), period(5, 9, "7"))) == []


async def test_more_that_costs_less(container: Container, world: dict[str, UUID]) -> None:
    report = await checked(container, off_brand("50", world["brand"], minimum=Decimal(10)))
    assert told(report) == [(Fault.QUANTITY_CLIFF, "ООО Ромашка", "B-1", Decimal(10))]
    assert (report.findings[0].amount, report.findings[0].less) == (Decimal("500.00"), Decimal("900.00"))


async def test_ambiguity_is_refused_when_publishing(container: Container, world: dict[str, UUID]) -> None:
    rules = [off_brand("5", world["brand"]), off_section("9", world["section"])]
    key = await draft(container, rules, strategy=Strategy.REFUSE)
    report = await container.check_rule_set()(ADMIN, key)
    assert report.counts == {Fault.AMBIGUOUS: 1}
    assert report.is_blocked
    with pytest.raises(RulesAmbiguous):
        await container.publish_rule_set()(ADMIN, key)
    apart = [
        off_brand("5", world["brand"], companies=(world["company"],)),
        off_section("9", world["section"], is_active=False),
    ]
    await container.publish_rule_set()(ADMIN, await draft(container, apart, strategy=Strategy.REFUSE))


async def test_who_may_not_and_what_is_not(container: Container) -> None:
    with pytest.raises(NotFound):
        await container.check_rule_set()(ADMIN, new_id())
    with pytest.raises(Forbidden):
        await container.check_rule_set()(replace(ADMIN, grants={}), new_id())


async def test_more_rules_are_checked_by_as_many_statements(
    container: Container, shop: Shop, world: dict[str, UUID]
) -> None:
    companies = [await shop.company(f"ООО {place}") for place in range(20)]
    statements = []
    for size in (20, 1_000):
        key = await draft(container, [])
        group = (await container.show_rule_set()(ADMIN, key)).nodes[0].group_id
        rules = [
            PlacedRule(
                group,
                Rule(
                    new_id(),
                    Kind.BRAND if place % 2 else Kind.ARTICLES,
                    Effect.PERCENT,
                    Decimal(place % 40),
                    brand_id=world["brand"] if place % 2 else None,
                    articles=frozenset() if place % 2 else frozenset({"B-1" if place % 200 == 0 else f"X-{place}"}),
                    target=Target(companies=frozenset({companies[place % 20]})) if place % 100 else Target(),
                    minimum=Decimal(place % 7),
                ),
            )
            for place in range(size)
        ]
        async with container.rule_set_work() as work:
            await work.sets.put_rules(key, rules)
            await work.commit()
        with recorded_statements() as seen:
            report = await container.check_rule_set()(ADMIN, key)
        assert report.rules == size
        statements.append(len(seen))
    assert statements[0] == statements[1] < 20
