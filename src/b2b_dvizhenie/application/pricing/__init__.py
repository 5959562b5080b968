"""Prices for a company: one port, one price function, whoever asks. And the rule sets its discounts come from."""

from b2b_dvizhenie.application.pricing.drafts import (
    ApplyPreset,
    DropGroup,
    DropRules,
    Preset,
    PutGroup,
    PutRule,
    RuleSetContent,
    ShowRule,
    ShowRuleSet,
)
from b2b_dvizhenie.application.pricing.items import ItemRequest, PriceAnswer, PriceItems
from b2b_dvizhenie.application.pricing.ports import PriceSource
from b2b_dvizhenie.application.pricing.rule_set_ports import (
    Activation,
    RulePage,
    RuleQuery,
    RuleSetHead,
    RuleSetLine,
    RuleSetPage,
    RuleSets,
    RuleSetTransaction,
    RuleSetWork,
    Unknown,
)
from b2b_dvizhenie.application.pricing.rule_sets import (
    CancelStart,
    ChangeRuleSet,
    CreateDraft,
    DiscardDraft,
    ListRuleSets,
    PublishRuleSet,
    RollBack,
)
from b2b_dvizhenie.application.pricing.use_cases import LineRequest, PriceLines

__all__ = [
    "Activation",
    "ApplyPreset",
    "CancelStart",
    "ChangeRuleSet",
    "CreateDraft",
    "DiscardDraft",
    "DropGroup",
    "DropRules",
    "ItemRequest",
    "LineRequest",
    "ListRuleSets",
    "Preset",
    "PriceAnswer",
    "PriceItems",
    "PriceLines",
    "PriceSource",
    "PublishRuleSet",
    "PutGroup",
    "PutRule",
    "RollBack",
    "RulePage",
    "RuleQuery",
    "RuleSetContent",
    "RuleSetHead",
    "RuleSetLine",
    "RuleSetPage",
    "RuleSetTransaction",
    "RuleSetWork",
    "RuleSets",
    "ShowRule",
    "ShowRuleSet",
    "Unknown",
]
