"""The judge reads the golden answers that were written by hand for it."""

from decimal import Decimal

import pytest

from b2b_dvizhenie.testing.emulator import RULES, Wire
from b2b_dvizhenie.testing.emulator.order_reader import read_orders
from b2b_dvizhenie.testing.emulator.wire import Reply
from b2b_dvizhenie.testing.wholesaler import Profile


@pytest.mark.shared
@pytest.mark.parametrize(
    ("profile", "name", "encoding", "count"),
    [
        (Profile.UT115, "query_2x_utf8.xml", "utf-8", 1),
        (Profile.UT10, "query_2x_cp1251.xml", "windows-1251", 1),
        (Profile.UNF, "query_2x_utf8.xml", "utf-8", 1),
        (Profile.BITRIX31, "query_31_container.xml", "utf-8", 1),
        (Profile.UT115, "query_empty.xml", "utf-8", 0),
    ],
)
def test_golden_answers(shared, profile, name, encoding, count):
    body = (shared / "onec/synthetic/expected_from_us" / name).read_bytes()
    orders = read_orders(Reply(Wire("GET", 200), body, f"text/xml; charset={encoding}", 0), RULES[profile])
    assert [(order.number, order.amount) for order in orders] == [("B2B-100045", Decimal("1205.00"))] * count
