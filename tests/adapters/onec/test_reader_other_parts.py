from datetime import date
from decimal import Decimal

import pytest

from b2b_dvizhenie.adapters.onec.cml import errors
from b2b_dvizhenie.application.exchange.records import (
    BankAccount,
    FileHead,
    FileKind,
    LinkedDocument,
    OrderLineRecord,
    OrderStateRecord,
    PartnerRecord,
    PropertyRecord,
    RowProblem,
    SectionRecord,
    Unit,
    UnitRecord,
)
from b2b_dvizhenie.domain.drift import ErpDiscount


def classifier(*parts):
    return f"<Классификатор><Ид>c</Ид><Наименование>К</Наименование>{''.join(parts)}</Классификатор>"


def group(ref, inner="", more="", name=None):
    nested = f"<Группы>{inner}</Группы>" if inner else ""
    return f"<Группа><Ид>{ref}</Ид><Наименование>{name or ref}</Наименование>{more}{nested}</Группа>"


def test_sections_come_parents_first(files, reading):
    tree = group("a", group("b", group("c")) + group("d")) + group("e", more="<Описание>текст</Описание>")
    head, *sections = reading(files.root(classifier(f"<Группы>{tree}</Группы>")))
    assert head == FileHead(FileKind.CLASSIFIER, True, "c", "2.07", "")
    assert {(section.ref, section.parent_ref) for section in sections} == {
        ("a", ""),
        ("b", "a"),
        ("c", "b"),
        ("d", "a"),
        ("e", ""),
    }
    seen = {""}
    for section in sections:
        assert section.parent_ref in seen
        seen.add(section.ref)
    assert sections[1] == SectionRecord("e", "e", "", "текст") or sections[-1].ref in "cde"


def test_fields_after_the_inner_sections_count(files, reading):
    odd = "<Группа><Группы><Группа><Ид>b</Ид></Группа></Группы><Ид>a</Ид><Наименование>А</Наименование></Группа>"
    _, a, b = reading(files.root(classifier(f"<Группы>{odd}</Группы>")))
    assert (a.ref, a.name, b.ref, b.parent_ref) == ("a", "А", "b", "a")


def test_a_section_inside_itself_is_skipped(files, reading):
    tree = group("a", group("b", group("a", group("x"))))
    records = reading(files.root(classifier(f"<Группы>{tree}</Группы>")))
    assert [record.ref for record in records if isinstance(record, SectionRecord)] == ["a", "b"]
    assert [record.code for record in records if isinstance(record, RowProblem)] == ["exchange.section_cycle"]


def test_sections_may_be_64_deep_and_no_deeper(files, reading):
    def nested(depth):
        tree = ""
        for level in range(depth, 0, -1):
            tree = group(f"g{level}", tree)
        return files.root(classifier(f"<Группы>{tree}</Группы>"))

    assert len(reading(nested(64))) == 65
    with pytest.raises(errors.TooDeep):
        reading(nested(65))
    with pytest.raises(errors.TooDeep):
        reading(nested(3000))


def test_properties(files, reading):
    options = "".join(
        f"<Справочник><ИдЗначения>v{i}</ИдЗначения><Значение>знач {i}</Значение></Справочник>" for i in range(2500)
    )
    document = files.root(
        classifier(
            "<Свойства><Свойство><Ид>p1</Ид><Наименование>Бренд</Наименование><ТипЗначений>Справочник</ТипЗначений>"
            f"<ВариантыЗначений>{options}</ВариантыЗначений></Свойство>"
            "<СвойствоНоменклатуры><Ид>p2</Ид><Наименование>Сечение</Наименование><ТипЗначений>Число</ТипЗначений>"
            "</СвойствоНоменклатуры><Свойство><Наименование>Без ид</Наименование></Свойство>"
            "<Свойство><Ид>p4</Ид><Наименование>Цвет</Наименование><ВариантыЗначений><Значение>белый</Значение>"
            "</ВариантыЗначений><ПометкаУдаления>true</ПометкаУдаления></Свойство></Свойства>"
        )
    )
    found = [record for record in reading(document) if isinstance(record, PropertyRecord)]
    assert [len(record.values) for record in found] == [1000, 1000, 500, 0, 0, 1]
    assert {record.ref for record in found[:3]} == {"p1"}
    assert found[0].values[0] == ("v0", "знач 0")
    assert (found[3].ref, found[3].kind) == ("p2", "number")
    assert (found[4].ref, found[4].name, found[4].kind) == ("Без ид", "Без ид", "string")
    assert found[5] == PropertyRecord("p4", "Цвет", "enum", (("белый", "белый"),), deleted=True)


