"""From what was read to what is shown: prices by the one price function, stock as people may see it."""

from decimal import Decimal

from msgspec import UNSET, UnsetType

from b2b_dvizhenie.application.catalog.ports import Listed, Offer, PricedGoods, Sight, StockPoint
from b2b_dvizhenie.application.catalog.views import (
    PICTURES,
    Brand,
    ExplainedPrice,
    Price,
    PriceBreak,
    Product,
    Stock,
    Variant,
    WarehouseStock,
)
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.pricing import LineInput, LineQuote, quote_line
from b2b_dvizhenie.domain.shared.ids import WarehouseId
from b2b_dvizhenie.domain.shared.quantity import QuantityRule

_ONE = Decimal(1)
_NOTHING = Decimal(0)


def first_quantity(multiple: Decimal) -> Decimal:
    """The smallest quantity that can be ordered: the one a list shows the price for."""
    return _ONE if multiple == _ONE else QuantityRule(multiple).round_up(_ONE)


def _line(terms: Terms, offer: Offer, quantity: Decimal) -> LineQuote:
    return quote_line(terms, LineInput(offer.variant_id, quantity, offer.prices))


def _price(terms: Terms, offer: Offer, quantity: Decimal) -> Price:
    line = _line(terms, offer, quantity)
    return Price(line.unit_price, terms.currency, quantity, terms.vat_included, line.reason)


def own_price(goods: PricedGoods, sight: Sight) -> Decimal | None:
    """The lowest price among the variants at the first quantity, as lists show it; None where none has a price."""
    if sight.terms is None:
        return None
    quantity = first_quantity(goods.order_multiple)
    prices = (_line(sight.terms, offer, quantity).unit_price for offer in goods.offers)
    return min((price for price in prices if price is not None), default=None)


def _stock(points: tuple[StockPoint, ...], own: WarehouseId | None) -> Stock:
    shown = tuple(
        WarehouseStock(
            point.warehouse_id,
            point.name,
            point.quantity if point.quantity > 0 else _NOTHING,
            point.updated_at,
            point.warehouse_id == own,
        )
        for point in points
    )
    if own is not None:
        shown = tuple(sorted(shown, key=lambda one: not one.is_own))
    total = sum((one.quantity for one in shown), _NOTHING)
    return Stock(total, min((one.updated_at for one in shown), default=None), shown)


def _variant(offer: Offer, quantity: Decimal, sight: Sight) -> Variant:
    price: Price | UnsetType = _price(sight.terms, offer, quantity) if sight.terms else UNSET
    stock: Stock | UnsetType = _stock(offer.stocks, sight.warehouse_id) if sight.stock else UNSET
    return Variant(offer.variant_id, offer.name, offer.article, offer.attributes, price, stock)


def shown(listed: Listed, sight: Sight) -> Product:
    """A product as this sight shows it."""
    quantity = first_quantity(listed.order_multiple)
    brand = Brand(listed.brand_id, listed.brand or "") if listed.brand_id else None
    return Product(
        listed.product_id,
        listed.name,
        listed.article,
        brand,
        listed.section_id,
        PICTURES + listed.picture if listed.picture else None,
        listed.unit,
        listed.order_multiple,
        listed.vat_rate,
        listed.variant_count,
        tuple(_variant(offer, quantity, sight) for offer in listed.offers),
    )


def explained(listed: Listed, terms: Terms) -> tuple[ExplainedPrice, ...]:
    """Where each variant's price comes from, and what it would be at every quantity break."""
    quantity = first_quantity(listed.order_multiple)
    explanations = []
    for offer in listed.offers:
        thresholds = sorted({max(point.min_quantity, quantity) for point in offer.prices})
        lines = [(threshold, _line(terms, offer, threshold)) for threshold in thresholds]
        breaks = tuple(PriceBreak(at, line.unit_price) for at, line in lines if line.unit_price is not None)
        explanations.append(ExplainedPrice(offer.variant_id, _line(terms, offer, quantity).base, breaks))
    return tuple(explanations)
