"""Why a price is what it is: every rule that was looked at, with its fate. The price recomputes from it alone."""

from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.domain.pricing.rules import Effect, Kind, Mismatch


class Loss(StrEnum):
    """Why a matching rule did not take part in the price."""

    SMALLER_DISCOUNT = "smaller_discount"
    LARGER_DISCOUNT = "larger_discount"
    ZERO_IGNORED = "zero_ignored"
    LATER_ORDER = "later_order"
    OUTRANKED_KIND = "outranked_kind"
    SHALLOWER_CATEGORY = "shallower_category"
    LOWER_PRIORITY = "lower_priority"
    STOPPED = "stopped"
    EXCLUSIVE_BETTER = "exclusive_better"
    EXCLUSIVE_NOT_BETTER = "exclusive_not_better"
    HIGHER_PRICE = "higher_price"
    TIE_PRIORITY = "tie_priority"
    TIE_KIND = "tie_kind"
    TIE_DEPTH = "tie_depth"
    TIE_ORDER = "tie_order"
    TIE_ID = "tie_id"


class Applied(Struct, frozen=True, tag="applied", gc=False):
    """A rule that made a part of the price: it took `discount` off `remainder` (both in the working space)."""

    rule_id: UUID
    kind: Kind
    effect: Effect
    value: Decimal
    remainder: Decimal
    discount: Decimal


class Lost(Struct, frozen=True, tag="lost", gc=False):
    """A rule that matched and lost: to whom (a rule or a group; None when it was stopped or ignored) and why."""

    rule_id: UUID
    discount: Decimal
    reason: Loss
    to: UUID | None = None


class NotMatched(Struct, frozen=True, tag="not_matched", gc=False):
    """A rule that does not cover the line, and the first condition that failed."""

    rule_id: UUID
    condition: Mismatch


Verdict = Applied | Lost | NotMatched


class LimitKind(StrEnum):
    """Which limit held the price up."""

    FLOOR = "floor"  # minimal price of the product
    MARGIN = "margin"  # cost plus minimal margin
    TOTAL_PERCENT = "total_percent"  # largest total discount
