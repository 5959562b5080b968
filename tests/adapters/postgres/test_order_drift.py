"""Moonshot 4 in the database: what the ERP counts otherwise is kept once per version, seen by who processes the order,
and never in the way of the exchange.
"""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from discounting import in_force, off_articles
from market import Market, Person
from msgspec import Struct
from msgspec.structs import replace
from prometheus_client import REGISTRY
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from b2b_dvizhenie.adapters.postgres.drift import PostgresDrifts
from b2b_dvizhenie.adapters.postgres.tables.drift import order_drift
from b2b_dvizhenie.application.drift import DriftQuery, Kept, OrderDrift, PeriodInvalid
from b2b_dvizhenie.application.exchange import ApplyOrderState, CompareOrder
from b2b_dvizhenie.application.exchange.order_states import Applied
from b2b_dvizhenie.application.exchange.records import OrderLineRecord, OrderStateRecord
from b2b_dvizhenie.application.ordering import PlacedOrder
from b2b_dvizhenie.application.settings import CurrentSettings
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.drift import DOCUMENT_PENNIES, Comparison, DriftKind, ErpDiscount, Step
from b2b_dvizhenie.domain.hierarchy import Forbidden, Permission
from b2b_dvizhenie.domain.ordering import OrderStatus
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import CompanyId, NodeId, VariantId
from b2b_dvizhenie.entrypoints.container import utc_now

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
ERP, STAFF = system_actor("exchange"), system_actor("test")


class Sale(Struct, frozen=True):
    """An order of 10 × 100.00 with 10 % off, and 3 × 33.335 without."""

    market: Market
    buyer: Person
    goods: tuple[VariantId, VariantId]
    order: PlacedOrder

    def line(self, place: int, quantity: str, price: str, amount: str, **more: Any) -> OrderLineRecord:
        ref = str(self.goods[place])
        return OrderLineRecord(ref, "Товар", Decimal(quantity), Decimal(price), Decimal(amount), **more)

    @property
    def second(self) -> OrderLineRecord:
        return self.line(1, "3", "33.34", "100.01")

    async def returned(self, first: OrderLineRecord, second: OrderLineRecord | None = None, **said: Any) -> Applied:
        lines = (first, second or self.second)
        amount = sum((one.amount for one in lines), Decimal(0))
        record = OrderStateRecord(self.order.number, lines=lines, **({"amount": amount} | said))
        return await self.market.container.apply_order_state()(ERP, NodeId(self.market.node), record)

    async def drift(self) -> OrderDrift:
        return await self.market.container.show_drift()(STAFF, self.order.order_id)

    async def compared(self) -> Comparison:
        found = (await self.drift()).comparison
        assert found is not None
        return found


@pytest.fixture
async def sale(market: Market) -> Sale:
    goods = (await market.goods("100.00"), await market.goods("33.335"))
    await in_force(market.container, off_articles("10", "ART-00001"))
    buyer = await market.member(await market.client("ООО Покупатель"))
    return Sale(market, buyer, goods, await market.order(buyer, (goods[0], "10"), (goods[1], "3")))


def counted(label: str) -> float:
    """What operators see of comparisons by outcome, or of drifts by kind."""
    found = REGISTRY.get_sample_value("b2b_orders_compared_total", {"outcome": label})
    return found or REGISTRY.get_sample_value("b2b_order_drifts_total", {"kind": label}) or 0


async def versions(market: Market) -> list[tuple[str, bool]]:
    async with market.container.database().engine.connect() as connection:
        rows = await connection.execute(
            select(order_drift.c.version, order_drift.c.is_latest).order_by(order_drift.c.version)
        )
        return [(row.version, row.is_latest) for row in rows]


async def test_the_same_sums_are_compared_and_not_told(sale: Sale) -> None:
    applied = await sale.returned(sale.line(0, "10", "90", "900.00"))
    assert applied.problems == ()
    page = await sale.market.container.list_drifts()(STAFF, DriftQuery())
    assert (page.items, page.total, page.compared, page.sums) == ((), 0, 1, ())
    found = await sale.compared()
    assert (found.lines, found.compared, found.difference) == ((), 2, 0)


async def test_a_forgotten_discount_is_named_with_our_rule(sale: Sale) -> None:
    applied = await sale.returned(sale.line(0, "10", "100", "1000.00"), version="7")
    told = [(problem.code, problem.severity, problem.detail) for problem in applied.problems]
    assert told == [("exchange.order_counted_otherwise", "warning", "+100 RUB (1: +100)")]
    found = await sale.drift()
    (line,) = (await sale.compared()).lines
    assert (line.kind, line.position, line.difference) == (DriftKind.DISCOUNT_MISSING, 1, 100)
    step = line.diverging
    assert (step.step, step.ours, step.our_percent, step.theirs) == (Step.DISCOUNT, 100, 10, None)
    assert found.rule_names == {step.rule_id: "internal 1"}
    page = await sale.market.container.list_drifts()(STAFF, DriftQuery(kind=DriftKind.DISCOUNT_MISSING))
    (item,) = page.items
    assert (item.number, item.lines, item.compared, item.difference) == (sale.order.number, 1, 2, 100)
    assert (item.our_total, item.their_total) == (Decimal("1000.01"), Decimal("1100.01"))
    assert [(one.currency, one.orders, one.more, one.less) for one in page.sums] == [("RUB", 1, 100, 0)]
    assert (await sale.market.container.list_drifts()(STAFF, DriftQuery(kind=DriftKind.VAT))).total == 0


