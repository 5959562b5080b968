"""What only УНФ and the 3.1 extension do."""

from decimal import Decimal

import msgspec
import pytest
from lxml import etree

from b2b_dvizhenie.testing.emulator import RULES, Base1C, EmulatorRefused, Reason, SiteInfo, Status
from b2b_dvizhenie.testing.wholesaler import Profile, Wholesaler, write_catalog


def modes(site):
    return [query["mode"] for _, query, _, _ in site.requests]


def raw(change):
    return lambda status, kind, content: (status, kind, change(content))


def contained(order_xml, number):
    return f"<Контейнер>{order_xml.another(number)}</Контейнер>"


def test_31_sends_version_reads_four_lines_and_closes_the_full_export(site, connect, tmp_path):
    manifest = write_catalog(Wholesaler(30), tmp_path, Profile.BITRIX31, pictures=False)
    one_c = connect(Profile.BITRIX31)
    one_c.send_catalog(tmp_path, manifest.named("import"))
    one_c.close_full_export()
    inits = [query for _, query, _, _ in site.requests if query["mode"] == "init"]
    assert {query["version"] for query in inits} == {"3.1"}
    assert modes(site)[-3:] == ["checkauth", "deactivate", "complete"]
    assert site.deactivated == "1768471200"


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (b"zip=yes\nfile_limit=100", Reason.INIT_LINE_COUNT),
        (b"zip=yes\nfile_limit=100\nabc\nversion=3.1", Reason.INIT_SESSID),
        (b"zip=yes\nfile_limit=100\nsessid=abc\nversion=", Reason.INIT_VERSION),
        (b"zip=yes\nfile_limit=100\nsessid=abc", Reason.INIT_LINE_COUNT),
    ],
)
def test_31_needs_all_four_lines(site, connect, exported, lines, reason):
    folder, _ = exported
    site.spoil["init"] = raw(lambda _: lines)
    with pytest.raises(EmulatorRefused) as refused:
        connect(Profile.BITRIX31).send_offers(folder, ["offers0_1.xml"])
    assert refused.value.reason is reason


def test_31_cannot_close_without_a_timestamp(site, connect):
    site.spoil["checkauth"] = raw(lambda it: it.rpartition(b"\n")[0])
    with pytest.raises(EmulatorRefused) as refused:
        connect(Profile.BITRIX31).close_full_export()
    assert refused.value.reason is Reason.TIMESTAMP


def test_others_do_not_close(site, connect):
    connect().close_full_export()
    assert site.requests == []


def test_31_sees_orders_only_in_containers(site, connect, order_xml):
    site.orders = {"B2B-1": contained(order_xml, "B2B-1")}
    assert [order.number for order in connect(Profile.BITRIX31).fetch_orders(confirm=False)] == ["B2B-1"]
    site.orders = {"B2B-1": order_xml.another("B2B-1")}
    with pytest.raises(EmulatorRefused) as refused:
        connect(Profile.BITRIX31).fetch_orders()
    assert refused.value.reason is Reason.DOCUMENT_PLACE


def test_31_answers_in_containers_with_statuses(site, connect, order_xml):
    base = Base1C()
    one_c = connect(Profile.BITRIX31, base=base)
    site.orders = {"B2B-1": contained(order_xml, "B2B-1")}
    one_c.fetch_orders()
    base.move("B2B-1", Status.RESERVED, one_c.today())
    base.change_quantity("B2B-1", 0, Decimal(4))
    one_c.answer_orders()
    name = next(name for name in site.files if name.startswith("documents_1_1_"))
    document = etree.fromstring(site.files[name]).find("{*}Контейнер/{*}Документ")
    assert document.findtext("{*}Номер") == "B2B-1"
    assert document.findtext("{*}Номер1С").strip() == "УТ00-000001"
    assert document.findtext("{*}Сумма") == "482.00"
    told = {
        row.findtext("{*}Наименование"): row.findtext("{*}Значение") for row in document.iter("{*}ЗначениеРеквизита")
    }
    assert told["СтатусЗаказа"] == "К выполнению / В резерве"


def test_31_units_in_elements_of_their_own(site, connect, order_xml):
    unit = "<Единица><Ид>006</Ид><Код>006</Код><НаименованиеКраткое>м</НаименованиеКраткое></Единица>"
    text = contained(order_xml, "B2B-1")
    start, end = text.index("<БазоваяЕдиница"), text.index("</БазоваяЕдиница>") + len("</БазоваяЕдиница>")
    site.orders = {"B2B-1": text[:start] + unit + text[end:]}
    (order,) = connect(Profile.BITRIX31).fetch_orders()
    assert (order.lines[0].unit, order.lines[0].unit_code) == ("м", "006")


def test_unf_reads_any_number_of_init_lines_and_waits_between_polls(site, connect, tmp_path, monkeypatch):
    manifest = write_catalog(Wholesaler(30), tmp_path, Profile.UNF, pictures=False)
    waited = []
    monkeypatch.setattr("b2b_dvizhenie.testing.emulator.session.time.sleep", waited.append)
    site.spoil["init"] = raw(lambda it: it + b"\nmore=1\n")
    connect(Profile.UNF).send_catalog(tmp_path, manifest.named("import"))
    assert waited == [5, 5]
    assert site.imported == {"import0.xml": 30}


def test_unf_asks_for_the_names_of_the_site(site, connect):
    site.encoding = "windows-1251"
    assert connect(Profile.UNF).fetch_info() == SiteInfo((("N", "Принят"),), (("1", "Счёт"),), (("2", "Самовывоз"),))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (raw(lambda it: it.decode().replace("Cтатусы", "Статусы").encode()), Reason.INFO),
        (raw(lambda it: it.decode().replace("Справочник>", "Данные>").encode()), Reason.ROOT),
        (raw(lambda it: it.decode().replace("<Ид>N</Ид>", "").encode()), Reason.INFO),
        (raw(lambda it: b" " + it), Reason.QUERY_NOT_XML),
    ],
    ids=["cyrillic letter", "root", "no id", "blank"],
)
def test_names_that_unf_cannot_read(site, connect, spoil, reason):
    site.spoil["info"] = spoil
    with pytest.raises(EmulatorRefused) as refused:
        connect(Profile.UNF).fetch_info()
    assert (refused.value.reason, refused.value.step) == (reason, "sale info")


def test_unf_tells_the_status_in_words(site, connect, order_xml):
    base = Base1C()
    rules = msgspec.structs.replace(RULES[Profile.UNF], poll_pause=0)
    one_c = connect(base=base, rules=rules)
    site.orders = {"B2B-1": order_xml.another("B2B-1")}
    one_c.fetch_orders()
    one_c.answer_orders()
    assert modes(site)[-1] == "file", "УНФ asks for no import of orders"
    session = next(reversed(site.sessions.values()))
    ((_, content),) = session["files"].items()
    assert "Статус заказа</Наименование><Значение>На согласовании<" in content.getvalue().decode()
