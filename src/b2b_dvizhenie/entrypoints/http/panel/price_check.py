"""The panel's check of a version, publishing it, and the explainer of conflicts."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from gettext import GNUTranslations
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from msgspec.structs import replace

from b2b_dvizhenie.application.pricing import (
    CheckRuleSet,
    ExplainFor,
    FindBuyers,
    ListRuleSets,
    PublishRuleSet,
    Report,
    RuleQuery,
    RuleWords,
    ShowDisplay,
    ShowRuleSet,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import DISPLAYED, NoRate, SetState, StartPassed
from b2b_dvizhenie.domain.shared.errors import DomainError, NotFound
from b2b_dvizhenie.domain.shared.ids import CompanyId
from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.domain.shared.quantity import QuantityInvalid, plain
from b2b_dvizhenie.entrypoints.http.pages import prices as views
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link, Price
from b2b_dvizhenie.entrypoints.http.pages.product import PriceReason
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.panel.price_views import HOME, UNPROCESSABLE, refused, row_of, tabs, typed_of
from b2b_dvizhenie.entrypoints.http.panel.prices import RuleSetPages
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.portal.reasons import steps_of, with_shown
from b2b_dvizhenie.entrypoints.http.responses import language_of
from b2b_dvizhenie.entrypoints.texts import error_text


class CheckPages:
    """Puts the page of the check together."""

    def __init__(
        self,
        frame: Frame,
        list_rule_sets: ListRuleSets,
        show_rule_set: ShowRuleSet,
        check_rule_set: CheckRuleSet,
        words: RuleWords,
    ) -> None:
        self._frame = frame
        self._pages = RuleSetPages(frame, list_rule_sets, show_rule_set, words)
        self._show = show_rule_set
        self._check = check_rule_set
        self._words = words

    async def page(
        self, request: Request[Actor, Any, Any], rule_set_id: UUID, form: Form, *, status: int = 200
    ) -> Response[str]:
        """The page; raises NotFound."""
        actor = request.user
        texts = self._frame.site.texts(language_of(request))
        report = await self._check(actor, rule_set_id)
        content = await self._show(actor, rule_set_id, RuleQuery(limit=1))
        line = await self._pages.line(actor, content.head, report.rules)
        draft = content.head.state is SetState.DRAFT
        publish = draft and actor.may(Permission.PRICES_PUBLISH) and not report.is_blocked
        view = views.CheckView(
            row=row_of(line),
            back=Link(texts.gettext("Version {number}").format(number=content.head.number), f"{HOME}/{rule_set_id}"),
            findings=await self._findings(actor, report),
            counts=tuple((fault.value, count) for fault, count in report.counts.items()),
            total=sum(report.counts.values()),
            blocked=report.is_blocked,
            revision=report.revision,
            publish_url=f"{HOME}/{rule_set_id}/publish" if publish else None,
            form=form,
        )
        shell = await panel_shell(self._frame, request, "prices")
        answer = self._frame.page(request, "pages/rule_check.html", {"shell": shell, "view": view})
        answer.status_code = status
        return answer

    async def _findings(self, actor: Actor, report: Report) -> tuple[views.FindingRow, ...]:
        ids = {one.rule_id for one in report.findings} | {one.other for one in report.findings if one.other}
        names = await self._words.rules(actor, report.rule_set_id, ids)
        home = f"{HOME}/{report.rule_set_id}/rules"

        def name(rule_id: UUID | None) -> str:
            found = names.get(rule_id) if rule_id else None
            if found is None:
                return ""
            return found.title or " · ".join(one for one in (found.brand, found.section) if one) or str(rule_id)[-8:]

        rows = []
        for one in report.findings:
            asked = {"set": str(report.rule_set_id), "company": one.company, "article": one.article}
            asked["quantity"] = plain(one.quantity) if one.quantity is not None else "1"
            seen = bool(one.company and one.article)
            rows.append(
                views.FindingRow(
                    fault=one.fault.value,
                    rule=name(one.rule_id),
                    rule_url=f"{home}/{one.rule_id}",
                    other=name(one.other),
                    other_url=f"{home}/{one.other}" if name(one.other) else "",
                    company=one.company,
                    article=one.article,
                    quantity=one.quantity,
                    amount=None if one.amount is None else Money(one.amount, one.currency),
                    less=None if one.less is None else Money(one.less, one.currency),
                    explain_url=f"/panel/prices/explain?{urlencode(asked)}" if seen else "",
                )
            )
        return tuple(rows)


@get(HOME + "/{rule_set_id:uuid}/check", permission=Permission.PRICES_MANAGE, include_in_schema=False)
async def check(
    request: Request[Actor, Any, Any],
    rule_set_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    list_rule_sets: NamedDependency[ListRuleSets],
    show_rule_set: NamedDependency[ShowRuleSet],
    check_rule_set: NamedDependency[CheckRuleSet],
    rule_words: NamedDependency[RuleWords],
) -> Response[str]:
    """What the check finds, and the form that publishes."""
    pages = CheckPages(frame, list_rule_sets, show_rule_set, check_rule_set, rule_words)
    return await pages.page(request, rule_set_id, Form())


def _start(text: str, zone: ZoneInfo) -> datetime | None:
    text = text.strip()
    if not text:
        return None
    for pattern in ("%Y-%m-%dT%H:%M", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=zone)
        except ValueError:
            continue
    raise StartPassed("starts_at")


@post(HOME + "/{rule_set_id:uuid}/publish", permission=Permission.PRICES_PUBLISH, include_in_schema=False)
async def publish(
    request: Request[Actor, Any, Any],
    rule_set_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    list_rule_sets: NamedDependency[ListRuleSets],
    show_rule_set: NamedDependency[ShowRuleSet],
    check_rule_set: NamedDependency[CheckRuleSet],
    publish_rule_set: NamedDependency[PublishRuleSet],
    rule_words: NamedDependency[RuleWords],
) -> Response[str] | Redirect:
    """Publish what was checked, now or at a moment; an edit in between refuses it."""
    typed = typed_of(await request.form())
    revision = typed.get("revision", "")
    try:
        zone = ZoneInfo(request.app.state.container.settings().exchange.zone)
        starts_at = _start(typed.get("starts_at", ""), zone)
        number = int(revision) if revision.isascii() and revision.isdigit() else -1
        await publish_rule_set(request.user, rule_set_id, revision=number, starts_at=starts_at)
    except DomainError as error:
        form = Form(typed, refused(error, language_of(request)))
        pages = CheckPages(frame, list_rule_sets, show_rule_set, check_rule_set, rule_words)
        return await pages.page(request, rule_set_id, form, status=UNPROCESSABLE)
    done = "planned" if starts_at else "published"
    return Redirect(f"{HOME}/{rule_set_id}?done={done}", status_code=303)


@get(HOME + "/explain", permission=Permission.PRICES_MANAGE, include_in_schema=False)
async def explain(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_rule_sets: NamedDependency[ListRuleSets],
    explain_for: NamedDependency[ExplainFor],
    find_buyers: NamedDependency[FindBuyers],
    show_display: NamedDependency[ShowDisplay],
    company: FromQuery[str] = "",
    article: FromQuery[str] = "",
    quantity: FromQuery[str] = "1",
    set: FromQuery[str] = "",  # noqa: A002 - the name of the field
    currency: FromQuery[str] = "",
) -> Response[str]:
    """Every candidate for the price of goods for a company, who won and why."""
    language = language_of(request)
    texts = frame.site.texts(language)
    typed = {"company": company, "article": article, "quantity": quantity, "set": set, "currency": currency}
    view = await _explained(request, explain_for, find_buyers, frame, typed) if company and article else None
    if view is not None and "reason" in view and currency in DISPLAYED:
        view["reason"] = await _in_currency(view["reason"], currency, show_display, texts)
    found = await list_rule_sets(request.user, limit=50)
    versions = (
        Choice("", texts.gettext("in force"), not set),
        *(
            Choice(str(head.rule_set_id), f"№ {head.number} {head.title}".strip(), str(head.rule_set_id) == set)
            for head in (line.head for line in found.lines)
        ),
    )
    currencies = (
        Choice("", texts.gettext("of the agreement"), currency not in DISPLAYED),
        *(Choice(one, one, one == currency) for one in DISPLAYED),
    )
    page: dict[str, Any] = {"tabs": tabs("explain", texts), "versions": versions, "currencies": currencies}
    shown = views.ExplainView(form=Form(typed), **page) if view is None else views.ExplainView(**view, **page)
    shell = await panel_shell(frame, request, "prices")
    answer = frame.page(request, "pages/price_explain.html", {"shell": shell, "view": shown})
    if shown.form.errors:
        answer.status_code = UNPROCESSABLE
    return answer


async def _in_currency(
    reason: PriceReason, currency: str, show_display: ShowDisplay, texts: GNUTranslations
) -> PriceReason:
    """The explanation with its last step in another currency, or with the word that there is no rate."""
    price = reason.price.amount
    if price is None or price.currency == currency:
        return reason
    display = await show_display.of(price.currency, currency)
    if isinstance(display, NoRate):
        said = texts.gettext("There is no rate of %(currency)s today: prices are in %(charged)s.")
        return replace(reason, valid_note=said % {"currency": display.currency, "charged": price.currency})
    return with_shown(reason, display)


async def _explained(
    request: Request[Actor, Any, Any],
    explain_for: ExplainFor,
    find_buyers: FindBuyers,
    frame: Frame,
    typed: Mapping[str, str],
) -> dict[str, Any]:
    language = language_of(request)
    texts = frame.site.texts(language)
    companies = await find_buyers(request.user, typed["company"])
    if len(companies) > 1:
        choices = tuple(Choice(str(key), name) for key, name in companies)
        return {"form": Form(typed), "companies": choices}
    try:
        if not companies:
            raise NotFound("company")
        try:
            wanted = Decimal(typed["quantity"].replace(",", "."))
            version = UUID(typed["set"]) if typed["set"] else None
        except (InvalidOperation, ValueError) as error:
            raise QuantityInvalid("quantity") from error
        named, why = await explain_for(
            request.user, CompanyId(companies[0][0]), typed["article"], wanted, rule_set_id=version
        )
    except DomainError as error:
        if not error.field:
            raise
        return {"form": Form(typed, {error.field: error_text(error.code, error.params, language)})}
    if why.reasons is None:
        return {"form": Form(typed), "company": named.name, "no_price": why.no_price.value if why.no_price else ""}
    reasons = why.reasons
    base = texts.gettext("Base price by the VIP agreement") if why.vip is True else texts.gettext("Base price")
    reason = PriceReason(
        title=why.name,
        article=why.article,
        price=Price(amount=Money(reasons.unit_price, reasons.currency)),
        steps=steps_of(reasons, f"{base} × {plain(why.quantity)} {why.unit}", texts),
        total=Money(reasons.amount, reasons.currency),
        buyer=False,
    )
    return {"form": Form(typed), "company": named.name, "reason": reason}


ROUTES = [check, publish, explain]
