"""Goods as pages show them: one row per variant."""

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from b2b_dvizhenie.application.catalog import Price, Product, Stock, Variant
from b2b_dvizhenie.domain.catalog import Availability, availability
from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.pages import parts
from b2b_dvizhenie.entrypoints.http.pages.catalogue import CatalogueRow


class InCart(Struct, frozen=True):
    """What the cart holds of a variant, and what it costs there (None where there is no price to see)."""

    quantity: Decimal = Decimal(0)
    total: Money | None = None


Cart = Mapping[UUID, InCart]
"""The cart by variant."""
_ABSENT = InCart()
_NO_PRICE = parts.Price(amount=None)
_NO_STOCK = parts.Stock()
_SHORT = 4


def percent_off(base: Decimal, price: Decimal) -> Decimal:
    """How much lower a price is, in percent to one digit; what people see, never what is computed with."""
    return ((base - price) * 100 / base).quantize(Decimal("0.1"), ROUND_HALF_UP).normalize()


def shown_price(price: Price | UnsetType, variant_id: UUID) -> parts.Price:
    """A price, struck beside it what it was before discounts; or none where there is none to see."""
    if price is UNSET or price.amount is None:
        return _NO_PRICE
    amount, base = Money(price.amount, price.currency), price.base_amount
    if not base:
        return parts.Price(amount=amount)
    return parts.Price(
        amount=amount,
        base=Money(base, price.currency),
        percent=percent_off(base, price.amount),
        reason_url=f"/prices/{variant_id}",
    )


def shown_stock(stock: Stock | UnsetType, multiple: Decimal) -> parts.Stock:
    """Stock per warehouse with its word, or the word alone; without any, the goods come to order."""
    if stock is UNSET or stock.quantity == 0:
        return _NO_STOCK
    if stock.warehouses is UNSET:
        if stock.level is Availability.NONE:
            return _NO_STOCK
        word: Literal["low", "enough"] = "low" if stock.level is Availability.LOW else "enough"
        return parts.Stock((parts.StockLine(warehouse="", short="", level=word),))
    return parts.Stock(
        tuple(
            parts.StockLine(
                warehouse=one.name,
                short=one.name if len(one.name) <= _SHORT else f"{one.name[: _SHORT - 1]}.",
                level=availability(one.quantity, multiple).value,
                quantity=one.quantity,
                mine=one.is_own,
            )
            for one in stock.warehouses
        )
    )


def shown_quantity(product: Product, variant: Variant, cart: Cart) -> parts.Quantity:
    """What is in the cart of a variant, and what may be ordered."""
    return parts.Quantity(
        variant=str(variant.id),
        value=cart.get(variant.id, _ABSENT).quantity,
        unit=product.unit,
        multiple=product.order_multiple,
    )


def title_of(product: Product, variant: Variant) -> str:
    """Name of a variant that can be told from its siblings."""
    if not variant.name or variant.name.startswith(product.name):
        return variant.name or product.name
    return f"{product.name}, {variant.name}"


def row_of(product: Product, variant: Variant, cart: Cart) -> CatalogueRow:
    """A variant as a row."""
    quantity = shown_quantity(product, variant, cart)
    return CatalogueRow(
        id=quantity.variant,
        url=f"/products/{product.id}",
        title=title_of(product, variant),
        article=variant.article or product.article,
        brand=product.brand.name if product.brand else "",
        attributes=" · ".join(f"{name}: {value}" for name, value in variant.attributes),
        price=shown_price(variant.price, variant.id),
        stock=shown_stock(variant.stock, product.order_multiple),
        quantity=quantity,
        picture_url=product.picture,
        total=cart.get(variant.id, _ABSENT).total,
    )


def rows_of(product: Product, cart: Cart) -> Iterator[CatalogueRow]:
    """Every listed variant of a product as a row."""
    for variant in product.variants:
        yield row_of(product, variant, cart)
