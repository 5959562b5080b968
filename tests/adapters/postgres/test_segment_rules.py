"""Rules of segments as they are edited (HIER-7): who may, what is recorded, what is refused, when it works."""

from typing import Any

import pytest
from market import Market
from sqlalchemy import select
from statements import recorded_statements

from b2b_dvizhenie.adapters.postgres.tables.operations import audit
from b2b_dvizhenie.application.operations import AuditQuery
from b2b_dvizhenie.application.shared.actor import Actor, system_actor
from b2b_dvizhenie.application.visibility import segment_rules
from b2b_dvizhenie.domain.hierarchy import Forbidden, Permission, Scope
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import SectionId, SegmentId, new_id
from b2b_dvizhenie.domain.visibility import (
    MAX_WEIGHT,
    Information,
    RuleOn,
    SegmentRuleInvalid,
    SegmentRulesTooMany,
    SegmentWeightInvalid,
)
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
STAFF = system_actor("test")


@pytest.fixture
async def segment_id(container: Container, market: Market) -> SegmentId:
    key = SegmentId(new_id())
    await container.create_segment()(STAFF, key, "Shops")
    return key


async def recorded(container: Container) -> list[tuple[str, Any, Any]]:
    query = select(audit.c.action, audit.c.before, audit.c.after).where(audit.c.subject_type == "segment")
    async with container.database().engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(query.order_by(audit.c.audit_id))][1:]


async def test_rules_work_from_the_next_request_and_every_change_is_recorded(
    container: Container, market: Market, segment_id: SegmentId
) -> None:
    company = await market.client()
    person = await market.member(company)
    await container.put_member()(STAFF, segment_id, company, is_member=True)
    root = SectionId(await market.section("Cable"))
    deep = SectionId(await market.section("Copper", root))
    brand = await market.brand("Kedr")
    put = container.put_segment_rule()
    assert await put(STAFF, segment_id, RuleOn.SECTION, str(root), False)
    assert not await put(STAFF, segment_id, RuleOn.SECTION, str(root).upper(), False)
    assert (await market.actor(person)).closed.sections == tuple(sorted((root, deep)))
    assert await put(STAFF, segment_id, RuleOn.SECTION, str(deep), True)
    assert await put(STAFF, segment_id, RuleOn.BRAND, str(brand), False)
    assert await put(STAFF, segment_id, RuleOn.INFORMATION, Information.DISCOUNTS.value, False)
    actor = await market.actor(person)
    assert (actor.closed.sections, actor.closed.brands) == ((root,), (brand,))
    assert not actor.opens(Information.DISCOUNTS)
    with recorded_statements() as seen:
        shown = await container.show_segment_rules()(STAFF, segment_id, deep, "ked")
    assert len(seen) == 5
    assert [(one.on.value, one.name, one.opens) for one in shown.rules] == [
        ("section", "Cable", False),
        ("section", "Cable / Copper", True),
        ("brand", "Kedr", False),
        ("information", "discounts", False),
    ]
    assert [(one.name, one.opens) for one in shown.branch.path] == [("Cable", False), ("Copper", True)]
    assert shown.branch.below == ()
    assert [(one.key, one.opens) for one in shown.brands] == [(str(brand), False)]
    at_root = (await container.show_segment_rules()(STAFF, segment_id)).branch
    assert [(one.name, one.opens, one.has_more) for one in at_root.below] == [("Cable", False, True)]
    assert await put(STAFF, segment_id, RuleOn.SECTION, str(root), True)
    assert await put(STAFF, segment_id, RuleOn.BRAND, str(brand), None)
    assert not await put(STAFF, segment_id, RuleOn.BRAND, str(brand), None)
    assert not (await market.actor(person)).closed
    assert await container.set_segment_weight()(STAFF, segment_id, -5)
    assert not await container.set_segment_weight()(STAFF, segment_id, -5)
    assert [one.weight for one in await container.list_segments()(STAFF)] == [-5]
    changed = "visibility.segment_rule_changed"
    assert [one for one in await recorded(container) if one[0] != "visibility.segment_joined"] == [
        (changed, None, {"section": "Cable", "opens": False}),
        (changed, None, {"section": "Cable / Copper", "opens": True}),
        (changed, None, {"brand": "Kedr", "opens": False}),
        (changed, None, {"information": "discounts", "opens": False}),
        (changed, {"section": "Cable", "opens": False}, {"section": "Cable", "opens": True}),
        (changed, {"brand": "Kedr", "opens": False}, None),
        ("visibility.segment_weighed", {"weight": 0}, {"weight": -5}),
    ]
    trail = await container.read_audit()(STAFF, AuditQuery(segment_id=segment_id))
    assert len(trail.items) == 9
    other = await container.read_audit()(STAFF, AuditQuery(segment_id=new_id()))
    assert other.items == ()


async def test_what_is_wrong_is_named_and_changes_nothing(
    container: Container, market: Market, segment_id: SegmentId, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, weigh = container.put_segment_rule(), container.set_segment_weight()
    nobody = str(new_id())
    for on, key in ((RuleOn.SECTION, "x"), (RuleOn.BRAND, ""), (RuleOn.INFORMATION, "future")):
        with pytest.raises(SegmentRuleInvalid) as caught:
            await put(STAFF, segment_id, on, key, False)
        assert caught.value.field == "key"
    for on in (RuleOn.SECTION, RuleOn.BRAND):
        with pytest.raises(NotFound) as missing:
            await put(STAFF, segment_id, on, nobody, False)
        assert missing.value.field == on.value
    with pytest.raises(SegmentWeightInvalid) as heavy:
        await weigh(STAFF, segment_id, MAX_WEIGHT + 1)
    assert heavy.value.field == "weight"
    for refused in (
        put(STAFF, SegmentId(new_id()), RuleOn.INFORMATION, "debt", False),
        weigh(STAFF, SegmentId(new_id()), 1),
        container.show_segment_rules()(STAFF, SegmentId(new_id())),
        container.show_segment_rules()(STAFF, segment_id, SectionId(new_id())),
    ):
        with pytest.raises(NotFound):
            await refused
    assert await recorded(container) == []
    monkeypatch.setattr(segment_rules, "MAX_RULES", 2)
    for key in ("debt", "bonuses"):
        assert await put(STAFF, segment_id, RuleOn.INFORMATION, key, False)
    with pytest.raises(SegmentRulesTooMany):
        await put(STAFF, segment_id, RuleOn.INFORMATION, "documents", False)
    assert await put(STAFF, segment_id, RuleOn.INFORMATION, "debt", True)
    assert len(await recorded(container)) == 3


async def test_only_who_may_change_segments_changes_rules(container: Container, segment_id: SegmentId) -> None:
    viewer = Actor(None, "V", "manager", {Permission.SEGMENTS_VIEW: Scope.ALL})
    nobody = Actor(None, "N", "manager", {})
    assert await container.show_segment_rules()(viewer, segment_id)
    for actor in (viewer, nobody):
        for refused in (
            container.put_segment_rule()(actor, segment_id, RuleOn.INFORMATION, "debt", False),
            container.set_segment_weight()(actor, segment_id, 3),
        ):
            with pytest.raises(Forbidden):
                await refused
    with pytest.raises(Forbidden):
        await container.show_segment_rules()(nobody, segment_id)
    assert await recorded(container) == []
