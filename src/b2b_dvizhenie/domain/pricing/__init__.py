"""The one price function and what it explains. Catalogue, card, cart, order, API and feeds all call `quote`."""

from b2b_dvizhenie.domain.pricing.quotes import (
    BaseSource,
    LineInput,
    LineQuote,
    NoPrice,
    PricePoint,
    Quote,
    quote,
    quote_line,
)

__all__ = ["BaseSource", "LineInput", "LineQuote", "NoPrice", "PricePoint", "Quote", "quote", "quote_line"]
