"""`quote(terms, lines, now) -> Quote`: pure, exact, and it explains itself (DESIGN §5).

Stage A picks the base price: the price of the terms' price type in the terms' currency, with the largest quantity
break the line reaches. No such price means no price: never zero, never another type. Stage D rounds by the policy
of the terms.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.shared.ids import PriceTypeId, VariantId
from b2b_dvizhenie.domain.shared.money import RoundingPolicy, round_money


class PricePoint(Struct, frozen=True, gc=False):
    """A stored price: per base unit, from `min_quantity` on, exact as the ERP gave it (up to 4 digits)."""

    price_type_id: PriceTypeId
    amount: Decimal
    currency: str
    min_quantity: Decimal = Decimal(0)


class LineInput(Struct, frozen=True, gc=False):
    """What is to be priced: a variant, how many base units, and the prices known for it."""

    variant_id: VariantId
    quantity: Decimal
    prices: tuple[PricePoint, ...] = ()


class NoPrice(StrEnum):
    """Why a line has no price."""

    NO_PRICE_OF_TYPE = "no_price_of_type"
    OTHER_CURRENCY = "other_currency"
    BELOW_FIRST_BREAK = "below_first_break"


class BaseSource(Struct, frozen=True, gc=False):
    """Where the base price comes from: from it alone the price recomputes."""

    price_type_id: PriceTypeId
    amount: Decimal
    min_quantity: Decimal
    rounding: RoundingPolicy


class LineQuote(Struct, frozen=True, gc=False):
    """Price of one line: per unit, and for the quantity, in the currency of the quote.

    `unit_price` is what is shown for one unit; `amount` is what is charged for the line. Both are None together,
    and then `reason` says why.
    """

    variant_id: VariantId
    quantity: Decimal
    unit_price: Decimal | None
    amount: Decimal | None
    base: BaseSource | None = None
    reason: NoPrice | None = None


class Quote(Struct, frozen=True):
    """Prices of several lines under one company's terms at one moment. `amount` is the sum over priced lines."""

    currency: str
    lines: tuple[LineQuote, ...]
    amount: Decimal
    at: datetime


def quote_line(terms: Terms, line: LineInput) -> LineQuote:
    """Price one line under the terms. Total: every input gives either a price or a reason."""
    best: PricePoint | None = None
    reason = NoPrice.NO_PRICE_OF_TYPE
    for point in line.prices:
        if point.price_type_id != terms.price_type_id:
            continue
        if point.currency != terms.currency:
            reason = NoPrice.OTHER_CURRENCY
        elif point.min_quantity > line.quantity:
            reason = NoPrice.BELOW_FIRST_BREAK
        elif best is None or point.min_quantity > best.min_quantity:
            best = point
    if best is None:
        return LineQuote(line.variant_id, line.quantity, None, None, reason=reason)
    unit_price = round_money(best.amount, terms.currency)
    if terms.rounding is RoundingPolicy.UNIT_THEN_LINE:
        amount = round_money(unit_price * line.quantity, terms.currency)
    else:
        amount = round_money(best.amount * line.quantity, terms.currency)
    source = BaseSource(best.price_type_id, best.amount, best.min_quantity, terms.rounding)
    return LineQuote(line.variant_id, line.quantity, unit_price, amount, source)


def quote(terms: Terms, lines: Iterable[LineInput], now: datetime) -> Quote:
    """Price several lines. The result does not depend on the order of the stored prices.

    Args:
        terms: the agreement of the company that buys.
        lines: quantities in base units, already valid (`QuantityRule.check`).
        now: the moment of the quote, aware, UTC.

    Returns:
        Line quotes in the order of the lines, and the sum of their amounts in whole minor units.
    """
    quoted = tuple(quote_line(terms, line) for line in lines)
    amount = sum((line.amount for line in quoted if line.amount is not None), Decimal(0))
    return Quote(terms.currency, quoted, amount, now)
