"""Colours of the drawings: those of the brand, and those every drawing shares."""

from msgspec import Struct

from b2b_dvizhenie.testing.wholesaler.drawings.canvas import Colour, colour, mix

WHITE: Colour = (255, 255, 255)
INK: Colour = (52, 64, 77)
METAL: Colour = (158, 169, 180)
STEEL: Colour = (203, 211, 219)
BODY: Colour = (247, 248, 250)
EDGE: Colour = (221, 227, 233)
COPPER: Colour = (201, 122, 62)
LIGHT: Colour = (255, 216, 98)
RED: Colour = (214, 69, 65)


class Tones(Struct, frozen=True):
    """Colours of one drawing: the brand's own, darker and paler ones, and the ground."""

    brand: Colour
    dark: Colour
    pale: Colour
    ground: Colour
    shadow: Colour


def tones(brand_colour: str) -> Tones:
    """The tones of a brand from its `#rrggbb`."""
    brand = colour(brand_colour)
    ground = mix(brand, WHITE, 0.91)
    return Tones(brand, mix(brand, INK, 0.45), mix(brand, WHITE, 0.55), ground, mix(ground, INK, 0.10))
