"""Orders out to an ERP and its word about them back in (onec.md §2.6, §4.3–4.5)."""

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from market import Market, Person
from sqlalchemy import func, insert, select

from b2b_dvizhenie.adapters.postgres.exchange_deliveries import PostgresDeliveries
from b2b_dvizhenie.adapters.postgres.tables.exchange import order_status_map
from b2b_dvizhenie.adapters.postgres.tables.operations import audit, job
from b2b_dvizhenie.application.exchange.order_states import Applied
from b2b_dvizhenie.application.exchange.records import LinkedDocument, OrderLineRecord, OrderStateRecord
from b2b_dvizhenie.application.ordering import OrderDetails, PlacedOrder
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.ordering import OrderStatus
from b2b_dvizhenie.domain.shared.ids import NodeId, VariantId

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
ERP = system_actor("exchange")


@pytest.fixture
async def buyer(market: Market) -> Person:
    return await market.member(
        await market.client("ООО Покупатель", ref="guid-of-buyer", inn="7701234567"), name="Анна"
    )


@pytest.fixture
async def goods(market: Market) -> VariantId:
    return await market.goods("33.335")


@pytest.fixture
async def placed(market: Market, buyer: Person, goods: VariantId) -> PlacedOrder:
    return await market.order(buyer, (goods, "3"), comment="срочно", delivery_address="Склад 3")


async def heard(market: Market, order: PlacedOrder, **said: Any) -> Applied:
    record = OrderStateRecord(order.number, **said)
    return await market.container.apply_order_state()(ERP, NodeId(market.node), record)


async def details(market: Market, person: Person, order: PlacedOrder) -> OrderDetails:
    return await market.container.show_order()(await market.actor(person), order.order_id)


async def pending(market: Market) -> list[Any]:
    async with market.container.database().engine.connect() as connection:
        return list(await PostgresDeliveries(connection).pending(NodeId(market.node)))


async def test_order_in_the_words_of_the_exchange(
    market: Market, buyer: Person, goods: VariantId, placed: PlacedOrder
) -> None:
    found = await market.container.orders_to_send()(ERP, NodeId(market.node), [placed.order_id])
    order = found[placed.order_id]
    assert order.number == "B-000001"
    in_moscow = placed.placed_at.astimezone(ZoneInfo("Europe/Moscow"))
    assert order.placed_at == in_moscow.replace(tzinfo=None, microsecond=0)
    assert (order.buyer_ref, order.buyer_inn, order.buyer_kind) == ("guid-of-buyer", "7701234567", "legal")
    assert (order.contact_name, order.comment, order.delivery_address) == ("Анна", "срочно", "Склад 3")
    assert (order.amount, order.vat_amount, order.vat_included) == (Decimal("100.01"), Decimal("18.03"), True)
    assert (order.status, order.cancelled, order.version) == ("new", False, "1")
    line = order.lines[0]
    assert (line.ref, line.variant_ref, line.article) == (str(goods), "", "ART-00001")
    assert (line.quantity, line.amount, line.vat_amount) == (3, Decimal("100.01"), Decimal("18.03"))
    assert (line.price, line.discount) == (Decimal("33.3367"), 0)
    assert (line.unit.name, line.vat_rate) == ("шт", 22)


async def test_node_gets_only_its_own_orders(market: Market, buyer: Person, placed: PlacedOrder) -> None:
    other = await market.other_node("other")
    elsewhere = await market.order(buyer, (await market.goods(node_id=other), "1"))
    both = [placed.order_id, elsewhere.order_id]
    for node, own in ((NodeId(market.node), placed), (other, elsewhere)):
        assert set(await market.container.orders_to_send()(ERP, node, both)) == {own.order_id}
    assert [one.order_id for one in await pending(market)] == [placed.order_id]


async def test_unknown_company_goes_out_under_our_id(market: Market, goods: VariantId) -> None:
    other = await market.other_node("other")
    company_id = await market.client("New", node_id=other)
    order = await market.order(await market.member(company_id), (goods, "1"))
    found = await market.container.orders_to_send()(ERP, NodeId(market.node), [order.order_id])
    assert found[order.order_id].buyer_ref == str(company_id)


