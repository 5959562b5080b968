"""Why a price is what it is: buyer, manager and auditor each read what they may, from live and from stored prices."""

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from commands import command
from discounting import ADMIN, draft, in_force, off_articles, off_section
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import AsyncTestClient
from lxml import html
from pricing_worlds import discounts, groups, line, policies, prices, quantities, terms
from rates import tell
from shop import Shop
from statements import recorded_statements

from b2b_dvizhenie.application.pricing import Audience, RuleName, reasons_of
from b2b_dvizhenie.domain.hierarchy import Forbidden
from b2b_dvizhenie.domain.pricing import (
    Effect,
    Group,
    Kind,
    Limits,
    NotMatched,
    Rule,
    SetLimits,
    Strategy,
    explanation_of,
    quote_line,
)
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import CompanyId, PriceTypeId
from b2b_dvizhenie.domain.shared.money import RoundingPolicy
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
COST = Decimal("61.37")


def told_to(group: Group, base: Decimal, quantity: Decimal, policy: RoundingPolicy, audience: Audience) -> Any:
    limits = Limits(cost=COST, minimal_margin=Decimal(10))
    quoted = quote_line(terms(policy), line(base, quantity, limits=limits), discounts(group, misses=True))
    names = {
        rule.rule_id: RuleName(rule.rule_id, rule.kind, f"internal {rule.rule_id.int}", "", "Раздел", "Бренд")
        for rule in group.all_rules()
    }
    missed = [one for one in quoted.verdicts if isinstance(one, NotMatched)]
    return quoted, reasons_of(explanation_of(quoted, "RUB"), names, audience, missed)


@given(groups(), prices, quantities, policies, st.sampled_from(Audience))
def test_steps_lead_from_the_base_to_the_price(
    group: Group, base: Decimal, quantity: Decimal, policy: RoundingPolicy, audience: Audience
) -> None:
    quoted, reasons = told_to(group, base, quantity, policy, audience)
    first, *rest = reasons.steps
    changes = [one.change for one in rest if one.outcome in ("won", "cap", "limit", "rounding")]
    assert first.result + sum(changes, Decimal(0)) == (quoted.unit_price if reasons.per_unit else quoted.amount)


@given(groups(), prices, quantities, policies)
def test_a_buyer_reads_nothing_internal(group: Group, base: Decimal, quantity: Decimal, policy: RoundingPolicy) -> None:
    """No internal title, no id, no rule that did not match, no kind or figure of a limit."""
    _, reasons = told_to(group, base, quantity, policy, Audience.BUYER)
    text = msgspec.json.encode(reasons).decode()
    assert "internal" not in text
    assert "unmatched" not in text
    assert not [rule for rule in group.all_rules() if str(rule.rule_id) in text]
    for word in ("margin", "bound", '"limit":"', "rule_set_id"):
        assert word not in text


@given(groups(), prices, quantities, policies)
def test_a_manager_never_reads_a_cost(group: Group, base: Decimal, quantity: Decimal, policy: RoundingPolicy) -> None:
    _, reasons = told_to(group, base, quantity, policy, Audience.MANAGER)
    assert all(step.bound is None for step in reasons.steps)
    assert not [step for step in reasons.steps if step.outcome == "unmatched"]


def test_the_control_an_auditor_reads_it_all() -> None:
    """What the others must not read is there to be read."""
    rules = (
        Rule(UUID(int=1), Kind.ARTICLES, Effect.PERCENT, Decimal(60), articles=frozenset({"A-1"})),
        Rule(UUID(int=2), Kind.ARTICLES, Effect.PERCENT, Decimal(5), articles=frozenset({"A-1"}), is_active=False),
    )
    _, reasons = told_to(
        Group(UUID(int=9), rules), Decimal(100), Decimal(1), RoundingPolicy.LINE_EACH_DISCOUNT, Audience.AUDITOR
    )
    text = msgspec.json.encode(reasons).decode()
    for word in ("internal 1", "internal 2", "unmatched", "margin", '"bound":"67.51"', str(UUID(int=2))):
        assert word in text


async def why(client: AsyncTestClient, headers: dict[str, str], variant: UUID, quantity: str) -> Any:
    body = {"variant_id": str(variant), "quantity": quantity}
    answer = await client.post("/api/v1/prices/explain", headers=headers, json=body)
    assert answer.status_code == 200, answer.text
    return answer


