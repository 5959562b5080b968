"""API: balances. What is closed to the caller is absent from the answer (LVL-7)."""

from typing import Any
from uuid import UUID

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from b2b_dvizhenie.application.balances import Balance, OpenItems, Schedule, ShowBalance
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.ids import CompanyId


@get("/api/v1/balance", permission=Permission.BALANCE_VIEW, tags=["balances"])
async def balance(request: Request[Actor, Any, Any], show_balance: NamedDependency[ShowBalance]) -> Balance:
    """The balance of the company you act for."""
    return await show_balance(request.user)


@get("/api/v1/balance/schedule", permission=Permission.BALANCE_VIEW, tags=["balances"])
async def schedule(
    request: Request[Actor, Any, Any],
    show_balance: NamedDependency[ShowBalance],
    limit: FromQuery[int] = 50,
    offset: FromQuery[int] = 0,
) -> Schedule:
    """Its payments by the day they are due, open ones first."""
    return await show_balance.schedule(request.user, None, limit, offset)


@get("/api/v1/balance/documents", permission=Permission.BALANCE_VIEW, tags=["balances"])
async def documents(
    request: Request[Actor, Any, Any],
    show_balance: NamedDependency[ShowBalance],
    limit: FromQuery[int] = 50,
    offset: FromQuery[int] = 0,
) -> OpenItems:
    """Its documents that are not settled, the longest due first."""
    return await show_balance.open_items(request.user, None, limit, offset)


@get("/api/v1/companies/{company_id:uuid}/balance", permission=Permission.BALANCE_VIEW, tags=["balances"])
async def of_company(
    request: Request[Actor, Any, Any], company_id: FromPath[UUID], show_balance: NamedDependency[ShowBalance]
) -> Balance:
    """The balance of a company that you see."""
    return await show_balance(request.user, CompanyId(company_id))


ROUTES = [balance, schedule, documents, of_company]
