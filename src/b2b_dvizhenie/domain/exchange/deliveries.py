"""Which orders to give out next, so that one order the ERP cannot take never blocks the others (onec.md §4.1).

A 1C loads a batch as a whole: one bad order rolls back all, and `success` never comes. Orders that went out three
times without it are *suspects*. Suspects travel apart from the clean ones, in half of the batch they were in last, so
the bad ones end up alone within a few queries while the good ones leave; a bad order alone is tried again in its turn.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from b2b_dvizhenie.domain.shared.ids import OrderId

BATCH = 500
"""Orders in one answer."""
SUSPECT_AFTER = 3
"""Unconfirmed deliveries of one revision that make an order a suspect."""


class Pending(Struct, frozen=True):
    """An order revision the node has not confirmed.

    `times` counts its deliveries without a confirmation, `batch` is how many orders went out in the last of them.
    """

    order_id: OrderId
    revision: int
    times: int = 0
    batch: int = 0
    given_at: datetime | None = None

    @property
    def is_suspect(self) -> bool:
        """Whether it may be what keeps its batch from being taken."""
        return self.times >= SUSPECT_AFTER

    @property
    def is_alone(self) -> bool:
        """Whether it is a suspect that nothing but itself can be blamed for."""
        return self.is_suspect and self.batch <= 1


def next_batch(pending: Sequence[Pending], last_given_at: datetime | None, limit: int = BATCH) -> list[Pending]:
    """The orders of the next answer.

    Args:
        pending: unconfirmed orders, oldest first.
        last_given_at: when the node was last given anything; decides whose turn it is.
        limit: orders in one answer.
    """
    clean = [order for order in pending if not order.is_suspect][:limit]
    suspects = [order for order in pending if order.is_suspect]
    if not suspects:
        return clean
    was_their_turn = last_given_at is not None and any(order.given_at == last_given_at for order in suspects)
    if clean and was_their_turn:
        return clean
    mixed = [order for order in suspects if not order.is_alone]
    if mixed:
        widest = max(order.batch for order in mixed)
        return [order for order in mixed if order.batch == widest][: min(widest // 2, limit)]
    return [min(suspects, key=lambda order: (order.given_at is not None, order.given_at))]
