"""`quote(terms, lines, now) -> Quote`: pure, exact, and it explains itself (DESIGN §5, pricing-semantics.md).

Stage A picks the base price: the price of the terms' price type in the terms' currency, with the largest quantity
break the line reaches. No such price means no price: never zero, never another type. Stage B takes the discount that
the rule book's tree decides on, stage C holds it at the limits, stage D rounds by the policy of the terms.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.pricing.books import Limits, RuleBook
from b2b_dvizhenie.domain.pricing.explanations import LimitKind, NotMatched, Verdict
from b2b_dvizhenie.domain.pricing.rules import Buyer, Goods, Rule
from b2b_dvizhenie.domain.pricing.strategies import Space, discount_of
from b2b_dvizhenie.domain.shared.ids import PriceTypeId, VariantId
from b2b_dvizhenie.domain.shared.money import RoundingPolicy, rounder

_ZERO = Decimal(0)
_ONE = Decimal(1)
_HUNDRED = Decimal(100)
_NO_GOODS = Goods()
NO_LIMITS = Limits()


class PricePoint(Struct, frozen=True, gc=False):
    """A stored price: per base unit, from `min_quantity` on, exact as the ERP gave it (up to 4 digits)."""

    price_type_id: PriceTypeId
    amount: Decimal
    currency: str
    min_quantity: Decimal = _ZERO


class LineInput(Struct, frozen=True, gc=False):
    """What is to be priced: a variant, how many base units, the prices known for it, and what rules may ask of it."""

    variant_id: VariantId
    quantity: Decimal
    prices: tuple[PricePoint, ...] = ()
    goods: Goods = _NO_GOODS
    limits: Limits = NO_LIMITS


class NoPrice(StrEnum):
    """Why a line has no price."""

    NO_PRICE_OF_TYPE = "no_price_of_type"
    OTHER_CURRENCY = "other_currency"
    BELOW_FIRST_BREAK = "below_first_break"
    CLOSED = "closed"  # to the company; only lines of a cart can be: elsewhere closed goods do not exist


class BaseSource(Struct, frozen=True, gc=False):
    """Where the base price comes from, and how it is rounded."""

    price_type_id: PriceTypeId
    amount: Decimal
    min_quantity: Decimal
    rounding: RoundingPolicy


class LiveMark(Struct, frozen=True, gc=False):
    """That a price is the ERP's own word: told `at` a moment, `how` as in `domain.pricing.live.HowLive`.

    `unit_price` and `amount` are the stored ones it stands in for, None where there was no stored price.
    """

    at: datetime
    how: str
    unit_price: Decimal | None
    amount: Decimal | None


class LineQuote(Struct, frozen=True, gc=False):
    """Price of one line: per unit, and for the quantity, in the currency of the quote.

    `unit_price` is what is shown for one unit; `amount` is what is charged for the line. Both are None together,
    and then `reason` says why. `base_unit_price` and `base_amount` are the same without any discount: what is shown
    struck out. `verdicts` tell the fate of every rule that was looked at. `taken` is what the discounts came to in the
    working space, before limits; `limited_by` names the limit that held and `limit` what it allows at least, there too.
    `rule_set_id` is the version the discounts come from. `live` says that the price was told by the ERP.
    """

    variant_id: VariantId
    quantity: Decimal
    unit_price: Decimal | None
    amount: Decimal | None
    base: BaseSource | None = None
    reason: NoPrice | None = None
    base_unit_price: Decimal | None = None
    base_amount: Decimal | None = None
    verdicts: tuple[Verdict, ...] = ()
    limited_by: LimitKind | None = None
    taken: Decimal = _ZERO
    limit: Decimal | None = None
    rule_set_id: UUID | None = None
    live: LiveMark | None = None

    @property
    def discount(self) -> Decimal:
        """What the discounts took off the line."""
        return _ZERO if self.amount is None or self.base_amount is None else self.base_amount - self.amount


class Quote(Struct, frozen=True):
    """Prices of several lines under one company's terms at one moment. `amount` is the sum over priced lines."""

    currency: str
    lines: tuple[LineQuote, ...]
    amount: Decimal
    at: datetime


class Discounts(Struct, frozen=True):
    """What stage B needs: the published rule book, the buyer it asks about, and the moment."""

    book: RuleBook
    buyer: Buyer
    now: datetime
    explain_misses: bool = False
    """Also report the rules that do not match, each with its failed condition (for the auditor's view)."""
    rule_set_id: UUID | None = None


def stored_base(terms: Terms, line: LineInput) -> PricePoint | NoPrice:
    """Stage A: the base price, or why there is none."""
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
    return best if best is not None else reason


def _exact(amount: Decimal) -> Decimal:
    return amount


