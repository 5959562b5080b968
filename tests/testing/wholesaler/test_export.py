import hashlib
import subprocess
import sys
import zlib
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from b2b_dvizhenie.testing.wholesaler import (
    PRICE_TYPES,
    WAREHOUSES,
    Profile,
    Wholesaler,
    chunks,
    pack,
    read_manifest,
    write_catalog,
    write_changes,
)

NAMESPACE = "{urn:1C.ru:commerceml_2}"


def names(element):
    return [etree.QName(child).localname for child in element]


def parse(path):
    root = etree.parse(path).getroot()
    for element in root.iter():
        element.tag = etree.QName(element).localname
    return root


def digests(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ut115")
    return folder, write_catalog(Wholesaler(2500), folder, portion=1000)


def test_the_same_seed_makes_the_same_bytes(exported, tmp_path):
    folder, _ = exported
    write_catalog(Wholesaler(2500), tmp_path, portion=1000)
    assert digests(tmp_path) == digests(folder)
    assert read_manifest(tmp_path) == read_manifest(folder)


def test_files_are_portions_in_the_order_of_1c(exported):
    folder, manifest = exported
    assert manifest.named("import") == ("import0_1.xml", "import0_2.xml", "import0_3.xml")
    assert manifest.named("offers") == ("offers0_1.xml", "offers0_2.xml", "offers0_3.xml")
    assert manifest.named("partners") == ("contragents0_1.xml",)
    for file in manifest.files:
        body = (folder / file.name).read_bytes()
        assert body.startswith(b'\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8"?>\n')
        assert len(body) == file.size
        assert hashlib.sha256(body).hexdigest() == file.sha256


def test_only_the_first_portion_is_full_and_has_the_classifier(exported):
    folder, manifest = exported
    for number, name in enumerate(manifest.named("import")):
        root = etree.parse(folder / name).getroot()
        assert root.tag == f"{NAMESPACE}КоммерческаяИнформация"
        assert root.get("ВерсияСхемы") == "2.07"
        assert names(root) == (["Классификатор", "Каталог"] if number == 0 else ["Каталог"])
        assert root.find(f"{NAMESPACE}Каталог").get("СодержитТолькоИзменения") == ("true" if number else "false")
    for number, name in enumerate(manifest.named("offers")):
        root = parse(folder / name)
        assert root.find("ПакетПредложений").get("СодержитТолькоИзменения") == ("true" if number else "false")
        assert [item.findtext("Наименование") for item in root.iter("ТипЦены")] == [item.name for item in PRICE_TYPES]
        assert [item.findtext("Ид") for item in root.iter("Склад") if item.find("Ид") is not None] == [
            item.ref for item in WAREHOUSES
        ]


def test_the_manifest_counts_what_the_files_hold(exported):
    folder, manifest = exported
    counts = manifest.counts
    goods = [good for name in manifest.named("import") for good in parse(folder / name).iter("Товар")]
    assert len(goods) == counts.goods == 2500
    assert sum(good.get("Статус") == "Удален" for good in goods) == counts.deleted > 0
    assert sum(not good.findtext("Артикул") for good in goods) == counts.empty_articles > 0
    assert sum(good.find("Группы") is None for good in goods) == counts.without_section
    pictures = [good.findtext("Картинка") for good in goods if good.find("Картинка") is not None]
    assert len(pictures) == counts.goods - counts.without_picture
    assert sum(not (folder / picture).is_file() for picture in pictures) == counts.lost_pictures
    offers = [offer for name in manifest.named("offers") for offer in parse(folder / name).iter("Предложение")]
    assert len(offers) == counts.offers
    assert sum("#" in offer.findtext("Ид") for offer in offers) == counts.variant_offers > 0
    prices = [price.findtext("ЦенаЗаЕдиницу") for offer in offers for price in offer.iter("Цена")]
    assert len(prices) == counts.prices
    assert prices.count("0") == counts.zero_prices > 0
    stocks = [Decimal(stock.get("КоличествоНаСкладе")) for offer in offers for stock in offer.iter("Склад")]
    assert len(stocks) == counts.stocks
    assert sum(stock < 0 for stock in stocks) == counts.negative_stocks > 0
    assert len(list(parse(folder / "contragents0_1.xml").iter("Контрагент"))) == counts.partners == 12


def test_files_agree_with_the_goods(exported):
    folder, manifest = exported
    offers = iter(Wholesaler(2500).offers())
    for name in manifest.named("offers"):
        for element in parse(folder / name).iter("Предложение"):
            offer = next(offers)
            total = sum(offer.stocks)
            assert Decimal(element.findtext("Количество")) * 10 == total
            assert [Decimal(stock.get("КоличествоНаСкладе")) * 10 for stock in element.iter("Склад")] == list(
                offer.stocks
            )
            assert [Decimal(price.findtext("ЦенаЗаЕдиницу")) * 100 for price in element.iter("Цена")] == list(
                offer.prices
            )
    assert next(offers, None) is None


def test_one_file_form(tmp_path):
    manifest = write_catalog(Wholesaler(1200), tmp_path, portion=0, pictures=False)
    assert [file.name for file in manifest.files] == ["import0_1.xml", "offers0_1.xml", "contragents0_1.xml"]
    assert len(list(parse(tmp_path / "import0_1.xml").iter("Товар"))) == 1200


@pytest.mark.parametrize(
    ("profile", "import_names", "namespace", "bom"),
    [
        (Profile.UT10, ("import.xml",), "", True),
        (Profile.UNF, ("import0.xml", "import1.xml"), "{urn:1C.ru:commerceml_210}", False),
    ],
)
def test_other_families_spell_differently(tmp_path, profile, import_names, namespace, bom):
    manifest = write_catalog(Wholesaler(1500), tmp_path, profile, portion=1000)
    assert manifest.named("import") == import_names
    first = tmp_path / import_names[0]
    assert first.read_bytes().startswith(b"\xef\xbb\xbf") is bom
    assert etree.parse(first).getroot().tag == f"{namespace}КоммерческаяИнформация"
    goods = [good for name in import_names for good in parse(tmp_path / name).iter("Товар")]
    deleted = [
        good for good in goods if good.findtext("Статус") == "Удален" or good.findtext("ПометкаУдаления") == "true"
    ]
    assert len(deleted) == manifest.counts.deleted > 0
    pictures = {good.findtext("Картинка") for good in goods} - {None}
    found = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.png")}
    assert len(pictures - found) <= manifest.counts.lost_pictures
    assert found == set(manifest.pictures)


def test_31_writes_one_kind_per_file(tmp_path):
    manifest = write_catalog(Wholesaler(120), tmp_path, Profile.BITRIX31, portion=60, pictures=False)
    kinds = [file.name.partition("_")[0] for file in manifest.files]
    assert kinds == [
        *("groups", "units", "propertiesGoods", "goods", "goods", "priceLists", "storages"),
        *("offers", "prices", "rests") * 2,
        "contragents",
    ]
    assert [file.full for file in manifest.files if file.name.startswith("goods")] == [True, False]
    for file in manifest.files:
        root = etree.parse(tmp_path / file.name).getroot()
        assert root.tag == "{urn:1C.ru:commerceml_3}КоммерческаяИнформация"
        assert root.get("ВерсияСхемы") == "3.1"
        assert root.get("Ид") == "Обмен с сайтом"
    prices = parse(tmp_path / next(file.name for file in manifest.files if file.name.startswith("prices_1_1")))
    assert {tuple(names(row)) for row in prices.iter("Предложение")} == {("Ид", "Цены")}
    rests = parse(tmp_path / next(file.name for file in manifest.files if file.name.startswith("rests_1_1")))
    assert {tuple(names(row)) for row in rests.iter("Предложение")} == {("Ид", "Остатки")}


def test_price_and_stock_job_tells_what_moved(tmp_path):
    wholesaler = Wholesaler(1000)
    manifest = write_changes(wholesaler, tmp_path, day=2)
    root = parse(tmp_path / "offers0_1.xml")
    package = root.find("ИзмененияПакетаПредложений")
    told = [(row.findtext("Ид"), row.findtext("ИдХарактеристики") or "") for row in package.iter("Предложение")]
    moved = list(wholesaler.changed_offers(2))
    assert told == [(offer.good.ref, offer.variant.ref if offer.variant else "") for offer in moved]
    assert len(told) == manifest.counts.offers > 50
    assert all("#" not in ref for ref, _ in told)
    assert len(list(package.iter("Склады"))) == 3 * len(told)


def test_pictures_are_small_png_that_decode(exported):
    folder, manifest = exported
    assert 100 < len(manifest.pictures) < 200
    for name in manifest.pictures:
        body = (folder / name).read_bytes()
        assert body.startswith(b"\x89PNG\r\n\x1a\n")
        assert len(body) < 12_000
        width = int.from_bytes(body[16:20])
        data = body[body.index(b"IDAT") + 4 :]
        assert len(zlib.decompressobj().decompress(data)) == width * (width + 1) == 400 * 401


def test_archives_are_equal_for_equal_files_and_chunks_join(exported, tmp_path):
    folder, manifest = exported
    parts = ["import0_1.xml", *manifest.pictures[:5]]
    one, two = pack(tmp_path / "1.zip", folder, parts), pack(tmp_path / "2.zip", folder, parts)
    assert one.read_bytes() == two.read_bytes()
    pieces = list(chunks(one, 4000))
    assert b"".join(pieces) == one.read_bytes()
    assert all(len(piece) == 4000 for piece in pieces[:-1])
    assert 0 < len(pieces[-1]) <= 4000
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    assert list(chunks(empty, 10)) == [b""]


def run_module(*arguments):
    command = [sys.executable, "-m", "b2b_dvizhenie.testing.wholesaler", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_command_line(tmp_path):
    done = run_module("--size", "50", "--out", str(tmp_path / "out"), "--no-pictures")
    assert done.returncode == 0, done.stderr
    assert "50 goods" in done.stdout
    assert (tmp_path / "out/import0_1.xml").is_file()
    refused = run_module("--size", "50", "--out", str(tmp_path / "out"), "--changes")
    assert refused.returncode == 2
    assert "--day 1" in refused.stderr


@pytest.mark.slow
def test_a_large_export_streams_in_constant_memory(tmp_path, request):
    """A hundred thousand goods at night; by day a fifth of them, and of what memory may grow by."""
    code = (
        "import resource, sys; from pathlib import Path; from b2b_dvizhenie.testing.wholesaler import *;"
        "write_catalog(Wholesaler(int(sys.argv[1])), Path(sys.argv[2]), portion=0, pictures=False);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )

    def peak(size):
        command = [sys.executable, "-c", code, str(size), str(tmp_path)]
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    parts = 1 if request.config.getoption("--nightly") else 5
    size = 100_000 // parts
    small, large = peak(1000), peak(size)
    assert Path(tmp_path / "import0_1.xml").stat().st_size > 250_000_000 // parts
    assert large - small < 16_384 // parts, f"{small} KiB for 1,000 goods, {large} KiB for {size:,}"
