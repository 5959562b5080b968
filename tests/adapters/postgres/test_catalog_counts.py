"""Counts by brand are kept only where counting is dear, and never for long."""

from b2b_dvizhenie.adapters.postgres.views.catalog_counts import (
    LARGE,
    SECONDS,
    SECTION_SECONDS,
    CountCache,
    Counted,
    SectionCounts,
)
from b2b_dvizhenie.application.catalog.ports import Search
from b2b_dvizhenie.domain.catalog import Selection, read_text
from b2b_dvizhenie.domain.shared.ids import BrandId, SectionId, new_id
from b2b_dvizhenie.domain.visibility import NOTHING_CLOSED, ClosedGoods

BRAND = BrandId(new_id())


def counted(goods: int) -> Counted:
    return Counted([(BRAND, "IEK", goods - 1), (None, None, 1)])


def test_totals_with_and_without_chosen_brands() -> None:
    one = counted(10)
    assert one.facets(()).total == 10
    assert one.facets((BRAND,)).total == 9
    assert [(brand.name, brand.count) for brand in one.facets((BRAND,)).brands] == [("IEK", 9)]


def test_large_counts_live_for_a_while() -> None:
    clock = [0.0]
    cache = CountCache(lambda: clock[0])
    section = Selection(section_id=SectionId(new_id()))
    cache.keep(section, None, NOTHING_CLOSED, counted(LARGE))
    assert cache.get(section, None, NOTHING_CLOSED) is not None
    assert cache.get(Selection(section_id=section.section_id, in_stock=True), None, NOTHING_CLOSED) is None
    assert cache.get(Selection(), None, NOTHING_CLOSED) is None
    clock[0] = SECONDS + 1
    assert cache.get(section, None, NOTHING_CLOSED) is None


def test_small_counts_and_searches_are_exact() -> None:
    cache = CountCache(lambda: 0.0)
    cache.keep(Selection(), None, NOTHING_CLOSED, counted(LARGE - 1))
    assert cache.get(Selection(), None, NOTHING_CLOSED) is None
    text = read_text("болт")
    cache.keep(Selection(text="болт"), Search(text.terms, text), NOTHING_CLOSED, counted(LARGE))
    assert cache.get(Selection(), None, NOTHING_CLOSED) is None


def test_a_chosen_brand_that_was_not_counted_is_looked_up() -> None:
    cache = CountCache(lambda: 0.0)
    cache.keep(Selection(), None, NOTHING_CLOSED, counted(LARGE))
    assert cache.get(Selection(brands=(BRAND,)), None, NOTHING_CLOSED) is not None
    assert cache.get(Selection(brands=(BrandId(new_id()),)), None, NOTHING_CLOSED) is None


def test_counts_are_of_those_to_whom_the_same_is_closed() -> None:
    clock = [0.0]
    closed, other = ClosedGoods(brands=(BRAND,)), ClosedGoods(brands=(BrandId(new_id()),))
    cache, sections = CountCache(lambda: 0.0), SectionCounts(lambda: clock[0])
    cache.keep(Selection(), None, closed, counted(LARGE))
    sections.keep(closed, (3, 7), {})
    assert cache.get(Selection(), None, closed) is not None
    assert cache.get(Selection(), None, other) is None
    assert cache.get(Selection(), None, NOTHING_CLOSED) is None
    assert sections.get(closed, (3, 7)) == {}
    assert sections.get(closed, (3, 8)) is None  # an exchange has moved a counter
    assert sections.get(other, (3, 7)) is None
    clock[0] = SECTION_SECONDS + 1
    assert sections.get(closed, (3, 7)) is None
