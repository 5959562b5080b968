"""Live prices: what an answer of the ERP means for a quote, and a price that is promised for some minutes (LIV).

The ERP tells the finished price of a base unit for one company and quantity: its own discounts are in it, ours are
not taken off again. Its answer is believed as far as it is about what was asked; a price that makes no sense leaves its
line at the stored price, an answer about something else is refused whole.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.pricing.quotes import BaseSource, LineQuote, LiveMark, Quote, working_space
from b2b_dvizhenie.domain.settings import Number, Setting, Switch
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind
from b2b_dvizhenie.domain.shared.ids import AgreementId, CompanyId, VariantId
from b2b_dvizhenie.domain.shared.money import MAX_AMOUNT, round_money

MAX_ASKED = 2000
"""Lines of one question: a whole cart fits into it."""
_GRID = Decimal("0.0001")
"""Digits of a price per base unit, as prices are stored."""
LIVE_PAUSED = Switch(key="pricing.live_paused", group="live", default=False)
"""Whether the ERP is left alone although a source of live prices is connected."""
LIVE_DEADLINE = Number(key="pricing.live_deadline_ms", group="live", default=800, minimum=100, maximum=5000)
"""Milliseconds after which the stored price is taken; for the whole question, not for each step of it."""
LIVE_LOCK = Number(key="pricing.live_lock_minutes", group="live", default=10, minimum=1, maximum=120)
"""Minutes for which a live price that was shown is kept for the buyer."""
LIVE_SETTINGS: tuple[Setting[Any], ...] = (LIVE_PAUSED, LIVE_DEADLINE, LIVE_LOCK)
_ZERO = Decimal(0)

LiveKey = tuple[VariantId, Decimal]
"""What a live price is of: a variant and the quantity that is bought."""


class LiveRefused(DomainError):
    """The answer is not to the question: of another request, company or goods. Params hold a `reason` for the log."""

    code = "pricing.live_refused"
    kind = Kind.UNAVAILABLE


class AskedLine(Struct, frozen=True, gc=False):
    """A line of a question, with the goods in the ERP's own names; `variant_ref` is "" without characteristic."""

    variant_id: VariantId
    quantity: Decimal
    product_ref: str
    variant_ref: str
    article: str = ""


class Question(Struct, frozen=True):
    """What the ERP is asked in one request: prices of lines for a company under its terms.

    The company is named by its id in the ERP, and by INN and KPP for one that the ERP has not told us of.
    """

    request_id: str
    company_ref: str
    inn: str
    kpp: str
    price_type_ref: str
    warehouse_ref: str
    currency: str
    vat_included: bool
    lines: tuple[AskedLine, ...]


class ToldLine(Struct, frozen=True, gc=False):
    """A line of an answer as it came: `number` is its place in the question, from 1. `price` is of a base unit.

    `error` is the ERP's own word for why there is no price; `currency` "" is that of the question.
    """

    number: int
    product_ref: str
    variant_ref: str
    price: Decimal | None = None
    currency: str = ""
    vat_included: bool | None = None
    error: str = ""


class Told(Struct, frozen=True):
    """An answer of the ERP as it came."""

    request_id: str
    company_ref: str
    inn: str
    lines: tuple[ToldLine, ...]
    ttl_seconds: int | None = None


class LivePrice(Struct, frozen=True, gc=False):
    """A price of a base unit as the ERP told it `at` a moment."""

    price: Decimal
    at: datetime


def is_price(price: Decimal | None, currency: str) -> bool:
    """Whether it can be the price of a base unit: finite, positive also after rounding, not beyond what money is."""
    if price is None or not price.is_finite() or not _ZERO < price <= MAX_AMOUNT:
        return False
    return price.quantize(_GRID) == price and round_money(price, currency) > 0


