"""Ways to pay in the database: what is written is what is read, and what an order would be offered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from market import ON_ACCOUNT, PREPAYMENT, Market
from sqlalchemy import update

from b2b_dvizhenie.adapters.postgres.companies import PostgresTradeTransaction
from b2b_dvizhenie.adapters.postgres.ordering import PostgresOrders
from b2b_dvizhenie.adapters.postgres.tables.companies import agreement
from b2b_dvizhenie.domain.companies import CompanyKind, MethodTerms, PaymentKind, PaymentMethod, checked_method
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import PaymentMethodId, new_id

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


def working(market: Market) -> PostgresTradeTransaction:
    work = market.container.trade_work()
    assert isinstance(work, PostgresTradeTransaction)
    return work


@given(st.data())
async def test_a_method_is_read_as_it_was_written(market: Market, data: st.DataObject) -> None:
    firms = market.firm_id
    drawn = st.builds(
        MethodTerms,
        name=st.text("абв ", min_size=1, max_size=9).filter(str.strip),
        kind=st.sampled_from(PaymentKind),
        payers=st.sets(st.sampled_from((CompanyKind.ENTREPRENEUR, CompanyKind.PERSON))).map(tuple),
        firms=st.sampled_from(((), (firms,))),
        position=st.integers(0, 9999),
        is_active=st.booleans(),
    )
    first, second = (checked_method(data.draw(drawn)) for _ in range(2))
    key = PaymentMethodId(new_id())
    async with working(market) as work:
        for terms in (first, second):
            await work.payment_methods.put(PaymentMethod(key, terms))
            assert await work.payment_methods.hold(key) == PaymentMethod(key, terms)
        assert await work.payment_methods.hold(PaymentMethodId(new_id())) is None


async def test_a_firm_that_does_not_exist_is_named(market: Market) -> None:
    terms = MethodTerms(name="x", kind=PaymentKind.CASH, firms=(market.firm_id, new_id()))
    async with working(market) as work:
        with pytest.raises(NotFound) as caught:
            await work.payment_methods.put(PaymentMethod(PaymentMethodId(new_id()), terms))
        assert caught.value.field == "firms"


async def test_an_order_and_the_check_out_decide_by_the_same(market: Market) -> None:
    """What the agreement names, what is switched on, who sells: of one statement each, equal."""
    company_id = await market.client(firm_id=await market.firm("Second"))
    person = await market.member(company_id)
    async with market.container.database().engine.begin() as connection:
        await connection.execute(update(agreement).values(payment_methods=[PREPAYMENT, new_id()]))
    terms = (await market.actor(person)).buyer_terms()
    offered, last = await market.container.payment_reader().basis(terms, person.user_id)
    async with working(market) as work:
        seller = await PostgresOrders(work.connection).seller(terms)
    assert seller.payment == offered
    assert (offered.payer, offered.firm_id, last) == (CompanyKind.LEGAL, seller.firm_id, None)
    assert offered.firm_id != market.firm_id
    assert {one.method_id for one in offered.methods} == {ON_ACCOUNT, PREPAYMENT}
    assert offered.allowed[0] == PREPAYMENT
