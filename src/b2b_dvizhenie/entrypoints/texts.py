"""Texts for people by code, from the packaged gettext catalogues (`locale/<language>/*.po`)."""

from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).parents[1] / "locale"
LANGUAGES = ("ru", "en")


@cache
def translations(language: str) -> GNUTranslations:
    """All catalogues of a language as one; compiled in memory, so no build step can be forgotten."""
    merged: GNUTranslations | None = None
    for file in sorted((LOCALE / language).glob("*.po")):
        compiled = BytesIO()
        with file.open("rb") as source:
            write_mo(compiled, read_po(source, locale=language))
        compiled.seek(0)
        one = GNUTranslations(compiled)
        if merged is None:
            merged = one
        else:
            merged._catalog |= {key: text for key, text in one._catalog.items() if key != ""}  # type: ignore[attr-defined]  # noqa: SLF001
    if merged is None:
        raise RuntimeError(f"no catalogue for {language}")
    return merged


def error_text(code: str, params: dict[str, Any], language: str) -> str:
    """The sentence for an error code. A code without a text shows itself: a test keeps that from happening."""
    text = translations(language if language in LANGUAGES else "ru").gettext(code)
    try:
        return text.format(**params)
    except (KeyError, IndexError, ValueError):
        return text