async def test_confirmed_delivery_makes_new_orders_sent_once(
    market: Market, buyer: Person, goods: VariantId, placed: PlacedOrder
) -> None:
    cancelled = await market.order(buyer, (goods, "1"))
    await market.container.cancel_order()(await market.actor(buyer), cancelled.order_id)
    for _ in range(2):
        await market.container.confirm_delivery()(ERP, [placed.order_id, cancelled.order_id])
    seen = await details(market, buyer, placed)
    assert (seen.summary.status, seen.revision) == (OrderStatus.SENT, 1)
    assert [event.kind for event in seen.events] == ["placed", "status"]
    assert (await details(market, buyer, cancelled)).summary.status is OrderStatus.CANCELLED


async def test_number_date_and_status_of_the_erp(market: Market, buyer: Person, placed: PlacedOrder) -> None:
    said = {"erp_number": "УТ-000017", "erp_date": date(2026, 11, 26), "status": "К выполнению", "posted": True}
    assert await heard(market, placed, version="v1", **said) == Applied("changed")
    assert await heard(market, placed, version="v1", status="Закрыт") == Applied("same")
    seen = await details(market, buyer, placed)
    assert (seen.summary.erp_number, seen.summary.erp_date) == ("УТ-000017", date(2026, 11, 26))
    assert (seen.summary.status, seen.erp_status, seen.revision) == (OrderStatus.CONFIRMED, "К выполнению", 1)
    assert [event.kind for event in seen.events] == ["placed", "erp_number", "status"]
    assert seen.events[-1].params == {
        "before": "new", "after": "confirmed", "by": "erp", "erp_status": "К выполнению"
    }  # fmt: skip
    async with market.container.database().engine.connect() as connection:
        jobs = await connection.scalar(select(func.count()).where(job.c.name == "ordering.order_moved"))
        audited = await connection.scalar(select(func.count()).where(audit.c.action == "ordering.erp_applied"))
    assert (jobs, audited) == (1, 1)


async def test_what_comes_from_the_erp_is_not_given_back(market: Market, placed: PlacedOrder) -> None:
    session = placed.order_id  # any id will do for a session that only exists here
    async with market.container.database().engine.begin() as connection:
        deliveries = PostgresDeliveries(connection)
        batch = await deliveries.pending(NodeId(market.node))
        await deliveries.give(session, NodeId(market.node), batch, placed.placed_at)
        await deliveries.confirm_last(session, placed.placed_at)
    assert await pending(market) == []
    await heard(market, placed, status="К отгрузке", shipped=True, paid=True, erp_number="1")
    assert await pending(market) == []


async def test_record_without_a_version_is_told_by_its_content(market: Market, placed: PlacedOrder) -> None:
    assert (await heard(market, placed, posted=True, line=3)).outcome == "changed"
    assert (await heard(market, placed, posted=True, line=9)).outcome == "same"
    assert (await heard(market, placed, shipped=True)).outcome == "changed"


async def test_absent_marks_never_roll_back_and_cancelled_wins(
    market: Market, buyer: Person, placed: PlacedOrder
) -> None:
    await heard(market, placed, status="К отгрузке", paid=True, shipped=True)
    await heard(market, placed, erp_number="5")
    seen = (await details(market, buyer, placed)).summary
    assert (seen.status, seen.is_paid, seen.is_shipped) == (OrderStatus.PICKING, True, True)
    await heard(market, placed, status="Закрыт", cancelled=True)
    assert (await details(market, buyer, placed)).summary.status is OrderStatus.CANCELLED


async def test_unknown_and_foreign_documents_are_problems_of_their_rows(
    market: Market, buyer: Person, placed: PlacedOrder
) -> None:
    node = NodeId(market.node)
    other = await market.other_node("other")
    apply = market.container.apply_order_state()
    missing = await apply(ERP, node, OrderStateRecord("B-999999", line=7))
    elsewhere = await apply(ERP, other, OrderStateRecord(placed.number, posted=True))
    foreign = await heard(market, placed, partner_ref="guid-of-other", partner_inn="7709999999", posted=True)
    assert [(one.outcome, one.problems[0].code) for one in (missing, elsewhere, foreign)] == [
        ("refused", "exchange.order_unknown"),
        ("refused", "exchange.order_unknown"),
        ("refused", "exchange.order_of_other_company"),
    ]
    assert (missing.problems[0].ref, missing.problems[0].line) == ("B-999999", 7)
    assert (await details(market, buyer, placed)).summary.status is OrderStatus.NEW
    assert (await heard(market, placed, partner_ref="twin", partner_inn="7701234567", posted=True)).outcome == "changed"


