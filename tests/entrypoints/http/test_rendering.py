"""Every sample page renders in both languages, safely, and fast enough to be rendered for each visitor."""

import re
import time
from html.parser import HTMLParser

import jinja2
import pytest

from b2b_dvizhenie.entrypoints.http.kit import buyer
from b2b_dvizhenie.entrypoints.http.kit.samples import SAMPLES
from b2b_dvizhenie.entrypoints.http.kit.shell import portal_shell
from b2b_dvizhenie.entrypoints.http.pages.shell import Preferences
from b2b_dvizhenie.entrypoints.http.rendering import Renderer
from b2b_dvizhenie.entrypoints.http.static import StaticFiles

pages = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
    "use",
    "path",
    "rect",
    "line",
    "polyline",
    "circle",
}


@pytest.fixture(scope="module")
def renderer():
    return Renderer(StaticFiles())


class Structure(HTMLParser):
    """Collects what a strict policy forbids, unbalanced tags and repeated ids."""

    def __init__(self):
        super().__init__()
        self.open, self.faults, self.ids = [], [], set()

    def handle_starttag(self, tag, attributes):
        names = dict(attributes)
        if tag == "script" and "src" not in names:
            self.faults.append("inline script")
        self.faults += [f"{name} on <{tag}>" for name in names if name == "style" or name.startswith(("on", "hx-on"))]
        if (identity := names.get("id")) and identity in self.ids:
            self.faults.append(f"id {identity} twice")
        self.ids.add(names.get("id"))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.faults.append(f"</{tag}> closes something else")


def faults(html):
    structure = Structure()
    structure.feed(html)
    structure.close()
    return structure.faults + [f"<{tag}> stays open" for tag in structure.open]


@pages
@pytest.mark.parametrize("language", ["ru", "en"])
def test_sample_pages_are_well_formed_and_keep_the_policy(renderer, sample, language):
    html = renderer.render(sample.template, language, sample.make(Preferences()))
    assert faults(html) == []
    assert f'<html lang="{language}"' in html


@pytest.mark.parametrize(
    "html", ["<p style='x'>", "<script>1</script>", "<p onclick='x'></p>", "<b><i></b></i>", "<a id=1></a><a id=1></a>"]
)
def test_the_check_of_pages_sees_faults(html):
    assert faults(html) != []


@pages
def test_russian_pages_speak_russian(renderer, sample):
    html = renderer.render(sample.template, "ru", sample.make(Preferences()))
    text = re.sub(r"<[^>]+>", " ", re.sub(r"<(script|style|code|head).*?</\1>", " ", html, flags=re.DOTALL))
    english = re.findall(r"\b[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}\b", text)
    assert english == []


def test_output_is_escaped(renderer):
    view = buyer.search_results()
    hostile = type(view)(
        **{
            **{name: getattr(view, name) for name in view.__struct_fields__},
            "title": "<script>alert(1)</script>",
            "query": '"><img src=x>',
        }
    )
    html = renderer.render("pages/catalogue.html", "ru", {"shell": portal_shell("catalogue"), "view": hostile})
    assert "<script>alert" not in html
    assert "<img src=x>" not in html


def test_a_missing_name_is_an_error_not_a_gap(renderer):
    with pytest.raises(jinja2.UndefinedError):
        renderer.render("pages/cart.html", "ru", {"shell": portal_shell("cart")})


def test_rendering_is_pure(renderer):
    context = {"shell": portal_shell("catalogue"), "view": buyer.catalogue()}
    first = renderer.render("pages/catalogue.html", "ru", context)
    assert first == renderer.render("pages/catalogue.html", "ru", context)
    assert first == Renderer(StaticFiles()).render("pages/catalogue.html", "ru", context)


@pytest.mark.parametrize(
    ("theme", "media"), [("auto", "(prefers-color-scheme: dark)"), ("light", "not all"), ("dark", "all")]
)
def test_the_theme_is_in_the_first_byte(renderer, theme, media):
    sample = next(sample for sample in SAMPLES if sample.name == "catalogue")
    html = renderer.render(sample.template, "ru", sample.make(Preferences(theme=theme, density="compact")))
    assert f'id="dark-theme" media="{media}"' in html
    assert f'data-theme="{theme}" data-density="compact"' in html


def test_concealed_prices_are_not_in_the_bytes(renderer):
    html = renderer.render(
        "pages/catalogue.html", "ru", {"shell": portal_shell("catalogue", cart=False), "view": buyer.search_results()}
    )
    for row in buyer.catalogue(3).rows:
        assert f'data-price="{row.price.amount.amount}"' not in html


def test_every_template_compiles(renderer):
    renderer.warm_up()


@pytest.mark.slow
def test_a_catalogue_page_of_fifty_rows_costs_a_few_milliseconds(renderer):
    context = {"shell": portal_shell("catalogue"), "view": buyer.catalogue(50)}
    renderer.render("pages/catalogue.html", "ru", context)
    timings = []
    for _ in range(30):
        start = time.thread_time()
        renderer.render("pages/catalogue.html", "ru", context)
        timings.append(time.thread_time() - start)
    # The goal is 4 ms on a quiet machine; the bound leaves room for a busy one.
    assert min(timings) < 0.008
