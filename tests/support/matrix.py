"""The authorization matrix: every route of the application × who asks × whose object, against what must come of it.

What is expected is computed from the permission a route declares, the grants of the roles and the reference for
scopes in `club`; nothing of it comes from the code under test. A foreign object is 404 and changes nothing, a missing
permission is 403, nobody is 401 or sent to the login; what is allowed is neither refused nor a fault.
"""

import re
from collections.abc import Iterable, Iterator

from addresses import ALSO, BODIES, PARAMETERS, Body, Parameter, encoded, sample
from club import ROLES, VIEWERS, Club, scope_of
from doors import Asked, ask
from litestar import Litestar
from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from msgspec import Struct
from snapshots import Snapshot

from b2b_dvizhenie.domain.hierarchy import Permission

REFUSED = frozenset({401, 403, 404})
_PARAMETER = re.compile(r"\{(\w+):\w+\}")


class Route(Struct, frozen=True):
    """A handler under one method."""

    method: str
    path: str
    permission: Permission | None
    handler: HTTPRouteHandler

    @property
    def is_api(self) -> bool:
        """Whether applications talk to it, in JSON."""
        return self.path.startswith("/api/")

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


_ANYTHING = Parameter(lambda *_: "x", lambda *_: True, relations=("no object",))
"""A parameter of a route that is open to strangers."""


class Unaddressed(Exception):
    """A route has a parameter for which nobody has said how an object is named."""


class Expected(Struct, frozen=True):
    """What an answer must be."""

    word: str
    statuses: frozenset[int] | None = None  # None: anything but a refusal or a fault

    def met_by(self, status: int) -> bool:
        """Whether this status is it."""
        if self.statuses is not None:
            return status in self.statuses
        return status < 500 and status not in REFUSED


class Cell(Struct, frozen=True):
    """One question of the matrix, with the answer it must get."""

    route: Route
    role: str
    relation: str
    asked: Asked
    expected: Expected

    @property
    def may_change(self) -> bool:
        """Whether the world may be another afterwards."""
        return self.expected.statuses is None

    def __str__(self) -> str:
        return f"{self.route} as {self.role}, {self.relation}"


ALLOWED = Expected("allowed")
FORBIDDEN = Expected("403", frozenset({403}))
HIDDEN = Expected("no such address", frozenset({404}))
"""Nobody of the club acts for a VIP company: for everybody the cabinet does not exist (VIP-1)."""


def routes_of(app: Litestar, starts: str = "/") -> list[Route]:
    """Every handler of the application whose right is a permission or nothing; the door of 1C has its own tests."""
    found = []
    for route in app.routes:
        if not isinstance(route, HTTPRoute) or not route.path.startswith(starts):
            continue
        for handler in route.route_handlers:
            if handler.opt.get("own_authentication") or handler.handler_name == "options_handler":
                continue
            granted = handler.opt.get("permission")
            permission = Permission(granted) if granted else None
            found += [Route(m, route.path, permission, handler) for m in sorted(handler.http_methods)]
    return sorted(found, key=lambda route: (route.path, route.method))


def _parameters(route: Route) -> list[tuple[str, Parameter]]:
    names = _PARAMETER.findall(route.path)
    if route.permission is None:
        return [(name, PARAMETERS.get(name, _ANYTHING)) for name in names]
    unknown = [name for name in names if name not in PARAMETERS]
    if unknown:
        raise Unaddressed(
            f"{route} has the parameter {unknown[0]!r}, and nothing says how an own and a foreign object of it is"
            " named. Enter it in PARAMETERS of tests/support/addresses.py."
        )
    return [(name, PARAMETERS[name]) for name in names]


def _body(route: Route, club: Club, role: str, relation: str) -> tuple[tuple[tuple[str, str], ...], bytes]:
    known = BODIES.get((route.method, route.path))
    if known is not None:
        return encoded(known.make(club, role, relation), form=known.form)
    if route.method in ("GET", "HEAD", "DELETE"):
        return (), b""
    field = route.handler.parsed_data_field
    if field is None:
        return encoded({}, form=not route.is_api)
    media = getattr(field.kwarg_definition, "media_type", RequestEncodingType.JSON)
    return encoded(sample(field.annotation), form=media != RequestEncodingType.JSON)


def question(route: Route, club: Club, role: str, relation: str, who: str | None) -> Asked:
    """The request that asks a route for the object of a relation, by a person of the club or a stranger."""
    path = route.path
    for name, parameter in _parameters(route):
        path = re.sub(rf"\{{{name}:\w+\}}", parameter.name(club, role, relation), path)
    headers, body = _body(route, club, role, relation)
    accept = "application/json" if route.is_api or who else "text/html"
    person = club.headers(who) if who else ()
    return Asked(route.method, path, (*person, *headers, ("accept", accept)), body)


