"""The panel's form of a discount."""

from collections.abc import Iterable, Mapping
from gettext import GNUTranslations
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from b2b_dvizhenie.application.pricing import (
    DropRules,
    NamedRule,
    PutNamedRule,
    RuleQuery,
    RuleSetContent,
    RuleWords,
    ShowRule,
    ShowRuleSet,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import (
    Effect,
    Kind,
    PlacedRule,
    SetState,
)
from b2b_dvizhenie.domain.shared.errors import DomainError, NotFound
from b2b_dvizhenie.domain.shared.quantity import plain
from b2b_dvizhenie.entrypoints.http.labels import N_, label_of
from b2b_dvizhenie.entrypoints.http.pages import prices as views
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.panel.price_views import (
    HOME,
    UNPROCESSABLE,
    group_choices,
    refused,
    typed_of,
)
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of

SUGGESTED = 300


_FLAGS = {
    "is_active": (N_("Switched on"), ""),
    "exclusive": (N_("Exclusive"), N_("Taken instead of all others where it is better")),
    "stop_level": (N_("Stops its priority"), N_("In a stack: skips what has the same priority")),
    "stop_all": (N_("Stops everything"), N_("In a stack: skips all that follows")),
}


def flags_of(
    flags: Mapping[str, tuple[str, str]], chosen: Mapping[str, bool], texts: GNUTranslations
) -> tuple[Choice, ...]:
    """Switches of a form."""
    return tuple(
        Choice(name, texts.gettext(title), chosen.get(name, False), texts.gettext(note) if note else "")
        for name, (title, note) in flags.items()
    )


def named_choices(kind: str, values: Any, texts: GNUTranslations) -> tuple[Choice, ...]:
    """Members of an enumeration, named by labels[kind]."""
    return tuple(Choice(one.value, texts.gettext(label_of(kind, one.value).text)) for one in values)


def _moment(moment: Any, zone: ZoneInfo) -> str:
    return "" if moment is None else moment.astimezone(zone).strftime("%d.%m.%Y %H:%M")


def _lines(names: Mapping[UUID, str], ids: Iterable[UUID]) -> str:
    """Names one a line; what has none, or one that would be read as two, by its id."""
    told = ((one, names.get(one, "")) for one in sorted(ids))
    return "\n".join(name if name and ";" not in name else str(one) for one, name in told)


async def _typed_rule(actor: Actor, placed: PlacedRule, words: RuleWords, zone: ZoneInfo) -> dict[str, str]:
    """A stored discount as its form shows it."""
    rule = placed.rule
    target = rule.target
    ids = {*target.companies, *target.agreements, *target.segments}
    ids |= {one for one in (rule.category_id, rule.brand_id) if one is not None}
    names = await words.named(actor, ids)
    return {
        "group": str(placed.group_id),
        "title": placed.title,
        "public_title": placed.public_title,
        "kind": rule.kind.value,
        "effect": rule.effect.value,
        "value": plain(rule.value),
        "currency": rule.currency,
        # By id: two sections may have one name, and a name may have changed meanwhile.
        "section": names.get(rule.category_id, str(rule.category_id)) if rule.category_id else "",
        "brand": names.get(rule.brand_id, str(rule.brand_id)) if rule.brand_id else "",
        "articles": "\n".join(sorted(rule.articles)),
        "companies": _lines(names, target.companies),
        "agreements": _lines(names, target.agreements),
        "segments": _lines(names, target.segments),
        "minimum": plain(rule.minimum) if rule.minimum else "",
        "starts_at": _moment(rule.starts_at, zone),
        "ends_at": _moment(rule.ends_at, zone),
        "priority": str(rule.priority) if rule.priority else "",
        "order": str(rule.order) if rule.order else "",
        **{name: "1" for name in _FLAGS if getattr(rule, name)},
    }


class RuleForms:
    """Puts the form of a discount together; several handlers end on it."""

    def __init__(self, frame: Frame, show_rule_set: ShowRuleSet, words: RuleWords) -> None:
        self._frame = frame
        self._show = show_rule_set
        self._words = words

    async def page(
        self,
        request: Request[Actor, Any, Any],
        rule_set_id: UUID,
        form: Form,
        rule_id: UUID | None = None,
        *,
        status: int = 200,
    ) -> Response[str]:
        """The form; raises NotFound."""
        texts = self._frame.site.texts(language_of(request))
        content = await self._show(request.user, rule_set_id, RuleQuery(limit=1))
        sections, brands, _ = await self._words.choices(request.user, SUGGESTED)
        home = f"{HOME}/{rule_set_id}"
        action = f"{home}/rules" if rule_id is None else f"{home}/rules/{rule_id}"
        draft = content.head.state is SetState.DRAFT
        view = views.RuleFormView(
            title=texts.gettext("New discount") if rule_id is None else texts.gettext("Discount"),
            back=back_to(content, texts),
            action=action,
            form=form,
            groups=group_choices(content.nodes, _group(form, content), texts),
            kinds=named_choices("rule_kind", Kind, texts),
            effects=named_choices("effect", Effect, texts),
            sections=tuple(sections),
            brands=tuple(brands),
            flags=flags_of(_FLAGS, {name: bool(form.value(name)) for name in _FLAGS}, texts),
            delete_url=f"{action}/delete" if rule_id is not None and draft else None,
            readonly=not draft,
        )
        shell = await panel_shell(self._frame, request, "prices")
        answer = self._frame.page(request, "pages/rule.html", {"shell": shell, "view": view})
        answer.status_code = status
        return answer


def back_to(content: RuleSetContent, texts: GNUTranslations) -> Link:
    """The version."""
    title = texts.gettext("Version {number}").format(number=content.head.number)
    return Link(title, f"{HOME}/{content.head.rule_set_id}")


def _group(form: Form, content: RuleSetContent) -> UUID | None:
    try:
        return UUID(form.value("group"))
    except ValueError:
        return next((node.group_id for node in content.nodes if node.parent_id is None), None)


def _named(typed: Mapping[str, str]) -> NamedRule:
    words: dict[str, Any] = {name: typed.get(name, "") for name in NamedRule.__struct_fields__ if name not in _FLAGS}
    flags: dict[str, Any] = {name: bool(typed.get(name)) for name in _FLAGS}
    return NamedRule(**words, **flags)


def _id(text: str, field: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound(field) from error


@get(HOME + "/{rule_set_id:uuid}/rules/new", permission=Permission.PRICES_MANAGE, include_in_schema=False)
async def new_rule(
    request: Request[Actor, Any, Any],
    rule_set_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_rule_set: NamedDependency[ShowRuleSet],
    rule_words: NamedDependency[RuleWords],
    group: FromQuery[str] = "",
) -> Response[str]:
    """An empty form."""
    form = Form({"group": group, "is_active": "1", "effect": "percent", "kind": "brand", "currency": "RUB"})
    return await RuleForms(frame, show_rule_set, rule_words).page(request, rule_set_id, form)


@get(HOME + "/{rule_set_id:uuid}/rules/{rule_id:uuid}", permission=Permission.PRICES_MANAGE, include_in_schema=False)
async def rule(
    request: Request[Actor, Any, Any],
    rule_set_id: FromPath[UUID],
    rule_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_rule_set: NamedDependency[ShowRuleSet],
    show_rule: NamedDependency[ShowRule],
    rule_words: NamedDependency[RuleWords],
) -> Response[str]:
    """A discount in its form."""
    placed = await show_rule(request.user, rule_set_id, rule_id)
    zone = ZoneInfo(request.app.state.container.settings().exchange.zone)
    form = Form(await _typed_rule(request.user, placed, rule_words, zone))
    return await RuleForms(frame, show_rule_set, rule_words).page(request, rule_set_id, form, rule_id)


async def _put(
    request: Request[Actor, Any, Any],
    rule_set_id: UUID,
    rule_id: UUID | None,
    frame: Frame,
    show_rule_set: ShowRuleSet,
    words: RuleWords,
    put_named_rule: PutNamedRule,
) -> Response[str] | Redirect:
    typed = typed_of(await request.form())
    try:
        group_id = _id(typed.get("group", ""), "group")
        await put_named_rule(request.user, rule_set_id, _named(typed), group_id=group_id, rule_id=rule_id)
    except DomainError as error:
        form = Form(typed, refused(error, language_of(request)))
        pages = RuleForms(frame, show_rule_set, words)
        return await pages.page(request, rule_set_id, form, rule_id, status=UNPROCESSABLE)
    return Redirect(f"{HOME}/{rule_set_id}?done=saved", status_code=303)


@post(HOME + "/{rule_set_id:uuid}/rules", permission=Permission.PRICES_MANAGE, include_in_schema=False)
async def add_rule(
    request: Request[Actor, Any, Any],
    rule_set_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_rule_set: NamedDependency[ShowRuleSet],
    rule_words: NamedDependency[RuleWords],
    put_named_rule: NamedDependency[PutNamedRule],
) -> Response[str] | Redirect:
    """Add a discount; what is wrong comes back at its field."""
    return await _put(request, rule_set_id, None, frame, show_rule_set, rule_words, put_named_rule)


@post(HOME + "/{rule_set_id:uuid}/rules/{rule_id:uuid}", permission=Permission.PRICES_MANAGE, include_in_schema=False)
async def change_rule(
    request: Request[Actor, Any, Any],
    rule_set_id: FromPath[UUID],
    rule_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_rule_set: NamedDependency[ShowRuleSet],
    rule_words: NamedDependency[RuleWords],
    put_named_rule: NamedDependency[PutNamedRule],
) -> Response[str] | Redirect:
    """Change a discount."""
    return await _put(request, rule_set_id, rule_id, frame, show_rule_set, rule_words, put_named_rule)


@post(
    HOME + "/{rule_set_id:uuid}/rules/{rule_id:uuid}/delete",
    permission=Permission.PRICES_MANAGE,
    include_in_schema=False,
)
async def delete_rule(
    request: Request[Actor, Any, Any],
    rule_set_id: FromPath[UUID],
    rule_id: FromPath[UUID],
    drop_rules: NamedDependency[DropRules],
) -> Redirect:
    """Remove a discount."""
    await drop_rules(request.user, rule_set_id, [rule_id])
    return Redirect(f"{HOME}/{rule_set_id}?done=removed", status_code=303)


ROUTES = [new_rule, rule, add_rule, change_rule, delete_rule]
