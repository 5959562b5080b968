"""The panel's what-if: a version replayed over what was ordered; asked for by a button, watched, read."""

from gettext import GNUTranslations
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from b2b_dvizhenie.application.pricing import (
    AskWhatIf,
    ListRuleSets,
    RuleQuery,
    RuleSetHead,
    RuleWords,
    ShowRuleSet,
    ShowWhatIf,
    WhatIf,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import CurrencyReport, Delta, Part, Side
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.pages import prices as views
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Link
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.panel.price_views import HOME, UNPROCESSABLE, refused, row_of
from b2b_dvizhenie.entrypoints.http.panel.prices import RuleSetPages
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of

_DAYS = 30


def _row(side: Side, part: Part, currency: str, texts: GNUTranslations) -> views.WhatIfRow:
    delta = part.delta
    return views.WhatIfRow(
        title=part.title or (texts.gettext("Without a manager") if side is Side.MANAGER else part.key),
        url=f"/panel/companies/{part.key}" if side is Side.COMPANY else "",
        lines=delta.lines,
        changed=delta.changed,
        held=delta.held_after,
        **_sums(delta, currency),
    )


def _sums(delta: Delta, currency: str) -> dict[str, Any]:
    names = {"before": delta.before, "after": delta.after, "change": delta.change}
    return {name: Money(amount, currency) for name, amount in names.items()}


def _currency(report: CurrencyReport, texts: GNUTranslations) -> views.WhatIfSums:
    total = report.total
    tables = tuple(
        views.WhatIfTable(
            side=side.value,
            rows=tuple(_row(side, part, report.currency, texts) for part in report.parts[side]),
            total=report.counts[side],
        )
        for side in Side
        if report.parts[side]
    )
    return views.WhatIfSums(
        lines=total.lines,
        dearer=total.dearer,
        cheaper=total.cheaper,
        held_before=total.held_before,
        held_after=total.held_after,
        tables=tables,
        **_sums(total, report.currency),
    )


def _found(told: WhatIf | None, head: RuleSetHead, texts: GNUTranslations) -> dict[str, Any]:
    if told is None:
        return {}
    outcome = told.outcome
    found = {
        "state": told.state.value,
        "progress": min(100, told.done * 100 // told.total) if told.total else 0,
        "days": told.days,
        "asked_at": told.asked_at,
        "stale": told.revision != head.revision,
    }
    if outcome is None:
        return found
    number = outcome.against_number
    against = (
        texts.gettext("no discounts") if number is None else texts.gettext("version {number}").format(number=number)
    )
    return found | {
        "against": against,
        "lines": outcome.lines,
        "left_out": outcome.left_out,
        "currencies": tuple(_currency(one, texts) for one in outcome.currencies if one.total.lines),
    }


async def _page(
    request: Request[Actor, Any, Any],
    rule_set_id: UUID,
    frame: Frame,
    show_what_if: ShowWhatIf,
    sets: tuple[ListRuleSets, ShowRuleSet, RuleWords],
    form: Form,
) -> Response[str]:
    actor, texts = request.user, frame.site.texts(language_of(request))
    told = await show_what_if(actor, rule_set_id)
    content = await sets[1](actor, rule_set_id, RuleQuery(limit=1))
    line = await RuleSetPages(frame, *sets).line(actor, content.head, content.rules.total)
    view = views.WhatIfView(
        row=row_of(line),
        back=Link(texts.gettext("Version {number}").format(number=content.head.number), f"{HOME}/{rule_set_id}"),
        url=f"{HOME}/{rule_set_id}/what-if",
        form=form,
        **_found(told, content.head, texts),
    )
    shell = await panel_shell(frame, request, "prices")
    context = {"shell": shell, "view": view}
    answer = frame.page(request, "pages/what_if.html", context, fragment="pages/what_if/fragment.html")
    if form.errors:
        answer.status_code = UNPROCESSABLE
    return answer


@get(HOME + "/{rule_set_id:uuid}/what-if", permission=Permission.PRICES_MANAGE, include_in_schema=False)
async def show(
    request: Request[Actor, Any, Any],
    rule_set_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    list_rule_sets: NamedDependency[ListRuleSets],
    show_rule_set: NamedDependency[ShowRuleSet],
    rule_words: NamedDependency[RuleWords],
    show_what_if: NamedDependency[ShowWhatIf],
) -> Response[str]:
    """How far the replay is, or what came out of it."""
    sets = (list_rule_sets, show_rule_set, rule_words)
    return await _page(request, rule_set_id, frame, show_what_if, sets, Form({"days": str(_DAYS)}))


@post(HOME + "/{rule_set_id:uuid}/what-if", permission=Permission.PRICES_MANAGE, include_in_schema=False)
async def ask(
    request: Request[Actor, Any, Any],
    rule_set_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    list_rule_sets: NamedDependency[ListRuleSets],
    show_rule_set: NamedDependency[ShowRuleSet],
    rule_words: NamedDependency[RuleWords],
    show_what_if: NamedDependency[ShowWhatIf],
    ask_what_if: NamedDependency[AskWhatIf],
) -> Response[str] | Redirect:
    """Have it replayed in the background."""
    typed = str((await request.form()).get("days", _DAYS)).strip()
    try:
        number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else 0
        await ask_what_if(request.user, rule_set_id, number)
    except DomainError as error:
        form = Form({"days": typed}, refused(error, language_of(request)))
        sets = (list_rule_sets, show_rule_set, rule_words)
        return await _page(request, rule_set_id, frame, show_what_if, sets, form)
    return Redirect(f"{HOME}/{rule_set_id}/what-if", status_code=303)


ROUTES = [show, ask]
