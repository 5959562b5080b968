"""The words a product is found by: folded here, turned into a tsvector by PostgreSQL."""

from collections.abc import Iterable, Mapping
from typing import Any

from b2b_dvizhenie.adapters.postgres.exchange.copying import quoted
from b2b_dvizhenie.adapters.postgres.search import VECTOR
from b2b_dvizhenie.domain.catalog import search_document

COLUMNS = "words_codes text, words_brand text, words_name text, words_rest text"
"""Columns of a staging table that take `product_words`."""
_NAMES = ("codes", "brand", "name", "rest")
LONGEST_VALUE = 200
"""Values of characteristics that are longer are texts, not words to search by."""


def vector(alias: str) -> str:
    """Expression of `product.search` over a staging table."""
    return VECTOR.format(**{name: f"{alias}.words_{name}" for name in _NAMES})


def all_words(alias: str) -> str:
    """Expression of all the words, joined by spaces."""
    return f"concat_ws(' ', {', '.join(f'{alias}.words_{name}' for name in _NAMES)})"


def product_words(
    name: str,
    full_name: str,
    key: str,
    codes: Iterable[str],
    brand: str,
    properties: Iterable[Mapping[str, Any]],
) -> tuple[str, str, str, str]:
    """Codes, brand, name and the rest as fields of a COPY row.

    Args:
        name: of the product.
        full_name: left out where it is the name again.
        key: `article_key` of its article; most often a word of the article already.
        codes: articles, codes and barcodes of the product and its variants.
        brand: its name.
        properties: as stored in `product.properties`.
    """
    others = [full_name] if full_name != name else []
    others += [value for one in properties for value in one["values"] if len(value) <= LONGEST_VALUE]
    document = search_document(name, codes=codes, brand=brand, others=others)
    numbers = document.codes
    if key and key not in numbers.split(" "):
        numbers = f"{numbers} {key}"
    return quoted(numbers), quoted(document.brand), quoted(document.name), quoted(document.rest)
