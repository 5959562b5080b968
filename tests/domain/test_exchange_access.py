"""Rights, addresses and status rules of the exchange."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.exchange.access import AddressInvalid, checked_addresses, may_come_from
from b2b_dvizhenie.domain.exchange.monitoring import (
    LastRun,
    SyncCategory,
    SyncStatus,
    expected_interval,
    sync_status,
)

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@given(address=st.ip_addresses().map(str))
def test_empty_list_lets_everybody_in(address: str) -> None:
    assert may_come_from((), address)


@given(allowed=st.lists(st.ip_addresses().map(str), min_size=1, max_size=5), other=st.ip_addresses(v=4).map(str))
def test_list_lets_in_exactly_its_members(allowed: list[str], other: str) -> None:
    listed = checked_addresses(allowed)
    assert all(may_come_from(listed, address) for address in allowed)
    assert may_come_from(listed, other) == (other in allowed or f"::ffff:{other}" in allowed)


def test_networks_and_mapped_addresses() -> None:
    listed = checked_addresses(["10.1.0.0/16", "192.168.0.7"])
    assert may_come_from(listed, "10.1.2.3")
    assert may_come_from(listed, "::ffff:192.168.0.7")
    assert not may_come_from(listed, "10.2.0.1")
    assert not may_come_from(listed, "testclient")
    assert not may_come_from(listed, "")


@pytest.mark.parametrize("wrong", ["10.0.0", "localhost", "", "10.0.0.0/33"])
def test_wrong_address_is_named(wrong: str) -> None:
    with pytest.raises(AddressInvalid) as caught:
        checked_addresses(["127.0.0.1", wrong])
    assert caught.value.field == "allowed_addresses.1"


def run(state: str, minutes_ago: int) -> LastRun:
    at = NOW - timedelta(minutes=minutes_ago)
    return LastRun(state, at, at if state in ("done", "failed") else None)


@pytest.mark.parametrize(
    ("last", "success_ago", "expected", "status"),
    [
        (None, None, 10, SyncStatus.NEVER),
        (run("done", 5), 5, 10, SyncStatus.DONE),
        (run("done", 5), 5, None, SyncStatus.DONE),
        (run("done", 11), 11, 10, SyncStatus.DONE),  # within the slack
        (run("done", 12), 12, 10, SyncStatus.OVERDUE),
        (run("failed", 1), 5, 10, SyncStatus.ERROR),
        (run("running", 1), 60, 10, SyncStatus.RUNNING),
        (run("waiting", 1), None, 10, SyncStatus.RUNNING),
        (run("waiting", 31), 5, 10, SyncStatus.OVERDUE),  # nobody works
        (run("running", 300), 5, 10, SyncStatus.RUNNING),
    ],
)
def test_status(last: LastRun | None, success_ago: int | None, expected: int | None, status: SyncStatus) -> None:
    success = None if success_ago is None else NOW - timedelta(minutes=success_ago)
    interval = None if expected is None else timedelta(minutes=expected)
    assert sync_status(last, success, interval, NOW) is status


def test_stock_is_expected_every_ten_minutes_unless_the_node_says_otherwise() -> None:
    assert expected_interval({}, SyncCategory.STOCKS) == timedelta(minutes=10)
    assert expected_interval({}, SyncCategory.GOODS) is None
    assert expected_interval({"expected_minutes": {"stocks": 1}}, SyncCategory.STOCKS) == timedelta(minutes=1)
    assert expected_interval({"expected_minutes": {"stocks": 0}}, SyncCategory.STOCKS) is None
    assert expected_interval({"expected_minutes": {"goods": 60}}, SyncCategory.GOODS) == timedelta(hours=1)
    assert expected_interval({"expected_minutes": ["nonsense"]}, SyncCategory.STOCKS) == timedelta(minutes=10)
    assert expected_interval({"expected_minutes": {"stocks": True}}, SyncCategory.STOCKS) == timedelta(minutes=10)
