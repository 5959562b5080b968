"""What an ERP's words mean, and when two sets of lines are the same (onec.md §4.3–4.4)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.adapters.onec.order_statuses import ORDER_STATUSES
from b2b_dvizhenie.adapters.postgres.exchange_orders import sent_price
from b2b_dvizhenie.domain.exchange.order_states import same_company, same_lines, status_key
from b2b_dvizhenie.domain.ordering import OrderStatus
from b2b_dvizhenie.domain.shared.money import round_money

lines = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.sampled_from(["", "x"]), st.decimals(1, 9, places=3), st.decimals(1, 9, places=2)
    ),
    max_size=6,
)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("К выполнению", OrderStatus.CONFIRMED),
        ("к  ВЫПОЛНЕНИЮ.", OrderStatus.CONFIRMED),
        ("КОтгрузке", OrderStatus.PICKING),
        ("Закрыт", OrderStatus.CLOSED),
        ("Отменён", OrderStatus.CANCELLED),
        ("cancelled", OrderStatus.CANCELLED),
        ("Ожидается согласование", OrderStatus.SENT),
    ],
)
def test_words_of_1c(word: str, status: OrderStatus) -> None:
    assert ORDER_STATUSES[status_key(word)] is status


@given(lines, st.data())
def test_lines_are_the_same_however_they_are_arranged(
    some: list[tuple[str, str, Decimal, Decimal]], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(some))
    assert same_lines(some, shuffled)
    if some:
        ref, variant, quantity, amount = some[0]
        split = [(ref, variant, quantity - 1, amount), (ref, variant, Decimal(1), Decimal(0)), *some[1:]]
        assert same_lines(some, split)
        assert not same_lines(some, [(ref, variant, quantity, amount + Decimal("0.01")), *some[1:]])
        assert not same_lines(some, some[1:])


@pytest.mark.parametrize(
    ("refs", "inn", "said_ref", "said_inn", "same"),
    [
        (("a",), "77", "a", "99", True),
        (("a",), "77", "b", "77", True),
        (("a",), "77", "b", "99", False),
        (("a",), "", "b", "99", False),
        ((), "77", "b", "99", False),
        ((), "", "b", "99", True),
        (("a",), "77", "", "", True),
        (("a",), "77", "b", "", False),
    ],
)
def test_company_is_told_by_ref_then_by_inn(
    refs: tuple[str, ...], inn: str, said_ref: str, said_inn: str, same: bool
) -> None:
    assert same_company(refs, inn, said_ref, said_inn) is same


@given(
    st.decimals("0.0001", 100_000, places=4),
    st.decimals("0.001", 1_000_000, places=3),
    st.booleans(),
)
def test_price_times_quantity_less_discount_is_the_sum(base: Decimal, quantity: Decimal, unit_first: bool) -> None:
    unit = round_money(base, "RUB")
    amount = round_money((unit if unit_first else base) * quantity, "RUB")
    price, discount = sent_price(unit, quantity, amount, "RUB")
    assert round_money(price * quantity, "RUB") - discount == amount
    assert discount >= 0
    assert price == price.quantize(Decimal("0.0001"))
    if unit_first:
        assert (price, discount) == (unit, 0)
