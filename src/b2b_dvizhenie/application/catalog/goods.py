"""From what was read to what is shown: prices by the one price function, stock as people may see it."""

from collections.abc import Iterable
from decimal import Decimal

from msgspec import UNSET, UnsetType

from b2b_dvizhenie.application.catalog.ports import LinePricer, Listed, Offer, PricedGoods, Sight, StockPoint
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
from b2b_dvizhenie.domain.catalog import availability
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.shared.ids import VariantId
from b2b_dvizhenie.domain.shared.quantity import QuantityRule

_ONE = Decimal(1)
_NOTHING = Decimal(0)


def first_quantity(multiple: Decimal) -> Decimal:
    """The smallest quantity that can be ordered: the one a list shows the price for."""
    return _ONE if multiple == _ONE else QuantityRule(multiple).round_up(_ONE)


def _price(terms: Terms, pricer: LinePricer, offer: Offer, quantity: Decimal) -> Price:
    line = pricer.line(offer.variant_id, quantity, offer.prices)
    base = line.base_unit_price if line.base_unit_price != line.unit_price else None
    return Price(line.unit_price, terms.currency, quantity, terms.vat_included, line.reason, base)


def _stock(points: tuple[StockPoint, ...], multiple: Decimal, sight: Sight) -> Stock:
    total = sum((point.quantity for point in points if point.quantity > 0), _NOTHING)
    word = availability(total, multiple)
    if not sight.stock_detail:
        return Stock(word)
    own = sight.warehouse_id
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
    return Stock(word, total, min((one.updated_at for one in shown), default=None), shown)


def _variant(offer: Offer, multiple: Decimal, sight: Sight, pricer: LinePricer | None) -> Variant:
    price: Price | UnsetType = UNSET
    if sight.terms and pricer is not None:
        price = _price(sight.terms, pricer, offer, first_quantity(multiple))
    stock: Stock | UnsetType = _stock(offer.stocks, multiple, sight) if sight.stock else UNSET
    return Variant(offer.variant_id, offer.name, offer.article, offer.attributes, price, stock)


def own_price(goods: PricedGoods, pricer: LinePricer) -> Decimal | None:
    """The lowest price among the variants at the first quantity, as lists show it; None where none has a price."""
    quantity = first_quantity(goods.order_multiple)
    prices = (pricer.line(offer.variant_id, quantity, offer.prices).unit_price for offer in goods.offers)
    return min((price for price in prices if price is not None), default=None)


def variants_of(goods: Iterable[Listed | PricedGoods]) -> list[VariantId]:
    """Every variant of the goods, each once."""
    return list(dict.fromkeys(offer.variant_id for one in goods for offer in one.offers))


def shown(listed: Listed, sight: Sight, pricer: LinePricer | None) -> Product:
    """A product as this sight shows it."""
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
        tuple(_variant(offer, listed.order_multiple, sight, pricer) for offer in listed.offers),
    )


def explained(listed: Listed, pricer: LinePricer) -> tuple[ExplainedPrice, ...]:
    """Where each variant's price comes from, and what it would be at every quantity where it may change."""
    quantity = first_quantity(listed.order_multiple)
    explanations = []
    for offer in listed.offers:
        least = [point.min_quantity for point in offer.prices]
        thresholds = sorted({max(one, quantity) for one in [*least, *pricer.thresholds(offer.variant_id)]})
        lines = [(at, pricer.line(offer.variant_id, at, offer.prices)) for at in thresholds]
        breaks = tuple(PriceBreak(at, line.unit_price) for at, line in lines if line.unit_price is not None)
        first = pricer.line(offer.variant_id, quantity, offer.prices)
        explanations.append(ExplainedPrice(offer.variant_id, first.base, _changes(breaks)))
    return tuple(explanations)


def _changes(breaks: tuple[PriceBreak, ...]) -> tuple[PriceBreak, ...]:
    """Without those at which nothing changes."""
    return tuple(one for place, one in enumerate(breaks) if not place or breaks[place - 1].amount != one.amount)
