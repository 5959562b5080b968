"""The filter by one's own price: as typed, as shown, as a range."""

import re
from decimal import Decimal
from gettext import GNUTranslations
from typing import Annotated

from litestar.params import QueryParameter

from b2b_dvizhenie.domain.catalog import PriceRange, PriceRangeInvalid, Selection
from b2b_dvizhenie.domain.shared.quantity import plain
from b2b_dvizhenie.entrypoints.http.api.catalog import price_range
from b2b_dvizhenie.entrypoints.http.pages.parts import RangeFacet

TypedPrice = Annotated[str, QueryParameter(description="A price as people type it; empty is open.")]
_PRICE = re.compile(r"\d{1,14}(?:\.\d{1,4})?", re.ASCII)


def range_title(prices: PriceRange, texts: GNUTranslations) -> str:
    """What the range is called among the filters that are on."""
    low, high = ("" if one is None else plain(one) for one in (prices.low, prices.high))
    if low and high:
        return texts.gettext("Price from {low} to {high}").format(low=low, high=high)
    title = texts.gettext("Price from {low}") if low else texts.gettext("Price up to {high}")
    return title.format(low=low, high=high)


def shown_ranges(selection: Selection, texts: GNUTranslations) -> tuple[RangeFacet, ...]:
    """The filter by one's own price."""
    prices = selection.prices or PriceRange()
    low, high = ("" if one is None else plain(one) for one in (prices.low, prices.high))
    return (RangeFacet("price", texts.gettext("Your price"), "", "", low, high),)


def typed_prices(low: str, high: str) -> PriceRange | None:
    """The range as people type it: spaces and a comma are allowed, an empty field is open.

    Raises:
        PriceRangeInvalid: a field is no number; it is named.
    """
    found: list[Decimal | None] = []
    for field, text in (("price_from", low), ("price_to", high)):
        squeezed = "".join(text.split()).replace(",", ".")
        if squeezed and not _PRICE.fullmatch(squeezed):
            raise PriceRangeInvalid(field)
        found.append(Decimal(squeezed) if squeezed else None)
    return price_range(*found)
