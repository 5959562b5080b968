"""Lists as people paste them: whatever stands between article and quantity, the right reading is among the first."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.ordering import Reading, lines_of_rows, quantity_of, typed_lines

articles = st.from_regex(r"[A-ZА-Я]{1,3}[-/][0-9]{1,4}([ .,x][0-9A-ZА-Я]{1,4})?", fullmatch=True)
quantities = st.decimals("0.001", 99999, places=3).map(lambda one: one.normalize())


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", "12"),
        ("2,5", "2.5"),
        ("2.500", "2.500"),
        ("1 000", "1000"),
        ("1\u00a0000,5", "1000.5"),
        ("10 шт.", "10"),
        ("3m", "3"),
        ("", None),
        ("12-3", None),
        ("-5", None),
        ("1e5", None),
        ("NaN", None),
        ("١٢", None),
        ("9" * 13, None),
        ("10 штучек", None),
    ],
)
def test_quantities_as_people_write_them(text: str, number: str | None) -> None:
    assert quantity_of(text) == (None if number is None else Decimal(number))


@given(articles, quantities, st.sampled_from(["\t", ";", " ", ", ", ",", " ; "]), st.booleans(), st.booleans())
def test_the_right_reading_is_there_in_any_order(
    article: str, quantity: Decimal, between: str, turned: bool, comma: bool
) -> None:
    number = format(quantity, "f").replace(".", "," if comma and "," not in between else ".")
    cells = (number, article) if turned and between != "," else (article, number)
    (line,) = typed_lines(between.join(cells))
    assert Reading(article, quantity) in line.readings


@given(st.text(max_size=200))
def test_any_text_is_read_and_no_line_is_lost(text: str) -> None:
    lines = typed_lines(text)
    written = [row for row, line in enumerate(text.splitlines(), 1) if line.strip()]
    assert [line.row for line in lines] == written
    assert all(len(line.readings) <= 4 for line in lines)
    assert all(one.quantity is None or one.quantity >= 0 for line in lines for one in line.readings)


def test_a_row_of_a_table_may_have_other_columns() -> None:
    rows = [["№", "Article", "Name", "Quantity"], ["1", "A-1", "Bolt", "5"], ["", "", "", ""], ["2", "B-2", "", "7 шт"]]
    first, second, last = lines_of_rows(rows)
    assert (first.row, second.row, last.row) == (1, 2, 4)
    assert Reading("A-1", Decimal(5)) in second.readings
    assert Reading("B-2", Decimal(7)) in last.readings
