from datetime import date
from decimal import Decimal

import msgspec
import pytest
from lxml import etree

from b2b_dvizhenie.testing.emulator import RULES, Base1C, EmulatorRefused, Reason, Status
from b2b_dvizhenie.testing.wholesaler import Profile

TODAY = date(2026, 1, 15)


def put(site, order_xml, *numbers):
    site.orders = {number: order_xml.another(number) for number in numbers}


def test_orders_are_taken_and_confirmed(site, connect, order_xml):
    site.orders = {"B2B-100045": order_xml.ORDER}
    base = Base1C()
    (order,) = connect(base=base).fetch_orders()
    assert (order.number, order.amount, order.currency) == ("B2B-100045", Decimal("1205.00"), "RUB")
    assert order.placed_on == TODAY
    assert order.requisites["Статус заказа"] == "Принят"
    (line,) = order.lines
    assert (line.ref, line.unit, line.unit_code) == (order_xml.GOOD, "м", "006")
    assert (line.quantity, line.price, line.amount, line.vat) == tuple(
        map(Decimal, ("10", "120.50", "1205.00", "217.30"))
    )
    taken = base.state.orders["B2B-100045"]
    assert (taken.number, taken.status) == ("УТ00-000001", Status.LOADED)
    assert site.orders == {}, "success was sent"
    assert [query["mode"] for _, query, _, _ in site.requests] == ["checkauth", "query", "success"]


def test_without_success_the_same_orders_come_again(site, connect, order_xml):
    put(site, order_xml, "B2B-1")
    base = Base1C()
    one_c = connect(base=base)
    assert [order.number for order in one_c.fetch_orders(confirm=False)] == ["B2B-1"]
    assert base.state.orders == {}
    assert [order.number for order in one_c.fetch_orders()] == ["B2B-1"]
    assert one_c.fetch_orders() == ()


def test_a_lost_success_takes_no_order_twice(site, connect, order_xml):
    put(site, order_xml, "B2B-1")
    base = Base1C()
    one_c = connect(base=base)
    site.spoil["success"] = lambda status, kind, _: (status, kind, b"failure\n")
    given = dict(site.orders)
    with pytest.raises(EmulatorRefused):
        one_c.fetch_orders()
    del site.spoil["success"]
    site.orders = given
    assert len(one_c.fetch_orders()) == 1
    assert [order.number for order in base.state.orders.values()] == ["УТ00-000001"]
    assert one_c.fetch_orders() == ()


def test_an_order_that_comes_again_unchanged_is_an_echo(site, connect, order_xml):
    put(site, order_xml, "B2B-1")
    one_c = connect()
    one_c.fetch_orders()
    put(site, order_xml, "B2B-1")
    with pytest.raises(EmulatorRefused) as refused:
        one_c.fetch_orders()
    assert refused.value.reason is Reason.ECHO


STATUS, CANCELLED = "<Значение>Принят<", "<Значение>false</Значение>"


@pytest.mark.parametrize(
    ("move", "changes", "echo"),
    [
        (Status.ACCEPTED, {STATUS: "<Значение>Подтверждён<"}, True),
        (Status.ACCEPTED, {STATUS: "<Значение>Подтверждён<", "До обеда": "После обеда"}, False),
        (Status.ACCEPTED, {CANCELLED: "<Значение>true</Значение>"}, False),
        (Status.CANCELLED, {CANCELLED: "<Значение>true</Значение>"}, True),
        (
            Status.ACCEPTED,
            {"<Наименование>Отменен<": "<Наименование>Заказ оплачен<", CANCELLED: "<Значение>true</Значение>"},
            False,
        ),
        (
            Status.PAID,
            {"<Наименование>Отменен<": "<Наименование>Заказ оплачен<", CANCELLED: "<Значение>true</Значение>"},
            True,
        ),
    ],
    ids=["status", "comment", "cancelled by the site", "cancelled by 1C", "paid on the site", "paid in 1C"],
)
def test_what_1c_told_must_not_travel_back(site, connect, order_xml, move, changes, echo):
    base = Base1C()
    one_c = connect(base=base)
    put(site, order_xml, "B2B-1")
    one_c.fetch_orders()
    base.move("B2B-1", move, TODAY)
    one_c.answer_orders()
    site.orders = {"B2B-1": order_xml.another("B2B-1", **changes)}
    if not echo:
        assert len(one_c.fetch_orders()) == 1
        return
    with pytest.raises(EmulatorRefused) as refused:
        one_c.fetch_orders()
    assert refused.value.reason is Reason.ECHO


