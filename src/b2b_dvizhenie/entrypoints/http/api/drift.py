"""API of the drift report: orders that the ERP counts otherwise, figures, one order step by step."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from b2b_dvizhenie.application.drift import (
    ComparedVersion,
    DriftPage,
    DriftQuery,
    DriftTally,
    ListDrifts,
    OrderDrift,
    ShowDrift,
    TallyDrifts,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.drift import DriftKind, LineDrift
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.ids import CompanyId, OrderId, UserId

TAGS = ["ordering"]


class OrderComparison(Struct, frozen=True, kw_only=True):
    """An order beside the ERP's document. `compared_at` is null while the ERP has not returned its lines.

    `lines` are those that differ: `pairs` are the steps of both sides in their order, `first` the place of the first
    one where they part. `within` lines differ by kopecks that are forgiven. `unexplained` is what the ERP's total
    differs by beyond its lines. `rule_names` are titles of our discounts by `rule_id`.
    """

    order_id: UUID
    number: str
    erp_number: str
    compared_at: datetime | None = None
    currency: str | None = None
    our_total: Decimal | None = None
    their_total: Decimal | None = None
    difference: Decimal | None = None
    compared: int = 0
    within: int = 0
    unexplained: Decimal | None = None
    lines: tuple[LineDrift, ...] = ()
    earlier: tuple[ComparedVersion, ...] = ()
    rule_names: dict[str, str] = {}


def _query(
    since: date | None,
    until: date | None,
    kind: DriftKind | None,
    company_id: UUID | None,
    manager_id: UUID | None,
    limit: int = 50,
    offset: int = 0,
) -> DriftQuery:
    return DriftQuery(
        since=since,
        until=until,
        kind=kind,
        company_id=None if company_id is None else CompanyId(company_id),
        manager_id=None if manager_id is None else UserId(manager_id),
        limit=limit,
        offset=offset,
    )


@get("/api/v1/drifts", permission=Permission.ORDERS_PROCESS, tags=TAGS)
async def list_(
    request: Request[Actor, Any, Any],
    list_drifts: NamedDependency[ListDrifts],
    since: FromQuery[date | None] = None,
    until: FromQuery[date | None] = None,
    kind: FromQuery[DriftKind | None] = None,
    company_id: FromQuery[UUID | None] = None,
    manager_id: FromQuery[UUID | None] = None,
    limit: FromQuery[int] = 50,
    offset: FromQuery[int] = 0,
) -> DriftPage:
    """Orders you process that the ERP counts otherwise, the latest found first; of the last 30 days unless asked."""
    return await list_drifts(request.user, _query(since, until, kind, company_id, manager_id, limit, offset))


@get("/api/v1/drifts/tally", permission=Permission.ORDERS_PROCESS, tags=TAGS)
async def tally(
    request: Request[Actor, Any, Any],
    tally_drifts: NamedDependency[TallyDrifts],
    since: FromQuery[date | None] = None,
    until: FromQuery[date | None] = None,
    kind: FromQuery[DriftKind | None] = None,
    company_id: FromQuery[UUID | None] = None,
    manager_id: FromQuery[UUID | None] = None,
) -> DriftTally:
    """The same by day and by kind."""
    return await tally_drifts(request.user, _query(since, until, kind, company_id, manager_id))


@get("/api/v1/orders/{order_id:uuid}/drift", permission=Permission.ORDERS_PROCESS, tags=TAGS)
async def of_order(
    request: Request[Actor, Any, Any], order_id: FromPath[UUID], show_drift: NamedDependency[ShowDrift]
) -> OrderComparison:
    """How the ERP counts an order: every line that differs, with the first step where it does."""
    return _told(await show_drift(request.user, OrderId(order_id)))


def _told(found: OrderDrift) -> OrderComparison:
    told = found.comparison
    head: dict[str, Any] = {"order_id": found.order_id, "number": found.number, "erp_number": found.erp_number}
    if told is None or found.compared_at is None:
        return OrderComparison(**head)
    return OrderComparison(
        **head,
        compared_at=found.compared_at,
        currency=told.currency,
        our_total=told.our_total,
        their_total=told.their_total,
        difference=told.difference,
        compared=told.compared,
        within=told.within,
        unexplained=told.unexplained,
        lines=told.lines,
        earlier=found.earlier,
        rule_names={str(rule_id): name for rule_id, name in found.rule_names.items()},
    )


ROUTES = [list_, tally, of_order]
