"""Who could be made VIP: companies that order often and for much (VIP-5)."""

from datetime import timedelta

from msgspec import Struct

from b2b_dvizhenie.application.settings import CurrentSettings
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.application.vip.ports import Candidate, CandidateQuery, VipReader
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.vip import CANDIDATE_AMOUNT, CANDIDATE_DAYS, CANDIDATE_ORDERS

__all__ = ["Candidate", "Candidates", "FindCandidates", "Thresholds"]
MAX_PAGE = 200


class Thresholds(Struct, frozen=True):
    """The settings that were applied."""

    days: int
    orders: int
    amount: int


class Candidates(Struct, frozen=True):
    """A page of candidates, the greatest sum first; `total` counts all within the actor's scope."""

    items: tuple[Candidate, ...]
    total: int
    thresholds: Thresholds


class FindCandidates:
    """Companies over the thresholds of frequency and volume that are no VIP yet."""

    def __init__(self, reader: VipReader, current: CurrentSettings, clock: Clock) -> None:
        self._reader = reader
        self._current = current
        self._clock = clock

    async def __call__(self, actor: Actor, limit: int = 50, offset: int = 0) -> Candidates:
        """A page; raises Forbidden.

        Sums of orders are shown, so a company must be within the scope of seeing VIP and within that of seeing orders.
        """
        scopes = (actor.require(Permission.VIP_VIEW), actor.require(Permission.ORDERS_VIEW))
        days: int = await self._current(CANDIDATE_DAYS)
        orders: int = await self._current(CANDIDATE_ORDERS)
        amount: int = await self._current(CANDIDATE_AMOUNT)
        query = CandidateQuery(
            self._clock() - timedelta(days=days), orders, amount, max(1, min(limit, MAX_PAGE)), max(0, offset)
        )
        items, total = await self._reader.candidates(actor, scopes, query)
        return Candidates(items, total, Thresholds(days, orders, amount))
