"""A published rule set, indexed: which rules can match a product at all is found without looking at the others."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.domain.pricing.groups import Group, Strategy
from b2b_dvizhenie.domain.pricing.rules import Goods, Kind, Rule

Placed = tuple[Rule, int]
"""A rule, and the number of the id of its group: a UUID hashes in Python, and a cart asks ten thousand times."""


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

    Args:
        root: the tree of groups; with `common`, the rules in it are those that book does not hold.
        common: a book over the same groups whose rules hold as well: one for everybody, shared by every buyer's own.
    """

    def __init__(self, root: Group, common: "RuleBook | None" = None) -> None:
        self._own = root
        self._common = common
        # Keyed by the numbers of ids, as `Placed`.
        self._group_of: dict[int, UUID] = {}
        self._articles: dict[str, list[Placed]] = defaultdict(list)
        self._brands: dict[int, list[Placed]] = defaultdict(list)
        self._pairs: dict[tuple[int, int], list[Placed]] = defaultdict(list)
        self._categories: dict[int, list[Placed]] = defaultdict(list)
        for group in walk(root):
            for rule in group.rules:
                self._group_of[rule.rule_id.int] = group.group_id
                self._index(rule, group.group_id.int)

    @cached_property
    def root(self) -> Group:
        """The tree with every rule of the book."""
        return self._own if self._common is None else _merged(self._own, self._common.root)

    @property
    def skeleton(self) -> Group:
        """The tree of groups; which of the rules are in it is not said."""
        return self._own

    @property
    def common(self) -> "RuleBook | None":
        """The book whose rules hold as well."""
        return self._common

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule of the book."""
        return self.root.all_rules()

    @cached_property
    def sections(self) -> frozenset[UUID]:
        """Every section that a rule of the book names."""
        own = (rule.category_id for rule in self._own.all_rules())
        named = frozenset(one for one in own if one is not None)
        return named if self._common is None else named | self._common.sections

    def every_placed(self) -> "list[Placed]":
        """Every rule of the book, each with the group it stands in."""
        return [(rule, group.group_id.int) for group in walk(self.root) for rule in group.rules]

    def group_of(self, rule_id: UUID) -> UUID:
        """The group that holds the rule; KeyError for a rule of another book."""
        found = self._group_of.get(rule_id.int)
        if found is None and self._common is not None:
            return self._common.group_of(rule_id)
        if found is None:
            raise KeyError(rule_id)
        return found

    def _index(self, rule: Rule, group: int) -> None:
        placed = rule, group
        if rule.kind is Kind.ARTICLES:
            for article in rule.articles:
                self._articles[article].append(placed)
        elif rule.category_id is not None and rule.brand_id is not None:
            self._pairs[rule.category_id.int, rule.brand_id.int].append(placed)
        elif rule.category_id is not None:
            self._categories[rule.category_id.int].append(placed)
        elif rule.brand_id is not None:
            self._brands[rule.brand_id.int].append(placed)

    def covering(self, goods: Goods) -> list[Rule]:
        """Rules whose goods condition holds for the product; every other rule cannot match."""
        return [rule for rule, _ in self.placed(goods)]

    def placed(self, goods: Goods) -> "list[Placed]":
        """The same rules, each with the group it stands in."""
        brand = None if goods.brand_id is None else goods.brand_id.int
        found: list[Placed] = []
        # A path that names a section twice must not make its rules match twice.
        self._collect(found, goods.article.strip(), brand, dict.fromkeys(section.int for section in goods.path))
        return found

    def _collect(self, found: "list[Placed]", article: str, brand: int | None, sections: Iterable[int]) -> None:
        found += self._articles.get(article, ())
        if brand is not None:
            found += self._brands.get(brand, ())
        for section in sections:
            found += self._categories.get(section, ())
            if brand is not None:
                found += self._pairs.get((section, brand), ())
        if self._common is not None:
            self._common._collect(found, article, brand, sections)  # noqa: SLF001 - another of its own kind


def _merged(left: Group, right: Group) -> Group:
    groups = tuple(_merged(one, other) for one, other in zip(left.groups, right.groups, strict=True))
    return replace(left, rules=(*left.rules, *right.rules), groups=groups)


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
    refusing = [group for group in walk(root) if group.strategy is Strategy.REFUSE]
    found: dict[tuple[UUID, UUID], AmbiguousRules] = {}
    for group in refusing:
        book = RuleBook(group)
        for one in goods:
            ids = sorted({rule.rule_id for rule in book.covering(one)})
            for first, second in pairwise(ids):
                found.setdefault((first, second), AmbiguousRules(group.group_id, first, second, one))
    return list(found.values())


def walk(group: Group) -> Iterable[Group]:
    """The group and everything below it."""
    yield group
    for child in group.groups:
        yield from walk(child)
