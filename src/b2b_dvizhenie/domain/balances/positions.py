"""What a company owes, may owe, and has ordered on account already, in one currency (features.md §3.7, onec.md §5.3).

The ERP tells a snapshot per company, organisation, contract and currency. A `Credit` is what all snapshots of a company
in one currency come to, together with the orders placed here that no snapshot knows yet.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from msgspec import Struct

from b2b_dvizhenie.domain.shared.money import MAX_AMOUNT

ZERO = Decimal(0)
STALE_AFTER = timedelta(hours=24)
"""From then on a snapshot is shown with its date (onec.md §5.3)."""
MAX_DAYS = 36_500


def checked_sum(amount: Decimal) -> Decimal:
    """A sum that is told: zero or more and no more than money can be; raises ValueError."""
    if not amount.is_finite() or not 0 <= amount <= MAX_AMOUNT:
        raise ValueError("a sum is a finite number from 0 to 1e14")
    return amount


class CreditPosition(Struct, frozen=True, kw_only=True):
    """A snapshot of the ERP. All sums are in `currency`, zero or more.

    `limit` None means not limited. `reserved` are open orders not yet shipped, None where the ERP does not tell them.
    `available` is what the ERP takes for available, for comparing only. `as_of` is the ERP's moment, `received_at`
    ours.

    Raises:
        ValueError: a sum is negative or no number, days overdue are negative.
    """

    currency: str
    as_of: datetime
    received_at: datetime
    debt: Decimal = ZERO
    advance: Decimal = ZERO
    overdue: Decimal = ZERO
    overdue_days: int = 0
    limit: Decimal | None = None
    reserved: Decimal | None = None
    available: Decimal | None = None
    next_payment_on: date | None = None
    next_payment: Decimal | None = None
    is_stopped: bool = False
    stop_reason: str = ""
    organization_ref: str = ""
    contract_ref: str = ""

    def __post_init__(self) -> None:
        for amount in (self.debt, self.advance, self.overdue, self.limit, self.reserved, self.next_payment):
            if amount is not None:
                checked_sum(amount)
        if not 0 <= self.overdue_days <= MAX_DAYS:
            raise ValueError("days overdue are a number from 0 to 36500")
        if self.available is not None and not (self.available.is_finite() and abs(self.available) <= MAX_AMOUNT):
            raise ValueError("available credit is a finite number within ±1e14")

    @property
    def covers_until(self) -> datetime:
        """The moment up to which the snapshot can know of anything: a clock of the ERP that runs ahead moves nothing
        into the future, since nothing is known before it was received.
        """
        return min(self.as_of, self.received_at)

    @property
    def net(self) -> Decimal:
        """What 1C holds against the limit: debt and open orders, less what was paid ahead (onec.md §5.1)."""
        return self.debt - self.advance + (self.reserved or ZERO)


class Credit(Struct, frozen=True, kw_only=True):
    """All positions of a company in one currency, and what was ordered here since.

    `as_of` is the oldest snapshot's moment, None where the ERP has told nothing. `limit` None means not limited.
    `used` counts against the limit: net debt and the open orders that the ERP knows. `reserved_here` are orders that no
    snapshot includes yet. `overdue_days` are those of the longest overdue position.
    """

    currency: str
    as_of: datetime | None = None
    debt: Decimal = ZERO
    advance: Decimal = ZERO
    overdue: Decimal = ZERO
    overdue_days: int = 0
    limit: Decimal | None = None
    used: Decimal = ZERO
    reserved_told: Decimal = ZERO
    reserved_here: Decimal = ZERO
    next_payment_on: date | None = None
    next_payment: Decimal | None = None
    is_stopped: bool = False
    stop_reason: str = ""

    @property
    def available(self) -> Decimal | None:
        """What can still be ordered on account; None where nothing limits it, negative where the limit is exceeded."""
        return None if self.limit is None else self.limit - self.used - self.reserved_here

    @property
    def reserved(self) -> Decimal:
        """All open orders: those the ERP tells and those it does not know yet."""
        return self.reserved_told + self.reserved_here

    def is_stale(self, now: datetime, after: timedelta = STALE_AFTER) -> bool:
        """Whether the oldest snapshot is so old that its date has to be told; nothing told is not stale."""
        return self.as_of is not None and now - self.as_of > after


def pooled(
    currency: str,
    positions: Sequence[CreditPosition],
    *,
    agreement_limit: Decimal | None = None,
    reserved_here: Decimal = ZERO,
) -> Credit:
    """What positions of one company come to.

    The limit is the tighter one of the ERP's and the agreement's. The ERP's is the sum over the positions that have
    one, and only these positions use it: debt under a contract without limit takes nothing from the limit of another.
    The agreement's is for the company as a whole, so every position uses it. Orders that the ERP does not know yet are
    held against whichever counts, since nobody knows which contract the ERP will put them under.

    Args:
        currency: of the pool; positions in other currencies do not take part.
        positions: in any order; the result does not depend on it.
        agreement_limit: of the agreement that the purchase follows, in the same currency; None for none.
        reserved_here: open orders that no position includes.
    """
    own = [one for one in positions if one.currency == currency]
    limited = [one for one in own if one.limit is not None]
    told = sum((one.limit or ZERO for one in limited), ZERO) if limited else None
    if agreement_limit is not None and (told is None or agreement_limit < told):
        limit: Decimal | None = agreement_limit
        bound = own
    else:
        limit, bound = told, limited
    next_on = min((one.next_payment_on for one in own if one.next_payment_on is not None), default=None)
    stopped = [one for one in own if one.is_stopped]
    return Credit(
        currency=currency,
        as_of=min((one.as_of for one in own), default=None),
        debt=_sum(one.debt for one in own),
        advance=_sum(one.advance for one in own),
        overdue=_sum(one.overdue for one in own),
        overdue_days=max((one.overdue_days for one in own), default=0),
        limit=limit,
        used=_sum(one.net for one in bound),
        reserved_told=_sum(one.reserved or ZERO for one in own),
        reserved_here=reserved_here,
        next_payment_on=next_on,
        next_payment=_next_payment(own, next_on),
        is_stopped=bool(stopped),
        stop_reason="; ".join(sorted({one.stop_reason for one in stopped if one.stop_reason})),
    )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def _next_payment(positions: Iterable[CreditPosition], day: date | None) -> Decimal | None:
    sums = [one.next_payment for one in positions if one.next_payment_on == day and one.next_payment is not None]
    return _sum(sums) if day is not None and sums else None
