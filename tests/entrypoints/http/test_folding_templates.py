"""Constant calls of templates are folded into the text, and nothing else is."""

from markupsafe import Markup

from b2b_dvizhenie.entrypoints.http.folding import FoldingEnvironment, trusted


def environment(calls: list[str]) -> FoldingEnvironment:
    made = FoldingEnvironment(autoescape=True)

    def pure(text: str) -> Markup:
        calls.append(text)
        return trusted(text.upper())

    made.fold({"_": pure})
    made.globals["_"] = pure
    return made


def test_a_constant_call_is_made_once_however_often_the_page_is_rendered() -> None:
    calls: list[str] = []
    template = environment(calls).from_string('{% for x in rows %}{{ _("a <b> 5%%") }}{{ x }}{% endfor %}')
    assert calls == ["a <b> 5%%"]
    assert template.render(rows=["<", "y"]) == "A <B> 5%&lt;A <B> 5%y"
    assert calls == ["a <b> 5%%"]


def test_a_call_that_depends_on_the_page_is_not_folded() -> None:
    calls: list[str] = []
    template = environment(calls).from_string("{{ _(name) }}")
    assert calls == []
    assert [template.render(name=name) for name in ("x", "y")] == ["X", "Y"]
    assert calls == ["x", "y"]


def test_a_function_that_is_not_named_is_not_folded() -> None:
    made = environment([])
    counted = []
    made.globals["now"] = lambda text: counted.append(text) or str(len(counted))
    template = made.from_string('{{ now("a") }}')
    assert counted == []
    assert template.render() + template.render() == "12"


def test_folded_texts_in_attributes_and_sets() -> None:
    template = environment([]).from_string('{% set t = _("x") %}<a title="{{ _("y") }}: {{ value }}">{{ t }}</a>')
    assert template.render(value='"') == '<a title="Y: &#34;">X</a>'
