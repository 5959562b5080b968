"""Drawings of modular devices, cables and drives."""

from b2b_dvizhenie.testing.wholesaler.drawings.canvas import Canvas, mix
from b2b_dvizhenie.testing.wholesaler.drawings.tones import (
    BODY,
    COPPER,
    EDGE,
    INK,
    LIGHT,
    METAL,
    STEEL,
    WHITE,
    Tones,
)


def _module(c: Canvas, t: Tones, x: float, width: float, levers: int = 1) -> None:
    """A device for the 35 mm rail."""
    c.rect(x + 1.5, 21.5, width, 60, t.shadow, 3)
    c.rect(x, 20, width, 60, EDGE, 3)
    c.rect(x + 1, 21, width - 2, 58, BODY, 2.5)
    c.rect(x, 38, width, 25, EDGE)
    c.rect(x + 1, 39, width - 2, 23, WHITE)
    step = width / levers
    for place in range(levers):
        middle = x + step * (place + 0.5)
        for y in (27, 73):
            c.circle(middle, y, 4, METAL)
            c.line(middle - 2, y - 2, middle + 2, y + 2, 1, INK)


def breaker(c: Canvas, t: Tones) -> None:
    """A circuit breaker."""
    _module(c, t, 27, 46, 3)
    c.rect(31, 44, 38, 13, t.dark, 2)
    c.rect(33, 42, 34, 9, t.brand, 2)
    c.rect(36, 60, 28, 1.4, t.brand)


def rcd(c: Canvas, t: Tones) -> None:
    """A residual current device."""
    _module(c, t, 24, 52, 4)
    c.rect(29, 44, 18, 13, t.dark, 2)
    c.rect(30, 42, 16, 9, t.brand, 2)
    c.ring(61, 48, 5.5, 1.4, METAL, LIGHT)
    c.rect(56, 57, 10, 2, t.pale, 1)


def contactor(c: Canvas, t: Tones) -> None:
    """A contactor."""
    c.rect(25.5, 23.5, 52, 58, t.shadow, 4)
    c.rect(24, 22, 52, 58, INK, 4)
    c.rect(24, 36, 52, 30, t.dark)
    c.rect(37, 40, 26, 22, t.brand, 2)
    c.rect(44, 44, 12, 14, t.pale, 2)
    for x in (33, 44.3, 55.6, 67):
        for y in (29, 73):
            c.circle(x, y, 4, STEEL)
            c.line(x - 2.2, y, x + 2.2, y, 1.1, INK)


def relay(c: Canvas, t: Tones) -> None:
    """A relay with dials."""
    _module(c, t, 33, 34, 2)
    c.rect(37, 41, 26, 9, INK, 1.5)
    for place, x in enumerate((40, 47, 54)):
        c.rect(x, 43, 4, 5, t.pale if place else LIGHT, 0.8)
    for x in (42, 50, 58):
        c.circle(x, 56, 3, t.brand)
        c.line(x, 56, x + 1.6, 54.4, 0.9, WHITE)


def meter(c: Canvas, t: Tones) -> None:
    """An electricity meter."""
    c.rect(25.5, 15.5, 52, 72, t.shadow, 6)
    c.rect(24, 14, 52, 72, EDGE, 6)
    c.rect(25.5, 15.5, 49, 69, BODY, 5)
    c.rect(31, 23, 38, 17, mix(INK, WHITE, 0.15), 2)
    c.rect(33, 25, 34, 13, (190, 214, 190), 1.5)
    for x in (36, 42, 48, 54, 60):
        c.rect(x, 28, 3.6, 7, INK, 0.8)
    c.rect(31, 46, 24, 3, t.brand, 1)
    c.rect(31, 52, 16, 2, STEEL, 1)
    c.circle(64, 49, 3, t.brand)
    c.rect(24, 66, 52, 20, t.dark, 4)
    for x in (33, 44, 56, 67):
        c.circle(x, 76, 3.4, METAL)