def _expected(route: Route, club: Club, role: str, relation: str) -> Expected:
    assert route.permission is not None
    if route.handler.opt.get("vip_only"):
        return HIDDEN
    if scope_of(role, route.permission) is None:
        return FORBIDDEN
    if route.path.startswith("/panel") and scope_of(role, Permission.PANEL_ACCESS) is None:
        return FORBIDDEN
    also = ALSO.get((route.method, route.path))
    if also and not any(scope_of(role, one) for one in also):
        return FORBIDDEN
    objects: list[Parameter | Body] = [parameter for _, parameter in _parameters(route)]
    if (route.method, route.path) in BODIES:
        objects.append(BODIES[route.method, route.path])
    for one in objects:
        scope = scope_of(role, one.governed_by or route.permission)
        if scope is None or not one.sees(club, role, relation, scope):
            return Expected("foreign", one.refused)
    return ALLOWED


def relations_of(route: Route) -> tuple[str, ...]:
    """Whose objects a route can be asked for."""
    objects: list[Parameter | Body] = [parameter for _, parameter in _parameters(route)]
    if (route.method, route.path) in BODIES:
        objects.append(BODIES[route.method, route.path])
    if not objects:
        return ("no object",)
    return max((one.relations for one in objects), key=len)


def cells_of(route: Route, club: Club) -> Iterator[Cell]:
    """The questions of one route."""
    for relation in relations_of(route):
        named = "own" if relation == "no object" else relation
        anonymous = question(route, club, "client", named, None)
        if route.permission is None:
            yield Cell(route, "anonymous", relation, anonymous, Expected("public", frozenset(range(200, 500)) - {403}))
            continue
        refusal = frozenset({401} if route.is_api else {302, 303})
        hidden = HIDDEN if route.handler.opt.get("vip_only") else Expected("to the login", refusal)
        yield Cell(route, "anonymous", relation, anonymous, hidden)
        for role in ROLES:
            asked = question(route, club, role, named, VIEWERS[role])
            yield Cell(route, role, relation, asked, _expected(route, club, role, named))
        if route.permission in _OWN and relation == "own":
            # The same object through a company that is not the caller's: he stands outside of both.
            asked = question(route, club, "client", named, "client")
            header = ("x-company-id", str(club.companies["beside"]))
            asked = Asked(asked.method, asked.path, (*asked.headers, header), asked.body)
            yield Cell(route, "client", "through a foreign company", asked, Expected("foreign", _outside(route)))


_OWN = {Permission.ORDERS_VIEW, Permission.CART_EDIT, Permission.DOCUMENTS_VIEW}


def _outside(route: Route) -> frozenset[int]:
    # Whoever acts for no company has no orders, and for a cart nothing to price by: both are told before anything else.
    if "document_id" in route.path:
        return frozenset({404})
    if "order_id" in route.path:
        return frozenset({404, 409}) if route.permission is Permission.CART_EDIT else frozenset({404})
    return frozenset(range(200, 500)) - {401, 403}


async def play(app: Litestar, club: Club, snapshot: Snapshot, routes: Iterable[Route]) -> tuple[int, list[str]]:
    """Ask everything; (cells, faults in words). The world is brought back after each cell that may change it."""
    count, faults = 0, []
    for route in routes:
        try:
            cells = list(cells_of(route, club))
        except Unaddressed as missing:
            faults.append(str(missing))
            continue
        quiet = [cell for cell in cells if not cell.may_change]
        for cell in quiet:
            faults += await _judge(app, club, cell)
        if snapshot.changed():
            snapshot.restore()
            faults += await _blame(app, club, snapshot, quiet)
        for cell in cells:
            if cell.may_change:
                faults += await _judge(app, club, cell)
                snapshot.restore()
        count += len(cells)
    return count, faults


async def _judge(app: Litestar, club: Club, cell: Cell) -> list[str]:
    answer = await ask(app, cell.asked)
    faults = []
    if not cell.expected.met_by(answer.status):
        told = answer.body[:200].decode(errors="replace")
        faults.append(f"{cell}: {answer.status} instead of {cell.expected.word}: {told}")
    if cell.role in ROLES:
        seen = " ".join((answer.body.decode(errors="replace"), *(value for _, value in answer.headers)))
        said = cell.asked.path + cell.asked.body.decode()  # an answer may repeat what the question named
        told_of = [mark for mark in club.marks(cell.role) if mark in seen and mark not in said]
        if told_of:
            faults.append(f"{cell}: the answer tells of {', '.join(told_of)}, which the role does not see")
    return faults


async def _blame(app: Litestar, club: Club, snapshot: Snapshot, cells: list[Cell]) -> list[str]:
    """Which of the refused requests changed what."""
    faults = []
    for cell in cells:
        if cell.expected.word == "public":
            continue
        await _judge(app, club, cell)
        changed = snapshot.restore()
        if changed:
            faults.append(f"{cell}: refused, but it changed {', '.join(changed)}")
    return faults
