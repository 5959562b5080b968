"""The judge and the judged, face to face without a network: orders out, states in."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.adapters.onec.cml import read
from b2b_dvizhenie.adapters.onec.cml.writer import OrderUnwritable, WriteOptions, write_orders
from b2b_dvizhenie.application.exchange.records import OrderStateRecord, OutgoingLine, OutgoingOrder, RowProblem, Unit
from b2b_dvizhenie.testing.emulator import RULES, Base1C, EmulatorRefused, Reason, Status, Wire
from b2b_dvizhenie.testing.emulator.order_reader import read_orders
from b2b_dvizhenie.testing.emulator.order_writer import write_orders as answer_with
from b2b_dvizhenie.testing.emulator.wire import Reply
from b2b_dvizhenie.testing.wholesaler import BUYERS, Profile

NOW = datetime(2026, 1, 15, 12, 0, 0)  # noqa: DTZ001 # 1C writes local time without zone
WIRE = Wire("GET /1c_exchange.php?type=sale&mode=query", 200)
KOPECK = Decimal("0.01")
GUIDS = ["11111111-2222-4333-8444-555555555555", "11111111-2222-4333-8444-666666666666"]


def line(quantity="10", price="120.50", rate="22", **changes):
    amount = (Decimal(quantity) * Decimal(price)).quantize(KOPECK, ROUND_HALF_UP)
    vat = (amount * Decimal(rate) / (100 + Decimal(rate))).quantize(KOPECK, ROUND_HALF_UP)
    made = OutgoingLine(
        ref=GUIDS[0],
        name="Кабель ВВГнг(А)-LS 3х2,5 <бухта> & «хвост»",
        quantity=Decimal(quantity),
        price=Decimal(price),
        amount=amount,
        article="VVG-3X2.5",
        unit=Unit("006", "м", "Метр", "MTR"),
        vat_rate=Decimal(rate),
        vat_amount=vat,
    )
    return msgspec.structs.replace(made, **changes)


def order(*lines, number="B2B-000001", **changes):
    buyer = BUYERS[0]
    made = OutgoingOrder(
        number=number,
        placed_at=NOW,
        currency="RUB",
        amount=sum((item.amount for item in lines), Decimal(0)),
        vat_amount=sum((item.vat_amount for item in lines), Decimal(0)),
        buyer_ref=buyer.ref,
        buyer_name=buyer.name,
        buyer_kind="legal",
        buyer_full_name=buyer.full_name,
        buyer_inn=buyer.inn,
        buyer_kpp=buyer.kpp,
        buyer_address=buyer.address,
        contact_name="Отдел закупок",
        contact_phone=buyer.phone,
        contact_email=buyer.email,
        comment="Позвонить перед доставкой\nи привезти счёт ₽",
        lines=lines,
        status="Принят",
        payment_method="Предоплата по счёту",
        payment_method_ref="019ab9e2-4c00-7a11-9c01-5d2b8f0a7e02",
    )
    return msgspec.structs.replace(made, **changes)


def judged(orders, profile, encoding="utf-8"):
    body = write_orders(orders, WriteOptions(profile=profile.value, encoding=encoding), NOW)
    return read_orders(Reply(WIRE, body, f"text/xml; charset={encoding}", 0), RULES[profile])


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251"])
@pytest.mark.parametrize("profile", list(Profile))
def test_every_family_reads_our_orders(profile, encoding):
    ours = order(
        line(),
        line("2.5", "33.333", ref=GUIDS[1], variant_ref=GUIDS[0]),
        line(
            "1", "500", ref="ORDER_DELIVERY", name="Доставка", is_service=True, unit=Unit("796", "шт", "Штука", "PCE")
        ),
    )
    (theirs,) = judged([ours], profile, encoding)
    assert (theirs.number, theirs.amount, theirs.vat) == (ours.number, ours.amount, ours.vat_amount)
    assert theirs.buyer_inn == BUYERS[0].inn
    assert theirs.buyer_name == BUYERS[0].name
    assert [item.ref for item in theirs.lines] == [GUIDS[0], f"{GUIDS[1]}#{GUIDS[0]}", "ORDER_DELIVERY"]
    assert [item.quantity for item in theirs.lines] == [10, Decimal("2.5"), 1]
    assert theirs.lines[2].is_service
    assert theirs.requisites["Статус заказа"] == "Принят"
    assert theirs.payment_method == (ours.payment_method_ref, ours.payment_method)
    assert judged([], profile, encoding) == ()


@given(
    quantities=st.lists(
        st.tuples(
            st.decimals("0.001", "5000", places=3),
            st.decimals("0.01", "99999", places=4),
            st.sampled_from(["0", "10", "22"]),
        ),
        min_size=1,
        max_size=6,
    ),
    profile=st.sampled_from(list(Profile)),
    comment=st.text(max_size=50),
)
def test_what_the_writer_gives_out_adds_up_for_1c(quantities, profile, comment):
    ours = order(*(line(str(quantity), str(price), rate) for quantity, price, rate in quantities), comment=comment)
    try:
        (theirs,) = judged([ours], profile)
    except OrderUnwritable:
        assert any(item.quantity <= 0 or item.amount < 0 for item in ours.lines)
        return
    assert theirs.amount == sum(item.amount for item in theirs.lines)


def test_the_judge_is_not_blind():
    body = write_orders([order(line())], WriteOptions(), NOW).replace(b"120.50", b"120,50")
    with pytest.raises(EmulatorRefused) as refused:
        read_orders(Reply(WIRE, body, "text/xml; charset=utf-8", 0), RULES[Profile.UT115])
    assert refused.value.reason is Reason.VALUE_FORMAT


@pytest.mark.parametrize("profile", list(Profile))
def test_our_reader_understands_what_every_family_answers(tmp_path, profile):
    base = Base1C(prefix=RULES[profile].number_prefix)
    base.load(judged([order(line(), number=f"B2B-{number}") for number in range(5)], profile), NOW.date())
    for number, status in enumerate((Status.ACCEPTED, Status.RESERVED, Status.SHIPPED, Status.PAID, Status.CANCELLED)):
        base.move(f"B2B-{number}", status, NOW.date())
    base.change_quantity("B2B-1", 0, Decimal(7))
    file = tmp_path / "orders.xml"
    file.write_bytes(answer_with(base.state.orders.values(), RULES[profile], NOW))
    found = list(read(file))
    assert not [record for record in found if isinstance(record, RowProblem)]
    states = {record.number: record for record in found if isinstance(record, OrderStateRecord)}
    assert len(states) == 5
    assert [states[f"B2B-{number}"].erp_number for number in range(5)] == [
        f"{RULES[profile].number_prefix}{number:06d}" for number in range(1, 6)
    ]
    assert {state.erp_date for state in states.values()} == {NOW.date()}
    assert [bool(states[f"B2B-{number}"].posted) for number in range(5)] == [False, True, True, True, True]
    assert [bool(states[f"B2B-{number}"].shipped) for number in range(5)] == [False, False, True, True, False]
    assert [bool(states[f"B2B-{number}"].paid) for number in range(5)] == [False, False, False, True, False]
    assert [bool(states[f"B2B-{number}"].cancelled) for number in range(5)] == [False, False, False, False, True]
    changed = states["B2B-1"]
    assert [(item.ref, item.quantity, item.amount) for item in changed.lines] == [(GUIDS[0], 7, Decimal("843.50"))]
    assert changed.amount == Decimal("843.50")
    assert changed.partner_inn == BUYERS[0].inn
    if RULES[profile].tells_status:
        assert changed.status == "К выполнению / В резерве"
