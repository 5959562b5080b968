"""Stored rule sets: what goes in comes out and quotes the same; what was published never changes; one set at a time."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Self
from uuid import UUID

import pytest
from hypothesis import given, settings
from msgspec.structs import replace
from pricing_worlds import discounts, groups, line, policies, prices, quantities, terms
from shop import Shop
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from b2b_dvizhenie.adapters.postgres.pricing_rule_sets import PostgresRuleSetTransaction
from b2b_dvizhenie.adapters.postgres.tables.operations import audit
from b2b_dvizhenie.adapters.postgres.tables.pricing_rules import discount_rule, rule_set, rule_set_activation
from b2b_dvizhenie.application.pricing import Preset, PublishRuleSet, RollBack
from b2b_dvizhenie.application.shared.actor import Actor, system_actor
from b2b_dvizhenie.domain.hierarchy import Forbidden
from b2b_dvizhenie.domain.pricing import (
    Effect,
    Group,
    GroupNode,
    GroupTreeInvalid,
    Kind,
    NotADraft,
    PlacedRule,
    RuleInput,
    SetLimits,
    StartPassed,
    Strategy,
    quote_line,
    tree,
)
from b2b_dvizhenie.domain.pricing.books import walk
from b2b_dvizhenie.domain.shared.errors import Invalid, NotFound, VersionConflict
from b2b_dvizhenie.domain.shared.ids import new_id
from b2b_dvizhenie.domain.shared.money import RoundingPolicy
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
ADMIN = system_actor("test")


class Time:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def nodes_of(root: Group, parent: UUID | None = None) -> list[GroupNode]:
    names = ("strategy", "inner", "kind_order", "cap_percent", "ignore_zero", "priority", "order", "exclusive")
    own = GroupNode(
        group_id=root.group_id, parent_id=parent, title="Группа", **{name: getattr(root, name) for name in names}
    )
    return [own, *(node for child in root.groups for node in nodes_of(child, root.group_id))]


def rules_of(root: Group) -> list[PlacedRule]:
    return [
        PlacedRule(group.group_id, rule, f"Скидка {rule.rule_id.int}", "")
        for group in walk(root)
        for rule in group.rules
    ]


def sorted_group(group: Group) -> Group:
    children = sorted((sorted_group(one) for one in group.groups), key=lambda one: one.group_id)
    return replace(group, rules=tuple(sorted(group.rules, key=lambda one: one.rule_id)), groups=tuple(children))


async def test_what_is_stored_comes_back_and_quotes_the_same(container: Container) -> None:
    loop = asyncio.get_running_loop()

    async def there_and_back(root: Group) -> Group:
        key = new_id()
        async with container.rule_set_work() as work:
            await work.sets.add(key, "Версия", None, "test", NOW)
            await work.sets.put_nodes(key, nodes_of(root))
            await work.sets.put_rules(key, rules_of(root))
            await work.commit()
        async with container.rule_set_work() as work:
            placed = await work.sets.all_rules(key)
            assert sorted(placed, key=lambda one: one.rule.rule_id) == sorted(
                rules_of(root), key=lambda one: one.rule.rule_id
            )
            return tree(await work.sets.nodes(key), [(one.group_id, one.rule) for one in placed])

    @settings(max_examples=25, deadline=None)
    @given(groups(), prices, quantities, policies)
    def check(root: Group, base: Decimal, quantity: Decimal, policy: RoundingPolicy) -> None:
        back = asyncio.run_coroutine_threadsafe(there_and_back(root), loop).result()
        assert sorted_group(back) == sorted_group(root)
        quoted = [quote_line(terms(policy), line(base, quantity), discounts(one)) for one in (root, back)]
        assert replace(quoted[0], verdicts=()) == replace(quoted[1], verdicts=())
        assert set(quoted[0].verdicts) == set(quoted[1].verdicts)

    await asyncio.to_thread(check)


async def draft(container: Container, title: str = "") -> UUID:
    return (await container.create_draft()(ADMIN, title)).rule_set_id


async def root_of(container: Container, key: UUID) -> UUID:
    return (await container.show_rule_set()(ADMIN, key)).nodes[0].group_id


def percent(value: str, article: str = "A-1", **more: object) -> RuleInput:
    return RuleInput(kind=Kind.ARTICLES, value=Decimal(value), articles=(article,), **more)  # type: ignore[arg-type]


async def periods(container: Container) -> list[tuple[UUID, datetime, datetime | None]]:
    columns = rule_set_activation.c
    async with container.database().engine.connect() as connection:
        query = select(columns.rule_set_id, columns.starts_at, columns.ends_at).order_by(columns.starts_at)
        return [(row[0], row[1], row[2]) for row in await connection.execute(query)]


def publisher(container: Container, clock: Time) -> PublishRuleSet:
    return PublishRuleSet(container.rule_set_work, clock)


async def test_publishing_switches_at_one_moment_and_history_stays(container: Container) -> None:
    clock = Time()
    publish, back = publisher(container, clock), RollBack(container.rule_set_work, clock)
    first, second = await draft(container, "Первая"), await draft(container, "Вторая")
    await publish(ADMIN, first)
    clock.now += timedelta(hours=1)
    await publish(ADMIN, second)
    clock.now += timedelta(hours=1)
    await back(ADMIN, first)
    hour = timedelta(hours=1)
    assert await periods(container) == [
        (first, NOW, NOW + hour),
        (second, NOW + hour, NOW + 2 * hour),
        (first, NOW + 2 * hour, None),
    ]
    page = await container.list_rule_sets()(ADMIN)
    assert [one.head.title for one in page.lines] == ["Вторая", "Первая"]
    async with container.database().engine.connect() as connection:
        told = list((await connection.execute(select(audit.c.action).order_by(audit.c.audit_id))).scalars())
    assert told[-3:] == [
        "pricing.rule_set_published",
        "pricing.rule_set_published",
        "pricing.rule_set_rolled_back",
    ]


async def test_a_planned_start_waits_for_its_moment_and_can_be_taken_back(container: Container) -> None:
    clock, day = Time(), timedelta(days=1)
    publish = publisher(container, clock)
    now, later, between = await draft(container), await draft(container), await draft(container)
    await publish(ADMIN, later, starts_at=NOW + day)
    await publish(ADMIN, now)
    assert await periods(container) == [(now, NOW, NOW + day), (later, NOW + day, None)]
    clock.now += timedelta(hours=1)
    await publish(ADMIN, between)
    assert (await periods(container))[1] == (between, clock.now, NOW + day)
    cancel = type(container.cancel_start())(container.rule_set_work, clock)
    await cancel(ADMIN, later)
    assert await periods(container) == [(now, NOW, clock.now), (between, clock.now, None)]
    with pytest.raises(StartPassed):
        await publish(ADMIN, await draft(container), starts_at=clock.now)


async def test_what_was_published_never_changes(container: Container) -> None:
    key = await draft(container)
    group = await root_of(container, key)
    rule = await container.put_rule()(ADMIN, key, percent("10"), group_id=group)
    await container.publish_rule_set()(ADMIN, key)
    with pytest.raises(NotADraft):
        await container.put_rule()(ADMIN, key, percent("20"), group_id=group, rule_id=rule.rule.rule_id)
    with pytest.raises(NotADraft):
        await container.publish_rule_set()(ADMIN, key)
    for statement in (
        update(discount_rule).values(value=Decimal(99)),
        discount_rule.delete(),
        rule_set.delete(),
        update(rule_set).values(title="Другая"),
        text("UPDATE discount_group SET strategy = 'min'"),
    ):
        async with container.database().engine.connect() as connection:
            with pytest.raises(IntegrityError, match="never changes"):
                await connection.execute(statement)


async def test_a_new_draft_is_a_copy_with_the_same_ids(container: Container, shop: Shop) -> None:
    key = await draft(container)
    group = await root_of(container, key)
    rule = await container.put_rule()(ADMIN, key, percent("10"), group_id=group, title="Десять", public_title="10 %")
    await container.change_rule_set()(ADMIN, key, "Осень", SetLimits(max_total_percent=Decimal(30)))
    await container.publish_rule_set()(ADMIN, key)
    copy = await container.create_draft()(ADMIN, "Зима", key)
    content = await container.show_rule_set()(ADMIN, copy.rule_set_id)
    assert content.rules.rules == (rule,)
    assert content.head.limits == SetLimits(max_total_percent=Decimal(30))
    assert content.nodes == (await container.show_rule_set()(ADMIN, key)).nodes
    await container.discard_draft()(ADMIN, copy.rule_set_id)
    with pytest.raises(NotFound):
        await container.show_rule_set()(ADMIN, copy.rule_set_id)


async def test_a_draft_edited_since_it_was_checked_is_not_published(container: Container) -> None:
    key = await draft(container)
    seen = (await container.show_rule_set()(ADMIN, key)).head.revision
    await container.apply_preset()(ADMIN, key, Preset.BRAND_FIRST)
    with pytest.raises(VersionConflict):
        await container.publish_rule_set()(ADMIN, key, revision=seen)
    assert await periods(container) == []


async def test_rules_name_what_there_is(container: Container) -> None:
    key = await draft(container)
    group = await root_of(container, key)
    wrong = RuleInput(kind=Kind.CATEGORY_BRAND, value=Decimal(5), category_id=new_id(), brand_id=new_id())
    with pytest.raises(Invalid) as refused:
        await container.put_rule()(ADMIN, key, wrong, group_id=group)
    assert [one.field for one in refused.value.errors] == ["category_id", "brand_id"]
    empty = RuleInput(
        kind=Kind.ARTICLES,
        value=Decimal("100.5"),
        minimum=Decimal("NaN"),
        currency="руб",
        starts_at=NOW,
        ends_at=NOW,
        priority=10**9,
    )
    with pytest.raises(Invalid) as refused:
        await container.put_rule()(ADMIN, key, empty, group_id=group)
    fields = {one.field for one in refused.value.errors}
    assert fields == {"value", "minimum", "priority", "articles", "ends_at", "currency"}
    with pytest.raises(NotFound):
        await container.put_rule()(ADMIN, key, percent("5"), group_id=new_id())
    with pytest.raises(NotFound):
        await container.put_rule()(ADMIN, key, percent("5"), group_id=group, rule_id=new_id())
    assert (await container.show_rule_set()(ADMIN, key)).rules.total == 0


async def test_groups_are_one_tree(container: Container) -> None:
    key = await draft(container)
    root = await root_of(container, key)
    child, deeper = new_id(), new_id()
    put = container.put_group()
    await put(ADMIN, key, GroupNode(group_id=child, parent_id=root, strategy=Strategy.SUM))
    await put(ADMIN, key, GroupNode(group_id=deeper, parent_id=child))
    for node, reason in (
        (GroupNode(group_id=child, parent_id=deeper), "cycle"),
        (GroupNode(group_id=new_id()), "many_roots"),
        (GroupNode(group_id=new_id(), parent_id=new_id()), "unknown_parent"),
        (GroupNode(group_id=deeper, parent_id=child, inner=Strategy.REFUSE), "values"),
    ):
        with pytest.raises(GroupTreeInvalid) as refused:
            await put(ADMIN, key, node)
        assert refused.value.params["reason"] == reason
    await container.put_rule()(ADMIN, key, percent("5"), group_id=deeper)
    await container.drop_group()(ADMIN, key, child)
    content = await container.show_rule_set()(ADMIN, key)
    assert [node.group_id for node in content.nodes] == [root]
    assert content.rules.total == 0
    with pytest.raises(NotFound):
        await container.drop_group()(ADMIN, key, root)


async def test_only_who_may_touches_rules(container: Container) -> None:
    stranger = Actor(None, "Никто", "client", {})
    key = await draft(container)
    for attempt in (
        container.list_rule_sets()(stranger),
        container.create_draft()(stranger),
        container.show_rule_set()(stranger, key),
        container.put_rule()(stranger, key, percent("5"), group_id=key),
        container.discard_draft()(stranger, key),
        container.publish_rule_set()(stranger, key),
        container.roll_back()(stranger, key),
        container.cancel_start()(stranger, key),
    ):
        with pytest.raises(Forbidden):
            await attempt
    assert (await container.show_rule_set()(ADMIN, key)).rules.total == 0


async def both(*attempts: object) -> list[object]:
    return await asyncio.gather(*attempts, return_exceptions=True)  # type: ignore[call-overload, no-any-return]


async def test_two_publications_at_once_leave_one_set_in_force(container: Container) -> None:
    for _ in range(8):
        keys = [await draft(container) for _ in range(3)]
        done = await both(*(container.publish_rule_set()(ADMIN, key) for key in keys))
        assert not [one for one in done if isinstance(one, Exception)]
        found = await periods(container)
        assert [ends for _, _, ends in found].count(None) == 1
        assert all(left[2] == right[1] for left, right in pairwise(found))


async def test_one_draft_published_twice_at_once_is_published_once(container: Container) -> None:
    key = await draft(container)
    done = await both(*(container.publish_rule_set()(ADMIN, key) for _ in range(4)))
    assert len([one for one in done if isinstance(one, NotADraft)]) == 3
    assert len(await periods(container)) == 1


async def test_a_rule_never_slips_into_a_version_while_it_is_published(container: Container) -> None:
    for _ in range(6):
        key = await draft(container)
        group = await root_of(container, key)
        seen = (await container.show_rule_set()(ADMIN, key)).head.revision
        published, put = await both(
            container.publish_rule_set()(ADMIN, key, revision=seen),
            container.put_rule()(ADMIN, key, percent("50"), group_id=group),
        )
        total = (await container.show_rule_set()(ADMIN, key)).rules.total
        if isinstance(published, VersionConflict):
            assert total == 1
        else:
            assert isinstance(put, NotADraft)
            assert total == 0


class Careless(PostgresRuleSetTransaction):
    """Publishes without holding the timeline."""

    async def __aenter__(self) -> Self:
        await super().__aenter__()

        async def unheld() -> tuple[object, ...]:
            return ()

        self.sets.hold_timeline = unheld  # type: ignore[method-assign, assignment]
        return self


async def test_control_the_database_itself_refuses_a_second_set(container: Container) -> None:
    """Without the lock the constraint stands; without the constraint two sets would be in force."""
    clock = Time()

    def work() -> Careless:
        return Careless(container.database(), clock)

    publish = PublishRuleSet(work, clock)
    await publish(ADMIN, await draft(container))
    clock.now += timedelta(hours=1)
    with pytest.raises(IntegrityError, match="ex_rule_set_activation_period"):
        await publish(ADMIN, await draft(container))
    async with container.database().engine.begin() as connection:
        await connection.execute(text("ALTER TABLE rule_set_activation DROP CONSTRAINT ex_rule_set_activation_period"))
    await publish(ADMIN, await draft(container))
    assert [ends for _, _, ends in await periods(container)].count(None) == 2


@pytest.mark.parametrize(
    ("column", "value"),
    [("value", Decimal("NaN")), ("value", Decimal(-1)), ("value", Decimal(101)), ("minimum", Decimal(-1))],
)
async def test_the_table_refuses_what_is_no_rule(container: Container, column: str, value: Decimal) -> None:
    key = await draft(container)
    await container.put_rule()(ADMIN, key, percent("10"), group_id=await root_of(container, key))
    async with container.database().engine.connect() as connection:
        with pytest.raises(IntegrityError, match=f"ck_discount_rule_{column}"):
            await connection.execute(update(discount_rule).values({column: value}))


async def test_unfit_effects_are_told(container: Container) -> None:
    key = await draft(container)
    amount = RuleInput(kind=Kind.ARTICLES, effect=Effect.AMOUNT, value=Decimal("150.25"), articles=(" A-1 ", ""))
    placed = await container.put_rule()(ADMIN, key, amount, group_id=await root_of(container, key))
    assert placed.rule.articles == {"A-1"}
    assert await container.show_rule()(ADMIN, key, placed.rule.rule_id) == placed
