"""Reading a search text: the words as typed, and what they may have been meant to be (UX B7).

People type with the wrong keyboard layout, transliterate, mix alphabets, leave out hyphens. The text as typed is
tried first; only when it finds nothing is each word read otherwise, and the known words decide which reading it was.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from b2b_dvizhenie.domain.catalog.folding import (
    CYRILLIC,
    YE,
    YO,
    article_key,
    compounds,
    cyrillised,
    joined,
    romanised,
)

MAX_WORDS = 12
"""Words of a text that count; the rest is ignored."""
MIN_PREFIX = 2

_KEYS = "f,dult;pbqrkvyjghcnea[wxio]sm'.z"
"""The key of each letter, in alphabetical order, on the usual Russian keyboard."""
_TO_CYRILLIC_LAYOUT = str.maketrans(
    dict(zip(_KEYS, CYRILLIC, strict=True))
    | dict(zip('<>:{}"', (CYRILLIC[place] for place in (1, 30, 6, 21, 26, 29)), strict=True))
    | {"`": YO, "~": YO}
)
_TO_LATIN_LAYOUT = str.maketrans(dict(zip(CYRILLIC, _KEYS, strict=True)) | {YO: "`"})


class Reading(StrEnum):
    """How a word was read."""

    TYPED = "typed"
    LAYOUT = "layout"
    TRANSLITERATED = "transliterated"


class Term(Struct, frozen=True):
    """A word to be found: `parts` are what was written together through hyphens. The last part may be a beginning."""

    parts: tuple[str, ...]
    is_prefix: bool = False

    @property
    def joined(self) -> str:
        """The parts without what stood between them."""
        return joined(self.parts)


class Candidate(Struct, frozen=True):
    """One reading of one piece of the text."""

    reading: Reading
    parts: tuple[str, ...]

    @property
    def joined(self) -> str:
        """The parts without what stood between them."""
        return joined(self.parts)


class SearchText(Struct, frozen=True):
    """A text taken apart: what it says as typed, the articles it may be as a whole, and other readings by piece."""

    terms: tuple[Term, ...]
    keys: tuple[str, ...]
    barcode: str | None
    pieces: tuple[tuple[Candidate, ...], ...]


class Known(Struct, frozen=True):
    """What the list of known words says about a word."""

    is_word: bool = False
    is_beginning: bool = False
    similar: tuple[str, ...] = ()


def switched_layout(text: str) -> str:
    """The text as if the same keys had been pressed in the other layout."""
    lowered = text.lower()
    if any(letter in CYRILLIC or letter == YO for letter in lowered):
        return lowered.translate(_TO_LATIN_LAYOUT)
    return lowered.translate(_TO_CYRILLIC_LAYOUT)


def _transliterated(word: str) -> str:
    roman = romanised(word)
    return cyrillised(word) if roman == word else roman


def _readings(piece: str) -> tuple[Candidate, ...]:
    readings = (
        (Reading.TYPED, piece),
        (Reading.LAYOUT, switched_layout(piece)),
        (Reading.TRANSLITERATED, _transliterated(piece.lower().replace(YO, YE))),
    )
    found: dict[tuple[str, ...], Reading] = {}
    for reading, text in readings:
        parts = tuple(part for compound in compounds(text) for part in compound)
        if parts:
            found.setdefault(parts, reading)
    return tuple(Candidate(reading, parts) for parts, reading in found.items())


def read_text(text: str) -> SearchText:
    """Take a search text apart. Total: any text gives a result, one without words gives one that finds nothing."""
    clean = "".join(letter if letter.isprintable() else " " for letter in text)
    terms = [Term(parts) for parts in compounds(clean)][:MAX_WORDS]
    if terms and len(terms[-1].parts[-1]) >= MIN_PREFIX:
        terms[-1] = Term(terms[-1].parts, is_prefix=True)
    wholes = (clean, switched_layout(clean), _transliterated(clean.lower()))
    keys = tuple(dict.fromkeys(key for whole in wholes if (key := article_key(whole))))
    digits = clean.replace(" ", "")
    barcode = digits if digits.isdecimal() and digits.isascii() and 8 <= len(digits) <= 14 else None
    pieces = tuple(filter(None, map(_readings, clean.split())))[:MAX_WORDS]
    return SearchText(tuple(terms), keys, barcode, pieces)


def distance(left: str, right: str, limit: int) -> int:
    """Typing errors between two words: letters missing, added, wrong, or swapped; more than `limit` is limit + 1."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, letter in enumerate(left, 1):
        current = [i]
        for j, other in enumerate(right, 1):
            cost = min(row[j] + 1, current[j - 1] + 1, row[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        if min(current) > limit:
            return limit + 1
        before, row = row, current
    return row[-1]


def _tolerance(word: str) -> int:
    return 0 if len(word) < 3 else 1 if len(word) < 6 else 2


def _corrected(word: str, known: Known) -> tuple[int, str] | None:
    """(errors, the known word that was probably meant), or None."""
    limit = _tolerance(word)
    ranked = [(distance(word, other, limit), other) for other in known.similar]
    best = min(ranked, default=None, key=lambda pair: pair[0])
    return best if best is not None and 0 < best[0] <= limit else None


def _term(candidates: Sequence[Candidate], known: Mapping[str, Known]) -> Term:
    for candidate in candidates:
        # Plain numbers are not kept as words: there are too many, and none is a typing error of another.
        if all(part.isdecimal() or known[part].is_word for part in candidate.parts):
            return Term(candidate.parts)
        if known[candidate.joined].is_word:
            return Term(candidate.parts)
    for candidate in candidates:
        whole = candidate.joined
        if len(whole) > MIN_PREFIX and known[whole].is_beginning:
            return Term((whole,), is_prefix=True)
    guesses: list[tuple[int, int, str]] = []
    for place, candidate in enumerate(candidates):
        guess = _corrected(candidate.joined, known[candidate.joined])
        if guess is not None:
            guesses.append((guess[0], place, guess[1]))
    if guesses:
        return Term((min(guesses)[2],))
    return Term(candidates[0].parts)


def words_to_look_up(text: SearchText) -> list[str]:
    """Every word of every reading: what `meant_terms` has to know about."""
    words = (word for piece in text.pieces for one in piece for word in (*one.parts, one.joined))
    return list(dict.fromkeys(words))


def meant_terms(text: SearchText, known: Mapping[str, Known]) -> tuple[Term, ...]:
    """What the text probably meant: of each piece the reading that consists of known words.

    A reading whose words are all known wins in the order typed, other layout, transliterated; then one that begins a
    known word; then the known word with the fewest typing errors; a piece that resembles nothing stays as typed.
    """
    return tuple(_term(piece, known) for piece in text.pieces)
