"""API: single discounts of a version: a page of them, and adding, changing, removing one of a draft."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from b2b_dvizhenie.application.pricing import DropRules, PutRule, RulePage, RuleQuery, ShowRule, ShowRuleSet
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import Effect, Kind, PlacedRule, RuleInput

HOME = "/api/v1/rule-sets/{rule_set_id:uuid}/rules"
ONE = HOME + "/{rule_id:uuid}"


class RuleBody(RuleInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A discount and its group. `title` is for staff, `public_title` for buyers; both are cut at 200 signs.

    It is for everybody where companies, agreements and segments are all empty, else for whoever is named in any.
    Moments name their offset. What the kind does not ask for (a brand for a list of articles …) is left out.
    """

    group_id: UUID
    title: str = ""
    public_title: str = ""


@get(HOME, permission=Permission.PRICES_MANAGE, tags=["pricing"])
async def rules(
    request: Request[Actor, Any, Any],
    rule_set_id: FromPath[UUID],
    show_rule_set: NamedDependency[ShowRuleSet],
    q: FromQuery[str] = "",
    group_id: FromQuery[UUID | None] = None,
    company_id: FromQuery[UUID | None] = None,
    kind: Annotated[Kind | None, QueryParameter(name="kind")] = None,
    effect: Annotated[Effect | None, QueryParameter(name="effect")] = None,
    limit: FromQuery[int] = 50,
    offset: FromQuery[int] = 0,
) -> RulePage:
    """Discounts of a version in the order of their groups; `q` is part of a title or of what is named, or an article.

    `company_id` leaves those that name the company itself. At most 200 a page.
    """
    query = RuleQuery(
        text=q,
        group_id=group_id,
        kind=kind,
        effect=effect,
        company_id=company_id,
        limit=limit,
        offset=max(offset, 0),
    )
    return (await show_rule_set(request.user, rule_set_id, query)).rules


@get(ONE, permission=Permission.PRICES_MANAGE, tags=["pricing"])
async def rule(
    request: Request[Actor, Any, Any],
    rule_set_id: FromPath[UUID],
    rule_id: FromPath[UUID],
    show_rule: NamedDependency[ShowRule],
) -> PlacedRule:
    """A discount with the group it stands in."""
    return await show_rule(request.user, rule_set_id, rule_id)


async def _put(
    put_rule: PutRule, actor: Actor, rule_set_id: UUID, data: RuleBody, rule_id: UUID | None = None
) -> PlacedRule:
    return await put_rule(
        actor,
        rule_set_id,
        data,
        group_id=data.group_id,
        rule_id=rule_id,
        title=data.title,
        public_title=data.public_title,
    )


@post(HOME, permission=Permission.PRICES_MANAGE, tags=["pricing"])
async def add(
    request: Request[Actor, Any, Any],
    rule_set_id: FromPath[UUID],
    data: JSONBody[RuleBody],
    put_rule: NamedDependency[PutRule],
) -> PlacedRule:
    """Add a discount to a draft; what is wrong is named by its field, all of it at once."""
    return await _put(put_rule, request.user, rule_set_id, data)


@put(ONE, permission=Permission.PRICES_MANAGE, tags=["pricing"])
async def change(
    request: Request[Actor, Any, Any],
    rule_set_id: FromPath[UUID],
    rule_id: FromPath[UUID],
    data: JSONBody[RuleBody],
    put_rule: NamedDependency[PutRule],
) -> PlacedRule:
    """Put a discount of a draft in place of what it was: a field that is left out has its default again."""
    return await _put(put_rule, request.user, rule_set_id, data, rule_id)


@delete(ONE, permission=Permission.PRICES_MANAGE, tags=["pricing"])
async def remove(
    request: Request[Actor, Any, Any],
    rule_set_id: FromPath[UUID],
    rule_id: FromPath[UUID],
    drop_rules: NamedDependency[DropRules],
) -> None:
    """Remove a discount of a draft."""
    await drop_rules(request.user, rule_set_id, [rule_id])


ROUTES = [rules, rule, add, change, remove]
