"""The one place that lets nobody change anything while he looks through another person's eyes."""

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.reading import reading_only
from b2b_dvizhenie.domain.hierarchy import ViewOnly

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
WHILE_VIEWING = "while_viewing"
"""The mark of a handler that works all the same: it ends the view or the session, or keeps a choice in the browser."""
READING = "reading"
"""The same mark for one that reads although its method could change things: it is held to reading."""


class OnlyLooking(ASGIMiddleware):
    """Refuses every method that changes things; what reads may not write either, the database sees to that.

    Comes after authentication and before everything that a handler may do.
    """

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Let own eyes through."""
        actor: Actor | None = scope.get("user")
        mark = scope["route_handler"].opt.get(WHILE_VIEWING)
        if actor is None or actor.view is None or (mark and mark != READING):
            await next_app(scope, receive, send)
            return
        if scope.get("method") not in _READING and mark != READING:
            raise ViewOnly
        with reading_only():
            await next_app(scope, receive, send)
