"""Charts end at round numbers, keep every bar inside and never divide by nothing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.entrypoints.http.charts import bar_chart, round_ceiling, sparkline, tail
from b2b_dvizhenie.entrypoints.http.pages.dashboard import Series

values = st.lists(st.decimals(0, "1e12", places=2), max_size=40)


@given(st.decimals("0.01", "1e12", places=2))
def test_the_axis_covers_the_largest_value_in_few_round_steps(largest):
    ceiling, step = round_ceiling(largest)
    assert ceiling >= largest
    assert 1 <= ceiling / step <= 6
    assert step.normalize().as_tuple().digits in {(1,), (2,), (5,)}
    assert ceiling - largest < step


@given(values, values)
def test_every_bar_stays_inside_the_drawing(current, previous):
    chart = bar_chart(current, previous)
    assert len(chart.slots) == len(current)
    for slot in chart.slots:
        assert 0 <= slot.y <= chart.floor
        assert slot.y + slot.height == pytest.approx(chart.floor, abs=0.11)
        assert chart.left <= slot.bar_x
        assert slot.bar_x + slot.bar_width <= chart.right + 0.2
    assert sum(slot.captioned for slot in chart.slots) <= 8
    assert chart.ticks[0].value == 0


@given(values)
def test_sparklines_stay_inside(points):
    for point in sparkline(points).split():
        x, y = map(float, point.split(","))
        assert 0 <= x <= 96
        assert 0 <= y <= 28


def test_a_phone_sees_the_last_bars():
    series = Series(title="t", unit="u", captions=("1", "2", "3"), values=(Decimal(1), Decimal(2), Decimal(3)))
    assert tail(series, 2).captions == ("2", "3")
    assert tail(series, 2).previous == ()
