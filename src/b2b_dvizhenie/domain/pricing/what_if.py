"""What a draft would do to what was ordered: the same lines under two rule sets, and the difference by whom it meets.

Both sides are priced by the one engine from the same base price, terms and quantity, so the difference is that of the
rules alone: a draft with the rules that are in force gives exactly zero (features.md §8.3).
"""

from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from b2b_dvizhenie.domain.pricing.bulk import BulkPrice

_ZERO = Decimal(0)


class Side(StrEnum):
    """By whom or what a difference is told."""

    COMPANY = "company"
    MANAGER = "manager"
    ARTICLE = "article"


class Delta(Struct, frozen=True, kw_only=True):
    """Sums of lines before and after, in one currency. `dearer` and `cheaper` count lines, so do the limits.

    `held_before` and `held_after` are lines whose discount a limit holds up: they lie on the floor.
    """

    lines: int
    before: Decimal
    after: Decimal
    dearer: int
    cheaper: int
    held_before: int
    held_after: int

    @property
    def change(self) -> Decimal:
        """What buyers would have paid more (less where it is below zero)."""
        return self.after - self.before

    @property
    def changed(self) -> int:
        """Lines with another sum."""
        return self.dearer + self.cheaper


class Part(Struct, frozen=True):
    """The difference for one company, manager or article; `key` names it, `title` is for people.

    The key is "" for companies without a manager.
    """

    key: str
    title: str
    delta: Delta


class CurrencyReport(Struct, frozen=True):
    """The difference of all lines in one currency, and its largest parts by every side."""

    currency: str
    total: Delta
    parts: dict[Side, tuple[Part, ...]]
    counts: dict[Side, int]
    """How many companies, managers and articles have another sum."""


class _Sums:
    """A `Delta` in the making."""

    __slots__ = ("after", "before", "cheaper", "dearer", "held_after", "held_before", "lines")

    def __init__(self) -> None:
        self.lines = self.dearer = self.cheaper = self.held_before = self.held_after = 0
        self.before = self.after = _ZERO

    def add(self, before: Decimal, after: Decimal, *, held_before: bool, held_after: bool) -> None:
        self.lines += 1
        self.before += before
        self.after += after
        self.dearer += after > before
        self.cheaper += after < before
        self.held_before += held_before
        self.held_after += held_after

    def delta(self) -> Delta:
        return Delta(**{name: getattr(self, name) for name in self.__slots__})


class Tally:
    """Adds up lines as they come; nothing of a line is kept."""

    def __init__(self) -> None:
        self._totals: dict[str, _Sums] = {}
        self._parts: dict[tuple[str, Side], dict[str, _Sums]] = {}

    def add(self, currency: str, keys: dict[Side, str], before: BulkPrice, after: BulkPrice) -> None:
        """Count a line. `keys` says whose it is; a line without a price on either side counts for nothing."""
        if before.amount is None or after.amount is None:
            return
        held = {"held_before": before.limited_by is not None, "held_after": after.limited_by is not None}
        if currency not in self._totals:
            self._totals[currency] = _Sums()
        self._totals[currency].add(before.amount, after.amount, **held)
        for side, key in keys.items():
            sums = self._parts.setdefault((currency, side), {})
            if key not in sums:
                sums[key] = _Sums()
            sums[key].add(before.amount, after.amount, **held)

    def report(self, largest: int) -> tuple[CurrencyReport, ...]:
        """Currencies by code; of each side at most `largest` parts that change, the largest change first."""

        def parts(currency: str, side: Side) -> list[tuple[str, Delta]]:
            sums = self._parts.get((currency, side), {})
            found = [(key, one.delta()) for key, one in sums.items()]
            changed = [(key, one) for key, one in found if one.changed]
            return sorted(changed, key=lambda pair: (-abs(pair[1].change), pair[0]))

        reports = []
        for currency, total in sorted(self._totals.items()):
            found = {side: parts(currency, side) for side in Side}
            reports.append(
                CurrencyReport(
                    currency,
                    total.delta(),
                    {
                        side: tuple(Part(key, key, delta) for key, delta in some[:largest])
                        for side, some in found.items()
                    },
                    {side: len(some) for side, some in found.items()},
                )
            )
        return tuple(reports)
