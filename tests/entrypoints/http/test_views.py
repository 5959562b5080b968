"""Small decisions of views: pages of a list, the movement of a price, the selected company."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.kit.shell import portal_shell, rub
from b2b_dvizhenie.entrypoints.http.labels import LABELS, label_of
from b2b_dvizhenie.entrypoints.http.pages.parts import Price, pages


@given(st.integers(0, 5000), st.integers(1, 100), st.integers(1, 100))
def test_pages_lead_everywhere_and_show_what_is_shown(total, size, current):
    count = max(1, -(-total // size))
    current = min(current, count)
    pager = pages(total, current, size, "/x?page={page}")
    numbers = [int(link.title) for link in pager.links if link.url]
    assert numbers == sorted(set(numbers))
    assert (not numbers) == (count == 1)
    if numbers:
        assert (numbers[0], numbers[-1]) == (1, count)
        assert [link.title for link in pager.links if link.current] == [str(current)]
    assert pager.last - pager.first + 1 == min(size, total - (current - 1) * size) or total == 0
    assert (pager.previous_url is None) == (current == 1)
    assert (pager.next_url is None) == (current == count)
    gaps = [index for index, link in enumerate(pager.links) if not link.url]
    for gap in gaps:
        assert int(pager.links[gap + 1].title) - int(pager.links[gap - 1].title) > 1


@pytest.mark.parametrize(
    ("amount", "previous", "change"),
    [("10", "9", "up"), ("9", "10", "down"), ("10", "10.00", ""), ("10", None, ""), (None, "9", "")],
)
def test_the_movement_of_a_price(amount, previous, change):
    price = Price(amount=amount and Money(Decimal(amount), "RUB"), previous=previous and rub(previous))
    assert price.change == change


def test_the_selected_company_is_the_frame_s():
    assert portal_shell("catalogue").company.name == "ООО «ЭнергоМонтаж»"


def test_an_unknown_state_shows_itself_and_an_unknown_kind_is_a_mistake():
    assert label_of("order", "frozen").text == "frozen"
    with pytest.raises(KeyError):
        label_of("weather", "fine")


def test_every_tone_is_one_the_style_sheets_know():
    assert {label.tone for states in LABELS.values() for label in states.values()} <= {"", "ok", "warn", "bad", "info"}
