"""Whether an order can be accepted: a list of checks over a draft, a policy as data, outcomes as values.

Checks give reasons per line, all of them at once, so that a person repairs the cart in one go. Prices are reviewed
last: a draft that fails a check is not worth a question about prices.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Any

from msgspec import Struct

from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.ordering.carts import MAX_LINES, Seen, is_rise, seen_now
from b2b_dvizhenie.domain.ordering.goods import Goods
from b2b_dvizhenie.domain.ordering.vat import Totals, add_up, line_vat
from b2b_dvizhenie.domain.pricing import LineQuote, Promise, at_live
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.domain.shared.ids import VariantId
from b2b_dvizhenie.domain.shared.money import MAX_AMOUNT
from b2b_dvizhenie.domain.shared.quantity import plain


class StockPolicy(StrEnum):
    """What the stock the ERP reported last means for an order. It is a report, not a reservation."""

    ANY = "any"  # goods that are out of stock are ordered for later
    WITHIN_STOCK = "within_stock"  # no line beyond the reported stock


class OrderPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """The seller's conditions for taking orders; data that an administrator changes at run time.

    `minimum_amount` is the least sum to pay, in the currency of the order; zero switches it off.
    """

    minimum_amount: Decimal = Decimal(0)
    stock: StockPolicy = StockPolicy.ANY
    max_lines: int = MAX_LINES


class DraftLine(Struct, frozen=True):
    """A line on its way into an order. `field` is where the input names it (`lines.3`)."""

    field: str
    goods: Goods
    quantity: Decimal
    quote: LineQuote
    seen: Seen | None = None
    comment: str = ""

    @property
    def amount(self) -> Decimal:
        """The sum of the line; zero while it has no price, which a check refuses."""
        return self.quote.amount or Decimal(0)

    def vat(self, terms: Terms) -> Decimal:
        """The VAT of the line under the terms."""
        return line_vat(self.amount, self.goods.vat_rate, terms.currency, included=terms.vat_included)


class Draft(Struct, frozen=True):
    """What somebody wants to order, priced under the terms of the company that buys."""

    terms: Terms
    lines: tuple[DraftLine, ...]

    def totals(self) -> Totals:
        """Sums over the lines."""
        pairs = ((line.amount, line.vat(self.terms)) for line in self.lines)
        return add_up(pairs, self.terms.currency, vat_included=self.terms.vat_included)


class Refusal(Struct, frozen=True):
    """One reason why the order cannot be taken; `field` is "" where it is not one line's fault."""

    code: str
    field: str = ""
    params: dict[str, Any] = {}


class PriceMove(Struct, frozen=True):
    """A line that costs more than was shown. `previous` is None where nothing comparable was shown."""

    field: str
    variant_id: VariantId
    article: str
    name: str
    previous: Decimal | None
    price: Decimal
    amount: Decimal


class Consent(Struct, frozen=True):
    """What the buyer agreed to: exactly the prices of one `price_version`, any price of today, or prices of goods up
    to those that are `accepted`.
    """

    price_version: str = ""
    any_price: bool = False
    accepted: Mapping[VariantId, Seen] = {}


class Accepted(Struct, frozen=True, tag="accepted"):
    """The order can be placed as drafted."""


class PriceChanged(Struct, frozen=True, tag="price_changed"):
    """Prices rose since they were shown. Repeating the order with this `price_version` is the consent.

    `price_lock` promises those of them that the ERP told, until `locked_until`.
    """

    moves: tuple[PriceMove, ...]
    totals: Totals
    price_version: str
    price_lock: str = ""
    locked_until: datetime | None = None


class Refused(Struct, frozen=True, tag="refused"):
    """The order cannot be placed, whatever the prices."""

    reasons: tuple[Refusal, ...]


NOT_ENOUGH_STOCK = "ordering.not_enough_stock"

Check = Callable[[Draft, OrderPolicy], Iterable[Refusal]]


def has_lines(draft: Draft, _: OrderPolicy) -> Iterator[Refusal]:
    """An order has a line."""
    if not draft.lines:
        yield Refusal("ordering.cart_empty")


def is_bounded(draft: Draft, policy: OrderPolicy) -> Iterator[Refusal]:
    """An order has not more lines, and not more money, than it can hold."""
    if len(draft.lines) > policy.max_lines:
        yield Refusal("ordering.too_many_lines", "", {"count": len(draft.lines), "maximum": policy.max_lines})
    if draft.totals().total > MAX_AMOUNT:
        yield Refusal("ordering.amount_too_large")


def is_orderable(draft: Draft, _: OrderPolicy) -> Iterator[Refusal]:
    """Every line is of goods that are on sale."""
    for line in draft.lines:
        if not line.goods.is_orderable:
            yield Refusal("ordering.not_on_sale", f"{line.field}.variant_id", _named(line))


def has_valid_quantities(draft: Draft, _: OrderPolicy) -> Iterator[Refusal]:
    """Quantities are what the seller ships; the nearest valid ones are named."""
    for line in draft.lines:
        try:
            line.goods.rule.check(line.quantity)
        except DomainError as error:
            yield Refusal(error.code, f"{line.field}.quantity", {**_named(line), **error.params})


