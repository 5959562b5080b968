import re
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace

from b2b_dvizhenie.adapters.onec.cml import read
from b2b_dvizhenie.adapters.onec.cml.units import named
from b2b_dvizhenie.adapters.onec.cml.writer import OrderUnwritable, WriteOptions, write_info, write_orders
from b2b_dvizhenie.application.exchange.records import (
    OrderStateRecord,
    OutgoingLine,
    OutgoingOrder,
    OutgoingPayment,
    Unit,
)
from b2b_dvizhenie.testing.emulator.order_reader import read_orders
from b2b_dvizhenie.testing.emulator.refusal import Wire
from b2b_dvizhenie.testing.emulator.rules import RULES
from b2b_dvizhenie.testing.emulator.wire import Reply
from b2b_dvizhenie.testing.wholesaler import Profile

GOLDEN = Path(__file__).parents[3].parent / "shared" / "fixtures" / "onec" / "synthetic" / "expected_from_us"
MADE = datetime(2026, 1, 15, 10, 0, 0)  # noqa: DTZ001  (the seller's zone)
PLACED = datetime(2026, 1, 15, 10, 11, 12)  # noqa: DTZ001
D = Decimal

LINE = OutgoingLine(
    ref="b2b00000-0000-4000-8000-000000000065",
    name="Кабель ВВГнг(А)-LS 3х2,5",
    quantity=D(10),
    price=D("120.50"),
    amount=D("1205.00"),
    article="VVG-3x2.5",
    unit=Unit("796", "шт", "Штука", "PCE"),
    vat_rate=D(22),
    vat_amount=D("217.30"),
)
ORDER = OutgoingOrder(
    number="B2B-100045",
    placed_at=PLACED,
    currency="RUB",
    amount=D("1205.00"),
    buyer_ref="b2b00000-0000-4000-8000-000000000046",
    buyer_name='ООО "Учебная компания"',
    buyer_kind="legal",
    buyer_inn="0012345671",
    buyer_kpp="001201001",
    vat_amount=D("217.30"),
    comment="Позвонить перед доставкой",
    status="Принят",
    payment_method="Безналичный расчет",
    lines=(LINE,),
)


def written(order=ORDER, **options):
    return write_orders([order], WriteOptions(**options), MADE)


def tree(content):
    return etree.fromstring(content)


def judged(content, profile, encoding="utf-8"):
    """What a 1C as strict as the real ones makes of it."""
    reply = Reply(Wire("", 200, "", b""), content, f"text/xml; charset={encoding}", 0)
    return read_orders(reply, RULES[profile])


@pytest.mark.shared
@pytest.mark.parametrize(
    ("golden", "options"),
    [
        ("query_2x_cp1251.xml", {"profile": "ut10", "encoding": "windows-1251"}),
        ("query_2x_utf8.xml", {"profile": "ut115"}),
    ],
)
def test_golden_answers_to_the_byte(golden, options):
    """T20."""
    assert written(**options) == (GOLDEN / golden).read_bytes()


@pytest.mark.shared
def test_the_golden_answer_of_31_and_what_is_added_to_it():
    """T20. The unit as an element is for the Bitrix extension, which does not read the attributes."""
    content = written(profile="bitrix31").decode()
    unit = re.search(r"<Единица>.*?</Единица>", content)
    assert unit is not None
    assert content.replace(unit[0], "").encode() == (GOLDEN / "query_31_container.xml").read_bytes()
    assert content != content.replace(unit[0], "")


@pytest.mark.shared
def test_the_golden_empty_answer():
    assert write_orders([], WriteOptions(), MADE) == (GOLDEN / "query_empty.xml").read_bytes()


def test_nothing_to_send_is_a_whole_document():
    content = write_orders([], WriteOptions(profile="ut10", encoding="windows-1251"), MADE)
    assert content.startswith(b'<?xml version="1.0" encoding="windows-1251"?>\n')
    root = tree(content)
    assert (root.tag, len(root), root.get("ВерсияСхемы")) == ("КоммерческаяИнформация", 0, "2.05")
    assert list(read(BytesIO(content))) == []


def test_places_of_the_document():
    assert tree(written(profile="ut115")).find("Документ") is not None
    root = tree(written(profile="bitrix31"))
    assert root.find("Документ") is None
    assert root.find("Контейнер/Документ/Товары/Товар/Единица/Код").text == "796"
    assert [tree(written(profile=name)).get("ВерсияСхемы") for name in ("ut10", "ut115", "unf", "bitrix31")] == [
        "2.05",
        "2.07",
        "2.10",
        "3.1",
    ]