def test_a_changed_order_updates_only_what_nobody_works_with(site, connect, order_xml):
    base = Base1C()
    one_c = connect(base=base)
    put(site, order_xml, "B2B-1", "B2B-2")
    one_c.fetch_orders()
    base.move("B2B-2", Status.SHIPPED, TODAY)
    changed = {
        "<Количество>10<": "<Количество>20<",
        "<Сумма>1205.00<": "<Сумма>2410.00<",
        "<Сумма>217.30<": "<Сумма>434.60<",
    }
    site.orders = {number: order_xml.another(number, **changed) for number in ("B2B-1", "B2B-2")}
    one_c.fetch_orders()
    assert [base.state.orders[number].lines[0].quantity for number in ("B2B-1", "B2B-2")] == [20, 10]


def test_a_cancelled_order_is_cancelled_unless_shipped(site, connect, order_xml):
    base = Base1C()
    one_c = connect(base=base)
    put(site, order_xml, "B2B-1", "B2B-2")
    one_c.fetch_orders()
    base.move("B2B-2", Status.SHIPPED, TODAY)
    cancelled = {"<Значение>false</Значение>": "<Значение>true</Значение>"}
    site.orders = {number: order_xml.another(number, **cancelled) for number in ("B2B-1", "B2B-2")}
    one_c.fetch_orders()
    assert [base.state.orders[number].status for number in ("B2B-1", "B2B-2")] == [Status.CANCELLED, Status.SHIPPED]


BROKEN = [
    ("Ид>B2B-100045</Ид", "Ид></Ид", Reason.EMPTY_ELEMENT),
    ("<Комментарий>До обеда</Комментарий>", "<Комментарий/>", Reason.EMPTY_ELEMENT),
    ("<Комментарий>До обеда<", f"<Комментарий>{'я' * 3001}<", Reason.TOO_LONG),
    ("<Номер>B2B-100045<", "<Номер>B2B-2026-100045<", Reason.NUMBER_TOO_LONG),
    ("<Номер>B2B-100045</Номер>", "", Reason.ELEMENT_MISSING),
    ("Заказ товара", "заказ товара", Reason.OPERATION),
    ("Продавец", "Поставщик", Reason.ROLE),
    ("<Роль>Покупатель</Роль>", "<Роль>Клиент</Роль>", Reason.ROLE),
    ("<Валюта>RUB<", "<Валюта>руб<", Reason.CURRENCY_UNKNOWN),
    ("<Дата>2026-01-15<", "<Дата>15.01.2026<", Reason.VALUE_FORMAT),
    ("<Дата>2026-01-15<", "<Дата>2026-01-32<", Reason.VALUE_FORMAT),
    ("<Время>10:11:12<", "<Время>10:11<", Reason.VALUE_FORMAT),
    ("<ЦенаЗаЕдиницу>120.50<", "<ЦенаЗаЕдиницу>120,50<", Reason.VALUE_FORMAT),
    ("<ЦенаЗаЕдиницу>120.50<", "<ЦенаЗаЕдиницу>1 120.50<", Reason.VALUE_FORMAT),
    ("<Количество>10<", "<Количество>0<", Reason.VALUE_FORMAT),
    ("<ЦенаЗаЕдиницу>120.50<", "<ЦенаЗаЕдиницу>120.51<", Reason.SUMS),
    ("<Курс>1</Курс><Сумма>1205.00<", "<Курс>1</Курс><Сумма>1206.00<", Reason.SUMS),
    ("217.30</Сумма></Налог></Налоги>\n<Товары>", "217.31</Сумма></Налог></Налоги>\n<Товары>", Reason.VAT),
    ("<ИНН>0013328511<", "<ИНН>13328511<", Reason.COUNTERPARTY),
    ("<КПП>001301001<", "<КПП>1301001<", Reason.COUNTERPARTY),
    ("<Роль>Покупатель<", "<ПолноеНаименование>x</ПолноеНаименование><Роль>Покупатель<", Reason.COUNTERPARTY),
    ("</Контрагент></", "</Контрагент><Контрагент><Ид>2</Ид></Контрагент></", Reason.ELEMENT_REPEATED),
    ("<Наименование>ВидНоменклатуры<", "<Наименование>Вид<", Reason.ELEMENT_MISSING),
    ("<Наименование>Отменен<", "<Наименование>Статус заказа<", Reason.ELEMENT_REPEATED),
    (' Код="006"', ' Код="006 "', Reason.VALUE_FORMAT),
    ("<Документ>", "<Контейнер><Документ>", Reason.XML_MALFORMED),
    ("До обеда", "До обеда & после", Reason.XML_MALFORMED),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "reason"), BROKEN, ids=[f"{at}-{reason}" for at, (_, _, reason) in enumerate(BROKEN)]
)
def test_one_broken_rule_in_an_order_refuses_the_whole_batch(site, connect, order_xml, old, new, reason):
    assert order_xml.ORDER.count(old) == 1
    site.orders = {"B2B-1": order_xml.another("B2B-1"), "B2B-100045": order_xml.ORDER.replace(old, new)}
    base = Base1C()
    with pytest.raises(EmulatorRefused) as refused:
        connect(base=base).fetch_orders()
    assert refused.value.reason is reason
    assert refused.value.step == "sale query"
    assert base.state.orders == {}
    assert "success" not in [query["mode"] for _, query, _, _ in site.requests]