def working_space(rounding: RoundingPolicy, price: Decimal, quantity: Decimal, currency: str) -> tuple[Decimal, Space]:
    """The base amount and the space that discounts are computed in (pricing-semantics A.2)."""
    rounded = rounder(currency)
    if rounding is RoundingPolicy.LINE_EACH_DISCOUNT:
        return rounded(price * quantity), Space(quantity, rounded, _exact)
    if rounding is RoundingPolicy.LINE_ONCE:
        return price * quantity, Space(quantity, _exact, rounded)
    return price, Space(_ONE, _exact, lambda unit: rounded(rounded(unit) * quantity))


def limit_of(limits: Limits, space: Space, base: Decimal) -> tuple[Decimal, LimitKind] | None:
    """The highest of the limits in the working space, where there are any (A.6)."""
    if limits is NO_LIMITS:
        return None
    bounds: list[tuple[Decimal, LimitKind]] = []
    if limits.floor is not None:
        bounds.append((space.discount(limits.floor * space.units), LimitKind.FLOOR))
    if limits.cost is not None and limits.minimal_margin is not None:
        lowest = limits.cost * (_ONE + limits.minimal_margin / _HUNDRED) * space.units
        bounds.append((space.discount(lowest), LimitKind.MARGIN))
    if limits.max_total_percent is not None:
        largest = space.discount(base * limits.max_total_percent / _HUNDRED)
        bounds.append((base - largest, LimitKind.TOTAL_PERCENT))
    return max(bounds, key=lambda bound: bound[0]) if bounds else None


def held(base: Decimal, left: Decimal, lowest: Decimal) -> Decimal:
    """Stage C: what is left after the discount, not below the limit; a limit above the base blocks the discount."""
    return max(left, min(lowest, base))


def quote_line(terms: Terms, line: LineInput, discounts: Discounts | None = None) -> LineQuote:
    """Price one line. Total: every input gives either a price or a reason.

    Args:
        terms: the agreement of the company that buys.
        line: a quantity in base units, already valid (`QuantityRule.check`).
        discounts: the rule book to take discounts from; without it there are none.
    """
    found = stored_base(terms, line)
    if isinstance(found, NoPrice):
        return LineQuote(line.variant_id, line.quantity, None, None, reason=found)
    base, space = working_space(terms.rounding, found.amount, line.quantity, terms.currency)
    source = BaseSource(found.price_type_id, found.amount, found.min_quantity, terms.rounding)
    rounded = rounder(terms.currency)
    unit, amount = rounded(found.amount), space.line(base)
    if discounts is None:
        return LineQuote(line.variant_id, line.quantity, unit, amount, source, None, unit, amount)

    book, buyer, goods = discounts.book, discounts.buyer, line.goods
    missed: list[NotMatched] = []
    matching: dict[int, list[Rule]] = {}
    quantity, currency, now = line.quantity, terms.currency, discounts.now
    every = discounts.explain_misses
    asked = goods if every else None
    for rule, group in book.every_placed() if every else book.placed(goods):
        miss = rule.mismatch(buyer, asked, quantity, currency, now)
        if miss is not None:
            missed.append(NotMatched(rule.rule_id, miss))
        elif group in matching:
            matching[group].append(rule)
        else:
            matching[group] = [rule]
    discount, verdicts = discount_of(book.skeleton, goods, space, base, matching)
    verdicts += tuple(missed)
    version = discounts.rule_set_id
    if not discount:
        return LineQuote(
            line.variant_id, line.quantity, unit, amount, source, None, unit, amount, verdicts, rule_set_id=version
        )
    bound, left = limit_of(line.limits, space, base), base - discount
    limit, limited_by = bound if bound is not None and left < bound[0] else (None, None)
    if limit is not None:
        left = held(base, left, limit)
    return LineQuote(
        variant_id=line.variant_id,
        quantity=line.quantity,
        unit_price=rounded(left / space.units),
        amount=space.line(left),
        base=source,
        base_unit_price=unit,
        base_amount=amount,
        verdicts=verdicts,
        limited_by=limited_by,
        taken=discount,
        limit=limit,
        rule_set_id=version,
    )


def quote(terms: Terms, lines: Iterable[LineInput], now: datetime, discounts: Discounts | None = None) -> Quote:
    """Price several lines. The result depends neither on the order of stored prices nor on that of rules.

    Returns:
        Line quotes in the order of the lines, and the sum of their amounts in whole minor units.
    """
    quoted = tuple(quote_line(terms, line, discounts) for line in lines)
    amount = sum((line.amount for line in quoted if line.amount is not None), _ZERO)
    return Quote(terms.currency, quoted, amount, now)