def test_units_and_repeated_price_types(files, reading):
    records = reading(
        files.root(
            classifier(
                "<ЕдиницыИзмерения><ЕдиницаИзмерения><Ид>796 </Ид><Код>796 </Код>"
                "<НаименованиеКраткое>шт</НаименованиеКраткое><НаименованиеПолное>Штука</НаименованиеПолное>"
                "<МеждународноеСокращение>PCE</МеждународноеСокращение></ЕдиницаИзмерения>"
                "<ЕдиницаИзмерения><Ид>u2</Ид><Код/><НаименованиеКраткое>упак</НаименованиеКраткое></ЕдиницаИзмерения>"
                "<ЕдиницаИзмерения><Ид>u3</Ид></ЕдиницаИзмерения></ЕдиницыИзмерения>"
                "<ТипыЦен><ТипЦены><Ид>1</Ид><Наименование>А</Наименование></ТипЦены>"
                "<ТипЦены><Ид>1</Ид><Наименование>Б</Наименование></ТипЦены></ТипыЦен>"
            )
        )
    )
    assert [record for record in records if isinstance(record, UnitRecord)] == [
        UnitRecord("796", Unit("796", "шт", "Штука", "PCE")),
        UnitRecord("u2", Unit("", "упак")),
    ]
    codes = [record.code for record in records if isinstance(record, RowProblem)]
    assert codes == ["exchange.unit_empty", "exchange.price_type_repeated"]


def partner(more="", ref="k1"):
    return f"<Контрагенты><Контрагент><Ид>{ref}</Ид>{more}</Контрагент></Контрагенты>"


def test_a_full_partner(files, reading):
    head, record = reading(
        files.root(
            partner(
                "<Наименование>Ромашка</Наименование><ОфициальноеНаименование>ООО «Ромашка»</ОфициальноеНаименование>"
                "<Роль>Покупатель</Роль><ИНН>7701000001</ИНН><КПП>770101001</КПП><ОГРН>1027700000001</ОГРН>"
                "<КодПоОКПО>12345678</КодПоОКПО><ЮридическийАдрес><Представление>,</Представление><АдресноеПоле>"
                "<Тип>Город</Тип><Значение>Пермь</Значение></АдресноеПоле></ЮридическийАдрес>"
                "<Контакты><Контакт><Тип>Телефон рабочий</Тип><Значение>+7 900 000-00-00</Значение></Контакт>"
                "<Контакт><Тип>Почта</Тип><Значение/></Контакт></Контакты>"
                "<РасчетныеСчета><РасчетныйСчет><НомерСчета>40702</НомерСчета><Банк><БИК>044</БИК>"
                "<Наименование>Банк</Наименование><СчетКорреспондентский>301</СчетКорреспондентский></Банк>"
                "</РасчетныйСчет></РасчетныеСчета><ПометкаУдаления>true</ПометкаУдаления>"
                "<Представители><Представитель><Контрагент><Ид>k9</Ид></Контрагент></Представитель></Представители>"
            )
        )
    )
    assert head.kind is FileKind.PARTNERS
    assert record == PartnerRecord(
        ref="k1",
        name="Ромашка",
        full_name="ООО «Ромашка»",
        kind="legal",
        role="Покупатель",
        inn="7701000001",
        kpp="770101001",
        ogrn="1027700000001",
        okpo="12345678",
        address="Пермь",
        contacts=(("Телефон рабочий", "+7 900 000-00-00"),),
        accounts=(BankAccount("40702", "044", "Банк", "301"),),
        deleted=True,
        line=2,
    )


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ("<ПолноеНаименование>ИП Иванов</ПолноеНаименование>", "entrepreneur"),
        ("<ПолноеНаименование>Иванов И. И.</ПолноеНаименование><ИНН>590000000001</ИНН>", "entrepreneur"),
        ("<ПолноеНаименование>Иванов И. И.</ПолноеНаименование>", "person"),
        ("<Наименование>Ромашка</Наименование><ИНН>7701000001</ИНН>", "legal"),
        ("<ОфициальноеНаименование>ООО</ОфициальноеНаименование>", "legal"),
    ],
)
def test_kinds_of_partners(files, reading, more, kind):
    assert reading(files.root(partner(more)))[1].kind == kind


def test_garbage_in_requisites_is_kept_out_and_told(files, reading):
    _, record, *problems = reading(files.root(partner("<ИНН>12</ИНН><КПП>&lt;&gt;</КПП>", ref="38#login#Полное имя")))
    assert (record.ref, record.inn, record.kpp) == ("38#login#Полное имя", "", "")
    assert [problem.code for problem in problems] == ["exchange.requisite_unreadable"] * 2