def raw(change):
    return lambda status, kind, content: (status, kind, change(content))


def contained(content):
    text = content.decode().replace("<Документ>", "<Контейнер><Документ>")
    return text.replace("</Документ>", "</Документ></Контейнер>").encode()


ANSWERS = [
    (raw(lambda it: b"\xef\xbb\xbf" + it), Reason.BOM),
    (raw(lambda it: b"\n" + it), Reason.QUERY_NOT_XML),
    (raw(lambda it: it[it.index(b"<\xd0") :]), Reason.QUERY_NOT_XML),
    (raw(lambda _: b"PK\x03\x04zip"), Reason.QUERY_ZIP),
    (raw(lambda _: "failure\nНет прав".encode()), Reason.SERVER_FAILURE),
    (raw(lambda _: b""), Reason.QUERY_NOT_XML),
    (raw(lambda it: it.replace(b"utf-8", b"windows-1251")), Reason.XML_ENCODING),
    (lambda status, _, content: (status, "text/xml", content), Reason.CHARSET_MISSING),
    (lambda status, _, content: (status, "text/xml; charset=windows-1251", content), Reason.CHARSET_WRONG),
    (raw(lambda it: it.decode().encode("cp1251", "replace")), Reason.CHARSET_WRONG),
    (raw(lambda it: it.replace("КоммерческаяИнформация".encode(), "Заказы".encode())), Reason.ROOT),
    (raw(lambda it: it.replace(b"T10:00:00", b"T10:00:00+03:00")), Reason.VALUE_FORMAT),
    (raw(lambda it: it.replace(b'"2.07"', b'"2.07" xmlns="urn:1C.ru:commerceml_3"')), Reason.NAMESPACE),
    (raw(contained), Reason.DOCUMENT_PLACE),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "reason"), ANSWERS, ids=[f"{at}-{reason}" for at, (_, reason) in enumerate(ANSWERS)])
def test_answers_to_query_that_1c_cannot_read(site, connect, order_xml, spoil, reason):
    put(site, order_xml, "B2B-1")
    site.spoil["query"] = spoil
    with pytest.raises(EmulatorRefused) as refused:
        connect().fetch_orders()
    assert refused.value.reason is reason


def test_an_empty_root_is_no_orders(connect):
    assert connect().fetch_orders() == ()


def test_windows_1251_orders_are_read(site, connect, order_xml):
    site.encoding = "windows-1251"
    put(site, order_xml, "B2B-1")
    (order,) = connect().fetch_orders()
    assert order.buyer_name == "Щитовое производство ООО"


def test_families_differ_in_what_they_see(site, connect, order_xml):
    namespaced = raw(lambda it: it.replace(b'"2.07"', b'"2.07" xmlns="urn:1C.ru:commerceml_2"'))
    put(site, order_xml, "B2B-1")
    site.spoil["query"] = namespaced
    connect(Profile.UT115).fetch_orders(confirm=False)
    connect(Profile.UNF).fetch_orders(confirm=False)
    with pytest.raises(EmulatorRefused) as refused:
        connect(Profile.UT10).fetch_orders(confirm=False)
    assert refused.value.reason is Reason.NAMESPACE
    del site.spoil["query"]
    site.orders = {"B2B-1": order_xml.another("B2B-1", **{"<Комментарий>До обеда</Комментарий>": "<Комментарий/>"})}
    connect(Profile.UT10).fetch_orders(confirm=False)


CONFLICTS = [
    ("B2B-1", {"<Ид>B2B-1<": "<Ид>x<"}, Reason.NUMBER_REPEATED),
    ("B2B-2", {"<Ид>B2B-2<": "<Ид>B2B-1<"}, Reason.NUMBER_CHANGED),
    ("B2B-2", {"Щитовое производство ООО": "Другая ООО"}, Reason.COUNTERPARTY_COLLAPSED),
]


@pytest.mark.parametrize(("number", "changes", "reason"), CONFLICTS, ids=[reason for _, _, reason in CONFLICTS])
@pytest.mark.parametrize("at_once", [True, False])
def test_orders_that_contradict_each_other(site, connect, order_xml, number, changes, reason, at_once):
    one_c = connect()
    site.orders = {"first": order_xml.another("B2B-1")}
    if not at_once:
        one_c.fetch_orders()
    site.orders["second"] = order_xml.another(number, **changes)
    with pytest.raises(EmulatorRefused) as refused:
        one_c.fetch_orders()
    assert refused.value.reason is reason


