"""The life of an order as a pure state machine (onec.md §4.3–4.5, features.md ORD and A18).

Three voices move an order: the exchange (it was handed over), the ERP (what it says about it), and people (who cancel
it). Rules that hold whatever the order of the voices:

* *Cancelled wins.* A cancellation beats every other mark in the same message, and nothing but the ERP taking back its
  own cancellation (an explicit "not cancelled") ends it.
* *Silence is not "no".* A mark that is absent changes nothing; marks only ever move the order forward. Only a status
  the ERP names in words can move it back.
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.domain.shared.errors import DomainError, Kind


class OrderStatus(StrEnum):
    """Where an order is. The order of the members is the order of its life; `cancelled` stands outside it."""

    NEW = "new"  # placed here, not yet given to the ERP
    SENT = "sent"  # the ERP has it
    CONFIRMED = "confirmed"  # the ERP posted it
    PICKING = "picking"
    SHIPPED = "shipped"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class CanonicalStatus(StrEnum):
    """The four statuses of the statistics (features.md A18); every other status maps onto them."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Canceller(StrEnum):
    """Who cancelled an order."""

    BUYER = "buyer"
    STAFF = "staff"
    ERP = "erp"


class CannotCancel(DomainError):
    """The order is too far for this canceller; params hold its `status`."""

    code = "ordering.cannot_cancel"
    kind = Kind.CONFLICT


class Standing(Struct, frozen=True):
    """What is known of an order's progress. `cancelled_by` is set exactly while the status is `cancelled`."""

    status: OrderStatus = OrderStatus.NEW
    is_paid: bool = False
    is_shipped: bool = False
    cancelled_by: Canceller | None = None


class ErpMarks(Struct, frozen=True):
    """What the ERP says about an order: its status in our words, if it names one, and its marks. None = not said."""

    status: OrderStatus | None = None
    posted: bool | None = None
    paid: bool | None = None
    shipped: bool | None = None
    cancelled: bool | None = None


_LIFE = (
    OrderStatus.NEW,
    OrderStatus.SENT,
    OrderStatus.CONFIRMED,
    OrderStatus.PICKING,
    OrderStatus.SHIPPED,
    OrderStatus.CLOSED,
)
_CANONICAL: Mapping[OrderStatus, CanonicalStatus] = {
    OrderStatus.NEW: CanonicalStatus.NEW,
    OrderStatus.SENT: CanonicalStatus.IN_PROGRESS,
    OrderStatus.CONFIRMED: CanonicalStatus.IN_PROGRESS,
    OrderStatus.PICKING: CanonicalStatus.IN_PROGRESS,
    OrderStatus.SHIPPED: CanonicalStatus.IN_PROGRESS,
    OrderStatus.CLOSED: CanonicalStatus.COMPLETED,
    OrderStatus.CANCELLED: CanonicalStatus.CANCELLED,
}
CANCELLABLE: Mapping[Canceller, frozenset[OrderStatus]] = {
    Canceller.BUYER: frozenset({OrderStatus.NEW, OrderStatus.SENT}),
    Canceller.STAFF: frozenset({OrderStatus.NEW, OrderStatus.SENT, OrderStatus.CONFIRMED, OrderStatus.PICKING}),
}
"""Up to where people may cancel: a buyer until the ERP confirmed the order, staff until the goods left."""


def canonical(status: OrderStatus) -> CanonicalStatus:
    """The status as the statistics count it."""
    return _CANONICAL[status]


def statuses_of(wanted: CanonicalStatus) -> tuple[OrderStatus, ...]:
    """Every status that counts as the canonical one."""
    return tuple(status for status in OrderStatus if _CANONICAL[status] is wanted)


def can_cancel(standing: Standing, by: Canceller) -> bool:
    """Whether this person may still cancel the order."""
    return standing.status in CANCELLABLE.get(by, frozenset())


def cancel(standing: Standing, by: Canceller) -> Standing:
    """The order after a person cancelled it. Cancelling a cancelled order changes nothing.

    Raises:
        CannotCancel: it has gone too far.
    """
    if standing.status is OrderStatus.CANCELLED:
        return standing
    if not can_cancel(standing, by):
        raise CannotCancel(status=standing.status.value)
    return replace(standing, status=OrderStatus.CANCELLED, cancelled_by=by)


def hand_over(standing: Standing) -> Standing:
    """The order after the ERP confirmed that it took it over."""
    return _at_least(standing, OrderStatus.SENT)


def hear(standing: Standing, marks: ErpMarks) -> Standing:
    """The order after the ERP spoke (onec.md §4.3). Hearing the same twice changes nothing the second time."""
    heard = replace(
        standing,
        is_paid=standing.is_paid if marks.paid is None else marks.paid,
        is_shipped=standing.is_shipped if marks.shipped is None else marks.shipped,
    )
    if marks.cancelled or marks.status is OrderStatus.CANCELLED:
        if heard.status is OrderStatus.CANCELLED:
            return heard
        return replace(heard, status=OrderStatus.CANCELLED, cancelled_by=Canceller.ERP)
    if heard.status is OrderStatus.CANCELLED:
        if heard.cancelled_by is not Canceller.ERP or marks.cancelled is None:
            return heard
        heard = replace(heard, status=OrderStatus.SENT, cancelled_by=None)  # the ERP took its cancellation back
    if marks.status is not None:
        # An order the ERP talks about is at least in its hands, whatever it calls that.
        named = OrderStatus.SENT if marks.status is OrderStatus.NEW else marks.status
        return replace(heard, status=named)
    if marks.shipped:
        return _at_least(heard, OrderStatus.SHIPPED)
    if marks.posted:
        return _at_least(heard, OrderStatus.CONFIRMED)
    return _at_least(heard, OrderStatus.SENT)


def _at_least(standing: Standing, status: OrderStatus) -> Standing:
    if standing.status is OrderStatus.CANCELLED or _LIFE.index(standing.status) >= _LIFE.index(status):
        return standing
    return replace(standing, status=status)
