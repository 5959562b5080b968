"""Numbers, money and dates of pages agree with Babel and keep the typography of ux.md rule 4."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.formats import MINUS, NBSP, Formats

RU, EN = Formats("ru", "Europe/Moscow"), Formats("en", "Europe/Moscow")
amounts = st.decimals("-99999999999", "99999999999", places=2)


def rub(text):
    return Money(Decimal(text), "RUB")


@given(amounts)
def test_money_agrees_with_babel(amount):
    expected = format_decimal(amount, "#,##0.00", "ru").replace("-", MINUS)
    assert RU.money(Money(amount, "RUB")) == f"{expected}{NBSP}₽"
    assert EN.amount(amount) == format_decimal(amount, "#,##0.00", "en").replace("-", MINUS)


@given(st.decimals("-9999999", "9999999", places=3))
def test_quantities_agree_with_babel(quantity):
    assert RU.quantity(quantity) == format_decimal(quantity, "#,##0.###", "ru").replace("-", MINUS)


@pytest.mark.parametrize(
    ("amount", "russian", "english"),
    [
        ("56215.70", "56\u00a0215,70\u00a0₽", "56,215.70\u00a0₽"),
        ("0", "0,00\u00a0₽", "0.00\u00a0₽"),
        ("-1234.5", "−1\u00a0234,50\u00a0₽", "−1,234.50\u00a0₽"),
        ("12.3450", "12,345\u00a0₽", "12.345\u00a0₽"),
        ("12.34567", "12,3457\u00a0₽", "12.3457\u00a0₽"),
        ("12.3400", "12,34\u00a0₽", "12.34\u00a0₽"),
        ("1E+3", "1\u00a0000,00\u00a0₽", "1,000.00\u00a0₽"),
    ],
)
def test_roubles(amount, russian, english):
    assert RU.money(rub(amount)) == russian
    assert EN.money(rub(amount)) == english


def test_other_currencies():
    assert RU.money(Money(Decimal(5), "USD")) == "5,00\u00a0$"
    assert EN.money(Money(Decimal(5), "USD")) == "$5.00"
    assert RU.money(Money(Decimal(500), "JPY")) == "500\u00a0¥"
    assert EN.money(Money(Decimal(5), "KZT")) == "5.00\u00a0KZT"


def test_percents():
    assert RU.percent(Decimal("22.00")) == "22\u00a0%"
    assert RU.percent(Decimal("7.5")) == "7,5\u00a0%"
    assert EN.percent(22) == "22%"
    assert RU.signed_percent(Decimal("12.4")) == "+12,4\u00a0%"
    assert RU.signed_percent(Decimal("-3.8")) == "−3,8\u00a0%"


def test_large_numbers_of_tiles():
    assert RU.compact(Decimal(38600000)) == "38,6\u00a0млн"
    assert EN.compact(Decimal(38600000)) == "38.6M"
    assert RU.compact(842) == "842"


def test_instants_are_shown_in_the_zone_of_the_seller():
    late = datetime(2026, 11, 21, 22, 30, 5, tzinfo=UTC)
    assert RU.day(late) == "22\u00a0нояб.\u00a02026"
    assert RU.time(late) == "01:30"
    assert RU.moment(late) == "22 нояб. 2026, 01:30"
    assert RU.exact_time(late) == "22.11.2026 01:30:05"
    assert RU.numeric_date(date(2026, 3, 1)) == "01.03.2026"
    assert EN.short_date(date(2026, 3, 1)) == "1\u00a0Mar"
    assert RU.iso(late) == "2026-11-21T22:30:05+00:00"
