"""The one price function and what it explains. Catalogue, card, cart, order, API and feeds all call `quote`."""

from b2b_dvizhenie.domain.pricing.books import AmbiguousRules, Limits, RuleBook, ambiguities
from b2b_dvizhenie.domain.pricing.bounds import NOTHING_OFF, Bound, bound_of
from b2b_dvizhenie.domain.pricing.explanations import Applied, LimitKind, Loss, Lost, NotMatched, Verdict
from b2b_dvizhenie.domain.pricing.groups import Group, Strategy
from b2b_dvizhenie.domain.pricing.quotes import (
    BaseSource,
    Discounts,
    LineInput,
    LineQuote,
    NoPrice,
    PricePoint,
    Quote,
    quote,
    quote_line,
)
from b2b_dvizhenie.domain.pricing.rules import Buyer, Effect, Goods, Kind, Mismatch, Rule, Target

__all__ = [
    "NOTHING_OFF",
    "AmbiguousRules",
    "Applied",
    "BaseSource",
    "Bound",
    "Buyer",
    "Discounts",
    "Effect",
    "Goods",
    "Group",
    "Kind",
    "LimitKind",
    "Limits",
    "LineInput",
    "LineQuote",
    "Loss",
    "Lost",
    "Mismatch",
    "NoPrice",
    "NotMatched",
    "PricePoint",
    "Quote",
    "Rule",
    "RuleBook",
    "Strategy",
    "Target",
    "Verdict",
    "ambiguities",
    "bound_of",
    "quote",
    "quote_line",
]
