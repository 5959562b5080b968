"""One line on both sides, and the first step where they part (features.md §8, moonshot 4).

Where the ERP's document names its discounts, every step is compared with ours. Where it states only a price and a sum,
the step is named whose change alone gives exactly that sum; if none does, only the sum is known to differ.
"""

from decimal import Decimal

from b2b_dvizhenie.domain.drift.findings import DriftKind, LineDrift, Pair, Step
from b2b_dvizhenie.domain.drift.hypotheses import line_money, rounded_otherwise, unlimited, without
from b2b_dvizhenie.domain.drift.sides import ErpLine, SoldLine
from b2b_dvizhenie.domain.drift.statements import (
    Matched,
    match,
    own_discounts,
    same_amount,
    same_percent,
    statement_of,
)
from b2b_dvizhenie.domain.shared.money import minor_digits, rounder

_ZERO = Decimal(0)
_Found = tuple[DriftKind, Step, int]
"""Kind, step, and which of the steps of that name."""


def absent(sold: SoldLine) -> LineDrift:
    """A line that the ERP does not have."""
    pair = Pair(Step.PRESENCE, ours=sold.amount)
    return _drift(sold, DriftKind.LINE_ABSENT, (pair,), 0, -sold.amount)


def added(theirs: ErpLine) -> LineDrift:
    """A line that only the ERP has."""
    return LineDrift(
        kind=DriftKind.LINE_ADDED,
        position=None,
        article=theirs.article,
        name=theirs.name,
        pairs=(Pair(Step.PRESENCE, theirs=theirs.amount),),
        first=0,
        difference=theirs.amount,
    )


def compare_line(sold: SoldLine, theirs: ErpLine, currency: str) -> LineDrift | None:
    """How the ERP's line differs, or None: the same quantity, the same sum, the same VAT.

    Steps that differ and come to the same sum are no drift. VAT is compared where the document says it.
    """
    line = _Line(sold, theirs, currency)
    found = line.find()
    if found is None:
        return None
    kind, step, nth = found
    pairs = line.pairs()
    places = [place for place, pair in enumerate(pairs) if pair.step is step]
    difference = theirs.amount - sold.amount
    if step is Step.VAT:
        difference = (theirs.vat_amount or _ZERO) - sold.vat_amount
    return _drift(sold, kind, pairs, places[nth], difference)


def _drift(sold: SoldLine, kind: DriftKind, pairs: tuple[Pair, ...], first: int, difference: Decimal) -> LineDrift:
    return LineDrift(
        kind=kind,
        position=sold.position,
        article=sold.article,
        name=sold.name,
        pairs=pairs,
        first=first,
        difference=difference,
    )


