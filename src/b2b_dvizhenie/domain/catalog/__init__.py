"""Sections, products, variants, stock and search."""

from b2b_dvizhenie.domain.catalog.availability import Availability, availability
from b2b_dvizhenie.domain.catalog.folding import SearchDocument, article_key, search_document, sort_key
from b2b_dvizhenie.domain.catalog.searching import (
    Known,
    SearchText,
    Term,
    meant_terms,
    read_text,
    words_to_look_up,
)
from b2b_dvizhenie.domain.catalog.selection import (
    BY_PRICE,
    MAX_PAGE,
    CursorInvalid,
    LimitInvalid,
    Position,
    PriceRange,
    PriceRangeInvalid,
    PricesHidden,
    QueryTooLong,
    RangeNeedsPriceOrder,
    Selection,
    Sort,
    SortNeedsQuery,
    TooManyBrands,
    check_limit,
)

__all__ = [
    "BY_PRICE",
    "MAX_PAGE",
    "Availability",
    "CursorInvalid",
    "Known",
    "LimitInvalid",
    "Position",
    "PriceRange",
    "PriceRangeInvalid",
    "PricesHidden",
    "QueryTooLong",
    "RangeNeedsPriceOrder",
    "SearchDocument",
    "SearchText",
    "Selection",
    "Sort",
    "SortNeedsQuery",
    "Term",
    "TooManyBrands",
    "article_key",
    "availability",
    "check_limit",
    "meant_terms",
    "read_text",
    "search_document",
    "sort_key",
    "words_to_look_up",
]
