"""What a comparison finds: the steps of a line side by side, and the first one where the sides part."""

from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from msgspec import Struct


class Step(StrEnum):
    """The steps of a price, in the order they are taken (DESIGN §5 stages A to D, features VAT)."""

    PRESENCE = "presence"  # whether the line is there at all
    QUANTITY = "quantity"
    BASE = "base"  # the price of a unit before discounts
    DISCOUNT = "discount"
    LIMIT = "limit"  # what a floor price, a margin or a cap left of the discounts
    PRICE = "price"  # the price of a unit after discounts
    AMOUNT = "amount"  # the sum of the line
    VAT = "vat"
    TOTAL = "total"  # of the document


class DriftKind(StrEnum):
    """How the sides differ at the first step where they do."""

    QUANTITY = "quantity"
    BASE_PRICE = "base_price"
    DISCOUNT_MISSING = "discount_missing"
    DISCOUNT_EXTRA = "discount_extra"
    DISCOUNT_OTHER = "discount_other"
    JOINING = "joining"  # the same discounts, taken from other remainders
    LIMIT = "limit"  # only we held the price
    ROUNDING = "rounding"
    VAT = "vat"
    LINE_ABSENT = "line_absent"
    LINE_ADDED = "line_added"
    AMOUNT = "amount"  # the sum differs, and the document does not say at which step
    TOTAL = "total"  # the lines agree and the total of the document does not


class Pair(Struct, frozen=True, omit_defaults=True):
    """A step on both sides; None is "not there" or "not said".

    Quantities at `quantity`; prices of a unit at `base` and `price`; sums of the line elsewhere. A discount is told by
    `rule_id` on our side and by `title` in the ERP's words, with a percent where it is one.
    """

    step: Step
    ours: Decimal | None = None
    theirs: Decimal | None = None
    rule_id: UUID | None = None
    title: str = ""
    our_percent: Decimal | None = None
    their_percent: Decimal | None = None

    @property
    def difference(self) -> Decimal | None:
        """Theirs less ours, where both are known."""
        return None if self.ours is None or self.theirs is None else self.theirs - self.ours


class LineDrift(Struct, frozen=True, kw_only=True):
    """A line that differs. `first` is the place in `pairs` of the first step that does.

    `position` is that of the line sold, None for one that only the ERP has. `difference` is theirs less ours: of the
    line's sum, or of what the differing step says where the sums agree (VAT).
    """

    kind: DriftKind
    position: int | None
    article: str
    name: str
    pairs: tuple[Pair, ...]
    first: int
    difference: Decimal

    @property
    def diverging(self) -> Pair:
        """The step where the sides part."""
        return self.pairs[self.first]


class Comparison(Struct, frozen=True, kw_only=True):
    """An order compared with the ERP's document.

    `lines` are those that differ, in the order of the order, added ones last. `compared` counts the lines sold,
    `within` those whose kopecks the tolerance forgave. `their_total` is None where the document does not say it.
    `unexplained` is what its total differs by beyond the differences of its lines.
    """

    currency: str
    lines: tuple[LineDrift, ...]
    compared: int
    our_total: Decimal
    their_total: Decimal | None
    within: int = 0
    unexplained: Decimal = Decimal(0)

    @property
    def kinds(self) -> tuple[DriftKind, ...]:
        """Every kind that occurs, each once; the one of the largest difference first."""
        ranked = sorted(self.lines, key=lambda line: -abs(line.difference))
        found = dict.fromkeys(line.kind for line in ranked)
        return (*found, DriftKind.TOTAL) if self.unexplained else tuple(found)

    @property
    def difference(self) -> Decimal:
        """Theirs less ours: of the totals where both are known, else of the lines."""
        if self.their_total is not None:
            return self.their_total - self.our_total
        return sum((line.difference for line in self.lines), Decimal(0))
