"""Every error people can meet has a Russian and an English sentence, and the sentence uses only known parameters."""

import importlib
import pkgutil
from pathlib import Path
from string import Formatter

import pytest

import b2b_dvizhenie
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind
from b2b_dvizhenie.entrypoints.texts import LANGUAGES, translations


def all_errors() -> list[type[DomainError]]:
    for module in pkgutil.walk_packages(b2b_dvizhenie.__path__, "b2b_dvizhenie."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found: list[type[DomainError]] = []
    pending = [DomainError]
    while pending:
        cls = pending.pop()
        if cls.__module__.startswith("b2b_dvizhenie."):  # tests plant some of their own
            found.append(cls)
        pending += cls.__subclasses__()
    return found


def test_codes_are_named_and_unique() -> None:
    errors = all_errors()
    assert len(errors) > 15
    for error in errors:
        context, _, name = error.code.partition(".")
        assert context.isidentifier(), error
        assert name.isidentifier(), error
        assert isinstance(error.kind, Kind)
    own = [error.code for error in errors if "code" in vars(error)]
    assert sorted(own) == sorted(set(own))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_text(language: str) -> None:
    catalogue = translations(language)
    missing = [error.code for error in all_errors() if catalogue.gettext(error.code) == error.code]
    assert missing == []


def test_texts_of_both_languages_use_the_same_parameters() -> None:
    def parameters(language: str, code: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(translations(language).gettext(code)) if name}

    codes = [error.code for error in all_errors()]
    assert {code: parameters("ru", code) for code in codes} == {code: parameters("en", code) for code in codes}


def test_no_text_of_a_catalogue_stands_without_its_msgid() -> None:
    """A merge that leaves half an entry behind gives its text to the entry before it."""
    found: list[str] = []
    for path in sorted((Path(b2b_dvizhenie.__file__).parent / "locale").glob("*/*.po")):
        words = [
            line.split(" ", 1)[0] for line in path.read_text().splitlines() if line.startswith(("msgid", "msgstr"))
        ]
        pairs = zip(["msgid", *words], words, strict=False)
        found += [path.name for before, word in pairs if (before, word) == ("msgstr", "msgstr")]
    assert found == []
