"""Every text of a page has a Russian form, in one catalogue, with right plurals."""

import importlib.util
from pathlib import Path

import pytest

from b2b_dvizhenie.entrypoints.http.responses import negotiate
from b2b_dvizhenie.entrypoints.texts import translations

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def messages():
    spec = importlib.util.spec_from_file_location("messages", ROOT / "tools/messages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_text_of_a_page_lacks_its_russian_form(messages):
    assert messages.missing() == []


def test_no_catalogue_keeps_what_no_page_uses(messages):
    assert messages.unused() == []


def test_the_check_sees_a_text_without_translation(messages, tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "LOCALE", tmp_path)
    assert ("cart", "Recount") in messages.missing()


def test_no_message_lives_in_two_catalogues(messages):
    seen = {}
    for path, catalogue in messages.catalogues("ru"):
        for entry in catalogue:
            if entry.id:
                name = messages.identity(entry.id)
                assert name not in seen, f"{name!r} is in {seen.get(name)} and in {path.stem}"
                seen[name] = path.stem


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1, "1 позиция"),
        (2, "2 позиции"),
        (5, "5 позиций"),
        (11, "11 позиций"),
        (21, "21 позиция"),
        (112, "112 позиций"),
    ],
)
def test_russian_plurals(count, expected):
    text = translations("ru").ngettext("%(count)s item", "%(count)s items", count)
    assert text % {"count": count} == expected


@pytest.mark.parametrize(
    ("preferred", "header", "expected"),
    [
        ("en", "ru", "en"),
        (None, "en-US,en;q=0.9,ru;q=0.8", "en"),
        (None, "de,ru;q=0.5,en;q=0.7", "en"),
        (None, "de", "ru"),
        ("xx", "", "ru"),
        (None, "en;q=broken", "en"),
    ],
)
def test_language_of_the_answer(preferred, header, expected):
    assert negotiate(preferred, header) == expected
