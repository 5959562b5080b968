"""The ASGI application: routes of every door, one middleware stack, one way to fail."""

import inspect
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from copy import copy
from typing import Any

from dependency_injector import providers
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.middleware import DefineMiddleware
from litestar.types import ControllerRouterHandler

from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.entrypoints.container import Container, running
from b2b_dvizhenie.entrypoints.http.access import guard, hide, verify_declared
from b2b_dvizhenie.entrypoints.http.authentication import AuthenticationMiddleware
from b2b_dvizhenie.entrypoints.http.panel.new_user import NewUserPage
from b2b_dvizhenie.entrypoints.http.panel.user_card import CardPage
from b2b_dvizhenie.entrypoints.http.portal.catalogue import Listing
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.portal.refusals import error_page
from b2b_dvizhenie.entrypoints.http.portal.security import SecurityPage
from b2b_dvizhenie.entrypoints.http.portal.site import Site
from b2b_dvizhenie.entrypoints.http.problems import (
    REFUSALS,
    on_domain_error,
    on_http_error,
    on_unexpected,
    on_unreadable,
)
from b2b_dvizhenie.entrypoints.http.requests import RequestContext, SameSiteOnly, add_headers
from b2b_dvizhenie.entrypoints.http.routes import ROUTES
from b2b_dvizhenie.entrypoints.http.schema import schema_config
from b2b_dvizhenie.entrypoints.http.viewing import OnlyLooking

MAX_BODY = 2 * 1024 * 1024
"""Bytes of a request body; routes that take files raise it for themselves."""


def from_container(provider: providers.Provider[Any]) -> Provide:
    """A Litestar dependency that asks the container."""

    def provide() -> Any:
        return provider()

    return Provide(provide, sync_to_thread=False)


def dependencies(container: Container) -> dict[str, Provide]:
    """Every provider of the container under its own name: handlers ask for use cases by it."""
    return {
        name: from_container(provider)
        for name, provider in container.providers.items()
        if isinstance(provider, providers.Singleton | providers.Factory)
    }


def portal_dependencies(container: Container, site: Site) -> dict[str, Provide]:
    """What pages are built with: the site, the frame around a page, the list of goods."""

    def frame() -> Frame:
        return Frame(
            site,
            container.show_profile(),
            container.show_cart(),
            container.show_live_prices(),
            container.show_display(),
            container.show_credit(),
        )

    def listing() -> Listing:
        return Listing(frame(), container.browse_catalog(), container.count_facets(), container.show_branch())

    def card_page() -> CardPage:
        return CardPage(
            frame(),
            container.show_person(),
            container.list_users(),
            container.list_staff(),
            container.list_roles(),
            container.list_sessions_of(),
            container.read_audit(),
        )

    def new_user_page() -> NewUserPage:
        return NewUserPage(frame(), container.list_roles(), container.list_staff(), container.name_levels())

    def security_page() -> SecurityPage:
        return SecurityPage(frame(), container.list_sessions(), container.show_second_factor())

    makers = {
        "site": lambda: site,
        "frame": frame,
        "listing": listing,
        "card_page": card_page,
        "new_user_page": new_user_page,
        "security_page": security_page,
    }
    return {name: Provide(make, sync_to_thread=False) for name, make in makers.items()}


def supplied(route: ControllerRouterHandler, known: Mapping[str, Provide]) -> ControllerRouterHandler:
    """The handler with the refusals any may answer, and those of the known dependencies that its function names.

    Not all for all: Litestar compares each dependency of a handler with each other one, and what it does so for some
    hundred use cases and some hundred handlers takes longer than everything else at the start.
    """
    if not isinstance(route, HTTPRouteHandler):
        return route
    handler = copy(route)
    named = inspect.signature(handler.fn).parameters
    handler.dependencies = {name: known[name] for name in named if name in known}
    handler.responses = {**REFUSALS, **(handler.responses or {})}
    return handler


def create_app(
    container: Container,
    *,
    routes: Iterable[ControllerRouterHandler] = ROUTES,
    lifespan: Callable[[Container], AbstractAsyncContextManager[Container]] = running,
) -> Litestar:
    """Build the application over a container.

    Args:
        container: what `entrypoints.container.build` made.
        routes: handlers; the product's own unless a test brings its own.
        lifespan: opens and closes the container; a test that shares an open one passes its own.

    Raises:
        UndeclaredRoute: a route declares no permission.
    """

    @asynccontextmanager
    async def life(_: Litestar) -> AsyncIterator[None]:
        async with lifespan(container):
            yield

    site = Site(container.settings())
    known = dependencies(container) | portal_dependencies(container, site)
    app = Litestar(
        [*(supplied(route, known) for route in routes), *site.routes()],
        state=State({"container": container, "site": site, "error_page": error_page(site)}),
        guards=[guard],
        lifespan=[life],
        middleware=[RequestContext(), SameSiteOnly(), DefineMiddleware(AuthenticationMiddleware), OnlyLooking()],
        before_send=[add_headers],
        exception_handlers={
            DomainError: on_domain_error,
            HTTPException: on_http_error,
            UnicodeDecodeError: on_unreadable,
            RecursionError: on_unreadable,
            Exception: on_unexpected,
        },
        request_max_body_size=MAX_BODY,
        logging_config=None,  # entrypoints.logging has set it up
        openapi_config=schema_config(),
    )
    verify_declared(app)
    hide(app)
    site.know(route.path for route in app.routes)
    return app
