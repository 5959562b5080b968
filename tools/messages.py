"""Compare the texts of templates and code with the catalogues: `python tools/messages.py [--write]`.

Without an option it lists, per catalogue, what lacks a Russian text and what no page uses any more, and fails if there
is any. `--write` adds the missing entries, empty, to `locale/ru/<context>.po`, where a person fills them in.

The context of a text is the page it stands on (`pages/cart.html`, `pages/cart/…` → `cart`); what several contexts use
and what frames, parts and labels use belongs to `common`.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

HTTP = Path(__file__).resolve().parent.parent / "src/b2b_dvizhenie/entrypoints/http"
LOCALE = HTTP.parents[1] / "locale"
COMMON = "common"
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
OPTIONS = {"templates/**.html": {"trimmed": "true", "extensions": "jinja2.ext.i18n,jinja2.ext.do"}}

Message = str | tuple[str, ...]


def used() -> dict[Message, str]:
    """Every text of templates and labels with the context whose catalogue it belongs to."""
    contexts: dict[Message, str] = {}
    for filename, _line, found, _comments, _context in extract_from_dir(
        HTTP, METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=()
    ):
        context = context_of(filename)
        message = found if isinstance(found, str) else tuple(found)
        contexts[message] = context if contexts.get(message, context) == context else COMMON
    return contexts


def context_of(filename: str) -> str:
    """The catalogue of a file: the page's name, the module's name, or `common` for frames and parts."""
    if filename.endswith(".py"):
        return Path(filename).stem
    _, _, page = filename.partition("templates/pages/")
    return page.split("/")[0].removesuffix(".html") or COMMON


def catalogues(language: str) -> Iterator[tuple[Path, Catalog]]:
    """The catalogues of a language with their files."""
    for path in sorted((LOCALE / language).glob("*.po")):
        with path.open("rb") as file:
            yield path, read_po(file, locale=language)


def identity(message: Message) -> str:
    """What a catalogue finds a message by: the singular."""
    return message if isinstance(message, str) else message[0]


def missing(language: str = "ru") -> list[tuple[str, Message]]:
    """Texts that are used but have no text in the language: (context, message)."""
    translated = set()
    for _path, catalogue in catalogues(language):
        for entry in catalogue:
            strings = entry.string if isinstance(entry.string, list | tuple) else [entry.string]
            if entry.id and all(strings) and not entry.fuzzy:
                translated.add(identity(entry.id))
    return [(context, message) for message, context in used().items() if identity(message) not in translated]


def unused(language: str = "ru") -> list[tuple[str, str]]:
    """Texts of the pages' catalogues that no page uses. Catalogues of other doors (errors, CLI) are not judged."""
    contexts = used()
    known = {identity(message) for message in contexts}
    judged = set(contexts.values())
    return [
        (path.stem, identity(entry.id))
        for path, catalogue in catalogues(language)
        if path.stem in judged
        for entry in catalogue
        if entry.id and identity(entry.id) not in known and not is_code(identity(entry.id))
    ]


def is_code(text: str) -> bool:
    """Whether a message id is the code of a refusal."""
    head, dot, tail = text.partition(".")
    return bool(dot) and head.isidentifier() and tail.isidentifier() and text.islower()


def write(language: str = "ru") -> None:
    """Add the missing texts, empty, to their catalogues."""
    by_context: dict[str, list[Message]] = {}
    for context, message in missing(language):
        by_context.setdefault(context, []).append(message)
    existing = {path.stem: catalogue for path, catalogue in catalogues(language)}
    for context, messages in by_context.items():
        catalogue = existing.get(context) or Catalog(locale=language, charset="utf-8")
        for message in messages:
            catalogue.add(message)
        save(LOCALE / language / f"{context}.po", catalogue)


def save(path: Path, catalogue: Catalog) -> None:
    """Write a catalogue without dates and line numbers, which only make changes collide."""
    path.parent.mkdir(parents=True, exist_ok=True)
    bare = Catalog(locale=catalogue.locale, charset="utf-8")
    for entry in catalogue:
        if entry.id:
            bare.add(entry.id, entry.string, context=entry.context)
    with path.open("wb") as file:
        file.write(
            b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
            + f'"Plural-Forms: {bare.plural_forms}\\n"\n\n'.encode()
        )
        write_po(file, bare, omit_header=True, no_location=True, width=110, sort_output=False)


def main() -> int:
    """Exit code 1 when something is missing or unused."""
    if "--write" in sys.argv[1:]:
        write()
    lacking, idle = missing(), unused()
    for context, message in lacking:
        print(f"{context}: no Russian text for {message!r}")
    for context, text in idle:
        print(f"{context}: nothing uses {text!r}")
    return 1 if lacking or idle else 0


if __name__ == "__main__":
    sys.exit(main())
