"""Carts and orders in the database: what is written is what is read, and who may see it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest
from drawn_lines import cart_lines, moments, money, places, prices, quantities, seen, words
from hypothesis import given, settings
from hypothesis import strategies as st
from market import ON_ACCOUNT, PREPAYMENT, Market, Person
from ordering_world import OrderingWorld
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError
from statements import recorded_statements

from b2b_dvizhenie.adapters.postgres.ordering import payment_of
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user
from b2b_dvizhenie.adapters.postgres.tables.ordering import cart_line, customer_order, order_line
from b2b_dvizhenie.application.ordering import OrderQuery
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.companies import PaymentKind, Terms
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.ordering import (
    Canceller,
    CartLine,
    Order,
    OrderLine,
    OrderPayment,
    OrderStatus,
    Seen,
    Standing,
    Wishes,
    add_up,
    after_showing,
)
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import CompanyId, FirmId, OrderId, PriceTypeId, UserId, VariantId, new_id
from b2b_dvizhenie.domain.visibility import NOTHING_CLOSED, PRICE_GROUPS

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


@pytest.fixture
async def world(market: Market) -> OrderingWorld:
    return await OrderingWorld.over(market)


@given(first=cart_lines, second=cart_lines, gone=st.sets(places))
async def test_cart_lines_are_read_as_they_were_written(
    world: OrderingWorld, first: list[tuple[Any, ...]], second: list[tuple[Any, ...]], gone: set[int]
) -> None:
    user_id = world.buyer.user_id
    wanted: dict[VariantId, CartLine] = {}
    async with world.work() as work:
        for drawn in (first, second):
            lines = [CartLine(world.goods[place], *rest) for place, *rest in drawn]
            await work.carts.put(user_id, lines)
            for line in lines:
                earlier = wanted.get(line.variant_id, line)
                wanted[line.variant_id] = msgspec.structs.replace(line, added_at=earlier.added_at)
        stored = [line for line, _ in await work.carts.lines(user_id, NOTHING_CLOSED)]
        assert {line.variant_id: line for line in stored} == wanted
        assert stored == sorted(stored, key=lambda line: (line.added_at, line.variant_id))
        variants = [world.goods[place] for place in gone]
        assert await work.carts.remove(user_id, variants) == len(wanted.keys() & set(variants))
        left = {line.variant_id for line, _ in await work.carts.lines(user_id, NOTHING_CLOSED)}
        assert left == wanted.keys() - set(variants)


@given(cart_lines, seen.filter(lambda one: one is not None), st.none() | quantities)
async def test_what_was_shown_is_recorded_for_its_quantity_and_never_raised(
    world: OrderingWorld, drawn: list[tuple[Any, ...]], shown: Seen, other: Decimal | None
) -> None:
    place, *rest = drawn[0]
    line, user_id = CartLine(world.goods[place], *rest), world.buyer.user_id
    asked = other or line.quantity
    async with world.work() as work:
        await work.carts.put(user_id, [line])
        await work.carts.record_seen(user_id, [msgspec.structs.replace(line, quantity=asked, seen=shown)])
        stored = (await work.carts.lines(user_id, NOTHING_CLOSED))[0][0]
        taken = asked == line.quantity and after_showing(line.seen, shown) == shown
        assert stored == (msgspec.structs.replace(line, seen=shown) if taken else line)


order_lines = st.lists(
    st.builds(
        OrderLine,
        position=places,  # of the goods; the test makes a line number of it
        variant_id=st.just(VariantId(UUID(int=0))),
        article=words,
        name=words,
        unit_code=words,
        unit_name=words,
        quantity=quantities,
        unit_price=prices,
        amount=money,
        vat_rate=st.none() | st.sampled_from([Decimal("10.00"), Decimal("22.00")]),
        vat_amount=money,
        explanation=st.dictionaries(words, words, max_size=3),
        comment=words,
    ),
    max_size=5,
)


def order_of(world: OrderingWorld, drawn: list[OrderLine], *, vat_included: bool = True, **changes: Any) -> Order:
    lines = tuple(
        msgspec.structs.replace(line, position=number, variant_id=world.goods[line.position])
        for number, line in enumerate(drawn, 1)
    )
    order = Order(
        order_id=OrderId(new_id()),
        number=new_id().hex[-11:],
        user_id=world.buyer.user_id,
        company_id=world.company_id,
        manager_id=None,
        firm_id=world.market.firm_id,
        source_id=world.market.node,
        terms=Terms(world.company_id, None, PriceTypeId(world.market.wholesale), vat_included=vat_included),
        made_of=PRICE_GROUPS,
        totals=add_up([(one.amount, one.vat_amount) for one in lines], "RUB", vat_included=vat_included),
        lines=lines,
        wishes=Wishes(),
        placed_at=datetime(2026, 11, 25, tzinfo=UTC),
    )
    return msgspec.structs.replace(order, **changes)


payments = st.none() | st.builds(
    OrderPayment, st.sampled_from((ON_ACCOUNT, PREPAYMENT)), st.sampled_from(PaymentKind), words
)


@given(
    order_lines,
    st.booleans(),
    st.builds(Wishes, words, words, words),
    moments,
    st.none() | st.text("abc", min_size=8),
    payments,
)
async def test_an_order_is_read_as_it_was_written(
    world: OrderingWorld,
    drawn: list[OrderLine],
    vat_included: bool,
    wishes: Wishes,
    at: datetime,
    key: str | None,
    payment: OrderPayment | None,
) -> None:
    kept = {"wishes": wishes, "placed_at": at, "idempotency_key": key, "request_hash": b"hash" if key else None}
    kept["payment"] = payment
    order = order_of(world, drawn, vat_included=vat_included, **kept)
    async with world.work() as work:
        await work.orders.add(order, "Author")
        if key:
            claimed = await work.orders.claim_key(order.user_id, key)
            assert claimed is not None
            assert (claimed.order_id, claimed.number, claimed.totals) == (order.order_id, order.number, order.totals)
            assert (claimed.placed_at, claimed.request_hash) == (order.placed_at, b"hash")
            assert claimed.payment == order.payment
        (held,) = await work.orders.hold_all([order.order_id])
        assert (held.standing, held.revision, held.company_id) == (Standing(), 1, order.company_id)
        row = (await work.connection.execute(select(customer_order))).one()
        assert msgspec.convert(row.terms, Terms, strict=False) == order.terms
        assert Wishes(row.comment, row.delivery_address, row.client_number) == order.wishes
        assert (row.node_id, row.firm_id) == (order.source_id, order.firm_id)
        assert payment_of(row.payment_method_id, row.payment_kind, row.payment_name) == order.payment
        columns = [order_line.c[name] for name in OrderLine.__struct_fields__]
        lines = await work.connection.execute(select(*columns).order_by(order_line.c.position))
        assert tuple(OrderLine(*line) for line in lines) == order.lines


@given(status=st.sampled_from(OrderStatus), paid=st.booleans(), shipped=st.booleans(), by=st.sampled_from(Canceller))
async def test_a_standing_is_read_as_it_was_written(
    world: OrderingWorld, status: OrderStatus, paid: bool, shipped: bool, by: Canceller
) -> None:
    standing = Standing(status, paid, shipped, by if status is OrderStatus.CANCELLED else None)
    now = datetime(2026, 11, 25, tzinfo=UTC)
    async with world.work() as work:
        order = order_of(world, [])
        await work.orders.add(order, "")
        await work.orders.change(order.order_id, standing, 5, now)
        (held,) = await work.orders.hold_all([order.order_id])
        assert (held.standing, held.revision) == (standing, 5)


@pytest.mark.parametrize("quantity", ["0", "-1", "NaN"])
async def test_the_database_refuses_impossible_quantities_too(world: OrderingWorld, quantity: str) -> None:
    row = {"user_id": world.buyer.user_id, "variant_id": world.goods[0], "added_at": datetime(2026, 1, 1, tzinfo=UTC)}
    async with world.work() as work:
        with pytest.raises(DBAPIError):
            await work.connection.execute(insert(cart_line).values(**row, quantity=Decimal(quantity)))


class Forest:
    """People, companies and orders at random, with a reference of who sees what, by plain reasoning."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.staff: list[Person] = []
        self.heads: dict[UserId, UserId] = {}
        self.managers: dict[CompanyId, UserId | None] = {}
        self.buyers: dict[CompanyId, Person] = {}
        self.orders: dict[OrderId, tuple[CompanyId, FirmId | None]] = {}

    async def grow(self, staff: list[tuple[int, int]], companies: list[tuple[int, int, int]]) -> None:
        """Staff as (place of the head, place of the firm), companies as (manager, firm, orders); too far is none."""
        market = self.market
        firms = [market.firm_id, await market.firm("Second")]
        for head_place, firm_place in staff:
            head = self.staff[head_place] if head_place < len(self.staff) else None
            firm = firms[firm_place] if firm_place < len(firms) else None
            person = await market.member(role_code="manager", head=head, firm_id=firm)
            self.staff.append(person)
            if head:
                self.heads[person.user_id] = head.user_id
        goods = await market.goods()
        for manager_place, firm_place, orders in companies:
            manager = self.staff[manager_place] if manager_place < len(self.staff) else None
            firm = firms[firm_place] if firm_place < len(firms) else None
            company = await market.client(manager=manager, firm_id=firm)
            self.managers[company] = manager.user_id if manager else None
            self.buyers[company] = await market.member(company)
            for _ in range(orders):
                placed = await market.order(self.buyers[company], (goods, "1"))
                async with market.container.database().engine.connect() as connection:
                    query = select(customer_order.c.firm_id).where(customer_order.c.order_id == placed.order_id)
                    stored = (await connection.execute(query)).scalar_one()
                self.orders[placed.order_id] = (company, FirmId(stored) if stored else None)

    def below(self, user_id: UserId) -> set[UserId]:
        found = {user_id}
        while more := {one for one, head in self.heads.items() if head in found} - found:
            found |= more
        return found

    def sees(self, actor: Actor, scope: Scope, order_id: OrderId) -> bool:
        company, firm = self.orders[order_id]
        manager = self.managers[company]
        match scope:
            case Scope.OWN:
                return actor.company_id == company
            case Scope.ASSIGNED:
                return manager is not None and manager == actor.user_id
            case Scope.SUBTREE:
                return actor.user_id is not None and manager in self.below(actor.user_id)
            case Scope.FIRM:
                return firm == actor.firm_id
            case Scope.ALL:
                return True