def marks(**pairs):
    items = "".join(
        f"<ЗначениеРеквизита><Наименование>{name.replace('_', ' ')}</Наименование><Значение>{value}</Значение>"
        "</ЗначениеРеквизита>"
        for name, value in pairs.items()
    )
    return f"<ЗначенияРеквизитов>{items}</ЗначенияРеквизитов>"


def order(more="", number="B-000001", operation="Заказ товара"):
    return f"<Документ><Номер>{number}</Номер><ХозОперация>{operation}</ХозОперация>{more}</Документ>"


LINE = (
    "<Товар><Ид>g#v</Ид><Артикул>A</Артикул><Наименование>Кабель</Наименование><ЦенаЗаЕдиницу>120.50</ЦенаЗаЕдиницу>"
    "<Количество>10</Количество><Сумма>1205</Сумма><СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование>"
    "<Ставка>22</Ставка></СтавкаНалога></СтавкиНалогов></Товар>"
)


def test_a_full_order(files, reading):
    head, record = reading(
        files.root(
            order(
                "<Ид>E1</Ид><Дата1С>2026-01-16</Дата1С><Номер1С>УТ-1  </Номер1С><Валюта>руб</Валюта>"
                "<Сумма>1 205,00</Сумма>"
                "<Комментарий>да</Комментарий><НомерВерсии>AA=</НомерВерсии>"
                "<Контрагенты><Контрагент><Ид>k1</Ид><ИНН>7701000001</ИНН></Контрагент></Контрагенты>"
                f"<Товары>{LINE}</Товары>"
                + marks(СтатусЗаказа="К выполнению", Проведен="true", Оплачен="false", Отменен="false")
            )
        )
    )
    assert head.kind is FileKind.DOCUMENTS
    assert record == OrderStateRecord(
        number="B-000001",
        erp_ref="E1",
        erp_number="УТ-1",
        erp_date=date(2026, 1, 16),
        status="К выполнению",
        posted=True,
        paid=False,
        shipped=None,
        cancelled=False,
        amount=Decimal("1205.00"),
        currency="RUB",
        partner_ref="k1",
        partner_inn="7701000001",
        lines=(OrderLineRecord("g", "Кабель", Decimal(10), Decimal("120.50"), Decimal(1205), "v", "A", Decimal(22)),),
        comment="да",
        version="AA=",
        line=2,
    )


def test_an_absent_mark_is_unknown(files, reading):
    _, record = reading(files.root(order(marks(Отменен=""))))
    assert (record.posted, record.paid, record.shipped, record.cancelled, record.lines) == (None,) * 5


@pytest.mark.parametrize(
    ("more", "cancelled"),
    [
        (marks(Отменен="true"), True),
        (marks(ПометкаУдаления="true", Отменен="false"), True),
        ("<ПометкаУдаления>true</ПометкаУдаления>", True),
        ("<ПометкаУдаления>false</ПометкаУдаления>", None),
        (marks(Отменен="false"), False),
    ],
)
def test_cancelling(files, reading, more, cancelled):
    assert reading(files.root(order(more)))[1].cancelled is cancelled


def test_payment_and_shipment_marks(files, reading):
    more = marks(Номер_оплаты_по_1С="П-1", Дата_оплаты_по_1С="2026-01-16", Дата_отгрузки_по_1С="2026-01-17T18:00:00")
    record = reading(files.root(order(more)))[1]
    assert record.linked == (
        LinkedDocument("payment", "П-1", date(2026, 1, 16)),
        LinkedDocument("shipment", "", date(2026, 1, 17)),
    )
    assert (record.paid, record.shipped) == (True, True)


def test_subordinate_documents(files, reading):
    def subordinate(operation, amount, more=""):
        return (
            f"<ПодчиненныйДокумент><Номер>7</Номер><Дата>2026-01-16</Дата><ХозОперация>{operation}</ХозОперация>"
            f"<Сумма>{amount}</Сумма>{more}</ПодчиненныйДокумент>"
        )

    inner = (
        subordinate("Выплата безналичных денег", 100)
        + subordinate("Отпуск товара", 200)
        + subordinate("Эквайринговая операция", 5, marks(ПризнакВозврата="true"))
        + subordinate("Неведомо что", 1)
    )
    records = reading(files.root(order(f"<ПодчиненныеДокументы>{inner}</ПодчиненныеДокументы>")))
    day = date(2026, 1, 16)
    assert records[1].linked == (
        LinkedDocument("payment", "7", day, Decimal(100)),
        LinkedDocument("shipment", "7", day, Decimal(200)),
        LinkedDocument("return", "7", day, Decimal(5)),
    )
    assert [record.code for record in records if isinstance(record, RowProblem)] == ["exchange.operation_unknown"]


