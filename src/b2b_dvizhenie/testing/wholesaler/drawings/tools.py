"""Drawings of tools, measuring devices, protection and books."""

from b2b_dvizhenie.testing.wholesaler.drawings.canvas import Canvas, mix
from b2b_dvizhenie.testing.wholesaler.drawings.tones import BODY, EDGE, INK, METAL, RED, STEEL, WHITE, Tones


def screwdriver(c: Canvas, t: Tones) -> None:
    """A screwdriver."""
    c.line(50, 50, 82, 18, 4.5, METAL)
    c.polygon([(79, 16), (84, 21), (90, 13), (87, 10)], STEEL)
    c.line(22, 78, 46, 54, 17, t.dark)
    c.line(22, 76, 46, 52, 13, t.brand)
    c.line(24, 71, 40, 55, 2.4, t.pale)
    c.line(47, 53, 51, 49, 8, INK)


def pliers(c: Canvas, t: Tones) -> None:
    """Pliers."""
    c.line(58, 46, 30, 88, 9, t.dark)
    c.line(42, 46, 70, 88, 9, t.brand)
    c.polygon([(38, 40), (49, 12), (50, 46), (42, 52)], METAL)
    c.polygon([(62, 40), (51, 12), (50, 46), (58, 52)], STEEL)
    for y in (22, 27, 32):
        c.line(46.5, y, 53.5, y, 1, INK)
    c.ring(50, 46, 7, 2.4, INK, METAL)


def drill(c: Canvas, t: Tones) -> None:
    """A cordless drill."""
    c.polygon([(40, 46), (56, 46), (50, 82), (32, 82)], t.dark)
    c.rect(27, 78, 34, 12, INK, 3)
    c.rect(24, 27, 46, 22, t.brand, 7)
    c.rect(66, 31, 10, 14, INK, 2)
    c.polygon([(76, 33), (82, 36), (82, 40), (76, 43)], METAL)
    c.line(82, 38, 94, 38, 2.2, METAL)
    c.rect(55, 50, 5, 10, INK, 2)
    for x in (32, 37, 42):
        c.rect(x, 32, 2, 12, t.dark, 1)


def tester(c: Canvas, t: Tones) -> None:
    """A multimeter."""
    c.arc(24, 84, 18, 180, 280, 2.4, RED)
    c.arc(76, 84, 18, 260, 360, 2.4, INK)
    c.rect(29.5, 11.5, 44, 74, t.shadow, 6)
    c.rect(28, 10, 44, 74, t.dark, 6)
    c.rect(31, 13, 38, 68, t.brand, 4)
    c.rect(34, 17, 32, 17, (204, 222, 200), 2)
    for x in (38, 45, 52, 59):
        c.rect(x, 21, 4.6, 9, INK, 1)
    c.circle(50, 54, 13, INK)
    c.circle(50, 54, 10, mix(INK, WHITE, 0.2))
    c.line(50, 54, 55.5, 47, 2.4, WHITE)
    for x, tone in ((40, RED), (50, INK), (60, INK)):
        c.circle(x, 75, 2.8, tone)


def glove(c: Canvas, t: Tones) -> None:
    """A protective glove."""
    for x, top in ((35, 30), (45, 20), (55, 22), (65, 32)):
        c.line(x, 56, x, top, 8.6, t.brand)
    c.line(30, 62, 18, 48, 9, t.brand)
    c.rect(30.5, 48, 39, 28, t.brand, 6)
    c.rect(32, 74, 36, 16, t.dark, 2)
    c.rect(32, 78, 36, 2.4, t.pale)
    c.polygon([(51, 53), (43, 66), (49, 66), (47, 74), (57, 61), (51, 61)], (255, 214, 70))


def book(c: Canvas, t: Tones) -> None:
    """A handbook."""
    c.polygon([(28, 18), (76, 14), (80, 80), (32, 86)], t.shadow)
    c.polygon([(30, 80), (78, 74), (78, 82), (30, 88)], BODY)
    c.polygon([(26, 16), (74, 12), (78, 76), (30, 82)], t.brand)
    c.polygon([(26, 16), (31, 15.6), (35, 81.4), (30, 82)], t.dark)
    c.polygon([(40, 26), (68, 23.6), (69, 36), (41, 39)], BODY)
    c.line(44, 30.5, 64, 28.6, 1.6, INK)
    c.line(44, 34.5, 58, 33.2, 1.6, METAL)
    c.polygon([(58, 46), (48, 60), (55, 59.4), (53, 70), (64, 55), (57, 55.6)], EDGE)


DRAWINGS = (screwdriver, pliers, drill, tester, glove, book)
