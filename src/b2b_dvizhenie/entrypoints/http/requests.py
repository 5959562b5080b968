"""Around every request: an id that follows it into logs and jobs, security headers, protection from foreign sites."""

import re
import time
from urllib.parse import urlsplit

import structlog
from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Histogram

from b2b_dvizhenie.domain.shared.errors import DomainError, Kind
from b2b_dvizhenie.domain.shared.ids import new_id
from b2b_dvizhenie.entrypoints.http.authentication import COOKIE

log = structlog.get_logger("http")

DURATION = Histogram(
    "b2b_http_request_seconds",
    "Time to answer a request",
    ("method", "route", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=()",
    "x-frame-options": "DENY",
}
_ADDED = [(name.encode(), value.encode()) for name, value in {**HEADERS, "cache-control": "no-store"}.items()]
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


class ForeignSite(DomainError):
    """A page of another site tried to act with the visitor's cookie."""

    code = "identity.foreign_site"
    kind = Kind.FORBIDDEN


def request_id_of(scope: Scope) -> str:
    """The id of a request: its own where it brought a fit one, else a new one, and the same however often it is asked.

    Also of a request that no route takes: no middleware sees it.
    """
    state = scope.setdefault("state", {})
    if "request_id" not in state:
        given = Headers.from_scope(scope).get("x-request-id", "")
        state["request_id"] = given if _REQUEST_ID.fullmatch(given) else new_id().hex
    return str(state["request_id"])


async def add_headers(message: Message, scope: Scope) -> None:
    """Security headers and the request id for an answer that has them not yet, whoever made it.

    Run on everything that is sent, because the answer to an address without a route must look like that to one whose
    route hides itself.
    """
    if message["type"] != "http.response.start":
        return
    headers = list(message["headers"])
    named = {name.lower() for name, _ in headers}
    added = [(b"x-request-id", request_id_of(scope).encode()), *_ADDED]
    message["headers"] = [*headers, *(pair for pair in added if pair[0] not in named)]


class RequestContext(ASGIMiddleware):
    """Request id, access log, security headers; `Cache-Control: no-store` unless the handler said otherwise."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Wrap one request."""
        request_id = request_id_of(scope)
        started = time.perf_counter()
        status = 500

        async def wrapped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                await add_headers(message, scope)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await next_app(scope, receive, wrapped)
            finally:
                elapsed = time.perf_counter() - started
                method = str(scope.get("method", ""))
                # The template, never the path: a label per product would drown the metrics.
                DURATION.labels(method, scope.get("path_template", "unknown"), status).observe(elapsed)
                log.info("request", method=method, path=scope["path"], status=status, ms=round(elapsed * 1000, 1))


class SameSiteOnly(ASGIMiddleware):
    """Refuses unsafe requests that carry the session cookie but come from another site.

    Browsers say where a request comes from in `Sec-Fetch-Site` (or at least `Origin`); applications with a Bearer
    token send neither and have no cookie that a foreign page could abuse.
    """

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Let safe, own and cookie-less requests through."""
        own = scope["route_handler"].opt.get("own_authentication")
        if scope.get("method") in _UNSAFE and not own:
            headers = Headers.from_scope(scope)
            if f"{COOKIE}=" in headers.get("cookie", "") and self._is_foreign(headers):
                raise ForeignSite
        await next_app(scope, receive, send)

    def _is_foreign(self, headers: Headers) -> bool:
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site not in ("same-origin", "none")
        origin = headers.get("origin")
        return origin is not None and urlsplit(origin).netloc != headers.get("host")
