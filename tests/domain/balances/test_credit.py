"""What a limit leaves to be ordered, which orders hold a part of it, who is told what (BAL, LVL-3)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from b2b_dvizhenie.domain.balances import (
    BeyondAgreed,
    Credit,
    CreditPolicy,
    CreditPosition,
    LimitExceeded,
    Objection,
    OpenOrder,
    OrderHeld,
    PaymentOverdue,
    Reaction,
    ShippingStopped,
    is_reserved,
    objections,
    pooled,
    reserved_sum,
    told_to,
)
from b2b_dvizhenie.domain.shared.ids import OrderId, new_id
from b2b_dvizhenie.domain.visibility import EVERYTHING, Information

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAYS = 30
money = st.decimals(0, 10**7, places=2)
moments = st.integers(-72, 0).map(lambda hours: NOW + hours * HOUR)
positions = st.lists(
    st.builds(
        CreditPosition,
        currency=st.sampled_from(["RUB", "USD"]),
        as_of=moments,
        received_at=moments,
        debt=money,
        advance=money,
        overdue=money,
        overdue_days=st.integers(0, 99),
        limit=st.none() | money,
        reserved=st.none() | money,
        is_stopped=st.booleans(),
        stop_reason=st.sampled_from(["", "a", "b"]),
        contract_ref=st.sampled_from(["", "1", "2"]),
    ),
    max_size=4,
)
orders = st.builds(
    OpenOrder,
    order_id=st.builds(lambda: OrderId(new_id())),
    currency=st.just("RUB"),
    amount=money,
    known_at=st.none() | moments,
    shipped_at=st.none() | moments,
)


def position(*, covered: datetime = NOW, reserved: str | None = "0", limit: str | None = "1000") -> CreditPosition:
    return CreditPosition(
        currency="RUB",
        as_of=covered,
        received_at=covered,
        limit=None if limit is None else Decimal(limit),
        reserved=None if reserved is None else Decimal(reserved),
    )


def order(known: datetime | None = None, shipped: datetime | None = None, amount: str = "100") -> OpenOrder:
    return OpenOrder(OrderId(new_id()), "RUB", Decimal(amount), known, shipped)


@given(positions, st.none() | money, money, st.randoms(use_true_random=False))
def test_a_pool_adds_up_whatever_the_order(
    some: list[CreditPosition], agreed: Decimal | None, here: Decimal, random: object
) -> None:
    credit = pooled("RUB", some, agreement_limit=agreed, reserved_here=here)
    shuffled = some[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert pooled("RUB", shuffled, agreement_limit=agreed, reserved_here=here) == credit
    own = [one for one in some if one.currency == "RUB"]
    assert credit.debt == sum(one.debt for one in own)
    assert credit.as_of == min((one.as_of for one in own), default=None)
    assert credit.reserved == here + sum(one.reserved or 0 for one in own)
    assert credit.is_stopped == any(one.is_stopped for one in own)
    limits = [one.limit for one in own if one.limit is not None]
    assert (credit.limit is None) == (agreed is None and not limits)
    if credit.limit is not None and credit.available is not None:
        assert credit.limit == min([sum(limits, Decimal(0))] * bool(limits) + [agreed] * (agreed is not None))
        assert credit.available + here + credit.used == credit.limit


@given(positions, money, money)
def test_a_limit_is_never_widened_by_an_order_or_a_tighter_agreement(
    some: list[CreditPosition], agreed: Decimal, more: Decimal
) -> None:
    free, bound = pooled("RUB", some), pooled("RUB", some, agreement_limit=agreed)
    held = pooled("RUB", some, agreement_limit=agreed, reserved_here=more)
    assert bound.limit is not None
    assert bound.available is not None
    assert held.available is not None
    assert free.limit is None or bound.limit <= free.limit
    assert bound.available - held.available == more


def test_debt_without_limit_takes_nothing_from_the_limit_of_another_contract() -> None:
    limited = replace(position(limit="500"), debt=Decimal(100))
    prepaid = replace(position(limit=None), debt=Decimal(9000), contract_ref="2")
    assert pooled("RUB", [limited, prepaid]).available == 400
    # The agreement's limit is for the company as a whole.
    assert pooled("RUB", [limited, prepaid], agreement_limit=Decimal(400)).available == 400 - 9100


def test_what_was_paid_ahead_widens_what_is_available() -> None:
    paid = replace(position(limit="0"), advance=Decimal(300))
    assert pooled("RUB", [paid]).available == 300


@pytest.mark.parametrize("field", ["debt", "advance", "overdue", "limit", "reserved", "next_payment", "available"])
@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e15"])
def test_impossible_sums_are_no_position(field: str, value: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        replace(position(), **{field: Decimal(value)})
    if field != "available":
        with pytest.raises(ValueError, match="finite"):
            replace(position(), **{field: Decimal(-1)})


@pytest.mark.parametrize("days", [-1, 36_501])
def test_impossible_days_are_no_position(days: int) -> None:
    with pytest.raises(ValueError, match="days"):
        replace(position(), overdue_days=days)


@pytest.mark.parametrize(
    ("known", "counts"), [(None, True), (NOW - HOUR, False), (NOW, True), (NOW + HOUR, True)], ids=str
)
def test_an_order_counts_until_a_snapshot_that_tells_open_orders_is_newer(known: datetime | None, counts: bool) -> None:
    assert is_reserved(order(known), [position()], NOW + HOUR, DAYS) is counts
    # Of several snapshots the oldest decides.
    older = position(covered=NOW - 2 * HOUR)
    assert is_reserved(order(known), [position(), older], NOW + HOUR, DAYS)


def test_a_clock_of_the_erp_that_runs_ahead_lets_no_order_go() -> None:
    ahead = replace(position(), as_of=NOW + 5 * HOUR)
    assert is_reserved(order(NOW + HOUR), [ahead], NOW + 2 * HOUR, DAYS)


@pytest.mark.parametrize(
    ("known", "shipped", "counts"),
    [
        (None, None, True),
        (NOW - HOUR, None, True),
        (NOW - HOUR, NOW - HOUR, False),
        (NOW - HOUR, NOW + HOUR, True),
        (NOW - timedelta(days=DAYS), None, True),
        (NOW - timedelta(days=DAYS) - HOUR, None, False),
    ],
    ids=str,
)
def test_without_open_orders_an_order_counts_until_its_debt_is_told(
    known: datetime | None, shipped: datetime | None, counts: bool
) -> None:
    assert is_reserved(order(known, shipped), [position(reserved=None)], NOW, DAYS) is counts


def test_without_any_snapshot_an_order_counts_until_it_is_closed() -> None:
    assert is_reserved(order(NOW - 1000 * HOUR, NOW - HOUR), [], NOW, DAYS)
    assert not is_reserved(replace(order(), is_closed=True), [], NOW, DAYS)


@given(st.lists(orders, max_size=5), positions)
def test_reserved_sums_are_those_of_orders_that_count(some: list[OpenOrder], told: list[CreditPosition]) -> None:
    counted = sum(one.amount for one in some if is_reserved(one, told, NOW, DAYS))
    assert reserved_sum(some, told, NOW, DAYS) == counted


pools = st.builds(
    Credit,
    currency=st.just("RUB"),
    overdue=money,
    limit=st.none() | money,
    used=money,
    reserved_here=money,
    is_stopped=st.booleans(),
)
policies = st.builds(CreditPolicy, *[st.sampled_from(Reaction)] * 3)


@given(pools, money, policies, st.booleans())
def test_an_order_is_refused_exactly_beyond_what_is_available(
    credit: Credit, amount: Decimal, policy: CreditPolicy, on_account: bool
) -> None:
    found = {type(one.error): one.blocks for one in objections(credit, amount, policy, on_account=on_account)}
    beyond = on_account and credit.available is not None and amount > credit.available
    expected = {
        LimitExceeded: (beyond, policy.limit),
        PaymentOverdue: (on_account and credit.overdue > 0, policy.overdue),
        ShippingStopped: (credit.is_stopped, policy.stop),
    }
    assert found == {
        kind: how is Reaction.BLOCK for kind, (holds, how) in expected.items() if holds and how is not Reaction.OFF
    }
    for one in objections(credit, amount, policy, on_account=on_account):
        if isinstance(one.error, LimitExceeded):
            numbers = {name: Decimal(one.error.params[name]) for name in ("limit", "available", "shortfall")}
            assert numbers["available"] + numbers["shortfall"] == amount
            assert numbers["limit"] == credit.limit


def test_numbers_are_told_only_to_whom_they_are_open() -> None:
    limit = LimitExceeded(limit="1", available="1", shortfall="1", currency="RUB")
    overdue = PaymentOverdue(overdue="1", days=1, currency="RUB")
    groups = (Information.CREDIT_LIMIT, Information.DEBT)
    for opened_limit, opened_debt, sees_sums, blocks in product((False, True), repeat=4):
        closed = frozenset(one for one, is_open in zip(groups, (opened_limit, opened_debt), strict=True) if not is_open)
        opened = EVERYTHING - closed
        for error, is_open, hidden in (
            (limit, opened_limit and opened_debt and sees_sums, BeyondAgreed),
            (overdue, opened_debt, OrderHeld),
            (ShippingStopped(), opened_debt, OrderHeld),
        ):
            told = told_to(Objection(error, blocks), opened, sees_sums=sees_sums)
            if is_open:
                assert told is not None
                assert told.error is error
            elif blocks:
                assert told is not None
                assert type(told.error) is hidden
                assert not told.error.params
            else:
                assert told is None


def test_stale_after_a_day() -> None:
    credit = pooled("RUB", [position(covered=NOW)])
    assert not credit.is_stale(NOW + timedelta(hours=24))
    assert credit.is_stale(NOW + timedelta(hours=24, seconds=1))
    assert credit.is_stale(NOW + 2 * HOUR, HOUR)
    assert not pooled("RUB", []).is_stale(NOW)


def test_the_next_payment_is_the_earliest_of_all_contracts() -> None:
    early, late = NOW.date(), NOW.date() + timedelta(days=3)
    some = [
        replace(position(), next_payment_on=late, next_payment=Decimal(5)),
        replace(position(), next_payment_on=early, next_payment=Decimal(2), contract_ref="1"),
        replace(position(), next_payment_on=early, next_payment=Decimal(3), contract_ref="2"),
        replace(position(), next_payment_on=early, contract_ref="3"),
    ]
    credit = pooled("RUB", some)
    assert (credit.next_payment_on, credit.next_payment) == (early, 5)
    assert pooled("RUB", [position()]).next_payment is None
