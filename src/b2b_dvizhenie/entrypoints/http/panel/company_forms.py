"""What the panel's pages of companies and firms share: the fields of requisites, what is wrong with them, the tabs."""

from collections.abc import Mapping
from typing import Any

from litestar import Request

from b2b_dvizhenie.application.companies import CompanyCard, FindCompany
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.companies import BankAccount, CompanyKind, Requisites
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid, Kind
from b2b_dvizhenie.entrypoints.http.labels import label_of
from b2b_dvizhenie.entrypoints.http.pages.companies import CompanyHead, RequisitesForm
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of
from b2b_dvizhenie.entrypoints.texts import error_text

UNPROCESSABLE = 422
FORGIVEN = frozenset({Kind.INVALID, Kind.CONFLICT, Kind.UNAVAILABLE, Kind.NOT_FOUND})
"""Refusals that come back with the form."""
LONGEST = 5000
"""Signs of a field that are looked at; more than any field may have, so that too much is told as too much."""
_PLAIN = ("name", "full_name", "inn", "kpp", "ogrn", "address", "phone", "email")
_BANK = ("bik", "bank", "account", "correspondent")
_FIELDS = {
    "price_type_id": "price_type",
    "firm_id": "firm",
    "warehouse_id": "warehouse",
    "minimum_amount": "minimum",
    "user_id": "login",
    "access_level": "level",
    "manager_id": "manager",
    "is_active": "active",
}
_PERMITS = {
    "agreements": Permission.PRICES_VIEW,
    "balance": Permission.BALANCE_VIEW,
    "vip": Permission.VIP_VIEW,
    "orders": Permission.ORDERS_VIEW,
    "audit": Permission.AUDIT_VIEW,
}


async def typed_fields(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The fields of a form, each as a text; of one that is sent twice the last stands, files count as nothing."""
    form = await request.form()
    return {name: value[: 2 * LONGEST] for name, value in form.multi_items() if isinstance(value, str)}


def requisites_of(fields: Mapping[str, str]) -> Requisites:
    """The requisites a form holds; a kind that there is none of is an organisation."""
    kind = fields.get("kind", "")
    known = {one.value: one for one in CompanyKind}
    return Requisites(
        kind=known.get(kind, CompanyKind.LEGAL),
        bank=BankAccount(**{name: fields.get(name, "") for name in _BANK} | {"bik": fields.get("bik", "")}),
        **{name: fields.get(name, "") for name in _PLAIN},
    )


def fields_of(requisites: Requisites) -> dict[str, str]:
    """The fields of a form that holds these requisites."""
    plain = {name: getattr(requisites, name) for name in _PLAIN}
    return plain | {name: getattr(requisites.bank, name) for name in _BANK} | {"kind": requisites.kind.value}


def errors_of(error: DomainError, language: str) -> dict[str, str]:
    """What is wrong with which field of a form, in words; "" is the form as a whole."""
    faults = error.errors if isinstance(error, Invalid) else [error]
    found: dict[str, str] = {}
    for fault in faults:
        name = (fault.field or "").removeprefix("bank.")
        found.setdefault(_FIELDS.get(name, name), error_text(fault.code, fault.params, language))
    return found


def kind_choices(frame: Frame, request: Request[Any, Any, Any], chosen: str) -> tuple[Choice, ...]:
    """The legal forms, one of them chosen."""
    texts = frame.site.texts(language_of(request))
    return tuple(
        Choice(one.value, texts.gettext(label_of("company_kind", one.value).text), one.value == chosen)
        for one in CompanyKind
    )


def requisites_form(
    frame: Frame, request: Request[Any, Any, Any], form: Form, action: str, *, may_fill: bool
) -> RequisitesForm:
    """The fields of requisites as a page shows them."""
    kinds = kind_choices(frame, request, form.value("kind", CompanyKind.LEGAL.value))
    return RequisitesForm(form=form, action=action, kinds=kinds, may_fill=may_fill)


async def filled(
    request: Request[Actor, Any, Any], frame: Frame, find_company: FindCompany, fields: dict[str, str]
) -> tuple[Form, str]:
    """The form filled by its INN, or with what kept it from being filled; and a word about the company.

    What the directory does not know stays as it was typed.
    """
    language = language_of(request)
    try:
        found = await find_company(request.user, fields.get("inn", ""))
    except DomainError as error:
        if error.kind not in FORGIVEN:
            raise
        return Form(fields, errors_of(error, language)), ""
    texts = frame.site.texts(language)
    known = {name: value for name, value in fields_of(found.requisites).items() if value}
    told = texts.gettext("The registry says that this company is closed or being wound up.") if found.is_closed else ""
    return Form(fields | known), told


def head_of(card: CompanyCard, actor: Actor, tab: str) -> CompanyHead:
    """What stands above every part of the company; only tabs whose content this viewer may see."""
    base = f"/panel/companies/{card.row.company_id}"
    tabs = (
        Link(name, base if name == "requisites" else f"{base}/{name}", name == tab)
        for name in ("requisites", "agreements", "balance", "vip", "people", "orders", "audit")
        if name not in _PERMITS or actor.may(_PERMITS[name])
    )
    return CompanyHead(
        name=card.row.name,
        state="active" if card.row.is_active else "inactive",
        tabs=tuple(tabs),
        node=card.row.node,
        kind=card.row.kind.value,
        inn=card.row.inn,
        is_vip=card.is_vip and actor.may(Permission.VIP_VIEW),
    )
