"""Prices of many lines of one buyer, without explanations: what `quote_line` gives, several times as fast.

Whole catalogues, sheets and replays ask for the same rules a hundred thousand times. What does not depend on the line
(target, period, activity, currency) is decided once, rules are looked up by brand and by section, and where every group
picks the largest discount only the largest of each effect is kept. Any other tree is decided by the same `Evaluation`
as a single line. Equality with `quote_line` is a property (features.md §7.10 P11).
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.pricing.books import RuleBook, walk
from b2b_dvizhenie.domain.pricing.explanations import LimitKind
from b2b_dvizhenie.domain.pricing.groups import Strategy
from b2b_dvizhenie.domain.pricing.quotes import (
    NO_LIMITS,
    Discounts,
    LineInput,
    NoPrice,
    held,
    limit_of,
    stored_base,
    working_space,
)
from b2b_dvizhenie.domain.pricing.rules import Effect, Goods, Kind, Rule, Target
from b2b_dvizhenie.domain.pricing.strategies import Evaluation, Space, amount_of
from b2b_dvizhenie.domain.shared.ids import VariantId
from b2b_dvizhenie.domain.shared.money import RoundingPolicy, rounder

_ZERO = Decimal(0)
_HUNDRED = Decimal(100)
_EVERYBODY = Target()
_LARGEST = frozenset({Strategy.MAX, Strategy.REFUSE})

_Best = tuple[Decimal, Decimal, Decimal | None]
_NOTHING: _Best = (_ZERO, _ZERO, None)
_Steps = tuple[tuple[Decimal, _Best], ...]
"""From which quantity on (the largest first), and the largest percent, largest amount and lowest fixed price there."""


class BulkPrice(Struct, frozen=True, gc=False):
    """The numbers of a `LineQuote`: the same fields, without its explanation."""

    variant_id: VariantId
    quantity: Decimal
    unit_price: Decimal | None
    amount: Decimal | None
    base_unit_price: Decimal | None = None
    base_amount: Decimal | None = None
    reason: NoPrice | None = None
    limited_by: LimitKind | None = None


class CommonLookups:
    """What books for everybody came to: kept for pricers of many buyers at one moment."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], tuple[RuleBook, _Largest | None]] = {}

    def of(self, book: RuleBook, currency: str, now: datetime) -> "_Largest | None":
        """The lookup of a book without targets; None where a rule has one, for then it is not for everybody."""
        key = (id(book), currency)
        if key not in self._known:  # the book is kept beside its lookup, so that no other takes its id
            rules = book.rules
            is_common = all(rule.target == _EVERYBODY for rule in rules)
            holding = [rule for rule in rules if rule.is_in_force(currency, now)]
            self._known[key] = (book, _Largest(holding) if is_common else None)
        return self._known[key][1]


