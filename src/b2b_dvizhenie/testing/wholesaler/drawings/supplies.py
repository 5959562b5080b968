"""Drawings of wiring accessories, cable carriers, boards and fasteners."""

from math import cos, radians, sin

from b2b_dvizhenie.testing.wholesaler.drawings.canvas import Canvas, mix
from b2b_dvizhenie.testing.wholesaler.drawings.tones import (
    BODY,
    COPPER,
    EDGE,
    INK,
    METAL,
    STEEL,
    WHITE,
    Tones,
)


def _plate(c: Canvas, t: Tones) -> None:
    c.rect(21.5, 21.5, 60, 60, t.shadow, 7)
    c.rect(20, 20, 60, 60, EDGE, 7)
    c.rect(21.5, 21.5, 57, 57, BODY, 6)


def socket(c: Canvas, t: Tones) -> None:
    """A socket outlet with earth."""
    _plate(c, t)
    c.circle(50, 50, 22, EDGE)
    c.circle(50, 50, 20.5, WHITE)
    c.circle(50, 50, 15.5, mix(WHITE, INK, 0.07))
    for x in (42, 58):
        c.circle(x, 50, 3.4, INK)
    for y in (33.5, 62):
        c.rect(47.8, y, 4.4, 5, METAL, 1)
    c.rect(25, 73, 14, 2.4, t.brand, 1)


def switch(c: Canvas, t: Tones) -> None:
    """A switch with two rockers."""
    _plate(c, t)
    for x in (29, 51):
        c.rect(x, 29, 20, 42, EDGE, 2)
        c.rect(x + 0.8, 29.8, 18.4, 40.4, WHITE, 2)
        c.rect(x + 0.8, 50, 18.4, 20, mix(WHITE, INK, 0.05), 2)
    c.circle(39, 35, 1.5, t.brand)
    c.circle(61, 35, 1.5, t.brand)
    c.rect(25, 74.5, 14, 2, t.brand, 1)


def frame(c: Canvas, t: Tones) -> None:
    """A frame for three posts."""
    c.rect(9.5, 36.5, 84, 32, t.shadow, 5)
    c.rect(8, 35, 84, 32, t.brand, 5)
    c.rect(9.5, 36.5, 81, 29, mix(t.brand, WHITE, 0.25), 4)
    for x in (13, 39.5, 66):
        c.rect(x, 40, 21, 22, t.dark, 2)
        c.rect(x + 1.2, 41.2, 18.6, 19.6, t.ground, 1.5)


def extension(c: Canvas, t: Tones) -> None:
    """An extension lead with three sockets."""
    c.arc(26, 62, 14, 90, 270, 3, INK)
    c.line(26, 76, 70, 76, 3, INK)
    c.line(70, 76, 78, 84, 3, INK)
    c.rect(76, 80, 12, 11, INK, 2)
    c.rect(21.5, 33.5, 68, 28, t.shadow, 8)
    c.rect(20, 32, 68, 28, t.brand, 8)
    c.rect(22, 34, 64, 24, BODY, 7)
    for x in (34, 54, 74):
        c.circle(x, 46, 9, mix(WHITE, INK, 0.09))
        c.circle(x - 3.2, 46, 1.7, INK)
        c.circle(x + 3.2, 46, 1.7, INK)


def plug(c: Canvas, t: Tones) -> None:
    """An industrial plug."""
    c.line(50, 82, 50, 96, 6, INK)
    c.polygon([(36, 58), (64, 58), (58, 86), (42, 86)], t.dark)
    c.rect(28, 30, 44, 32, t.brand, 5)
    c.rect(25, 26, 50, 9, t.dark, 3)
    for x in (38, 50, 62):
        c.rect(x - 2, 13, 4, 14, METAL, 1.5)
    c.rect(45, 42, 10, 12, t.pale, 2)


def box(c: Canvas, t: Tones) -> None:
    """A junction box."""
    for x, y in ((50, 14), (50, 86), (14, 50), (86, 50)):
        c.circle(x, y, 8, METAL)
        c.circle(x, y, 5, INK)
    c.rect(21.5, 21.5, 60, 60, t.shadow, 5)
    c.rect(20, 20, 60, 60, STEEL, 5)
    c.rect(24, 24, 52, 52, BODY, 4)
    for x in (30, 70):
        for y in (30, 70):
            c.circle(x, y, 2.8, METAL)
            c.line(x - 1.6, y, x + 1.6, y, 0.9, INK)
    c.polygon([(52, 36), (42, 53), (49, 53), (47, 64), (58, 47), (51, 47)], t.brand)


def tray(c: Canvas, t: Tones) -> None:
    """A perforated tray."""
    c.polygon([(10, 62), (70, 24), (94, 40), (34, 80)], t.shadow)
    c.polygon([(8, 58), (68, 20), (92, 36), (32, 76)], STEEL)
    c.polygon([(8, 58), (68, 20), (68, 12), (8, 50)], METAL)
    c.polygon([(32, 76), (92, 36), (92, 28), (32, 68)], t.brand)
    for step in range(5):
        x, y = 24 + step * 11, 53 - step * 7
        c.line(x, y, x + 5, y - 3, 2.6, INK)
        c.line(x + 10, y + 6.5, x + 15, y + 3.5, 2.6, INK)


