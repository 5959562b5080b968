"""A whole rule set, taken apart by whom its rules are for: a book for any buyer without reading anything again."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.pricing.books import Placed, RuleBook, walk
from b2b_dvizhenie.domain.pricing.bulk import BulkPricer, CommonLookups
from b2b_dvizhenie.domain.pricing.groups import Group
from b2b_dvizhenie.domain.pricing.quotes import Discounts
from b2b_dvizhenie.domain.pricing.rules import Buyer, Rule, Target

_EVERYBODY = Target()


class Shelf:
    """Books and pricers of every buyer under one rule set at one moment.

    Args:
        root: the tree with every rule, whomever it is for.
        now: the moment that prices are for.
    """

    def __init__(self, root: Group, now: datetime) -> None:
        self._now = now
        self._lookups = CommonLookups()
        everyone: list[Placed] = []
        self._own: dict[UUID, list[Placed]] = defaultdict(list)
        for group in walk(root):
            for rule in group.rules:
                placed = (rule, group.group_id.int)
                if rule.target == _EVERYBODY:
                    everyone.append(placed)
                for one in rule.target.companies | rule.target.agreements | rule.target.segments:
                    self._own[one].append(placed)
        self._skeleton = root
        self._common = RuleBook(_with(root, everyone))

    def book(self, buyer: Buyer) -> RuleBook:
        """The rules that can be for the buyer."""
        named = [buyer.company_id, *([buyer.agreement_id] if buyer.agreement_id else []), *buyer.segments]
        found = {rule.rule_id: (rule, group) for one in named for rule, group in self._own.get(one, ())}
        return RuleBook(_with(self._skeleton, found.values()), self._common)

    def pricer(self, terms: Terms, buyer: Buyer) -> BulkPricer:
        """Prices lines of the buyer under these terms."""
        return BulkPricer(terms, Discounts(self.book(buyer), buyer, self._now), self._lookups)


def _with(root: Group, placed: Iterable[Placed]) -> Group:
    """The same groups with these rules only."""
    rules: dict[int, list[Rule]] = defaultdict(list)
    for rule, group in placed:
        rules[group].append(rule)

    def grown(group: Group) -> Group:
        below = tuple(grown(child) for child in group.groups)
        return replace(group, rules=tuple(rules.get(group.group_id.int, ())), groups=below)

    return grown(root)
