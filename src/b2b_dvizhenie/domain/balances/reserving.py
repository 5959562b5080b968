"""Whether an order can be placed on account, and which orders hold a part of the limit (features.md §3.7 U).

No order is counted twice. One placed here counts as reserved until a snapshot can include it; from then on the ERP's
own numbers hold it. What a snapshot includes depends on what the ERP tells:

* It tells `reserved`: an order that it took over before the snapshot was made is in it, as an open order or, once
  shipped, as debt. It counts here until then.
* It does not: an order becomes known as debt when it is shipped, so it counts until a snapshot is newer than its
  shipping. An ERP that never says what became of an order would hold the limit for ever; after `reserved_days` it does
  not.

Without any snapshot an order counts until it is paid, cancelled or closed. The moment that counts is
`CreditPosition.covers_until`, and of several positions the oldest: in doubt an order is held too long by one snapshot,
never let go too early.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from b2b_dvizhenie.domain.balances.positions import ZERO, Credit, CreditPosition
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind
from b2b_dvizhenie.domain.shared.ids import OrderId
from b2b_dvizhenie.domain.shared.quantity import plain
from b2b_dvizhenie.domain.visibility import Information, Opened


class LimitExceeded(DomainError):
    """The order goes beyond the credit limit; params hold `limit`, `available`, `shortfall`, `currency`."""

    code = "balances.limit_exceeded"
    kind = Kind.CONFLICT


class PaymentOverdue(DomainError):
    """Payments are overdue; params hold `overdue`, `days`, `currency`."""

    code = "balances.payment_overdue"
    kind = Kind.CONFLICT


class ShippingStopped(DomainError):
    """The seller's ERP ships nothing to the company."""

    code = "balances.shipping_stopped"
    kind = Kind.CONFLICT


class BeyondAgreed(DomainError):
    """As LimitExceeded, for somebody who may not know the numbers."""

    code = "balances.beyond_agreed"
    kind = Kind.CONFLICT


class OrderHeld(DomainError):
    """As PaymentOverdue and ShippingStopped, for somebody who may not know why."""

    code = "balances.order_held"
    kind = Kind.CONFLICT


class Reaction(StrEnum):
    """What the portal makes of an exceeded limit, an overdue payment, a stop list."""

    OFF = "off"
    WARN = "warn"
    BLOCK = "block"


class CreditPolicy(Struct, frozen=True):
    """The seller's rules, made of settings. `reserved_days` is for bases that do not tell open orders."""

    limit: Reaction = Reaction.BLOCK
    overdue: Reaction = Reaction.WARN
    stop: Reaction = Reaction.BLOCK
    reserved_days: int = 30


class OpenOrder(Struct, frozen=True):
    """An order placed on account that is neither cancelled nor paid. `amount` is the sum to pay.

    `known_at` is when the ERP first spoke of it, `shipped_at` when it said that the goods had left; None before.
    `is_closed` is an order that the ERP has done with.
    """

    order_id: OrderId
    currency: str
    amount: Decimal
    known_at: datetime | None = None
    shipped_at: datetime | None = None
    is_closed: bool = False


class Objection(Struct, frozen=True):
    """Something against an order. It is placed nevertheless unless `blocks`."""

    error: DomainError
    blocks: bool


def is_reserved(order: OpenOrder, positions: Sequence[CreditPosition], now: datetime, reserved_days: int) -> bool:
    """Whether the order counts as reserved here, since no snapshot includes it."""
    if not positions:
        return not order.is_closed
    covered = min(one.covers_until for one in positions)
    if all(one.reserved is not None for one in positions):
        return order.known_at is None or order.known_at >= covered
    if order.shipped_at is not None:
        return order.shipped_at >= covered
    return order.known_at is None or now - order.known_at <= timedelta(days=reserved_days)


def reserved_sum(
    orders: Iterable[OpenOrder], positions: Sequence[CreditPosition], now: datetime, reserved_days: int
) -> Decimal:
    """The sum of the orders that count as reserved here."""
    return sum((one.amount for one in orders if is_reserved(one, positions, now, reserved_days)), ZERO)


def objections(credit: Credit, amount: Decimal, policy: CreditPolicy, *, on_account: bool) -> tuple[Objection, ...]:
    """Everything against ordering for `amount` in the credit's currency.

    The limit and overdue payments concern only what is ordered on account: paid ahead, an order adds no debt. The stop
    list concerns every order, since the ERP would not ship it.
    """
    found: list[tuple[DomainError, Reaction]] = []
    if credit.is_stopped:
        found.append((ShippingStopped(), policy.stop))
    if on_account and credit.overdue > 0:
        late = PaymentOverdue(overdue=plain(credit.overdue), days=credit.overdue_days, currency=credit.currency)
        found.append((late, policy.overdue))
    available = credit.available
    if on_account and credit.limit is not None and available is not None and amount > available:
        numbers = {
            "limit": plain(credit.limit),
            "available": plain(available),
            "shortfall": plain(amount - available),
            "currency": credit.currency,
        }
        found.append((LimitExceeded(**numbers), policy.limit))
    return tuple(Objection(error, how is Reaction.BLOCK) for error, how in found if how is not Reaction.OFF)


def told_to(objection: Objection, opened: Opened, *, sees_sums: bool) -> Objection | None:
    """The objection as somebody may read it; None for a warning that he may not know of at all.

    Args:
        objection: what is against the order.
        opened: the groups of information that are open to him.
        sees_sums: whether he is shown what the order costs; the shortfall would tell it.
    """
    if isinstance(objection.error, LimitExceeded):
        if {Information.CREDIT_LIMIT, Information.DEBT} <= opened and sees_sums:
            return objection
        hidden: DomainError = BeyondAgreed()
    elif Information.DEBT in opened:
        return objection
    else:
        hidden = OrderHeld()
    return Objection(hidden, blocks=True) if objection.blocks else None
