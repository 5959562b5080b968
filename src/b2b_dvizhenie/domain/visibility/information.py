"""Groups of information that an access level opens, and the one decision about what is open to whom.

Every reader asks `Actor.opens(Information.X)`; nobody compares numbers of levels (LVL-6, LVL-7).
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from enum import StrEnum


class Information(StrEnum):
    """Everything that can be open to one buyer of a company and closed to another (LVL-3, LVL-6, A14)."""

    INDIVIDUAL_PRICES = "individual_prices"  # the price type of the company's own agreement
    DISCOUNTS = "discounts"  # discount rules: that they apply, which they are
    CREDIT_LIMIT = "credit_limit"
    DEBT = "debt"  # receivables, overdue ones, days overdue
    PAYMENT_SCHEDULE = "payment_schedule"
    BONUSES = "bonuses"
    DOCUMENTS = "documents"
    STOCK_DETAIL = "stock_detail"  # quantities and warehouses; without it only: none, few, enough
    ORDER_SUMS = "order_sums"  # sums in orders that colleagues placed


class HiddenPrices(StrEnum):
    """At what price somebody orders who may not see the prices of the agreement (features.md A4)."""

    DEFAULT_PRICE_TYPE = "default_price_type"  # sees and pays the default price type
    CONCEAL = "conceal"  # sees no price at all and orders at the prices of the agreement, knowing that he does


Opened = frozenset[Information]
EVERYTHING: Opened = frozenset(Information)
NOTHING: Opened = frozenset()
PRICE_GROUPS: Opened = frozenset({Information.INDIVIDUAL_PRICES, Information.DISCOUNTS})
"""What prices are made of, so what must be open to somebody who sees sums made of them."""


def known_information(names: Iterable[str]) -> Opened:
    """The groups of these names; one that this version does not know opens nothing and locks nobody out."""
    known = Information._value2member_map_
    return frozenset(Information(name) for name in names if name in known)


def opened_to_buyer(level: AbstractSet[Information] | None, closed: AbstractSet[Information] = NOTHING) -> Opened:
    """What is open to a buyer.

    Args:
        level: what his access level in the company opens; None where there is no such level, which opens nothing.
        closed: what segments close to his whole company; it wins, since a level says who inside the company sees
            what the company is shown.
    """
    return frozenset((level or NOTHING) - closed)


def priced_by(opened: Opened, policy: HiddenPrices) -> Opened:
    """Of what the prices are made that somebody orders at.

    Discounts are taken off the prices of the agreement: whoever may not see those has the default price as it stands.
    Concealed prices are those of the agreement, whatever is open: sums made of them are for those who may see all.
    """
    if Information.INDIVIDUAL_PRICES in opened:
        return opened & PRICE_GROUPS
    return PRICE_GROUPS if policy is HiddenPrices.CONCEAL else NOTHING


def sums_are_open(opened: Opened, made_of: AbstractSet[Information], *, is_own: bool) -> bool:
    """Whether somebody may see the sums of an order of his company (LVL-3, LVL-5).

    Args:
        opened: what is open to him.
        made_of: what the order's prices were made of, by `priced_by` of its author.
        is_own: he placed the order himself; sums of others are a group of their own.
    """
    return made_of <= opened and (is_own or Information.ORDER_SUMS in opened)
