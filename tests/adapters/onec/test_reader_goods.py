from decimal import Decimal

import pytest

from b2b_dvizhenie.adapters.onec.cml import ReadOptions
from b2b_dvizhenie.application.exchange.records import (
    FileHead,
    FileKind,
    GoodRecord,
    Pack,
    PropertyValue,
    RowProblem,
    Unit,
)


@pytest.fixture
def one(files, reading):
    """Read one good with these children; returns (good or None, problems)."""

    def run(more="", options=None, **kwargs):
        records = reading(files.root(files.catalog(files.good(more=more, **kwargs))), options)
        goods = [record for record in records if isinstance(record, GoodRecord)]
        return (goods[0] if goods else None), [record for record in records if isinstance(record, RowProblem)]

    return run


def test_a_full_good(one, files):
    good, problems = one(
        "<НомерВерсии>AAAC</НомерВерсии><Артикул> VVG-3 </Артикул><Код>00-1</Код>"
        "<ПолноеНаименование>Кабель силовой</ПолноеНаименование><Страна>Россия</Страна>"
        '<БазоваяЕдиница Код="796 " НаименованиеПолное="Штука" МеждународноеСокращение="PCE">шт'
        "<Пересчет><Единица>796</Единица><Коэффициент>1</Коэффициент></Пересчет>"
        "<Пересчет><Единица>778</Единица><Коэффициент>100</Коэффициент></Пересчет></БазоваяЕдиница>"
        "<Группы><Ид>g1</Ид><Ид>g2</Ид></Группы><Описание>Медный</Описание>"
        "<Изготовитель><Ид>m</Ид><Наименование>Завод</Наименование></Изготовитель>"
        "<ЗначенияСвойств><ЗначенияСвойства><Ид>p1</Ид><Значение>v1</Значение></ЗначенияСвойства>"
        "<ЗначенияСвойства><Ид>p2</Ид><Значение>a</Значение><Значение>b</Значение></ЗначенияСвойства>"
        "<ЗначенияСвойства><Ид>p3</Ид><Значение/></ЗначенияСвойства></ЗначенияСвойств>"
        "<СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование><Ставка>22</Ставка></СтавкаНалога>"
        "</СтавкиНалогов><Вес>1,5</Вес>"
        "<Аналоги><Аналог><Ид>a1</Ид></Аналог></Аналоги>"
        "<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>ТипНоменклатуры</Наименование>"
        "<Значение>Товар</Значение></ЗначениеРеквизита><ЗначениеРеквизита><Наименование>Кратность</Наименование>"
        "<Значение>10</Значение></ЗначениеРеквизита></ЗначенияРеквизитов>"
    )
    assert problems == []
    assert good == GoodRecord(
        ref=files.good_ref,
        name="Кабель",
        full_name="Кабель силовой",
        article="VVG-3",
        code="00-1",
        unit=Unit("796", "шт", "Штука", "PCE"),
        packs=(Pack("778", Decimal(100)),),
        section_refs=("g1", "g2"),
        description="Медный",
        brand="Завод",
        country="Россия",
        vat_rate=Decimal(22),
        vat_said=True,
        properties=(PropertyValue("p1", ("v1",)), PropertyValue("p2", ("a", "b")), PropertyValue("p3", ())),
        requisites=(("ТипНоменклатуры", "Товар"), ("Кратность", "10")),
        analog_refs=("a1",),
        weight=Decimal("1.5"),
        multiple=Decimal(10),
        version="AAAC",
        line=2,
    )


def test_what_is_not_said_is_left_alone(one):
    good, _ = one("<Артикул/><Описание/><Группы/><ЗначенияСвойств/>")
    assert (good.description, good.pictures, good.section_refs, good.properties) == (None, None, None, None)
    assert (good.unit, good.brand, good.vat_said, good.weight, good.multiple) == (None, None, False, None, None)


@pytest.mark.parametrize(
    ("more", "pictures"),
    [
        ("", None),
        ("<Картинка/>", ()),
        ("<Картинка></Картинка>", ()),
        ("<Картинка>import_files\\ab\\1.jpg</Картинка>", ("import_files/ab/1.jpg",)),
        ("<Картинка>1.jpg</Картинка><Картинка>2.png</Картинка>", ("1.jpg", "2.png")),
        ("<Картинка>passport.pdf</Картинка>", None),
        ("<Картинка>../../etc/passwd</Картинка>", None),
        ("<Картинка>C:\\1.jpg</Картинка>", None),
        ("<Картинка>/etc/1.jpg</Картинка>", None),
        ("<Картинка>evil.php</Картинка>", None),
    ],
)
def test_pictures(one, more, pictures):
    assert one(more)[0].pictures == pictures


