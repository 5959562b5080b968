"""The panel's form of a group of discounts."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from b2b_dvizhenie.application.pricing import (
    DropGroup,
    PutGroup,
    RuleQuery,
    RuleSetContent,
    ShowRuleSet,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import (
    GroupNode,
    GroupTreeInvalid,
    Kind,
    SetState,
    Strategy,
)
from b2b_dvizhenie.domain.shared.errors import DomainError, NotFound
from b2b_dvizhenie.domain.shared.ids import new_id
from b2b_dvizhenie.domain.shared.quantity import plain
from b2b_dvizhenie.entrypoints.http.labels import N_
from b2b_dvizhenie.entrypoints.http.pages import prices as views
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.panel.price_rules import back_to, flags_of, named_choices
from b2b_dvizhenie.entrypoints.http.panel.price_views import (
    HOME,
    UNPROCESSABLE,
    group_choices,
    refused,
    typed_of,
)
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of

_GROUP_FLAGS = {
    "ignore_zero": (N_("Pass over zeros"), N_("The smallest discount that takes anything off")),
    "exclusive": (N_("Exclusive"), N_("Taken instead of all others where it is better")),
}


_INNER = (
    *(Strategy.MAX, Strategy.MIN, Strategy.SUM, Strategy.COMPOUND, Strategy.DISPLACE),
    *(Strategy.PRIORITY_MAX, Strategy.PRIORITY_STACK, Strategy.BEST_PRICE),
)


def _typed_group(node: GroupNode) -> dict[str, str]:
    return {
        "title": node.title,
        "parent": str(node.parent_id or ""),
        "strategy": node.strategy.value,
        "inner": node.inner.value,
        "kinds": "\n".join(one.value for one in node.kind_order),
        "cap": "" if node.cap_percent is None else plain(node.cap_percent),
        "priority": str(node.priority),
        "order": str(node.order),
        **{name: "1" for name in _GROUP_FLAGS if getattr(node, name)},
    }


def _number(text: str) -> int:
    return int(text.strip() or 0)


def _node(typed: Mapping[str, str], group_id: UUID, before: GroupNode | None) -> GroupNode:
    """The group as typed; what makes no sense is refused as a whole, by `PutGroup` as well."""
    cap = typed.get("cap", "").strip().replace(",", ".")
    is_root = before is not None and before.parent_id is None
    try:
        first = [Kind(one) for one in (typed.get("first", ""), typed.get("second", "")) if one]
        return GroupNode(
            group_id=group_id,
            parent_id=None if is_root else UUID(typed.get("parent", "")),
            title=typed.get("title", ""),
            strategy=Strategy(typed.get("strategy", "max")),
            inner=Strategy(typed.get("inner") or "max"),
            kind_order=tuple(dict.fromkeys((*first, *Kind))),
            cap_percent=Decimal(cap) if cap else None,
            ignore_zero=bool(typed.get("ignore_zero")),
            priority=_number(typed.get("priority", "")),
            order=_number(typed.get("order", "")),
            exclusive=bool(typed.get("exclusive")),
        )
    except (ValueError, InvalidOperation) as error:
        raise GroupTreeInvalid(reason="values") from error


async def _group_page(
    request: Request[Actor, Any, Any],
    frame: Frame,
    content: RuleSetContent,
    form: Form,
    node: GroupNode | None,
    *,
    status: int = 200,
) -> Response[str]:
    texts = frame.site.texts(language_of(request))
    home = f"{HOME}/{content.head.rule_set_id}"
    is_root = node is not None and node.parent_id is None
    action = f"{home}/groups" if node is None else f"{home}/groups/{node.group_id}"
    others = tuple(one for one in content.nodes if node is None or one.group_id != node.group_id)
    view = views.GroupFormView(
        title=texts.gettext("New group") if node is None else texts.gettext("Group of discounts"),
        back=back_to(content, texts),
        action=action,
        form=form,
        parents=() if is_root else group_choices(others, node.parent_id if node else None, texts),
        strategies=named_choices("strategy", Strategy, texts),
        inner=named_choices("strategy", _INNER, texts),
        flags=flags_of(_GROUP_FLAGS, {name: bool(form.value(name)) for name in _GROUP_FLAGS}, texts),
        kinds=(Choice("", texts.gettext("as usual")), *named_choices("rule_kind", Kind, texts)),
        delete_url=None if node is None or is_root else f"{action}/delete",
        draft=content.head.state is SetState.DRAFT,
    )
    shell = await panel_shell(frame, request, "prices")
    answer = frame.page(request, "pages/rule_group.html", {"shell": shell, "view": view})
    answer.status_code = status
    return answer


def _found(content: RuleSetContent, group_id: UUID) -> GroupNode:
    for node in content.nodes:
        if node.group_id == group_id:
            return node
    raise NotFound("group_id")


@get(HOME + "/{rule_set_id:uuid}/groups/new", permission=Permission.PRICES_MANAGE, include_in_schema=False)
async def new_group(
    request: Request[Actor, Any, Any],
    rule_set_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_rule_set: NamedDependency[ShowRuleSet],
) -> Response[str]:
    """An empty form."""
    content = await show_rule_set(request.user, rule_set_id, RuleQuery(limit=1))
    form = Form({"strategy": "max", "inner": "max", "cap": "100", "ignore_zero": "1"})
    return await _group_page(request, frame, content, form, None)


@get(HOME + "/{rule_set_id:uuid}/groups/{group_id:uuid}", permission=Permission.PRICES_MANAGE, include_in_schema=False)
async def group(
    request: Request[Actor, Any, Any],
    rule_set_id: FromPath[UUID],
    group_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_rule_set: NamedDependency[ShowRuleSet],
) -> Response[str]:
    """A group in its form."""
    content = await show_rule_set(request.user, rule_set_id, RuleQuery(limit=1))
    node = _found(content, group_id)
    typed = _typed_group(node) | dict(zip(("first", "second"), (one.value for one in node.kind_order), strict=False))
    return await _group_page(request, frame, content, Form(typed), node)


async def _put_group(
    request: Request[Actor, Any, Any],
    rule_set_id: UUID,
    group_id: UUID | None,
    frame: Frame,
    show_rule_set: ShowRuleSet,
    put_group: PutGroup,
) -> Response[str] | Redirect:
    typed = typed_of(await request.form())
    content = await show_rule_set(request.user, rule_set_id, RuleQuery(limit=1))
    before = None if group_id is None else _found(content, group_id)
    try:
        await put_group(request.user, rule_set_id, _node(typed, group_id or new_id(), before))
    except DomainError as error:
        form = Form(typed, refused(error, language_of(request)))
        return await _group_page(request, frame, content, form, before, status=UNPROCESSABLE)
    return Redirect(f"{HOME}/{rule_set_id}?done=saved", status_code=303)


@post(HOME + "/{rule_set_id:uuid}/groups", permission=Permission.PRICES_MANAGE, include_in_schema=False)
async def add_group(
    request: Request[Actor, Any, Any],
    rule_set_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_rule_set: NamedDependency[ShowRuleSet],
    put_group: NamedDependency[PutGroup],
) -> Response[str] | Redirect:
    """Add a group."""
    return await _put_group(request, rule_set_id, None, frame, show_rule_set, put_group)


@post(HOME + "/{rule_set_id:uuid}/groups/{group_id:uuid}", permission=Permission.PRICES_MANAGE, include_in_schema=False)
async def change_group(
    request: Request[Actor, Any, Any],
    rule_set_id: FromPath[UUID],
    group_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_rule_set: NamedDependency[ShowRuleSet],
    put_group: NamedDependency[PutGroup],
) -> Response[str] | Redirect:
    """Change a group."""
    return await _put_group(request, rule_set_id, group_id, frame, show_rule_set, put_group)


@post(
    HOME + "/{rule_set_id:uuid}/groups/{group_id:uuid}/delete",
    permission=Permission.PRICES_MANAGE,
    include_in_schema=False,
)
async def delete_group(
    request: Request[Actor, Any, Any],
    rule_set_id: FromPath[UUID],
    group_id: FromPath[UUID],
    drop_group: NamedDependency[DropGroup],
) -> Redirect:
    """Remove a group with everything in it."""
    await drop_group(request.user, rule_set_id, group_id)
    return Redirect(f"{HOME}/{rule_set_id}?done=removed", status_code=303)


ROUTES = [new_group, group, add_group, change_group, delete_group]
