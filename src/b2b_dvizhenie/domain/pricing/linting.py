"""Checking a rule set before it is published: every finding comes with goods, a buyer and a quantity that show it.

Findings are sound, not complete: what is found is so for its witness; what is not found was not shown by any witness.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.pricing.books import RuleBook, walk
from b2b_dvizhenie.domain.pricing.explanations import Applied, Loss, Lost
from b2b_dvizhenie.domain.pricing.groups import Group, Strategy
from b2b_dvizhenie.domain.pricing.quotes import Discounts, LineInput, LineQuote, PricePoint, quote_line
from b2b_dvizhenie.domain.pricing.rule_sets import SetLimits, limits_of
from b2b_dvizhenie.domain.pricing.rules import Buyer, Effect, Goods, Rule, Target
from b2b_dvizhenie.domain.shared.ids import VariantId

_ONE = Decimal(1)
_EVERYBODY = Target()


class Fault(StrEnum):
    """What may be wrong with a rule."""

    AMBIGUOUS = "ambiguous"  # two members of a group that demands a decision match one line: cannot be published
    COVERS_NOTHING = "covers_nothing"  # no goods there are
    FOR_NOBODY = "for_nobody"  # no active company is meant
    UNREACHABLE = "unreachable"  # another rule of the group always goes before
    TIE_BY_ID = "tie_by_id"  # two rules are equal in everything but age
    BELOW_LIMIT = "below_limit"  # a limit holds the price up: the rule gives less than it says
    OVERLAP = "overlap"  # two periods of one discount overlap
    QUANTITY_CLIFF = "quantity_cliff"  # buying more costs less in all


BLOCKING = frozenset({Fault.AMBIGUOUS})


class Witness(Struct, frozen=True):
    """Goods and a buyer that a rule covers; prices of all types that may be asked for."""

    variant_id: VariantId
    article: str
    name: str
    goods: Goods
    prices: tuple[PricePoint, ...]
    company: str
    terms: Terms
    buyer: Buyer


class Finding(Struct, frozen=True, kw_only=True):
    """A fault of a rule and where it shows; `other` is the rule it meets."""

    fault: Fault
    rule_id: UUID
    other: UUID | None = None
    company: str = ""
    article: str = ""
    quantity: Decimal | None = None
    amount: Decimal | None = None
    less: Decimal | None = None
    """Of a cliff: `amount` is what `quantity` units cost, `less` what one unit fewer would."""
    currency: str = "RUB"


def _covers(wide: Rule, narrow: Rule, goods: Goods) -> bool:
    """Whether everything that matches `narrow` matches `wide`, as far as the rules themselves tell.

    Both match these goods: so they name one brand, or none, and sections on one way.
    """
    return (
        wide.kind is narrow.kind
        and wide.currency == narrow.currency
        and wide.depth(goods) <= narrow.depth(goods)
        and narrow.articles <= wide.articles
        and wide.target in (_EVERYBODY, narrow.target)
        and wide.minimum <= narrow.minimum
        and (wide.starts_at is None or (narrow.starts_at is not None and wide.starts_at <= narrow.starts_at))
        and (wide.ends_at is None or (narrow.ends_at is not None and narrow.ends_at <= wide.ends_at))
    )


def _always_before(strategy: Strategy, first: Rule, other: Rule) -> bool:
    """Whether `first` is chosen whenever both match, for every line."""
    percents = first.effect is Effect.PERCENT and other.effect is Effect.PERCENT
    match strategy:
        case Strategy.MAX | Strategy.BEST_PRICE:
            return percents and first.value > other.value
        case Strategy.DISPLACE:
            return first.order < other.order
        case Strategy.PRIORITY_MAX:
            return first.priority > other.priority
        case _:
            return False


class _Books:
    """The rules of a set cut to one buyer: those for everybody once, his own beside them."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self._own: dict[UUID, list[Rule]] = defaultdict(list)
        everyone = []
        for rule in book.rules:
            target = rule.target
            named = (*target.companies, *target.agreements, *target.segments)
            for one in named:
                self._own[one].append(rule)
            if not named:
                everyone.append(rule)
        self._common = RuleBook(self._tree(everyone))
        self._made: dict[Buyer, RuleBook] = {}

    def _tree(self, rules: Iterable[Rule]) -> Group:
        members: dict[UUID, list[Rule]] = defaultdict(list)
        for rule in rules:
            members[self._book.group_of(rule.rule_id)].append(rule)

        def grown(group: Group) -> Group:
            return replace(group, rules=tuple(members.get(group.group_id, ())), groups=tuple(map(grown, group.groups)))

        return grown(self._book.root)

    def of(self, buyer: Buyer) -> RuleBook:
        """Rules that can be for the buyer."""
        if buyer not in self._made:
            named = (buyer.company_id, buyer.agreement_id, *sorted(buyer.segments))
            own = {rule.rule_id: rule for one in named if one is not None for rule in self._own.get(one, ())}
            self._made[buyer] = RuleBook(self._tree(own.values()), self._common) if own else self._common
        return self._made[buyer]


