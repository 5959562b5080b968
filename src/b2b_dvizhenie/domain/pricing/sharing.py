"""How the groups and limits of a version make shares of rules, and one of several (see `shares`)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import product
from typing import TypeVar
from uuid import UUID

from b2b_dvizhenie.domain.pricing.books import walk
from b2b_dvizhenie.domain.pricing.groups import Group, Strategy
from b2b_dvizhenie.domain.pricing.rule_sets import SetLimits
from b2b_dvizhenie.domain.pricing.rules import Effect, Kind, Rule
from b2b_dvizhenie.domain.pricing.shares import Combining, Layer, Share, Shares, Steps, combined, half_unit

_ZERO = Decimal(0)
_ONE = Decimal(1)
_HUNDRED = Decimal(100)
MAX_APART = 300
"""So many articles with plain percents are looked up for being larger than others; more are searched as others are."""
MAX_LEVELS = 64
"""Where discounts add up, so many of their sums are told apart; more make one wide level."""
_ROUNDINGS = 2
"""Half minor units beside one for each discount: of the base amount and of the unit price."""

_LARGEST = frozenset({Strategy.MAX, Strategy.REFUSE, Strategy.BEST_PRICE})
_ADDING = frozenset({Strategy.SUM, Strategy.COMPOUND})
_ACCUMULATING = _ADDING | {Strategy.PRIORITY_STACK}

K = TypeVar("K")


class Sharing:
    """How the groups and the limits of a version make shares of rules, and one of several.

    Args:
        root: the tree of groups; which rules stand in it is of no concern.
        limits: of the version; those that depend on the product may hold any discount up.
    """

    def __init__(self, root: Group, limits: SetLimits) -> None:
        groups = tuple(walk(root))
        self._combining = _combining(groups)
        self._is_guarded = limits.floor_price_type_id is not None or limits.cost_price_type_id is not None
        self._accumulates = self._combining not in (Combining.LARGEST, Combining.ONE)
        cap = limits.max_total_percent
        caps = (
            [one.cap_percent / _HUNDRED for one in groups if one.cap_percent is not None] if self._accumulates else []
        )
        self._cap = _ONE if cap is None else cap / _HUNDRED
        if self._combining is Combining.SUM and root.cap_percent is not None:
            self._cap = min(self._cap, root.cap_percent / _HUNDRED)
        self._kept = min([self._cap, *caps])
        # One half unit for a limit; two where sums are compared, which may be alike though the discounts are not.
        compares = any(Strategy.BEST_PRICE in (one.strategy, one.inner) for one in groups)
        self._roundings = _ROUNDINGS + (self._is_guarded or cap is not None) + 2 * compares

    def layer(self, rules: Iterable[Rule], paths: Mapping[UUID, Iterable[UUID]]) -> Layer:
        """The shares of rules that are in force for the buyer.

        Args:
            rules: which.
            paths: of every section that is, or lies below, one that a rule names: the ids from the root down to it.
        """
        rules = tuple(rules)
        named: dict[UUID, list[Rule]] = defaultdict(list)
        articles: dict[str, list[Rule]] = defaultdict(list)
        brands: dict[UUID, list[Rule]] = defaultdict(list)
        for rule in rules:
            for article in rule.articles:
                articles[article].append(rule)
            if rule.category_id is not None:
                named[rule.category_id].append(rule)
            elif rule.brand_id is not None:
                brands[rule.brand_id].append(rule)
        sections: dict[UUID, list[Rule]] = defaultdict(list)
        pairs: dict[tuple[UUID, UUID], list[Rule]] = defaultdict(list)
        for section, path in paths.items():
            for rule in (rule for one in set(path) for rule in named.get(one, ())):
                if rule.brand_id is None:
                    sections[section].append(rule)
                else:
                    pairs[section, rule.brand_id].append(rule)
        wide = [rule for rule in rules if rule.kind is not Kind.ARTICLES]
        return Layer(
            self._steps(sections),
            self._steps(brands),
            self._steps(pairs),
            self._steps(articles),
            frozenset(map(self._part, wide)) if all(map(_is_percent, wide)) else None,
            sum(max(map(len, part.values()), default=0) for part in (sections, brands, pairs, articles)),
            self._alike(articles),
        )

    def together(self, layers: Iterable[Layer], currency: str) -> Shares:
        """Several layers as the shares of one buyer. Prices are rounded to the minor unit of the currency."""
        layers = tuple(layers)
        discounts = sum(one.most_at_once for one in layers) if self._accumulates else 1
        levels, apart = self._levels(layers)
        tolerance = half_unit(currency) * (discounts + self._roundings)
        return Shares(self._combining, layers, levels, apart, self._kept, self._cap, tolerance)

    def _levels(self, layers: tuple[Layer, ...]) -> tuple[tuple[Share, ...], frozenset[str]]:
        """The shares of goods, and the articles of goods that may have other ones."""
        percents = {_ZERO}
        for one in layers:
            if self._is_guarded or self._accumulates or one.percents is None:
                return self._sums(layers), frozenset[str]().union(*(each.articles for each in layers))
            percents |= one.percents
        # The discount is one rule's percent, or none, or as much of it as all discounts may come to.
        top = max(percents)
        apart = set[str]().union(*(one.alike.get(None, ()) for one in layers))
        listed = [(parts, articles) for one in layers for parts, articles in one.alike.items() if parts is not None]
        larger = set[str]().union(*(articles for parts, articles in listed if max(parts) > top))
        of_articles = percents.union(*(parts for parts, _ in listed))
        if len(larger) > MAX_APART:
            percents = of_articles
        else:
            apart |= larger
            percents = {part for part in of_articles if part <= top}
        return tuple(Share(one, one) for one in sorted(percents)), frozenset(apart)

    def _sums(self, layers: tuple[Layer, ...]) -> tuple[Share, ...]:
        """What comes of the shares of a section, a brand and both together, for whatever goods."""
        nothing = Share(_ZERO, _ZERO)
        levels, top = {nothing}, nothing
        for part in (part for one in layers for part in (one.sections, one.brands, one.pairs)):
            shares = {share for steps in part.values() for _, share in steps}
            if not shares:
                continue
            top = combined(self._combining, (top, Share(_ZERO, max(share.most for share in shares))))
            levels |= {combined(self._combining, both) for both in product(levels, shares)}
            if len(levels) > MAX_LEVELS:
                levels = set()
        held = {Share(min(one.least, self._kept), min(one.most, self._cap)) for one in levels}
        return tuple(held) or (Share(_ZERO, min(top.most, self._cap)),)

    def _alike(self, articles: Mapping[str, list[Rule]]) -> dict[frozenset[Decimal] | None, frozenset[str]]:
        found: dict[frozenset[Decimal] | None, set[str]] = defaultdict(set)
        for article, rules in articles.items():
            found[frozenset(map(self._part, rules)) if all(map(_is_percent, rules)) else None].add(article)
        return {parts: frozenset(alike) for parts, alike in found.items()}

    def _part(self, rule: Rule) -> Decimal:
        return min(rule.value / _HUNDRED, self._cap)

    def _share(self, rules: Iterable[Rule]) -> Share:
        """What these rules take off a good that all of them match."""
        # An amount or a fixed price takes anything, from nothing to all of a small base.
        anything = Share(_ZERO, self._cap)
        shares = (Share(self._part(one), self._part(one)) if _is_percent(one) else anything for one in rules)
        share = combined(self._combining, shares)
        return Share(_ZERO, share.most) if self._is_guarded else share

    def _steps(self, part: Mapping[K, list[Rule]]) -> dict[K, Steps]:
        found: dict[K, Steps] = {}
        for key, rules in part.items():
            beginnings = sorted({max(_ONE, rule.minimum) for rule in rules})
            found[key] = tuple(
                (first, self._share([rule for rule in rules if rule.minimum <= first])) for first in beginnings
            )
        return found


def _is_percent(rule: Rule) -> bool:
    return rule.effect is Effect.PERCENT


def _combining(groups: Iterable[Group]) -> Combining:
    strategies: set[Strategy] = set()
    for group in groups:
        if group.strategy is Strategy.EXCLUSIVE_IF_BETTER:
            strategies |= {Strategy.MAX, group.inner}
        elif group.strategy is Strategy.BY_KIND:
            strategies |= {Strategy.BY_KIND, group.inner}
        else:
            strategies.add(group.strategy)
    if strategies == {Strategy.SUM}:
        return Combining.SUM
    if strategies == {Strategy.COMPOUND}:
        return Combining.COMPOUND
    if strategies <= _LARGEST:
        return Combining.LARGEST
    if not strategies & _ACCUMULATING:
        return Combining.ONE
    return Combining.TOGETHER if strategies <= _LARGEST | _ADDING else Combining.AT_MOST