def heard(question: Question, told: Told) -> dict[LiveKey, Decimal]:
    """The prices of an answer that can be believed.

    Returns:
        By variant and quantity; a line that the ERP has no price for, or none that makes sense, is left out.

    Raises:
        LiveRefused: the answer is of another request or company, about goods that were not asked, twice about one
            line, or without a single line that makes sense.
    """
    if told.request_id != question.request_id:
        raise LiveRefused(reason="request")
    named = told.company_ref == question.company_ref if question.company_ref else told.inn == question.inn
    if not named:
        raise LiveRefused(reason="company")
    found: dict[LiveKey, Decimal] = {}
    numbers: set[int] = set()
    has_senseless = False
    for line in told.lines:
        if not 1 <= line.number <= len(question.lines) or line.number in numbers:
            raise LiveRefused(reason="line")
        numbers.add(line.number)
        asked = question.lines[line.number - 1]
        if (line.product_ref, line.variant_ref) != (asked.product_ref, asked.variant_ref):
            raise LiveRefused(reason="goods")
        if line.error:
            continue
        same_terms = line.currency in ("", question.currency) and line.vat_included in (None, question.vat_included)
        if same_terms and line.price is not None and is_price(line.price, question.currency):
            found[asked.variant_id, asked.quantity] = line.price
        else:
            has_senseless = True
    if has_senseless and not found:
        raise LiveRefused(reason="prices")
    return found


class HowLive(StrEnum):
    """Where a live price comes from."""

    TOLD = "told"  # the ERP told it for this very quote
    LOCKED = "locked"  # it was told before and is kept for the buyer


def at_live(terms: Terms, line: LineQuote, live: LivePrice, how: HowLive = HowLive.TOLD) -> LineQuote:
    """The line at a live price, by the rounding of the terms. It remembers the stored price it stands in for."""
    base, space = working_space(terms.rounding, live.price, line.quantity, terms.currency)
    unit, amount = round_money(live.price, terms.currency), space.line(base)
    return LineQuote(
        line.variant_id,
        line.quantity,
        unit,
        amount,
        BaseSource(terms.price_type_id, live.price, _ZERO, terms.rounding),
        base_unit_price=unit,
        base_amount=amount,
        live=LiveMark(live.at, how.value, line.unit_price, line.amount),
    )


def settled(terms: Terms, line: LineQuote, live: LivePrice | None, locked: LivePrice | None = None) -> LineQuote:
    """What a line costs: the lower of what the ERP tells now and what it promised; without either the stored price."""
    if live is not None and (locked is None or live.price <= locked.price):
        return at_live(terms, line, live)
    return line if locked is None else at_live(terms, line, locked, HowLive.LOCKED)


def with_live(
    terms: Terms, quote: Quote, live: Mapping[LiveKey, LivePrice], locked: Mapping[LiveKey, LivePrice] | None = None
) -> Quote:
    """The quote with every line settled."""
    held = locked or {}
    lines = tuple(
        settled(terms, line, live.get((line.variant_id, line.quantity)), held.get((line.variant_id, line.quantity)))
        for line in quote.lines
    )
    amount = sum((line.amount for line in lines if line.amount is not None), _ZERO)
    return replace(quote, lines=lines, amount=amount)


class LockedLine(Struct, frozen=True, array_like=True, gc=False):
    """A line of a promise: this variant in this quantity at this price of a base unit, told at that moment."""

    variant_id: VariantId
    quantity: Decimal
    price: Decimal
    at: datetime


class Promise(Struct, frozen=True, array_like=True):
    """Live prices that a company was shown and may order at until `until`, under the same agreement and currency.

    `version` names the prices of the whole cart that was shown with it: agreeing to that is agreeing to these.
    """

    company_id: CompanyId
    agreement_id: AgreementId | None
    currency: str
    vat_included: bool
    until: datetime
    version: str
    lines: tuple[LockedLine, ...]

    def holds_for(self, terms: Terms, now: datetime) -> bool:
        """Whether it was given under these terms and has not run out."""
        given = (self.company_id, self.agreement_id, self.currency, self.vat_included)
        return now < self.until and given == (
            terms.company_id,
            terms.agreement_id,
            terms.currency,
            terms.vat_included,
        )

    def prices(self) -> dict[LiveKey, LivePrice]:
        """The promised prices."""
        return {(line.variant_id, line.quantity): LivePrice(line.price, line.at) for line in self.lines}


def locked_lines(lines: Iterable[LineQuote]) -> tuple[LockedLine, ...]:
    """What can be promised of a quote: its lines at live prices."""
    return tuple(
        LockedLine(line.variant_id, line.quantity, line.base.amount, line.live.at)
        for line in lines
        if line.live is not None and line.base is not None
    )