class Linter:
    """Checks one rule set."""

    def __init__(self, root: Group, limits: SetLimits, witnesses: Mapping[UUID, Witness], discounts: Discounts) -> None:
        self._groups = {group.group_id: group for group in walk(root)}
        self._limits = limits
        self._witnesses = witnesses
        self._discounts = discounts
        self._books = _Books(discounts.book)
        self._quotes: dict[object, LineQuote] = {}
        self._matches: dict[object, Mapping[UUID, list[Rule]]] = {}
        self._told: set[tuple[Fault, frozenset[UUID]]] = set()

    def __call__(self) -> Iterator[Finding]:
        """Findings in the order of the rules; each pair of rules is told once."""
        book = self._discounts.book
        yield from self._once(self._overlaps(book.rules))
        for rule in book.rules:
            if rule.is_active:
                yield from self._once(self._of(rule))

    def _once(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        for one in findings:
            key = (one.fault, frozenset({one.rule_id, one.other or one.rule_id}))
            if key not in self._told:
                self._told.add(key)
                yield one

    def _of(self, rule: Rule) -> Iterator[Finding]:
        witness = self._witnesses.get(rule.rule_id)
        if witness is None:
            return
        quantity = max(rule.minimum, _ONE)
        group = self._groups[self._discounts.book.group_of(rule.rule_id)]
        matching = self._matching(witness, quantity).get(group.group_id, ())
        if group.strategy is Strategy.REFUSE and rule in matching:
            yield from self._ambiguous(rule, witness, quantity, matching)
        yield from self._unreachable(rule, group.strategy, witness, quantity, matching)
        quoted = self._quote(witness, quantity)
        yield from self._ties(rule, quoted, witness, quantity)
        if quoted.limited_by is not None and any(
            isinstance(one, Applied) and one.rule_id == rule.rule_id for one in quoted.verdicts
        ):
            yield self._finding(Fault.BELOW_LIMIT, rule, witness, quantity, amount=quoted.amount)
        if rule.minimum > _ONE:
            yield from self._cliff(rule, quoted, witness, quantity)

    def _finding(
        self, fault: Fault, rule: Rule, witness: Witness, quantity: Decimal, other: UUID | None = None, **more: object
    ) -> Finding:
        return Finding(
            fault=fault,
            rule_id=rule.rule_id,
            other=other,
            company=witness.company,
            article=witness.article,
            quantity=quantity,
            currency=witness.terms.currency,
            **more,  # type: ignore[arg-type]
        )

    def _at(self, witness: Witness) -> Discounts:
        return Discounts(self._books.of(witness.buyer), witness.buyer, self._discounts.now)

    def _quote(self, witness: Witness, quantity: Decimal) -> LineQuote:
        key = (witness.buyer, witness.variant_id, quantity)
        if key not in self._quotes:
            limits = limits_of(self._limits, witness.prices, quantity, witness.terms.currency)
            line = LineInput(witness.variant_id, quantity, witness.prices, witness.goods, limits)
            self._quotes[key] = quote_line(witness.terms, line, self._at(witness))
        return self._quotes[key]

    def _matching(self, witness: Witness, quantity: Decimal) -> Mapping[UUID, list[Rule]]:
        """Rules that match the line, by their group."""
        key = (witness.buyer, witness.variant_id, quantity)
        if key not in self._matches:
            now, currency, book = self._discounts.now, witness.terms.currency, self._books.of(witness.buyer)
            found: dict[UUID, list[Rule]] = defaultdict(list)
            for one in book.covering(witness.goods):
                if one.mismatch(witness.buyer, witness.goods, quantity, currency, now) is None:
                    found[book.group_of(one.rule_id)].append(one)
            self._matches[key] = found
        return self._matches[key]

    def _ambiguous(
        self, rule: Rule, witness: Witness, quantity: Decimal, matching: Sequence[Rule]
    ) -> Iterator[Finding]:
        for other in matching:
            if other.rule_id != rule.rule_id:
                yield self._finding(Fault.AMBIGUOUS, rule, witness, quantity, other.rule_id)

    def _unreachable(
        self, rule: Rule, strategy: Strategy, witness: Witness, quantity: Decimal, matching: Sequence[Rule]
    ) -> Iterator[Finding]:
        for other in matching:
            if _always_before(strategy, other, rule) and _covers(other, rule, witness.goods):
                yield self._finding(Fault.UNREACHABLE, rule, witness, quantity, other.rule_id)
                return

    def _ties(self, rule: Rule, quoted: LineQuote, witness: Witness, quantity: Decimal) -> Iterator[Finding]:
        for one in quoted.verdicts:
            if isinstance(one, Lost) and one.rule_id == rule.rule_id and one.reason is Loss.TIE_ID:
                yield self._finding(Fault.TIE_BY_ID, rule, witness, quantity, one.to)

    def _cliff(self, rule: Rule, quoted: LineQuote, witness: Witness, quantity: Decimal) -> Iterator[Finding]:
        before = self._quote(witness, quantity - _ONE)
        if quoted.amount is not None and before.amount is not None and quoted.amount < before.amount:
            yield self._finding(Fault.QUANTITY_CLIFF, rule, witness, quantity, amount=quoted.amount, less=before.amount)

    def _overlaps(self, rules: Sequence[Rule]) -> Iterator[Finding]:
        alike: dict[object, list[Rule]] = defaultdict(list)
        for rule in rules:
            if rule.is_active and rule.starts_at is not None and rule.ends_at is not None:
                group = self._discounts.book.group_of(rule.rule_id)
                key = (group, rule.kind, rule.category_id, rule.brand_id, rule.articles, rule.target, rule.minimum)
                alike[key].append(rule)
        for same in alike.values():
            ordered = sorted(same, key=lambda one: (one.starts_at, one.rule_id))
            for left, right in pairwise(ordered):
                if left.ends_at is not None and right.starts_at is not None and right.starts_at < left.ends_at:
                    witness = self._witnesses.get(right.rule_id)
                    if witness is not None:
                        quantity = max(right.minimum, _ONE)
                        yield self._finding(Fault.OVERLAP, right, witness, quantity, left.rule_id)
