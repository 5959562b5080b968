"""The rows of goods switch automatic escaping off; every text from outside must be escaped there by hand."""

import re
from pathlib import Path

import pytest
from lxml import html

from b2b_dvizhenie.entrypoints.http.kit.samples import sample
from b2b_dvizhenie.entrypoints.http.pages.shell import Preferences
from b2b_dvizhenie.entrypoints.http.rendering import TEMPLATES_FOLDER, Renderer
from b2b_dvizhenie.entrypoints.http.static import StaticFiles

UNESCAPED = re.compile(r"{% autoescape false %}(.*?){% endautoescape %}", re.DOTALL)
EXPRESSION = re.compile(r"{{\s*(.*?)\s*}}")
ESCAPED_BEFORE = re.compile(r"{% set ([\w, ]+) = ([^%]+) %}")
SAFE = [
    re.compile(r".*\|e"),  # escaped here
    re.compile(r"(id|level)"),  # our ids and states
    re.compile(r"(_|icon)\(\"[^\"]*\"\)"),  # texts of ours
    re.compile(r"goods\.\w+\(.*\)"),  # macros escape for themselves
    re.compile(r".*\|(quantity|money|label\(\"\w+\"\))( if .* else .*)?"),  # numbers and states in our formats
    re.compile(r"quantity\.(multiple|minimum)|price\.amount\.amount"),  # numbers
    re.compile(r"'\w+' if [\w.]+ else '\w+'"),  # one of two words of ours
]


def unescaped(source: str) -> list[str]:
    """Expressions printed without escaping that are not safe by themselves."""
    found = []
    for block in UNESCAPED.findall(source):
        escaped = set()
        for names, values in ESCAPED_BEFORE.findall(block):
            pairs = zip(names.split(","), values.split(","), strict=True)
            escaped |= {name.strip() for name, value in pairs if value.strip().endswith("|e")}
        found += [
            expression
            for expression in EXPRESSION.findall(block)
            if expression not in escaped and not any(safe.fullmatch(expression) for safe in SAFE)
        ]
    return found


def templates() -> list[Path]:
    return [path for path in sorted(TEMPLATES_FOLDER.rglob("*.html")) if "autoescape false" in path.read_text("utf-8")]


def test_rows_escape_every_text_from_outside() -> None:
    assert [path.name for path in templates()] == ["table.html"]
    for path in templates():
        assert unescaped(path.read_text("utf-8")) == []


@pytest.mark.parametrize("field", ["row.title|e", "row.brand|e", "line.short|e", "quantity.unit|e"])
def test_a_forgotten_escape_is_found(field: str) -> None:
    source = templates()[0].read_text("utf-8")
    assert field in source
    assert unescaped(source.replace(field, field.removesuffix("|e"))) == [field.removesuffix("|e")] * source.count(
        field
    )


def test_a_variable_that_was_not_escaped_is_found() -> None:
    source = templates()[0].read_text("utf-8")
    assert set(unescaped(source.replace("row.article|e", "row.article"))) == {"article"}


@pytest.mark.parametrize("language", ["ru", "en"])
def test_rows_look_like_the_macros_they_were_written_out_from(language: str) -> None:
    renderer = Renderer(StaticFiles())
    found = sample("catalogue")
    context = found.make(Preferences())
    rows = context["view"].rows
    page = html.fromstring(renderer.render("pages/catalogue.html", language, context))
    macros = renderer._environments[language].from_string(
        '{% import "parts/goods.html" as goods %}{% for row in rows %}<div>{{ goods.stock(row.stock) }}</div>'
        "<div>{{ goods.price(row.price) }}</div>"
        "<div>{{ goods.stepper(row.quantity, row.article, row.price) }}</div>{% endfor %}"
    )
    wanted = [plain(cell) for cell in html.fromstring(f"<main>{macros.render(rows=rows)}</main>")]
    cells = page.cssselect("tbody td.c-stock, tbody td.c-price, tbody td.c-qty")
    assert len(wanted) == 3 * len(rows) > 30
    assert [plain(cell) for cell in cells] == wanted


def plain(cell: html.HtmlElement) -> str:
    inner = (cell.text or "") + "".join(html.tostring(child, encoding="unicode") for child in cell)
    return re.sub(r">\s+<", "><", inner).strip()
