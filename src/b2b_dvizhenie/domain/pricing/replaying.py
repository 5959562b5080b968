"""What is stored of a price, and the price out of it again: `replay(explanation_of(line)) == price` for ever.

An order keeps the explanation with its line, so years later, when rules, sections and even the product are other ones,
the sum can still be recomputed kopeck by kopeck (features.md §7.10 P3).
"""

from decimal import Decimal
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.domain.pricing.explanations import Applied, LimitKind, Lost
from b2b_dvizhenie.domain.pricing.quotes import BaseSource, LineQuote, LiveMark, held, working_space
from b2b_dvizhenie.domain.pricing.strategies import amount_of
from b2b_dvizhenie.domain.shared.money import round_money

_ZERO = Decimal(0)


class NotReplayable(Exception):
    """The explanation does not add up to what it claims: `step` names where it first differs."""

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step


class Explanation(Struct, frozen=True, omit_defaults=True):
    """A priced line, compact: what took part and what lost. Rules that did not match are left out.

    `taken` is what the discounts came to before limits, in the working space: the sum of the applied ones unless a
    group capped it. A line at a `live` price has that as its base and no rules. See `LineQuote` for the rest.
    """

    currency: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    base: BaseSource
    base_unit_price: Decimal
    base_amount: Decimal
    applied: tuple[Applied, ...] = ()
    lost: tuple[Lost, ...] = ()
    taken: Decimal = _ZERO
    limited_by: LimitKind | None = None
    limit: Decimal | None = None
    rule_set_id: UUID | None = None
    live: LiveMark | None = None


def explanation_of(line: LineQuote, currency: str) -> Explanation:
    """What is kept of a priced line; ValueError for one without a price."""
    if line.unit_price is None or line.amount is None or line.base is None:
        raise ValueError("a line without a price has no explanation")
    return Explanation(
        currency=currency,
        quantity=line.quantity,
        unit_price=line.unit_price,
        amount=line.amount,
        base=line.base,
        base_unit_price=line.unit_price if line.base_unit_price is None else line.base_unit_price,
        base_amount=line.amount if line.base_amount is None else line.base_amount,
        applied=tuple(one for one in line.verdicts if isinstance(one, Applied)),
        lost=tuple(one for one in line.verdicts if isinstance(one, Lost)),
        taken=line.taken,
        limited_by=line.limited_by,
        limit=line.limit,
        rule_set_id=line.rule_set_id,
        live=line.live,
    )


def replay(told: Explanation) -> tuple[Decimal, Decimal]:
    """The price of a unit and the sum of the line, from the explanation alone.

    Raises:
        NotReplayable: a discount is not what its effect gives, or the parts do not make the whole.
    """
    base, space = working_space(told.base.rounding, told.base.amount, told.quantity, told.currency)
    for one in told.applied:
        if amount_of(one.effect, one.value, one.remainder, space) != one.discount:
            raise NotReplayable(f"rule {one.rule_id}")
    total = sum((one.discount for one in told.applied), _ZERO)
    if not _ZERO <= told.taken <= min(total, base):
        raise NotReplayable("taken")
    if not told.taken:
        return round_money(told.base.amount, told.currency), space.line(base)
    left = base - told.taken
    if told.limit is not None:
        left = held(base, left, told.limit)
    return round_money(left / space.units, told.currency), space.line(left)