def is_priced(draft: Draft, _: OrderPolicy) -> Iterator[Refusal]:
    """Every line has a price: none is never zero."""
    for line in draft.lines:
        if line.goods.is_orderable and line.quote.amount is None:
            yield Refusal("ordering.no_price", f"{line.field}.variant_id", _named(line))


def is_in_stock(draft: Draft, policy: OrderPolicy) -> Iterator[Refusal]:
    """No line is beyond the stock, where the seller demands that."""
    if policy.stock is StockPolicy.ANY:
        return
    for line in draft.lines:
        available = line.goods.available
        if available is not None and line.quantity > available:
            params = {**_named(line), "available": plain(available)}
            yield Refusal(NOT_ENOUGH_STOCK, f"{line.field}.quantity", params)


def has_one_source(draft: Draft, _: OrderPolicy) -> Iterator[Refusal]:
    """All goods come from one 1C base: an order that two bases share could be taken whole by neither."""
    sources = {line.goods.source_id for line in draft.lines}
    if len(sources) > 1:
        first = draft.lines[0].goods.source_id
        for line in draft.lines:
            if line.goods.source_id != first:
                yield Refusal("ordering.other_source", f"{line.field}.variant_id", _named(line))


def reaches_minimum(draft: Draft, policy: OrderPolicy) -> Iterator[Refusal]:
    """The sum to pay reaches the seller's minimum; the shortfall is named."""
    total = draft.totals().total
    if draft.lines and total < policy.minimum_amount:
        params = {
            "minimum": plain(policy.minimum_amount),
            "shortfall": plain(policy.minimum_amount - total),
            "currency": draft.terms.currency,
        }
        yield Refusal("ordering.below_minimum", "", params)


CHECKS: tuple[Check, ...] = (
    has_lines,
    is_bounded,
    is_orderable,
    has_valid_quantities,
    is_priced,
    is_in_stock,
    has_one_source,
    reaches_minimum,
)
"""In the order in which their reasons are told."""
LINE_CHECKS: tuple[Check, ...] = (is_orderable, has_valid_quantities, is_priced)
"""What may be wrong with a line whatever stands beside it, and whatever the seller's conditions."""


def price_version(draft: Draft) -> str:
    """A name for exactly these prices: equal if and only if company, currency and every line's cost are equal.

    It is no authority: the server prices again and compares, so a forged one buys nothing.
    """
    lines = sorted(
        f"{line.goods.variant_id}:{plain(line.quantity)}:{_told(line.quote.unit_price)}:{_told(line.quote.amount)}"
        for line in draft.lines
    )
    text = "\n".join([str(draft.terms.company_id), draft.terms.currency, *lines])
    return sha256(text.encode()).hexdigest()[:32]


def moves(draft: Draft) -> tuple[PriceMove, ...]:
    """Lines that cost more than the buyer was shown."""
    found = []
    for line in draft.lines:
        quote = line.quote
        now = seen_now(quote.unit_price, quote.amount, draft.terms.currency)
        if now is None or quote.unit_price is None or quote.amount is None or not is_rise(line.seen, now):
            continue
        previous = line.seen.price if line.seen and line.seen.currency == now.currency else None
        goods = line.goods
        found.append(
            PriceMove(line.field, goods.variant_id, goods.article, goods.name, previous, quote.unit_price, quote.amount)
        )
    return tuple(found)


def promised(draft: Draft, promise: Promise) -> dict[VariantId, Seen]:
    """What a line costs at most by a promise, for those of the draft's lines that it is about."""
    prices = promise.prices()
    found: dict[VariantId, Seen] = {}
    for line in draft.lines:
        price = prices.get((line.goods.variant_id, line.quantity))
        if price is None:
            continue
        kept = at_live(draft.terms, line.quote, price)
        seen = seen_now(kept.unit_price, kept.amount, draft.terms.currency)
        if seen is not None:
            found[line.goods.variant_id] = seen
    return found


def _is_agreed(line: DraftLine, consent: Consent, currency: str) -> bool:
    """Whether the line costs no more than was accepted for its goods."""
    now = seen_now(line.quote.unit_price, line.quote.amount, currency)
    accepted = consent.accepted.get(line.goods.variant_id)
    return now is not None and accepted is not None and not is_rise(accepted, now)


def decide(
    draft: Draft, policy: OrderPolicy, consent: Consent, checks: Sequence[Check] = CHECKS
) -> Accepted | PriceChanged | Refused:
    """What becomes of a draft. Total and pure: the same draft gets the same answer.

    Args:
        draft: lines with today's quote and what the buyer was shown.
        policy: the seller's conditions.
        consent: what the buyer agreed to.
        checks: reasons to refuse; a deployment may add its own.
    """
    reasons = tuple(reason for check in checks for reason in check(draft, policy))
    if reasons:
        return Refused(reasons)
    currency = draft.terms.currency
    unagreed = tuple(line for line in draft.lines if not _is_agreed(line, consent, currency))
    risen = moves(Draft(draft.terms, unagreed))
    if not risen or consent.any_price:
        return Accepted()
    version = price_version(draft)
    if consent.price_version == version:
        return Accepted()
    return PriceChanged(risen, draft.totals(), version)


def _named(line: DraftLine) -> dict[str, Any]:
    return {"article": line.goods.article, "name": line.goods.name}


def _told(number: Decimal | None) -> str:
    return "" if number is None else plain(number)