async def test_the_buyer_reads_his_own_reasons_and_what_more_would_bring(
    client: AsyncTestClient, container: Container, shop: Shop
) -> None:
    section = await shop.section("Метизы")
    bolt = await shop.product("Болт", article="B-1", section=section, wholesale="100", multiple="2")
    other = await shop.company("ООО Секрет")
    await in_force(
        container,
        off_section("5", section),
        off_articles("12", "B-1", minimum=Decimal(9)),
        off_articles("50", "B-1", companies=(other,)),
    )
    headers = await shop.buyer()
    answer = await why(client, headers, bolt, "6")
    told = answer.json()
    assert [step["outcome"] for step in told["reasons"]["steps"]] == ["base", "won"]
    assert told["reasons"]["steps"][1] == {
        "outcome": "won",
        "title": "public 1",
        "kind": "category",
        "section": "Метизы",
        "effect": "percent",
        "value": "5",
        "change": "-30.00",
    }
    assert told["sooner"] == {"quantity": "10", "more": "4", "unit_price": "88.00", "percent": "7.4"}
    for secret in ("internal", "Секрет", "public 3", str(other)):
        assert secret not in answer.text
    at_ten = (await why(client, headers, bolt, "10")).json()
    assert [step["outcome"] for step in at_ten["reasons"]["steps"]] == ["base", "won", "lost"]
    assert at_ten["sooner"] is None


async def test_pages_say_why(client: AsyncTestClient, container: Container, shop: Shop) -> None:
    bolt = await shop.product("Болт", article="B-1", wholesale="100")
    await in_force(container, off_articles("5", "B-1"), off_articles("12", "B-1", minimum=Decimal(5)))
    headers = await shop.buyer()
    await client.put(f"/api/v1/cart/lines/{bolt}", headers=headers, json={"quantity": "2"})
    page = headers | {"Accept": "text/html"}
    card = html.fromstring((await client.get(f"/products/{bolt}", headers=page)).text)
    assert "Ещё 4 шт — и −7,4 %" in " ".join(card.cssselect("#price")[0].text_content().split()).replace("7.4", "7,4")
    listing = html.fromstring((await client.get("/catalog", headers=page)).text)
    link = listing.cssselect("a.why")[0].get("href")
    assert link == f"/prices/{bolt}"
    cart = html.fromstring((await client.get("/cart", headers=page)).text)
    link = cart.cssselect("a.why")[0].get("href")
    assert link == f"/prices/{bolt}?quantity=2"
    shown = await client.get(link, headers=page)
    assert shown.status_code == 200
    text = " ".join(html.fromstring(shown.text).text_content().split())
    assert "public 1" in text
    assert "internal" not in text
    fragment = await client.get(link, headers=page | {"HX-Request": "true"})
    assert "<html" not in fragment.text
    version = (await client.get("/api/v1/cart", headers=headers)).json()["price_version"]
    placed = await client.post("/api/v1/orders", headers=headers, json={"price_version": version})
    order = placed.headers["location"].replace("/api/v1", "")
    await in_force(container)
    details = html.fromstring((await client.get(order, headers=page)).text)
    link = details.cssselect("a.why")[0].get("href")
    kept = await client.get(link, headers=page)
    assert "public 1" in kept.text
    stranger = {
        "Authorization": f"Bearer {await shop.person('x@example.test', companies={await shop.company('X'): 2})}"
    }
    assert (await client.get(link, headers=stranger | {"Accept": "text/html"})).status_code == 404
    assert (await client.get(link.replace("/1/", "/9/"), headers=page)).status_code == 404


async def test_level_one_reads_no_discounts(client: AsyncTestClient, container: Container, shop: Shop) -> None:
    bolt = await shop.product("Болт", article="B-1", wholesale="100", retail="150")
    await in_force(container, off_articles("5", "B-1"), off_articles("12", "B-1", minimum=Decimal(5)))
    told = (await why(client, await shop.buyer(level=1), bolt, "2")).json()
    assert [step["outcome"] for step in told["reasons"]["steps"]] == ["base"]
    assert told["sooner"] is None


@pytest.mark.parametrize("quantity", ["NaN", "-1", "0.0001", "ten"])
async def test_bad_quantities_are_named(client: AsyncTestClient, shop: Shop, quantity: str) -> None:
    bolt = await shop.product("Болт", article="B-1")
    headers = await shop.buyer()
    answer = await client.get(f"/prices/{bolt}?quantity={quantity}", headers=headers | {"Accept": "text/html"})
    assert answer.status_code == 400
    missing = await client.get(f"/prices/{UUID(int=5)}", headers=headers | {"Accept": "text/html"})
    assert missing.status_code == 404


