"""What pages about discounts show, made of what was read: versions, groups, discounts in words."""

from collections.abc import Mapping
from gettext import GNUTranslations
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from b2b_dvizhenie.application.pricing import (
    RuleQuery,
    RuleSetContent,
    RuleSetLine,
)
from b2b_dvizhenie.domain.pricing import Effect, GroupNode, Kind, PlacedRule, SetLimits, SetState, Target
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.domain.shared.errors import Kind as ErrorKind
from b2b_dvizhenie.domain.shared.quantity import plain
from b2b_dvizhenie.entrypoints.http.labels import N_, label_of
from b2b_dvizhenie.entrypoints.http.pages import prices as views
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link
from b2b_dvizhenie.entrypoints.http.pages.parts import pages as numbered
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.texts import error_text

_DONE: Mapping[str, str] = {
    "saved": N_("Saved."),
    "published": N_("Published."),
    "planned": N_("The start is planned."),
    "back": N_("The version is in force again."),
    "cancelled": N_("The planned start is cancelled."),
    "removed": N_("Removed."),
    "imported": N_("The file is loaded."),
}


UNPROCESSABLE = 422


SHOWN_BUYERS = 2


ROWS = 50


HOME = "/panel/prices"


def tabs(current: str, texts: GNUTranslations) -> tuple[Link, ...]:
    """The pages about prices."""
    return (
        Link(texts.gettext("Versions"), HOME, current == "versions"),
        Link(texts.gettext("Why this price"), "/panel/prices/explain", current == "explain"),
    )


def flashes_of(done: str, texts: GNUTranslations) -> tuple[Flash, ...]:
    """What was just done, in words."""
    return (Flash(text=texts.gettext(_DONE[done])),) if done in _DONE else ()


def row_of(line: RuleSetLine) -> views.RuleSetRow:
    """A version in the list."""
    head = line.head
    state = "draft"
    if head.state is SetState.PUBLISHED:
        state = "in_force" if line.in_force_since else "planned" if line.planned_at else "superseded"
    return views.RuleSetRow(
        url=f"{HOME}/{head.rule_set_id}",
        number=head.number,
        title=head.title,
        state=state,
        rules=line.rules,
        changed_at=head.published_at or head.changed_at,
        changed_by=head.published_by or head.changed_by,
        since=line.in_force_since,
        planned_at=line.planned_at,
    )


def refused(error: DomainError, language: str) -> dict[str, str]:
    """What is wrong with which field, in words; anything but a refusal goes on its way."""
    if error.kind in (ErrorKind.NOT_FOUND, ErrorKind.FORBIDDEN, ErrorKind.UNAVAILABLE) and not error.field:
        raise error
    faults = getattr(error, "errors", None) or [error]
    return {one.field or "": error_text(one.code, one.params, language) for one in faults}


def typed_of(form: Mapping[str, Any]) -> dict[str, str]:
    """The fields as typed."""
    return {name: str(form.get(name, "")) for name in form}


def _shown_buyers(target: Target) -> list[UUID]:
    """Whom a row names: segments first, of which there are few."""
    return [*sorted(target.segments), *sorted(target.companies), *sorted(target.agreements)][:SHOWN_BUYERS]


def ids_in(content: RuleSetContent) -> set[UUID]:
    """What the shown discounts name."""
    found: set[UUID] = set()
    for placed in content.rules.rules:
        rule = placed.rule
        found |= {one for one in (rule.category_id, rule.brand_id) if one is not None}
        found |= set(_shown_buyers(rule.target))
    return found


def ordered(nodes: tuple[GroupNode, ...]) -> list[tuple[int, GroupNode]]:
    """Groups as a tree is read: depth and group."""
    found: list[tuple[int, GroupNode]] = []

    def visit(parent: UUID | None, depth: int) -> None:
        for node in nodes:
            if node.parent_id == parent:
                found.append((depth, node))
                visit(node.group_id, depth + 1)

    visit(None, 0)
    return found


def group_title(node: GroupNode, texts: GNUTranslations) -> str:
    """A group by its title, else by how it decides."""
    return node.title or texts.gettext(label_of("strategy", node.strategy.value).text)


def group_choices(nodes: tuple[GroupNode, ...], selected: UUID | None, texts: GNUTranslations) -> tuple[Choice, ...]:
    """Groups to choose from, indented by their depth."""
    return tuple(
        Choice(str(node.group_id), "— " * depth + group_title(node, texts), node.group_id == selected)
        for depth, node in ordered(nodes)
    )