async def test_unknown_word_takes_the_marks_and_waits_for_the_table(
    market: Market, buyer: Person, placed: PlacedOrder
) -> None:
    first = await heard(market, placed, version="v1", status="Ждёт машину", paid=True)
    assert [problem.code for problem in first.problems] == ["exchange.order_status_unknown"]
    seen = await details(market, buyer, placed)
    assert (seen.summary.status, seen.summary.is_paid) == (OrderStatus.SENT, True)
    async with market.container.database().engine.begin() as connection:
        row = {"node_id": market.node, "erp_status": "ждёт машину", "status": "picking"}
        await connection.execute(insert(order_status_map).values(row))
    assert (await heard(market, placed, version="v1", status="Ждёт машину", paid=True)).problems == ()
    assert (await details(market, buyer, placed)).summary.status is OrderStatus.PICKING


async def test_changed_lines_are_kept_beside_the_original(
    market: Market, buyer: Person, goods: VariantId, placed: PlacedOrder
) -> None:
    def line(quantity: str, amount: str, ref: str = "") -> OrderLineRecord:
        return OrderLineRecord(ref or str(goods), "Товар", Decimal(quantity), Decimal("33.33"), Decimal(amount))

    assert (await heard(market, placed, lines=(line("3", "100.01"),))).outcome == "changed"  # new → sent
    assert (await details(market, buyer, placed)).erp_lines is None
    fewer = (line("2", "66.66"), line("1", "5.00", ref="unknown good"))
    assert (await heard(market, placed, lines=fewer, amount=Decimal("71.66"))).outcome == "changed"
    seen = await details(market, buyer, placed)
    assert seen.erp_amount == Decimal("71.66")
    assert [(one.quantity, one.amount) for one in seen.erp_lines or ()] == [(2, Decimal("66.66")), (1, Decimal(5))]
    assert [(one.quantity, one.amount) for one in seen.lines] == [(3, Decimal("100.01"))]
    assert (await heard(market, placed, erp_number="9")).outcome == "changed"
    assert (await details(market, buyer, placed)).erp_lines is not None, "silence about lines changes none"
    other = await heard(market, placed, lines=(line("3", "1.01"),), currency="USD")
    assert [problem.code for problem in other.problems] == ["exchange.order_in_other_currency"]
    await heard(market, placed, lines=(line("1", "33.34"), line("2", "66.67")), comment="back again")
    assert (await details(market, buyer, placed)).erp_lines is None


async def test_payments_and_shipments_enter_the_history_once(
    market: Market, buyer: Person, placed: PlacedOrder
) -> None:
    payment = LinkedDocument("payment", "П-1", date(2026, 11, 27), Decimal("50.00"))
    shipment = LinkedDocument("shipment", "О-1", date(2026, 11, 28))
    await heard(market, placed, linked=(payment,))
    await heard(market, placed, linked=(payment, shipment, shipment))
    events = (await details(market, buyer, placed)).events
    assert [event.kind for event in events if event.kind in ("payment", "shipment")] == ["payment", "shipment"]


async def test_shipped_although_cancelled_is_said(market: Market, buyer: Person, placed: PlacedOrder) -> None:
    await market.container.cancel_order()(await market.actor(buyer), placed.order_id)
    applied = await heard(market, placed, shipped=True, cancelled=False)
    assert [problem.code for problem in applied.problems] == ["exchange.order_shipped_although_cancelled"]
    assert (await details(market, buyer, placed)).summary.status is OrderStatus.CANCELLED


async def test_states_of_a_file_do_not_take_each_other_down(market: Market, placed: PlacedOrder) -> None:
    states = [OrderStateRecord("nonsense"), OrderStateRecord(placed.number, posted=True)] * 2
    counters, problems = await market.container.order_states().take(NodeId(market.node), states)
    assert counters == {"orders.read": 4, "orders.refused": 2, "orders.changed": 1, "orders.same": 1}
    assert len(problems) == 2
