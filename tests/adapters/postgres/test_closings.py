"""What segments close is closed to every reader (HIER-7): the SQL is the domain's rule, and all readers agree.

One market is searched by many random sets of rules; what is visible follows from `domain.visibility.is_visible` alone.
"""

from collections.abc import Mapping
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest
from market import Market, Person
from msgspec import Struct
from sqlalchemy import delete, insert, select, update
from statements import recorded_statements

from b2b_dvizhenie.adapters.postgres import closings
from b2b_dvizhenie.adapters.postgres.tables import catalog as c
from b2b_dvizhenie.adapters.postgres.tables import visibility as v
from b2b_dvizhenie.adapters.postgres.views import catalog_sql
from b2b_dvizhenie.application.hierarchy import Question
from b2b_dvizhenie.application.ordering import OrderRequest, RequestedLine
from b2b_dvizhenie.application.pricing import ItemRequest, LineRequest
from b2b_dvizhenie.application.shared.actor import Actor, system_actor
from b2b_dvizhenie.domain.catalog import Selection, Sort
from b2b_dvizhenie.domain.ordering import Consent, Refused
from b2b_dvizhenie.domain.shared.errors import Invalid, NotFound
from b2b_dvizhenie.domain.shared.ids import BrandId, CompanyId, ProductId, SectionId, SegmentId, VariantId, new_id
from b2b_dvizhenie.domain.visibility import (
    NOTHING_CLOSED,
    ClosedGoods,
    Information,
    SegmentRules,
    closed_to,
    enterable_sections,
    is_visible,
    opened_to_buyer,
)
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
ROUNDS = 12
STAFF = system_actor("test")


class Good(Struct, frozen=True):
    """A product with where it stands."""

    product_id: UUID
    name: str
    article: str
    sections: tuple[SectionId, ...]
    brand: BrandId | None


