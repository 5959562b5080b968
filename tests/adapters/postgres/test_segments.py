"""Segments on PostgreSQL (HIER-7): who may, what is recorded, what discounts make of them at once, races."""

from decimal import Decimal
from typing import Any

import anyio
import pytest
from discounting import in_force, off_articles
from market import Market
from sqlalchemy import select
from statements import recorded_statements

from b2b_dvizhenie.adapters.postgres.tables.operations import audit
from b2b_dvizhenie.application.pricing import LineRequest
from b2b_dvizhenie.application.shared.actor import Actor, system_actor
from b2b_dvizhenie.domain.hierarchy import Forbidden, Permission, Scope
from b2b_dvizhenie.domain.shared.errors import DomainError, NotFound
from b2b_dvizhenie.domain.shared.ids import CompanyId, SegmentId, VariantId, new_id
from b2b_dvizhenie.domain.visibility import RuleOn, SegmentExists, SegmentNameInvalid, SegmentPriced
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
STAFF = system_actor("test")


async def made(container: Container, name: str) -> SegmentId:
    segment_id = SegmentId(new_id())
    await container.create_segment()(STAFF, segment_id, name)
    return segment_id


async def recorded(container: Container) -> list[tuple[str, Any, Any]]:
    query = select(audit.c.action, audit.c.before, audit.c.after).where(audit.c.subject_type == "segment")
    async with container.database().engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(query.order_by(audit.c.audit_id))]


async def members(container: Container, segment_id: SegmentId, actor: Actor = STAFF, text: str = "") -> list[Any]:
    card = await container.show_segment()(actor, segment_id, text)
    return [(one.name, one.is_member) for one in card.companies]


async def test_a_segment_lives_and_every_change_is_recorded(container: Container, market: Market) -> None:
    one, other = await market.client("Alpha", inn="7707083893"), await market.client("Beta")
    key = await made(container, "  Small   shops ")
    put = container.put_member()
    assert await put(STAFF, key, one, is_member=True)
    assert not await put(STAFF, key, one, is_member=True)
    assert await put(STAFF, key, other, is_member=True)
    with recorded_statements() as seen:
        assert await members(container, key) == [("Alpha", True), ("Beta", True)]
    assert len(seen) == 2
    assert await put(STAFF, key, other, is_member=False)
    assert not await put(STAFF, key, other, is_member=False)
    assert await members(container, key, text="77070") == [("Alpha", True)]
    assert await members(container, key, text="bet") == [("Beta", False)]
    await container.rename_segment()(STAFF, key, "Shops")
    assert [(one.name, one.companies) for one in await container.list_segments()(STAFF)] == [("Shops", 1)]
    await container.delete_segment()(STAFF, key)
    assert await container.list_segments()(STAFF) == ()
    alpha = {"company": "Alpha", "company_id": str(one)}
    beta = {"company": "Beta", "company_id": str(other)}
    assert await recorded(container) == [
        ("visibility.segment_created", None, {"name": "Small shops"}),
        ("visibility.segment_joined", None, alpha),
        ("visibility.segment_joined", None, beta),
        ("visibility.segment_left", beta, None),
        ("visibility.segment_renamed", {"name": "Small shops"}, {"name": "Shops"}),
        ("visibility.segment_deleted", {"name": "Shops", "companies": 1}, None),
    ]


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\x07b"])
async def test_bad_names_are_refused(container: Container, market: Market, name: str) -> None:
    key = await made(container, "Shops")
    for refused in (made(container, name), container.rename_segment()(STAFF, key, name)):
        with pytest.raises(SegmentNameInvalid) as caught:
            await refused
        assert caught.value.field == "name"
    assert len(await recorded(container)) == 1


async def test_who_may_and_what_there_is(container: Container, market: Market) -> None:
    """Without the right nothing is told; companies beyond the scope do not exist."""
    mine, foreign = await market.client("Mine"), await market.client("Foreign")
    key = await made(container, "Shops")
    await container.put_member()(STAFF, key, foreign, is_member=True)
    before = await recorded(container)
    grants = {Permission.SEGMENTS_VIEW: Scope.OWN, Permission.SEGMENTS_MANAGE: Scope.OWN}
    own = Actor(None, "M", "manager", grants, company_id=mine)
    assert await members(container, key, own) == []
    assert await members(container, key, own, "r") == []
    for is_member in (True, False):
        with pytest.raises(NotFound):
            await container.put_member()(own, key, foreign, is_member=is_member)
    viewer = Actor(None, "V", "manager", {Permission.SEGMENTS_VIEW: Scope.ALL})
    nobody, unknown = SegmentId(new_id()), CompanyId(new_id())
    for change in (
        container.create_segment()(viewer, nobody, "Other"),
        container.rename_segment()(viewer, key, "Other"),
        container.put_member()(viewer, key, mine, is_member=True),
        container.delete_segment()(viewer, key),
        container.list_segments()(Actor(None, "C", "client", {})),
        container.show_segment()(Actor(None, "C", "client", {}), key),
    ):
        with pytest.raises(Forbidden):
            await change
    for missing in (
        container.show_segment()(STAFF, nobody),
        container.rename_segment()(STAFF, nobody, "Other"),
        container.put_member()(STAFF, nobody, mine, is_member=True),
        container.put_member()(STAFF, key, unknown, is_member=True),
        container.delete_segment()(STAFF, nobody),
    ):
        with pytest.raises(NotFound):
            await missing
    assert await recorded(container) == before
    assert await members(container, key) == [("Foreign", True)]


