"""Requests for access in PostgreSQL, and the transaction over requests, people and companies."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.companies import PostgresTradeTransaction
from b2b_dvizhenie.adapters.postgres.hierarchy import PostgresHierarchyTransaction
from b2b_dvizhenie.adapters.postgres.people_scope import visible_companies
from b2b_dvizhenie.adapters.postgres.tables.companies import access_request, company
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user
from b2b_dvizhenie.application.companies import (
    AccessRequest,
    AccessRequests,
    AccessTransaction,
    RequestPage,
    SameCompany,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.companies import AskedAccess, RequestState
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.ids import CompanyId, UserId

_BUDGET = text("SELECT pg_advisory_xact_lock(6435433)")
_columns = access_request.c
_FOUND = select(
    _columns.request_id,
    _columns.company,
    _columns.inn,
    _columns.name,
    _columns.phone,
    _columns.email,
    _columns.comment,
    _columns.created_at,
    _columns.state,
    _columns.decided_at,
    func.coalesce(app_user.c.name, ""),
    _columns.reason,
).outerjoin(app_user, app_user.c.user_id == _columns.decided_by)


def _request(row: Any) -> AccessRequest:
    asked = AskedAccess(company=row[1], inn=row[2], name=row[3], phone=row[4], email=row[5], comment=row[6])
    return AccessRequest(row[0], asked, row[7], RequestState(row[8]), row[9], row[10], row[11])


class PostgresAccessRequests(AccessRequests):
    """The table `access_request`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def asked(self, address: str, since: datetime) -> tuple[int, int]:
        """(requests from this address, requests in all) since a moment."""
        await self._connection.execute(_BUDGET)
        query = select(func.count().filter(_columns.address == address, _columns.address != ""), func.count())
        row = (await self._connection.execute(query.where(_columns.created_at > since))).one()
        return row[0], row[1]

    async def add(self, request_id: UUID, asked: AskedAccess, address: str, now: datetime) -> None:
        """Keep a request that waits."""
        values = {name: getattr(asked, name) for name in AskedAccess.__struct_fields__}
        await self._connection.execute(
            insert(access_request).values(request_id=request_id, address=address, created_at=now, **values)
        )

    async def page(self, state: RequestState | None, limit: int, offset: int) -> RequestPage:
        """Requests in this state, or all."""
        counting = select(_columns.state, func.count()).group_by(_columns.state)
        counts = dict.fromkeys(RequestState, 0)
        for value, count in await self._connection.execute(counting):
            counts[RequestState(value)] = count
        query = _FOUND if state is None else _FOUND.where(_columns.state == state.value)
        query = query.order_by(_columns.created_at.desc(), _columns.request_id.desc()).limit(limit).offset(offset)
        rows = tuple(map(_request, await self._connection.execute(query)))
        return RequestPage(rows, sum(counts.values()) if state is None else counts[state], counts)

    async def one(self, request_id: UUID, *, hold: bool = False) -> AccessRequest | None:
        """A request, with `hold` locked."""
        query = _FOUND.where(_columns.request_id == request_id)
        row = (await self._connection.execute(query.with_for_update(of=access_request) if hold else query)).first()
        return None if row is None else _request(row)

    async def decide(
        self, request_id: UUID, state: RequestState, by: UserId | None, reason: str, now: datetime
    ) -> None:
        """Write down what became of it."""
        values = {"state": state.value, "decided_by": by, "reason": reason, "decided_at": now}
        await self._connection.execute(update(access_request).where(_columns.request_id == request_id).values(**values))

    async def companies(self, actor: Actor, inn: str) -> Sequence[SameCompany]:
        """Active companies with this INN that the actor may change."""
        scope = actor.grants.get(Permission.COMPANIES_MANAGE)
        if scope is None:
            return ()
        query = select(company.c.company_id, company.c.name, company.c.kpp).where(
            company.c.inn == inn, company.c.is_active, visible_companies(actor, scope)
        )
        rows = await self._connection.execute(query.order_by(company.c.name, company.c.company_id).limit(20))
        return [SameCompany(CompanyId(row[0]), row[1], row[2]) for row in rows]


class PostgresAccessTransaction(PostgresHierarchyTransaction, PostgresTradeTransaction, AccessTransaction):
    """The unit of work that decides about requests."""

    requests: AccessRequests

    def bind(self, connection: AsyncConnection) -> None:
        """Add the requests."""
        super().bind(connection)
        self.requests = PostgresAccessRequests(connection)

    def part(self) -> AbstractAsyncContextManager[AccessTransaction]:
        """The same transaction, for a use case that thinks it has one of its own."""
        return _Part(self)


class _Part(PostgresAccessTransaction):
    """Within another one: neither begins nor ends anything."""

    def __init__(self, whole: PostgresAccessTransaction) -> None:
        super().__init__(whole._database, whole._clock, whole._sealer)  # noqa: SLF001 - of the same class
        self._whole = whole

    async def __aenter__(self) -> Self:
        self.bind(self._whole.connection)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """What failed is rolled back by the whole."""

    async def commit(self) -> None:
        """Left to the whole."""
