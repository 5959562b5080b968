"""Looking through another person's eyes: he sees what the other sees, and over every route changes nothing."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from uuid import UUID

import pytest
from club import Club
from doors import Answered, Asked, ask
from litestar import Litestar, Request, get
from litestar.di import NamedDependency
from market import Market
from matrix import Route, Unaddressed, question, routes_of
from snapshots import Snapshot

from b2b_dvizhenie.application.identity import CloseOtherSessions
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.entrypoints.container import Container, build
from b2b_dvizhenie.entrypoints.http import viewing
from b2b_dvizhenie.entrypoints.http.app import create_app
from b2b_dvizhenie.entrypoints.http.routes import ROUTES
from b2b_dvizhenie.entrypoints.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.slow]
OPEN = {"POST /logout", "POST /api/v1/auth/logout", "POST /preferences", "POST /view-as/end"}
"""What works all the same: ending the view or the session, and choices that only the browser keeps."""
NOT_COMPARED = ("/api/v1/me", "/api/v1/sessions", "/health", "/metrics", "/api/schema", "/login")


@asynccontextmanager
async def _opened(container: Container) -> AsyncIterator[Container]:
    yield container


READ_BY_POST = {"/prices/live"}
"""What asks by POST because it asks for much; that it changes nothing is looked at all the same."""


@pytest.fixture
async def club(market: Market) -> Club:
    return await Club(market).open()


@pytest.fixture(scope="module")
def stage() -> Container:
    """Not that of the session: its own settings are gone once another container has stood in for it."""
    return build(Settings(), "postgresql:///nowhere")


@pytest.fixture(scope="module")
def application(stage: Container) -> Litestar:
    """The product with a planted address; made once for all tests of this file."""
    return create_app(stage, routes=[*ROUTES, leaves], lifespan=_opened)


@get("/api/v1/leaves", permission=Permission.PROFILE_VIEW)
async def leaves(
    request: Request[Any, Any, Any], close_other_sessions: NamedDependency[CloseOtherSessions]
) -> dict[str, int]:
    """A planted address that only reads by its method, and writes."""
    return {"closed": await close_other_sessions(request.user)}


async def send(app: Litestar, club: Club, who: str, path: str, **form: str) -> Answered:
    body = "&".join(f"{name}={value}" for name, value in form.items()).encode()
    headers = (*club.headers(who), ("content-type", "application/x-www-form-urlencoded"), ("accept", "text/html"))
    return await ask(app, Asked("POST", path, headers, body))


async def see_as(app: Litestar, club: Club, who: str, whom: str) -> Answered:
    return await send(app, club, who, f"/panel/users/{club.people[whom].user_id}/view-as")


async def shown(app: Litestar, club: Club, who: str, path: str = "/") -> Answered:
    return await ask(app, Asked("GET", path, (*club.headers(who), ("accept", "text/html"))))


async def me(app: Litestar, club: Club, who: str) -> str:
    answer = await ask(app, Asked("GET", "/api/v1/me", club.headers(who)))
    assert answer.status == 200, answer.body
    return str(answer.json()["name"])


def as_seen(route: Route, club: Club, role: str, viewer: str) -> tuple[Asked, Asked]:
    """The request for the target's own object, by the viewer and by the target."""
    target = {"client": "client", "director": "director"}[role]
    return question(route, club, role, "own", viewer), question(route, club, role, "own", target)


