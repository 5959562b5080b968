import io
from decimal import Decimal

import msgspec
import pytest
from lxml import etree
from rich.console import Console

from b2b_dvizhenie.testing.emulator import (
    Base1C,
    Counting,
    EmulatorRefused,
    Quiet,
    Reason,
    ScenarioSettings,
    Status,
    run_scenario,
    watcher,
)
from b2b_dvizhenie.testing.wholesaler import Profile, Wholesaler


class Notes:
    """A watcher that remembers."""

    def __init__(self):
        self.stages = []
        self.texts = []

    def stage(self, title, total):
        self.stages.append([title, total, 0])

    def step(self, count=1):
        self.stages[-1][2] += count

    def say(self, text):
        self.texts.append(text)


@pytest.fixture
def settings(url, tmp_path):
    return ScenarioSettings(url, "onec", "secret", tmp_path / "base", goods=60, portion=25, pause=0)


def order(order_xml, number, place=0):
    offer = next(offer for offer in Wholesaler(60).offers(place) if offer.variant is None)
    return order_xml.another(number, **{order_xml.GOOD: offer.good.ref})


def documents(site):
    name = next(name for name in reversed(site.files) if name.startswith("orders-"))
    root = etree.fromstring(site.files[name])
    return {row.findtext("{*}Номер"): row for row in root.iterfind("{*}Документ")}


def test_the_first_day_sends_everything_and_the_second_only_changes(site, settings, now):
    notes = Notes()
    report = run_scenario(settings, notes, now)
    assert (report.full, report.day, report.goods, report.files) == (True, 0, 60, 7)
    assert [title for title, _, _ in notes.stages] == ["catalogue", "goods", "offers", "buyers", "orders"]
    assert all(done == total for _, total, done in notes.stages)
    assert "Шаг 1 из 2" in notes.texts
    assert len(report.texts) == 7
    assert report.bytes_sent > 10_000
    site.imported.clear()
    again = run_scenario(settings, Quiet(), now)
    assert (again.full, again.day, again.files) == (False, 1, 1)
    assert list(site.imported) == ["offers0_1.xml"]
    assert "ИзмененияПакетаПредложений".encode() in site.files["offers0_1.xml"]
    larger = msgspec.structs.replace(settings, goods=61)
    assert run_scenario(larger, Quiet(), now).full


def test_orders_go_their_way_over_the_days(site, settings, now, order_xml):
    run_scenario(settings, Quiet(), now)
    numbers = [f"B2B-{number}" for number in range(1, 21)]
    site.orders = {number: order(order_xml, number) for number in numbers}
    report = run_scenario(settings, Quiet(), now)
    assert (report.orders_taken, report.orders_told) == (20, 20)
    assert report.payments == {"Предоплата": 20}
    assert documents(site).keys() == set(numbers)
    for _ in range(4):
        run_scenario(settings, Quiet(), now)
    orders = Base1C(settings.folder).state.orders
    fates = {number: item.status for number, item in orders.items()}
    assert set(fates.values()) == {Status.PAID, Status.CANCELLED}
    short = [item for item in orders.values() if item.lines[0].quantity == 9]
    assert short
    assert all(item.amount == Decimal("1084.50") for item in short)
    assert all(item.told == item.version for item in orders.values())
    quiet = run_scenario(settings, Quiet(), now)
    assert (quiet.orders_taken, quiet.orders_told) == (0, 0)


def test_the_loop_of_orders(site, settings, now, order_xml):
    site.orders = {"B2B-1": order(order_xml, "B2B-1")}
    looping = msgspec.structs.replace(settings, orders_loop=True, rounds=5)
    report = run_scenario(looping, Quiet(), now)
    assert report.orders_taken == 1
    assert report.orders_told == 4, "accepted, reserved, shipped, paid; the fifth round has nothing to tell"


def test_an_order_of_goods_that_1c_does_not_sell_is_refused(site, settings, now, order_xml):
    site.orders = {"B2B-1": order_xml.another("B2B-1")}
    with pytest.raises(EmulatorRefused) as refused:
        run_scenario(settings, Quiet(), now)
    assert refused.value.reason is Reason.GOOD_UNKNOWN


def test_a_refused_catalogue_is_sent_again_as_a_whole(site, settings, now):
    site.spoil["import"] = lambda status, kind, _: (status, kind, "failure\nЗанято".encode())
    with pytest.raises(EmulatorRefused, match="Занято"):
        run_scenario(settings, Quiet(), now)
    del site.spoil["import"]
    assert run_scenario(settings, Quiet(), now).full


@pytest.mark.parametrize("profile", [Profile.UT10, Profile.UT115, Profile.BITRIX31])
def test_families(site, settings, now, profile):
    report = run_scenario(msgspec.structs.replace(settings, profile=profile), Quiet(), now)
    assert report.profile is profile
    assert site.imported


def test_bars_on_a_terminal_and_silence_elsewhere():
    shown, hidden = io.StringIO(), io.StringIO()
    for target, terminal in ((shown, True), (hidden, False)):
        with watcher(Console(file=target, force_terminal=terminal, width=100)) as progress:
            progress.stage("goods", 2)
            progress.say("Товары: 1 из 2\nещё")
            progress.step(2)
    assert "goods: Товары: 1 из 2" in shown.getvalue()
    assert "2/2" in shown.getvalue()
    assert hidden.getvalue() == ""


def test_new_orders_are_counted_as_wanted_and_once(site, settings, now, order_xml):
    settings = msgspec.structs.replace(settings, counting=Counting.EXTRA)
    site.orders = {"B2B-4": order(order_xml, "B2B-4")}
    run_scenario(settings, Quiet(), now)
    counted = Base1C(settings.folder).state.orders["B2B-4"]
    (line,), (sold,) = counted.lines, counted.site.lines
    assert line.amount == sold.amount - line.named_discounts[0][2]
    told = documents(site)["B2B-4"]
    assert told.findtext(".//{*}Товар/{*}Сумма") == str(line.amount)
    assert told.findtext(".//{*}Скидка/{*}Процент") == "3"
    run_scenario(settings, Quiet(), now)
    assert Base1C(settings.folder).state.orders["B2B-4"].lines == counted.lines
