"""What a rule book takes off a base price, by what its rules ask of goods: between which shares the discount must lie.

Own prices have no index. But a section, a brand, both together or an article decide which rules can match, so the own
price of a good lies between `base × (1 - most) - tolerance` and `base × (1 - least) + tolerance`, and where a discount
is one rule's percent it is one of few shares. That turns an interval of own prices into a few intervals of stored
ones, which do have an index. Shares may be loose and are never wrong; prices come from `quote_line` alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.domain.pricing.books import walk
from b2b_dvizhenie.domain.pricing.groups import Group, Strategy
from b2b_dvizhenie.domain.pricing.rule_sets import SetLimits
from b2b_dvizhenie.domain.pricing.rules import Effect, Kind, Rule
from b2b_dvizhenie.domain.shared.money import minor_digits

_ZERO = Decimal(0)
_ONE = Decimal(1)
_HUNDRED = Decimal(100)
MAX_APART = 300
"""So many articles with plain percents are looked up for being larger than others; more are searched as others are."""
_ROUNDINGS = 2
"""Half minor units beside one for each discount: of the base amount and of the unit price."""

_LARGEST = frozenset({Strategy.MAX, Strategy.REFUSE, Strategy.BEST_PRICE})
_ADDING = frozenset({Strategy.SUM, Strategy.COMPOUND})
_ACCUMULATING = _ADDING | {Strategy.PRIORITY_STACK}

K = TypeVar("K")
Span = tuple[Decimal, Decimal | None]
"""Amounts from the first to the second, both included; None is open."""


class Combining(StrEnum):
    """What becomes of the shares of the rules that match one good."""

    LARGEST = "largest"  # the largest is taken
    ONE = "one"  # one of them is taken, which one is the tree's to say
    TOGETHER = "together"  # at most their sum is taken, and not less than any of them
    AT_MOST = "at_most"  # at most their sum is taken


class Share(Struct, frozen=True, gc=False):
    """Between which parts of a base amount (0 to 1) the discount lies."""

    least: Decimal
    most: Decimal


Steps = tuple[tuple[Decimal, Share], ...]
"""From which quantity on which share holds, ascending, the first quantity being one or more."""


class Layer(Struct, frozen=True, eq=False, weakref=True):
    """The shares of some rules, by what goods have in common; `sections` are those goods lie in, not those rules name.

    `percents` are the percents of rules that name no articles, as shares; None: not all of them are percents. `top` is
    the most that these rules take off. `most_at_once` is how many rules can match one good.
    """

    sections: Mapping[UUID, Steps]
    brands: Mapping[UUID, Steps]
    pairs: Mapping[tuple[UUID, UUID], Steps]
    articles: Mapping[str, Steps]
    percents: frozenset[Decimal] | None
    top: Decimal
    most_at_once: int
    alike: Mapping[frozenset[Decimal] | None, frozenset[str]]
    """Articles by the percents that lists of them take off, as shares; under None those with anything else."""


class Shares(Struct, frozen=True):
    """What the rules of one buyer take off.

    What layers say of one good is combined as the shares within them are. `levels` are all the shares that goods can
    have, but for goods of the articles in `apart`: those may have any, and are to be looked up.
    """

    combining: Combining = Combining.LARGEST
    layers: tuple[Layer, ...] = ()
    levels: tuple[Share, ...] = (Share(_ZERO, _ZERO),)
    apart: frozenset[str] = frozenset()
    tolerance: Decimal = _ZERO

    def stored(self, share: Share, low: Decimal | None, high: Decimal | None) -> Span | None:
        """Stored prices that can become own prices from `low` to `high` with such a share; None: none can."""
        start, end = _ZERO, None  # type: Decimal, Decimal | None
        if low is not None and low > self.tolerance:
            if share.least == _ONE:
                return None
            start = (low - self.tolerance) / (_ONE - share.least)
        if high is not None and share.most < _ONE:
            end = (high + self.tolerance) / (_ONE - share.most)
        return start, end

    def spans(self, low: Decimal | None, high: Decimal | None) -> list[Span]:
        """The same for every level: disjoint, ascending."""
        found = [span for level in self.levels if (span := self.stored(level, low, high)) is not None]
        merged: list[Span] = []
        for start, end in sorted(found, key=lambda span: span[0]):
            if merged and (merged[-1][1] is None or start <= merged[-1][1]):
                before, until = merged.pop()
                merged.append((before, None if until is None or end is None else max(until, end)))
            else:
                merged.append((start, end))
        return merged


def no_shares(currency: str) -> Shares:
    """Nothing is taken off; prices are rounded all the same."""
    return Shares(tolerance=_half_unit(currency))


def _half_unit(currency: str) -> Decimal:
    return Decimal(5).scaleb(-minor_digits(currency) - 1)


class Sharing:
    """How the groups and the limits of a version make shares of rules, and one of several.

    Args:
        root: the tree of groups; which rules stand in it is of no concern.
        limits: of the version; those that depend on the product may hold any discount up.
    """

    def __init__(self, root: Group, limits: SetLimits) -> None:
        groups = tuple(walk(root))
        self._combining = _combining(groups)
        self._kept = min((one.cap_percent / _HUNDRED for one in groups if one.cap_percent is not None), default=_ONE)
        self._is_guarded = limits.floor_price_type_id is not None or limits.cost_price_type_id is not None
        cap = limits.max_total_percent
        self._cap = _ONE if cap is None else cap / _HUNDRED
        # One half unit for a limit; two where sums are compared, which may be alike though the discounts are not.
        compares = any(Strategy.BEST_PRICE in (one.strategy, one.inner) for one in groups)
        self._roundings = _ROUNDINGS + (self._is_guarded or cap is not None) + 2 * compares

    @property
    def _accumulates(self) -> bool:
        return self._combining in (Combining.TOGETHER, Combining.AT_MOST)

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
        tops = [max(map(self._most, part.values()), default=_ZERO) for part in (sections, brands, pairs)]
        return Layer(
            self._steps(sections),
            self._steps(brands),
            self._steps(pairs),
            self._steps(articles),
            frozenset(map(self._part, wide)) if all(map(_is_percent, wide)) else None,
            min(_ONE, sum(tops, _ZERO)) if self._accumulates else max(tops),
            sum(max(map(len, part.values()), default=0) for part in (sections, brands, pairs, articles)),
            self._alike(articles),
        )

    def together(self, layers: Iterable[Layer], currency: str) -> Shares:
        """Several layers as the shares of one buyer. Prices are rounded to the minor unit of the currency."""
        layers = tuple(layers)
        discounts = sum(one.most_at_once for one in layers) if self._accumulates else 1
        levels, apart = self._levels(layers)
        tolerance = _half_unit(currency) * (discounts + self._roundings)
        return Shares(self._combining, layers, levels, apart, tolerance)

    def _levels(self, layers: tuple[Layer, ...]) -> tuple[tuple[Share, ...], frozenset[str]]:
        """The shares of goods, and the articles of goods that may have other ones."""
        percents = {_ZERO}
        for one in layers:
            if self._is_guarded or self._accumulates or one.percents is None:
                tops = [each.top for each in layers]
                top = min(_ONE, sum(tops, _ZERO)) if self._accumulates else max(tops)
                return (Share(_ZERO, min(top, self._cap)),), frozenset[str]().union(*(each.articles for each in layers))
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

    def _alike(self, articles: Mapping[str, list[Rule]]) -> dict[frozenset[Decimal] | None, frozenset[str]]:
        found: dict[frozenset[Decimal] | None, set[str]] = defaultdict(set)
        for article, rules in articles.items():
            found[frozenset(map(self._part, rules)) if all(map(_is_percent, rules)) else None].add(article)
        return {parts: frozenset(alike) for parts, alike in found.items()}

    def _part(self, rule: Rule) -> Decimal:
        return min(rule.value / _HUNDRED, self._cap)

    def _most(self, rules: Iterable[Rule]) -> Decimal:
        parts = (self._part(rule) if _is_percent(rule) else self._cap for rule in rules)
        return min(_ONE, sum(parts, _ZERO)) if self._accumulates else max(parts)

    def _share(self, rules: Iterable[Rule]) -> Share:
        """What these rules take off a good that all of them match."""
        # An amount or a fixed price takes anything, from nothing to all of a small base.
        sure = [self._part(rule) if _is_percent(rule) else _ZERO for rule in rules]
        if self._is_guarded or self._combining is Combining.AT_MOST:
            least = _ZERO
        else:
            least = min(sure) if self._combining is Combining.ONE else min(max(sure), self._kept)
        return Share(least, self._most(rules))

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
    if strategies <= _LARGEST:
        return Combining.LARGEST
    if not strategies & _ACCUMULATING:
        return Combining.ONE
    return Combining.TOGETHER if strategies <= _LARGEST | _ADDING else Combining.AT_MOST
