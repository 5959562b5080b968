"""The product's reader against the generator: two independent readings of onec.md §3 must agree."""

from collections import Counter
from decimal import Decimal

import pytest

from b2b_dvizhenie.adapters.onec.cml import read
from b2b_dvizhenie.application.exchange.records import (
    FileHead,
    GoodRecord,
    OfferRecord,
    PartnerRecord,
    PriceTypeRecord,
    PropertyRecord,
    RowProblem,
    SectionRecord,
    WarehouseRecord,
)
from b2b_dvizhenie.testing.wholesaler import (
    BUYERS,
    PRICE_TYPES,
    WAREHOUSES,
    Profile,
    Wholesaler,
    write_catalog,
    write_changes,
)

SIZE = 1300


def records(folder, manifest):
    return [record for file in manifest.files for record in read(folder / file.name)]


def of(kind, found):
    return [record for record in found if isinstance(record, kind)]


@pytest.fixture(scope="module", params=list(Profile))
def told(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(str(request.param))
    manifest = write_catalog(Wholesaler(SIZE), folder, request.param, portion=500, pictures=False)
    return manifest, records(folder, manifest)


def test_goods_are_read_as_they_are(told):
    manifest, found = told
    goods = {record.ref: record for record in of(GoodRecord, found)}
    assert len(goods) == SIZE == len(of(GoodRecord, found))
    for good in Wholesaler(SIZE).goods():
        record = goods[good.ref]
        assert record.name.split() == good.name.split()
        assert record.article == good.article
        assert record.barcodes == ((good.barcode,) if good.barcode else ())
        assert record.code == good.code
        assert record.deleted == good.deleted
        assert record.unit.code == good.family.unit.code
        assert record.section_refs == ((good.section_ref,) if good.section_ref else None)
        assert record.brand == good.brand.name
        assert record.vat_rate == Decimal(good.family.vat)
        assert record.multiple == (Decimal(good.family.multiple) if good.family.multiple else None)
        values = {value.ref: value.values for value in record.properties}
        for axis, option in zip(good.family.axes, good.options, strict=True):
            assert values[axis.property_ref] == (option.value_ref or option.value,)
        picture = good.picture.replace("-", "") if manifest.profile is Profile.UT10 else good.picture
        assert record.pictures == ((picture,) if picture else None)


def test_offers_are_read_as_they_are(told):
    _, found = told
    prices, stocks = {}, {}
    for record in of(OfferRecord, found):
        key = record.ref, record.variant_ref
        if record.prices is not None:
            prices[key] = [row.value for row in record.prices]
        if record.stocks is not None:
            stocks[key] = [row.quantity for row in record.stocks]
    for offer in Wholesaler(SIZE).offers():
        key = offer.good.ref, offer.variant.ref if offer.variant else ""
        expected = [Decimal(price) / 100 or None for price in offer.prices]
        assert prices.get(key, []) == expected
        assert stocks[key] == [Decimal(stock) / 10 for stock in offer.stocks]


def test_the_classifier_is_read_as_it_is(told):
    _, found = told
    assert len(of(SectionRecord, found)) > 200
    assert Counter(record.parent_ref == "" for record in of(SectionRecord, found))[True] == 9
    dictionaries = [record for record in of(PropertyRecord, found) if record.kind == "enum"]
    assert {record.kind for record in of(PropertyRecord, found)} == {"enum", "number"}
    assert all(record.values for record in dictionaries)
    assert {record.ref: record.name for record in of(PriceTypeRecord, found)} == {it.ref: it.name for it in PRICE_TYPES}
    assert {(record.currency, record.vat_included) for record in of(PriceTypeRecord, found)} == {("RUB", True)}
    assert {record.ref: record.name for record in of(WarehouseRecord, found)} == {it.ref: it.name for it in WAREHOUSES}


def test_buyers_are_read_as_they_are(told):
    _, found = told
    read_back = {record.ref: record for record in of(PartnerRecord, found)}
    assert read_back.keys() == {company.ref for company in BUYERS}
    for company in BUYERS:
        record = read_back[company.ref]
        assert (record.inn, record.kpp, record.ogrn) == (company.inn, company.kpp, company.ogrn)
        assert (record.name, record.full_name) == (company.name, company.full_name)
        assert record.accounts[0].number == company.account
        assert {company.phone, company.email} <= {value for _, value in record.contacts}


def test_nothing_but_planted_dirt_is_complained_about(told):
    _, found = told
    problems = Counter((problem.severity, problem.code) for problem in of(RowProblem, found))
    assert not [key for key in problems if key[0] == "error"], problems


def test_only_the_first_goods_say_full(told):
    _, found = told
    full = [head.kind for head in of(FileHead, found) if not head.only_changes]
    assert full.count("catalog") == 1


@pytest.mark.parametrize("profile", list(Profile))
def test_the_price_and_stock_job_is_read_as_it_is(tmp_path, profile):
    wholesaler = Wholesaler(600)
    found = records(tmp_path, write_changes(wholesaler, tmp_path, 3, profile))
    merged = {}
    for record in of(OfferRecord, found):
        prices, stocks = merged.setdefault((record.ref, record.variant_ref), ([], []))
        prices += [row.value for row in record.prices or ()]
        stocks += [row.quantity for row in record.stocks or ()]
        assert not record.stocks or all(row.warehouse_ref != "*" for row in record.stocks)
    assert merged == {
        (offer.good.ref, offer.variant.ref if offer.variant else ""): (
            [Decimal(price) / 100 or None for price in offer.prices],
            [Decimal(stock) / 10 for stock in offer.stocks],
        )
        for offer in wholesaler.changed_offers(3)
    }