async def faults_of(app: Litestar, club: Club, snapshot: Snapshot, role: str, routes: list[Route]) -> list[str]:
    """What a viewer could do, or saw otherwise than the target, over these routes."""
    faults = []
    for route in routes:
        if str(route) in OPEN or route.handler.opt.get("exclude_from_auth"):
            continue
        try:
            asked, own = as_seen(route, club, role, "administrator")
        except Unaddressed:
            continue
        answer = await ask(app, asked)
        if answer.status >= 500:
            faults.append(f"{route}: {answer.status}")
        if changed := snapshot.restore():
            faults.append(f"{route}: changed {', '.join(changed)}")
        if route.method not in ("GET", "HEAD") and route.path not in READ_BY_POST:
            code = answer.json()["code"] if b'"code"' in answer.body else ""
            if answer.status != 403 or (route.is_api and code != "hierarchy.view_only"):
                faults.append(f"{route}: {answer.status} {code} instead of being refused")
        elif route.is_api and answer.status == 200 and not route.path.startswith(NOT_COMPARED):
            theirs = await ask(app, own)
            if theirs.body != answer.body:
                faults.append(f"{route}: {answer.body[:120]!r} instead of {theirs.body[:120]!r}")
            snapshot.restore()  # that the target looked at something may be remembered
    return faults


@pytest.mark.parametrize(("role", "panel"), [("client", False), ("director", True)])
async def test_nothing_is_changed_over_any_route(
    app: Litestar, club: Club, database_url: str, role: str, panel: bool
) -> None:
    assert (await see_as(app, club, "administrator", role)).status == 303
    routes = [one for one in routes_of(app) if one.path.startswith("/panel") is panel and one.path != "/api/v1/leaves"]
    with Snapshot(database_url) as snapshot:
        faults = await faults_of(app, club, snapshot, role, routes)
    assert not faults, "\n".join(faults)
    assert len([one for one in routes if one.method != "GET"]) > 40


@contextmanager
def _nothing() -> Iterator[None]:
    yield


