"""Files in any order, in any portions, repeated: one state (onec.md §9 T14)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from b2b_dvizhenie.application.exchange.records import (
    FileHead,
    FileKind,
    GoodRecord,
    OfferRecord,
    PartnerRecord,
    PriceRow,
    PriceTypeRecord,
    PropertyRecord,
    PropertyValue,
    Record,
    SectionRecord,
    StockRow,
    WarehouseRecord,
)
from b2b_dvizhenie.domain.exchange.settings import NodeSettings
from b2b_dvizhenie.testing.digest import contents, differences
from b2b_dvizhenie.testing.importing import Importer

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.slow]

File = list[Record]
CLASSIFIER = FileHead(FileKind.CLASSIFIER)
CATALOG = FileHead(FileKind.CATALOG, catalog_ref="cat")
OFFERS = FileHead(FileKind.OFFERS)
PACKAGE = FileHead(FileKind.OFFERS, only_changes=False)
TABLES = "product, section, brand, property, price_type, warehouse, price, stock, company, exchange_generation"

words = st.sampled_from(["Кабель", "ёлка 12", "Автомат 16А", "Lamp", "x"])
sections = st.integers(0, 5).map("s{}".format)
numbers = st.integers(1, 10**6).map(lambda n: Decimal(n) / 100)


def good(draw: st.DrawFn, ref: str) -> GoodRecord:
    return GoodRecord(
        ref,
        name=draw(words),
        article=draw(words),
        brand=draw(st.sampled_from([None, "Kabex", "IEK"])),
        section_refs=tuple(draw(st.lists(sections, max_size=2, unique=True))),
        properties=draw(st.sampled_from([None, (PropertyValue("p", ("v1", "v2")),), (PropertyValue("q", ("v1",)),)])),
        barcodes=tuple(draw(st.lists(st.integers(10**12, 10**12 + 5).map(str), max_size=2, unique=True))),
        deleted=draw(st.booleans() if ref == "g0" else st.just(value=False)),
    )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Record], list[GoodRecord], list[OfferRecord], list[PartnerRecord]]:
    """Everything a wholesaler has to say: what stands by itself, goods, offers, companies."""
    refs = [f"g{n}" for n in range(draw(st.integers(1, 6)))]
    alone: list[Record] = [
        PropertyRecord("p", "Colour", "enum", (("v1", "red"), ("v2", "ёлочный"))),
        PropertyRecord("q", "Size"),
        PriceTypeRecord("retail", "Retail", "USD"),
        PriceTypeRecord("whole", "Wholesale", "RUB"),
        WarehouseRecord("w1", "Main"),
        WarehouseRecord("w2", "Reserve", deleted=draw(st.booleans())),
    ]
    for number in range(6):
        parent = draw(st.integers(-1, number - 1))
        alone.append(SectionRecord(f"s{number}", f"Section {number}", f"s{parent}" if parent >= 0 else ""))
    goods = [good(draw, ref) for ref in refs]
    for ref in [one.ref for one in goods if not one.deleted]:
        for variant in draw(st.sets(st.sampled_from(["red", "blue"]))):
            one = good(draw, draw(st.sampled_from([ref, f"only-{ref}"])))
            named = replace(one, variant_ref=variant, name=f"{one.name} {variant}", deleted=False)
            goods.append(replace(named, attributes=draw(st.sampled_from([(), (("c", "of the good"),)]))))
    offers = []
    for ref in refs:
        for variant in draw(st.sets(st.sampled_from(["", "red", "blue"]))):
            prices = tuple(
                PriceRow(kind, draw(st.none() | numbers), "", "", Decimal(1), Decimal(minimum))
                for kind in draw(st.sets(st.sampled_from(["retail", "whole", "never"])))
                for minimum in (0, 10)
            )
            stores = draw(st.sets(st.sampled_from(["w1", "w2"])) | st.just({"*"}))
            stocks = tuple(StockRow(store, draw(numbers)) for store in stores)
            offers.append(
                OfferRecord(
                    ref,
                    variant,
                    name=f"{ref} {variant}",
                    article=draw(words),
                    attributes=(("c", variant),) if variant else (),
                    prices=prices,
                    stocks=stocks,
                    stocks_complete=True,
                )
            )
    partners = [PartnerRecord(f"c{n}", draw(words)) for n in range(draw(st.integers(0, 2)))]
    return alone, goods, offers, partners


def facts(offer: OfferRecord) -> OfferRecord:
    return OfferRecord(offer.ref, offer.variant_ref, offer.name, offer.article, attributes=offer.attributes)


def commerce(offer: OfferRecord, *, prices: bool) -> OfferRecord:
    if prices:
        return OfferRecord(offer.ref, offer.variant_ref, prices=offer.prices)
    return OfferRecord(offer.ref, offer.variant_ref, stocks=offer.stocks, stocks_complete=True)


def portions(draw: st.DrawFn, rows: Sequence[Record], head: FileHead) -> Iterator[File]:
    """The rows in any order, cut anywhere."""
    waiting = list(draw(st.permutations(list(rows))))
    while waiting:
        size = draw(st.integers(1, len(waiting)))
        yield [head, *waiting[:size]]
        waiting = waiting[size:]


@st.composite
def exports(draw: st.DrawFn) -> tuple[list[File], list[File]]:
    """The same world twice: as one honest full export, and as files in any order, cut and repeated."""
    alone, goods, offers, partners = draw(worlds())
    full: list[File] = [[CLASSIFIER, *alone, CATALOG, *goods, PACKAGE, *offers, FileHead(FileKind.PARTNERS), *partners]]
    files = [*portions(draw, alone, CLASSIFIER), *portions(draw, goods, CATALOG)]
    files += portions(draw, partners, FileHead(FileKind.PARTNERS))
    if draw(st.booleans()):
        files += portions(draw, offers, draw(st.sampled_from([OFFERS, PACKAGE])))
    else:
        files += portions(draw, [facts(offer) for offer in offers], OFFERS)
        files += portions(draw, [commerce(offer, prices=True) for offer in offers], PACKAGE)
        files += portions(draw, [commerce(offer, prices=False) for offer in offers], OFFERS)
    files += draw(st.lists(st.sampled_from(files), max_size=4))
    return full, draw(st.permutations(files))


@given(exports())
@settings(
    max_examples=12 if settings().max_examples <= 100 else 200, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)  # shrinking imports takes minutes
async def test_any_order_any_portions_any_repeats_give_one_state(
    database_url: str, tmp_path: Path, both: tuple[list[File], list[File]]
):
    settings_of_node = NodeSettings(brand_property="", default_price_type="Retail")
    states = []
    for number, files in enumerate(both):
        importer = Importer(database_url, tmp_path, f"node-{number}-{id(both)}", settings_of_node)
        importer.execute("UPDATE exchange_node SET login = '1c' WHERE node_id = %s", importer.node_id)
        await importer.files(files)
        states.append(contents(database_url))
        miscounted = importer.execute(
            "SELECT external_ref FROM section s WHERE product_count <> (SELECT count(*) FROM product_placement l"
            " WHERE l.section_id = s.section_id)"
        )
        assert miscounted == []
        importer.execute(f"TRUNCATE {TABLES} CASCADE")
        importer.execute("DELETE FROM exchange_node")
    found = differences(*states)
    assert not found, "\n".join(found)


async def test_the_comparison_notices_a_lost_update(database_url: str, tmp_path: Path):
    """The control: a writer that forgot one stock row must not pass."""
    states = []
    for quantity in ("5", "6"):
        importer = Importer(database_url, tmp_path, "1c")
        await importer(
            CATALOG, GoodRecord("a", name="A"), OFFERS, OfferRecord("a", stocks=(StockRow("w", Decimal(quantity)),))
        )
        states.append(contents(database_url))
        importer.execute(f"TRUNCATE {TABLES} CASCADE")
        importer.execute("DELETE FROM exchange_node")
    assert differences(*states) == ["stock - (a#,w,5.000)", "stock + (a#,w,6.000)"]
