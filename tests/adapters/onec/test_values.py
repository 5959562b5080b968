from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.adapters.onec.cml import values


def at(*parts: int) -> datetime:
    return datetime(*parts)  # noqa: DTZ001  (naive on purpose: the seller's zone)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1234.50", "1234.50"),
        ("1234,5", "1234.5"),
        ("1 234,50", "1234.50"),
        ("1\u00a0234\u202f567,8", "1234567.8"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1.234.567,89", "1234567.89"),
        ("1,234,567", "1234567"),
        ("1,234", "1.234"),
        ("12'345.6", "12345.6"),
        ("+7", "7"),
        ("−3,5", "-3.5"),
        (".5", "0.5"),
        ("5,", "5"),
        ("007", "7"),
        ("-0", "0"),
        ("  42 \r\n", "42"),
    ],
)
def test_numbers_as_1c_writes_them(text: str, expected: str) -> None:
    assert values.number(text) == Decimal(expected)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "abc",
        "1e5",
        "NaN",
        "Infinity",
        "1,2.5",
        "1,234,50",
        "1.2.3",
        "12,34,567",
        "--1",
        "-",
        ".",
        ",",
        "1_000",
        "-999 999 999,9",
        "٣",
        "0x10",
        "1" * 16,
        "1 руб",
    ],
)
def test_what_is_no_number_is_none_and_never_zero(text: str) -> None:
    assert values.number(text) is None


@given(st.text(max_size=60))
def test_every_function_is_total(text: str) -> None:
    for function in (
        values.number,
        values.price,
        values.quantity,
        values.flag,
        values.moment,
        values.day,
        values.currency,
        values.vat,
        values.okei,
        values.ref,
        values.requisite_key,
    ):
        function(text)
    product, variant = values.split_ref(text)
    assert variant != values.NIL
    assert "#" not in product


_DECIMALS = st.decimals(min_value=Decimal(-99999999999), max_value=Decimal(99999999999), places=4)


@given(_DECIMALS, st.sampled_from([" ", "\u00a0", "\u202f", "'", ""]), st.sampled_from([".", ","]))
def test_a_number_survives_any_russian_spelling(value: Decimal, blank: str, point: str) -> None:
    if value == Decimal("-999999999.9"):
        return
    spelled = f"{value:,.4f}".replace(",", "_").replace(".", point).replace("_", blank)
    assert values.number(spelled) == value


@given(_DECIMALS)
def test_a_number_survives_english_grouping(value: Decimal) -> None:
    spelled = f"{value:,.4f}"
    if value == Decimal("-999999999.9"):
        return
    assert values.number(spelled) == value


def test_the_filler_is_no_value_in_any_spelling() -> None:
    assert values.number("-999999999.9") is None
    assert values.number("-999\u00a0999\u00a0999,90") is None
    assert values.number("-999999999.8") is not None


@pytest.mark.parametrize(("text", "expected"), [("1.00005", "1.0001"), ("1.00004", "1.0000"), ("-1.00005", "-1.0001")])
def test_prices_keep_four_decimals_half_away_from_zero(text: str, expected: str) -> None:
    assert str(values.price(text)) == expected


def test_short_decimals_keep_their_digits() -> None:
    assert str(values.price("120.50")) == "120.50"
    assert str(values.quantity("2.0005")) == "2.001"
    assert str(values.quantity("10")) == "10"


@given(_DECIMALS)
def test_rounding_never_moves_by_more_than_half_a_unit(value: Decimal) -> None:
    rounded = values.quantity(str(value))
    if value == Decimal("-999999999.9"):
        return
    assert rounded is not None
    assert abs(rounded - value) <= Decimal("0.0005")


@pytest.mark.parametrize("text", ["true", "TRUE", "1", " да ", "Истина"])
def test_yes(text: str) -> None:
    assert values.flag(text) is True


@pytest.mark.parametrize("text", ["false", "0", "Нет", "ЛОЖЬ"])
def test_no(text: str) -> None:
    assert values.flag(text) is False


