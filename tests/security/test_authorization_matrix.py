"""Who may do what with whose object: every route of the application, generated from its route table (HIER-3, Z2)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from club import BUYERS, ROLES, VIEWERS, Club, scope_of
from doors import Asked, ask
from litestar import Litestar, Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from market import Market
from matrix import Unaddressed, cells_of, play, routes_of
from snapshots import Snapshot
from sqlalchemy import select, true

from b2b_dvizhenie.adapters.postgres import ordering as order_writes
from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.tables.ordering import customer_order
from b2b_dvizhenie.adapters.postgres.views import orders as order_reads
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.entrypoints.container import Container
from b2b_dvizhenie.entrypoints.http.app import create_app

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.slow]

PUBLIC = (
    "/health/", "/metrics", "/login", "/logout", "/api/v1/auth/", "/static/", "/brand/", "/preferences", "/api/schema",
    "/view-as/end",
)  # fmt: skip
"""What a stranger may open (REG-2). A new public address has to be entered here, and thought about."""


@asynccontextmanager
async def _opened(container: Container) -> AsyncIterator[Container]:
    yield container


@pytest.fixture
async def club(market: Market) -> Club:
    return await Club(market).open()


@pytest.mark.parametrize("part", ["/api/", "/panel", "/"])
async def test_every_route_for_everybody(
    app: Litestar, club: Club, database_url: str, part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    routes = [one for one in routes_of(app, part) if part != "/" or not one.path.startswith(("/api/", "/panel"))]
    with Snapshot(database_url) as snapshot:
        cells, faults = await play(app, club, snapshot, routes)
    with capsys.disabled():
        print(f"\nauthorization matrix {part}: {len(routes)} routes, {cells} cells, {len(faults)} faults")  # noqa: T201
    assert not faults, "\n".join(faults)
    assert cells > 100


async def test_nothing_is_public_that_was_not_meant_to_be(app: Litestar) -> None:
    public = [str(one) for one in routes_of(app) if one.permission is None and not one.path.startswith(PUBLIC)]
    assert not public, f"public, but not listed in {__file__}: {public}"


async def test_lists_and_counts_show_exactly_what_details_show(app: Litestar, club: Club) -> None:
    for role in ROLES:
        await _lists_show_what_details_show(app, club, role)


async def _lists_show_what_details_show(app: Litestar, club: Club, role: str) -> None:
    who = VIEWERS[role]
    scope = scope_of(role, Permission.ORDERS_VIEW)
    assert scope is not None
    expected = {club.numbers[one] for one in BUYERS if club.company_in_scope(who, scope, BUYERS[one])}
    found = (await ask(app, Asked("GET", "/api/v1/orders", club.headers(who)))).json()
    assert {one["number"] for one in found["orders"]} == expected, role
    assert found["total"] == len(expected), role
    for number in club.numbers.values():
        found = (await ask(app, Asked("GET", f"/api/v1/orders?q={number}", club.headers(who)))).json()
        assert found["total"] == (number in expected), (role, number)
    scope = scope_of(role, Permission.USERS_VIEW)
    if scope is not None:
        expected = {str(club.people[one].user_id) for one in club.people if club.person_in_scope(who, scope, one)}
        found = (await ask(app, Asked("GET", "/api/v1/users?limit=200", club.headers(who)))).json()
        assert {one["user_id"] for one in found["items"]} == expected, role
        assert found["total"] == len(expected), role


async def test_a_predicate_that_lets_everything_through_is_noticed(
    app: Litestar, club: Club, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (order_reads, order_writes):
        monkeypatch.setattr(module, "visible_orders", lambda *_: true())
    routes = [one for one in routes_of(app, "/api/v1/orders") if "order_id" in one.path]
    with Snapshot(database_url) as snapshot:
        _, faults = await play(app, club, snapshot, routes)
    assert [one for one in faults if "as client, other company: 200" in one]
    assert [one for one in faults if "refused, but it changed" in one and "customer_order" in one]


@get("/api/v1/hole/{order_id:uuid}", permission=Permission.ORDERS_VIEW)
async def hole(
    request: Request[Any, Any, Any], order_id: FromPath[UUID], database: NamedDependency[Database]
) -> dict[str, str]:
    """Asks for the permission and forgets the scope."""
    async with database.engine.connect() as connection:
        query = select(customer_order.c.number).where(customer_order.c.order_id == order_id)
        return {"number": (await connection.execute(query)).scalar_one()}


@get("/api/v1/riddle/{riddle_id:uuid}", permission=Permission.ORDERS_VIEW)
async def riddle(riddle_id: FromPath[UUID]) -> None:
    """Has a parameter nobody knows."""


async def test_a_route_that_forgets_the_scope_is_noticed(container: Container, club: Club, database_url: str) -> None:
    app = create_app(container, routes=[hole], lifespan=_opened)
    with Snapshot(database_url) as snapshot:
        _, faults = await play(app, club, snapshot, routes_of(app, "/api/v1/hole"))
    assert any(one.startswith("GET /api/v1/hole/{order_id:uuid} as manager, colleague: 200") for one in faults)
    assert not any("own" in one for one in faults)


async def test_an_unknown_parameter_is_named_with_the_remedy(container: Container, club: Club) -> None:
    app = create_app(container, routes=[riddle], lifespan=_opened)
    with pytest.raises(Unaddressed, match=r"riddle_id.*PARAMETERS of tests/support/addresses\.py"):
        list(cells_of(routes_of(app, "/api/v1/riddle")[0], club))
