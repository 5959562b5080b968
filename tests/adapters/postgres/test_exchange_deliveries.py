"""Deliveries in the database: what is pending, what was given last, and what only `success` may confirm."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.exchange_deliveries import PostgresDeliveries, PostgresDeliveryTransaction
from b2b_dvizhenie.adapters.postgres.tables.companies import company
from b2b_dvizhenie.adapters.postgres.tables.exchange import exchange_node
from b2b_dvizhenie.adapters.postgres.tables.ordering import customer_order
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.exchange.deliveries import Pending
from b2b_dvizhenie.domain.shared.ids import NodeId, OrderId, new_id
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


class Base:
    """A transaction with a node and a buyer in it; nothing of it outlives the test."""

    def __init__(self, connection: AsyncConnection, user_id: UUID) -> None:
        self.connection = connection
        self.deliveries = PostgresDeliveries(connection)
        self.user_id = user_id
        self.company_id = new_id()
        self.node_id = NodeId(new_id())
        self.placed = 0

    async def prepare(self) -> "Base":
        await self.connection.execute(
            insert(company).values(company_id=self.company_id, kind="legal", name="ООО", updated_at=NOW)
        )
        await self.connection.execute(
            insert(exchange_node).values(
                node_id=self.node_id, name="УТ", login=new_id().hex, password_hash="", created_at=NOW
            )
        )
        return self

    async def order(self, status: str = "new") -> OrderId:
        self.placed += 1
        order_id = OrderId(new_id())
        moment = NOW + timedelta(minutes=self.placed)
        await self.connection.execute(
            insert(customer_order).values(
                order_id=order_id,
                number=order_id.hex[-11:],
                user_id=self.user_id,
                company_id=self.company_id,
                status=status,
                currency="RUB",
                amount=1,
                vat_amount=0,
                terms={},
                placed_at=moment,
                updated_at=moment,
            )
        )
        return order_id

    async def change(self, order_id: OrderId) -> None:
        await self.connection.execute(
            update(customer_order)
            .where(customer_order.c.order_id == order_id)
            .values(revision=customer_order.c.revision + 1)
        )

    async def pending(self) -> list[Pending]:
        return list(await self.deliveries.pending(self.node_id))

    async def give(self, session_id: UUID, orders: Sequence[Pending], minutes: int) -> None:
        await self.deliveries.give(session_id, self.node_id, orders, NOW + timedelta(minutes=minutes))


@pytest.fixture
async def user_id(container: Container) -> UUID:
    create = container.create_user()
    return await create(system_actor("test"), role="client", name="П", email=f"{new_id().hex}@example.test")


async def test_success_confirms_what_the_last_query_gave(container: Container, user_id: UUID) -> None:
    async with PostgresDeliveryTransaction(container.database(), container.clock()) as work:
        base = await Base(work.connection, user_id).prepare()
        first, second = await base.order(), await base.order()
        session = new_id()
        assert await base.pending() == [Pending(first, 1), Pending(second, 1)]
        await base.give(session, await base.pending(), 1)
        assert await base.deliveries.given_last(session) == [first, second]
        third = await base.order()
        await base.deliveries.confirm_last(session, NOW)
        assert await base.pending() == [Pending(third, 1)]
        assert await base.deliveries.given_last(session) == []
        assert await base.deliveries.last_given_at(base.node_id) == NOW + timedelta(minutes=1)


async def test_without_success_the_same_orders_come_again(container: Container, user_id: UUID) -> None:
    async with PostgresDeliveryTransaction(container.database(), container.clock()) as work:
        base = await Base(work.connection, user_id).prepare()
        first, second = await base.order(), await base.order()
        for attempt in (1, 2, 3):
            await base.give(new_id(), await base.pending(), attempt)
        at = NOW + timedelta(minutes=3)
        assert await base.pending() == [Pending(first, 1, 3, 2, at), Pending(second, 1, 3, 2, at)]
        await base.give(new_id(), (await base.pending())[:1], 4)
        assert await base.pending() == [
            Pending(first, 1, 4, 1, NOW + timedelta(minutes=4)),
            Pending(second, 1, 3, 2, at),
        ]


async def test_repeated_query_of_one_session_is_counted(container: Container, user_id: UUID) -> None:
    async with PostgresDeliveryTransaction(container.database(), container.clock()) as work:
        base = await Base(work.connection, user_id).prepare()
        await base.order()
        session = new_id()
        for attempt in (1, 2, 3, 4):
            await base.give(session, await base.pending(), attempt)
        (pending,) = await base.pending()
        assert (pending.times, pending.batch, pending.is_suspect) == (4, 1, True)


async def test_change_between_query_and_success_stays_pending(container: Container, user_id: UUID) -> None:
    async with PostgresDeliveryTransaction(container.database(), container.clock()) as work:
        base = await Base(work.connection, user_id).prepare()
        order_id = await base.order()
        session = new_id()
        await base.give(session, await base.pending(), 1)
        await base.change(order_id)
        await base.deliveries.confirm_last(session, NOW)
        assert await base.pending() == [Pending(order_id, 2)]


async def test_earlier_query_of_the_session_is_not_confirmed(container: Container, user_id: UUID) -> None:
    async with PostgresDeliveryTransaction(container.database(), container.clock()) as work:
        base = await Base(work.connection, user_id).prepare()
        first, second = await base.order(), await base.order()
        session = new_id()
        one, two = await base.pending()
        await base.give(session, [one], 1)
        await base.give(session, [two], 2)
        await base.deliveries.confirm_last(session, NOW)
        assert [order.order_id for order in await base.pending()] == [first]
        assert second not in await base.deliveries.given_last(session)


async def test_cancelled_order_goes_out_only_if_the_erp_may_have_it(container: Container, user_id: UUID) -> None:
    async with PostgresDeliveryTransaction(container.database(), container.clock()) as work:
        base = await Base(work.connection, user_id).prepare()
        await base.order("cancelled")
        known = await base.order()
        await base.give(new_id(), await base.pending(), 1)
        cancelled = update(customer_order).where(customer_order.c.order_id == known)
        await work.connection.execute(cancelled.values(status="cancelled", revision=2))
        assert await base.pending() == [Pending(known, 2)]


@given(
    script=st.lists(
        st.tuples(st.sampled_from(["order", "query", "success", "change", "again"]), st.integers(0, 30)), max_size=25
    )
)
async def test_nothing_is_lost_whatever_happens(
    container: Container, user_id: UUID, script: list[tuple[str, int]]
) -> None:
    """Model: an order is pending exactly while its newest revision was not given out and then confirmed."""
    async with PostgresDeliveryTransaction(container.database(), container.clock()) as work:
        base = await Base(work.connection, user_id).prepare()
        revisions: dict[OrderId, int] = {}
        confirmed: dict[OrderId, int] = {}
        given: dict[OrderId, int] = {}
        session = new_id()
        for minute, (step, number) in enumerate(script, start=1):
            pending = await base.pending()
            assert {order.order_id: order.revision for order in pending} == {
                order_id: revision for order_id, revision in revisions.items() if confirmed.get(order_id) != revision
            }
            match step:
                case "order":
                    revisions[await base.order()] = 1
                case "query" if pending:
                    await base.give(session, pending, minute)
                    given = {order.order_id: order.revision for order in pending}
                case "again":
                    session, given = new_id(), {}
                case "success":
                    await base.deliveries.confirm_last(session, NOW)
                    confirmed |= given
                case "change" if revisions:
                    order_id = list(revisions)[number % len(revisions)]
                    await base.change(order_id)
                    revisions[order_id] += 1