@pytest.mark.parametrize("text", [None, "", " ", "может быть", "2"])
def test_neither_yes_nor_no(text: str | None) -> None:
    assert values.flag(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-15", at(2026, 1, 15)),
        ("2026-01-15T10:11:12", at(2026, 1, 15, 10, 11, 12)),
        ("2026-01-15 10:11:12.123+03:00", at(2026, 1, 15, 10, 11, 12)),
        ("15.01.2026", at(2026, 1, 15)),
        ("15.01.2026 9:11:12", at(2026, 1, 15, 9, 11, 12)),
        ("0001-01-01", None),
        ("0001-01-01T00:00:00", None),
        ("2026-02-30", None),
        ("15/01/2026", None),
        ("", None),
        (None, None),
    ],
)
def test_moments(text: str | None, expected: datetime | None) -> None:
    assert values.moment(text) == expected
    assert values.day(text) == (expected.date() if expected else None)


@given(st.datetimes(min_value=at(1900, 1, 1)).map(lambda moment: moment.replace(microsecond=0)))
def test_moments_survive_both_spellings(moment: datetime) -> None:
    assert values.moment(moment.isoformat()) == moment
    assert values.moment(moment.strftime("%d.%m.%Y %H:%M:%S")) == moment
    assert values.day(moment.date().isoformat()) == date(moment.year, moment.month, moment.day)


@pytest.mark.parametrize("text", ["руб", "руб.", "Руб", "RUR", "RUB", "643", "₽", " р. "])
def test_roubles(text: str) -> None:
    assert values.currency(text) == "RUB"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("USD", "USD"),
        ("840", "USD"),
        ("$", "USD"),
        ("дол.", "USD"),
        ("EUR", "EUR"),
        ("€", "EUR"),
        ("грн", "UAH"),
        ("cny", "CNY"),
        ("", ""),
        ("  ", ""),
        ("у.е.", None),
        ("XXQ", None),
        ("фантики", None),
    ],
)
def test_other_currencies(text: str, expected: str | None) -> None:
    assert values.currency(text) == expected


@pytest.mark.parametrize(
    ("text", "rate", "calculated"),
    [
        ("22", "22", False),
        ("20", "20", False),
        ("10%", "10", False),
        ("0", "0", False),
        ("20/120", "20", True),
        ("22/122", "22", True),
        ("НДС 20%", "20", False),
        ("18,00", "18", False),
    ],
)
def test_vat_rates(text: str, rate: str, calculated: bool) -> None:
    assert values.vat(text) == values.Vat(Decimal(rate), calculated=calculated)


@pytest.mark.parametrize("text", ["Без налога", "Без НДС", "без ндс", "БезНДС"])
def test_without_vat_is_a_fact_of_its_own(text: str) -> None:
    assert values.vat(text) == values.Vat(None)


@pytest.mark.parametrize("text", ["", " ", "много", "120", "-5"])
def test_unreadable_vat(text: str) -> None:
    assert values.vat(text) is None


@pytest.mark.parametrize(("text", "expected"), [("796 ", "796"), ("006", "006"), ("шт", ""), ("", ""), ("12345", "")])
def test_unit_codes_keep_their_zeros(text: str, expected: str) -> None:
    assert values.okei(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" AB2B0000-0000-4000-8000-00000000000A ", "ab2b0000-0000-4000-8000-00000000000a"),
        (
            "AB2B0000-0000-4000-8000-00000000000A#AB2B0000-0000-4000-8000-00000000000B",
            "ab2b0000-0000-4000-8000-00000000000a#ab2b0000-0000-4000-8000-00000000000b",
        ),
        ("Отпускная цена", "Отпускная цена"),
        ("38#Login#Полное имя", "38#Login#Полное имя"),
        ("321", "321"),
        (None, ""),
        ("  ", ""),
    ],
)
def test_ids_are_opaque_but_guids_are_lower_case(text: str | None, expected: str) -> None:
    assert values.ref(text) == expected


@given(st.text(max_size=80))
def test_an_id_is_settled_after_one_pass(text: str) -> None:
    once = values.ref(text)
    assert values.ref(once) == once


def test_product_and_variant() -> None:
    assert values.split_ref("a#b") == ("a", "b")
    assert values.split_ref("a") == ("a", "")
    assert values.split_ref(f"a#{values.NIL}") == ("a", "")
    assert values.split_ref("#b") == ("", "b")


def test_requisites_are_compared_without_blanks_dots_and_case() -> None:
    assert values.requisite_key("Статус  заказа") == values.requisite_key("СтатусЗаказа") == "статусзаказа"
    assert values.requisite_key("Номер по 1С") == "номерпо1с"
