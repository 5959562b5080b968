"""The discounts that hold for an actor now: which version, which rules of it, and whether he may have them at all."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from b2b_dvizhenie.application.catalog import Paths
from b2b_dvizhenie.application.pricing.ports import ActiveSet, PriceSource, RuleBooks, Stored, StoredLine
from b2b_dvizhenie.application.pricing.sharing import KeptShares
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.pricing import (
    Buyer,
    Discounts,
    LineInput,
    LineQuote,
    PricePoint,
    Shares,
    limits_of,
    no_shares,
    quote_line,
)
from b2b_dvizhenie.domain.shared.ids import VariantId
from b2b_dvizhenie.domain.visibility import Information

_NOTHING = StoredLine()


def sees_discounts(actor: Actor) -> bool:
    """Whether the actor's prices have discounts in them: as far as his level opens them (LVL-3)."""
    return Information.DISCOUNTS in actor.priced_by


class LinePrices:
    """Prices lines of variants that were read: the one price function with the discounts of one moment."""

    def __init__(
        self,
        terms: Terms,
        stored: Mapping[VariantId, StoredLine],
        discounts: Discounts | None = None,
        active: ActiveSet | None = None,
    ) -> None:
        self._terms = terms
        self._stored = stored
        self.discounts = discounts
        self._active = active

    def input(
        self, variant_id: VariantId, quantity: Decimal, prices: tuple[PricePoint, ...] | None = None
    ) -> LineInput:
        """A line as the price function takes it. `prices` are those the caller has read; None: the stored ones."""
        stored = self._stored.get(variant_id, _NOTHING)
        known = stored.prices if prices is None else prices
        if self.discounts is None or self._active is None:
            return LineInput(variant_id, quantity, known, stored.goods)
        limits = limits_of(self._active.limits, stored.guards, quantity, self._terms.currency)
        return LineInput(variant_id, quantity, known, stored.goods, limits)

    def line(self, variant_id: VariantId, quantity: Decimal, prices: tuple[PricePoint, ...] | None = None) -> LineQuote:
        """The price of a line."""
        return quote_line(self._terms, self.input(variant_id, quantity, prices), self.discounts)

    def breaks(self, variant_id: VariantId) -> tuple[Decimal, ...]:
        """Quantities from which another stored price holds."""
        stored = self._stored.get(variant_id, _NOTHING).prices
        return tuple(sorted({point.min_quantity for point in stored}))

    def thresholds(self, variant_id: VariantId) -> tuple[Decimal, ...]:
        """Quantities of a line from which some rule begins to hold, in ascending order."""
        if self.discounts is None:
            return ()
        goods = self._stored.get(variant_id, _NOTHING).goods
        return tuple(sorted({rule.minimum for rule in self.discounts.book.covering(goods) if rule.minimum > 0}))


class ActorPrices:
    """The prices of one request: the version of the rules is the one in force at its first question."""

    def __init__(self, own: "CurrentDiscounts", actor: Actor, terms: Terms, now: datetime) -> None:
        self._own = own
        self._actor = actor
        self._terms = terms
        self._now = now
        self._is_known = not sees_discounts(actor)
        self._active: ActiveSet | None = None

    async def _version(self) -> ActiveSet | None:
        if not self._is_known:
            self._active, self._is_known = await self._own.prices.active(self._now), True
        return self._active

    async def shares(self, paths: Paths) -> Shares:
        """What can be between stored prices and the actor's own."""
        active = await self._version()
        if active is None:
            return no_shares(self._terms.currency)
        discounts = await self._own.rules(active, self._terms, self._now)
        sections = discounts.book.sections
        ways = await paths(sections) if sections else {}
        return self._own.sharing.shares(discounts, self._terms.currency, active.limits, ways)

    async def known(self, variants: Sequence[VariantId]) -> LinePrices:
        """Discounts of variants whose prices the caller has read."""
        if not variants or (self._is_known and self._active is None):
            return LinePrices(self._terms, {})
        stored = await self._own.prices.goods(variants, self._now, self._active)
        self._active, self._is_known = stored.active, True
        return await self._own.line_prices(self._terms, stored, self._now)


class CurrentDiscounts:
    """The discounts of an actor, for everybody who prices lines."""

    def __init__(self, prices: PriceSource, books: RuleBooks, clock: Clock) -> None:
        self.prices = prices
        self.sharing = KeptShares()
        self._books = books
        self._clock = clock

    def begin(self, actor: Actor, terms: Terms) -> ActorPrices:
        """The prices of a request that reads stored prices itself."""
        return ActorPrices(self, actor, terms, self._clock())

    async def priced(self, actor: Actor, terms: Terms, variants: Sequence[VariantId], now: datetime) -> LinePrices:
        """Prices and discounts of variants: one round trip, one more when the buyer's rules are not at hand."""
        stored = await self.prices.stored(terms, variants, now, discounts=sees_discounts(actor))
        return await self.line_prices(terms, stored, now)

    async def line_prices(self, terms: Terms, stored: Stored, now: datetime) -> LinePrices:
        """What was read, with the rules of its version."""
        if stored.active is None:
            return LinePrices(terms, stored.lines)
        return LinePrices(terms, stored.lines, await self.rules(stored.active, terms, now), stored.active)

    async def rules(self, active: ActiveSet, terms: Terms, now: datetime) -> Discounts:
        """The rules of a version that can be for the buyer."""
        buyer = Buyer(terms.company_id, terms.agreement_id, terms.segments)
        book = await self._books.book(active.rule_set_id, buyer)
        return Discounts(book, buyer, now, rule_set_id=active.rule_set_id)