async def test_a_version_is_compared_once_and_the_one_that_came_last_counts(sale: Sale) -> None:
    dear, fair = sale.line(0, "10", "100", "1000.00"), sale.line(0, "10", "90", "900.00")
    before = counted("same"), counted("differs"), counted("discount_missing")
    for _ in range(2):  # the status word keeps the version from being remembered: the record comes in whole again
        applied = await sale.returned(dear, version="1", status="Ждёт машину")
        codes = [problem.code for problem in applied.problems]
        assert codes.count("exchange.order_status_unknown") == 1
    assert "exchange.order_counted_otherwise" not in codes
    assert await versions(sale.market) == [("1", True)]
    assert (await sale.returned(fair, version="2")).problems == ()
    assert await versions(sale.market) == [("1", False), ("2", True)]
    found = await sale.drift()
    assert ((await sale.compared()).kinds, [one.version for one in found.earlier]) == ((), ["1"])
    again = await sale.returned(dear, version="1")
    assert [problem.code for problem in again.problems] == ["exchange.order_counted_otherwise"]
    assert await versions(sale.market) == [("1", True), ("2", False)]
    after = counted("same"), counted("differs"), counted("discount_missing")
    assert after == (before[0] + 1, before[1] + 2, before[2] + 2), "what operators see"


async def test_pennies_are_forgiven_as_the_settings_say(sale: Sale) -> None:
    shifted = replace(sale.second, amount=Decimal("100.00"))
    applied = await sale.returned(sale.line(0, "10", "90", "900.01"), shifted, version="1")
    assert applied.problems == ()
    assert (await sale.compared()).within == 2
    lost = await sale.returned(sale.line(0, "10", "90", "900.00"), shifted, version="2")
    assert [problem.detail for problem in lost.problems] == ["-0.01 RUB (2: -0.01)"]
    container = sale.market.container
    await container.change_settings()(STAFF, {DOCUMENT_PENNIES.key: 1})
    fresh = CurrentSettings(container.setting_reader(), utc_now)
    apply = ApplyOrderState(container.order_state_work, utc_now, CompareOrder(fresh, utc_now, container.drift_watch()))
    record = OrderStateRecord(sale.order.number, lines=(sale.line(0, "10", "90", "900.00"), shifted), version="3")
    assert (await apply(ERP, NodeId(sale.market.node), record)).problems == ()
    assert (await sale.compared()).within == 1


async def test_what_cannot_be_compared_does_not_stop_the_exchange(sale: Sale) -> None:
    record = OrderStateRecord(sale.order.number, posted=True, amount=Decimal(5))
    await sale.market.container.apply_order_state()(ERP, NodeId(sale.market.node), record)
    await sale.returned(sale.line(0, "10", "1", "10"), currency="USD")
    assert await versions(sale.market) == []
    found = await sale.drift()
    assert (found.comparison, found.compared_at, found.number) == (None, None, sale.order.number)
    huge = sale.line(0, "10", "9e14", "9e15")  # a column holds it, money does not
    applied = await sale.returned(huge, replace(huge, ref="other"), amount=None, status="К выполнению", version="1")
    assert (applied.outcome, [one.code for one in applied.problems]) == ("changed", ["exchange.order_not_compared"])
    beyond = sale.line(0, "10", "1e45", "1e46")
    applied = await sale.returned(beyond, amount=None, version="2", posted=True)
    assert "exchange.order_not_compared" in [one.code for one in applied.problems]
    seen = await sale.market.container.show_order()(STAFF, sale.order.order_id)
    assert seen.summary.status is OrderStatus.CONFIRMED
    assert await versions(sale.market) == []


async def test_without_the_savepoint_the_order_would_be_lost(sale: Sale) -> None:
    """The control: the same comparison written plainly takes the transaction with it."""
    huge = Comparison(
        currency="RUB", lines=(), compared=1, our_total=Decimal(1), their_total=Decimal("1e17"), unexplained=Decimal(1)
    )
    now = sale.order.placed_at
    async with sale.market.container.database().engine.connect() as connection:
        assert await PostgresDrifts(connection).keep(sale.order.order_id, "1", huge, now) is Kept.REFUSED
        assert await connection.scalar(select(func.count()).select_from(order_drift)) == 0
        with pytest.raises(DBAPIError):
            await PostgresDrifts(connection)._write(sale.order.order_id, "1", huge, now)
        with pytest.raises(DBAPIError):
            await connection.scalar(select(func.count()).select_from(order_drift))


