"""What counts as the same name, the same article, the same word: folding for ordering, lookup and search.

Both sides use these functions: the import that writes `sort_key`, `article_key` and the search words, and the query
that looks for them. Letters are built from code points because words of a language do not belong into this layer.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize

_KEPT = 60
"""Characters of a text that is worth being remembered."""
MAX_KEY = 200
"""Characters of a key; a B-tree entry must stay below 2700 bytes whatever names an ERP sends."""

CYRILLIC = "".join(map(chr, range(0x430, 0x450)))
"""The 32 letters from a to ya in alphabetical order; yo (0x451) stands apart, as in Unicode."""
YO, YE, E = chr(0x451), chr(0x435), chr(0x44D)

_LATIN_TWINS = dict(zip("abekmhopctyx", (0, 2, 5, 10, 12, 13, 14, 16, 17, 18, 19, 21), strict=True))
# Latin letters that look like Cyrillic ones (as capitals), and the places of the latter in the alphabet.
TO_LATIN_TWIN = str.maketrans({CYRILLIC[place]: latin for latin, place in _LATIN_TWINS.items()} | {YO: "e"})
TO_CYRILLIC_TWIN = str.maketrans({latin: CYRILLIC[place] for latin, place in _LATIN_TWINS.items()})

_ROMAN_LETTERS = "a b v g d e zh z i y k l m n o p r s t u f h c ch sh sch - y - e yu ya"
_ROMAN = _ROMAN_LETTERS.split()
TO_ROMAN = str.maketrans({CYRILLIC[place]: roman.strip("-") for place, roman in enumerate(_ROMAN)} | {YO: "e"})
_ROMAN_GREEDY = re.compile("sch|zh|ch|sh|yu|ya|ts|kh|[a-z]")
_FROM_ROMAN = {roman: CYRILLIC[place] for place, roman in reversed(list(enumerate(_ROMAN)))} | {
    "y": CYRILLIC[27],
    "ts": CYRILLIC[22],
    "kh": CYRILLIC[21],
    "w": CYRILLIC[2],
    "j": CYRILLIC[9],
    "q": CYRILLIC[10],
    "x": CYRILLIC[10] + CYRILLIC[17],
}

_NUMBER = re.compile(r"\d+")
_TIMES = re.compile(rf"(?<=\d)\s*[x×*{CYRILLIC[21]}]\s*(?=\d)")
_POINT = re.compile(r"(?<=\d)[.,](?=\d)")
_SQUEEZED = re.compile(r"(?<=\d)d(?=\d)")
_COMPOUND = re.compile(r"[^\W_]+(?:[-/+.\\_][^\W_]+)*")
_JOINT = re.compile(r"[-/+.\\_]")
_MEASURE = re.compile(r"(\d[\ddx]*)([^\W\d_]{1,3})")
_DIGIT = re.compile(r"\d")
_LATIN = re.compile("[a-z]")
_CYRILLIC = re.compile(f"[{CYRILLIC[0]}-{CYRILLIC[-1]}{YO}]")


def sort_key(name: str) -> str:
    """A name as it is ordered: without regard to case, yo as ye (as dictionaries do), numbers by value ("M8" < "M10").

    Plain byte order of UTF-8 gives the right order, so no collation of the database is relied on.
    """
    folded = normalize("NFKC", name).lower().replace(YO, YE).strip()

    def by_value(match: re.Match[str]) -> str:
        digits = match.group().lstrip("0") or "0"
        return f"{chr(0x30 + min(len(digits), 60))}{digits}"

    return _NUMBER.sub(by_value, folded.replace("\x00", ""))[:MAX_KEY]


def article_key(article: str) -> str:
    """An article without what people get wrong: case, punctuation, spaces, Cyrillic letters that look like Latin."""
    folded = normalize("NFKC", article).lower().translate(TO_LATIN_TWIN)
    return "".join(filter(str.isalnum, folded))[:MAX_KEY]


def romanised(word: str) -> str:
    """A Cyrillic word in Latin letters; other letters stay."""
    return word.translate(TO_ROMAN)


def cyrillised(word: str) -> str:
    """A Latin word in Cyrillic letters, as one would hear it letter by letter; other letters stay."""
    return _ROMAN_GREEDY.sub(lambda match: _FROM_ROMAN[match.group()], word)


def _word(part: str) -> str:
    """A single word with its letters brought to one script; a word with digits is a code and becomes Latin."""
    if _DIGIT.search(part):
        return part.translate(TO_LATIN_TWIN)
    part = part.replace(YO, YE)
    if _LATIN.search(part) and _CYRILLIC.search(part):
        latin = part.translate(TO_LATIN_TWIN)
        return part.translate(TO_CYRILLIC_TWIN) if _CYRILLIC.search(latin) else latin
    return part


@lru_cache(maxsize=16_384)
def _known_parts(compound: str) -> tuple[str, ...]:
    return tuple(_word(part) for part in _JOINT.split(compound))


def _parts(compound: str) -> tuple[str, ...]:
    """A compound taken apart. Goods share most of their words, so what was taken apart is kept, unless it is long."""
    return _known_parts(compound) if len(compound) <= _KEPT else _known_parts.__wrapped__(compound)


def compounds(text: str) -> Iterator[tuple[str, ...]]:
    """The words of a text; those written together through a hyphen, slash or point come as one tuple.

    Sizes are spelled one way: `x` for every multiplication sign, `d` for the decimal point or comma ("3x2d5").
    """
    folded = _POINT.sub("d", _TIMES.sub("x", normalize("NFKC", text).lower()))
    for match in _COMPOUND.finditer(folded):
        yield _parts(match.group())


def joined(parts: Iterable[str]) -> str:
    """The parts of a compound as one word: "KMI-11810" is "kmi11810"."""
    return _word("".join(parts))


class SearchDocument(NamedTuple):
    """Words of a good for the search, in the order of importance: article > brand > name > the rest."""

    codes: str
    brand: str
    name: str
    rest: str


@lru_cache(maxsize=16_384)
def _known_spellings(parts: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    extra: list[str] = []
    for part in parts:
        if "d" in part and _SQUEEZED.search(part):
            extra.append(_SQUEEZED.sub("", part))  # the comma that people leave out
        measure = _MEASURE.fullmatch(part)
        if measure:
            extra += measure.groups()  # "16A" is also "16 A"
    return joined(parts), tuple(extra)


def _spellings(parts: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """(the parts as one word, other spellings of them)."""
    return _known_spellings(parts) if sum(map(len, parts)) <= _KEPT else _known_spellings.__wrapped__(parts)


def _words_of(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(words of one text, other spellings of them)."""
    if text.isascii() and text.isdigit():
        return (text,), ()  # a barcode, mostly
    found: dict[str, None] = {}
    extra: list[str] = []
    number = ""
    for parts in compounds(text):
        found.update(dict.fromkeys(parts))
        whole, others = _spellings(parts)
        if len(parts) > 1:
            found[whole] = None
        if number and len(whole) <= 2 and whole.isalpha():
            extra.append(f"{number}{whole}".translate(TO_LATIN_TWIN))  # "16 A" is also "16A"
        number = whole if whole[-1].isdigit() else ""
        extra += others
    return tuple(found), tuple(extra)


