"""Ways to pay in the database: what is written is what is read, and what an order would be offered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from market import ON_ACCOUNT, PREPAYMENT, Market
from msgspec.structs import replace
from sqlalchemy import update

from b2b_dvizhenie.adapters.postgres.companies import PostgresTradeTransaction
from b2b_dvizhenie.adapters.postgres.ordering import PostgresOrders
from b2b_dvizhenie.adapters.postgres.tables.companies import agreement, company
from b2b_dvizhenie.application.ordering import OfferPayments
from b2b_dvizhenie.domain.companies import CompanyKind, MethodTerms, PaymentKind, PaymentMethod, checked_method
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import PaymentMethodId, new_id

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


def working(market: Market) -> PostgresTradeTransaction:
    work = market.container.trade_work()
    assert isinstance(work, PostgresTradeTransaction)
    return work


drawn = st.builds(
    MethodTerms,
    name=st.text("абв ", min_size=1, max_size=9).filter(str.strip),
    kind=st.sampled_from(PaymentKind),
    payers=st.sets(st.sampled_from((CompanyKind.ENTREPRENEUR, CompanyKind.PERSON))).map(tuple),
    position=st.integers(0, 9999),
    is_active=st.booleans(),
)


@given(st.lists(st.tuples(drawn, st.booleans()), min_size=1, max_size=3))
async def test_a_method_is_read_as_it_was_written(market: Market, some: list[tuple[MethodTerms, bool]]) -> None:
    key = PaymentMethodId(new_id())
    async with working(market) as work:
        for typed, is_of_a_firm in some:
            terms = checked_method(replace(typed, firms=(market.firm_id,) if is_of_a_firm else ()))
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


async def test_a_right_lets_a_buyer_pay_by_card_for_an_entrepreneur(market: Market) -> None:
    """A16, DESIGN §6.7: were an acquirer connected; without one the right changes nothing."""
    company_id = await market.client()
    buyer = await market.actor(await market.member(company_id))
    allowed = replace(buyer, grants={**buyer.grants, Permission.ORDERS_PAY_BY_CARD: Scope.OWN})
    card = PaymentMethodId(new_id())
    async with working(market) as work:
        await work.payment_methods.put(PaymentMethod(card, MethodTerms(name="Card", kind=PaymentKind.CARD)))
        await work.connection.execute(
            update(company).where(company.c.company_id == company_id).values(kind="entrepreneur")
        )
        await work.commit()
    reader = market.container.payment_reader()
    for actor, connected, is_offered in (
        (buyer, True, False),
        (allowed, True, True),
        (allowed, False, False),
    ):
        found = await OfferPayments(reader, cards_connected=connected)(actor)
        assert (card in [one.method_id for one in found.methods]) == is_offered
