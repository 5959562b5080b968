"""Where a developer says how a test addresses the objects of a route: path parameters, and bodies that name objects.

A route with a parameter that nobody has entered here fails the authorization matrix by name. Enter the parameter in
`PARAMETERS` (how an own and a foreign object is named, and who may see it); a route whose body names the object goes
into `BODIES`. A body without objects is made from the type of the handler's `data` and needs no entry.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, get_args, get_origin
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from club import RELATIONS, VIEWERS, Club
from market import PREPAYMENT
from msgspec import Struct

from b2b_dvizhenie.domain.hierarchy import Permission, Scope

NOBODY = UUID(int=0xDEAD)
Names = Callable[[Club, str, str], str]
"""(club, role, relation) → the value of the parameter."""
Sees = Callable[[Club, str, str, Scope], bool]
"""(club, role, relation, scope of the governing permission) → whether the object exists for the role."""


class Parameter(Struct, frozen=True):
    """How objects behind a path parameter are named and seen.

    `governed_by` is the permission whose scope decides; None: that of the route. `relations` are those that make
    sense. `refused` are the statuses a foreign object may be answered with.
    """

    name: Names
    sees: Sees
    governed_by: Permission | None = None
    relations: tuple[str, ...] = RELATIONS
    refused: frozenset[int] = frozenset({404})


class Body(Struct, frozen=True):
    """A body that names an object."""

    make: Callable[[Club, str, str], Any]
    sees: Sees
    form: bool = True
    governed_by: Permission | None = None
    relations: tuple[str, ...] = RELATIONS
    refused: frozenset[int] = frozenset({404})
    also: frozenset[Permission] = frozenset()


def company_seen(club: Club, role: str, relation: str, scope: Scope) -> bool:
    """Companies, and what belongs to them."""
    return club.company_in_scope(VIEWERS[role], scope, club.of(role, relation).company)


def person_seen(club: Club, role: str, relation: str, scope: Scope) -> bool:
    """People."""
    return club.person_in_scope(VIEWERS[role], scope, club.of(role, relation).person)


def specification_seen(club: Club, role: str, relation: str, scope: Scope) -> bool:
    """Lists of goods: buyers keep theirs to themselves until they share them, staff sees those of its clients."""
    return relation == "own" if scope is Scope.OWN else company_seen(club, role, relation, scope)


def is_own(_: Club, __: str, relation: str, ___: Scope) -> bool:
    """What only its owner sees, whatever else one may: sessions, cart lines."""
    return relation == "own"


def _shared(name: str, closed: str) -> Names:
    """Things everybody may see or nobody: `own` is one that is shown, the rest is one that is closed."""

    def of(club: Club, _: str, relation: str) -> str:
        key = name if relation == "own" else closed
        return str(club.things.get(key, NOBODY))

    return of


def _own_session(club: Club, role: str, relation: str) -> str:
    owner = VIEWERS[role] if relation == "own" else club.of(role, relation).person
    return str(club.sessions[owner])


def _shared_parameter(name: str, closed: str = "nobody") -> Parameter:
    return Parameter(_shared(name, closed), is_own, relations=("own", "other company"))


def _under_the_root(rest: dict[str, str], *, form: bool = True) -> Body:
    """A body that names the role of administrators as the one above; roles are not hidden from who manages people."""
    name = "parent" if form else "parent_id"
    return Body(
        lambda club, *_: rest | {name: str(club.things["root role"])}, lambda *_: True, form=form, relations=("own",)
    )


def _rule(club: Club, *_: str) -> dict[str, Any]:
    """A discount as the API takes it."""
    return {"group_id": str(club.things["group"]), "kind": "articles", "value": "5", "articles": ["A-1"]}


PARAMETERS: dict[str, Parameter] = {
    "order_id": Parameter(
        lambda club, role, relation: str(club.orders[club.of(role, relation).person]),
        company_seen,
        governed_by=Permission.ORDERS_VIEW,
    ),
    "specification_id": Parameter(
        lambda club, role, relation: str(club.specifications[club.of(role, relation).person]),
        specification_seen,
        governed_by=Permission.SPECIFICATIONS_VIEW,
    ),
    "document_id": Parameter(
        lambda club, role, relation: str(club.documents[club.of(role, relation).company]),
        company_seen,
        governed_by=Permission.DOCUMENTS_VIEW,
    ),
    "file_id": Parameter(
        lambda club, role, relation: str(club.files[club.of(role, relation).company]),
        company_seen,
        governed_by=Permission.DOCUMENTS_VIEW,
    ),
    # Goods in a line of a list: the list decides who sees it.
    "line_id": Parameter(lambda club, *_: str(club.goods[0]), lambda *_: True, relations=("own",)),
    "company_id": Parameter(
        lambda club, role, relation: str(club.companies[club.of(role, relation).company]), company_seen
    ),
    "agreement_id": Parameter(
        lambda club, role, relation: str(club.agreements[club.of(role, relation).company]), company_seen
    ),
    "firm_id": Parameter(
        lambda club, _, relation: str(club.firms[1] if relation == "own" else NOBODY),
        is_own,
        relations=("own", "other company"),
    ),
    "user_id": Parameter(
        lambda club, role, relation: str(club.people[club.of(role, relation).person].user_id), person_seen
    ),
    "session_id": Parameter(_own_session, is_own),
    "section_id": _shared_parameter("shown", "closed"),
    "product_id": Parameter(
        lambda club, _, relation: str(club.goods[0] if relation == "own" else club.things["hidden"]),
        is_own,
        relations=("own", "other company"),
    ),
    # A line of the caller's own cart, whatever the goods: there is no foreign one to name.
    "variant_id": Parameter(lambda club, *_: str(club.goods[0]), is_own, relations=("own",)),
    "import_id": _shared_parameter("import"),
    "job_id": _shared_parameter("job"),
    "position": Parameter(lambda *_: "1", lambda *_: True, relations=("own",)),
    "role_id": _shared_parameter("role"),
    "rule_set_id": _shared_parameter("rule set"),
    "group_id": _shared_parameter("group"),
    "segment_id": _shared_parameter("segment"),
    "rule_id": _shared_parameter("rule"),
    "level": Parameter(
        lambda _, __, relation: "5" if relation == "own" else "77", is_own, relations=("own", "other company")
    ),
    "permission": Parameter(lambda *_: Permission.CATALOG_VIEW.value, lambda *_: True, relations=("own",)),
    "node_id": Parameter(
        lambda club, _, relation: str(club.market.node if relation == "own" else NOBODY),
        is_own,
        relations=("own", "other company"),
    ),
    # Rows of the gateway and its full exports: nobody in the club has any, so every number is of none.
    "row_id": Parameter(lambda *_: "1", lambda *_: False, relations=("other company",)),
    "full_id": Parameter(lambda *_: "1", lambda *_: False, relations=("other company",)),
    "offer_id": _shared_parameter("offer"),
    "method_id": Parameter(
        lambda _, __, relation: str(PREPAYMENT) if relation == "own" else str(NOBODY),
        is_own,
        relations=("own", "other company"),
    ),
    "schedule_id": Parameter(
        lambda club, _, relation: club.schedule if relation == "own" else "no-such",
        is_own,
        relations=("own", "other company"),
    ),
    # Requests belong to nobody: whoever may decide sees all, so the only foreign one is one that is not there.
    "request_id": Parameter(lambda *_: str(NOBODY), lambda *_: False, relations=("other company",)),
    "sha256": Parameter(lambda *_: "0" * 64, lambda *_: False, relations=("other company",)),
}

BODIES: dict[tuple[str, str], Body] = {
    ("POST", "/documents/{document_id:uuid}/send"): Body(
        lambda club, role, relation: {"to": f"{club.people[club.of(role, relation).person].user_id.hex}@example.test"},
        lambda *_: True,  # of the document the address decides
    ),
    ("POST", "/companies/select"): Body(
        lambda club, role, relation: {"company": str(club.companies[club.of(role, relation).company])},
        # Membership decides, not rights: staff has none, and the colleague's company is the client's own.
        lambda club, role, relation, _: role == "client" and club.of(role, relation).company == "own",
    ),
    ("POST", "/account/sessions/close"): Body(
        lambda club, role, relation: {"session": _own_session(club, role, relation)},
        is_own,
        refused=frozenset({303}),  # a session that is gone is no failure of the page; nothing changes
    ),
    ("POST", "/api/v1/prices/explain"): Body(
        lambda club, _, relation: {"variant_id": str(club.goods[0] if relation == "own" else NOBODY)},
        is_own,
        form=False,
        relations=("own", "other company"),
        refused=frozenset({404, 409}),  # staff buys for no company, and is told so first
    ),
    ("PUT", "/api/v1/currencies/chosen"): Body(
        lambda *_: {"currency": "RUB"}, lambda *_: True, form=False, relations=("own",)
    ),
    ("POST", "/panel/rates/confirm"): Body(
        lambda *_: {"currency": "USD", "day": "2020-01-01"},
        lambda *_: False,  # no rate waits in the club
        relations=("other company",),
        refused=frozenset({303}),  # the page says that the rate does not wait
    ),
    ("POST", "/panel/rates/refuse"): Body(
        lambda *_: {"currency": "USD", "day": "2020-01-01", "reason": "wrong"},
        lambda *_: False,  # no rate waits in the club
        relations=("other company",),
        refused=frozenset({303}),  # the page says that the rate does not wait
    ),
    ("POST", "/api/v1/currencies/refuse"): Body(
        lambda *_: {"currency": "USD", "day": "2020-01-01", "reason": "wrong"},
        lambda *_: False,  # no rate waits in the club
        form=False,
        relations=("other company",),
    ),
    ("POST", "/account/currency"): Body(lambda *_: {"currency": "RUB"}, lambda *_: True, relations=("own",)),
    ("POST", "/api/v1/currencies/confirm"): Body(
        lambda *_: {"currency": "USD", "day": "2020-01-01"},
        lambda *_: False,  # no rate waits in the club
        form=False,
        relations=("other company",),
    ),
    ("POST", "/api/v1/roles"): _under_the_root({"name": "Новая"}, form=False),
    ("PUT", "/api/v1/roles/{role_id:uuid}/parent"): _under_the_root({}, form=False),
    ("POST", "/panel/segments"): Body(lambda *_: {"name": "Другой"}, lambda *_: True, relations=("own",)),
    ("POST", "/panel/segments/{segment_id:uuid}/name"): Body(
        lambda *_: {"name": "Магазины"}, lambda *_: True, relations=("own",)
    ),
    ("POST", "/panel/segments/{segment_id:uuid}/rules"): Body(
        lambda *_: {"on": "information", "key": "discounts", "state": "close"}, lambda *_: True, relations=("own",)
    ),
    ("POST", "/panel/segments/{segment_id:uuid}/everybody"): Body(
        lambda *_: {"on": "1"}, lambda *_: True, relations=("own",)
    ),
    ("POST", "/panel/segments/{segment_id:uuid}/weight"): Body(
        lambda *_: {"weight": "7"}, lambda *_: True, relations=("own",)
    ),
    ("POST", "/panel/segments/{segment_id:uuid}/members"): Body(
        lambda club, role, relation: {"put": str(club.companies[club.of(role, relation).company])}, company_seen
    ),
    ("POST", "/panel/roles/tree"): _under_the_root({"name": "Новая"}),
    ("POST", "/panel/roles/{role_id:uuid}/parent"): _under_the_root({}),
    ("POST", "/panel/roles/{role_id:uuid}/name"): Body(
        lambda *_: {"name": "Новое имя"}, lambda *_: True, relations=("own",)
    ),
    ("POST", "/panel/prices/{rule_set_id:uuid}/preset"): Body(
        lambda *_: {"preset": "largest"}, lambda *_: True, relations=("own",)
    ),
    ("POST", "/api/v1/rule-sets/{rule_set_id:uuid}/rules"): Body(
        _rule, lambda *_: True, form=False, relations=("own",)
    ),
    ("PUT", "/api/v1/rule-sets/{rule_set_id:uuid}/rules/{rule_id:uuid}"): Body(
        _rule, lambda *_: True, form=False, relations=("own",)
    ),
    ("POST", "/panel/staff/{user_id:uuid}/head"): Body(
        lambda *_: {"head": "none"}, lambda *_: True, relations=("own",)
    ),
    ("POST", "/panel/users/{user_id:uuid}/state"): Body(
        lambda *_: {"action": "log_out"}, lambda *_: True, relations=("own",)
    ),
    ("POST", "/panel/exchange/gateway/requeue"): Body(
        lambda club, *_: {"node": str(club.market.node), "table": "stocks"}, lambda *_: True, relations=("own",)
    ),
    ("POST", "/panel/jobs/bulk"): Body(
        lambda club, _, relation: {"action": "retry", "job": str(club.things["job"] if relation == "own" else NOBODY)},
        lambda *_: True,  # what is gone is left alone, and counted as nothing
        relations=("own", "other company"),
    ),
}

ALSO: Mapping[tuple[str, str], frozenset[Permission]] = {
    ("POST", "/api/v1/orders/{order_id:uuid}/cancel"): frozenset({Permission.ORDERS_PLACE, Permission.ORDERS_PROCESS}),
    ("POST", "/orders/{order_id:uuid}/cancel"): frozenset({Permission.ORDERS_PLACE, Permission.ORDERS_PROCESS}),
    ("GET", "/panel/prices/{rule_set_id:uuid}/what-if"): frozenset({Permission.ORDERS_VIEW}),
    ("POST", "/panel/prices/{rule_set_id:uuid}/what-if"): frozenset({Permission.ORDERS_VIEW}),
    ("GET", "/panel/drift/export"): frozenset({Permission.PRICES_VIEW}),
    ("GET", "/panel/drift/{order_id:uuid}"): frozenset({Permission.PRICES_VIEW}),
    ("GET", "/api/v1/orders/{order_id:uuid}/drift"): frozenset({Permission.PRICES_VIEW}),
}
"""Routes whose use case asks for one of these beside the permission of the route."""


def sample(annotation: Any) -> Any:
    """A small valid value of a type: for structs, their required fields only."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (list, tuple, set, frozenset, dict):
        return {} if origin is dict else []
    if arguments:  # a union or an annotated type
        return None if type(None) in arguments else sample(arguments[0])
    if isinstance(annotation, type) and issubclass(annotation, Struct):
        return {field.encode_name: sample(field.type) for field in msgspec.structs.fields(annotation) if field.required}
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return next(iter(annotation)).value
    simple: dict[Any, Any] = {str: "x", int: 1, float: 1.0, bool: False, UUID: str(NOBODY)}
    return simple.get(annotation, "1")


def encoded(value: Any, *, form: bool) -> tuple[tuple[tuple[str, str], ...], bytes]:
    """Headers and bytes of a body."""
    if form:
        return (("content-type", "application/x-www-form-urlencoded"),), urlencode(value or {}).encode()
    return (("content-type", "application/json"),), msgspec.json.encode(value)