@settings(max_examples=settings().max_examples // 5)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=3),
)
async def test_list_count_details_and_cancellation_show_exactly_the_actors_orders(
    market: Market, staff: list[tuple[int, int]], companies: list[tuple[int, int, int]]
) -> None:
    forest = Forest(market)
    await forest.grow(staff, companies)
    readers = market.container.list_orders(), market.container.show_order(), market.container.cancel_order()
    list_orders, show_order, cancel_order = readers
    people = [*forest.staff, *forest.buyers.values()]
    ours = set(forest.orders)
    for person in people:
        known = await market.actor(person)
        for scope in Scope:
            grants = {Permission.ORDERS_VIEW: scope, Permission.ORDERS_PROCESS: scope}
            actor = msgspec.structs.replace(known, grants=grants)
            expected = {one for one in ours if forest.sees(actor, scope, one)}
            page = await list_orders(actor, OrderQuery(limit=200))
            assert {one.order_id for one in page.orders} & ours == expected, scope
            alien = {one.order_id for one in page.orders} - ours
            assert page.total == len(expected) + len(alien)
            for order_id in ours - expected:
                for act in (show_order, cancel_order):
                    with pytest.raises(NotFound):
                        await act(actor, order_id)
            for order_id in expected:
                assert (await show_order(actor, order_id)).summary.order_id == order_id


