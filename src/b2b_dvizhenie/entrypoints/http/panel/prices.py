"""The panel's versions of discounts: list, look, edit the draft, publish, roll back."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from b2b_dvizhenie.application.pricing import (
    ApplyPreset,
    CancelStart,
    ChangeRuleSet,
    CreateDraft,
    DiscardDraft,
    ListRuleSets,
    Preset,
    RollBack,
    RuleQuery,
    RuleSetHead,
    RuleSetLine,
    RuleWords,
    ShowRuleSet,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import Kind, LimitInvalid, SetLimits
from b2b_dvizhenie.domain.shared.errors import DomainError, NotFound
from b2b_dvizhenie.domain.shared.ids import PriceTypeId
from b2b_dvizhenie.entrypoints.http.filters import id_of
from b2b_dvizhenie.entrypoints.http.pages import prices as views
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice
from b2b_dvizhenie.entrypoints.http.pages.parts import pages as numbered
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.panel.price_views import (
    HOME,
    ROWS,
    UNPROCESSABLE,
    flashes_of,
    ids_in,
    refused,
    row_of,
    set_view,
    tabs,
    typed_of,
)
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of
from b2b_dvizhenie.entrypoints.texts import error_text


async def _list(
    request: Request[Actor, Any, Any],
    frame: Frame,
    list_rule_sets: ListRuleSets,
    *,
    page: int = 1,
    form: Form | None = None,
    done: str = "",
) -> Response[str]:
    texts = frame.site.texts(language_of(request))
    number = max(page, 1)
    found = await list_rule_sets(request.user, limit=ROWS, offset=(number - 1) * ROWS)
    rows = tuple(map(row_of, found.lines))
    view = views.RuleSetsView(
        rows=rows,
        pager=numbered(found.total, number, ROWS, f"{HOME}?page={{page}}"),
        form=form or Form(),
        tabs=tabs("versions", texts),
        bases=(
            *(
                Choice(row.url.rsplit("/", 1)[1], f"№ {row.number} {row.title}".strip(), row.state == "in_force")
                for row in rows
            ),
            Choice("", texts.gettext("Empty"), selected=False),
        ),
    )
    shell = await panel_shell(frame, request, "prices", flashes=flashes_of(done, texts))
    return frame.page(request, "pages/prices.html", {"shell": shell, "view": view})


@get(HOME, permission=Permission.PRICES_MANAGE, include_in_schema=False)
async def list_(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_rule_sets: NamedDependency[ListRuleSets],
    page: FromQuery[int] = 1,
    done: FromQuery[str] = "",
) -> Response[str]:
    """Versions, newest first."""
    return await _list(request, frame, list_rule_sets, page=page, done=done)


@post(HOME, permission=Permission.PRICES_MANAGE, include_in_schema=False)
async def add(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_rule_sets: NamedDependency[ListRuleSets],
    create_draft: NamedDependency[CreateDraft],
) -> Response[str] | Redirect:
    """A new draft, a copy of a version or an empty one."""
    form = await request.form()
    typed = {"title": str(form.get("title", "")), "based_on": str(form.get("based_on", ""))}
    try:
        based_on = UUID(typed["based_on"]) if typed["based_on"] else None
        head = await create_draft(request.user, typed["title"], based_on)
    except (ValueError, NotFound):
        said = error_text(NotFound.code, {}, language_of(request))
        answer = await _list(request, frame, list_rule_sets, form=Form(typed, {"based_on": said}))
        answer.status_code = UNPROCESSABLE
        return answer
    return Redirect(f"{HOME}/{head.rule_set_id}", status_code=303)


class RuleSetPages:
    """Puts the page of one version together."""

    def __init__(
        self, frame: Frame, list_rule_sets: ListRuleSets, show_rule_set: ShowRuleSet, words: RuleWords
    ) -> None:
        self._frame = frame
        self._list = list_rule_sets
        self._show = show_rule_set
        self._words = words

    async def line(self, actor: Actor, head: RuleSetHead, rules: int) -> RuleSetLine:
        """The version as the list shows it."""
        found = await self._list(actor, limit=200)
        return next(
            (one for one in found.lines if one.head.rule_set_id == head.rule_set_id),
            RuleSetLine(head, rules, None, None),
        )

    async def page(
        self,
        request: Request[Actor, Any, Any],
        rule_set_id: UUID,
        query: RuleQuery,
        *,
        number: int = 1,
        form: Form | None = None,
        flashes: tuple[Flash, ...] = (),
    ) -> Response[str]:
        """The page; raises NotFound."""
        actor = request.user
        texts = self._frame.site.texts(language_of(request))
        content = await self._show(actor, rule_set_id, query)
        line = await self.line(actor, content.head, content.rules.total)
        _, _, types = await self._words.choices(actor, 1)
        names = await self._words.named(actor, ids_in(content))
        view = set_view(
            content, line, query, number, form, types, names, texts, may=actor.may(Permission.PRICES_PUBLISH)
        )
        shell = await panel_shell(self._frame, request, "prices", flashes=flashes)
        return self._frame.page(request, "pages/rule_set.html", {"shell": shell, "view": view})


@get(HOME + "/{rule_set_id:uuid}", permission=Permission.PRICES_MANAGE, include_in_schema=False)
async def show(
    request: Request[Actor, Any, Any],
    rule_set_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    list_rule_sets: NamedDependency[ListRuleSets],
    show_rule_set: NamedDependency[ShowRuleSet],
    rule_words: NamedDependency[RuleWords],
    q: FromQuery[str] = "",
    group: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    page: FromQuery[int] = 1,
    done: FromQuery[str] = "",
) -> Response[str]:
    """One version: its groups and a page of its discounts."""
    number = max(page, 1)
    query = RuleQuery(
        text=q.strip()[:100],
        group_id=id_of(group),
        kind=Kind(kind) if kind in set(Kind) else None,
        limit=ROWS,
        offset=(number - 1) * ROWS,
    )
    pages = RuleSetPages(frame, list_rule_sets, show_rule_set, rule_words)
    flashes = flashes_of(done, frame.site.texts(language_of(request)))
    return await pages.page(request, rule_set_id, query, number=number, flashes=flashes)


def _percent(text: str, field: str) -> Decimal | None:
    text = text.strip().replace(",", ".")
    if not text:
        return None
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise LimitInvalid(field, maximum="100") from error


def _limits(typed: Mapping[str, str]) -> SetLimits:
    floor, cost = id_of(typed.get("floor", "")), id_of(typed.get("cost", ""))
    return SetLimits(
        PriceTypeId(floor) if floor else None,
        PriceTypeId(cost) if cost else None,
        _percent(typed.get("minimal_margin", ""), "minimal_margin"),
        _percent(typed.get("max_total_percent", ""), "max_total_percent"),
    )


@post(HOME + "/{rule_set_id:uuid}", permission=Permission.PRICES_MANAGE, include_in_schema=False)
async def change(
    request: Request[Actor, Any, Any],
    rule_set_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    list_rule_sets: NamedDependency[ListRuleSets],
    show_rule_set: NamedDependency[ShowRuleSet],
    change_rule_set: NamedDependency[ChangeRuleSet],
    rule_words: NamedDependency[RuleWords],
) -> Response[str] | Redirect:
    """Name the draft and set its limits."""
    typed = typed_of(await request.form())
    try:
        await change_rule_set(request.user, rule_set_id, typed.get("title", ""), _limits(typed))
    except DomainError as error:
        wrong = Form(typed, refused(error, language_of(request)))
        pages = RuleSetPages(frame, list_rule_sets, show_rule_set, rule_words)
        answer = await pages.page(request, rule_set_id, RuleQuery(limit=ROWS), form=wrong)
        answer.status_code = UNPROCESSABLE
        return answer
    return Redirect(f"{HOME}/{rule_set_id}?done=saved", status_code=303)


@post(HOME + "/{rule_set_id:uuid}/preset", permission=Permission.PRICES_MANAGE, include_in_schema=False)
async def preset(
    request: Request[Actor, Any, Any], rule_set_id: FromPath[UUID], apply_preset: NamedDependency[ApplyPreset]
) -> Redirect:
    """How the draft decides, in one click."""
    wanted = str((await request.form()).get("preset", ""))
    if wanted not in set(Preset):
        raise NotFound("preset")
    await apply_preset(request.user, rule_set_id, Preset(wanted))
    return Redirect(f"{HOME}/{rule_set_id}?done=saved", status_code=303)


@post(HOME + "/{rule_set_id:uuid}/discard", permission=Permission.PRICES_MANAGE, include_in_schema=False)
async def discard(
    request: Request[Actor, Any, Any], rule_set_id: FromPath[UUID], discard_draft: NamedDependency[DiscardDraft]
) -> Redirect:
    """Throw the draft away."""
    await discard_draft(request.user, rule_set_id)
    return Redirect(f"{HOME}?done=removed", status_code=303)


@post(HOME + "/{rule_set_id:uuid}/roll-back", permission=Permission.PRICES_PUBLISH, include_in_schema=False)
async def roll_back_(
    request: Request[Actor, Any, Any], rule_set_id: FromPath[UUID], roll_back: NamedDependency[RollBack]
) -> Redirect:
    """Bring the version back into force."""
    await roll_back(request.user, rule_set_id)
    return Redirect(f"{HOME}/{rule_set_id}?done=back", status_code=303)


@post(HOME + "/{rule_set_id:uuid}/cancel-start", permission=Permission.PRICES_PUBLISH, include_in_schema=False)
async def cancel(
    request: Request[Actor, Any, Any], rule_set_id: FromPath[UUID], cancel_start: NamedDependency[CancelStart]
) -> Redirect:
    """Take a planned start back."""
    await cancel_start(request.user, rule_set_id)
    return Redirect(f"{HOME}/{rule_set_id}?done=cancelled", status_code=303)


ROUTES = [list_, add, show, change, preset, discard, roll_back_, cancel]
