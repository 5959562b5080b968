"""Any colour a customer names gives readable pages (ux.md, design-system rule 5)."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from b2b_dvizhenie.entrypoints.http.branding import GRAPHIC, TEXT, contrast, palettes, stylesheet

colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@given(colours)
@example("#000000")
@example("#ffffff")
@example("#777777")
@example("#f2b705")
@example("#b4232a")
def test_every_colour_gives_readable_text_and_visible_bars(colour):
    light, dark = palettes(colour)
    for palette, surfaces in (
        (light, ("#ffffff", "#f5f6f8", "#f0f2f5", "#f7f8fa")),
        (dark, ("#161b22", "#0e1116", "#1e242d", "#1a2028")),
    ):
        assert contrast(palette.brand, palette.brand_ink) >= TEXT
        assert contrast(palette.brand_hover, palette.brand_ink) >= TEXT
        for surface in (*surfaces, palette.tint):
            assert contrast(palette.link, surface) >= TEXT
        assert contrast(palette.bar, surfaces[0]) >= GRAPHIC


@given(colours)
def test_the_customer_s_colour_is_kept_where_it_is_readable(colour):
    light, _dark = palettes(colour)
    if contrast(colour, "#ffffff") >= TEXT + 0.1:
        assert light.brand == colour
        assert light.brand_ink == "#ffffff"


def test_contrast_agrees_with_the_published_values():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345g", "", "#1757d6;}*{display:none"])
def test_anything_else_is_refused(colour):
    with pytest.raises(ValueError, match="#rrggbb"):
        stylesheet(colour)


def test_the_style_sheet_names_every_token_for_both_themes():
    css = stylesheet("#1757D6")
    assert "--brand:#1757d6" in css
    assert "--link-dark:#" in css
    assert css.count("--") == 14
