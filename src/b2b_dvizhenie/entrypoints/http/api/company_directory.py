"""API: buyer companies for staff: look them up, add and correct them, who buys for them, who looks after them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Struct

from b2b_dvizhenie.application.companies import (
    AssignBuyer,
    AssignManager,
    BrowseCompanies,
    ChangeCompany,
    CompanyCard,
    CompanyQuery,
    CompanyRow,
    CompanyState,
    CreateCompany,
    RemoveBuyer,
    ShowCompany,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.companies import CompanyKind, Requisites
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.ids import CompanyId, UserId

LIST = "/api/v1/companies/directory"


class DirectoryPage(Struct, frozen=True):
    """A page by name. To read on, send `after_name` and `after_id` of its last company; `more` says that there are."""

    items: tuple[CompanyRow, ...]
    total: int
    more: bool


class Created(Struct, frozen=True):
    """The new company."""

    company_id: UUID


class Correction(Struct, frozen=True, forbid_unknown_fields=True):
    """All requisites, and `updated_at` of the company as you saw it: a later change by somebody else is not lost."""

    requisites: Requisites
    updated_at: datetime


class LevelBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The access level in this company, 1 to 99."""

    access_level: int = 1


class ManagerBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The personal manager; null for none."""

    manager_id: UUID | None


@get(LIST, permission=Permission.COMPANIES_VIEW, tags=["companies"])
async def directory(
    request: Request[Actor, Any, Any],
    browse_companies: NamedDependency[BrowseCompanies],
    q: FromQuery[str] = "",
    kind: FromQuery[CompanyKind | None] = None,
    wanted: Annotated[CompanyState | None, QueryParameter(name="state")] = None,
    manager_id: FromQuery[UUID | None] = None,
    after_name: FromQuery[str] = "",
    after_id: FromQuery[UUID | None] = None,
    limit: FromQuery[int] = 50,
) -> DirectoryPage:
    """Companies you may see, by name; `q` is part of a name or the beginning of an INN."""
    manager = UserId(manager_id) if manager_id else None
    after = (after_name.replace("\x00", ""), CompanyId(after_id)) if after_id else None
    query = CompanyQuery(q, kind, wanted, manager, limit=limit, after=after)
    found = await browse_companies(request.user, query)
    return DirectoryPage(found.items, found.total, found.next is not None)


@post(LIST, permission=Permission.COMPANIES_MANAGE, tags=["companies"])
async def create(
    request: Request[Actor, Any, Any], data: JSONBody[Requisites], create_company: NamedDependency[CreateCompany]
) -> Created:
    """Add a company by hand."""
    return Created(await create_company(request.user, data))


@get(LIST + "/{company_id:uuid}", permission=Permission.COMPANIES_VIEW, tags=["companies"])
async def show(
    request: Request[Actor, Any, Any], company_id: FromPath[UUID], show_company: NamedDependency[ShowCompany]
) -> CompanyCard:
    """One company with its requisites."""
    return await show_company(request.user, CompanyId(company_id))


@put(LIST + "/{company_id:uuid}", permission=Permission.COMPANIES_MANAGE, status_code=204, tags=["companies"])
async def change(
    request: Request[Actor, Any, Any],
    company_id: FromPath[UUID],
    data: JSONBody[Correction],
    change_company: NamedDependency[ChangeCompany],
) -> None:
    """Correct a company that was made by hand."""
    await change_company(request.user, CompanyId(company_id), data.requisites, data.updated_at)


@put(
    LIST + "/{company_id:uuid}/members/{user_id:uuid}",
    permission=Permission.COMPANIES_MANAGE,
    status_code=204,
    tags=["companies"],
)
async def put_member(
    request: Request[Actor, Any, Any],
    company_id: FromPath[UUID],
    user_id: FromPath[UUID],
    data: JSONBody[LevelBody],
    assign_buyer: NamedDependency[AssignBuyer],
) -> None:
    """Let a person buy for the company, or change his access level there."""
    await assign_buyer(request.user, UserId(user_id), CompanyId(company_id), data.access_level)


@delete(
    LIST + "/{company_id:uuid}/members/{user_id:uuid}",
    permission=Permission.COMPANIES_MANAGE,
    status_code=204,
    tags=["companies"],
)
async def remove_member(
    request: Request[Actor, Any, Any],
    company_id: FromPath[UUID],
    user_id: FromPath[UUID],
    remove_buyer: NamedDependency[RemoveBuyer],
) -> None:
    """Let a person buy for the company no more."""
    await remove_buyer(request.user, UserId(user_id), CompanyId(company_id))


@put(LIST + "/{company_id:uuid}/manager", permission=Permission.COMPANIES_MANAGE, status_code=204, tags=["companies"])
async def put_manager(
    request: Request[Actor, Any, Any],
    company_id: FromPath[UUID],
    data: JSONBody[ManagerBody],
    assign_manager: NamedDependency[AssignManager],
) -> None:
    """Give the company its personal manager, or none."""
    manager = UserId(data.manager_id) if data.manager_id else None
    await assign_manager(request.user, CompanyId(company_id), manager)


ROUTES = [directory, create, show, change, put_member, remove_member, put_manager]
