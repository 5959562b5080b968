"""API: versions of discounts, as the panel has them: list, draft, check, publish, roll back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Struct

from b2b_dvizhenie.application.pricing import (
    Activation,
    CancelStart,
    CheckRuleSet,
    CreateDraft,
    DiscardDraft,
    ListRuleSets,
    PublishRuleSet,
    RollBack,
    RuleQuery,
    RuleSetContent,
    RuleSetHead,
    RuleSetPage,
    ShowRuleSet,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import Fault, Finding

HOME = "/api/v1/rule-sets"


class NewDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """A draft to begin: a copy of `based_on`, or an empty one where the larger discount wins."""

    title: str = ""
    based_on: UUID | None = None


class Publication(Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be published: the revision that was checked, and from when it holds; null: now."""

    revision: int
    starts_at: datetime | None = None


class CheckAnswer(Struct, frozen=True):
    """What the check found; `is_blocked` says that the version cannot be published like this."""

    revision: int
    rules: int
    is_blocked: bool
    counts: dict[Fault, int]
    findings: tuple[Finding, ...]


@get(HOME, permission=Permission.PRICES_MANAGE, tags=["pricing"])
async def rule_sets(
    request: Request[Actor, Any, Any],
    list_rule_sets: NamedDependency[ListRuleSets],
    limit: FromQuery[int] = 50,
    offset: FromQuery[int] = 0,
) -> RuleSetPage:
    """Versions of discounts, newest first, and which of them is in force or planned."""
    return await list_rule_sets(request.user, limit=limit, offset=offset)


@post(HOME, permission=Permission.PRICES_MANAGE, tags=["pricing"])
async def create(
    request: Request[Actor, Any, Any], data: JSONBody[NewDraft], create_draft: NamedDependency[CreateDraft]
) -> RuleSetHead:
    """Begin a draft."""
    return await create_draft(request.user, data.title, data.based_on)


@get(HOME + "/{rule_set_id:uuid}", permission=Permission.PRICES_MANAGE, tags=["pricing"])
async def show(
    request: Request[Actor, Any, Any],
    rule_set_id: FromPath[UUID],
    show_rule_set: NamedDependency[ShowRuleSet],
    limit: FromQuery[int] = 50,
    offset: FromQuery[int] = 0,
) -> RuleSetContent:
    """A version with its groups and a page of its discounts."""
    return await show_rule_set(request.user, rule_set_id, RuleQuery(limit=limit, offset=max(offset, 0)))


@delete(HOME + "/{rule_set_id:uuid}", permission=Permission.PRICES_MANAGE, tags=["pricing"])
async def discard(
    request: Request[Actor, Any, Any], rule_set_id: FromPath[UUID], discard_draft: NamedDependency[DiscardDraft]
) -> None:
    """Throw a draft away; what was published stays."""
    await discard_draft(request.user, rule_set_id)


@get(HOME + "/{rule_set_id:uuid}/check", permission=Permission.PRICES_MANAGE, tags=["pricing"])
async def check(
    request: Request[Actor, Any, Any], rule_set_id: FromPath[UUID], check_rule_set: NamedDependency[CheckRuleSet]
) -> CheckAnswer:
    """What is wrong with a version, each finding with a witness."""
    report = await check_rule_set(request.user, rule_set_id)
    return CheckAnswer(report.revision, report.rules, report.is_blocked, dict(report.counts), report.findings)


@post(HOME + "/{rule_set_id:uuid}/publish", permission=Permission.PRICES_PUBLISH, status_code=200, tags=["pricing"])
async def publish(
    request: Request[Actor, Any, Any],
    rule_set_id: FromPath[UUID],
    data: JSONBody[Publication],
    publish_rule_set: NamedDependency[PublishRuleSet],
) -> Activation:
    """Publish a draft as it was checked: an edit in between refuses it."""
    return await publish_rule_set(request.user, rule_set_id, revision=data.revision, starts_at=data.starts_at)


@post(HOME + "/{rule_set_id:uuid}/roll-back", permission=Permission.PRICES_PUBLISH, status_code=200, tags=["pricing"])
async def roll_back_(
    request: Request[Actor, Any, Any], rule_set_id: FromPath[UUID], roll_back: NamedDependency[RollBack]
) -> Activation:
    """Bring a version that was published back into force, now."""
    return await roll_back(request.user, rule_set_id)


@post(
    HOME + "/{rule_set_id:uuid}/cancel-start", permission=Permission.PRICES_PUBLISH, status_code=204, tags=["pricing"]
)
async def cancel(
    request: Request[Actor, Any, Any], rule_set_id: FromPath[UUID], cancel_start: NamedDependency[CancelStart]
) -> None:
    """Take a planned start back."""
    await cancel_start(request.user, rule_set_id)


ROUTES = [rule_sets, create, show, discard, check, publish, roll_back_, cancel]