async def test_moving_a_manager_under_another_head_changes_both_lists_at_once(market: Market) -> None:
    first, second = await market.member(role_code="head_of_managers"), await market.member(role_code="head_of_managers")
    manager = await market.member(role_code="manager", head=first)
    await market.order(await market.member(await market.client(manager=manager)), (await market.goods(), "1"))

    async def totals() -> list[int]:
        pages = [await market.container.list_orders()(await market.actor(one), OrderQuery()) for one in (first, second)]
        return [page.total for page in pages]

    assert await totals() == [1, 0]
    await market._write(app_user.update().where(app_user.c.user_id == manager.user_id).values(head_id=second.user_id))
    assert await totals() == [0, 1]


async def test_reads_cost_the_same_for_one_order_and_for_many(market: Market) -> None:
    buyer = await market.member(await market.client())
    goods = [await market.goods() for _ in range(5)]

    async def cost() -> tuple[int, int]:
        actor = await market.actor(buyer)
        with recorded_statements() as listed:
            page = await market.container.list_orders()(actor, OrderQuery())
        with recorded_statements() as shown:
            await market.container.show_order()(actor, page.orders[0].order_id)
        return len(listed), len(shown)

    await market.order(buyer, (goods[0], "1"))
    one = await cost()
    for _ in range(6):
        await market.order(buyer, *((each, "2") for each in goods))
    assert one == await cost() == (2, 3)


async def test_days_of_the_filter_begin_in_the_sellers_zone(market: Market) -> None:
    buyer = await market.member(await market.client())
    placed = await market.order(buyer, (await market.goods(), "1"))
    late = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)  # half past one of the 25th in Moscow
    await market._write(
        customer_order.update().where(customer_order.c.order_id == placed.order_id).values(placed_at=late)
    )
    actor = await market.actor(buyer)
    moscow = (late + timedelta(hours=3)).date()

    async def total(**days: Any) -> int:
        return (await market.container.list_orders()(actor, OrderQuery(**days))).total

    assert await total(since=moscow, until=moscow) == 1
    assert await total(until=moscow - timedelta(days=1)) == 0
    assert await total(since=moscow + timedelta(days=1)) == 0
    assert isinstance(placed.order_id, UUID)
