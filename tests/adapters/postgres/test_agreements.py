"""Agreements: the rule of which one counts, in Python and in SQL alike; changed terms price the next read (PRC-2)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import AsyncTestClient
from market import Market
from msgspec.structs import replace
from sqlalchemy import delete, insert

from b2b_dvizhenie.adapters.postgres.tables.companies import agreement, seller_firm
from b2b_dvizhenie.adapters.postgres.tables.vip import vip_company
from b2b_dvizhenie.adapters.postgres.views.sessions import PostgresSessionReader
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.companies import Agreement, AgreementState, TradingTerms, checked_terms, in_force, state_of
from b2b_dvizhenie.domain.identity import token_hash
from b2b_dvizhenie.domain.shared.errors import Invalid, NotFound
from b2b_dvizhenie.domain.shared.ids import AgreementId, CompanyId, PriceTypeId, new_id

STAFF = system_actor("test")
DAY = date(2026, 11, 25)
days = st.none() | st.integers(-3, 3).map(lambda shift: DAY + timedelta(days=shift))


@st.composite
def agreements(draw: st.DrawFn) -> list[Agreement]:
    """A few agreements around one day, at most one of the active ones the default."""
    found: list[Agreement] = []
    for number in range(draw(st.integers(0, 5))):
        first, last = draw(days), draw(days)
        if first is not None and last is not None and last < first:
            first, last = last, first
        has_default = any(one.terms.is_default and one.is_active for one in found)
        active = draw(st.booleans())
        terms = TradingTerms(
            price_type_id=PriceTypeId(new_id()),
            title=str(number),
            valid_from=first,
            valid_to=last,
            is_default=draw(st.booleans()) and not (active and has_default),
        )
        found.append(Agreement(agreement_id=AgreementId(draw(st.uuids())), terms=terms, is_active=active))
    chosen = draw(st.integers(-1, len(found) - 1))
    return [replace(one, is_vip=number == chosen) for number, one in enumerate(found)]


@given(agreements(), st.randoms())
def test_the_rule_does_not_depend_on_the_order(some: list[Agreement], random: object) -> None:
    chosen = in_force(some, DAY)
    shuffled = sorted(some, key=lambda one: one.terms.title, reverse=True)
    assert in_force(shuffled, DAY) == chosen
    valid = [one for one in some if one.is_valid(DAY)]
    assert (chosen is None) == (not valid)
    states = [state_of(one, chosen, DAY) for one in some]
    assert states.count(AgreementState.CURRENT) == (chosen is not None)
    for one, state in zip(some, states, strict=True):
        assert (state in (AgreementState.CURRENT, AgreementState.SPARE)) == one.is_valid(DAY)


def test_what_is_refused() -> None:
    wrong = TradingTerms(
        price_type_id=PriceTypeId(new_id()),
        title="x\u202e",
        currency="rub",
        credit_limit=Decimal("NaN"),
        minimum_amount=Decimal("1.001"),
        valid_from=DAY,
        valid_to=DAY - timedelta(days=1),
    )
    with pytest.raises(Invalid) as caught:
        checked_terms(wrong)
    assert {error.field for error in caught.value.errors} == {
        "title",
        "currency",
        "credit_limit",
        "minimum_amount",
        "valid_to",
    }
    for limit in ("-1", "1e13", "Infinity"):
        with pytest.raises(Invalid):
            checked_terms(TradingTerms(price_type_id=PriceTypeId(new_id()), credit_limit=Decimal(limit)))
    stored = checked_terms(TradingTerms(price_type_id=PriceTypeId(new_id()), credit_limit=Decimal("1E+3")))
    assert str(stored.credit_limit) == "1000.00"


@pytest.mark.anyio
@pytest.mark.postgres
async def test_sql_chooses_as_the_rule_does(market: Market) -> None:
    """The statement behind every request and the function agree on hundreds of random sets."""
    company = await market.client("Buyer")
    person = await market.member(company)
    reader = PostgresSessionReader(market.container.database(), "Europe/Moscow")
    noon = datetime(2026, 11, 25, 9, tzinfo=UTC)
    compared = 0
    for number in range(60):
        some = [
            replace(one, terms=replace(one.terms, price_type_id=PriceTypeId(market.wholesale)))
            for one in _example(number)
        ]
        async with market.container.database().engine.begin() as connection:
            await connection.execute(delete(agreement).where(agreement.c.company_id == company))
            for one in some:
                await connection.execute(
                    insert(agreement).values(
                        agreement_id=one.agreement_id,
                        company_id=company,
                        price_type_id=one.terms.price_type_id,
                        valid_from=one.terms.valid_from,
                        valid_to=one.terms.valid_to,
                        is_default=one.terms.is_default,
                        is_active=one.is_active,
                    )
                )
            vip = [one.agreement_id for one in some if one.is_vip]
            await connection.execute(delete(vip_company))
            for key in vip:
                await connection.execute(insert(vip_company).values(company_id=company, agreement_id=key, since=noon))
        actor = await reader.actor(token_hash(person.token), None, noon)
        assert actor is not None
        assert actor.terms is not None
        chosen = in_force(some, DAY)
        assert actor.is_vip is bool(vip)
        assert actor.terms.is_vip is (chosen is not None and chosen.is_vip)
        assert actor.terms.agreement_id == (chosen.agreement_id if chosen else None)
        assert actor.terms.price_type_id == (market.wholesale if chosen else market.retail)
        compared += chosen is not None
    assert 10 < compared < 60, "both outcomes are met"


def _example(seed: int) -> list[Agreement]:
    import random

    dice = random.Random(seed)  # noqa: S311 - a test's dice
    found: list[Agreement] = []
    for _ in range(dice.randrange(5)):
        first, last = sorted(DAY + timedelta(days=dice.randint(-3, 3)) for _ in range(2))
        active = dice.random() < 0.8
        has_default = any(one.terms.is_default and one.is_active for one in found)
        terms = TradingTerms(
            price_type_id=PriceTypeId(new_id()),
            valid_from=first if dice.random() < 0.7 else None,
            valid_to=last if dice.random() < 0.7 else None,
            is_default=dice.random() < 0.4 and not has_default,
        )
        key = AgreementId(UUID(int=dice.getrandbits(128), version=4))
        found.append(Agreement(agreement_id=key, terms=terms, is_active=active))
    if found and dice.random() < 0.5:  # an agreement chosen for VIP goes before the others (VIP-2)
        number = dice.randrange(len(found))
        found[number] = replace(found[number], is_vip=True)
    return found


@pytest.mark.anyio
@pytest.mark.postgres
async def test_days_are_those_of_the_seller(market: Market) -> None:
    """An agreement that ends today ends at the seller's midnight, not at that of UTC."""
    company = await market.client("Buyer")
    person = await market.member(company)
    terms = TradingTerms(price_type_id=PriceTypeId(market.wholesale), valid_to=DAY, is_default=True)
    await market.container.put_agreement()(STAFF, company, terms)
    async with market.container.database().engine.begin() as connection:
        await connection.execute(delete(agreement).where(agreement.c.valid_to.is_(None)))
    moscow = PostgresSessionReader(market.container.database(), "Europe/Moscow")
    kamchatka = PostgresSessionReader(market.container.database(), "Asia/Kamchatka")
    evening = datetime(2026, 11, 25, 20, 59, tzinfo=UTC)  # 23:59 in Moscow, tomorrow in Kamchatka
    for reader, expected in ((moscow, market.wholesale), (kamchatka, market.retail)):
        actor = await reader.actor(token_hash(person.token), None, evening)
        assert actor is not None
        assert actor.terms is not None
        assert actor.terms.price_type_id == expected


