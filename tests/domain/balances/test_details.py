"""Schedules, open documents and what contradicts what (BAL-5, onec.md §5.1, §5.3)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.balances import (
    CreditPosition,
    DetailSums,
    FindingCode,
    OpenItem,
    PaymentStatus,
    ScheduledPayment,
    findings_between,
    findings_of,
    overdue_of,
)

TODAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, tzinfo=UTC)
money = st.decimals(0, 10**6, places=2)
days = st.integers(-3, 3).map(lambda shift: TODAY + timedelta(days=shift))
payments = st.builds(ScheduledPayment, due_on=days, amount=money, currency=st.just("RUB"), paid=money)


@given(st.lists(payments, max_size=6))
def test_overdue_is_what_was_open_before_the_start_of_today(some: list[ScheduledPayment]) -> None:
    late = [one for one in some if one.status(TODAY) is PaymentStatus.OVERDUE]
    assert overdue_of(some, TODAY) == sum(one.amount - one.paid for one in late)
    for one in some:
        assert one.open >= 0
        assert (one.status(TODAY) is PaymentStatus.PAID) == (one.paid >= one.amount)
        if one.status(TODAY) is PaymentStatus.DUE:
            assert one.due_on == TODAY
            assert one.status(TODAY + timedelta(days=1)) is PaymentStatus.OVERDUE
        if one.status(TODAY) is PaymentStatus.PLANNED:
            assert one.due_on > TODAY


@given(st.none() | days, st.decimals(-100, 100, places=2))
def test_days_overdue_are_counted_for_what_is_owed(due_on: date | None, rest: Decimal) -> None:
    item = OpenItem(
        document_ref="d",
        document_type="waybill",
        number="1",
        issued_on=TODAY,
        currency="RUB",
        total=Decimal(100),
        rest=rest,
        due_on=due_on,
    )
    is_late = rest > 0 and due_on is not None and due_on < TODAY
    assert item.days_overdue(TODAY) == ((TODAY - due_on).days if is_late and due_on else 0)


positions = st.builds(
    CreditPosition,
    currency=st.just("RUB"),
    as_of=st.just(NOW),
    received_at=st.just(NOW),
    debt=money,
    advance=st.sampled_from([Decimal(0), Decimal(7)]),
    overdue=st.just(Decimal(0)) | money,
    overdue_days=st.integers(0, 2),
    limit=st.none() | money,
    reserved=st.none() | money,
    available=st.none() | money,
    contract_ref=st.just("c"),
)


@given(positions)
def test_every_broken_invariant_is_found_and_nothing_else(one: CreditPosition) -> None:
    found = {finding.code for finding in findings_of(one)}
    assert (FindingCode.OVERDUE_BEYOND_DEBT in found) == (one.overdue > one.debt)
    mismatch = found & {FindingCode.OVERDUE_WITHOUT_DAYS, FindingCode.DAYS_WITHOUT_OVERDUE}
    assert bool(mismatch) == ((one.overdue == 0) != (one.overdue_days == 0))
    assert all(finding.contract_ref == "c" for finding in findings_of(one))
    if one.limit is None or one.available is None:
        assert FindingCode.AVAILABLE_DIFFERS not in found


def test_what_is_available_may_count_the_advance_or_not() -> None:
    def differs(available: str) -> bool:
        told = CreditPosition(
            currency="RUB",
            as_of=NOW,
            received_at=NOW,
            debt=Decimal(30),
            advance=Decimal(7),
            limit=Decimal(100),
            reserved=Decimal(20),
            available=Decimal(available),
        )
        return any(one.code is FindingCode.AVAILABLE_DIFFERS for one in findings_of(told))

    assert [differs(available) for available in ("50", "57", "51", "43")] == [False, False, True, True]


@given(money, money, st.none() | money, st.none() | money, st.none() | money)
def test_details_that_were_told_are_compared_and_others_are_not(
    debt: Decimal, overdue: Decimal, schedule: Decimal | None, late: Decimal | None, items: Decimal | None
) -> None:
    found = {one.code: one.found for one in findings_between(debt, overdue, DetailSums(schedule, late, items))}
    wanted = {
        FindingCode.SCHEDULE_DIFFERS_FROM_DEBT: (schedule, debt),
        FindingCode.SCHEDULE_DIFFERS_FROM_OVERDUE: (late, overdue),
        FindingCode.ITEMS_DIFFER_FROM_DEBT: (items, debt),
    }
    assert found == {code: sums for code, (sums, told) in wanted.items() if sums is not None and sums != told}
