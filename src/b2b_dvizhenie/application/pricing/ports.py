"""Where prices, what rules ask of goods, and the rules themselves come from."""

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.pricing import Buyer, Goods, Kind, PricePoint, RuleBook, SetLimits
from b2b_dvizhenie.domain.shared.ids import VariantId


class ActiveSet(Struct, frozen=True):
    """The version of the rules that is in force, and its limits."""

    rule_set_id: UUID
    number: int
    limits: SetLimits


class StoredLine(Struct, frozen=True, gc=False):
    """What is known of a variant: its prices, what rules may ask of it, and prices of the limits' types.

    Contract: `prices` holds only what the terms may see; `guards` never leaves the price function.
    """

    prices: tuple[PricePoint, ...] = ()
    goods: Goods = Goods()
    guards: tuple[PricePoint, ...] = ()


class Stored(Struct, frozen=True):
    """Prices and rules of one moment: `active` is None while no rule set is in force, or where none was asked for."""

    active: ActiveSet | None
    lines: Mapping[VariantId, StoredLine]


class PriceSource(Protocol):
    """Port: stored prices of variants under terms.

    Contract: one round trip whatever the number of variants; a variant without a price is absent from the answer or has
    none in it; only prices the terms may see are in `prices`, so nothing else can leak through an explanation. All of
    an answer is of one moment: no version of the rules is mixed with another.
    """

    @abstractmethod
    async def stored(
        self, terms: Terms, variants: Sequence[VariantId], now: datetime, *, discounts: bool = True
    ) -> Stored:
        """All quantity breaks of the terms' price type; with discounts also goods, guards and the set in force."""
        ...

    @abstractmethod
    async def goods(self, variants: Sequence[VariantId], now: datetime, active: ActiveSet | None = None) -> Stored:
        """The same without prices, for who has read them; no lines at all while no set is in force.

        Args:
            variants: which.
            now: the moment whose version counts.
            active: the version that was found to be in force at that moment, where that is known already.
        """
        ...

    @abstractmethod
    async def active(self, now: datetime) -> ActiveSet | None:
        """The version in force."""
        ...


class RuleName(Struct, frozen=True):
    """How a rule is called. `section` and `brand` are names of what it covers, "" where it covers none such."""

    rule_id: UUID
    kind: Kind
    title: str
    public_title: str
    section: str
    brand: str


class RuleBooks(Protocol):
    """Port: rules of a version, cut to those that can be for a buyer.

    Contract: a published version never changes, so books are kept as long as there is room; what a book costs grows
    with the buyer's own rules, not with those of other companies.
    """

    @abstractmethod
    async def book(self, rule_set_id: UUID, buyer: Buyer) -> RuleBook:
        """Every active rule that names the buyer, his agreement, a segment of his, or nobody."""
        ...

    @abstractmethod
    async def version(self, rule_set_id: UUID) -> ActiveSet | None:
        """A version with its limits, in force or not, draft or not."""
        ...

    @abstractmethod
    async def whole(self, rule_set_id: UUID) -> RuleBook:
        """Every rule of the version, whomever it is for and whether active or not: for staff, never for a buyer."""
        ...

    @abstractmethod
    async def names(self, rule_set_id: UUID, rule_ids: Collection[UUID]) -> Mapping[UUID, RuleName]:
        """How rules of the version are called: one round trip."""
        ...