@pytest.mark.anyio
@pytest.mark.postgres
async def test_a_changed_agreement_prices_the_next_read(client: AsyncTestClient, market: Market) -> None:
    """PRC-2: made, changed, closed; each time the very next request is priced by it."""
    company = await market.client("Buyer", price_type=market.retail)
    person = await market.member(company)
    variant = await market.product("Goods", article="G", retail="100", wholesale="80", stock={})

    async def priced() -> str:
        lines = {"lines": [{"variant_id": str(variant)}]}
        answer = await client.post("/api/v1/prices", headers=person.headers, json=lines)
        return str(Decimal(answer.json()["lines"][0]["unit_price"]))

    assert Decimal(await priced()) == 100
    put, close = market.container.put_agreement(), market.container.close_agreement()
    terms = TradingTerms(price_type_id=PriceTypeId(market.wholesale), is_default=True)
    key = await put(STAFF, company, terms)
    assert Decimal(await priced()) == 80
    tomorrow = market.container.clock()().date() + timedelta(days=2)
    await put(STAFF, company, replace(terms, valid_from=tomorrow), key)
    assert Decimal(await priced()) == 100, "the former default stands in until the new one begins"
    await put(STAFF, company, terms, key)
    assert Decimal(await priced()) == 80
    await close(STAFF, company, key)
    assert Decimal(await priced()) == 100