class BulkPricer:
    """Prices lines of one buyer at one moment. Keeps what it has looked up: make one per run, not per line.

    Args:
        terms: the agreement of the company that buys.
        discounts: the rule book, the buyer and the moment; None: no discounts.
        lookups: what pricers of several buyers at the same moment share.
    """

    def __init__(self, terms: Terms, discounts: Discounts | None = None, lookups: CommonLookups | None = None) -> None:
        self._terms = terms
        self._rounded = rounder(terms.currency)
        self._each = terms.rounding is RoundingPolicy.LINE_EACH_DISCOUNT
        self._lookup: _Largest | _Candidates | None = None
        if discounts is not None:
            only_largest = all(group.strategy in _LARGEST for group in walk(discounts.book.skeleton))
            found = _largest(discounts, terms.currency, lookups) if only_largest else None
            self._lookup = found or _Candidates(discounts, terms.currency)

    def price(self, line: LineInput) -> BulkPrice:
        """The price of a line; total, as `quote_line` is."""
        found = stored_base(self._terms, line)
        quantity = line.quantity
        if isinstance(found, NoPrice):
            return BulkPrice(line.variant_id, quantity, None, None, reason=found)
        if self._each:
            return self._rounded_each(line, found.amount)
        base, space = working_space(self._terms.rounding, found.amount, quantity, self._terms.currency)
        unit, amount = self._rounded(found.amount), space.line(base)
        discount = self._lookup.discount(line.goods, quantity, base, space) if self._lookup is not None else _ZERO
        if not discount:
            return BulkPrice(line.variant_id, quantity, unit, amount, unit, amount)
        left, limited_by = self._limited(line, space, base, base - discount)
        price = self._rounded(left / space.units)
        return BulkPrice(line.variant_id, quantity, price, space.line(left), unit, amount, None, limited_by)

    def _rounded_each(self, line: LineInput, price: Decimal) -> BulkPrice:
        """The default policy, where a line sum needs no rounding of its own."""
        rounded, quantity, lookup = self._rounded, line.quantity, self._lookup
        base, unit = rounded(price * quantity), rounded(price)
        if lookup is None:
            return BulkPrice(line.variant_id, quantity, unit, base, unit, base)
        if type(lookup) is _Largest:
            percent, amount, fixed = lookup.best(line.goods, quantity)
            discount = rounded(base * percent / _HUNDRED)
            if amount:
                discount = max(discount, rounded(min(amount * quantity, base)))
            if fixed is not None:
                discount = max(discount, rounded(max(_ZERO, base - fixed * quantity)))
        else:
            discount = lookup.discount(line.goods, quantity, base, Space(quantity, rounded, _as_is))
        if not discount:
            return BulkPrice(line.variant_id, quantity, unit, base, unit, base)
        left, limited_by = base - discount, None
        if line.limits is not NO_LIMITS:
            left, limited_by = self._limited(line, Space(quantity, rounded, _as_is), base, left)
        return BulkPrice(line.variant_id, quantity, rounded(left / quantity), left, unit, base, None, limited_by)

    def _limited(self, line: LineInput, space: Space, base: Decimal, left: Decimal) -> tuple[Decimal, LimitKind | None]:
        limit = limit_of(line.limits, space, base)
        if limit is None or left >= limit[0]:
            return left, None
        return held(base, left, limit[0]), limit[1]


def _as_is(amount: Decimal) -> Decimal:
    return amount


def _largest(discounts: Discounts, currency: str, lookups: CommonLookups | None) -> "_Largest":
    book = discounts.book
    common = None
    if lookups is not None and book.common is not None:
        common = lookups.of(book.common, currency, discounts.now)
    rules = book.rules if common is None else book.skeleton.all_rules()
    return _Largest(
        [one for one in rules if one.is_in_force(currency, discounts.now) and one.target.covers(discounts.buyer)],
        common,
    )


class _Candidates:
    """Any tree: rules that may match, by what they ask of the goods; their group decides."""

    def __init__(self, discounts: Discounts, currency: str) -> None:
        self._discounts = discounts
        self._currency = currency
        self._holding: dict[int, bool] = {}

    def discount(self, goods: Goods, quantity: Decimal, base: Decimal, space: Space) -> Decimal:
        """What the tree takes off."""
        discounts, holding = self._discounts, self._holding
        matching: dict[int, list[Rule]] = defaultdict(list)
        for rule, group in discounts.book.placed(goods):
            key = rule.rule_id.int
            if key not in holding:
                holds = rule.is_in_force(self._currency, discounts.now)
                holding[key] = holds and rule.target.covers(discounts.buyer)
            if holding[key] and quantity >= rule.minimum:
                matching[group].append(rule)
        root = discounts.book.skeleton
        return Evaluation(goods, space, matching).group(root, base).discount if matching else _ZERO


