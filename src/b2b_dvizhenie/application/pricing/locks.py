"""Promises of live prices as the buyer carries them: readable by anybody, made by nobody but this installation."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from b2b_dvizhenie.application.settings import CurrentSettings
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.application.shared.sealing import Sealer
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.pricing import LIVE_LOCK, LineQuote, Promise, locked_lines

LONGEST = 400_000
"""Signs of a promise at most; one of a whole cart has some two hundred thousand."""
_ABOUT = "pricing.price_lock"
_decoder = msgspec.json.Decoder(Promise)


class PriceLock(Struct, frozen=True):
    """A promise in the buyer's hand, and until when it is kept; "" where there is nothing to promise."""

    text: str = ""
    until: datetime | None = None


NO_LOCK = PriceLock()


class PriceLocks:
    """Gives promises and knows its own again."""

    def __init__(self, sealer: Sealer, current: CurrentSettings, clock: Clock) -> None:
        self._sealer = sealer
        self._current = current
        self._clock = clock

    async def give(self, terms: Terms, lines: Iterable[LineQuote], version: str) -> PriceLock:
        """A promise of the live prices among the lines, for the minutes of the setting.

        Args:
            terms: whose prices they are.
            lines: as they are shown; what is not at a live price is not promised.
            version: names the prices of everything that is shown together.
        """
        locked = locked_lines(lines)
        if not locked:
            return NO_LOCK
        minutes = await self._current(LIVE_LOCK)
        until = self._clock() + timedelta(minutes=minutes)
        promise = Promise(
            terms.company_id, terms.agreement_id, terms.currency, terms.vat_included, until, version, locked
        )
        told = urlsafe_b64encode(msgspec.json.encode(promise)).decode().rstrip("=")
        return PriceLock(f"{told}.{self._signed(told)}", until)

    def kept(self, text: str, terms: Terms) -> Promise | None:
        """The promise, if it is one of ours, for these terms, and has not run out; None for everything else."""
        told, _, signature = text.partition(".")
        if not text or len(text) > LONGEST or not text.isascii():
            return None
        if not hmac.compare_digest(signature, self._signed(told)):
            return None
        promise = _decoder.decode(urlsafe_b64decode(told + "=" * (-len(told) % 4)))
        return promise if promise.holds_for(terms, self._clock()) else None

    def _signed(self, told: str) -> str:
        return urlsafe_b64encode(self._sealer.digest(told, _ABOUT)).decode().rstrip("=")