def test_attachments_come_with_their_texts(one):
    good, problems = one(
        "<Картинка>a.jpg</Картинка><Картинка>passport.pdf</Картинка><Файл>cert.PDF</Файл>"
        "<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>ОписаниеФайла</Наименование>"
        "<Значение>passport.pdf#Паспорт изделия</Значение></ЗначениеРеквизита></ЗначенияРеквизитов>"
    )
    assert good.pictures == ("a.jpg",)
    assert good.files == (("passport.pdf", "Паспорт изделия"), ("cert.PDF", ""))
    assert problems == []


def test_unsafe_paths_are_reported(one):
    _, problems = one("<Картинка>../up.jpg</Картинка><Картинка>x.php</Картинка>")
    assert [problem.code for problem in problems] == ["exchange.path_refused", "exchange.file_kind_refused"]
    assert {problem.severity for problem in problems} == {"warning"}


@pytest.mark.parametrize(
    ("attributes", "more", "deleted"),
    [
        ("", "", False),
        (' Статус="Удален"', "", True),
        (' Статус="Удалён"', "", True),
        (' Статус="Изменен"', "", False),
        ("", "<Статус>Удален</Статус>", True),
        ("", "<ПометкаУдаления>true</ПометкаУдаления>", True),
        ("", "<ПометкаУдаления>false</ПометкаУдаления>", False),
    ],
)
def test_deletion_in_every_spelling(one, attributes, more, deleted):
    assert one(more, attributes=attributes)[0].deleted is deleted


@pytest.mark.parametrize(
    ("ref", "code"),
    [
        ("", "exchange.id_missing"),
        ("  ", "exchange.id_missing"),
        ("00000000-0000-0000-0000-000000000000", "exchange.id_nil"),
        ("00000000-0000-0000-0000-000000000000#a", "exchange.id_nil"),
        ("#a", "exchange.id_nil"),
        ("x" * 256, "exchange.id_too_long"),
    ],
)
def test_a_good_without_a_usable_id_is_an_error_row(one, ref, code):
    good, problems = one(ref=ref, name="Имя")
    assert good is None
    assert [(problem.code, problem.severity, problem.line) for problem in problems] == [(code, "error", 2)]


def test_ids_of_variants_and_case(one):
    good, _ = one(ref="AB2B0000-0000-4000-8000-00000000000A#AB2B0000-0000-4000-8000-00000000000B")
    assert good.ref == "ab2b0000-0000-4000-8000-00000000000a"
    assert good.variant_ref == "ab2b0000-0000-4000-8000-00000000000b"
    assert one(ref="x" * 255)[0].ref == "x" * 255


def test_a_repeated_row_is_told(files, reading):
    records = reading(files.root(files.catalog(files.good(name="А"), files.good(name="Б"))))
    assert [r.name for r in records if isinstance(r, GoodRecord)] == ["А", "Б"]
    (problem,) = [r for r in records if isinstance(r, RowProblem)]
    assert (problem.code, problem.severity, problem.ref) == ("exchange.row_repeated", "warning", files.good_ref)


@pytest.mark.parametrize(
    ("rate", "expected", "said"),
    [("20/120", Decimal(20), True), ("Без НДС", None, True), ("10%", Decimal(10), True), ("", None, False)],
)
def test_vat(one, rate, expected, said):
    good, problems = one(
        f"<СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование><Ставка>{rate}</Ставка></СтавкаНалога>"
        "</СтавкиНалогов>"
    )
    assert (good.vat_rate, good.vat_said, problems) == (expected, said, [])


def test_unreadable_vat_is_told(one):
    good, problems = one("<СтавкиНалогов><СтавкаНалога><Ставка>много</Ставка></СтавкаНалога></СтавкиНалогов>")
    assert good.vat_said is False
    assert [problem.code for problem in problems] == ["exchange.vat_unreadable"]


def requisite(name, value):
    return (
        f"<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>{name}</Наименование><Значение>{value}</Значение>"
        "</ЗначениеРеквизита></ЗначенияРеквизитов>"
    )


def test_requisites_with_a_meaning(one):
    assert one(requisite("Полное наименование", "Кабель 3х2,5"))[0].full_name == "Кабель 3х2,5"
    assert one(requisite("Повне найменування", "Кабель"))[0].full_name == "Кабель"
    assert one(requisite("Вес", "1500"))[0].weight == Decimal("1.5")
    assert one(requisite("Вес", "2"), ReadOptions(requisite_weight_factor=Decimal(1)))[0].weight == Decimal(2)
    assert one(requisite("Код", "00-7"))[0].code == "00-7"
    assert one(requisite("ТипНоменклатуры", "Услуга"))[0].is_service is True
    assert one("<Описание>текст</Описание>" + requisite("ОписаниеВФорматеHTML", "&lt;b&gt;"))[0].description == "<b>"
    assert one(requisite("Упаковка", "коробка"))[0].requisites == (("Упаковка", "коробка"),)