def test_characters_the_code_page_lacks_become_references():
    order = replace(ORDER, comment="5 м² ≈ 10 ₴ 😀", buyer_name='<"Рога & Копыта">')
    content = written(order, encoding="windows-1251")
    root = tree(content)
    assert root.findtext("Документ/Комментарий") == "5 м² ≈ 10 ₴ 😀"
    assert root.findtext("Документ/Контрагенты/Контрагент/Наименование") == '<"Рога & Копыта">'
    assert b"\r" not in content


def test_characters_xml_forbids_vanish():
    order = replace(ORDER, comment="a\x00b\x0bc\ufffed\ud800e\r\nf")
    assert tree(written(order)).findtext("Документ/Комментарий") == "abcde\nf"


def test_a_person_and_a_company():
    legal = tree(written(replace(ORDER, buyer_address="Пермь", buyer_full_name="ООО"))).find(".//Контрагент")
    assert [child.tag for child in legal] == [
        "Ид",
        "Наименование",
        "ОфициальноеНаименование",
        "ЮридическийАдрес",
        "ИНН",
        "КПП",
        "Роль",
    ]
    person = replace(ORDER, buyer_kind="entrepreneur", buyer_inn="590000000001", buyer_address="Пермь")
    found = tree(written(person)).find(".//Контрагент")
    assert found.findtext("ПолноеНаименование") == ORDER.buyer_name
    assert found.findtext("АдресРегистрации/Представление") == "Пермь"
    assert found.findtext("ИНН") == "590000000001"
    assert found.find("КПП") is None
    assert found.find("ОфициальноеНаименование") is None


@pytest.mark.parametrize("inn", ["", "12", "590000000001", "77010000ab"])
def test_a_wrong_tax_number_is_not_told(inn):
    assert tree(written(replace(ORDER, buyer_inn=inn))).find(".//ИНН") is None


def test_contacts_and_the_representative():
    order = replace(
        ORDER, contact_name="Иванов И. И.", contact_phone="+7 900 000-00-00", contact_email="a@example.test"
    )
    buyer = tree(written(order)).find(".//Контрагент")
    assert [e.text for e in buyer.findall("Контакты/Контакт/Значение")] == ["+7 900 000-00-00", "a@example.test"]
    person = buyer.find("Представители/Представитель/Контрагент")
    assert person.findtext("Отношение") == "Контактное лицо"
    again = tree(written(order)).find(".//Представители/Представитель/Контрагент")
    assert person.findtext("Ид") == again.findtext("Ид")
    other = tree(written(replace(order, buyer_ref="another"))).find(".//Представители/Представитель/Контрагент")
    assert person.findtext("Ид") != other.findtext("Ид")


def test_variants_services_and_discounts():
    line = replace(LINE, variant_ref="v", discount=D("5.00"), amount=D("1200.00"), vat_amount=D("216.39"))
    delivery = OutgoingLine("ORDER_DELIVERY", "Доставка", D(1), D(300), D(300))
    order = replace(ORDER, lines=(line, delivery), amount=D("1500.00"), vat_amount=D("216.39"))
    first, second = tree(written(order)).findall(".//Товар")
    assert first.findtext("Ид") == f"{LINE.ref}#v"
    assert first.findtext("Скидки/Скидка/Сумма") == "5.00"
    assert first.findtext("Скидки/Скидка/УчтеноВСумме") == "true"
    assert second.findtext("ЗначенияРеквизитов/ЗначениеРеквизита[2]/Значение") == "Услуга"
    assert second.find("Налоги") is None
    assert second.findtext("СтавкиНалогов/СтавкаНалога/Ставка") == "Без налога"
    assert second.findtext("БазоваяЕдиница") == "шт"


def test_vat_on_top():
    order = replace(ORDER, vat_included=False, amount=D("1422.30"))
    root = tree(written(order))
    assert {e.text for e in root.iter("УчтеноВСумме")} == {"false"}


def test_without_vat_there_is_no_tax_at_all():
    order = replace(ORDER, vat_amount=D(0), lines=(replace(LINE, vat_rate=None, vat_amount=D(0)),))
    assert tree(written(order)).find(".//Налоги") is None


def test_requisites_of_the_node_win_and_blank_ones_are_left_out():
    more = (("Склад", "Основной"), ("Статус заказа", "Новый"), ("Договор", " "))
    order = replace(ORDER, requisites=more, payment_method="", paid=True, cancelled=True, delivery_address="Пермь")
    items = tree(written(order)).findall("Документ/ЗначенияРеквизитов/ЗначениеРеквизита")
    found = {item.findtext("Наименование"): item.findtext("Значение") for item in items}
    assert len(found) == len(items)
    assert found == {
        "Статус заказа": "Новый",
        "Заказ оплачен": "true",
        "Доставка разрешена": "false",
        "Отменен": "true",
        "Финальный статус": "false",
        "Дата изменения статуса": "2026-01-15 10:11:12",
        "Адрес доставки": "Пермь",
        "Склад": "Основной",
    }


