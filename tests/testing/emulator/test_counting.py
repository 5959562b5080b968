"""How an emulated 1C counts orders in ways of its own: what it changes, and that it adds up."""

from datetime import date
from decimal import Decimal

import pytest
from msgspec.structs import replace

from b2b_dvizhenie.testing.emulator import Base1C, Counting, SiteLine, SiteOrder

TODAY = date(2026, 11, 25)
LINE = SiteLine(
    ref="g",
    name="Кабель",
    unit="м",
    quantity=Decimal(3),
    price=Decimal("33.3367"),
    amount=Decimal("100.01"),
    vat_rate="22",
    vat=Decimal("18.03"),
)
ORDER = SiteOrder(
    ref="B2B-1",
    number="B2B-1",
    placed_on=TODAY,
    currency="RUB",
    amount=Decimal("100.01"),
    buyer_ref="b",
    buyer_name="Покупатель",
    buyer_legal=True,
    lines=(LINE,),
    digest="",
    vat=Decimal("18.03"),
)


@pytest.mark.parametrize(
    ("counting", "price", "amount", "vat"),
    [
        (Counting.SITE, "33.3367", "100.01", "18.03"),
        (Counting.PRICE, "35.00", "105.00", "18.93"),
        (Counting.DISCOUNT, "40", "120.00", "21.64"),
        (Counting.EXTRA, "33.3367", "97.01", "17.49"),
        (Counting.ROUNDING, "33.34", "100.02", "18.04"),
        (Counting.VAT, "33.3367", "100.01", "9.09"),
    ],
)
def test_each_way_changes_what_it_says(counting: Counting, price: str, amount: str, vat: str) -> None:
    base = Base1C()
    base.load([ORDER], TODAY)
    order = base.count("B2B-1", counting, lambda *_: Decimal(40))
    (line,) = order.lines
    assert (line.price, line.amount, line.vat) == (Decimal(price), Decimal(amount), Decimal(vat))
    assert order.amount == line.amount
    assert order.version == (1 if counting is Counting.SITE else 2)


def test_vat_on_top_is_part_of_the_total_and_goods_off_the_list_keep_their_price() -> None:
    base = Base1C()
    untaxed = replace(LINE, ref="h", vat_rate="Без НДС", vat=Decimal(0))
    base.load([replace(ORDER, vat_included=False, lines=(LINE, untaxed))], TODAY)
    order = base.count("B2B-1", Counting.DISCOUNT, lambda ref, _: Decimal(40) if ref == "g" else None)
    assert [(line.amount, line.vat) for line in order.lines] == [
        (Decimal("120.00"), Decimal("26.40")),
        (Decimal("100.01"), Decimal(0)),
    ]
    assert order.amount == Decimal("246.41")
