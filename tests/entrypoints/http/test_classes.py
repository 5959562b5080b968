"""Style sheets and pages know each other: no class without a rule, no rule without a page (ux.md, honest judgement)."""

import re

import pytest

from b2b_dvizhenie.entrypoints.http.kit import buyer
from b2b_dvizhenie.entrypoints.http.kit.samples import KIT, SAMPLES
from b2b_dvizhenie.entrypoints.http.pages.shell import Preferences
from b2b_dvizhenie.entrypoints.http.rendering import Renderer
from b2b_dvizhenie.entrypoints.http.static import STATIC_FOLDER, StaticFiles

#: Set by scripts, so no sample carries them.
SCRIPTED = {"busy", "has-marked", "htmx-request", "leaving"}
#: States of a price's explanation that need no look of their own.
PLAIN = {"base", "rounding", "limit"}


@pytest.fixture(scope="module")
def used():
    renderer = Renderer(StaticFiles())
    texts = [renderer.render(sample.template, "ru", sample.make(Preferences())) for sample in (*SAMPLES, KIT)]
    suggestions = {"query": "x", "rows": buyer.catalogue(2).rows, "sections": buyer.sections()}
    texts.append(renderer.render("fragments/suggestions.html", "ru", suggestions))
    return {name for text in texts for names in re.findall(r'class="([^"]*)"', text) for name in names.split()}


@pytest.fixture(scope="module")
def styled():
    css = "".join(path.read_text("utf-8") for path in (STATIC_FOLDER / "css").glob("*.css"))
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return {
        name for selector in re.findall(r"([^{};]+)\{", css) for name in re.findall(r"\.([a-zA-Z][\w-]*)", selector)
    }


def test_every_class_of_a_page_has_a_rule(used, styled):
    assert used - styled - PLAIN == set()


def test_every_rule_has_a_page(used, styled):
    assert styled - used - SCRIPTED == set()


def test_style_sheets_keep_the_house_s_measure():
    for path in (STATIC_FOLDER / "css").glob("*.css"):
        text = path.read_text("utf-8")
        assert len(text.splitlines()) <= 400, path.name
        # Inverted inside layers, so it does the opposite of what one thinks; reduced motion is the one right use.
        assert "!important" not in text or path.name == "base.css"
