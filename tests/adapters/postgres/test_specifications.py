"""Specifications in the database: what is written is what is read, and who may see it (HIER-3, MUL-1)."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from club import BUYERS, VIEWERS, Club, scope_of
from drawn_lines import cart_lines, money, places, prices, quantities, words
from hypothesis import given
from hypothesis import strategies as st
from market import OPENED, Market
from ordering_world import OrderingWorld
from sqlalchemy import delete, insert
from statements import recorded_statements

from b2b_dvizhenie.adapters.postgres.closings import OPEN
from b2b_dvizhenie.adapters.postgres.ordering_specifications import line_of, lines_of
from b2b_dvizhenie.adapters.postgres.tables.companies import membership
from b2b_dvizhenie.application.ordering import (
    RequestedLine,
    SpecificationQuery,
    SpecificationViewer,
    specification_keeping,
)
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.ordering import (
    Access,
    CartLine,
    Noted,
    Seen,
    Sharing,
    Specification,
    TooManySpecifications,
    access_of,
)
from b2b_dvizhenie.domain.shared.ids import SpecificationId, VariantId, new_id
from b2b_dvizhenie.domain.visibility import NOTHING_CLOSED, Information

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


@pytest.fixture
async def world(market: Market) -> OrderingWorld:
    return await OrderingWorld.over(market, companies=2)


@given(
    name=words.filter(bool),
    sharing=st.sampled_from(Sharing),
    version=st.integers(1, 1000),
    first=cart_lines,
    second=cart_lines,
    gone=st.sets(places),
)
async def test_lists_are_read_as_they_were_written(
    world: OrderingWorld,
    name: str,
    sharing: Sharing,
    version: int,
    first: list[tuple[Any, ...]],
    second: list[tuple[Any, ...]],
    gone: set[int],
) -> None:
    key = SpecificationId(new_id())
    owner, now = world.buyer.user_id, first[0][2]
    made = Specification(specification_id=key, owner_id=owner, company_id=world.companies[0], name="First")
    wanted: dict[VariantId, CartLine] = {}
    async with world.work() as work:
        await work.specifications.add(made, now)
        changed = msgspec.structs.replace(made, name=name, sharing=sharing, version=version)
        await work.specifications.change(changed, now)
        held = await work.specifications.hold(owner, key)
        assert held is not None
        assert (held.specification, held.access) == (changed, Access.OWN)
        for drawn in (first, second):
            lines = [CartLine(world.goods[place], quantity, at, comment) for place, quantity, at, comment, _ in drawn]
            await work.specifications.put(key, lines)
            for line in lines:
                earlier = wanted.get(line.variant_id, line)
                wanted[line.variant_id] = msgspec.structs.replace(line, added_at=earlier.added_at)
        stored = [line for line, _ in await work.specifications.lines(key, NOTHING_CLOSED)]
        assert {line.variant_id: line for line in stored} == wanted
        assert stored == sorted(stored, key=lambda line: (line.added_at, line.variant_id))
        variants = [world.goods[place] for place in gone]
        assert await work.specifications.remove(key, variants) == len(wanted.keys() & set(variants))
        await work.specifications.delete(key)
        assert await work.specifications.hold(owner, key) is None


made_of = st.frozensets(st.sampled_from(list(Information)), max_size=3)
shown = st.builds(Seen, prices, st.none() | money, st.sampled_from(["RUB", "USD"]))
notes = st.lists(st.tuples(st.integers(0, 1), st.none() | quantities, shown, made_of), min_size=1, max_size=4)


@given(quantity=quantities, drawn=notes)
async def test_notes_are_kept_apart_by_company_and_only_for_the_quantity_that_stands(
    world: OrderingWorld, quantity: Decimal, drawn: list[tuple[int, Decimal | None, Seen, frozenset[Information]]]
) -> None:
    key, owner, variant = SpecificationId(new_id()), world.buyer.user_id, world.goods[0]
    made = Specification(specification_id=key, owner_id=owner, company_id=world.companies[0], name="List")
    wanted: dict[int, Noted] = {}
    async with world.work() as work:
        await work.specifications.add(made, OPENED)
        await work.specifications.put(key, [CartLine(variant, quantity, OPENED)])
        for place, other, seen, of in drawn:
            line = CartLine(variant, other or quantity, OPENED, seen=seen)
            await work.specifications.note(key, SpecificationViewer(owner, world.companies[place], of), [line], OPENED)
            if line.quantity == quantity:
                wanted[place] = Noted(line, of)
        for place, company in enumerate(world.companies):
            asked = {"specification": key, "user": owner, "company": company}
            rows = [line_of(row) for row in await work.connection.execute(lines_of(OPEN, seen=True), asked)]
            assert [noted for _, _, noted in rows] == [wanted.get(place)]


async def test_everybody_sees_exactly_the_lists_of_his_scope(market: Market) -> None:
    """Page, count and single look obey one predicate, and it is the reference of the club and the pure rule."""
    club = await Club(market).open()
    owned = [
        (name, sharing, await club.specification(name, "More", club.goods[:1], sharing=sharing))
        for name in BUYERS
        for sharing in Sharing
    ]
    owned += [(name, Sharing.PRIVATE, SpecificationId(club.specifications[name])) for name in BUYERS]
    reader = market.container.specification_reader()
    for role, who in {**VIEWERS, "colleague": "colleague"}.items():
        scope = scope_of("client" if who in BUYERS else role, Permission.SPECIFICATIONS_VIEW)
        assert scope is not None
        actor = await market.actor(club.people[who])
        expected = set()
        for name, sharing, key in owned:
            made = Specification(
                specification_id=key,
                owner_id=club.people[name].user_id,
                company_id=club.companies[BUYERS[name]],
                name="More",
                sharing=sharing,
            )
            together = BUYERS[name] == BUYERS.get(who)
            shared = access_of(made, club.people[who].user_id, are_colleagues=together) is not Access.NONE
            if shared if scope is Scope.OWN else club.company_in_scope(who, scope, BUYERS[name]):
                expected.add(key)
        page = await reader.page(actor, scope, SpecificationQuery(limit=200))
        assert {one.specification_id for one in page.specifications} == expected
        assert page.total == len(expected) > 0
        assert {key for _, _, key in owned if await reader.listed(actor, scope, key)} == expected


async def test_a_list_stops_being_shared_when_either_leaves_the_company(market: Market) -> None:
    club = await Club(market).open()
    key = await club.specification("client", "Shared", club.goods[:1], sharing=Sharing.EDIT)
    reader = market.container.specification_reader()
    for leaver in ("client", "colleague"):
        actor = await market.actor(club.people["colleague"])
        assert await reader.listed(actor, Scope.OWN, key) is not None
        gone = membership.c.user_id == club.people[leaver].user_id
        await market._write(delete(membership).where(gone))
        assert await reader.listed(actor, Scope.OWN, key) is None
        async with market.container.ordering_work() as work:
            assert await work.specifications.hold(actor.user_id, key) is None
        row = {"user_id": club.people[leaver].user_id, "company_id": club.companies["own"], "access_level": 2}
        await market._write(insert(membership).values(row))
    owner = await market.actor(club.people["client"])
    assert await reader.listed(owner, Scope.OWN, key) is not None


async def test_pages_and_lists_cost_a_fixed_number_of_statements(world: OrderingWorld) -> None:
    container, counts = world.market.container, set()
    actor = await world.market.actor(world.buyer, world.companies[0])
    show = container.show_specification()
    for number in range(3):
        key = SpecificationId(new_id())
        await container.make_specification()(actor, key, f"List {number}")
        lines = [RequestedLine(f"lines.{n}", Decimal(1), one) for n, one in enumerate(world.goods[: number + 1])]
        await container.put_specification_lines()(actor, key, lines)
        await show(actor, key)  # the first look leaves notes
        with recorded_statements() as paged:
            await container.list_specifications()(actor, SpecificationQuery())
        with recorded_statements() as shown_one:
            await show(actor, key)
        counts.add((len(paged), len(shown_one)))
    assert counts == {(2, 3)}


async def test_nobody_keeps_more_lists_than_one_may(world: OrderingWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(specification_keeping, "MAX_SPECIFICATIONS", 2)
    make, actor = world.market.container.make_specification(), await world.market.actor(world.buyer, world.companies[0])
    for _ in range(2):
        await make(actor, SpecificationId(new_id()), "List")
    with pytest.raises(TooManySpecifications):
        await make(actor, SpecificationId(new_id()), "One too many")