def cable(c: Canvas, t: Tones) -> None:
    """A cable with stripped cores."""
    c.line(20, 78, 54, 44, 26, t.dark)
    c.line(20, 76, 54, 42, 22, t.brand)
    c.circle(58, 40, 14, EDGE)
    c.circle(58, 40, 12.5, mix(BODY, INK, 0.05))
    for x, y, insulation in ((55, 33.5, (86, 110, 190)), (64, 40, (196, 64, 52)), (54, 45.5, (218, 181, 58))):
        c.line(x, y, x + 12, y - 12, 9.5, insulation)
        c.circle(x + 13, y - 13, 3.6, COPPER)
        c.line(x + 13, y - 13, x + 19, y - 19, 5, COPPER)


def wire(c: Canvas, t: Tones) -> None:
    """A coil of wire."""
    c.circle(51.5, 53.5, 31, t.shadow)
    for radius, tone in (
        (31, t.dark),
        (28, t.brand),
        (25, t.dark),
        (22, t.brand),
        (19, t.dark),
        (16, t.ground),
    ):
        c.circle(50, 52, radius, tone)
    c.line(76, 36, 86, 20, 4, t.brand)
    c.line(86, 20, 89, 15, 2.4, COPPER)
    for x, y in ((50, 29), (70, 63), (30, 63)):
        c.circle(x, y, 5, BODY)


def drive(c: Canvas, t: Tones) -> None:
    """A frequency converter or a power supply."""
    c.rect(29.5, 15.5, 44, 72, t.shadow, 4)
    c.rect(28, 14, 44, 72, INK, 4)
    c.rect(28, 14, 44, 12, t.dark, 4)
    c.rect(33, 30, 34, 18, t.brand, 2)
    c.rect(36, 33, 28, 8, (205, 226, 205), 1)
    for x in (38, 45, 52):
        c.rect(x, 34.5, 5, 5, INK, 0.6)
    for x in (38, 46, 54, 62):
        c.circle(x, 44.6, 1.6, WHITE)
    for y in (54, 58, 62, 66):
        c.rect(34, y, 32, 1.6, METAL, 0.8)
    for x in (35, 45, 55, 65):
        c.circle(x, 77, 3.2, STEEL)


def busbar(c: Canvas, t: Tones) -> None:
    """A neutral or earth bar."""
    c.polygon([(14, 60), (80, 32), (88, 42), (22, 70)], t.shadow)
    c.polygon([(12, 58), (78, 30), (86, 40), (20, 68)], (216, 176, 84))
    c.polygon([(12, 58), (78, 30), (80, 33), (14, 61)], (236, 205, 128))
    for step in range(6):
        x, y = 24 + step * 10, 58.4 - step * 4.25
        c.circle(x, y, 3.4, (160, 124, 48))
        c.line(x - 1.6, y - 1.6, x + 1.6, y + 1.6, 1, INK)
    for x, y in ((18, 64), (80, 38)):
        c.rect(x - 4, y, 9, 14, t.brand, 2)


def terminal(c: Canvas, t: Tones) -> None:
    """A rail terminal."""
    for place in range(3):
        x = 26 + place * 16
        c.rect(x + 1.5, 23.5, 14, 56, t.shadow, 2)
        c.rect(x, 22, 14, 56, t.dark if place == 1 else t.brand, 2)
        for y in (31, 69):
            c.circle(x + 7, y, 4.4, STEEL)
            c.line(x + 4.6, y, x + 9.4, y, 1.2, INK)
        c.rect(x + 3, 44, 8, 12, t.pale, 1)
    c.rect(14, 84, 72, 4, METAL, 1)


def button(c: Canvas, t: Tones) -> None:
    """A push button of a panel."""
    c.circle(51.5, 46.5, 28, t.shadow)
    c.ring(50, 45, 28, 6, METAL, STEEL)
    c.circle(50, 45, 19, t.dark)
    c.circle(50, 43, 18, t.brand)
    c.circle(44, 37, 5, t.pale)
    c.rect(38, 76, 24, 12, INK, 2)
    c.rect(42, 79, 16, 2, METAL, 1)


DRAWINGS = (breaker, rcd, contactor, relay, meter, cable, wire, drive, busbar, terminal, button)
