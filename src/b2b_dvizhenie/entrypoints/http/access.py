"""Default-deny: a route declares its permission or that it is public, or the application refuses to start.

`@get(..., permission=Permission.CATALOG_VIEW)` or `@get(..., public=True)`; Litestar keeps both in `opt`. With
`names_company=True` who buys for several companies must name the one that the request is for; `while_due=True` is open
also to who must set up a second step before anything else.
With `vip_only=True` the address does not exist for whoever does not act for a VIP company (VIP-1): he is answered as at
an unknown one, whatever the method.
"""

import re
from typing import Any

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.exceptions import NotFoundException
from litestar.handlers.base import BaseRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import Scope

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.companies import CompanyUnnamed
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.identity import AuthenticationRequired, SecondFactorDue


class UndeclaredRoute(RuntimeError):
    """A route says neither who may use it nor that everybody may."""


HIDDEN = "hidden_addresses"
"""Where the application keeps the pattern of addresses with a `vip_only` route."""
_PARAMETER = re.compile(r"\{[^}]*\}")


def hide(app: Litestar) -> None:
    """Learn which addresses hide themselves: of other methods there the router and not the route decides."""
    paths = {
        route.path
        for route in app.routes
        if isinstance(route, HTTPRoute) and any(one.opt.get("vip_only") for one in route.route_handlers)
    }
    patterns = ("[^/]+".join(map(re.escape, _PARAMETER.split(path))) for path in sorted(paths))
    app.state[HIDDEN] = re.compile("|".join(patterns) or "(?!)")


def is_hidden(scope: Scope) -> bool:
    """Whether the address is one that hides itself."""
    hidden = scope["litestar_app"].state.get(HIDDEN)
    return hidden is not None and hidden.fullmatch(scope["path"].rstrip("/")) is not None


async def guard(connection: ASGIConnection[Any, Actor | None, Any, Any], handler: BaseRouteHandler) -> None:
    """Refuse who lacks the permission of the route. A coroutine, because Litestar runs plain guards in a thread.

    Raises:
        NotFoundException: the route is for VIP companies.
        AuthenticationRequired: nobody is logged in.
        SecondFactorDue: the role requires a second step, which has yet to be set up; only where one does so is open.
        Forbidden: the actor lacks the permission, or may not enter the panel that the route is a page of.
        CompanyUnnamed: the route changes something for a company, the actor has several, and the request names none.
    """
    if handler.opt.get("public") or handler.opt.get("own_authentication"):
        return
    actor = connection.scope.get("user")
    if (actor is None or not actor.is_vip) and (handler.opt.get("vip_only") or is_hidden(connection.scope)):
        raise NotFoundException
    if actor is None:
        raise AuthenticationRequired
    if actor.second_factor_due and not handler.opt.get("while_due"):
        raise SecondFactorDue
    actor.require(Permission(handler.opt["permission"]))
    if connection.scope["path"].startswith("/panel"):
        actor.require(Permission.PANEL_ACCESS)
    if handler.opt.get("names_company") and not actor.company_certain:
        raise CompanyUnnamed("x-company-id")


def verify_declared(app: Litestar) -> None:
    """Start-up check over every route.

    Raises:
        UndeclaredRoute: names the path and the handler.
    """
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for handler in route.route_handlers:
            opt = handler.opt
            declared = opt.get("public") is True or opt.get("own_authentication") is True
            declared = declared or opt.get("permission") in set(Permission)
            if not declared and "OPTIONS" not in handler.http_methods and not opt.get("static"):
                raise UndeclaredRoute(f"{route.path} ({handler.handler_name}) declares no permission")