def test_card_payments_are_documents_for_unf_only():
    order = replace(ORDER, payments=(OutgoingPayment("pay-1", "77", PLACED, D("1205.00")),))
    document = tree(written(order, profile="unf")).find("Документ/ПодчиненныеДокументы/ПодчиненныйДокумент")
    assert document.findtext("ХозОперация") == "Эквайринговая операция"
    assert document.findtext("Сумма") == "1205.00"
    assert tree(written(order, profile="ut115")).find(".//ПодчиненныеДокументы") is None


def test_the_currency_in_the_words_of_the_node():
    assert tree(written(currency_names={"RUB": "руб."})).findtext("Документ/Валюта") == "руб."
    assert tree(written(currency_names={"USD": "дол"})).findtext("Документ/Валюта") == "RUB"


def test_long_texts_are_cut():
    order = replace(ORDER, comment="я" * 4000, buyer_name="и" * 300, requisites=(("Склад", "с" * 2000),))
    root = tree(written(order))
    assert len(root.findtext("Документ/Комментарий")) == 3000
    assert len(root.findtext("Документ/Контрагенты/Контрагент/Наименование")) == 255
    assert max(len(e.text) for e in root.iter("Значение")) == 1000


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"number": ""}, "number"),
        ({"number": "B2B-10004512"}, "number"),
        ({"buyer_ref": ""}, "buyer"),
        ({"buyer_ref": "x" * 41}, "buyer"),
        ({"buyer_name": " "}, "buyer"),
        ({"lines": ()}, "no lines"),
        ({"amount": D("1205.01")}, "lines make 1205.00"),
        ({"vat_amount": D("217.31")}, "VAT"),
        ({"lines": (replace(LINE, ref=""),)}, "line 1"),
        ({"lines": (replace(LINE, name="\x00"),)}, "line 1"),
        ({"lines": (replace(LINE, quantity=D(0)),)}, "line 1"),
        ({"lines": (replace(LINE, ref="x" * 60, variant_ref="y" * 60),)}, "line 1"),
        ({"lines": (replace(LINE, amount=D("1205.001")),)}, "kopeck"),
        ({"lines": (replace(LINE, vat_rate=None),)}, "without VAT"),
        ({"vat_included": False}, "lines make 1422.30"),
    ],
    ids=range(15),
)
def test_an_order_that_does_not_add_up_is_refused_by_name(change, reason):
    order = replace(ORDER, **change)
    with pytest.raises(OrderUnwritable) as caught:
        write_orders([ORDER, order], WriteOptions(), MADE)
    assert caught.value.params["number"] == order.number
    assert reason in caught.value.params["reason"]


def test_units_get_a_name():
    assert named(Unit("796")) == Unit("796", "шт", "Штука", "PCE")
    assert named(Unit("006", "м.")) == Unit("006", "м.")
    assert named(Unit("999")) == Unit("999", "999")
    assert named(Unit()).name == "шт"


_TEXT = st.text(max_size=40)
_NAME = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=300)


@st.composite
def orders(draw):
    lines = []
    for _ in range(draw(st.integers(1, 6))):
        quantity = draw(st.decimals(D("0.001"), 5000, places=3))
        price = draw(st.decimals(0, 100_000, places=draw(st.integers(2, 4))))
        exact = (price * quantity).quantize(D("0.01"), ROUND_HALF_UP)
        amount = max(D(0), exact - draw(st.decimals(-1, exact, places=2)))
        rate = draw(st.sampled_from([None, D(0), D(10), D(22)]))
        vat = D(0) if rate is None else (amount * rate / (100 + rate)).quantize(D("0.01"), ROUND_HALF_UP)
        lines.append(
            OutgoingLine(
                ref=draw(st.uuids()).hex,
                variant_ref=draw(st.sampled_from(["", "v1"])),
                name=draw(_NAME),
                article=draw(_TEXT),
                quantity=quantity,
                price=price,
                amount=amount,
                unit=draw(st.sampled_from([Unit(), Unit("796"), Unit("", "бухта"), Unit("006", "м", "Метр", "MTR")])),
                vat_rate=rate,
                vat_amount=vat,
                is_service=draw(st.booleans()),
            )
        )
    vat = sum((line.vat_amount for line in lines), D(0))
    included = draw(st.booleans())
    return OutgoingOrder(
        number=draw(st.text("ABC0123456789-", min_size=1, max_size=11)),
        placed_at=draw(st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1))),  # noqa: DTZ001
        currency="RUB",
        amount=sum((line.amount for line in lines), D(0)) + (0 if included else vat),
        vat_included=included,
        vat_amount=vat,
        buyer_ref="b2b00000-0000-4000-8000-000000000046",
        buyer_name=draw(_NAME),
        buyer_kind=draw(st.sampled_from(["legal", "entrepreneur", "person"])),
        buyer_full_name=draw(_TEXT),
        buyer_inn=draw(st.sampled_from(["", "7701000001", "590000000001", "12"])),
        buyer_kpp=draw(st.sampled_from(["", "770101001", "x"])),
        buyer_address=draw(_TEXT),
        contact_name=draw(_TEXT),
        contact_phone=draw(_TEXT),
        comment=draw(st.text(max_size=100)),
        status=draw(_TEXT),
        delivery_address=draw(_TEXT),
        lines=tuple(lines),
    )


