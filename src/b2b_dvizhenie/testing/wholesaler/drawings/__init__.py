"""Pictures of goods: one flat drawing per kind, in the colour of the brand. The drawings are our own."""

from collections.abc import Callable
from functools import cache

from b2b_dvizhenie.testing.wholesaler.drawings import devices, lighting, supplies, tools
from b2b_dvizhenie.testing.wholesaler.drawings.canvas import Canvas, mix
from b2b_dvizhenie.testing.wholesaler.drawings.tones import WHITE, Tones, tones

SIZE = 400
DRAWINGS: dict[str, Callable[[Canvas, Tones], None]] = {
    drawing.__name__: drawing for module in (devices, lighting, supplies, tools) for drawing in module.DRAWINGS
}


@cache
def draw(kind: str, brand_colour: str) -> bytes:
    """PNG of `SIZE` pixels for a kind of goods, drawn once per process; KeyError for a kind nobody drew."""
    palette = tones(brand_colour)
    canvas = Canvas(SIZE, palette.ground)
    canvas.circle(50, 50, 41, mix(palette.ground, WHITE, 0.55))
    DRAWINGS[kind](canvas, palette)
    return canvas.png()
