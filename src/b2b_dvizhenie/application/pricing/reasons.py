"""Why a price is what it is, in steps, for three kinds of readers. What a reader may not know is not in his steps.

* A buyer learns what lowered his price and what did not, by public names: no internal titles, no ids, nobody else's
  rules (they are not in his book), no limit's kind or figure, for a margin would tell the cost.
* A manager also reads internal titles, who won over whom, and which limit held; never a cost or what follows from it.
* An auditor reads everything, also the rules that did not match and which condition failed.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.pricing.ports import RuleName
from b2b_dvizhenie.domain.pricing import Applied, Effect, Explanation, Kind, LimitKind, Loss, Lost, Mismatch, NotMatched
from b2b_dvizhenie.domain.shared.money import RoundingPolicy

_ZERO = Decimal(0)


class Audience(StrEnum):
    """Who reads an explanation."""

    BUYER = "buyer"
    MANAGER = "manager"
    AUDITOR = "auditor"


class Step(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A step from the base price to the price. `change` is negative for what takes off; `result` is what comes out.

    Amounts are of the whole line, or of one unit where `Reasons.per_unit` says so. `title` is "" where the rule has no
    name for this reader: `kind`, `section` and `brand` then say what it is.
    """

    outcome: Literal["base", "won", "lost", "unmatched", "cap", "limit", "rounding"]
    title: str = ""
    kind: Kind | None = None
    section: str = ""
    brand: str = ""
    effect: Effect | None = None
    value: Decimal | None = None
    change: Decimal | None = None
    result: Decimal | None = None
    reason: Loss | None = None
    to: str = ""
    condition: Mismatch | None = None
    limit: LimitKind | None = None
    bound: Decimal | None = None
    rule_id: UUID | None = None


class Reasons(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The price of a line in steps. `per_unit`: the steps are about one unit, as the rounding policy counts.

    `live_at` is there where the ERP told the price itself, at that moment; then the first step is that price.
    """

    audience: Audience
    currency: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    per_unit: bool
    steps: tuple[Step, ...]
    rule_set_id: UUID | None = None
    live_at: datetime | None = None


def _title(name: RuleName | None, audience: Audience) -> str:
    if name is None:
        return ""
    if audience is Audience.BUYER:
        return name.public_title
    return name.title or name.public_title


class _Teller:
    """Makes the steps of one explanation for one reader."""

    def __init__(self, told: Explanation, names: Mapping[UUID, RuleName], audience: Audience) -> None:
        self._told = told
        self._names = names
        self._audience = audience

    def _of_rule(self, rule_id: UUID) -> dict[str, object]:
        name = self._names.get(rule_id)
        known: dict[str, object] = {"title": _title(name, self._audience)}
        if name is not None:
            known |= {"kind": name.kind, "section": name.section, "brand": name.brand}
        if self._audience is not Audience.BUYER:
            known["rule_id"] = rule_id
        return known

    def won(self, one: Applied) -> Step:
        facts = self._of_rule(one.rule_id)
        return Step(outcome="won", effect=one.effect, value=one.value, change=-one.discount, **facts)  # type: ignore[arg-type]

    def lost(self, one: Lost) -> Step:
        facts = self._of_rule(one.rule_id)
        if self._audience is not Audience.BUYER and one.to is not None:
            facts["to"] = _title(self._names.get(one.to), self._audience)
        return Step(outcome="lost", change=-one.discount, reason=one.reason, **facts)  # type: ignore[arg-type]

    def unmatched(self, one: NotMatched) -> Step:
        return Step(outcome="unmatched", condition=one.condition, **self._of_rule(one.rule_id))  # type: ignore[arg-type]

    def limited(self, change: Decimal) -> Step:
        told, audience = self._told, self._audience
        kind = None if audience is Audience.BUYER else told.limited_by
        bound = told.limit if audience is Audience.AUDITOR else None
        return Step(outcome="limit", change=change, limit=kind, bound=bound)


def reasons_of(
    told: Explanation,
    names: Mapping[UUID, RuleName],
    audience: Audience,
    missed: Iterable[NotMatched] = (),
) -> Reasons:
    """The steps for a reader.

    Args:
        told: the explanation of the line, as quoted or as stored with an order.
        names: of the rules in it; a rule without one is told without a title.
        audience: who reads.
        missed: rules that did not match; only an auditor gets them.
    """
    teller = _Teller(told, names, audience)
    per_unit = told.base.rounding is RoundingPolicy.UNIT_THEN_LINE
    start = told.base.amount if per_unit else told.base_amount
    result = told.unit_price if per_unit else told.amount
    steps = [Step(outcome="base", result=start), *map(teller.won, told.applied)]
    total = sum((one.discount for one in told.applied), _ZERO)
    if told.taken < total:
        steps.append(Step(outcome="cap", change=total - told.taken))
    left = start - told.taken
    if told.limit is not None and told.taken:
        held = min(told.limit, start) if left < told.limit else left
        # A figure that betrays the limit is told to nobody who may not know it: the result itself is the price.
        steps.append(teller.limited(held - left))
        left = held
    if left != result:
        steps.append(Step(outcome="rounding", change=result - left))
    steps += map(teller.lost, told.lost)
    if audience is Audience.AUDITOR:
        steps += map(teller.unmatched, missed)
    return Reasons(
        audience=audience,
        currency=told.currency,
        quantity=told.quantity,
        unit_price=told.unit_price,
        amount=told.amount,
        per_unit=per_unit,
        steps=tuple(steps),
        rule_set_id=None if audience is Audience.BUYER else told.rule_set_id,
        live_at=told.live.at if told.live else None,
    )


def rules_in(told: Explanation) -> frozenset[UUID]:
    """Every rule that is named in it."""
    return frozenset({*(one.rule_id for one in told.applied), *(one.rule_id for one in told.lost)})