class _Line:
    def __init__(self, sold: SoldLine, theirs: ErpLine, currency: str) -> None:
        self._sold = sold
        self._theirs = theirs
        self._penny = Decimal(1).scaleb(-minor_digits(currency))
        self._rounded = rounder(currency)
        self._said = statement_of(theirs, currency)
        told = sold.told
        self._told = told
        self._base = sold.unit_price if told is None else told.base.amount
        self._base_amount = sold.amount if told is None else told.base_amount
        own = own_discounts(told)
        takes = any(one.amount != 0 for one in theirs.discounts)
        self._is_on_top = bool(own) and takes and not self._same_base() and self._begins_with_ours()
        """Whether the ERP took our price, discounts and all, for its own base, and its discounts off that."""
        if self._is_on_top:
            self._matched = (*match(own, (), self._penny), *match((), theirs.discounts, self._penny))
        else:
            self._matched = match(own, theirs.discounts, self._penny)
        self._slack = self._penny + abs(theirs.quantity) * self._penny / 2
        """What a sum may differ by because a price of a unit was rounded before it was multiplied."""

    # the steps side by side ---------------------------------------------------------------------------------------

    def pairs(self) -> tuple[Pair, ...]:
        """The steps in their order."""
        sold, theirs, told = self._sold, self._theirs, self._told
        base = None if self._is_on_top else self._said.base
        found = [Pair(Step.QUANTITY, sold.quantity, theirs.quantity), Pair(Step.BASE, self._base, base)]
        found += [self._discount(one) for one in self._matched]
        if told is not None and self._is_held():
            found.append(Pair(Step.LIMIT, told.base_amount - told.amount, self._said.taken))
        found += [
            Pair(Step.PRICE, sold.unit_price, self._said.net),
            Pair(Step.AMOUNT, sold.amount, theirs.amount),
        ]
        if theirs.vat_amount is not None or theirs.vat_rate is not None:
            found.append(
                Pair(
                    Step.VAT,
                    sold.vat_amount,
                    theirs.vat_amount,
                    our_percent=sold.vat_rate,
                    their_percent=theirs.vat_rate,
                )
            )
        return tuple(found)

    def _discount(self, one: Matched) -> Pair:
        ours, theirs = one.ours, one.theirs
        amount = None if theirs is None else theirs.amount
        if ours is not None and theirs is not None and amount is None and same_percent(ours, theirs):
            amount = ours.amount
        return Pair(
            Step.DISCOUNT,
            None if ours is None else ours.amount,
            amount,
            None if ours is None else ours.rule_id,
            "" if theirs is None else theirs.title,
            None if ours is None else ours.percent,
            None if theirs is None else theirs.percent,
        )

    def _is_held(self) -> bool:
        """Whether a cap or a lowest price left less of our discounts than they come to."""
        told = self._told
        if told is None:
            return False
        return told.limit is not None or told.taken != sum((one.discount for one in told.applied), _ZERO)

    # the first one that differs -----------------------------------------------------------------------------------

    def find(self) -> _Found | None:
        """The first step that differs; None if none does."""
        if self._theirs.quantity != self._sold.quantity:
            return DriftKind.QUANTITY, Step.QUANTITY, 0
        if self._theirs.amount == self._sold.amount:
            return self._vat()
        return self._by_steps() if self._theirs.discounts else self._by_sum()

    def _vat(self) -> _Found | None:
        sold, theirs = self._sold, self._theirs
        if theirs.vat_rate is not None and theirs.vat_rate != (sold.vat_rate or _ZERO):
            return DriftKind.VAT, Step.VAT, 0
        if theirs.vat_amount is None or theirs.vat_amount == sold.vat_amount:
            return None
        is_penny = abs(theirs.vat_amount - sold.vat_amount) <= self._penny
        return DriftKind.ROUNDING if is_penny else DriftKind.VAT, Step.VAT, 0

    def _by_steps(self) -> _Found:
        said = self._said
        if self._is_on_top:
            return DriftKind.DISCOUNT_EXTRA, Step.DISCOUNT, self._extra()
        if not self._same_base():
            is_rounded = self._same_price(said.base, self._base)
            return DriftKind.ROUNDING if is_rounded else DriftKind.BASE_PRICE, Step.BASE, 0
        found = self._differing_discount()
        if found is not None:
            return found
        return self._rest()

    def _same_base(self) -> bool:
        return self._said.base == self._base or self._said.base_amount == self._base_amount

    def _begins_with_ours(self) -> bool:
        said, sold = self._said, self._sold
        return said.base_amount == sold.amount or said.base == sold.unit_price

    def _extra(self) -> int:
        """The place of the first discount that only the ERP has, and that takes something off."""
        extra = (nth for nth, one in enumerate(self._matched) if one.theirs is not None and one.theirs.amount != 0)
        return next(extra)

    def _differing_discount(self) -> _Found | None:
        """The first discount that differs, where they do not come to the same all the same."""
        told, taken = self._told, self._said.taken
        sums = [one.ours.amount for one in self._matched if one.ours is not None]
        if taken is not None:
            if taken == self._base_amount - self._sold.amount:
                return None
            if told is not None and self._is_held():
                capped = self._rounded(line_money(told, told.taken))
                if taken == capped or abs(taken - sum(sums, _ZERO)) <= self._penny:
                    return DriftKind.LIMIT, Step.LIMIT, 0
        penny: int | None = None
        joined: int | None = None
        for nth, one in enumerate(self._matched):
            kind = self._discount_kind(one)
            if kind is DriftKind.ROUNDING:
                penny = nth if penny is None else penny
            elif kind is DriftKind.JOINING:
                joined = nth if joined is None else joined
            elif kind is not None:
                return kind, Step.DISCOUNT, nth
        if joined is not None:
            return DriftKind.JOINING, Step.DISCOUNT, joined
        return None if penny is None else (DriftKind.ROUNDING, Step.DISCOUNT, penny)

    def _discount_kind(self, one: Matched) -> DriftKind | None:
        ours, theirs = one.ours, one.theirs
        if theirs is None:
            return DriftKind.DISCOUNT_MISSING if ours is not None and ours.amount else None
        if ours is None:
            return DriftKind.DISCOUNT_EXTRA if theirs.amount != 0 else None
        if theirs.amount is None:
            return None if same_percent(ours, theirs) else DriftKind.DISCOUNT_OTHER
        if ours.amount == theirs.amount:
            return None
        comparable = ours.percent is None or theirs.percent is None
        if same_amount(ours, theirs, self._penny) and (comparable or same_percent(ours, theirs)):
            return DriftKind.ROUNDING
        return DriftKind.JOINING if same_percent(ours, theirs) else DriftKind.DISCOUNT_OTHER

    def _rest(self) -> _Found:
        """Base and discounts agree, the sum does not."""
        pennies = self._penny * (1 + len(self._matched))
        is_rounded = abs(self._theirs.amount - self._sold.amount) <= max(pennies, self._slack)
        return DriftKind.ROUNDING if is_rounded else DriftKind.AMOUNT, Step.AMOUNT, 0

    def _by_sum(self) -> _Found:
        """A document without discounts: which single change gives its sum."""
        amount, price, told = self._theirs.amount, self._theirs.price, self._told
        if told is None or not told.taken:
            if self._same_price(price, self._base):
                return self._rest()
            return DriftKind.BASE_PRICE, Step.BASE, 0
        if amount in rounded_otherwise(told):
            return DriftKind.ROUNDING, Step.AMOUNT, 0
        if amount == told.base_amount:
            return self._missing(next((nth for nth, one in enumerate(told.applied) if one.discount), 0))
        if self._is_held() and amount == unlimited(told):
            return DriftKind.LIMIT, Step.LIMIT, 0
        for nth in range(len(told.applied)):
            if amount == without(told, nth):
                return self._missing(nth)
        if self._same_price(price, self._sold.unit_price) and abs(amount - self._sold.amount) <= self._slack:
            return DriftKind.ROUNDING, Step.AMOUNT, 0
        if self._same_price(price, self._base) and abs(amount - told.base_amount) <= self._slack:
            return self._missing(0)
        if self._rounded(price) > self._rounded(self._base):
            return DriftKind.BASE_PRICE, Step.BASE, 0
        return DriftKind.AMOUNT, Step.PRICE, 0

    def _missing(self, nth: int) -> _Found:
        return DriftKind.DISCOUNT_MISSING, Step.DISCOUNT, nth

    def _same_price(self, one: Decimal | None, other: Decimal) -> bool:
        """Whether two prices of a unit are the same when people write them."""
        return one is not None and self._rounded(one) == self._rounded(other)
