"""Discount rules put in force, for tests of what they make of prices."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.pricing import Effect, Kind, RuleInput, SetLimits, Strategy
from b2b_dvizhenie.entrypoints.container import Container

ADMIN = system_actor("test")


def off_articles(percent: str, *articles: str, **more: Any) -> RuleInput:
    """A percent off a list of articles."""
    return RuleInput(kind=Kind.ARTICLES, value=Decimal(percent), articles=articles, **more)


def off_section(percent: str, section: UUID, **more: Any) -> RuleInput:
    """A percent off a section."""
    return RuleInput(kind=Kind.CATEGORY, value=Decimal(percent), category_id=section, **more)


def off_brand(percent: str, brand: UUID, **more: Any) -> RuleInput:
    """A percent off a brand."""
    return RuleInput(kind=Kind.BRAND, value=Decimal(percent), brand_id=brand, **more)


def fixed(price: str, *articles: str, **more: Any) -> RuleInput:
    """A fixed price for articles."""
    return RuleInput(kind=Kind.ARTICLES, effect=Effect.FIXED_PRICE, value=Decimal(price), articles=articles, **more)


async def draft(
    container: Container,
    rules: Iterable[RuleInput],
    *,
    strategy: Strategy = Strategy.MAX,
    limits: SetLimits | None = None,
    **group: Any,
) -> UUID:
    """A draft with one group of these rules, titled by their place."""
    key = (await container.create_draft()(ADMIN, "Test")).rule_set_id
    root = (await container.show_rule_set()(ADMIN, key)).nodes[0]
    await container.put_group()(ADMIN, key, replace(root, strategy=strategy, **group))
    for place, rule in enumerate(rules, 1):
        await container.put_rule()(
            ADMIN, key, rule, group_id=root.group_id, title=f"internal {place}", public_title=f"public {place}"
        )
    if limits is not None:
        await container.change_rule_set()(ADMIN, key, "Test", limits)
    return key


async def in_force(container: Container, *rules: RuleInput, **more: Any) -> UUID:
    """The rules, published."""
    key = await draft(container, rules, **more)
    await container.publish_rule_set()(ADMIN, key)
    return key
