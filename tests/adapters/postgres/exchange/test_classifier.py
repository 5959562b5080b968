"""Sections, characteristics and brands, in whatever order they come (onec.md §3.3)."""

import pytest

from b2b_dvizhenie.application.exchange.records import (
    FileHead,
    FileKind,
    GoodRecord,
    OfferRecord,
    PropertyRecord,
    PropertyValue,
    SectionRecord,
)
from b2b_dvizhenie.domain.exchange.settings import NodeSettings
from b2b_dvizhenie.testing.digest import contents, differences
from b2b_dvizhenie.testing.importing import Importer

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

CLASSIFIER = FileHead(FileKind.CLASSIFIER)
CATALOG = FileHead(FileKind.CATALOG, catalog_ref="cat")
OFFERS = FileHead(FileKind.OFFERS)
SECTIONS = "SELECT external_ref, name, product_count, is_active FROM section ORDER BY 1"


def placed(importer: Importer) -> list[tuple]:
    return importer.execute(
        "SELECT p.external_ref, s.external_ref FROM product_placement JOIN product p USING (product_id)"
        "  JOIN section s ON s.section_id = product_placement.section_id ORDER BY 1, 2"
    )


async def test_a_section_that_comes_after_its_goods_takes_them_in(importer: Importer):
    applied = await importer(CATALOG, GoodRecord("a", name="A", section_refs=("late",)))
    assert [one.code for one in applied.problems] == ["exchange.section_unknown"]
    assert importer.execute(SECTIONS) == [("late", "", 1, False)]
    await importer(CLASSIFIER, SectionRecord("top", "Top"), SectionRecord("late", "Late", "top"))
    assert importer.execute(SECTIONS) == [("late", "Late", 1, True), ("top", "Top", 1, True)]
    assert placed(importer) == [("a", "late"), ("a", "top")]


async def test_a_section_that_moves_takes_its_goods_with_it(importer: Importer):
    await importer(
        CLASSIFIER,
        SectionRecord("x", "X"),
        SectionRecord("y", "Y"),
        SectionRecord("in", "In", "x"),
        CATALOG,
        GoodRecord("a", name="A", section_refs=("in",)),
    )
    assert placed(importer) == [("a", "in"), ("a", "x")]
    await importer(CLASSIFIER, SectionRecord("in", "In", "y"))
    assert placed(importer) == [("a", "in"), ("a", "y")]
    assert importer.execute(SECTIONS) == [("in", "In", 1, True), ("x", "X", 0, True), ("y", "Y", 1, True)]


async def test_sections_that_lead_back_to_themselves_are_told_and_cut(importer: Importer):
    applied = await importer(CLASSIFIER, SectionRecord("a", "A", "b"), SectionRecord("b", "B", "a"))
    assert [(one.code, one.ref) for one in applied.problems] == [("exchange.section_cycle", "b")]
    parents = (
        "SELECT external_ref, (SELECT external_ref FROM section p WHERE p.section_id = s.parent_id) FROM section s"
    )
    assert sorted(importer.execute(parents)) == [("a", "b"), ("b", None)]


async def test_a_deleted_section_stays_while_goods_stand_in_it(importer: Importer):
    await importer(CLASSIFIER, SectionRecord("g", "G"), CATALOG, GoodRecord("a", name="A", section_refs=("g",)))
    await importer(CLASSIFIER, SectionRecord("g", "G", deleted=True))
    assert importer.execute(SECTIONS) == [("g", "G", 1, True)]
    await importer(CATALOG, GoodRecord("a", name="A", section_refs=()))
    assert importer.execute(SECTIONS) == [("g", "G", 0, False)]
    await importer(CLASSIFIER, SectionRecord("g", "G"))
    assert importer.execute(SECTIONS) == [("g", "G", 0, True)]


async def test_a_dictionary_that_comes_late_or_changes_is_read_by_goods_that_are_not_resent(importer: Importer):
    good = GoodRecord("a", name="A", properties=(PropertyValue("p", ("v1", "v2")), PropertyValue("free", ("text",))))
    await importer(CATALOG, good)
    properties = "SELECT properties FROM product"
    free = {"ref": "free", "name": "free", "values": ["text"]}
    assert importer.execute(properties) == [([{"ref": "p", "name": "p", "values": ["v1", "v2"]}, free],)]
    await importer(CLASSIFIER, PropertyRecord("p", "Colour", "enum", (("v1", "red"),)))
    read = {"ref": "p", "name": "Colour", "values": ["red", "v2"], "raw": ["v1", "v2"]}
    assert importer.execute(properties) == [([read, free],)]
    await importer(CLASSIFIER, PropertyRecord("p", "Colour", "enum", (("v2", "зелёный"),)))
    assert importer.execute(properties)[0][0][0]["values"] == ["red", "зелёный"]
    found = "SELECT count(*) FROM product WHERE search @@ to_tsquery('russian', 'зеленый')"
    assert importer.execute(found) == [(1,)]
    assert importer.execute("SELECT count(*) FROM search_word WHERE word = 'зеленый'") == [(1,)]


async def test_dictionaries_before_inside_and_after_the_goods_give_one_state(importer: Importer, database_url: str):
    told = PropertyRecord("p", "Colour", "enum", (("v1", "red"), ("v2", "green")))
    goods = [GoodRecord(ref, name=ref, properties=(PropertyValue("p", ("v1",)),)) for ref in "abc"]
    await importer(CLASSIFIER, told, CATALOG, *goods)
    before = contents(database_url)
    for files in ([[CATALOG, *goods], [CLASSIFIER, told]], [[CATALOG, goods[0], told, *goods[1:]]]):
        importer.execute("TRUNCATE product, property CASCADE")
        await importer.files(files)
        assert differences(before, contents(database_url)) == []


async def test_the_brand_may_be_a_characteristic(importer: Importer):
    importer.settings = NodeSettings(brand_property="Brand")
    good = GoodRecord("a", name="A", brand="Maker", properties=(PropertyValue("b", ("v1",)),))
    await importer(CATALOG, good)
    brands = "SELECT b.name FROM product JOIN brand b USING (brand_id)"
    assert importer.execute(brands) == [("Maker",)]
    await importer(CLASSIFIER, PropertyRecord("b", "Brand", "enum", (("v1", "Kabex"),)))
    assert importer.execute(brands) == [("Kabex",)]
    await importer(CATALOG, GoodRecord("c", name="C", properties=(PropertyValue("b", ("v1",)),)))
    assert importer.execute("SELECT count(*), count(DISTINCT brand_id) FROM product") == [(2, 1)]


async def test_a_product_is_found_by_articles_and_barcodes_of_its_variants(importer: Importer):
    found = "SELECT external_ref FROM product WHERE search @@ to_tsquery('russian', %s) ORDER BY 1"
    red = OfferRecord("a", "red", name="A red", article="ZX-77", barcodes=("4601234567893",))
    await importer(OFFERS, red)
    await importer(CATALOG, GoodRecord("a", name="A", article="ZX"), GoodRecord("b", name="B"))
    for words in ("zx77", "4601234567893"):
        assert importer.execute(found, words) == [("a",)]
    await importer(OFFERS, OfferRecord("b", "x", name="B x", article="QQ-1"))
    assert importer.execute(found, "qq1") == [("b",)]
    await importer(CATALOG, GoodRecord("a", name="A renamed", article="ZX"))
    assert importer.execute(found, "zx77") == [("a",)]
