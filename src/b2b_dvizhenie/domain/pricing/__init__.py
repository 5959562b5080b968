"""The one price function and what it explains. Catalogue, card, cart, order, API and feeds all call `quote`."""

from b2b_dvizhenie.domain.pricing.books import AmbiguousRules, Limits, RuleBook, ambiguities
from b2b_dvizhenie.domain.pricing.bounds import NOTHING_OFF, Bound, bound_of
from b2b_dvizhenie.domain.pricing.bulk import BulkPrice, BulkPricer, CommonLookups
from b2b_dvizhenie.domain.pricing.explanations import Applied, LimitKind, Loss, Lost, NotMatched, Verdict
from b2b_dvizhenie.domain.pricing.groups import Group, Strategy
from b2b_dvizhenie.domain.pricing.linting import BLOCKING, Fault, Finding, Linter, Witness
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
from b2b_dvizhenie.domain.pricing.replaying import Explanation, NotReplayable, explanation_of, replay
from b2b_dvizhenie.domain.pricing.rule_checks import RuleInput, rule_of
from b2b_dvizhenie.domain.pricing.rule_sets import (
    MAX_TITLE,
    GroupNode,
    GroupTreeInvalid,
    LimitInvalid,
    NotADraft,
    PlacedRule,
    SetLimits,
    SetState,
    limits_of,
    tree,
)
from b2b_dvizhenie.domain.pricing.rules import Buyer, Effect, Goods, Kind, Mismatch, Rule, Target
from b2b_dvizhenie.domain.pricing.shelves import Shelf
from b2b_dvizhenie.domain.pricing.timeline import Insertion, Period, StartPassed, StartTaken, insertion
from b2b_dvizhenie.domain.pricing.what_if import CurrencyReport, Delta, Part, Side, Tally

__all__ = [
    "BLOCKING",
    "MAX_TITLE",
    "NOTHING_OFF",
    "AmbiguousRules",
    "Applied",
    "BaseSource",
    "Bound",
    "BulkPrice",
    "BulkPricer",
    "Buyer",
    "CommonLookups",
    "CurrencyReport",
    "Delta",
    "Discounts",
    "Effect",
    "Explanation",
    "Fault",
    "Finding",
    "Goods",
    "Group",
    "GroupNode",
    "GroupTreeInvalid",
    "Insertion",
    "Kind",
    "LimitInvalid",
    "LimitKind",
    "Limits",
    "LineInput",
    "LineQuote",
    "Linter",
    "Loss",
    "Lost",
    "Mismatch",
    "NoPrice",
    "NotADraft",
    "NotMatched",
    "NotReplayable",
    "Part",
    "Period",
    "PlacedRule",
    "PricePoint",
    "Quote",
    "Rule",
    "RuleBook",
    "RuleInput",
    "SetLimits",
    "SetState",
    "Shelf",
    "Side",
    "StartPassed",
    "StartTaken",
    "Strategy",
    "Tally",
    "Target",
    "Verdict",
    "Witness",
    "ambiguities",
    "bound_of",
    "explanation_of",
    "insertion",
    "limits_of",
    "quote",
    "quote_line",
    "replay",
    "rule_of",
    "tree",
]
