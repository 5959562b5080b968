"""The life of an order under any order of voices (onec.md §4.3–4.5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from b2b_dvizhenie.domain.ordering import (
    Canceller,
    CannotCancel,
    CanonicalStatus,
    ErpMarks,
    OrderStatus,
    Standing,
    can_cancel,
    cancel,
    canonical,
    hand_over,
    hear,
    statuses_of,
)

LIFE = [status for status in OrderStatus if status is not OrderStatus.CANCELLED]
marks = st.none() | st.booleans()
people = st.sampled_from([Canceller.BUYER, Canceller.STAFF])
words = st.builds(
    ErpMarks, status=st.none() | st.sampled_from(OrderStatus), posted=marks, paid=marks, shipped=marks, cancelled=marks
)


class Life(RuleBasedStateMachine):
    """Every voice speaks at random; a plain model remembers what must not be forgotten."""

    def __init__(self) -> None:
        super().__init__()
        self.standing = Standing()
        self.cancelled_by_us = False
        self.paid = False

    @rule()
    def handed_over(self) -> None:
        before = self.standing
        self.standing = hand_over(before)
        assert self.standing.status is (OrderStatus.SENT if before.status is OrderStatus.NEW else before.status)

    @rule(by=people)
    def cancelled(self, by: Canceller) -> None:
        before = self.standing
        if before.status is not OrderStatus.CANCELLED and not can_cancel(before, by):
            with pytest.raises(CannotCancel):
                cancel(before, by)
            return
        self.standing = cancel(before, by)
        self.cancelled_by_us |= before.status is not OrderStatus.CANCELLED
        assert cancel(self.standing, by) == self.standing

    @rule(said=words)
    def heard(self, said: ErpMarks) -> None:
        before = self.standing
        self.standing = hear(before, said)
        assert hear(self.standing, said) == self.standing, "hearing the same twice is hearing it once"
        if said.cancelled or said.status is OrderStatus.CANCELLED:
            assert self.standing.status is OrderStatus.CANCELLED
        elif before.status is OrderStatus.CANCELLED:
            reopened = self.standing.status is not OrderStatus.CANCELLED
            assert reopened == (before.cancelled_by is Canceller.ERP and said.cancelled is False)
        elif said.status is None:
            assert LIFE.index(self.standing.status) >= LIFE.index(before.status), "silence never moves back"
        self.paid = self.paid if said.paid is None else said.paid

    @rule()
    def heard_nothing(self) -> None:
        before = self.standing
        self.standing = hear(before, ErpMarks())
        allowed = {before.status, OrderStatus.SENT} if before.status is OrderStatus.NEW else {before.status}
        assert self.standing.status in allowed

    @invariant()
    def canceller_is_known_exactly_while_cancelled(self) -> None:
        assert (self.standing.cancelled_by is not None) == (self.standing.status is OrderStatus.CANCELLED)

    @invariant()
    def what_people_cancelled_stays_cancelled(self) -> None:
        if self.cancelled_by_us:
            assert self.standing.status is OrderStatus.CANCELLED

    @invariant()
    def payment_is_the_last_word_said(self) -> None:
        assert self.standing.is_paid == self.paid


TestLife = Life.TestCase


@given(words)
def test_named_status_is_taken_even_backwards_but_never_to_new(said: ErpMarks) -> None:
    heard = hear(Standing(OrderStatus.SHIPPED), said)
    if said.status is not None and not said.cancelled:
        assert heard.status is (OrderStatus.SENT if said.status is OrderStatus.NEW else said.status)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (ErpMarks(), OrderStatus.SENT),
        (ErpMarks(posted=True), OrderStatus.CONFIRMED),
        (ErpMarks(shipped=True), OrderStatus.SHIPPED),
        (ErpMarks(posted=True, shipped=True, cancelled=True), OrderStatus.CANCELLED),
        (ErpMarks(status=OrderStatus.PICKING, shipped=True), OrderStatus.PICKING),
        (ErpMarks(posted=False, shipped=False, paid=False), OrderStatus.SENT),
    ],
)
def test_what_a_new_order_becomes(said: ErpMarks, status: OrderStatus) -> None:
    assert hear(Standing(), said).status is status


def test_canonical_four_cover_every_status_once() -> None:
    covered = [status for wanted in CanonicalStatus for status in statuses_of(wanted)]
    assert sorted(covered) == sorted(OrderStatus)
    assert canonical(OrderStatus.CLOSED) is CanonicalStatus.COMPLETED