def test_goods_that_the_base_does_not_know_are_refused(site, connect, order_xml):
    put(site, order_xml, "B2B-1")
    connect(base=Base1C(knows_good={order_xml.GOOD}.__contains__)).fetch_orders(confirm=False)
    with pytest.raises(EmulatorRefused) as refused:
        connect(base=Base1C(knows_good=set().__contains__)).fetch_orders()
    assert refused.value.reason is Reason.GOOD_UNKNOWN


def requisites(document):
    return {
        row.findtext("{*}Наименование"): row.findtext("{*}Значение")
        for row in document.iterfind("{*}ЗначенияРеквизитов/{*}ЗначениеРеквизита")
    }


@pytest.fixture
def traded(site, connect, order_xml):
    base = Base1C()
    one_c = connect(base=base)
    put(site, order_xml, *(f"B2B-{number}" for number in range(1, 6)))
    one_c.fetch_orders()
    return one_c, base


def test_answers_tell_what_became_of_orders(site, traded):
    one_c, base = traded
    base.move("B2B-1", Status.ACCEPTED, TODAY)
    base.move("B2B-2", Status.RESERVED, TODAY)
    base.move("B2B-3", Status.SHIPPED, TODAY)
    base.move("B2B-4", Status.PAID, TODAY)
    base.move("B2B-5", Status.CANCELLED, TODAY)
    base.change_quantity("B2B-2", 0, Decimal(7))
    assert len(one_c.answer_orders()) == 5
    assert one_c.answer_orders() == (), "everything is told"
    ((name, content),) = [(name, content) for name, content in site.files.items() if name.startswith("orders-")]
    assert list(site.imported) == [name]
    assert content.startswith(b"\xef\xbb\xbf<?xml")
    root = etree.fromstring(content)
    assert root.tag == "{urn:1C.ru:commerceml_2}КоммерческаяИнформация"
    documents = {document.findtext("{*}Номер"): document for document in root.iterfind("{*}Документ")}
    told = {number: requisites(document) for number, document in documents.items()}
    assert {row["Номер по 1С"] for row in told.values()} == {f"УТ00-{number:06d}" for number in range(1, 6)}
    assert {row["Дата по 1С"] for row in told.values()} == {"2026-01-15"}
    assert {number for number, row in told.items() if "Проведен" in row} == {"B2B-2", "B2B-3", "B2B-4", "B2B-5"}
    assert {number for number, row in told.items() if "Номер отгрузки по 1С" in row} == {"B2B-3", "B2B-4"}
    assert {number for number, row in told.items() if "Номер оплаты по 1С" in row} == {"B2B-4"}
    assert {number for number, row in told.items() if row.get("Отменен") == "true"} == {"B2B-5"}
    changed = documents["B2B-2"]
    assert changed.findtext("{*}Сумма") == "843.50"
    assert changed.findtext("{*}Товары/{*}Товар/{*}Количество") == "7"
    modes = [query["mode"] for _, query, _, _ in site.requests][-6:]
    assert modes == ["checkauth", "init", "file", "import", "import", "import"]


def test_ut10_uploads_without_import(site, traded, connect):
    _, base = traded
    connect(Profile.UT10, base=base).answer_orders()
    assert [query["mode"] for _, query, _, _ in site.requests][-3:] == ["checkauth", "init", "file"]
    session = next(reversed(site.sessions.values()))
    ((name, content),) = session["files"].items()
    assert name.startswith("v8_")
    assert "xmlns" not in content.getvalue().decode("utf-8-sig")


def test_an_upload_that_fails_is_told_again(site, traded):
    one_c, base = traded
    site.spoil["import"] = lambda status, kind, _: (status, kind, "failure\nЗанято".encode())
    with pytest.raises(EmulatorRefused, match="server_failure"):
        one_c.answer_orders()
    assert len(base.untold()) == 5
    del site.spoil["import"]
    assert len(one_c.answer_orders()) == 5


def test_the_base_survives_a_restart(tmp_path, site, connect, order_xml):
    put(site, order_xml, "B2B-1")
    base = Base1C(tmp_path)
    connect(base=base).fetch_orders()
    base.move("B2B-1", Status.PAID, TODAY)
    base.save()
    again = Base1C(tmp_path)
    assert msgspec.json.encode(again.state) == msgspec.json.encode(base.state)
    assert not list(tmp_path.glob("*.new"))
    put(site, order_xml, "B2B-1", "B2B-2")
    site.orders.pop("B2B-1")
    connect(base=again).fetch_orders()
    assert again.state.orders["B2B-2"].number == "УТ00-000004", "numbers go on after the payment and the shipment"


def test_profiles_are_complete():
    assert set(RULES) == set(Profile)