def trunking(c: Canvas, t: Tones) -> None:
    """A cable trunk with its lid half off."""
    c.polygon([(14, 66), (74, 32), (88, 44), (28, 80)], t.shadow)
    c.polygon([(12, 62), (72, 28), (86, 40), (26, 76)], BODY)
    c.polygon([(26, 76), (86, 40), (86, 50), (26, 86)], EDGE)
    c.polygon([(12, 62), (26, 76), (26, 86), (12, 72)], METAL)
    c.line(30, 66, 78, 38, 3, t.brand)
    c.polygon([(8, 48), (56, 20), (70, 31), (22, 60)], WHITE)
    c.polygon([(22, 60), (70, 31), (70, 33.5), (22, 62.5)], t.pale)


def conduit(c: Canvas, t: Tones) -> None:
    """A corrugated pipe."""
    for radius, tone in ((36, t.dark), (34.5, t.brand), (25, t.dark), (23.5, t.ground)):
        c.circle(50, 52, radius, tone)
    for angle in range(0, 360, 10):
        x, y = cos(radians(angle)), sin(radians(angle))
        c.line(50 + 26 * x, 52 + 26 * y, 50 + 33.5 * x, 52 + 33.5 * y, 2, t.dark)
    c.line(79, 46, 88, 20, 11, t.brand)
    c.circle(88.6, 18.6, 5.4, INK)


def board(c: Canvas, t: Tones) -> None:
    """A plastic enclosure with a transparent door."""
    c.rect(17.5, 25.5, 68, 54, t.shadow, 5)
    c.rect(16, 24, 68, 54, EDGE, 5)
    c.rect(18, 26, 64, 50, BODY, 4)
    c.rect(23, 33, 54, 36, t.pale, 3)
    for place in range(8):
        x = 26 + place * 6.2
        c.rect(x, 40, 5.4, 22, WHITE, 0.8)
        c.rect(x + 1.4, 47, 2.6, 6, t.brand if place % 3 else INK, 0.6)
    c.rect(46, 71, 8, 2.4, METAL, 1)


def cabinet(c: Canvas, t: Tones) -> None:
    """A metal cabinet."""
    c.polygon([(28, 14), (78, 14), (84, 20), (84, 86), (28, 86)], t.shadow)
    c.polygon([(24, 12), (74, 12), (80, 18), (80, 84), (24, 84)], METAL)
    c.rect(24, 12, 50, 72, STEEL, 1)
    c.rect(27, 15, 44, 66, mix(STEEL, WHITE, 0.45), 1)
    c.rect(64, 44, 4, 10, INK, 1.5)
    c.polygon([(49, 27), (60, 46), (38, 46)], (255, 205, 60))
    c.polygon([(50, 32), (46, 40), (49, 40), (48, 45), (52.5, 37.5), (49.6, 37.5)], INK)
    for y in (63, 68, 73):
        c.rect(34, y, 22, 1.8, METAL, 0.9)
    c.rect(27, 15, 44, 3, t.brand)


def screw(c: Canvas, t: Tones) -> None:
    """A dowel and a screw."""
    c.line(28, 74, 52, 36, 9, t.brand)
    for step in range(5):
        x, y = 30 + step * 4.6, 71 - step * 7.3
        c.line(x - 5, y - 3, x + 5, y + 3.4, 1.4, t.dark)
    c.line(58, 82, 74, 44, 5, METAL)
    for step in range(6):
        x, y = 59.5 + step * 2.3, 79 - step * 5.5
        c.line(x - 4.5, y - 2.4, x + 4.5, y + 1.6, 1.6, STEEL)
    c.polygon([(64, 36), (88, 46), (82, 53), (66, 46)], METAL)
    c.line(66, 36, 88, 45, 5, STEEL)


def tie(c: Canvas, t: Tones) -> None:
    """A cable tie around a bundle."""
    for x, y, tone in ((40, 56, t.dark), (58, 56, t.brand), (49, 41, t.pale)):
        c.circle(x, y, 11, tone)
        c.circle(x, y, 5.5, COPPER)
    c.arc(49, 51, 26, 20, 330, 5, INK)
    c.rect(66, 34, 13, 13, INK, 2)
    c.line(74, 38, 90, 16, 4, INK)


def tape(c: Canvas, t: Tones) -> None:
    """A roll of insulating tape."""
    c.circle(51.5, 53.5, 33, t.shadow)
    c.circle(50, 52, 33, t.dark)
    c.circle(48, 50, 33, t.brand)
    c.ring(48, 50, 19, 3, BODY, t.ground)
    c.arc(48, 50, 27, 190, 250, 3, t.pale)
    c.polygon([(46, 17), (84, 17), (84, 27), (52, 27)], t.brand)


def lug(c: Canvas, t: Tones) -> None:
    """A cable lug."""
    c.line(20, 80, 40, 58, 16, t.brand)
    c.line(38, 60, 60, 38, 17, METAL)
    c.line(38, 58, 60, 36, 13, STEEL)
    c.circle(70, 28, 17, METAL)
    c.circle(69, 27, 16, STEEL)
    c.circle(70, 27, 7, t.ground)
    for step in (0, 8):
        c.line(39 + step, 50 - step, 50 + step, 61 - step, 1.6, METAL)


DRAWINGS = (
    socket, switch, frame, extension, plug, box, tray, trunking, conduit, board, cabinet, screw, tie, tape, lug,
)  # fmt: skip