def test_a_container_links_its_documents(files, reading):
    payment = order("<Основание>E1</Основание><Сумма>50</Сумма>", number="П-1", operation="Выплата наличных денег")
    shipment = order("", number="О-1", operation="Отпуск товара")
    alone = order("<Основание>B-000007</Основание>", number="О-2", operation="Отпуск товара")
    _, first, second = reading(
        files.root(
            f"<Контейнер>{order('<Ид>E1</Ид>')}{payment}{shipment}</Контейнер>", f"<Контейнер>{alone}</Контейнер>"
        )
    )
    assert [(document.kind, document.number) for document in first.linked] == [("payment", "П-1"), ("shipment", "О-1")]
    assert (first.number, first.paid, first.shipped) == ("B-000001", True, True)
    assert (second.number, second.shipped, second.paid) == ("B-000007", True, None)


def test_a_document_that_belongs_to_nothing_is_told(files, reading):
    container = f"<Контейнер>{order('', number='О-1', operation='Отпуск товара')}</Контейнер>"
    _, problem = reading(files.root(container))
    assert problem.code == "exchange.basis_missing"


def test_half_an_order_is_no_order(files, reading):
    broken = LINE.replace("<Количество>10</Количество>", "<Количество>десять</Количество>")
    records = reading(files.root(order(f"<Товары>{LINE}{broken}</Товары>")))
    assert records[1].lines is None
    codes = [record.code for record in records if isinstance(record, RowProblem)]
    assert codes == ["exchange.number_unreadable", "exchange.order_lines_dropped"]


def test_missing_price_or_amount_is_computed(files, reading):
    without_price = LINE.replace("<ЦенаЗаЕдиницу>120.50</ЦенаЗаЕдиницу>", "")
    without_amount = LINE.replace("<Сумма>1205</Сумма>", "")
    record = reading(files.root(order(f"<Товары>{without_price}{without_amount}</Товары>")))[1]
    assert [(line.price, line.amount) for line in record.lines] == [
        (Decimal("120.5"), Decimal(1205)),
        (Decimal("120.50"), Decimal("1205.00")),
    ]


def test_discounts_and_vat_of_a_line_are_read_where_the_sum_is_after_them(files, reading):
    def discount(amount, percent="", inside="true"):
        sent = f"<Процент>{percent}</Процент>" if percent else ""
        return (
            f"<Скидка><Наименование>Акция</Наименование><Сумма>{amount}</Сумма>{sent}"
            f"<УчтеноВСумме>{inside}</УчтеноВСумме></Скидка>"
        )

    vat = "<Налог><Наименование>НДС</Наименование><УчтеноВСумме>{}</УчтеноВСумме><Сумма>{}</Сумма></Налог>"
    tax = f"<Налоги>{vat}</Налоги>"
    less = LINE.replace("<Сумма>1205</Сумма>", "<Сумма>1084.50</Сумма>")
    lines = [
        (less, discount("120.50", "10") + discount("0") + discount("очень много")),
        (less, discount("120.50", inside="false")),
        (LINE, discount("120.50", inside="false")),
    ]
    taxes = [tax.format("true", "195.57"), tax.format("false", ""), ""]
    sent = "".join(
        line.replace("</Товар>", f"{taxed}<Скидки>{discounts}</Скидки></Товар>")
        for (line, discounts), taxed in zip(lines, taxes, strict=True)
    )
    record = reading(files.root(order(f"<Товары>{sent}</Товары>")))[1]
    percent, plain = ErpDiscount("Акция", Decimal(10), Decimal("120.50")), ErpDiscount("Акция", None, Decimal("120.50"))
    assert [line.discounts for line in record.lines] == [(percent,), (plain,), ()]
    assert [(line.vat_amount, line.vat_included) for line in record.lines] == [
        (Decimal("195.57"), True),
        (None, False),
        (None, None),
    ]


def test_an_order_without_a_number_is_an_error(files, reading):
    _, problem = reading(files.root("<Документ><ХозОперация>Заказ товара</ХозОперация></Документ>"))
    assert (problem.entity, problem.code) == ("order", "exchange.id_missing")


def test_reference_books_are_known_and_skipped(files, reading):
    books = "<ПользовательскиеСправочники><Справочник><Ид>1</Ид></Справочник></ПользовательскиеСправочники>"
    (head,) = reading(files.root(books))
    assert head.kind is FileKind.REFERENCE


def test_a_bare_part_is_read_with_a_note(reading):
    head, section, note = reading(classifier(f"<Группы>{group('a')}</Группы>"))
    assert (head.kind, section.ref, note.code) == (FileKind.CLASSIFIER, "a", "exchange.bare_part")