async def test_sabotaged_guards_are_noticed(
    app: Litestar, club: Club, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await see_as(app, club, "administrator", "client")
    with Snapshot(database_url) as snapshot:
        hole = [one for one in routes_of(app) if one.path == "/api/v1/leaves"]
        answer = await ask(app, as_seen(hole[0], club, "client", "administrator")[0])
        assert (answer.status, answer.json()["code"]) == (403, "hierarchy.view_only"), "a writing GET is refused"
        assert not snapshot.changed()
        with monkeypatch.context() as broken:
            broken.setattr(viewing, "reading_only", _nothing)
            faults = await faults_of(app, club, snapshot, "client", hole)
        assert any("changed session" in one for one in faults), faults
        orders = [one for one in routes_of(app, "/api/v1/account") if one.method == "POST"]
        orders += [one for one in routes_of(app, "/account/sessions") if one.method == "POST"]
        with monkeypatch.context() as broken:
            broken.setattr(viewing, "_READING", frozenset({"GET", "POST"}))
            broken.setattr(viewing, "reading_only", _nothing)
            faults = await faults_of(app, club, snapshot, "client", orders)
        assert any("changed" in one for one in faults), faults


async def test_who_may_look_through_whose_eyes(app: Litestar, club: Club, database_url: str) -> None:
    with Snapshot(database_url) as world:
        (head,) = world.rows("SELECT role_id FROM role WHERE code = 'head_of_managers'")[0]
        (manager,) = world.rows("SELECT role_id FROM role WHERE code = 'manager'")[0]
        assert (await see_as(app, club, "head", "manager")).status == 403, "a right of its own, which he lacks"
        world.run("INSERT INTO role_grant VALUES (%s, 'users.view_as', 'subtree')", head)
        for outside in ("manager_3", "client_other", "director", "administrator", "manager_x", "head_2"):
            assert (await see_as(app, club, "head", outside)).status == 404, outside
        assert (await see_as(app, club, "head", "head")).status == 403, "himself"
        world.take()
        for whom in ("manager", "client"):
            assert (await see_as(app, club, "head", whom)).status == 303
            assert await me(app, club, "head") == whom
            assert (await see_as(app, club, "head", "manager_2")).status == 403, "views are not nested"
            world.restore()

        # Somebody below, who sees more by one right or by one company.
        world.run("INSERT INTO role_grant VALUES (%s, 'audit.view', 'assigned')", manager)
        refused = await see_as(app, club, "head", "manager")
        assert refused.status == 403
        assert "видит больше" in refused.body.decode()
        world.restore()
        client, foreign = club.people["client"].user_id, club.companies["foreign"]
        world.run("INSERT INTO membership (user_id, company_id, access_level) VALUES (%s, %s, 1)", client, foreign)
        assert (await see_as(app, club, "head", "client")).status == 403, "he also buys for a company out of sight"
        assert (await see_as(app, club, "administrator", "client")).status == 303, "nothing is out of this sight"
        world.restore()
        world.run("UPDATE customer_order SET firm_id = %s WHERE order_id = %s", club.firms[2], club.orders["client"])
        wide = (
            "UPDATE role_grant SET scope = 'firm' WHERE permission IN ('orders.view', 'users.view_as') AND role_id = %s"
        )
        world.run(wide, head)
        assert (await see_as(app, club, "head", "client")).status == 403, "an order of another firm is out of sight"
        assert not world.rows("SELECT 1 FROM audit WHERE action = 'identity.view_begun' AND actor = 'head'")


async def test_it_is_written_down_shown_everywhere_and_ends(app: Litestar, club: Club, database_url: str) -> None:
    with Snapshot(database_url) as world:

        def told() -> list[tuple[str, str, str, Any]]:
            query = (
                "SELECT action, actor, subject_id, after FROM audit WHERE action LIKE 'identity.view%%' ORDER BY 1, 2"
            )
            return world.rows(query)  # type: ignore[return-value]

        admin, target = "administrator", str(club.people["head"].user_id)
        assert (await see_as(app, club, admin, "head")).status == 303
        ((action, who, whom, after),) = told()
        assert (action, who, whom) == ("identity.view_begun", admin, target)
        assert UUID(whom)
        assert after["until"]
        for path in ("/catalog", "/panel/users", "/account", "/panel/settings"):
            page = (await shown(app, club, admin, path)).body.decode()
            assert 'action="/view-as/end"' in page, path
            assert "head" in page
        assert (await shown(app, club, admin, "/panel/settings")).status == 403, "the head has no settings"
        answer = await send(app, club, admin, "/view-as/end")
        assert (answer.status, answer.header("location")) == (303, f"/panel/users/{target}")
        assert told()[1][:3] == ("identity.view_ended", admin, target)
        assert told()[1][3] == {"reason": "asked"}
        assert 'action="/view-as/end"' not in (await shown(app, club, admin, "/catalog")).body.decode()
        assert await me(app, club, admin) == admin
        assert (await send(app, club, admin, "/view-as/end")).status == 303, "twice is fine"
        assert len(told()) == 2

        # It ends by itself, is told once, and what was sent meanwhile is done by nobody.
        endings = {
            "the time is over": "UPDATE session SET view_until = now() - interval '1 s' WHERE view_as_id IS NOT NULL",
            "the target is blocked": "UPDATE app_user SET is_active = false WHERE name = 'head'",
            "the right is taken": "DELETE FROM role_grant WHERE permission = 'users.view_as'",
            "the target got more": (
                "UPDATE role_grant SET scope = 'firm' WHERE permission = 'orders.view'"
                " AND role_id = (SELECT role_id FROM role WHERE code = 'administrator')"
            ),
        }
        for why, statement in endings.items():
            world.restore()
            await see_as(app, club, admin, "head")
            assert await me(app, club, admin) == "head", why
            world.run(statement)
            block = f"/panel/users/{club.people['client'].user_id}/state"
            refused = await send(app, club, admin, block, action="block")
            assert refused.status == 409, why
            assert told()[-1][3] == {"reason": "over"}, why
            assert await me(app, club, admin) == admin, why
            assert world.rows("SELECT is_active FROM app_user WHERE user_id = %s", club.people["client"].user_id) == [
                (True,)
            ]
        world.restore()
        await see_as(app, club, admin, "head")
        assert (await send(app, club, admin, "/logout")).status == 303
        assert told()[-1][3] == {"reason": "logged_out"}
        assert (await ask(app, Asked("GET", "/api/v1/me", club.headers("head")))).status == 200, "only the viewer's"
        assert (await ask(app, Asked("GET", "/api/v1/me", club.headers(admin)))).status == 401
