"""Geometry of the charts that templates draw as SVG: no script, text stays text, every chart has a table twin."""

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal

from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.entrypoints.http.pages.dashboard import Series

_STEPS = (1, 2, 5)


class Tick(Struct, frozen=True):
    """A horizontal grid line: where it is and the value it stands for."""

    y: float
    value: Decimal


class Slot(Struct, frozen=True):
    """One bar with the column it can be pointed at in, and the centre for its caption."""

    index: int
    x: float
    width: float
    bar_x: float
    bar_width: float
    y: float
    height: float
    centre: float
    captioned: bool


class BarChart(Struct, frozen=True):
    """A bar chart with an optional line of the previous period, in the units of its own viewBox."""

    width: int
    height: int
    left: int
    right: int
    floor: float
    ticks: tuple[Tick, ...]
    slots: tuple[Slot, ...]
    previous: str


def bar_chart(
    values: Sequence[Decimal],
    previous: Sequence[Decimal] = (),
    *,
    width: int = 760,
    height: int = 250,
    captions: int = 8,
) -> BarChart:
    """Lay out a bar chart whose axis starts at zero and ends at a round number.

    Args:
        values: one per bar, not negative.
        previous: values of the compared period, drawn as a dashed line; as many as `values` or none.
        width: of the drawing; bars share what the axis leaves.
        height: of the drawing with the captions below.
        captions: how many bars at most get a caption, so that they do not touch.
    """
    left, bottom, top, edge = 52, 24, 10, 6
    ceiling, step = round_ceiling(max([*values, *previous, Decimal(0)]))
    plot = height - bottom - top

    def y(value: Decimal) -> float:
        return round(top + plot - float(value / ceiling) * plot, 1)

    column = (width - left - edge) / max(1, len(values))
    every = max(1, -(-len(values) // captions))
    slots = tuple(
        Slot(
            index=index,
            x=round(left + index * column, 1),
            width=round(column, 1),
            bar_x=round(left + (index + 0.16) * column, 1),
            bar_width=round(column * 0.68, 1),
            y=y(value),
            height=round(top + plot - y(value), 1),
            centre=round(left + (index + 0.5) * column, 1),
            captioned=index % every == 0,
        )
        for index, value in enumerate(values)
    )
    ticks = tuple(Tick(y(step * count), step * count) for count in range(int(ceiling / step) + 1))
    line = " ".join(f"{left + (index + 0.5) * column:.1f},{y(value)}" for index, value in enumerate(previous))
    return BarChart(width, height, left, width - edge, top + plot, ticks, slots, line)


def round_ceiling(largest: Decimal) -> tuple[Decimal, Decimal]:
    """The end of an axis and its step: 3 to 6 steps of 1, 2 or 5 times a power of ten that cover the largest value."""
    if largest <= 0:
        return Decimal(4), Decimal(1)
    power = Decimal(10) ** (largest.adjusted() - 1)
    while True:
        for factor in _STEPS:
            step = power * factor
            count = (largest / step).to_integral_value(ROUND_CEILING)
            if count <= 6:
                return step * count, step
        power *= 10


def sparkline(values: Sequence[Decimal], width: int = 96, height: int = 28) -> str:
    """Points of a small line without axes, highest value at the top."""
    if not values:
        return ""
    low, high = min(values), max(values)
    span = (high - low) or Decimal(1)
    pitch = width / max(1, len(values) - 1)
    inner = height - 4
    return " ".join(
        f"{index * pitch:.1f},{height - 2 - float((value - low) / span) * inner:.1f}"
        for index, value in enumerate(values)
    )


def tail(series: Series, count: int) -> Series:
    """The last bars of a series: what a phone shows."""
    return replace(
        series,
        captions=series.captions[-count:],
        values=series.values[-count:],
        previous=series.previous[-count:],
    )
