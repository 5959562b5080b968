"""What people type for a rule, checked field by field: every fault is told at once, each with its field."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from b2b_dvizhenie.domain.pricing.rules import Effect, Kind, Rule, Target
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid

Moment = Annotated[datetime, Meta(tz=True)]
"""A moment that names its offset: one without would mean another on every machine."""
MAX_ARTICLES = 10_000
MAX_RANK = 1_000_000
_HUNDRED = Decimal(100)
_MAX_MONEY = Decimal(99999999999999)
_MAX_QUANTITY = Decimal(999999999999)
_PRICE_DIGITS = -4
_QUANTITY_DIGITS = -3


class ValueOutOfRange(DomainError):
    """The size of a discount: a number from 0 to `maximum` with at most four digits after the point."""

    code = "pricing.value_invalid"


class MinimumInvalid(DomainError):
    """The quantity a rule holds from: a number from 0 on, with at most three digits after the point."""

    code = "pricing.minimum_invalid"


class RankInvalid(DomainError):
    """Priority and order are whole numbers within ± `maximum`."""

    code = "pricing.rank_invalid"


class SectionRequired(DomainError):
    """A rule of this kind names a section."""

    code = "pricing.section_required"


class BrandRequired(DomainError):
    """A rule of this kind names a brand."""

    code = "pricing.brand_required"


class ArticlesRequired(DomainError):
    """A list of articles holds 1 to `maximum` of them."""

    code = "pricing.articles_required"


class PeriodInvalid(DomainError):
    """A rule must end after it starts."""

    code = "pricing.period_invalid"


class CurrencyInvalid(DomainError):
    """Amounts and prices are in a currency named by three capital letters."""

    code = "pricing.currency_invalid"


class RuleInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule as it is typed. What its kind does not ask for is left out of the rule."""

    kind: Kind
    effect: Effect = Effect.PERCENT
    value: Decimal
    category_id: UUID | None = None
    brand_id: UUID | None = None
    articles: tuple[str, ...] = ()
    companies: tuple[UUID, ...] = ()
    agreements: tuple[UUID, ...] = ()
    segments: tuple[UUID, ...] = ()
    currency: str = "RUB"
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    minimum: Decimal = Decimal(0)
    priority: int = 0
    order: int = 0
    stop_level: bool = False
    stop_all: bool = False
    exclusive: bool = False
    is_active: bool = True


def _number(value: Decimal, maximum: Decimal, digits: int) -> bool:
    if not value.is_finite() or not 0 <= value <= maximum:
        return False
    exponent = value.normalize().as_tuple().exponent
    return isinstance(exponent, int) and exponent >= digits


def _faults(typed: RuleInput) -> Iterator[DomainError]:
    maximum = _HUNDRED if typed.effect is Effect.PERCENT else _MAX_MONEY
    if not _number(typed.value, maximum, _PRICE_DIGITS):
        yield ValueOutOfRange("value", maximum=str(maximum))
    if not _number(typed.minimum, _MAX_QUANTITY, _QUANTITY_DIGITS):
        yield MinimumInvalid("minimum")
    for name, rank in (("priority", typed.priority), ("order", typed.order)):
        if abs(rank) > MAX_RANK:
            yield RankInvalid(name, maximum=MAX_RANK)
    if typed.kind in (Kind.CATEGORY, Kind.CATEGORY_BRAND) and typed.category_id is None:
        yield SectionRequired("category_id")
    if typed.kind in (Kind.BRAND, Kind.CATEGORY_BRAND) and typed.brand_id is None:
        yield BrandRequired("brand_id")
    if typed.kind is Kind.ARTICLES and not 1 <= len(_articles(typed)) <= MAX_ARTICLES:
        yield ArticlesRequired("articles", maximum=MAX_ARTICLES)
    if typed.starts_at and typed.ends_at and typed.starts_at >= typed.ends_at:
        yield PeriodInvalid("ends_at")
    currency = typed.currency
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()):
        yield CurrencyInvalid("currency")


def _articles(typed: RuleInput) -> frozenset[str]:
    return frozenset(one.strip() for one in typed.articles if one.strip())


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)


def rule_of(typed: RuleInput, rule_id: UUID) -> Rule:
    """The rule that was meant.

    Raises:
        Invalid: one or more fields are wrong; each fault names its own.
    """
    faults = list(_faults(typed))
    if faults:
        raise Invalid(faults)
    kind = typed.kind
    return Rule(
        rule_id=rule_id,
        kind=kind,
        effect=typed.effect,
        value=typed.value,
        category_id=typed.category_id if kind in (Kind.CATEGORY, Kind.CATEGORY_BRAND) else None,
        brand_id=typed.brand_id if kind in (Kind.BRAND, Kind.CATEGORY_BRAND) else None,
        articles=_articles(typed) if kind is Kind.ARTICLES else frozenset(),
        target=Target(frozenset(typed.companies), frozenset(typed.agreements), frozenset(typed.segments)),
        currency=typed.currency,
        starts_at=_utc(typed.starts_at),
        ends_at=_utc(typed.ends_at),
        minimum=typed.minimum,
        priority=typed.priority,
        order=typed.order,
        stop_level=typed.stop_level,
        stop_all=typed.stop_all,
        exclusive=typed.exclusive,
        is_active=typed.is_active,
    )