def test_markup_in_the_description_is_kept_as_sent(one):
    assert one("<Описание><![CDATA[<p>a & b</p>]]></Описание>")[0].description == "<p>a & b</p>"
    assert one("<Описание>x <b>y</b> z</Описание>")[0].description == "x <b>y</b> z"


@pytest.mark.parametrize(
    ("element", "unit"),
    [
        ("<БазоваяЕдиница>796 </БазоваяЕдиница>", Unit("796")),
        ("<БазоваяЕдиница>шт</БазоваяЕдиница>", Unit("", "шт")),
        ('<БазоваяЕдиница Код="006" НаименованиеПолное="Метр">м</БазоваяЕдиница>', Unit("006", "м", "Метр")),
        ('<БазоваяЕдиница Код=" ">упак</БазоваяЕдиница>', Unit("", "упак")),
        ("<БазоваяЕдиница><Единица>796</Единица></БазоваяЕдиница>", Unit("796")),
        (
            (
                "<БазоваяЕдиница><Единица><Код>796</Код><НаименованиеКраткое>шт</НаименованиеКраткое></Единица>"
                "</БазоваяЕдиница>"
            ),
            Unit("796", "шт"),
        ),
        ("<БазоваяЕдиница/>", None),
    ],
)
def test_units(one, element, unit):
    assert one(element)[0].unit == unit


def test_barcodes_in_both_spellings(one):
    good, _ = one("<Штрихкод>4600000000001</Штрихкод><ШтрихКод>1, 2;3</ШтрихКод><Штрихкод/>")
    assert good.barcodes == ("4600000000001", "1", "2", "3")


def test_brand_by_setting(one):
    more = "<ТорговаяМарка>Марка</ТорговаяМарка><Изготовитель><Наименование>Завод</Наименование></Изготовитель>"
    assert one(more)[0].brand == "Завод"
    assert one(more, ReadOptions(brand_from=("trade_mark",)))[0].brand == "Марка"
    assert one(more, ReadOptions(brand_from=()))[0].brand is None


def test_long_texts_are_cut_with_a_warning(one):
    good, problems = one(f"<Артикул>{'а' * 300}</Артикул><Описание>{'x' * 600_000}</Описание>", name="и" * 1500)
    assert (len(good.article), len(good.name), len(good.description)) == (255, 1000, 500_000)
    assert [problem.code for problem in problems] == ["exchange.text_cut"] * 3


@pytest.mark.parametrize(
    ("part", "only_changes"),
    [
        ('<Каталог СодержитТолькоИзменения="false"><Ид>c</Ид></Каталог>', False),
        ("<Каталог><Ид>c</Ид><СодержитТолькоИзменения>false</СодержитТолькоИзменения></Каталог>", False),
        ("<Каталог><Ид>c</Ид></Каталог>", True),
        ('<Каталог СодержитТолькоИзменения="true"><Ид>c</Ид></Каталог>', True),
        ('<Каталог СодержитТолькоИзменения="?"><Ид>c</Ид></Каталог>', True),
    ],
)
def test_the_flag_of_changes(files, reading, part, only_changes):
    (head,) = reading(files.root(part))
    assert head == FileHead(FileKind.CATALOG, only_changes, "c", "2.07", "")


def test_a_late_flag_counts_as_changes_and_is_told(files, reading):
    late = "<СодержитТолькоИзменения>false</СодержитТолькоИзменения>"
    records = reading(files.root(f"<Каталог><Ид>c</Ид><Товары>{files.good()}</Товары>{late}</Каталог>"))
    assert records[0].only_changes is True
    assert [record.code for record in records if isinstance(record, RowProblem)] == ["exchange.late_flag"]


def test_unknown_elements_are_counted(files, reading):
    records = reading(
        files.root(files.catalog(files.good(more="<Новинка>1</Новинка><Хит/>"), files.good("b", "<Хит/>")))
    )
    (problem,) = [record for record in records if isinstance(record, RowProblem)]
    assert (problem.code, problem.detail) == ("exchange.unknown_elements", "Хит×2, Новинка×1")


def test_goods_in_other_places_are_no_goods(files, reading):
    records = reading(files.root(files.package("<Товар><Ид>x</Ид></Товар>")))
    assert not [record for record in records if isinstance(record, GoodRecord)]
