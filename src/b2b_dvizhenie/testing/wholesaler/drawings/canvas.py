"""A small painter of flat pictures: anti-aliased shapes on a square, written as PNG with nothing but zlib.

Coordinates run from 0 to 100 in both directions, whatever the size in pixels. Colours are (red, green, blue).
Edges are smoothed by four sub-lines per pixel line and exact coverage along the line.
"""

import struct
import zlib
from collections.abc import Callable
from itertools import pairwise
from math import cos, radians, sin, sqrt

Colour = tuple[int, int, int]
Span = tuple[float, float] | None
_SUBLINES = 4
_STEPS = 6
_PALETTE = 256


def colour(text: str) -> Colour:
    """A colour from `#rrggbb`."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`share` of `other` over `one`."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


class Canvas:
    """A square picture of `size` pixels, filled with one colour; pixels are places of a palette of 256."""

    def __init__(self, size: int, background: Colour) -> None:
        self.size = size
        self._palette: dict[Colour, int] = {background: 0}
        self._colours = [background]
        self._rows = [bytearray(size) for _ in range(size)]

    def rect(self, x: float, y: float, width: float, height: float, fill: Colour, radius: float = 0) -> None:
        """A rectangle with rounded corners."""
        radius = min(radius, width / 2, height / 2)

        def span(at: float) -> Span:
            inset = max(y + radius - at, at - (y + height - radius), 0.0)
            if inset > radius or not y <= at < y + height:
                return None
            cut = radius - sqrt(max(radius * radius - inset * inset, 0.0))
            return x + cut, x + width - cut

        self._fill(y, y + height, span, fill)

    def circle(self, x: float, y: float, radius: float, fill: Colour) -> None:
        """A disc around (x, y)."""
        self.rect(x - radius, y - radius, 2 * radius, 2 * radius, fill, radius)

    def ring(self, x: float, y: float, radius: float, width: float, fill: Colour, inside: Colour) -> None:
        """A disc with another colour inside its rim of `width`."""
        self.circle(x, y, radius, fill)
        self.circle(x, y, radius - width, inside)

    def polygon(self, points: list[tuple[float, float]], fill: Colour) -> None:
        """A convex polygon."""
        edges = list(zip(points, points[1:] + points[:1], strict=True))

        def span(at: float) -> Span:
            crossings = [
                x1 + (x2 - x1) * (at - y1) / (y2 - y1) for (x1, y1), (x2, y2) in edges if (y1 <= at) != (y2 <= at)
            ]
            return (min(crossings), max(crossings)) if crossings else None

        self._fill(min(y for _, y in points), max(y for _, y in points), span, fill)

    def line(self, x1: float, y1: float, x2: float, y2: float, width: float, fill: Colour) -> None:
        """A straight stroke with round ends."""
        length = sqrt((x2 - x1) ** 2 + (y2 - y1) ** 2) or 1.0
        dx, dy = -(y2 - y1) / length * width / 2, (x2 - x1) / length * width / 2
        self.polygon([(x1 + dx, y1 + dy), (x2 + dx, y2 + dy), (x2 - dx, y2 - dy), (x1 - dx, y1 - dy)], fill)
        self.circle(x1, y1, width / 2, fill)
        self.circle(x2, y2, width / 2, fill)

    def arc(self, x: float, y: float, radius: float, start: int, stop: int, width: float, fill: Colour) -> None:
        """A stroke along a circle from `start` to `stop` degrees, 0 at the right, clockwise."""
        step = 6
        points = [
            (x + radius * cos(radians(angle)), y + radius * sin(radians(angle)))
            for angle in (*range(start, stop, step), stop)
        ]
        for (x1, y1), (x2, y2) in pairwise(points):
            self.line(x1, y1, x2, y2, width, fill)

    def png(self) -> bytes:
        """The picture as an indexed PNG."""
        palette = b"".join(map(bytes, self._colours))
        return _png(self.size, palette, b"".join(b"\0" + row for row in self._rows))

    def _place(self, wanted: Colour) -> int:
        """Place of a colour in the palette; the nearest one when the palette is full."""
        place = self._palette.get(wanted)
        if place is None:
            if len(self._colours) < _PALETTE:
                place = len(self._colours)
                self._colours.append(wanted)
            else:
                place = min(range(_PALETTE), key=lambda at: _distance(self._colours[at], wanted))
            self._palette[wanted] = place
        return place

    def _fill(self, top: float, bottom: float, span: Callable[[float], Span], fill: Colour) -> None:
        scale = self.size / 100
        for line in range(max(0, int(top * scale)), min(self.size, int(bottom * scale) + 1)):
            spans = [span((line + (sub + 0.5) / _SUBLINES) / scale) for sub in range(_SUBLINES)]
            found = [(left * scale, right * scale) for left, right in filter(None, spans) if right > left]
            if found:
                self._paint(self._rows[line], found, fill)

    def _paint(self, row: bytearray, spans: list[tuple[float, float]], fill: Colour) -> None:
        solid_from, solid_to = 0, 0
        if len(spans) == _SUBLINES:
            solid_from = max(0, int(max(left for left, _ in spans)) + 1)
            solid_to = min(self.size, int(min(right for _, right in spans)))
        if solid_to > solid_from:
            row[solid_from:solid_to] = bytes((self._place(fill),)) * (solid_to - solid_from)
        first = max(0, int(min(left for left, _ in spans)))
        last = min(self.size - 1, int(max(right for _, right in spans)))
        for pixel in range(first, last + 1):
            if solid_from <= pixel < solid_to:
                continue
            covered = sum(max(0.0, min(right, pixel + 1) - max(left, pixel)) for left, right in spans) / _SUBLINES
            if covered > 0:
                # Few steps of coverage keep the palette small; the eye does not see more.
                under = self._colours[row[pixel]]
                row[pixel] = self._place(mix(under, fill, round(covered * _STEPS) / _STEPS))


def _distance(one: Colour, other: Colour) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _png(size: int, palette: bytes, lines: bytes) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">2I5B", size, size, 8, 3, 0, 0, 0)),
            chunk(b"PLTE", palette),
            chunk(b"IDAT", zlib.compress(lines, 9)),
            chunk(b"IEND", b""),
        )
    )