class _Largest:
    """Trees where every group picks the largest discount: of each effect only the best rule can win."""

    def __init__(self, rules: Iterable[Rule], common: "_Largest | None" = None) -> None:
        self._common = common
        by_article: dict[str, list[Rule]] = defaultdict(list)
        by_brand: dict[int, list[Rule]] = defaultdict(list)
        self._sections: dict[int, list[Rule]] = defaultdict(list)
        self._pairs: dict[int, list[tuple[int, Rule]]] = defaultdict(list)
        for rule in rules:
            if rule.kind is Kind.ARTICLES:
                for article in rule.articles:
                    by_article[article].append(rule)
            elif rule.category_id is not None and rule.brand_id is not None:
                self._pairs[rule.category_id.int].append((rule.brand_id.int, rule))
            elif rule.category_id is not None:
                self._sections[rule.category_id.int].append(rule)
            elif rule.brand_id is not None:
                by_brand[rule.brand_id.int].append(rule)
        self._articles = {key: _steps(found) for key, found in by_article.items()}
        self._brands = {key: _steps(found) for key, found in by_brand.items()}
        self._paths: dict[UUID | None, tuple[tuple[UUID, ...], _Steps, dict[int, _Steps]]] = {}

    def _path(self, path: tuple[UUID, ...]) -> tuple[tuple[UUID, ...], _Steps, dict[int, _Steps]]:
        """What sections on the way to the goods give, alone and together with a brand."""
        pairs: dict[int, list[Rule]] = defaultdict(list)
        for section in set(path):
            for brand, rule in self._pairs.get(section.int, ()):
                pairs[brand].append(rule)
        own = [rule for section in set(path) for rule in self._sections.get(section.int, ())]
        known = (path, _steps(own), {brand: _steps(found) for brand, found in pairs.items()})
        self._paths[path[-1] if path else None] = known
        return known

    def best(self, goods: Goods, quantity: Decimal) -> _Best:
        """The largest percent and amount and the lowest fixed price of all rules that match."""
        path = goods.path
        known = self._paths.get(path[-1] if path else None)
        if known is None or known[0] != path:
            known = self._path(path)
        percent, amount, fixed = _NOTHING if self._common is None else self._common.best(goods, quantity)
        found = [known[1]] if known[1] else []
        if (brand_id := goods.brand_id) is not None:
            brand = brand_id.int
            if (steps := self._brands.get(brand)) is not None:
                found.append(steps)
            if (steps := known[2].get(brand)) is not None:
                found.append(steps)
        if (steps := self._articles.get(goods.article.strip())) is not None:
            found.append(steps)
        for steps in found:
            for minimum, best in steps:
                if quantity >= minimum:
                    percent = max(percent, best[0])
                    amount = max(amount, best[1])
                    if best[2] is not None:
                        fixed = best[2] if fixed is None else min(fixed, best[2])
                    break
        return percent, amount, fixed

    def discount(self, goods: Goods, quantity: Decimal, base: Decimal, space: Space) -> Decimal:
        """What the tree takes off."""
        percent, amount, fixed = self.best(goods, quantity)
        taken = amount_of(Effect.PERCENT, percent, base, space)
        if amount:
            taken = max(taken, amount_of(Effect.AMOUNT, amount, base, space))
        return taken if fixed is None else max(taken, amount_of(Effect.FIXED_PRICE, fixed, base, space))


def _steps(rules: Iterable[Rule]) -> _Steps:
    """The best of each effect from each quantity on, the largest quantity first."""
    percent, amount, fixed = _ZERO, _ZERO, None  # type: Decimal, Decimal, Decimal | None
    steps: dict[Decimal, _Best] = {}
    for rule in sorted(rules, key=lambda one: one.minimum):
        if rule.effect is Effect.PERCENT:
            percent = max(percent, rule.value)
        elif rule.effect is Effect.AMOUNT:
            amount = max(amount, rule.value)
        else:
            fixed = rule.value if fixed is None else min(fixed, rule.value)
        steps[rule.minimum] = (percent, amount, fixed)
    return tuple(reversed(steps.items()))
