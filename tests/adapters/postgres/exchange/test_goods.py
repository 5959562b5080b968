"""Goods, variants, prices and stock as an exchange tells them (onec.md §3.4, §3.5, §3.7)."""

from decimal import Decimal

import pytest

from b2b_dvizhenie.application.exchange.records import (
    FileHead,
    FileKind,
    GoodRecord,
    OfferRecord,
    PriceRow,
    PriceTypeRecord,
    PropertyRecord,
    PropertyValue,
    SectionRecord,
    StockRow,
    WarehouseRecord,
)
from b2b_dvizhenie.testing.digest import contents, differences, row_versions
from b2b_dvizhenie.testing.importing import Importer

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

CATALOG = FileHead(FileKind.CATALOG, catalog_ref="cat")
CHANGES = FileHead(FileKind.OFFERS, only_changes=True)
PACKAGE = FileHead(FileKind.OFFERS, only_changes=False)
RETAIL, WHOLESALE = PriceTypeRecord("retail", "Retail", "RUB"), PriceTypeRecord("whole", "Wholesale", "RUB")


def price(kind: str, value: str | None, minimum: str = "0", factor: str = "1") -> PriceRow:
    return PriceRow(kind, None if value is None else Decimal(value), "RUB", "", Decimal(factor), Decimal(minimum))


def prices(importer: Importer) -> list[tuple]:
    return importer.execute(
        "SELECT p.external_ref || '#' || v.variant_ref, t.external_ref, c.min_quantity::int, trim_scale(c.amount)::text"
        "  FROM price c JOIN variant v USING (variant_id) JOIN product p USING (product_id)"
        "  JOIN price_type t USING (price_type_id) ORDER BY 1, 2, 3"
    )


def stocks(importer: Importer) -> list[tuple]:
    return importer.execute(
        "SELECT p.external_ref, w.external_ref, trim_scale(s.quantity)::text"
        "  FROM stock s JOIN variant v USING (variant_id) JOIN product p USING (product_id)"
        "  JOIN warehouse w USING (warehouse_id) ORDER BY 1, 2"
    )


async def test_a_good_stands_in_its_section_and_above_and_can_be_found(importer: Importer):
    await importer(
        FileHead(FileKind.CLASSIFIER),
        SectionRecord("g1", "Cables"),
        SectionRecord("g2", "Power cables", "g1"),
        PropertyRecord("p1", "Cores", "enum", (("v3", "3"), ("v5", "5"))),
        CATALOG,
        GoodRecord(
            "a",
            name="Кабель ВВГнг-LS 3х2,5",
            article="ВВГ-325",
            section_refs=("g2",),
            brand="Kabex",
            vat_rate=Decimal(22),
            vat_said=True,
            properties=(PropertyValue("p1", ("v3",)),),
        ),
    )
    placed = importer.execute(
        "SELECT s.external_ref FROM product_placement JOIN section s USING (section_id) ORDER BY 1"
    )
    assert placed == [("g1",), ("g2",)]
    counted = importer.execute("SELECT external_ref, product_count, is_active FROM section ORDER BY 1")
    assert counted == [("g1", 1, True), ("g2", 1, True)]
    found = importer.execute(
        "SELECT properties, article_key, vat_rate, b.name,"
        "       product_id = ANY (SELECT variant_id FROM variant WHERE is_active)"
        "  FROM product JOIN brand b USING (brand_id) WHERE search @@ to_tsquery('russian', 'кабели')"
    )
    stored = [{"ref": "p1", "name": "Cores", "values": ["3"], "raw": ["v3"]}]
    assert found == [(stored, "bbг325", Decimal(22), "Kabex", True)]


async def test_resending_the_same_writes_no_row(importer: Importer):
    file = [
        FileHead(FileKind.CLASSIFIER),
        SectionRecord("g1", "Cables"),
        FileHead(FileKind.CATALOG, only_changes=False, catalog_ref="cat"),
        GoodRecord("a", name="A", section_refs=("g1",), requisites=(("x", "y"),)),
        GoodRecord("b", name="B", deleted=True),
        PACKAGE,
        RETAIL,
        WarehouseRecord("w", "Main"),
        OfferRecord("a", name="A", prices=(price("retail", "10.5"),), stocks=(StockRow("w", Decimal(5)),)),
        OfferRecord("a", "x", name="A red", attributes=(("colour", "red"),), prices=(price("retail", "11"),)),
    ]
    await importer(*file)
    before, versions = contents(importer.url), row_versions(importer.url)
    again = await importer(*file)
    assert differences(before, contents(importer.url)) == []
    assert row_versions(importer.url) == versions
    assert again.counters["goods.same"] == 2
    await importer(CHANGES, OfferRecord("a", prices=(price("retail", "10.6"),)))
    assert row_versions(importer.url)["price"] != versions["price"]


async def test_changes_replace_the_types_they_list_and_a_full_package_all_of_the_node(importer: Importer):
    both = (price("retail", "10"), price("retail", "9", "100"), price("whole", "8"))
    await importer(CATALOG, GoodRecord("a", name="A"), PACKAGE, RETAIL, WHOLESALE, OfferRecord("a", prices=both))
    await importer(CHANGES, OfferRecord("a", prices=(price("retail", "11"),)))
    assert prices(importer) == [("a#", "retail", 0, "11"), ("a#", "whole", 0, "8")]
    await importer(CHANGES, OfferRecord("a", prices=(price("whole", None),)))
    assert prices(importer) == [("a#", "retail", 0, "11")]
    await importer(CHANGES, OfferRecord("a", prices=()))
    assert prices(importer) == [("a#", "retail", 0, "11")]
    await importer(PACKAGE, OfferRecord("a", stocks=(StockRow("*", Decimal(1)),)))
    assert prices(importer) == [("a#", "retail", 0, "11")]
    await importer(PACKAGE, OfferRecord("a", prices=(price("whole", "7"),)))
    assert prices(importer) == [("a#", "whole", 0, "7")]
    await importer(PACKAGE, OfferRecord("a", prices=()))
    assert prices(importer) == []


