"""Drawings of lamps and luminaires."""

from b2b_dvizhenie.testing.wholesaler.drawings.canvas import Canvas, mix
from b2b_dvizhenie.testing.wholesaler.drawings.tones import BODY, EDGE, INK, LIGHT, METAL, STEEL, WHITE, Tones


def bulb(c: Canvas, t: Tones) -> None:
    """An LED bulb."""
    c.circle(50, 40, 25, mix(LIGHT, WHITE, 0.25))
    c.circle(43, 33, 8, mix(LIGHT, WHITE, 0.75))
    c.polygon([(29, 53), (71, 53), (61, 68), (39, 68)], BODY)
    c.rect(33, 52, 34, 3, t.brand)
    c.rect(41, 67, 18, 16, METAL, 2)
    for y in (70, 74.5, 79):
        c.line(41, y + 1, 59, y, 1.6, STEEL)
    c.rect(46, 83, 8, 4, INK, 2)


def tube(c: Canvas, t: Tones) -> None:
    """Two tubes."""
    for y, tone in ((38, mix(LIGHT, WHITE, 0.55)), (62, mix(LIGHT, WHITE, 0.75))):
        c.rect(16, y - 5, 68, 10, tone, 5)
        for x in (14, 78):
            c.rect(x, y - 5.5, 8, 11, t.brand, 2)
        for x, side in ((12, -1), (88, 1)):
            c.line(x, y - 2, x + side * 2, y - 2, 1.4, METAL)
            c.line(x, y + 2, x + side * 2, y + 2, 1.4, METAL)


def panel(c: Canvas, t: Tones) -> None:
    """An office panel."""
    c.polygon([(20, 36), (70, 24), (82, 66), (32, 80)], t.shadow)
    c.polygon([(18, 34), (68, 22), (80, 64), (30, 78)], STEEL)
    c.polygon([(22, 36.5), (66, 26), (76, 61.5), (32.5, 73.5)], mix(LIGHT, WHITE, 0.7))
    c.polygon([(22, 36.5), (44, 31.2), (54.5, 67.5), (32.5, 73.5)], mix(LIGHT, WHITE, 0.55))
    c.rect(60, 70, 20, 8, t.brand, 2)
    c.line(60, 74, 52, 69, 1.4, INK)


def roundlamp(c: Canvas, t: Tones) -> None:
    """A round luminaire."""
    c.circle(51.5, 51.5, 34, t.shadow)
    c.circle(50, 50, 34, t.brand)
    c.circle(50, 50, 30, mix(LIGHT, WHITE, 0.6))
    c.circle(42, 42, 12, mix(LIGHT, WHITE, 0.85))
    for x, y in ((50, 17.5), (50, 82.5), (17.5, 50), (82.5, 50)):
        c.circle(x, y, 1.6, t.dark)


def floodlight(c: Canvas, t: Tones) -> None:
    """A floodlight."""
    c.arc(50, 60, 28, 20, 160, 4, INK)
    c.rect(47, 84, 6, 6, INK, 1)
    c.rect(19, 25, 62, 42, t.dark, 4)
    c.rect(24, 30, 52, 32, mix(LIGHT, WHITE, 0.45), 2)
    for x in (32, 44, 56, 68):
        for y in (38, 46, 54):
            c.circle(x, y, 2.6, LIGHT)
    c.rect(19, 25, 62, 3, t.brand, 1)


def streetlight(c: Canvas, t: Tones) -> None:
    """A street light."""
    c.rect(24, 38, 5, 50, METAL, 1)
    c.arc(50, 40, 23.5, 180, 270, 4.5, METAL)
    c.polygon([(48, 14), (84, 22), (80, 32), (46, 24)], t.brand)
    c.polygon([(50, 26), (78, 32.5), (84, 78), (34, 74)], mix(LIGHT, WHITE, 0.7))
    c.polygon([(46, 24), (80, 32), (79, 35), (46, 27)], t.dark)
    c.rect(18, 86, 17, 4, INK, 1)


def exit_sign(c: Canvas, t: Tones) -> None:
    """An exit sign."""
    c.rect(16, 31, 70, 40, t.shadow, 4)
    c.rect(15, 30, 70, 40, (34, 139, 84), 4)
    c.rect(17, 32, 66, 36, (41, 158, 97), 3)
    c.rect(22, 37, 17, 26, WHITE, 1)
    c.polygon([(50, 45), (66, 45), (66, 39), (78, 50), (66, 61), (66, 55), (50, 55)], WHITE)
    c.rect(50, 45, 18, 10, WHITE)
    c.circle(34, 50, 1.6, (34, 139, 84))
    c.rect(30, 70, 40, 3, t.brand, 1)


def sensor(c: Canvas, t: Tones) -> None:
    """A motion sensor."""
    c.polygon([(50, 60), (88, 90), (12, 90)], mix(LIGHT, WHITE, 0.6))
    c.rect(33, 18, 34, 26, BODY, 4)
    c.rect(33, 18, 34, 5, t.brand, 2)
    c.circle(50, 52, 17, EDGE)
    c.circle(50, 52, 15, WHITE)
    for x in (40, 45, 50, 55, 60):
        c.line(x, 40, x, 64, 0.8, EDGE)
    c.circle(50, 31, 2.2, (214, 69, 65))


DRAWINGS = (bulb, tube, panel, roundlamp, floodlight, streetlight, exit_sign, sensor)
