"""One order that the ERP cannot take must not keep the others back (onec.md §4.1, consequence 2)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.exchange.deliveries import BATCH, SUSPECT_AFTER, Pending, next_batch
from b2b_dvizhenie.domain.shared.ids import OrderId, new_id

START = datetime(2026, 11, 25, tzinfo=UTC)
Choice = Callable[[list[Pending], datetime | None], list[Pending]]


class Erp:
    """A 1C that loads a batch as a whole: with a bad order in it, nothing of it."""

    def __init__(self, total: int, bad: set[int], newcomers: int = 0) -> None:
        self.orders = {order.order_id: order for order in (Pending(OrderId(new_id()), 1) for _ in range(total))}
        names = list(self.orders)
        self.bad = {names[index] for index in bad}
        self.newcomers = newcomers
        self.last: datetime | None = None
        self.now = START
        self.queries = 0

    def good_left(self) -> int:
        return sum(1 for name in self.orders if name not in self.bad)

    def query(self, choose: Choice) -> None:
        self.queries += 1
        self.now += timedelta(minutes=5)
        for _ in range(self.newcomers):
            order = Pending(OrderId(new_id()), 1)
            self.orders[order.order_id] = order
        batch = choose(list(self.orders.values()), self.last)
        if not batch:
            return
        self.last = self.now
        names = {order.order_id for order in batch}
        if names & self.bad:
            for order in batch:
                self.orders[order.order_id] = Pending(order.order_id, 1, order.times + 1, len(batch), self.now)
        else:
            for name in names:
                del self.orders[name]


def test_everything_at_once_when_all_is_well() -> None:
    erp = Erp(700, set())
    erp.query(next_batch)
    assert erp.good_left() == 700 - BATCH
    erp.query(next_batch)
    assert not erp.orders


@given(total=st.integers(1, 300), data=st.data())
def test_good_orders_get_through_within_bounded_queries(total: int, data: st.DataObject) -> None:
    bad = data.draw(st.sets(st.integers(0, total - 1), max_size=5))
    erp = Erp(total, bad)
    rounds = total.bit_length() + 1
    bound = SUSPECT_AFTER + 2 * rounds * (len(bad) + 1) + 2
    while erp.good_left() and erp.queries <= bound:
        erp.query(next_batch)
    assert erp.good_left() == 0
    assert set(erp.orders) == erp.bad
    # The bad ones are still tried, one at a time and in turn.
    tried = set()
    for _ in range(3 * len(bad) + 3 + rounds * len(bad) * 2):
        batch = next_batch(list(erp.orders.values()), erp.last)
        tried |= {order.order_id for order in batch if order.is_alone}
        erp.query(next_batch)
    assert tried == erp.bad


def test_new_orders_are_not_held_up_by_a_bad_one_nor_the_bad_one_forgotten() -> None:
    erp = Erp(10, {3}, newcomers=2)
    for _ in range(40):
        erp.query(next_batch)
    assert erp.good_left() <= 2 * 2  # those of the last two queries at most
    (bad,) = (order for order in erp.orders.values() if order.order_id in erp.bad)
    assert bad.is_alone
    assert erp.now - (bad.given_at or START) <= timedelta(minutes=10)


def test_sabotaged_choice_blocks_everybody() -> None:
    """The control: sending the oldest orders again and again never delivers one of them."""
    erp = Erp(10, {3})
    for _ in range(100):
        erp.query(lambda pending, _last: pending[:BATCH])
    assert erp.good_left() == 9
