"""One brand colour from the settings becomes every brand token of both themes, readable by construction.

The customer names any colour; buttons, links, tints and bars are moved just as far towards black or white as
WCAG 2.2 AA asks for: 4.5:1 for text on its background, 3:1 for bars and borders that carry meaning.
"""

import re

from msgspec import Struct

TEXT = 4.5
GRAPHIC = 3.0
#: Derived colours are rounded to 8 bits per channel; this head room keeps rounding from falling below the norm.
_MARGIN = 0.08

_WHITE = "#ffffff"
_BLACK = "#000000"
_INK = "#14181f"
_LIGHT_SURFACES = ("#ffffff", "#f5f6f8", "#f0f2f5", "#f7f8fa")
_DARK_SURFACES = ("#161b22", "#0e1116", "#1e242d", "#1a2028")
_LIGHT_TRACK = "#ffffff"
_DARK_TRACK = "#161b22"
_COLOUR = re.compile(r"#[0-9a-f]{6}")


class Palette(Struct, frozen=True):
    """Brand tokens of one theme as CSS colours `#rrggbb`."""

    brand: str
    brand_hover: str
    brand_ink: str
    tint: str
    tint_line: str
    link: str
    bar: str


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2: 0 for black, 1 for white."""
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio by WCAG 2: 1 for equal colours, 21 for black on white."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def palettes(colour: str) -> tuple[Palette, Palette]:
    """The tokens for the light and the dark theme.

    Raises:
        ValueError: the colour is not of the form `#rrggbb`.
    """
    brand = colour.lower()
    if not _COLOUR.fullmatch(brand):
        raise ValueError("a brand colour is written as #rrggbb")
    ink = _WHITE if contrast(brand, _WHITE) >= min(TEXT, contrast(brand, _INK)) else _INK
    button = _moved(brand, away_from=(ink,), need=TEXT)
    hover = _moved(_mix(button, _opposite(ink), 0.14), away_from=(ink,), need=TEXT)
    tint_light, tint_dark = _mix(_WHITE, button, 0.09), _mix("#161b22", button, 0.22)
    return (
        Palette(
            brand=button,
            brand_hover=hover,
            brand_ink=ink,
            tint=tint_light,
            tint_line=_mix(_WHITE, button, 0.3),
            link=_moved(button, away_from=(*_LIGHT_SURFACES, tint_light), need=TEXT, towards=_BLACK),
            bar=_moved(_mix(button, _WHITE, 0.2), away_from=(_LIGHT_TRACK,), need=GRAPHIC, towards=_BLACK),
        ),
        Palette(
            brand=button,
            brand_hover=hover,
            brand_ink=ink,
            tint=tint_dark,
            tint_line=_mix("#161b22", button, 0.5),
            link=_moved(button, away_from=(*_DARK_SURFACES, tint_dark), need=TEXT, towards=_WHITE),
            bar=_moved(button, away_from=(_DARK_TRACK,), need=GRAPHIC, towards=_WHITE),
        ),
    )


def stylesheet(colour: str) -> str:
    """The brand's style sheet: light tokens under their names, dark ones with the suffix that dark.css reads."""
    light, dark = palettes(colour)
    rules = [f"--{name}:{value}" for name, value in _properties(light)]
    rules += [f"--{name}-dark:{value}" for name, value in _properties(dark)]
    return "@layer tokens{:root{" + ";".join(rules) + "}}\n"


def _properties(palette: Palette) -> list[tuple[str, str]]:
    return [(name.replace("_", "-"), getattr(palette, name)) for name in Palette.__struct_fields__]


def _moved(colour: str, *, away_from: tuple[str, ...], need: float, towards: str = "") -> str:
    """The colour moved towards an end of the scale until it stands out from all given backgrounds."""
    end = towards or _opposite(away_from[0])
    share, moved = 0.0, colour
    while min(contrast(moved, background) for background in away_from) < need + _MARGIN and share < 1:
        share = min(1.0, share + 0.02)
        moved = _mix(colour, end, share)
    return moved


def _opposite(ink: str) -> str:
    return _BLACK if luminance(ink) > 0.5 else _WHITE


def _mix(colour: str, other: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round((one * (1 - share) + two * share) * 255):02x}" for one, two in pairs)


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def _linear(channel: float) -> float:
    # The piecewise transfer function of sRGB, with the constants WCAG 2 states.
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