def effect_text(placed: PlacedRule, texts: GNUTranslations) -> str:
    """What a discount does, in words."""
    rule = placed.rule
    if rule.effect is Effect.PERCENT:
        return f"−{plain(rule.value)} %"
    amount = f"{plain(rule.value)} {rule.currency}"
    if rule.effect is Effect.AMOUNT:
        return f"−{amount}"
    return texts.gettext("price {amount}").format(amount=amount)


def rule_name(placed: PlacedRule, names: Mapping[UUID, str], texts: GNUTranslations) -> str:
    """A discount by its title, else by what it covers."""
    return placed.title or f"{effect_text(placed, texts)}: {goods_text(placed, names)}"


def goods_text(placed: PlacedRule, names: Mapping[UUID, str]) -> str:
    """What a discount covers."""
    rule = placed.rule
    if rule.kind is Kind.ARTICLES:
        listed = sorted(rule.articles)
        return ", ".join(listed[:3]) + (f" … ({len(listed)})" if len(listed) > 3 else "")
    parts = [names.get(one, "?") for one in (rule.brand_id, rule.category_id) if one is not None]
    return " · ".join(parts)


def rule_row(placed: PlacedRule, home: str, names: Mapping[UUID, str], texts: GNUTranslations) -> views.RuleRow:
    """A discount in the table."""
    rule, target = placed.rule, placed.rule.target
    shown = _shown_buyers(target)
    buyers = tuple(names.get(one, "?") for one in shown)
    return views.RuleRow(
        id=str(rule.rule_id),
        url=f"{home}/rules/{rule.rule_id}",
        title=rule_name(placed, names, texts),
        kind=rule.kind.value,
        goods=goods_text(placed, names),
        effect=effect_text(placed, texts),
        percent=rule.value if rule.effect is Effect.PERCENT else None,
        buyers=buyers,
        more_buyers=len(target.companies) + len(target.agreements) + len(target.segments) - len(buyers),
        minimum=rule.minimum or None,
        starts_at=rule.starts_at,
        ends_at=rule.ends_at,
        priority=rule.priority,
        order=rule.order,
        active=rule.is_active,
        exclusive=rule.exclusive,
    )


def _limits_form(limits: SetLimits, title: str) -> Form:
    margin, most = limits.minimal_margin, limits.max_total_percent
    return Form(
        {
            "title": title,
            "minimal_margin": "" if margin is None else plain(margin),
            "max_total_percent": "" if most is None else plain(most),
        }
    )


def set_view(
    content: RuleSetContent,
    line: RuleSetLine,
    query: RuleQuery,
    number: int,
    form: Form | None,
    types: Any,
    names: Mapping[UUID, str],
    texts: GNUTranslations,
    *,
    may: bool,
) -> views.RuleSetView:
    """One version as its page shows it."""
    head = content.head
    home = f"{HOME}/{head.rule_set_id}"
    kept = {
        "q": query.text,
        "group": str(query.group_id) if query.group_id else "",
        "kind": query.kind.value if query.kind else "",
    }

    def url(**changes: str) -> str:
        pairs = {name: value for name, value in (kept | changes).items() if value}
        return f"{home}?{urlencode(pairs)}" if pairs else home

    none = Choice("", texts.gettext("none"))
    here = url().replace("{", "{{").replace("}", "}}")
    limits = head.limits
    tree = ordered(content.nodes)
    return views.RuleSetView(
        row=row_of(line),
        url=home,
        groups=tuple(
            views.GroupRow(
                url=f"{home}/groups/{node.group_id}",
                title=group_title(node, texts),
                strategy=node.strategy.value,
                depth=min(depth, 4),
                rules_url=url(group=str(node.group_id)),
                current=query.group_id == node.group_id,
            )
            for depth, node in tree
        ),
        rules=tuple(rule_row(placed, home, names, texts) for placed in content.rules.rules),
        pager=numbered(content.rules.total, number, ROWS, f"{here}{'&' if '?' in here else '?'}page={{page}}"),
        form=form or _limits_form(limits, head.title),
        price_types=(none, *(Choice(str(key), name, key == limits.floor_price_type_id) for key, name in types)),
        cost_types=(none, *(Choice(str(key), name, key == limits.cost_price_type_id) for key, name in types)),
        kinds=tuple(
            Choice(one.value, texts.gettext(label_of("rule_kind", one.value).text), one is query.kind) for one in Kind
        ),
        group_choices=group_choices(content.nodes, query.group_id, texts),
        strategy=tree[0][1].strategy.value if tree else "max",
        query=query.text,
        draft=head.state is SetState.DRAFT,
        may_publish=may,
        filtered=any(kept.values()),
    )
