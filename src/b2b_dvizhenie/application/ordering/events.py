"""What ordering tells the rest of the product: payloads of jobs that commit together with the change."""

from decimal import Decimal
from typing import ClassVar

from msgspec import Struct, to_builtins

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.jobs import Job
from b2b_dvizhenie.domain.shared.ids import CompanyId, OrderId, UserId


class OrderPlaced(Struct, frozen=True):
    """A buyer placed an order (features.md NOT, row "order placed"). Exactly one per order."""

    name: ClassVar[str] = "ordering.order_placed"

    order_id: OrderId
    number: str
    company_id: CompanyId
    user_id: UserId
    amount: Decimal
    currency: str
    revision: int = 1


class OrderCancelled(Struct, frozen=True):
    """Somebody cancelled an order; `by` is buyer, staff or erp."""

    name: ClassVar[str] = "ordering.order_cancelled"

    order_id: OrderId
    number: str
    by: str
    revision: int


class OrderMoved(Struct, frozen=True):
    """The ERP moved an order to another status, changed its lines, or marked it paid or shipped.

    `version` is the ERP's version of the order, so that each change is told once.
    """

    name: ClassVar[str] = "ordering.order_moved"

    order_id: OrderId
    number: str
    before: str
    after: str
    lines_changed: bool
    version: str


def job_of(event: OrderPlaced | OrderCancelled | OrderMoved, actor: Actor) -> Job:
    """The job that tells the event. It commits with the change it tells of, so there is exactly one."""
    return Job(name=event.name, payload=to_builtins(event), request_id=actor.request_id)