async def test_staff_see_drifts_of_the_orders_they_process(sale: Sale) -> None:
    market = sale.market
    manager = await market.member(role_code="manager", name="Пётр")
    other = await market.member(role_code="manager")
    head = await market.member(role_code="head_of_managers")
    company = await market.client("ООО Петра", manager=manager)
    served = await market.order(await market.member(company), (sale.goods[1], "3"))
    line = replace(sale.second, amount=Decimal("99.00"), price=Decimal("33.00"))
    record = OrderStateRecord(served.number, lines=(line,), amount=Decimal("99.00"))
    await market.container.apply_order_state()(ERP, NodeId(market.node), record)
    await sale.returned(sale.line(0, "10", "95", "950.00", discounts=(ErpDiscount("Акция", Decimal(5), Decimal(50)),)))
    container = market.container

    async def seen(person: Person, **query: Any) -> list[str]:
        actor = await market.actor(person)
        page = await container.list_drifts()(actor, DriftQuery(**query))
        lines = await container.export_drifts()(actor, DriftQuery(**query))
        tally = await container.tally_drifts()(actor, DriftQuery(**query))
        numbers = [item.number for item in page.items]
        assert page.total == page.compared == len(numbers)
        assert [line.number for line in lines] == numbers
        assert sum(day.orders for day in tally.days) == sum(one.orders for one in tally.kinds) == len(numbers)
        return numbers

    assert await seen(manager) == [served.number]
    page = await container.list_drifts()(await market.actor(manager), DriftQuery(company_id=CompanyId(UUID(int=1))))
    assert ([one.name for one in page.companies], [one.name for one in page.managers]) == (["ООО Петра"], ["Пётр"])
    assert await seen(manager, manager_id=UUID(int=1)) == []
    assert await seen(other) == await seen(head) == []
    assert [
        item.manager for item in (await container.list_drifts()(await market.actor(manager), DriftQuery())).items
    ] == ["Пётр"]
    assert (await container.show_drift()(await market.actor(manager), served.order_id)).number == served.number
    for person in (other, head):
        with pytest.raises(NotFound):
            await container.show_drift()(await market.actor(person), served.order_id)
    buyer = await market.actor(sale.buyer)
    for asked in (container.list_drifts(), container.tally_drifts(), container.export_drifts()):
        with pytest.raises(Forbidden):
            await asked(buyer, DriftQuery())
    with pytest.raises(Forbidden):
        await container.show_drift()(buyer, sale.order.order_id)
    seeing = await market.actor(manager)
    grants = {right: scope for right, scope in seeing.grants.items() if right is not Permission.PRICES_VIEW}
    blind = replace(seeing, grants=grants)
    assert (await container.list_drifts()(blind, DriftQuery())).total == 1
    for steps in (container.show_drift()(blind, served.order_id), container.export_drifts()(blind, DriftQuery())):
        with pytest.raises(Forbidden):
            await steps


async def test_filters_and_figures(sale: Sale) -> None:
    container = sale.market.container
    extra = replace(sale.second, ref="other", amount=Decimal(7))
    await sale.returned(sale.line(0, "10", "100", "1000.00"), extra, amount=Decimal("1007.50"))
    today = sale.order.placed_at.astimezone(ZoneInfo("Europe/Moscow")).date()
    tally = await container.tally_drifts()(
        STAFF, DriftQuery(since=date.fromordinal(today.toordinal() - 2), until=today)
    )
    assert [(day.day, day.orders) for day in tally.days][-1] == (today, 1)
    assert len(tally.days) == 3
    found = {(one.kind, one.orders, one.lines, one.difference) for one in tally.kinds}
    assert found == {
        (DriftKind.DISCOUNT_MISSING, 1, 1, Decimal(100)),
        (DriftKind.LINE_ABSENT, 1, 1, Decimal("-100.01")),
        (DriftKind.LINE_ADDED, 1, 1, Decimal(7)),
        (DriftKind.TOTAL, 1, 1, Decimal("0.50")),
    }
    lines = await container.export_drifts()(STAFF, DriftQuery())
    assert [(one.position, one.pair.step, one.difference) for one in lines] == [
        (1, Step.DISCOUNT, 100),
        (2, Step.PRESENCE, Decimal("-100.01")),
        (None, Step.PRESENCE, 7),
        (None, Step.TOTAL, Decimal("0.50")),
    ]
    tomorrow = date.fromordinal(today.toordinal() + 1)
    assert (await container.list_drifts()(STAFF, DriftQuery(since=tomorrow, until=tomorrow))).compared == 0
    assert (await container.list_drifts()(STAFF, DriftQuery(until=today, kind=DriftKind.TOTAL))).total == 1
    with pytest.raises(PeriodInvalid):
        await container.list_drifts()(STAFF, DriftQuery(since=tomorrow, until=today))