async def test_staff_read_every_candidate_of_any_company_and_version(container: Container, shop: Shop) -> None:
    await shop.product("Болт", article="B-1", wholesale="100", retail=str(COST))
    theirs = await shop.company("ООО Ромашка")
    limits = SetLimits(cost_price_type_id=PriceTypeId(shop.retail), minimal_margin=Decimal(10))
    rules = [
        off_articles("30", "B-1", companies=(theirs,)),
        off_articles("20", "B-1"),
        off_articles("90", "B-1", companies=(await shop.company("ООО Другие"),)),
        off_articles("50", "B-1", minimum=Decimal(100)),
    ]
    key = await in_force(container, *rules, limits=limits)
    explain = container.explain_for()
    company, told = await explain(ADMIN, CompanyId(theirs), "b 1", Decimal(2))
    assert company.name == "ООО Ромашка"
    assert told.reasons is not None
    outcomes = [(step.outcome, step.title, step.reason or step.condition or step.limit) for step in told.reasons.steps]
    assert outcomes == [
        ("base", "", None),
        ("won", "internal 1", None),
        ("lost", "internal 2", "smaller_discount"),
        ("unmatched", "internal 3", "target"),
        ("unmatched", "internal 4", "quantity"),
    ]
    other = await draft(container, [off_articles("95", "B-1")], strategy=Strategy.SUM)
    _, drafted = await explain(ADMIN, CompanyId(theirs), "B-1", Decimal(2), rule_set_id=other)
    assert drafted.reasons is not None
    assert drafted.reasons.amount == Decimal("10.00")
    with pytest.raises(NotFound):
        await explain(ADMIN, CompanyId(UUID(int=1)), "B-1", Decimal(1))
    with pytest.raises(NotFound):
        await explain(ADMIN, CompanyId(theirs), "none", Decimal(1))
    with pytest.raises(Forbidden):
        await explain(msgspec.structs.replace(ADMIN, grants={}), CompanyId(theirs), "B-1", Decimal(1))
    assert key != other


async def test_the_card_costs_a_fixed_number_of_statements(
    client: AsyncTestClient, container: Container, shop: Shop
) -> None:
    bolt = await shop.product("Болт", article="B-1", wholesale="100")
    headers = (await shop.buyer()) | {"Accept": "text/html"}

    async def counted(*rules: Any) -> int:
        await in_force(container, *rules)
        await client.get(f"/products/{bolt}", headers=headers)
        with recorded_statements() as seen:
            assert (await client.get(f"/products/{bolt}", headers=headers)).status_code == 200
        return len(seen)

    one = await counted(off_articles("5", "B-1"))
    many = await counted(*(off_articles(str(n), "B-1", minimum=Decimal(n)) for n in range(1, 12)))
    assert one == many


async def test_the_command_line_explains(container: Container, shop: Shop, database_url: str, tmp_path: Path) -> None:
    await shop.product("Болт", article="B-1", wholesale="100")
    await shop.company("ООО Ромашка")
    await shop.company("ООО Ромашка-2")
    await in_force(container, off_articles("30", "B-1"), off_articles("20", "B-1"))
    environment = {"B2B_DATABASE_URL": database_url, "B2B_DATA_DIR": str(tmp_path)}

    async def explain(company: str, *more: str) -> Any:
        arguments = ["prices", "explain", "--company", company, "--article", "B-1", *more]
        return await asyncio.to_thread(command, *arguments, folder=tmp_path, **environment)

    told_today = await tell(container, USD="56")
    answer = await explain("Ромашка-2", "--qty", "3", "--json", "--currency", "USD")
    assert answer.returncode == 0, answer.stderr
    told = msgspec.json.decode(answer.stdout)["price"]["reasons"]
    assert (told["unit_price"], told["amount"]) == ("70.00", "210.00")
    assert [step["outcome"] for step in told["steps"]] == ["base", "won", "lost"]
    dollars = msgspec.json.decode(answer.stdout)["shown"]
    assert (dollars["unit_price"], dollars["amount"]) == ("1.25", "3.75")
    assert (dollars["rates"][0]["source"], dollars["rates"][0]["day"]) == ("cbr", told_today.day.isoformat())
    said = await explain("Ромашка-2", "--audience", "buyer", "--currency", "EUR")
    assert "no price in EUR: the rate of EUR is missing" in said.stdout
    assert "public 1" in said.stdout
    assert "internal" not in said.stdout
    ambiguous = await explain("Ромашка")
    assert ambiguous.returncode != 0
    assert "several companies" in ambiguous.stderr
    assert (await explain("Ромашка-2", "--qty", "none")).returncode == 2
