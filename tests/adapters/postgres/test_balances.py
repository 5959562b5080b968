"""Credit in the database: what is written is what is read, and orders hold what they reserved (BAL, onec.md §5.3)."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any

import pytest
from balances import columns_of, tell
from hypothesis import given
from hypothesis import strategies as st
from market import PREPAYMENT, Market, Person
from sqlalchemy import insert, select, update

from b2b_dvizhenie.adapters.postgres.balances import PostgresCreditBook
from b2b_dvizhenie.adapters.postgres.ordering import PostgresOrderingTransaction
from b2b_dvizhenie.adapters.postgres.tables.balances import credit_position, credit_reservation
from b2b_dvizhenie.adapters.postgres.tables.companies import agreement
from b2b_dvizhenie.adapters.postgres.tables.ordering import customer_order
from b2b_dvizhenie.application.balances import CreditFacts
from b2b_dvizhenie.application.ordering import OrderRequest, Placed, RequestedLine
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.balances import CreditPosition
from b2b_dvizhenie.domain.ordering import Consent, OrderStatus, Refused
from b2b_dvizhenie.domain.shared.ids import AgreementId, CompanyId, PaymentMethodId, VariantId

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
money = st.decimals(0, 10**9, places=2)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
positions = st.lists(
    st.builds(
        CreditPosition,
        currency=st.sampled_from(["RUB", "USD"]),
        as_of=moments,
        received_at=moments,
        debt=money,
        advance=money,
        overdue=money,
        overdue_days=st.integers(0, 999),
        limit=st.none() | money,
        reserved=st.none() | money,
        available=st.none() | money.map(lambda amount: -amount),
        next_payment_on=st.none() | st.dates(),
        next_payment=st.none() | money,
        is_stopped=st.booleans(),
        stop_reason=words,
        organization_ref=words,
        contract_ref=words,
    ),
    max_size=3,
    unique_by=lambda one: (one.currency, one.organization_ref, one.contract_ref),
)


async def facts(market: Market, person: Person) -> CreditFacts:
    terms = (await market.actor(person)).buyer_terms()
    async with market.container.ordering_work() as work:
        return await work.credit.facts(terms.company_id, terms.currency, terms.agreement_id)


async def attempt(
    market: Market, person: Person, variant: VariantId, quantity: int, *, paid_by: PaymentMethodId | None = None
) -> Placed | Refused:
    lines = (RequestedLine("lines.0", Decimal(quantity), variant),)
    request = OrderRequest(lines, consent=Consent(any_price=True), payment_method_id=paid_by)
    outcome = await market.container.place_order()(await market.actor(person), request)
    assert isinstance(outcome, Placed | Refused)
    return outcome


@given(positions)
async def test_snapshots_are_read_as_they_were_written(market: Market, some: list[CreditPosition]) -> None:
    company_id = await market.client() if not hasattr(market, "rolled") else market.rolled
    market.rolled = company_id  # type: ignore[attr-defined]  # one company for all examples; nothing of them stays
    async with market.container.ordering_work() as work:
        assert isinstance(work, PostgresOrderingTransaction)
        if some:
            rows = [columns_of(one, company_id) for one in some]
            await work.connection.execute(insert(credit_position), rows)
        for currency in ("RUB", "USD"):
            found = await work.credit.facts(company_id, currency, None)
            key = attrgetter("organization_ref", "contract_ref")
            wanted = [one for one in some if one.currency == currency]
            assert sorted(found.positions, key=key) == sorted(wanted, key=key)
            assert found.orders == ()


@pytest.fixture
async def company(market: Market) -> CompanyId:
    return await market.client()


@pytest.fixture
async def buyer(market: Market, company: CompanyId) -> Person:
    return await market.member(company, level=2)


async def agree(market: Market, company: CompanyId, limit: str | None) -> AgreementId:
    async with market.container.database().engine.begin() as connection:
        statement = update(agreement).where(agreement.c.company_id == company).values(credit_limit=limit)
        return AgreementId((await connection.execute(statement.returning(agreement.c.agreement_id))).scalar_one())


async def reservations(market: Market) -> list[Decimal]:
    async with market.container.database().engine.connect() as connection:
        return list((await connection.execute(select(credit_reservation.c.amount))).scalars())


async def test_only_orders_on_account_reserve(market: Market, company: CompanyId, buyer: Person) -> None:
    variant, ahead = await market.goods("100.00"), PREPAYMENT
    assert isinstance(await attempt(market, buyer, variant, 1, paid_by=ahead), Placed)
    assert await reservations(market) == []
    await agree(market, company, "250")
    assert isinstance(await attempt(market, buyer, variant, 2), Placed)
    assert await reservations(market) == [200]
    refused = await attempt(market, buyer, variant, 1)
    assert isinstance(refused, Refused)
    (reason,) = refused.reasons
    assert reason.code == "balances.limit_exceeded"
    assert reason.params == {"limit": "250", "available": "50", "shortfall": "50", "currency": "RUB"}
    assert isinstance(await attempt(market, buyer, variant, 9, paid_by=ahead), Placed), "paid ahead, it adds no debt"
    assert await reservations(market) == [200]


async def test_the_limit_of_the_erp_counts_and_its_own_orders_do(
    market: Market, company: CompanyId, buyer: Person
) -> None:
    variant = await market.goods("100.00")
    await tell(market, company, debt=Decimal(300), advance=Decimal(50), limit=Decimal(1000), reserved=Decimal(150))
    assert isinstance(await attempt(market, buyer, variant, 6), Placed)
    refused = await attempt(market, buyer, variant, 1)
    assert isinstance(refused, Refused)
    assert refused.reasons[0].params["available"] == "0"


async def test_a_hidden_limit_is_not_told(market: Market, company: CompanyId) -> None:
    first_level = await market.member(company, level=1)
    variant = await market.goods("100.00")
    await agree(market, company, "50")
    refused = await attempt(market, first_level, variant, 1)
    assert isinstance(refused, Refused)
    assert [(one.code, one.params) for one in refused.reasons] == [("balances.beyond_agreed", {})]


async def test_overdue_payments_warn_by_default_and_a_stop_list_blocks(
    market: Market, company: CompanyId, buyer: Person
) -> None:
    variant = await market.goods("100.00")
    await tell(market, company, debt=Decimal(5), overdue=Decimal(5), overdue_days=1, limit=Decimal(1000))
    assert isinstance(await attempt(market, buyer, variant, 1), Placed)
    found = await market.container.show_credit()(await market.actor(buyer), Decimal(1))
    assert [(one.error.code, one.blocks) for one in found.objections] == [("balances.payment_overdue", False)]
    await tell(market, company, is_stopped=True, contract_ref="stopped")
    refused = await attempt(market, buyer, variant, 1)
    assert isinstance(refused, Refused)
    assert [one.code for one in refused.reasons] == ["balances.shipping_stopped"]


async def test_what_becomes_of_an_order_moves_its_reservation(
    market: Market, company: CompanyId, buyer: Person
) -> None:
    variant = await market.goods("100.00")
    await agree(market, company, "1000")
    placed = await attempt(market, buyer, variant, 2)
    assert isinstance(placed, Placed)
    order_id = placed.order.order_id
    (order,) = (await facts(market, buyer)).orders
    assert (order.order_id, order.amount, order.known_at, order.shipped_at) == (order_id, 200, None, None)

    handed = system_actor("exchange")
    await market.container.confirm_delivery()(handed, [order_id])
    (order,) = (await facts(market, buyer)).orders
    assert order.known_at is not None
    assert order.shipped_at is None

    async with market.container.ordering_work() as work:
        for kind, params in (("shipped", {"value": False}), ("shipped", {"value": True})):
            await work.orders.tell([order_id], kind, params, "1C", NOW + timedelta(hours=params["value"]))
        await work.commit()
    async with market.container.database().engine.begin() as connection:
        await connection.execute(update(customer_order).values(erp_amount=Decimal("150.50")))
    (order,) = (await facts(market, buyer)).orders
    assert (order.shipped_at, order.amount) == (NOW + timedelta(hours=1), Decimal("150.50"))

    for values in ({"is_paid": True}, {"is_paid": False, "status": OrderStatus.CANCELLED.value, "cancelled_by": "erp"}):
        async with market.container.database().engine.begin() as connection:
            await connection.execute(update(customer_order).values(**values))
        assert (await facts(market, buyer)).orders == ()


# -- two users, one limit

CLIENTS = 8


async def _spend_together(market: Market, company: CompanyId) -> int:
    """Eight people order at once for three quarters of one limit; how many of them got through."""
    people = [await market.member(company, level=2) for _ in range(CLIENTS)]
    variant = await market.goods("75.00")
    await agree(market, company, "100")
    outcomes = await asyncio.gather(*(attempt(market, one, variant, 1) for one in people))
    return sum(isinstance(one, Placed) for one in outcomes)


async def test_one_limit_is_spent_once(market: Market) -> None:
    for _ in range(3):
        assert await _spend_together(market, await market.client()) == 1


async def test_control_without_holding_the_account_it_is_spent_twice(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(*_: Any) -> None:
        """What is left of the protection."""

    monkeypatch.setattr(PostgresCreditBook, "hold", nothing)
    assert max([await _spend_together(market, await market.client()) for _ in range(4)]) > 1
