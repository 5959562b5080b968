"""Agreements: several per company, each in force for a time; which one a purchase follows (PRC-2).

Of the agreements that are in force on a day the one chosen for a VIP company counts (VIP-2), then the default one;
where neither is in force, the one that began last,
and of those that began together the one with the greatest id, which was made last. Where none is in force, the company
buys at the default price type without limits of its own, as a company without agreements does: what is shown is what
is charged. Days are those of the seller's zone; both ends belong to the period.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from b2b_dvizhenie.domain.companies.texts import clean_text
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid
from b2b_dvizhenie.domain.shared.ids import AgreementId, FirmId, PaymentMethodId, PriceTypeId, WarehouseId
from b2b_dvizhenie.domain.shared.money import RoundingPolicy

MAX_TITLE = 200
MAX_LIMIT = Decimal(10**12)
_GRID = Decimal("0.01")


class PeriodReversed(DomainError):
    """The agreement would end before it begins."""

    code = "companies.period_reversed"


class PeriodInvalid(DomainError):
    """A day is written as year, month and day."""

    code = "companies.period_invalid"


class LimitInvalid(DomainError):
    """A limit is a sum from zero to `maximum` with at most two digits after the point; no limit is no sum at all."""

    code = "companies.limit_invalid"


class CurrencyInvalid(DomainError):
    """A currency is three capital Latin letters."""

    code = "companies.currency_invalid"


class AgreementState(StrEnum):
    """Where an agreement stands on a day."""

    CURRENT = "current"  # purchases follow it
    SPARE = "spare"  # in force, but another one counts
    FUTURE = "future"
    EXPIRED = "expired"
    CLOSED = "closed"  # by hand


class TradingTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was agreed. Limits are in `currency`, None for no limit; `firm_id` None leaves the firm to the manager's.

    `payment_methods` are the ways to pay that are allowed; none named allows all that fit the company.
    """

    price_type_id: PriceTypeId
    title: str = ""
    currency: str = "RUB"
    rounding: RoundingPolicy = RoundingPolicy.LINE_EACH_DISCOUNT
    firm_id: FirmId | None = None
    warehouse_id: WarehouseId | None = None
    credit_limit: Decimal | None = None
    minimum_amount: Decimal | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    is_default: bool = False
    payment_methods: tuple[PaymentMethodId, ...] = ()


class Agreement(Struct, frozen=True, kw_only=True):
    """An agreement of a company. `is_vip`: the company is VIP, and this is what an administrator chose for it."""

    agreement_id: AgreementId
    terms: TradingTerms
    is_active: bool = True
    is_vip: bool = False

    def is_valid(self, day: date) -> bool:
        """Whether it is in force on the day."""
        first, last = self.terms.valid_from, self.terms.valid_to
        return self.is_active and (first is None or first <= day) and (last is None or day <= last)


def in_force(agreements: Iterable[Agreement], day: date) -> Agreement | None:
    """The agreement that purchases of the day follow, whatever the order in which they are given."""
    valid = [one for one in agreements if one.is_valid(day)]
    return max(
        valid,
        key=lambda one: (one.is_vip, one.terms.is_default, one.terms.valid_from or date.min, one.agreement_id),
        default=None,
    )


def state_of(agreement: Agreement, current: Agreement | None, day: date) -> AgreementState:
    """Where the agreement stands on the day, `current` being the one in force."""
    if not agreement.is_active:
        return AgreementState.CLOSED
    if current is not None and current.agreement_id == agreement.agreement_id:
        return AgreementState.CURRENT
    if agreement.is_valid(day):
        return AgreementState.SPARE
    ended = agreement.terms.valid_to is not None and agreement.terms.valid_to < day
    return AgreementState.EXPIRED if ended else AgreementState.FUTURE


def checked_terms(terms: TradingTerms) -> TradingTerms:
    """The terms as they are stored.

    Raises:
        Invalid: a title that cannot be read, a currency that is none, an impossible limit, a period turned round.
    """
    faults: list[DomainError] = []
    title = ""
    try:
        title = clean_text(terms.title, "title", MAX_TITLE)
    except DomainError as fault:
        faults.append(fault)
    currency = terms.currency
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()):
        faults.append(CurrencyInvalid("currency"))
    for field in ("credit_limit", "minimum_amount"):
        limit: Decimal | None = getattr(terms, field)
        if limit is not None and not _is_limit(limit):
            faults.append(LimitInvalid(field, maximum=str(MAX_LIMIT)))
    if terms.valid_from is not None and terms.valid_to is not None and terms.valid_to < terms.valid_from:
        faults.append(PeriodReversed("valid_to"))
    if faults:
        raise Invalid(faults)
    return TradingTerms(
        price_type_id=terms.price_type_id,
        title=title,
        currency=currency,
        rounding=terms.rounding,
        firm_id=terms.firm_id,
        warehouse_id=terms.warehouse_id,
        credit_limit=None if terms.credit_limit is None else terms.credit_limit.quantize(_GRID),
        minimum_amount=None if terms.minimum_amount is None else terms.minimum_amount.quantize(_GRID),
        valid_from=terms.valid_from,
        valid_to=terms.valid_to,
        is_default=terms.is_default,
        payment_methods=tuple(sorted(set(terms.payment_methods))),
    )


def _is_limit(limit: Decimal) -> bool:
    return limit.is_finite() and 0 <= limit <= MAX_LIMIT and limit == limit.quantize(_GRID)
