"""API: the audit trail."""

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from b2b_dvizhenie.application.operations import AuditPage, AuditQuery, ReadAudit
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission


@get("/api/v1/audit", permission=Permission.AUDIT_VIEW, tags=["operations"])
async def audit(
    request: Request[Actor, Any, Any],
    read_audit: NamedDependency[ReadAudit],
    action: FromQuery[str] = "",
    actor: FromQuery[str] = "",
    cursor: FromQuery[int | None] = None,
    limit: FromQuery[int] = 50,
) -> AuditPage:
    """Who changed what, newest first; `action` is its code, `actor` part of a name, `cursor` the `next_cursor`."""
    return await read_audit(request.user, AuditQuery(action, actor, cursor, limit))


ROUTES = [audit]
