"""Liveness, readiness, metrics."""

from hmac import compare_digest
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from msgspec import Struct
from prometheus_client import CONTENT_TYPE_LATEST

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.application.operations import OperationsReader
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.entrypoints.metrics import exposition
from b2b_dvizhenie.entrypoints.settings import Settings


class Health(Struct, frozen=True):
    """`ok` or what is wrong."""

    status: str


@get("/health/live", public=True, include_in_schema=False)
async def live() -> Health:
    """The process answers."""
    return Health("ok")


@get("/health/ready", public=True, include_in_schema=False)
async def ready(database: NamedDependency[Database]) -> Health:
    """The process can work: its database answers. 503 otherwise."""
    async with database.reading() as connection:
        await connection.execute("SELECT 1")
    return Health("ok")


@get("/metrics", public=True, include_in_schema=False, media_type=CONTENT_TYPE_LATEST)
async def metrics(
    request: Request[Any, Any, Any], operations_reader: NamedDependency[SkipValidation[OperationsReader]]
) -> Response[bytes]:
    """Prometheus metrics; from this machine freely, from elsewhere with the token of the settings."""
    settings: Settings = request.app.state.container.settings()
    token = settings.http.metrics_token
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    local = request.client is not None and request.client.host in ("127.0.0.1", "::1")
    allowed = (
        compare_digest(given.encode(), token.encode()) if token else local and "x-forwarded-for" not in request.headers
    )
    if not allowed:
        raise NotFound
    return Response(exposition(await operations_reader.figures()), media_type=CONTENT_TYPE_LATEST)


ROUTES = [live, ready, metrics]