_known_words_of = lru_cache(maxsize=8192)(_words_of)


def _collected(found: Iterable[tuple[tuple[str, ...], tuple[str, ...]]], extra: list[str]) -> str:
    words: dict[str, None] = {}
    for own, others in found:
        words.update(dict.fromkeys(own))
        extra += others
    return " ".join(words)


@lru_cache(maxsize=4096)
def _brand_words(brand: str) -> tuple[str, tuple[str, ...]]:
    """(a brand in every script it may be asked for, other spellings)."""
    written, extra = _words_of(brand)
    heard = [cyrillised(word) for word in written]
    heard += [E + word[1:] for word in heard if word.startswith(YE)]  # a brand's first E is heard as either letter
    return " ".join(dict.fromkeys([*written, *map(romanised, written), *heard])), extra


def search_document(
    name: str, *, codes: Iterable[str] = (), brand: str = "", others: Iterable[str] = ()
) -> SearchDocument:
    """The words a good is found by.

    Args:
        name: its name.
        codes: articles and codes of the good and its variants.
        brand: found in both scripts, whichever the ERP uses.
        others: full name, values of characteristics.
    """
    names, extra_of_name = _words_of(name)
    extra = list(extra_of_name)
    numbers = _collected(map(_words_of, codes), extra)  # hardly two goods have the same: not worth remembering
    brands, extra_of_brand = _brand_words(brand)
    extra += extra_of_brand
    known = (_known_words_of(text) if len(text) <= _KEPT else _words_of(text) for text in others)
    rest = _collected(known, extra)
    return SearchDocument(numbers, brands, " ".join(names), " ".join(dict.fromkeys([*rest.split(), *extra])))