async def test_a_price_per_pack_is_stored_per_base_unit(importer: Importer):
    await importer(
        CATALOG,
        GoodRecord("a", name="A"),
        CHANGES,
        RETAIL,
        OfferRecord("a", prices=(price("retail", "100", factor="12"),)),
    )
    assert prices(importer) == [("a#", "retail", 0, "8.3333")]


async def test_prices_too_small_or_too_large_never_stop_a_file(importer: Importer):
    rows = (price("retail", "0.00001"), price("whole", "1e15"))
    applied = await importer(
        CATALOG, GoodRecord("a", name="A"), CHANGES, RETAIL, WHOLESALE, OfferRecord("a", prices=rows)
    )
    assert prices(importer) == []
    assert [one.code for one in applied.problems] == ["exchange.number_out_of_range"]


async def test_an_unknown_price_type_is_kept_inactive_until_it_is_announced(importer: Importer):
    applied = await importer(CATALOG, GoodRecord("a", name="A"), CHANGES, OfferRecord("a", prices=(price("new", "5"),)))
    assert [one.code for one in applied.problems] == ["exchange.price_type_unknown"]
    assert importer.execute("SELECT external_ref, is_active FROM price_type") == [("new", False)]
    await importer(CHANGES, PriceTypeRecord("new", "New one", "USD"))
    assert importer.execute("SELECT name, currency, is_active FROM price_type") == [("New one", "USD", True)]
    assert prices(importer) == [("a#", "new", 0, "5")]


async def test_stock_by_warehouse_and_a_total_exclude_each_other(importer: Importer):
    await importer(CATALOG, GoodRecord("a", name="A"), CHANGES, OfferRecord("a", stocks=(StockRow("*", Decimal(7)),)))
    by_store = (StockRow("w1", Decimal(3)), StockRow("w2", Decimal("-2.5")))
    await importer(CHANGES, OfferRecord("a", stocks=by_store))
    assert stocks(importer) == [("a", "*", "0"), ("a", "w1", "3"), ("a", "w2", "-2.5")]
    await importer(CHANGES, OfferRecord("a", stocks=(StockRow("w1", Decimal(4)),)))
    assert stocks(importer) == [("a", "*", "0"), ("a", "w1", "4"), ("a", "w2", "-2.5")]
    await importer(CHANGES, OfferRecord("a", stocks=(StockRow("w1", Decimal(4)),), stocks_complete=True))
    assert stocks(importer) == [("a", "*", "0"), ("a", "w1", "4"), ("a", "w2", "0")]


async def test_offers_before_goods_wait_and_come_alive_with_them(importer: Importer):
    await importer(CHANGES, RETAIL, OfferRecord("a", "red", name="A red", prices=(price("retail", "5"),)))
    waiting = importer.execute("SELECT is_active, inactive_reason FROM product")
    assert waiting == [(False, "awaiting_good")]
    await importer(CHANGES, OfferRecord("a", "red", stocks=(StockRow("*", Decimal(2)),)))
    await importer(CATALOG, GoodRecord("a", name="A"))
    assert importer.execute("SELECT name, is_active, inactive_reason FROM product") == [("A", True, "")]
    assert prices(importer) == [("a#red", "retail", 0, "5")]
    assert stocks(importer) == [("a", "*", "2")]


async def test_a_product_sold_by_characteristics_is_not_sold_without_them(importer: Importer):
    await importer(CATALOG, GoodRecord("a", name="A"), GoodRecord("b", name="B"), GoodRecord("c", name="C"))
    await importer(
        CHANGES, OfferRecord("a", "x", name="A x"), OfferRecord("b", name="B"), OfferRecord("b", "x", name="B x")
    )
    active = importer.execute(
        "SELECT p.external_ref, v.variant_ref, v.is_active"
        "  FROM variant v JOIN product p USING (product_id) ORDER BY 1, 2"
    )
    assert active == [("a", "", False), ("a", "x", True), ("b", "", True), ("b", "x", True), ("c", "", True)]


async def test_deletion_and_return_leave_a_hand_made_choice_alone(importer: Importer):
    good, red = GoodRecord("a", name="A", section_refs=("g",)), OfferRecord("a", "x", name="A x")
    await importer(FileHead(FileKind.CLASSIFIER), SectionRecord("g", "G"), CATALOG, good, red)
    importer.execute("UPDATE product SET is_hidden = true")
    await importer(CATALOG, GoodRecord("a", deleted=True))
    state = "SELECT name, is_active, inactive_reason, is_hidden FROM product"
    assert importer.execute(state) == [("A", False, "deleted_in_1c", True)]
    assert importer.execute("SELECT count(*) FROM product_placement") == [(0,)]
    await importer(CATALOG, good)
    assert importer.execute(state) == [("A", True, "", True)]
    assert importer.execute("SELECT count(*) FROM product_placement") == [(0,)]
    await importer(CHANGES, OfferRecord("a", "x", deleted=True))
    assert importer.execute("SELECT is_active FROM variant WHERE variant_ref = 'x'") == [(False,)]
    await importer(CHANGES, OfferRecord("a", "x", prices=()))
    assert importer.execute("SELECT is_active FROM variant WHERE variant_ref = 'x'") == [(False,)]
    await importer(CHANGES, OfferRecord("a", "x", name="A x"))
    assert importer.execute("SELECT is_active FROM variant WHERE variant_ref = 'x'") == [(True,)]