@given(orders(), st.sampled_from(["ut10", "ut115", "unf", "bitrix31"]), st.sampled_from(["utf-8", "windows-1251"]))
def test_invariants_of_every_order(order, profile, encoding):
    """T25: sums and VAT add up, nothing is empty, the number fits, the document is well-formed in both encodings."""
    content = write_orders([order], WriteOptions(profile=profile, encoding=encoding), MADE)
    root = tree(content)
    document = next(root.iter("Документ"))
    for element in root.iter():
        assert len(element) or (element.text or "").strip(), element.tag
    assert len(document.findtext("Номер")) <= 11
    goods = document.findall("Товары/Товар")
    for good in goods:
        price, quantity = D(good.findtext("ЦенаЗаЕдиницу")), D(good.findtext("Количество"))
        discount = sum((D(e.text) for e in good.findall("Скидки/Скидка/Сумма")), D(0))
        assert abs(price * quantity - discount - D(good.findtext("Сумма"))) <= D("0.005")
        assert discount >= 0
    vat = sum((D(e.text) for e in document.findall("Товары/Товар/Налоги/Налог/Сумма")), D(0))
    assert vat == D(document.findtext("Налоги/Налог/Сумма") or 0) == order.vat_amount
    total = sum((D(good.findtext("Сумма")) for good in goods), D(0))
    assert total + (0 if order.vat_included else vat) == D(document.findtext("Сумма"))


@given(orders(), st.sampled_from([Profile.UT10, Profile.UT115, Profile.UNF]))
def test_a_strict_1c_takes_every_order(order, profile):
    """T21 at the level of bytes: an independent reader that refuses what real modules refuse."""
    encoding = "windows-1251" if profile is Profile.UT10 else "utf-8"
    content = write_orders([order], WriteOptions(profile=profile.value, encoding=encoding), MADE)
    (taken,) = judged(content, profile, encoding)
    assert (taken.number, taken.amount, taken.vat) == (order.number, order.amount, order.vat_amount)
    assert [line.amount for line in taken.lines] == [line.amount for line in order.lines]
    assert [line.quantity for line in taken.lines] == [line.quantity for line in order.lines]


def test_the_strict_1c_would_refuse_a_wrong_answer():
    """Control of the test above."""
    content = written().replace(b"<\xd0\x9a\xd1\x83\xd1\x80\xd1\x81>1</\xd0\x9a\xd1\x83\xd1\x80\xd1\x81>", b"")
    assert content != written()
    with pytest.raises(Exception, match="Курс"):
        judged(content, Profile.UT115)


@given(orders())
def test_our_own_reader_understands_what_we_write(order):
    (state,) = [
        r for r in read(BytesIO(write_orders([order], WriteOptions(), MADE))) if isinstance(r, OrderStateRecord)
    ]
    assert (state.number, state.amount, state.currency) == (order.number, order.amount, "RUB")
    assert [(line.ref, line.variant_ref, line.amount) for line in state.lines] == [
        (line.ref, line.variant_ref, line.amount) for line in order.lines
    ]


def test_info_is_spelled_as_bitrix_spells_it():
    content = write_info([("N", "Принят"), ("F", "Выполнен")], [("1", "Счёт", "Безналичный")], [("2", "Самовывоз")])
    assert content.startswith(b'<?xml version="1.0" encoding="windows-1251"?>\n<')
    text = content.decode("windows-1251")
    assert "<C\u0442атусы><Элемент><Ид>N</Ид><Название>Принят</Название></Элемент>" in text
    assert "<ПлатежныеСистемы><Элемент><Ид>1</Ид><Название>Счёт</Название><ТипОплаты>Безналичный</ТипОплаты>" in text
    assert tree(content).tag == "Справочник"
    assert tree(write_info([])).tag == "Справочник"
