"""API: prices of the catalogue in another currency, beside those that are charged (CUR)."""

from typing import Annotated, Literal

from litestar.params import QueryParameter
from msgspec import UNSET
from msgspec.structs import replace

from b2b_dvizhenie.application.catalog import Card, Page, Product, ShownIn
from b2b_dvizhenie.application.pricing import RateMissing
from b2b_dvizhenie.domain.catalog import PriceRange, Selection
from b2b_dvizhenie.domain.pricing import Display, NoRate

InCurrency = Annotated[
    Literal["RUB", "USD", "EUR"] | None,
    QueryParameter(description="Show prices in this currency too; a range of prices is then meant in it."),
]


def charged(selection: Selection, display: Display | None) -> Selection:
    """The selection for a range that was typed in the shown currency: exactly the goods whose shown price is in it."""
    prices = selection.prices
    if display is None or prices is None:
        return selection
    return replace(selection, prices=PriceRange(*display.within(prices.low, prices.high)))


def asked(selection: Selection, display: Display | NoRate | None) -> Selection:
    """The same; a range in a currency without a rate means no goods that anybody knows.

    Raises:
        RateMissing: there is a range, and no rate to read it by.
    """
    if isinstance(display, NoRate):
        if selection.prices is not None:
            raise RateMissing("currency", currency=display.currency)
        return selection
    return charged(selection, display)


def page_in(page: Page, display: Display | NoRate | None, currency: str | None) -> Page:
    """The page with the amounts of the currency that was asked for."""
    if display is None or currency is None:
        return page
    return replace(page, items=tuple(_product(one, display) for one in page.items), shown=_shown(display, currency))


def card_in(card: Card, display: Display | NoRate | None, currency: str | None) -> Card:
    """The card with the amounts of the currency that was asked for."""
    if display is None or currency is None:
        return card
    return replace(card, product=_product(card.product, display), shown=_shown(display, currency))


def _shown(display: Display | NoRate, currency: str) -> ShownIn:
    if isinstance(display, NoRate):
        return ShownIn(currency, gap=display.gap, gap_currency=display.currency)
    return ShownIn(currency, display.rates)


def _product(product: Product, display: Display | NoRate) -> Product:
    if isinstance(display, NoRate):
        return product
    variants = []
    for variant in product.variants:
        price = variant.price
        if price is not UNSET and price.amount is not None:
            base = None if price.base_amount is None else display.amount(price.base_amount)
            price = replace(price, shown_amount=display.amount(price.amount), shown_base_amount=base)
        variants.append(replace(variant, price=price))
    return replace(product, variants=tuple(variants))