async def test_two_segments_are_never_called_alike(container: Container, market: Market) -> None:
    outcomes: list[str] = []

    async def make(name: str) -> None:
        try:
            await made(container, name)
            outcomes.append("made")
        except DomainError as error:
            outcomes.append(error.code)

    async with anyio.create_task_group() as group:
        for name in ("Shops", "SHOPS", "shops"):
            group.start_soon(make, name)
    assert sorted(outcomes) == ["made", SegmentExists.code, SegmentExists.code]
    other = await made(container, "Other")
    with pytest.raises(SegmentExists):
        await container.rename_segment()(STAFF, other, "shopS")
    assert len(await container.list_segments()(STAFF)) == 2


async def test_a_discount_for_a_segment_follows_its_members_at_once(container: Container, market: Market) -> None:
    """DESIGN 5: the next request has it, in the one statement of the authentication; others never see a trace."""
    company, outside = await market.client("In"), await market.client("Out")
    buyer, stranger = await market.member(company), await market.member(outside)
    product = await market.product("Cable", article="C-1")
    variant = VariantId(await market.variant(product, wholesale="100"))
    key = await made(container, "Shops")
    await in_force(container, off_articles("10", "C-1", segments=(key,)))

    async def price(person: Any) -> Decimal:
        actor = await market.actor(person)
        assert actor.terms is not None
        quoted = await container.price_lines()(actor, [LineRequest(variant)])
        assert quoted.lines[0].unit_price is not None
        return quoted.lines[0].unit_price

    assert (await price(buyer), await price(stranger)) == (100, 100)
    await container.put_member()(STAFF, key, company, is_member=True)
    with recorded_statements() as seen:
        actor = await market.actor(buyer)
    assert len([one for one in seen if "UPDATE session" not in one]) == 1
    assert actor.terms is not None
    assert actor.terms.segments == {key}
    assert (await price(buyer), await price(stranger)) == (90, 100)
    named = await container.terms_source().terms(company, container.clock()())
    assert named is not None
    assert named.terms == actor.terms
    with pytest.raises(SegmentPriced):
        await container.delete_segment()(STAFF, key)
    await container.put_member()(STAFF, key, company, is_member=False)
    assert await price(buyer) == 100


async def test_a_segment_of_everybody_is_of_every_company_those_to_come_too(
    container: Container, market: Market
) -> None:
    """What everybody is closed a heavier segment opens to its members; staff without a company is in no segment."""
    member = await market.member(await market.client("Alpha"))
    clerk = await market.member(role_code="manager")
    section = await market.section("Cable")
    everybody, trusted = await made(container, "Everybody"), await made(container, "Trusted")
    put_rule, put_all = container.put_segment_rule(), container.put_everybody()
    await put_rule(STAFF, everybody, RuleOn.SECTION, str(section), False)
    await put_rule(STAFF, trusted, RuleOn.SECTION, str(section), True)
    await container.set_segment_weight()(STAFF, trusted, 1)
    assert not (await market.actor(member)).closed
    assert await put_all(STAFF, everybody, for_all=True)
    assert not await put_all(STAFF, everybody, for_all=True)
    late = await market.client("Beta")
    newcomer = await market.member(late)
    for person in (member, newcomer):
        assert (await market.actor(person)).closed.sections == (section,)
    assert not (await market.actor(clerk)).closed
    await container.put_member()(STAFF, trusted, late, is_member=True)
    assert not (await market.actor(newcomer)).closed
    assert (await market.actor(member)).closed
    some = Actor(None, "M", "manager", {Permission.SEGMENTS_MANAGE: Scope.FIRM})
    with pytest.raises(Forbidden):
        await put_all(some, everybody, for_all=False)
    with pytest.raises(NotFound):
        await put_all(STAFF, SegmentId(new_id()), for_all=False)
    assert await put_all(STAFF, everybody, for_all=False)
    assert not (await market.actor(member)).closed
    changes = [(before, after) for action, before, after in await recorded(container) if action.endswith("for_all")]
    assert changes == [({"for_all": False}, {"for_all": True}), ({"for_all": True}, {"for_all": False})]
