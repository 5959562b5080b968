"""The panel's agreements of a company: several, one in force, changed with effect on the next read (PRC-2)."""

import re
from datetime import date
from decimal import Decimal
from gettext import GNUTranslations
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from b2b_dvizhenie.application.companies import (
    AgreementLine,
    CloseAgreement,
    PutAgreement,
    ShowCompany,
    TermsChoices,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.companies import (
    MAX_LIMIT,
    AgreementState,
    LimitInvalid,
    PaymentMethod,
    PeriodInvalid,
    TradingTerms,
)
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid, Kind, NotFound
from b2b_dvizhenie.domain.shared.ids import (
    AgreementId,
    CompanyId,
    FirmId,
    PaymentMethodId,
    PriceTypeId,
    WarehouseId,
)
from b2b_dvizhenie.domain.shared.money import Money, RoundingPolicy
from b2b_dvizhenie.domain.shared.quantity import plain
from b2b_dvizhenie.entrypoints.http.labels import label_of
from b2b_dvizhenie.entrypoints.http.pages import companies as views
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice
from b2b_dvizhenie.entrypoints.http.panel.company_forms import UNPROCESSABLE, errors_of, head_of, typed_fields
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of

PATH = "/panel/companies/{company_id:uuid}/agreements"
_CURRENCIES = ("RUB", "USD", "EUR")
_NOTHING = UUID(int=0)
_METHOD = "method."
_SUM = re.compile(r"[0-9]{1,20}(\.[0-9]{1,9})?")


def _base(company_id: UUID) -> str:
    return f"/panel/companies/{company_id}/agreements"


def _id(text: str) -> UUID:
    """An id of a form; nonsense is the id of nothing, which the use case does not find."""
    try:
        return UUID(text)
    except ValueError:
        return _NOTHING


def _sum(text: str, field: str, faults: list[DomainError]) -> Decimal | None:
    squeezed = "".join(text.split()).replace(",", ".")
    if not squeezed:
        return None
    if _SUM.fullmatch(squeezed):
        return Decimal(squeezed)
    faults.append(LimitInvalid(field, maximum=str(MAX_LIMIT)))
    return None


def _day(text: str, field: str, faults: list[DomainError]) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        faults.append(PeriodInvalid(field))
        return None


def terms_of(fields: dict[str, str]) -> TradingTerms:
    """The terms a form holds.

    Raises:
        Invalid: sums that are none and days that are none, by their fields.
    """
    faults: list[DomainError] = []
    roundings = {one.value: one for one in RoundingPolicy}
    firm, warehouse = fields.get("firm", ""), fields.get("warehouse", "")
    terms = TradingTerms(
        price_type_id=PriceTypeId(_id(fields.get("price_type", ""))),
        title=fields.get("title", ""),
        currency=fields.get("currency", ""),
        rounding=roundings.get(fields.get("rounding", ""), RoundingPolicy.LINE_EACH_DISCOUNT),
        firm_id=FirmId(_id(firm)) if firm else None,
        warehouse_id=WarehouseId(_id(warehouse)) if warehouse else None,
        credit_limit=_sum(fields.get("credit_limit", ""), "credit_limit", faults),
        minimum_amount=_sum(fields.get("minimum", ""), "minimum", faults),
        valid_from=_day(fields.get("valid_from", ""), "valid_from", faults),
        valid_to=_day(fields.get("valid_to", ""), "valid_to", faults),
        is_default=fields.get("default") is not None,
        payment_methods=tuple(
            PaymentMethodId(_id(name.removeprefix(_METHOD))) for name in fields if name.startswith(_METHOD)
        ),
    )
    if faults:
        raise Invalid(faults)
    return terms


def _shown(amount: Decimal | None) -> str:
    return "" if amount is None else plain(amount)


def fields_of(terms: TradingTerms) -> dict[str, str]:
    """The fields of a form that holds these terms."""
    return {
        "price_type": str(terms.price_type_id),
        "title": terms.title,
        "currency": terms.currency,
        "rounding": terms.rounding.value,
        "firm": str(terms.firm_id or ""),
        "warehouse": str(terms.warehouse_id or ""),
        "credit_limit": _shown(terms.credit_limit),
        "minimum": _shown(terms.minimum_amount),
        "valid_from": terms.valid_from.isoformat() if terms.valid_from else "",
        "valid_to": terms.valid_to.isoformat() if terms.valid_to else "",
        **({"default": "1"} if terms.is_default else {}),
        **{f"{_METHOD}{method}": "1" for method in terms.payment_methods},
    }


def _row(line: AgreementLine, base: str, *, manages: bool) -> views.AgreementRow:
    terms = line.agreement.terms
    address = f"{base}/{line.agreement.agreement_id}"
    changes = manages and line.agreement.is_active

    def money(amount: Decimal | None) -> Money | None:
        return None if amount is None else Money(amount, terms.currency)

    return views.AgreementRow(
        title=terms.title,
        state=line.state.value,
        price_type=line.price_type,
        currency=terms.currency,
        rounding=terms.rounding.value,
        is_default=terms.is_default and line.agreement.is_active,
        firm=line.firm,
        warehouse=line.warehouse,
        credit_limit=money(terms.credit_limit),
        minimum=money(terms.minimum_amount),
        valid_from=terms.valid_from,
        valid_to=terms.valid_to,
        payment_methods=line.payment_methods,
        url=address if changes else None,
        close_url=f"{address}/close" if changes else None,
    )


@get(PATH, permission=Permission.COMPANIES_VIEW, include_in_schema=False)
async def list_(
    request: Request[Actor, Any, Any],
    company_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_company: NamedDependency[ShowCompany],
) -> Response[str]:
    """The agreements of the company, with where each stands today."""
    actor, key = request.user, CompanyId(company_id)
    card = await show_company(actor, key)
    lines = await show_company.agreements(actor, key)
    manages = actor.may(Permission.COMPANIES_MANAGE)
    view = views.AgreementsView(
        head=head_of(card, actor, "agreements"),
        rows=tuple(_row(line, _base(company_id), manages=manages) for line in lines),
        uncovered=bool(lines) and all(line.state is not AgreementState.CURRENT for line in lines),
        new_url=f"{_base(company_id)}/new" if manages else None,
    )
    shell = await panel_shell(frame, request, "companies")
    return frame.page(request, "pages/company/agreements.html", {"shell": shell, "view": view})


def _method(method: PaymentMethod, form: Form, texts: GNUTranslations) -> Choice:
    field = f"{_METHOD}{method.method_id}"
    off = "" if method.terms.is_active else texts.gettext(label_of("payment_method", "off").text)
    return Choice(field, method.terms.name, field in form.values, off)


class AgreementPages:
    """Puts the form of an agreement together."""

    def __init__(self, frame: Frame, show_company: ShowCompany) -> None:
        self._frame = frame
        self._show_company = show_company

    async def page(
        self, request: Request[Actor, Any, Any], company_id: UUID, form: Form, agreement_id: UUID | None = None
    ) -> Response[str]:
        """The form of a new agreement, or of the one with this id."""
        actor = request.user
        card = await self._show_company(actor, CompanyId(company_id))
        known = await self._show_company.choices(actor)
        texts = self._frame.site.texts(language_of(request))
        none = texts.gettext("as the manager's")
        any_ = texts.gettext("any")
        roundings = (Choice(one.value, texts.gettext(label_of("rounding", one.value).text)) for one in RoundingPolicy)
        view = views.AgreementFormView(
            head=head_of(card, actor, "agreements"),
            form=form,
            title=texts.gettext("Agreement") if agreement_id else texts.gettext("New agreement"),
            action=f"{_base(company_id)}/{agreement_id or 'new'}",
            back_url=_base(company_id),
            price_types=tuple(Choice(str(key), f"{name}, {currency}") for key, name, currency in known.price_types),
            currencies=tuple(Choice(one, one) for one in _currencies(known)),
            roundings=tuple(roundings),
            firms=(Choice("", none), *(Choice(str(key), name) for key, name in known.firms)),
            warehouses=(Choice("", any_), *(Choice(str(key), name) for key, name in known.warehouses)),
            payment_methods=tuple(_method(one, form, texts) for one in known.payment_methods),
            is_default="default" in form.values,
        )
        shell = await panel_shell(self._frame, request, "companies")
        answer = self._frame.page(request, "pages/company/agreement.html", {"shell": shell, "view": view})
        answer.status_code = UNPROCESSABLE if form.errors else 200
        return answer

    async def terms(self, request: Request[Actor, Any, Any], company_id: UUID, agreement_id: UUID) -> TradingTerms:
        """The terms of an agreement that can still be changed; raises NotFound."""
        for line in await self._show_company.agreements(request.user, CompanyId(company_id)):
            if line.agreement.agreement_id == agreement_id and line.agreement.is_active:
                return line.agreement.terms
        raise NotFound("agreement_id")

    async def saved(
        self,
        request: Request[Actor, Any, Any],
        company_id: UUID,
        put_agreement: PutAgreement,
        agreement_id: UUID | None = None,
    ) -> Response[Any]:
        """Write what the form holds; what is wrong comes back with it."""
        fields = await typed_fields(request)
        await self._show_company(request.user, CompanyId(company_id))
        if agreement_id is not None:
            await self.terms(request, company_id, agreement_id)
        key = AgreementId(agreement_id) if agreement_id else None
        try:
            await put_agreement(request.user, CompanyId(company_id), terms_of(fields), key)
        except DomainError as error:
            of_a_field = error.kind is Kind.NOT_FOUND and error.field in _NAMED
            if error.kind is not Kind.INVALID and not of_a_field:
                raise
            form = Form(fields, errors_of(error, language_of(request)))
            return await self.page(request, company_id, form, agreement_id)
        return Redirect(_base(company_id), status_code=303)


_NAMED = ("price_type_id", "firm_id", "warehouse_id", "payment_methods")


def _currencies(known: TermsChoices) -> list[str]:
    return list(dict.fromkeys([*_CURRENCIES, *(currency for _, _, currency in known.price_types)]))


@get(PATH + "/new", permission=Permission.COMPANIES_MANAGE, include_in_schema=False)
async def new(
    request: Request[Actor, Any, Any],
    company_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_company: NamedDependency[ShowCompany],
) -> Response[str]:
    """The form of a new agreement."""
    return await AgreementPages(frame, show_company).page(request, company_id, Form())


@post(PATH + "/new", permission=Permission.COMPANIES_MANAGE, status_code=200, include_in_schema=False)
async def add(
    request: Request[Actor, Any, Any],
    company_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_company: NamedDependency[ShowCompany],
    put_agreement: NamedDependency[PutAgreement],
) -> Response[Any]:
    """Make an agreement."""
    return await AgreementPages(frame, show_company).saved(request, company_id, put_agreement)


@get(PATH + "/{agreement_id:uuid}", permission=Permission.COMPANIES_MANAGE, include_in_schema=False)
async def show(
    request: Request[Actor, Any, Any],
    company_id: FromPath[UUID],
    agreement_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_company: NamedDependency[ShowCompany],
) -> Response[str]:
    """The form of an agreement."""
    pages = AgreementPages(frame, show_company)
    terms = await pages.terms(request, company_id, agreement_id)
    return await pages.page(request, company_id, Form(fields_of(terms)), agreement_id)


@post(PATH + "/{agreement_id:uuid}", permission=Permission.COMPANIES_MANAGE, status_code=200, include_in_schema=False)
async def change(
    request: Request[Actor, Any, Any],
    company_id: FromPath[UUID],
    agreement_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_company: NamedDependency[ShowCompany],
    put_agreement: NamedDependency[PutAgreement],
) -> Response[Any]:
    """Change an agreement."""
    return await AgreementPages(frame, show_company).saved(request, company_id, put_agreement, agreement_id)


@post(PATH + "/{agreement_id:uuid}/close", permission=Permission.COMPANIES_MANAGE, include_in_schema=False)
async def close(
    request: Request[Actor, Any, Any],
    company_id: FromPath[UUID],
    agreement_id: FromPath[UUID],
    close_agreement: NamedDependency[CloseAgreement],
) -> Redirect:
    """End an agreement."""
    await close_agreement(request.user, CompanyId(company_id), AgreementId(agreement_id))
    return Redirect(_base(company_id), status_code=303)


ROUTES = [list_, new, add, show, change, close]
