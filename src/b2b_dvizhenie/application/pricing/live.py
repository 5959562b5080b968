"""Ask the ERP for prices of this moment: once for all lines, in time or not at all, never twice about the same at once.

Whoever shows prices shows the stored ones and asks beside that; whoever places an order asks before his transaction.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.pricing.live_ports import LivePriceSource, LiveReferences, LiveUnavailable, LiveWatch
from b2b_dvizhenie.application.pricing.requests import LineRequest, keys_of
from b2b_dvizhenie.application.settings import CurrentSettings
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.breaker import Breaker, Permit
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import (
    LIVE_DEADLINE,
    LIVE_PAUSED,
    MAX_ASKED,
    LiveKey,
    LivePrice,
    LiveRefused,
    heard,
)
from b2b_dvizhenie.domain.shared.ids import VariantId, new_id
from b2b_dvizhenie.domain.visibility import PRICE_GROUPS

KEPT = 20_000
"""Prices kept per process at most; each for as long as the ERP said, within the bounds below."""
TTL, LEAST_TTL, LONGEST_TTL = 5, 1, 300
"""Seconds for which a price counts as of this moment: where the ERP does not say, and the bounds of what it says."""

_Terms = tuple[UUID, UUID | None, UUID, str, bool, UUID | None]
_Place = tuple[_Terms, LiveKey]


class LiveAnswer(Struct, frozen=True):
    """What is known of this moment's prices. `asked`: the ERP was to be asked, so a line without a price here is at
    its stored price because the ERP did not tell one.
    """

    prices: Mapping[LiveKey, LivePrice] = {}
    asked: bool = False


SILENCE = LiveAnswer()


class _Kept(Struct, frozen=True, gc=False):
    live: LivePrice
    until: datetime


_Flight = asyncio.Task[Mapping[LiveKey, LivePrice]]


def _under(terms: Terms) -> _Terms:
    """What an answer depends on beside the line."""
    return (
        terms.company_id,
        terms.agreement_id,
        terms.price_type_id,
        terms.currency,
        terms.vat_included,
        terms.warehouse_id,
    )


class LivePrices:
    """Live prices for whoever shows or charges prices. One per process: flights, the breaker and fresh answers are
    shared by everybody in it, each kept under the terms it was asked for.
    """

    def __init__(
        self,
        source: LivePriceSource,
        references: LiveReferences,
        current: CurrentSettings,
        clock: Clock,
        breaker: Breaker,
        watch: LiveWatch,
    ) -> None:
        self._source = source
        self._references = references
        self._current = current
        self._clock = clock
        self._breaker = breaker
        self._watch = watch
        self._kept: dict[_Place, _Kept] = {}
        self._flights: dict[_Place, _Flight] = {}

    def may_hear(self, actor: Actor) -> bool:
        """Whether live prices are this actor's: they are those of the agreement with all its discounts, so for who is
        shown both, and for nobody else. False for everybody where no source is connected.
        """
        return (
            self._source.is_enabled
            and actor.terms is not None
            and actor.may(Permission.PRICES_VIEW)
            and actor.opened >= PRICE_GROUPS
            and not actor.is_concealed
        )

    async def is_on(self, actor: Actor) -> bool:
        """Whether this actor's pages ask for live prices now."""
        return self.may_hear(actor) and not await self._current(LIVE_PAUSED)

    def fresh(self, actor: Actor, lines: Sequence[LineRequest]) -> Mapping[LiveKey, LivePrice]:
        """Those that were told a moment ago, without asking anybody; nothing for who may not hear them."""
        if not self.may_hear(actor) or not self._kept:
            return {}
        now, under = self._clock(), _under(actor.buyer_terms())
        kept = ((key, self._kept.get((under, key))) for key in keys_of(lines))
        return {key: one.live for key, one in kept if one is not None and _holds(one, now)}

    async def ages(self, actor: Actor, variants: Sequence[VariantId]) -> Mapping[VariantId, datetime]:
        """Since when the actor's stored prices are known, to be shown where the ERP tells none."""
        if not variants:
            return {}
        return await self._references.ages(actor.buyer_terms(), variants)

    async def __call__(self, actor: Actor, lines: Sequence[LineRequest], *, again: bool = False) -> LiveAnswer:
        """Prices of this moment, at the latest after the deadline of the settings; never an error.

        Args:
            actor: whose prices.
            lines: what is asked; lines beyond `MAX_ASKED` are not.
            again: also ask for what was told a moment ago, as an order does.
        """
        if not lines or not await self.is_on(actor):
            return SILENCE
        milliseconds = await self._current(LIVE_DEADLINE)
        deadline = timedelta(milliseconds=milliseconds)
        terms = actor.buyer_terms()
        under, now = _under(terms), self._clock()
        found: dict[LiveKey, LivePrice] = {}
        flights: set[_Flight] = set()
        missing: list[LiveKey] = []
        wanted = keys_of(lines)[:MAX_ASKED]
        for key in wanted:
            kept = None if again else self._kept.get((under, key))
            flight = self._flights.get((under, key))
            if kept is not None and _holds(kept, now):
                found[key] = kept.live
            elif flight is not None:
                flights.add(flight)
            else:
                missing.append(key)
        if missing:
            permit = self._breaker.permit(now)
            if permit is None:
                self._watch.skipped()
            else:
                flights.add(self._start(terms, missing, permit, deadline))
        if flights:
            # Not wait_for: a flight belongs to everybody who waits for it, and outlives those who leave.
            done, _ = await asyncio.wait(flights, timeout=deadline.total_seconds())
            for flight in done:
                if not flight.cancelled():
                    told = flight.result()
                    found.update((key, told[key]) for key in wanted if key in told)
        return LiveAnswer(found, asked=True)

    def _start(self, terms: Terms, keys: Sequence[LiveKey], permit: Permit, deadline: timedelta) -> _Flight:
        places = [(_under(terms), key) for key in keys]
        task = asyncio.create_task(self._fly(terms, keys, permit, deadline))
        for place in places:
            self._flights[place] = task

        def landed(_: object) -> None:
            for place in places:
                if self._flights.get(place) is task:
                    del self._flights[place]

        task.add_done_callback(landed)
        return task

    async def _fly(
        self, terms: Terms, keys: Sequence[LiveKey], permit: Permit, deadline: timedelta
    ) -> Mapping[LiveKey, LivePrice]:
        """One question to its end. Raises nothing but cancellation, and tells the breaker in every case."""
        began, count = self._clock(), 0
        outcome = "given up"
        try:
            async with asyncio.timeout(deadline.total_seconds()):
                question = await self._references.question(terms, keys, self._source.node, new_id().hex)
                if question is None:
                    return {}
                count = len(question.lines)
                outcome = "cancelled"
                told = await self._source.ask(question, deadline)
            prices = heard(question, told)
        except TimeoutError:
            outcome = "late"
            return {}
        except (LiveUnavailable, LiveRefused) as error:
            outcome = str(error.params.get("reason", error.code))
            return {}
        except Exception as error:  # noqa: BLE001 - a customer's adapter that breaks its contract must not break a page
            outcome = f"error {type(error).__name__}"
            return {}
        else:
            outcome = "answered"
            return self._keep(terms, keys, prices, told.ttl_seconds)
        finally:
            now = self._clock()
            if outcome == "answered":
                self._breaker.succeeded(permit)
            elif count and outcome != "cancelled":
                self._breaker.failed(permit, now)
            else:
                self._breaker.gave_up(permit)
            if count:
                self._watch.asked(outcome, now - began, count)

    def _keep(
        self, terms: Terms, keys: Sequence[LiveKey], prices: Mapping[LiveKey, Decimal], ttl: int | None
    ) -> Mapping[LiveKey, LivePrice]:
        """Remember what was told, and forget what was told of the other keys before: it is not the ERP's word now."""
        now = self._clock()
        until = now + timedelta(seconds=TTL if ttl is None else min(max(ttl, LEAST_TTL), LONGEST_TTL))
        under = _under(terms)
        live = {key: LivePrice(price, now) for key, price in prices.items()}
        for key in keys:
            self._kept.pop((under, key), None)
        for key, one in live.items():
            self._kept[under, key] = _Kept(one, until)
        while len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]
        return live


def _holds(kept: _Kept, now: datetime) -> bool:
    # A clock that was set back must not make old prices last.
    return kept.live.at <= now < kept.until
