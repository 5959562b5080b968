from decimal import Decimal

import pytest

from b2b_dvizhenie.adapters.onec.cml import ReadOptions
from b2b_dvizhenie.application.exchange.records import (
    FileHead,
    OfferRecord,
    PriceRow,
    PriceTypeRecord,
    RowProblem,
    StockRow,
    WarehouseRecord,
)


@pytest.fixture
def one(files, reading):
    """Read one offer with these children; returns (offer, problems)."""

    def run(more="", flag="true", options=None, **kwargs):
        records = reading(files.root(files.package(files.offer(more, **kwargs), flag=flag)), options)
        offers = [record for record in records if isinstance(record, OfferRecord)]
        return (offers[0] if offers else None), [record for record in records if isinstance(record, RowProblem)]

    return run


def test_an_offer_says_only_what_it_says(one, files):
    offer, problems = one()
    assert problems == []
    assert offer == OfferRecord(ref=files.good_ref, line=2)
    assert (offer.prices, offer.stocks, offer.deleted, offer.properties, offer.pictures) == (None,) * 5


def test_prices(one, files):
    more = (
        "<Валюта>USD</Валюта><Единица> упак </Единица><Коэффициент>10</Коэффициент><МинКоличество>100</МинКоличество>"
        "<Налог><Наименование>НДС</Наименование><УчтеноВСумме>false</УчтеноВСумме></Налог>"
    )
    offer, problems = one(f"<Цены>{files.price('120,50')}{files.price('95', 'Отпускная цена', more)}</Цены>")
    assert problems == []
    assert offer.prices == (
        PriceRow("опт", Decimal("120.50"), "RUB"),
        PriceRow("Отпускная цена", Decimal(95), "USD", "упак", Decimal(10), Decimal(100), vat_included=False),
    )


@pytest.mark.parametrize(
    ("text", "codes"),
    [("0", []), ("0.00", []), ("", []), ("abc", ["exchange.number_unreadable"]), ("-5", ["exchange.price_negative"])],
)
def test_no_price_is_none_and_never_zero(one, files, text, codes):
    offer, problems = one(f"<Цены>{files.price(text)}</Цены>")
    assert offer.prices == (PriceRow("опт", None, "RUB"),)
    assert [problem.code for problem in problems] == codes


def test_an_empty_price_list_withdraws_only_in_a_full_package(one):
    assert one("<Цены/>", flag="true")[0].prices is None
    assert one("<Цены/>", flag="false")[0].prices == ()


def test_a_price_without_its_type_is_an_error(one):
    offer, problems = one("<Цены><Цена><ЦенаЗаЕдиницу>5</ЦенаЗаЕдиницу></Цена></Цены>")
    assert offer.prices == ()
    assert [(problem.entity, problem.code) for problem in problems] == [("price", "exchange.price_type_missing")]


@pytest.mark.parametrize("factor", ["0", "-1", "x"])
def test_a_senseless_factor_counts_as_one(one, files, factor):
    offer, _ = one(f"<Цены>{files.price('5', more=f'<Коэффициент>{factor}</Коэффициент>')}</Цены>")
    assert offer.prices[0].factor == 1


def test_unknown_currency_takes_the_default_and_is_told_once(files, reading):
    odd = files.price("5", more="<Валюта>у.е.</Валюта>")
    document = files.root(files.package(*(files.offer(f"<Цены>{odd}</Цены>", ref=f"g{i}") for i in range(3))))
    records = reading(document, ReadOptions(default_currency="USD"))
    assert {row.currency for record in records if isinstance(record, OfferRecord) for row in record.prices} == {"USD"}
    assert [r.code for r in records if isinstance(r, RowProblem)] == ["exchange.currency_unknown"]


ONE_STORE = (StockRow("s1", Decimal(5)), StockRow("s2", Decimal(0)))


@pytest.mark.parametrize(
    ("more", "complete_when_changes"),
    [
        (
            (
                '<Количество>9</Количество><Склад ИдСклада="s1" КоличествоНаСкладе="5"/>'
                '<Склад ИдСклада="s2" КоличествоНаСкладе="0"/>'
            ),
            False,
        ),
        (
            '<Склады ИдСклада="s1" КоличествоНаСкладе="5"/><Склады ИдСклада="s2" КоличествоНаСкладе="0"/>',
            False,
        ),
        (
            (
                '<Склады><Склад ИдСклада="s1" КоличествоНаСкладе="5"/><Склад ИдСклада="s2" КоличествоНаСкладе="0"/>'
                "</Склады>"
            ),
            False,
        ),
        (
            (
                "<Остатки><Остаток><Склад><Ид>s1</Ид><Количество>5</Количество></Склад></Остаток>"
                "<Остаток><Склад><Ид>s2</Ид><Количество>0</Количество></Склад></Остаток></Остатки>"
            ),
            True,
        ),
        (
            (
                "<КоличествоНаСкладах><КоличествоНаСкладе><Ид>s1</Ид><Количество>5</Количество></КоличествоНаСкладе>"
                "<КоличествоНаСкладе><Ид>s2</Ид><Количество>0</Количество></КоличествоНаСкладе></КоличествоНаСкладах>"
            ),
            False,
        ),
    ],
)
def test_four_spellings_of_stock(one, more, complete_when_changes):
    changes, _ = one(more, flag="true")
    full, _ = one(more, flag="false")
    assert changes.stocks == full.stocks == ONE_STORE
    assert changes.stocks_complete is complete_when_changes
    assert full.stocks_complete is True