class Scene:
    """A company in some of four segments, a tree of sections, goods in them."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.parents: dict[SectionId, SectionId | None] = {}
        self.brands: list[BrandId] = []
        self.goods: list[Good] = []
        self.segments = [SegmentId(new_id()) for _ in range(4)]

    async def open(self) -> "Scene":
        market = self.market
        self.company = await market.client("Own")
        self.person: Person = await market.member(self.company)
        for place in range(9):  # a tree of threes
            parent = None if place < 2 else list(self.parents)[(place - 2) // 3]
            key = SectionId(await market.section(f"Section {place}", parent))
            self.parents[key] = parent
        names = ("Ermak", "Kedr")
        self.brands = [BrandId(await market.brand(name)) for name in names]
        for place in range(24):
            sections = tuple(self.parents)
            section = sections[place % 9] if place % 8 else None
            brand = place % 3
            name, article = f"Bolt{place:02d}x good", f"ART-{place:04d}"
            made = (self.brands[brand], names[brand]) if brand < 2 else None
            key = await market.product(
                name,
                section=section,
                article=article,
                brand=made,
                retail="9",
                wholesale="7",
                stock={market.moscow: "5"},
            )
            own = (section,) if section else ()
            if section and place % 5 == 0:  # it stands in a second section as well
                other = sections[(place + 4) % 9]
                await self._also(key, section, other)
                own = (section, other)
            self.goods.append(Good(key, name, article, own, self.brands[brand] if brand < 2 else None))
        await market._write(
            *(insert(v.segment).values(segment_id=one, name=str(one)) for one in self.segments),
        )
        return self

    async def _also(self, product: UUID, section: SectionId, other: SectionId) -> None:
        path: list[SectionId] = []
        step: SectionId | None = other
        while step is not None:
            path.append(step)
            step = self.parents[step]
        held: set[SectionId] = set()
        step = section
        while step is not None:
            held.add(step)
            step = self.parents[step]
        name = await self._name(product)
        await self.market._write(
            update(c.product).where(c.product.c.product_id == product).values(section_ids=[section, other]),
            *(
                insert(c.placement).values(section_id=one, sort_key=name, product_id=product)
                for one in path
                if one not in held
            ),
            *(
                update(c.section)
                .where(c.section.c.section_id == one)
                .values(product_count=c.section.c.product_count + 1)
                for one in path
                if one not in held
            ),
        )

    async def _name(self, product: UUID) -> str:
        async with self.market.container.database().engine.connect() as connection:
            query = select(c.product.c.sort_key).where(c.product.c.product_id == product)
            return str((await connection.execute(query)).scalar_one())

    async def rule(self, rules: Mapping[SegmentId, SegmentRules], members: set[SegmentId]) -> None:
        """Let the segments have exactly these rules, and the company be in exactly these."""
        values: list[Any] = [delete(table) for table in (v.segment_section, v.segment_brand, v.segment_information)]
        values.append(delete(v.segment_member))
        for segment, one in rules.items():
            values.append(update(v.segment).where(v.segment.c.segment_id == segment).values(weight=one.weight))
            for key, opens in one.sections.items():
                values.append(insert(v.segment_section).values(segment_id=segment, section_id=key, opens=opens))
            for brand, opens in one.brands.items():
                values.append(insert(v.segment_brand).values(segment_id=segment, brand_id=brand, opens=opens))
            for group, opens in one.information.items():
                row = {"segment_id": segment, "information": group.value, "opens": opens}
                values.append(insert(v.segment_information).values(row))
        values += [insert(v.segment_member).values(segment_id=one, company_id=self.company) for one in members]
        await self.market._write(*values)

    async def closing(self, *sections: SectionId, brands: tuple[BrandId, ...] = ()) -> Actor:
        """The buyer, to whom exactly this is closed."""
        one = SegmentRules(0, dict.fromkeys(sections, False), dict.fromkeys(brands, False))
        await self.rule({self.segments[0]: one}, {self.segments[0]})
        return await self.market.actor(self.person)

    def drawn(self, random: Random) -> tuple[dict[SegmentId, SegmentRules], set[SegmentId]]:
        """Rules of every segment, and the segments the company is in."""

        def some(keys: Any, most: int) -> dict[Any, bool]:
            return {key: random.random() < 0.4 for key in random.sample(list(keys), random.randint(0, most))}

        rules = {
            one: SegmentRules(random.randint(-1, 1), some(self.parents, 4), some(self.brands, 2), some(Information, 3))
            for one in self.segments
        }
        return rules, {one for one in self.segments if random.random() < 0.6}

    def visible(self, closed: ClosedGoods) -> list[Good]:
        """The goods that exist for somebody."""
        return [one for one in self.goods if is_visible(closed, one.sections, one.brand)]

    def below(self, good: Good, section: SectionId) -> bool:
        """Whether a good stands in a section or below it."""
        for own in good.sections:
            step: SectionId | None = own
            while step is not None:
                if step == section:
                    return True
                step = self.parents[step]
        return False


@pytest.fixture
async def scene(market: Market) -> Scene:
    return await Scene(market).open()


async def listed(container: Container, actor: Actor, selection: Selection, sort: Sort | None = None) -> list[UUID]:
    page = await container.browse_catalog()(actor, selection, sort=sort, limit=100)
    return [one.id for one in page.items]


async def test_every_reader_shows_exactly_what_the_rules_leave_open(container: Container, scene: Scene) -> None:
    random = Random(7)  # noqa: S311 - rules must be reproducible
    level = (await scene.market.actor(scene.person)).opened
    for _ in range(ROUNDS):
        rules, members = scene.drawn(random)
        await scene.rule(rules, members)
        actor = await scene.market.actor(scene.person)
        closed = closed_to([rules[one] for one in members], scene.parents)
        assert (actor.closed, actor.closed_information) == (closed.goods, closed.information)
        assert actor.opened == opened_to_buyer(level, closed.information)
        visible = scene.visible(closed.goods)
        wanted = {one.product_id for one in visible}
        for sort in Sort:
            if sort is not Sort.RELEVANCE:
                assert set(await listed(container, actor, Selection(), sort)) == wanted
        await _sections(container, scene, actor, visible)
        await _brands_and_search(container, scene, actor, visible)
        await _one_by_one(container, scene, actor, wanted)


async def _sections(container: Container, scene: Scene, actor: Actor, visible: list[Good]) -> None:
    enterable = enterable_sections(actor.closed.sections, scene.parents)
    tree = {one.id: one for one in await container.show_sections()(actor)}
    assert set(tree) == enterable
    for section in scene.parents:
        inside = {one.product_id for one in visible if scene.below(one, section)}
        selection = Selection(section_id=section)
        if section not in enterable:
            for asked in (
                container.browse_catalog()(actor, selection),
                container.browse_catalog()(actor, selection, sort=Sort.PRICE),
                container.count_facets()(actor, selection),
                container.show_branch()(actor, section),
            ):
                with pytest.raises(NotFound):
                    await asked
            continue
        assert tree[section].product_count == len(inside)
        assert set(await listed(container, actor, selection)) == inside
        assert set(await listed(container, actor, selection, Sort.PRICE)) == inside
        assert (await container.count_facets()(actor, selection)).total == len(inside)
        branch = await container.show_branch()(actor, section)
        assert {one.id for one in branch.sections} <= enterable
        assert branch.path[-1].id == section


async def _brands_and_search(container: Container, scene: Scene, actor: Actor, visible: list[Good]) -> None:
    counts = {brand: sum(one.brand == brand for one in visible) for brand in scene.brands}
    facets = await container.count_facets()(actor, Selection(brands=tuple(scene.brands)))
    assert facets.total == sum(counts.values())
    assert {one.id: one.count for one in facets.brands} == {brand: count for brand, count in counts.items() if count}
    names = {one.name for one in visible}
    for good in scene.goods[::5]:
        for text in (good.name.split()[0], good.article):
            found = await container.browse_catalog()(actor, Selection(text=text), limit=50)
            assert {one.name for one in found.items} <= names
            assert (good.product_id in [one.id for one in found.items]) == (good in visible)
            note = found.shown_for  # what it was taken for is a word of goods that are open
            assert note is None or any(note.text in name.lower() for name in names)


async def _one_by_one(container: Container, scene: Scene, actor: Actor, wanted: set[UUID]) -> None:
    asked = [ItemRequest(article=one.article) for one in scene.goods]
    asked += [ItemRequest(variant_id=one.product_id) for one in scene.goods]
    answer = await container.price_items()(actor, asked)
    expected = ["priced" if one.product_id in wanted else "unknown" for one in scene.goods] * 2
    assert ["priced" if hasattr(line, "unit_price") else "unknown" for line in answer.lines] == expected
    shut = next((one for one in scene.goods if one.product_id not in wanted), None)
    for good in (shut, scene.goods[3]):
        if good is None:
            continue
        if good.product_id in wanted:
            card = await container.show_product()(actor, ProductId(good.product_id))
            assert {step.id for step in card.path} <= enterable_sections(actor.closed.sections, scene.parents)
            assert card.product.section_id not in actor.closed.sections
            continue
        with pytest.raises(NotFound):
            await container.show_product()(actor, ProductId(good.product_id))
        with pytest.raises(NotFound):
            await container.explain_own_price()(actor, VariantId(good.product_id))
        for line in (
            RequestedLine("lines.0", Decimal(1), VariantId(good.product_id)),
            RequestedLine("lines.0", Decimal(1), article=good.article),
        ):
            with pytest.raises(Invalid) as caught:
                await container.put_lines()(actor, [line])
            assert caught.value.errors[0].code == "ordering.goods_unknown"
            with pytest.raises(Invalid) as caught:
                await container.place_order()(actor, OrderRequest((line,)))
            assert caught.value.errors[0].field.startswith("lines.0.")


async def test_a_line_of_a_good_that_was_closed_stays_and_cannot_be_ordered(container: Container, scene: Scene) -> None:
    actor = await scene.market.actor(scene.person)
    shut = next(one for one in scene.goods if len(one.sections) == 1)
    left = next(one for one in scene.goods if not one.sections)
    placed = await scene.market.order(
        scene.person, (VariantId(shut.product_id), "2"), (VariantId(left.product_id), "1")
    )
    lines = [
        RequestedLine(f"lines.{place}", Decimal(2), VariantId(one.product_id)) for place, one in enumerate((shut, left))
    ]
    whole = await container.put_lines()(actor, lines)
    assert whole.can_order
    actor = await scene.closing(shut.sections[0])
    cart = await container.show_cart()(actor)
    kept, other = cart.lines
    assert (kept.variant_id, kept.price, kept.amount, kept.available, kept.availability) == (
        shut.product_id,
        None,
        None,
        None,
        None,
    )
    assert [one.code for one in kept.problems] == ["ordering.not_on_sale"]
    assert other.price == Decimal("7.00")
    assert cart.total == other.amount
    assert not cart.can_order
    outcome = await container.place_order()(actor, OrderRequest(consent=Consent(any_price=True)))
    assert isinstance(outcome, Refused)
    assert [one.field for one in outcome.reasons] == ["lines.0.variant_id"]
    # What was ordered stays ordered; repeating leaves out what is closed, naming it.
    details = await container.show_order()(actor, placed.order_id)
    assert len(details.lines) == 2
    repeated = await container.repeat_order()(actor, placed.order_id)
    assert [(one.article, one.reason) for one in repeated.differences] == [(shut.article, "gone")]
    # Other goods of the cart can still be changed, and the line be taken out.
    await container.put_lines()(actor, [RequestedLine("lines.0", Decimal(3), VariantId(left.product_id))])
    assert len((await container.remove_line()(actor, VariantId(shut.product_id))).lines) == 1


async def test_a_picture_of_closed_goods_is_shown_to_nobody_to_whom_they_are_closed(
    container: Container, scene: Scene, tmp_path: Any
) -> None:
    source = tmp_path / "one.png"
    source.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    stored = container.files().put_picture(source)
    shut = next(one for one in scene.goods if len(one.sections) == 1)
    row = {"product_id": shut.product_id, "position": 0, "sha256": stored.sha256, "media_type": stored.media_type}
    await scene.market._write(insert(c.picture).values(row))
    show = container.show_picture()
    assert await show(await scene.market.actor(scene.person), stored.sha256)
    with pytest.raises(NotFound):
        await show(await scene.closing(shut.sections[0]), stored.sha256)
    other = next(one for one in scene.parents if one != shut.sections[0] and scene.parents[one] is not None)
    assert not scene.below(shut, other)
    assert await show(await scene.closing(other), stored.sha256)


async def test_information_that_a_segment_closes_changes_the_prices_and_the_profile(
    container: Container, scene: Scene
) -> None:
    """What a segment opens is at most what the level opens; the price type follows, in the terms and in the profile."""
    market, good = scene.market, VariantId(scene.goods[0].product_id)

    async def price(*rules: tuple[int, bool], level: int = 2) -> tuple[Decimal | None, str]:
        group = Information.INDIVIDUAL_PRICES
        rule = {
            one: SegmentRules(weight, information={group: opens})
            for one, (weight, opens) in zip(scene.segments, rules, strict=False)
        }
        await scene.rule(rule, set(rule))
        person = scene.person if level == 2 else await market.member(scene.company, level=level)
        actor = await market.actor(person)
        quote = await container.price_lines()(actor, [LineRequest(good, Decimal(1))])
        profile = await container.show_profile()(actor)
        return quote.lines[0].unit_price, str(profile.companies[0].price_type)

    own = await price()
    default = await price((0, False))
    assert (own[0], default[0]) == (Decimal("7.00"), Decimal("9.00"))
    assert own[1] != default[1]
    assert await price((0, False), (1, True)) == own
    assert await price((1, False), (1, True)) == default
    assert await price((5, True), level=1) == default

    async def why() -> str:
        asked = Question(information=Information.INDIVIDUAL_PRICES)
        return (await container.explain_sight()(STAFF, scene.person.user_id, asked)).steps[-1].code

    assert await why() == "level_opens"
    await price((0, False))
    assert await why() == "segment_closed"


async def test_where_nothing_is_closed_no_statement_changes(container: Container, scene: Scene) -> None:
    """The common case pays nothing: no condition, no join, no parameter; and no statement more where something is."""
    assert closings.open_goods(closings.OPEN) == []
    assert closings.enterable(closings.OPEN) == []
    assert closings.values_of(NOTHING_CLOSED) == {}
    assert "closed" not in catalog_sql.page(catalog_sql.Shape(section=True), Sort.NAME, after=True, backward=False)
    counts = []
    for brands in ((), tuple(scene.brands)):
        actor = await scene.closing(brands=brands)
        with recorded_statements() as seen:
            await container.browse_catalog()(actor, Selection(), limit=10)
            await container.show_cart()(actor)
            await container.show_product()(actor, ProductId(scene.goods[2].product_id))
        assert any("closed_brands" in one for one in seen) == bool(brands)
        counts.append(len(seen))
    assert counts[0] == counts[1]


async def test_another_company_and_its_members_see_what_their_own_segments_leave(scene: Scene) -> None:
    other: CompanyId = await scene.market.client("Other")
    stranger = await scene.market.member(other)
    both = await scene.market.member(scene.company, other)
    await scene.closing(*scene.parents, brands=tuple(scene.brands))
    assert (await scene.market.actor(stranger)).closed == NOTHING_CLOSED
    assert (await scene.market.actor(both, other)).closed == NOTHING_CLOSED
    assert (await scene.market.actor(both, scene.company)).closed
