"""The panel's ways to pay: the list, adding one, changing one, switching one off."""

import re
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from b2b_dvizhenie.application.companies import (
    ListFirms,
    ListPaymentMethods,
    PaymentMethodLine,
    PaymentMethodList,
    PutPaymentMethod,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.companies import MAX_POSITION, CompanyKind, MethodTerms, PaymentKind
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind, NotFound
from b2b_dvizhenie.domain.shared.ids import FirmId, PaymentMethodId
from b2b_dvizhenie.entrypoints.http.labels import label_of
from b2b_dvizhenie.entrypoints.http.pages import payment_methods as views
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice
from b2b_dvizhenie.entrypoints.http.panel.company_forms import UNPROCESSABLE, errors_of, typed_fields
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of

LIST = "/panel/payment-methods"
_WHOLE = re.compile(r"[0-9]{1,9}")
_PAYER, _FIRM = "payer.", "firm."


def _may_change(actor: Actor) -> bool:
    return actor.grants.get(Permission.COMPANIES_MANAGE) is Scope.ALL


@get(LIST, permission=Permission.COMPANIES_VIEW, include_in_schema=False)
async def list_(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_payment_methods: NamedDependency[ListPaymentMethods],
) -> Response[str]:
    """All of them, also those switched off, and what of them cannot be offered."""
    changes = _may_change(request.user)
    found = await list_payment_methods(request.user)
    view = views.PaymentMethodsView(
        rows=tuple(_row(one, found, changes=changes) for one in found.lines),
        cards_connected=found.cards_connected,
        uncovered=tuple(kind.value for kind in found.uncovered),
        new_url=f"{LIST}/new" if changes else None,
    )
    shell = await panel_shell(frame, request, "payments")
    return frame.page(request, "pages/payment_methods.html", {"shell": shell, "view": view})


def _row(line: PaymentMethodLine, found: PaymentMethodList, *, changes: bool) -> views.PaymentMethodRow:
    terms = line.method.terms
    waits = terms.kind is PaymentKind.CARD and not found.cards_connected
    state = "off" if not terms.is_active else "waits" if waits else "offered"
    return views.PaymentMethodRow(
        name=terms.name,
        kind=terms.kind.value,
        state=state,
        payers=tuple(payer.value for payer in terms.payers),
        firms=line.firms,
        position=terms.position,
        agreements=line.agreements,
        url=f"{LIST}/{line.method.method_id}" if changes else None,
    )


def terms_of(fields: dict[str, str]) -> MethodTerms:
    """The method a form holds; a kind that there is none of is a prepayment, ids that are none are ids of nothing."""
    kinds = {one.value: one for one in PaymentKind}
    payers = {one.value: one for one in CompanyKind}
    place = fields.get("position", "").strip()
    return MethodTerms(
        name=fields.get("name", ""),
        kind=kinds.get(fields.get("kind", ""), PaymentKind.PREPAYMENT),
        payers=tuple(payers[name] for name in _ticked(fields, _PAYER) if name in payers),
        firms=tuple(FirmId(_id(name)) for name in _ticked(fields, _FIRM)),
        # What is no number is no place: the use case refuses it by its field.
        position=(int(place) if _WHOLE.fullmatch(place) else -1) if place else 0,
        is_active="active" in fields,
    )


def _ticked(fields: dict[str, str], prefix: str) -> list[str]:
    return [name.removeprefix(prefix) for name in fields if name.startswith(prefix)]


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def fields_of(terms: MethodTerms) -> dict[str, str]:
    """The fields of a form that holds this method."""
    return {
        "name": terms.name,
        "kind": terms.kind.value,
        "position": str(terms.position),
        **{f"{_PAYER}{payer.value}": "1" for payer in terms.payers},
        **{f"{_FIRM}{firm}": "1" for firm in terms.firms},
        **({"active": "1"} if terms.is_active else {}),
    }


class MethodPages:
    """Puts the form of a method together."""

    def __init__(self, frame: Frame, list_payment_methods: ListPaymentMethods, list_firms: ListFirms) -> None:
        self._frame = frame
        self._list = list_payment_methods
        self._list_firms = list_firms

    async def found(self, actor: Actor, method_id: UUID) -> PaymentMethodLine:
        """The method of this id; raises NotFound."""
        for line in (await self._list(actor)).lines:
            if line.method.method_id == method_id:
                return line
        raise NotFound("method_id")

    async def page(
        self, request: Request[Actor, Any, Any], form: Form, line: PaymentMethodLine | None = None
    ) -> Response[str]:
        """The form of a new method, or of this one."""
        texts = self._frame.site.texts(language_of(request))
        firms = await self._list_firms(request.user)
        view = views.PaymentMethodView(
            form=form,
            name=line.method.terms.name if line else "",
            action=f"{LIST}/{line.method.method_id if line else 'new'}",
            back_url=LIST,
            kinds=tuple(
                Choice(one.value, texts.gettext(label_of("payment_kind", one.value).text)) for one in PaymentKind
            ),
            payers=tuple(
                Choice(
                    f"{_PAYER}{one.value}",
                    texts.gettext(label_of("company_kind", one.value).text),
                    f"{_PAYER}{one.value}" in form.values,
                )
                for one in CompanyKind
            ),
            firms=tuple(
                Choice(f"{_FIRM}{one.firm_id}", one.requisites.name, f"{_FIRM}{one.firm_id}" in form.values)
                for one in firms
            ),
            is_active="active" in form.values,
            cards_connected=(await self._list(request.user)).cards_connected,
            last_position=MAX_POSITION,
        )
        shell = await panel_shell(self._frame, request, "payments")
        answer = self._frame.page(request, "pages/payment_method.html", {"shell": shell, "view": view})
        answer.status_code = UNPROCESSABLE if form.errors else 200
        return answer

    async def saved(
        self, request: Request[Actor, Any, Any], put: PutPaymentMethod, line: PaymentMethodLine | None = None
    ) -> Response[Any]:
        """Write what the form holds; what is wrong comes back with it."""
        fields = await typed_fields(request)
        key = line.method.method_id if line else None
        try:
            await put(request.user, terms_of(fields), key)
        except DomainError as error:
            if error.kind is not Kind.INVALID and not (error.kind is Kind.NOT_FOUND and error.field == "firms"):
                raise
            return await self.page(request, Form(fields, errors_of(error, language_of(request))), line)
        return Redirect(LIST, status_code=303)


@get(f"{LIST}/new", permission=Permission.COMPANIES_MANAGE, include_in_schema=False)
async def new(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_payment_methods: NamedDependency[ListPaymentMethods],
    list_firms: NamedDependency[ListFirms],
) -> Response[str]:
    """The form of a new method."""
    return await MethodPages(frame, list_payment_methods, list_firms).page(request, Form({"active": "1"}))


@post(f"{LIST}/new", permission=Permission.COMPANIES_MANAGE, status_code=200, include_in_schema=False)
async def add(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_payment_methods: NamedDependency[ListPaymentMethods],
    list_firms: NamedDependency[ListFirms],
    put_payment_method: NamedDependency[PutPaymentMethod],
) -> Response[Any]:
    """Add a method."""
    return await MethodPages(frame, list_payment_methods, list_firms).saved(request, put_payment_method)


@get(f"{LIST}/{{method_id:uuid}}", permission=Permission.COMPANIES_MANAGE, include_in_schema=False)
async def show(
    request: Request[Actor, Any, Any],
    method_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    list_payment_methods: NamedDependency[ListPaymentMethods],
    list_firms: NamedDependency[ListFirms],
) -> Response[str]:
    """The form of a method."""
    pages = MethodPages(frame, list_payment_methods, list_firms)
    line = await pages.found(request.user, PaymentMethodId(method_id))
    return await pages.page(request, Form(fields_of(line.method.terms)), line)


@post(f"{LIST}/{{method_id:uuid}}", permission=Permission.COMPANIES_MANAGE, status_code=200, include_in_schema=False)
async def change(
    request: Request[Actor, Any, Any],
    method_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    list_payment_methods: NamedDependency[ListPaymentMethods],
    list_firms: NamedDependency[ListFirms],
    put_payment_method: NamedDependency[PutPaymentMethod],
) -> Response[Any]:
    """Change a method."""
    pages = MethodPages(frame, list_payment_methods, list_firms)
    line = await pages.found(request.user, PaymentMethodId(method_id))
    return await pages.saved(request, put_payment_method, line)


ROUTES = [list_, new, add, show, change]
