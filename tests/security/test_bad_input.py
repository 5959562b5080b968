"""Bad input over every route: refused with a clear word or made harmless, never a fault, and nothing is changed.

The routes are those of the application's own table, and the fields are those of its types and pages (`support/nasty`).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from club import Club
from doors import Answered, Asked, ask
from litestar import Litestar, Request, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from market import Market
from matrix import Route, Unaddressed, routes_of
from nasty import JSON, Attack, Attacker
from snapshots import Snapshot
from sqlalchemy import update

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user
from b2b_dvizhenie.adapters.postgres.views import sessions as session_reads
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.entrypoints.container import Container
from b2b_dvizhenie.entrypoints.http.app import create_app

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.slow]
AT_ONCE = 2
"""Bad values that each place gets; all of them with --nightly."""
COUNTED = {"login_attempt"}
"""What is written down about a refusal: failures to log in are counted."""
PARTS = ["/api/", "/panel", "/"]


@asynccontextmanager
async def _opened(container: Container) -> AsyncIterator[Container]:
    yield container


@pytest.fixture(autouse=True)
def _nobody_is_seen_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part may last longer than the minutes after which a session notes that somebody was there."""
    monkeypatch.setattr(session_reads, "SEEN_EVERY", timedelta(days=1))


@pytest.fixture
async def club(market: Market) -> Club:
    return await Club(market).open()


def _judged(route: Route, attack: Attack, answer: Answered) -> list[str]:
    said = f"{route}, {attack.name}: {answer.status}"
    told = answer.body[:300].decode(errors="replace")
    if answer.status >= 500 and answer.status != 503:
        return [f"{said}: {told}"]
    if attack.refused and answer.status < 400:
        return [f"{said}, though it cannot be right: {told}"]
    if route.is_api and answer.status >= 400 and not route.path.startswith("/api/schema"):
        problem = answer.json() if "json" in answer.header("content-type") else {}
        if not problem.get("code") or not problem.get("detail"):
            return [f"{said} without a code and a text: {told}"]
        if problem["code"] == "shared.invalid" and not problem.get("fields"):
            return [f"{said}: invalid, but no field is named: {told}"]
    return []


async def play(
    app: Litestar, attacker: Attacker, snapshot: Snapshot, routes: list[Route]
) -> tuple[int, int, list[str]]:
    """(requests, of them refused, faults). What was accepted is undone; what was refused must have changed nothing."""
    count = refused = 0
    faults: list[str] = []
    for route in routes:
        try:
            attacks = list(attacker.attacks(route))
        except Unaddressed:
            continue  # the authorization matrix tells of it
        quiet = []
        for attack in attacks:
            answer = await ask(app, attack.asked)
            faults += _judged(route, attack, answer)
            if answer.status >= 400:
                quiet.append(attack)
        count, refused = count + len(attacks), refused + len(quiet)
        changed = set(snapshot.restore()) - COUNTED
        if changed:
            faults += await _blame(app, snapshot, route, quiet)
    return count, refused, faults


async def _blame(app: Litestar, snapshot: Snapshot, route: Route, quiet: list[Attack]) -> list[str]:
    """Which of the refused requests changed what; one that only an accepted one had stood in the way of is none."""
    faults = []
    for attack in quiet:
        answer = await ask(app, attack.asked)
        changed = set(snapshot.restore()) - COUNTED
        if changed and answer.status >= 400:
            faults.append(f"{route}, {attack.name}: refused, but {', '.join(sorted(changed))} changed")
    return faults


def _routes(app: Litestar, part: str) -> list[Route]:
    return [one for one in routes_of(app, part) if part != "/" or not one.path.startswith(("/api/", "/panel"))]


@pytest.mark.parametrize("part", PARTS)
async def test_bad_input_is_refused_and_changes_nothing(
    app: Litestar,
    club: Club,
    database_url: str,
    part: str,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> None:
    attacker = Attacker(club, None if request.config.getoption("--nightly") else AT_ONCE)
    assert await attacker.look_around(app) > 20
    routes = _routes(app, part)
    with Snapshot(database_url) as snapshot:
        count, refused, faults = await play(app, attacker, snapshot, routes)
    with capsys.disabled():
        print(f"\nbad input {part}: {len(routes)} routes, {count} requests, {refused} refused, {len(faults)} faults")  # noqa: T201
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults[:60])
    assert count > 400


async def test_fields_that_nobody_offers_change_nothing_more(app: Litestar, club: Club, database_url: str) -> None:
    attacker, asked, faults = Attacker(club), 0, []
    await attacker.look_around(app)
    with Snapshot(database_url) as snapshot:
        for route in routes_of(app):
            try:
                pair = attacker.mass(route)
            except Unaddressed:
                continue
            if pair is None:
                continue
            came = []
            for one in pair:
                answer = await ask(app, one)
                came.append((answer.status, set(snapshot.restore()) - COUNTED))
            asked += 1
            if came[0] != came[1] and came[1][0] < 400:
                faults.append(f"{route}: {came[0]}, with fields that nobody offers {came[1]}")
    assert not faults, "\n".join(faults)
    assert asked > 20


@post("/api/v1/holes", permission=Permission.PROFILE_VIEW, status_code=200)
async def hole(
    request: Request[Any, Any, Any], data: JSONBody[dict[str, Any]], database: NamedDependency[Database]
) -> None:
    """A planted address: it falls over a number, and writes before it refuses."""
    async with database.engine.begin() as connection:
        await connection.execute(update(app_user).values(name="taken"))
    raise NotFound("hole") if data else ZeroDivisionError


async def test_a_route_that_falls_or_writes_before_it_refuses_is_noticed(
    container: Container, club: Club, database_url: str
) -> None:
    app = create_app(container, routes=[hole], lifespan=_opened)
    holes = routes_of(app, "/api/v1/holes")
    with Snapshot(database_url) as snapshot:
        attacks = [Attack(name, _sent(club, body)) for name, body in (("empty", b"{}"), ("full", b'{"a": 1}'))]
        answers = [await ask(app, one.asked) for one in attacks]
        assert "500" in _judged(holes[0], attacks[0], answers[0])[0]
        snapshot.restore()
        faults = await _blame(app, snapshot, holes[0], attacks)
    assert [one for one in faults if "full: refused, but app_user changed" in one]


def _sent(club: Club, body: bytes) -> Asked:
    return Asked("POST", "/api/v1/holes", (*club.headers("client"), JSON), body)