@pytest.mark.anyio
@pytest.mark.postgres
async def test_limits_and_firm_of_an_agreement_reach_the_order(client: AsyncTestClient, market: Market) -> None:
    firm = await market.firm("Second")
    company = await market.client("Buyer")
    person = await market.member(company)
    variant = await market.goods("100")
    terms = TradingTerms(
        price_type_id=PriceTypeId(market.wholesale), firm_id=firm, minimum_amount=Decimal(250), is_default=True
    )
    await market.container.put_agreement()(STAFF, company, terms)
    url = f"/api/v1/cart/lines/{variant}"
    small = (await client.put(url, headers=person.headers, json={"quantity": 2})).json()
    assert [problem["code"] for problem in small["problems"]] == ["ordering.below_minimum"]
    refused = await client.post("/api/v1/orders", headers=person.headers, json={})
    assert refused.json()["code"] == "ordering.below_minimum"
    await client.put(url, headers=person.headers, json={"quantity": 3})
    assert (await client.post("/api/v1/orders", headers=person.headers, json={})).status_code == 201
    async with market.container.database().engine.connect() as connection:
        rows = (await connection.exec_driver_sql("SELECT firm_id, company_id FROM customer_order")).all()
    assert [(row[0], row[1]) for row in rows] == [(firm, company)]


@pytest.mark.anyio
@pytest.mark.postgres
async def test_one_default_and_what_does_not_exist(market: Market) -> None:
    company = await market.client("Buyer")
    put = market.container.put_agreement()
    terms = TradingTerms(price_type_id=PriceTypeId(market.retail), title="A")
    first = await put(STAFF, company, terms)
    second = await put(STAFF, company, replace(terms, title="B", is_default=True))
    lines = await market.container.show_company().agreements(STAFF, company)
    assert {line.agreement.agreement_id for line in lines if line.agreement.terms.is_default} == {second}
    assert [line.state for line in lines if line.agreement.agreement_id == first] == [AgreementState.SPARE]
    nothing = new_id()
    for field, wrong in (
        ("price_type_id", replace(terms, price_type_id=PriceTypeId(nothing))),
        ("firm_id", replace(terms, firm_id=nothing)),
        ("warehouse_id", replace(terms, warehouse_id=nothing)),
        ("payment_methods", replace(terms, payment_methods=(nothing,))),
    ):
        with pytest.raises(NotFound) as caught:
            await put(STAFF, company, wrong)
        assert caught.value.field == field
    other = await market.client("Other")
    for action in (put(STAFF, other, terms, first), market.container.close_agreement()(STAFF, other, first)):
        with pytest.raises(NotFound) as caught:
            await action
        assert caught.value.field == "agreement_id"
    with pytest.raises(NotFound):
        await put(STAFF, CompanyId(nothing), terms)
    assert len(await market.container.show_company().agreements(STAFF, company)) == 3


@pytest.mark.anyio
@pytest.mark.postgres
async def test_the_first_agreement_is_the_default_and_an_inactive_firm_cannot_be_named(market: Market) -> None:
    company = CompanyId(await market.company("New", wholesale=False))
    firm = new_id()
    async with market.container.database().engine.begin() as connection:
        await connection.execute(insert(seller_firm).values(firm_id=firm, name="Closed", is_active=False))
    put = market.container.put_agreement()
    with pytest.raises(NotFound):
        await put(STAFF, company, TradingTerms(price_type_id=PriceTypeId(market.retail), firm_id=firm))
    await put(STAFF, company, TradingTerms(price_type_id=PriceTypeId(market.retail)))
    (line,) = await market.container.show_company().agreements(STAFF, company)
    assert line.agreement.terms.is_default
    assert line.state is AgreementState.CURRENT
