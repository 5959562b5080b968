"""What the API says of itself is what it does: requests generated from its OpenAPI, as three people.

See reliability.md §5.4.

Every operation is asked with what its schema allows and with what it forbids. Whatever comes, the answer is not a
fault, has a status and a type that the schema names, and a body as it describes.
"""

from contextlib import suppress
from datetime import timedelta

import httpx
import msgspec
import pytest
from club import Club
from doors import Answered, Asked, ask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from litestar import Litestar, get
from litestar.exceptions import HTTPException
from litestar.openapi.plugins import YamlRenderPlugin
from litestar.params import FromPath
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.openapi import from_dict
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from snapshots import Snapshot

from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.entrypoints.container import Container
from b2b_dvizhenie.entrypoints.http.app import create_app
from b2b_dvizhenie.entrypoints.http.schema import YamlOnce

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.slow]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
PEOPLE = ("client", "manager", "administrator")
CASES, NIGHTLY_CASES = 2, 100
"""Of each operation, as each person, allowed and forbidden."""


def operations(app: Litestar) -> list[APIOperation]:
    """Every operation of the product's own schema."""
    schema = from_dict(msgspec.json.decode(msgspec.json.encode(app.openapi_schema.to_schema())))
    return [found.ok() for found in schema.get_all_operations()]


def generated(operation: APIOperation, mode: GenerationMode, count: int) -> list[Case]:
    """So many requests of an operation; fewer where there are no more."""
    cases: list[Case] = []

    @settings(
        max_examples=count, phases=[Phase.generate], derandomize=True, database=None, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(operation.as_strategy(mode))
    def collect(case: Case) -> None:
        cases.append(case)

    with suppress(Unsatisfiable):  # nothing is forbidden where nothing is asked for
        collect()
    return cases


def asked(case: Case, headers: tuple[tuple[str, str], ...]) -> Asked:
    """The request as it goes over the wire."""
    parts = case.as_transport_kwargs(base_url="http://testserver.local")
    for name in ("cookies", "files"):
        parts.pop(name, None)
    body = parts.pop("data", None)
    if isinstance(body, (bytes, str)):
        parts["content"] = body
    elif body is not None:
        parts["data"] = body
    request = httpx.Request(**{**parts, "headers": dict(parts.get("headers") or {})})
    own = {name.lower() for name, _ in headers} | {"host", "content-length", "cookie"}
    sent = tuple((name, value) for name, value in request.headers.items() if name.lower() not in own)
    return Asked(request.method, request.url.raw_path.decode("latin-1"), (*sent, *headers), request.read())


def fault(case: Case, answer: Answered) -> str:
    """What is wrong with the answer; "" where nothing is."""
    request = httpx.Request(case.method, f"http://testserver.local{case.formatted_path}")
    response = httpx.Response(answer.status, headers=list(answer.headers), content=answer.body, request=request)
    response.elapsed = timedelta(0)
    try:
        case.validate_response(response, checks=CHECKS)
    except FailureGroup as group:
        told = answer.body[:200].decode(errors="replace")
        return "; ".join(one.title for one in group.exceptions) + f" ({answer.status} {told})"
    return ""


async def faults_of(
    app: Litestar, club: Club, url: str, people: tuple[str, ...], count: int, only: str = ""
) -> tuple[int, list[str]]:
    """How many requests were sent, and which answers are faulty. All people ask the same."""
    sent, faults = 0, []
    with Snapshot(url) as snapshot:
        for operation in operations(app):
            if only not in operation.path:
                continue
            cases = [case for mode in GenerationMode for case in generated(operation, mode, count)]
            for who in people:
                for case in cases:
                    request = asked(case, club.headers(who))
                    answer = await ask(app, request)
                    sent += 1
                    found = fault(case, answer)
                    if found:
                        faults.append(f"{request} as {who}: {found}")
                if operation.method.lower() != "get":
                    snapshot.restore()
    return sent, faults


@pytest.fixture
async def club(market: object) -> Club:
    return await Club(market).open()


async def test_whatever_is_asked_the_answer_is_as_the_schema_says(
    app: Litestar, club: Club, database_url: str, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    count = NIGHTLY_CASES if request.config.getoption("--nightly") else CASES
    sent, faults = await faults_of(app, club, database_url, PEOPLE, count)
    with capsys.disabled():
        print(f"\nOpenAPI as {', '.join(PEOPLE)}: {sent} requests, {len(faults)} faults")  # noqa: T201
    assert not faults, "\n".join(faults)
    assert sent > 100 * len(PEOPLE)


@get("/api/v1/broken/{number:int}", permission=Permission.ORDERS_VIEW, sync_to_thread=False)
def broken(number: FromPath[int]) -> dict[str, int]:
    """Fails for some of what its schema allows, and answers some as it does not say."""
    if number < 0:
        raise HTTPException(status_code=418)
    return {"half": 1 // (number % 2)}


async def test_a_handler_that_fails_or_answers_oddly_is_noticed(
    container: Container, club: Club, database_url: str
) -> None:
    app = create_app(container, routes=[broken], lifespan=None)
    _, faults = await faults_of(app, club, database_url, ("client",), 10, "broken")
    assert any("Server error" in one for one in faults)
    assert any("Undocumented status code (418" in one for one in faults)


def test_the_document_is_written_as_yaml_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes half a second of everybody's time, and anybody may ask for it."""
    written = iter([b"first", b"second"])
    monkeypatch.setattr(YamlRenderPlugin, "render", lambda *_: next(written))
    plugin, request = YamlOnce(), httpx.Request("GET", "http://testserver.local")
    assert [plugin.render(request, {}) for _ in range(2)] == [b"first", b"first"]  # type: ignore[arg-type]