def test_a_total_goes_to_the_pseudo_warehouse(one):
    assert one("<Количество>7,5</Количество>")[0].stocks == (StockRow("*", Decimal("7.5")),)
    rest = "<Остатки><Остаток><Количество>3</Количество></Остаток></Остатки>"
    assert one(rest)[0].stocks == (StockRow("*", Decimal(3)),)
    assert one("<Количество/>")[0].stocks is None


def test_negative_stock_is_kept_raw(one):
    assert one("<Количество>-3</Количество>")[0].stocks == (StockRow("*", Decimal(-3)),)


def test_unreadable_stock_is_not_nothing(one):
    offer, problems = one("<Количество>много</Количество>", flag="false")
    assert (offer.stocks, offer.stocks_complete) == (None, False)
    assert [(problem.entity, problem.code) for problem in problems] == [("stock", "exchange.number_unreadable")]
    more = '<Склад ИдСклада="s1" КоличествоНаСкладе="?"/><Склад ИдСклада="s2" КоличествоНаСкладе="1"/>'
    offer, _ = one(more, flag="false")
    assert (offer.stocks, offer.stocks_complete) == ((StockRow("s2", Decimal(1)),), False)


def test_variants(one, files):
    assert one(ref=f"{files.good_ref}#v")[0].variant_ref == "v"
    assert one("<ИдХарактеристики>v</ИдХарактеристики>")[0].variant_ref == "v"
    nil = "<ИдХарактеристики>00000000-0000-0000-0000-000000000000</ИдХарактеристики>"
    assert one(nil)[0].variant_ref == ""
    offer, _ = one(
        "<ХарактеристикиТовара><ХарактеристикаТовара><Ид>c</Ид><Наименование>Цвет</Наименование>"
        "<Значение>белый</Значение></ХарактеристикаТовара><ХарактеристикаТовара><Наименование>Размер (рос. M)"
        "</Наименование><Значение>M</Значение></ХарактеристикаТовара></ХарактеристикиТовара>"
    )
    assert offer.attributes == (("Цвет", "белый"), ("Размер (рос. M)", "M"))


@pytest.mark.parametrize(
    ("more", "deleted"),
    [
        ("", None),
        ("<Статус>Удален</Статус>", True),
        ("<ПометкаУдаления>false</ПометкаУдаления>", False),
        ("<ПометкаУдаления>true</ПометкаУдаления>", True),
    ],
)
def test_deletion_of_an_offer(one, more, deleted):
    assert one(more)[0].deleted is deleted


def test_changes_of_a_package_are_changes_whatever_the_flag(files, reading):
    document = files.root(files.package(files.offer(), flag="false", tag="ИзмененияПакетаПредложений"))
    assert reading(document)[0].only_changes is True


HEAD = (
    "<ТипыЦен><ТипЦены><Ид>опт</Ид><Наименование>Оптовая</Наименование><Валюта>руб</Валюта><Налог>"
    "<Наименование>НДС</Наименование><УчтеноВСумме>true</УчтеноВСумме></Налог></ТипЦены></ТипыЦен>"
    "<Склады><Склад><Ид>s1</Ид><Наименование>Основной</Наименование><Адрес><Представление>Москва</Представление>"
    "</Адрес></Склад></Склады>"
)


def test_the_head_of_a_package_comes_first(files, reading):
    head, price_type, warehouse, offer = reading(files.root(files.package(files.offer(), head=HEAD)))
    assert isinstance(head, FileHead)
    assert head.catalog_ref == "catalog"
    assert price_type == PriceTypeRecord("опт", "Оптовая", "RUB", vat_included=True)
    assert warehouse == WarehouseRecord("s1", "Основной", "Москва")
    assert isinstance(offer, OfferRecord)


def test_a_head_after_the_rows_is_read_too(files, reading):
    document = files.root(files.package(files.offer()).replace("</Предложения>", f"</Предложения>{HEAD}"))
    kinds = [type(record) for record in reading(document)]
    assert kinds == [FileHead, OfferRecord, PriceTypeRecord, WarehouseRecord]


@pytest.mark.parametrize("package_ref", ["catalog#", "#catalog", "catalog"])
def test_the_catalogue_of_a_package_without_its_own_field(files, reading, package_ref):
    document = files.root(f"<ПакетПредложений><Ид>{package_ref}</Ид><Предложения/></ПакетПредложений>")
    assert reading(document)[0].catalog_ref == "catalog"
