"""A published rule set, indexed: which rules can match a product at all is found without looking at the others."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.domain.pricing.groups import Group, Strategy
from b2b_dvizhenie.domain.pricing.rules import Goods, Kind, Rule


class Limits(Struct, frozen=True, gc=False):
    """What a discount may not go below. Money per base unit, percents 0 to 100; None means no such limit.

    Limits act only where there is a discount: a floor above the base blocks the discount and never raises the price.
    """

    floor: Decimal | None = None
    cost: Decimal | None = None
    minimal_margin: Decimal | None = None
    max_total_percent: Decimal | None = None


class RuleBook:
    """The rules of a tree, indexed by what they ask of the goods.

    A book is immutable and shared by every line and request that is priced by the same rule set.
    """

    def __init__(self, root: Group) -> None:
        self.root = root
        self.rules = root.all_rules()
        self._articles: dict[str, list[Rule]] = defaultdict(list)
        self._brands: dict[UUID, list[Rule]] = defaultdict(list)
        self._pairs: dict[tuple[UUID, UUID], list[Rule]] = defaultdict(list)
        self._categories: dict[UUID, list[Rule]] = defaultdict(list)
        for rule in self.rules:
            self._index(rule)

    def _index(self, rule: Rule) -> None:
        if rule.kind is Kind.ARTICLES:
            for article in rule.articles:
                self._articles[article].append(rule)
        elif rule.kind is Kind.BRAND and rule.brand_id:
            self._brands[rule.brand_id].append(rule)
        elif rule.kind is Kind.CATEGORY and rule.category_id:
            self._categories[rule.category_id].append(rule)
        elif rule.category_id and rule.brand_id:
            self._pairs[rule.category_id, rule.brand_id].append(rule)

    def covering(self, goods: Goods) -> list[Rule]:
        """Rules whose goods condition holds for the product; every other rule cannot match."""
        found = list(self._articles.get(goods.article.strip(), ()))
        if goods.brand_id is not None:
            found += self._brands.get(goods.brand_id, ())
        for section in goods.path:
            found += self._categories.get(section, ())
            if goods.brand_id is not None:
                found += self._pairs.get((section, goods.brand_id), ())
        return found


class AmbiguousRules(Struct, frozen=True):
    """Two rules of a REFUSE group that can match one product: the rule set cannot be published."""

    group_id: UUID
    first: UUID
    second: UUID
    witness: Goods


def ambiguities(root: Group, goods: Iterable[Goods]) -> list[AmbiguousRules]:
    """What a REFUSE group of the tree leaves undecided, one witness per pair of rules.

    Args:
        root: the tree to be published.
        goods: the assortment to look for witnesses in.
    """
    refusing = [group for group in _walk(root) if group.strategy is Strategy.REFUSE]
    found: dict[tuple[UUID, UUID], AmbiguousRules] = {}
    for group in refusing:
        book = RuleBook(group)
        for one in goods:
            ids = sorted({rule.rule_id for rule in book.covering(one)})
            for first, second in pairwise(ids):
                found.setdefault((first, second), AmbiguousRules(group.group_id, first, second, one))
    return list(found.values())


def _walk(group: Group) -> Iterable[Group]:
    yield group
    for child in group.groups:
        yield from _walk(child)
