"""Partner offers as staff keeps them, and who took them up (VIP-3)."""

from datetime import date
from typing import Any
from uuid import UUID

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.application.vip.ports import ActivationPage, Offer, VipCompany, VipReader, VipWork
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import new_id
from b2b_dvizhenie.domain.vip import OfferDraft, checked_offer

MAX_PAGE = 200


def _told(offer: OfferDraft) -> dict[str, Any]:
    whole = {
        "partner": offer.partner,
        "title": offer.title,
        "text": offer.text,
        "valid_from": offer.valid_from.isoformat() if offer.valid_from else None,
        "valid_to": offer.valid_to.isoformat() if offer.valid_to else None,
        "is_active": offer.is_active,
        "companies": None if offer.companies is None else sorted(map(str, offer.companies)),
    }
    return {name: value for name, value in whole.items() if value is not None}


class ListOffers:
    """All offers, for who may change them."""

    def __init__(self, reader: VipReader) -> None:
        self._reader = reader

    async def __call__(self, actor: Actor) -> tuple[Offer, ...]:
        """The newest first; raises Forbidden."""
        actor.require(Permission.VIP_MANAGE)
        return await self._reader.offers()

    async def today(self) -> date:
        """The day it is for the seller, which decides where an offer stands."""
        return await self._reader.today()

    async def one(self, actor: Actor, offer_id: UUID) -> Offer:
        """One of them; raises Forbidden, NotFound."""
        found = next((one for one in await self(actor) if one.offer_id == offer_id), None)
        if found is None:
            raise NotFound("offer_id")
        return found

    async def companies(self, actor: Actor) -> tuple[VipCompany, ...]:
        """The companies an offer can list, by name; raises Forbidden."""
        actor.require(Permission.VIP_MANAGE)
        return await self._reader.companies()


class PutOffer:
    """Write an offer, or change one. What was taken up stays taken up."""

    def __init__(self, work: VipWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, typed: OfferDraft, offer_id: UUID | None = None) -> UUID:
        """The offer, in the cabinets from the next request on.

        Raises:
            Forbidden: no right to decide about VIP.
            Invalid: what `checked_offer` refuses, by its fields.
            NotFound: no such offer; or a listed company is no VIP, naming the field.
        """
        actor.require(Permission.VIP_MANAGE)
        content = checked_offer(typed)
        async with self._work() as work:
            before = None if offer_id is None else await work.vip.hold_offer(offer_id)
            if offer_id is not None and before is None:
                raise NotFound("offer_id")
            if before is not None and before.content == content:
                return before.offer_id
            key = offer_id or new_id()
            if not await work.vip.put_offer(key, content, self._clock()):
                raise NotFound("companies")
            action = "vip.offer_made" if before is None else "vip.offer_changed"
            was = None if before is None else _told(before.content)
            await work.audit.record(actor, Change(action, "partner_offer", str(key), was, _told(content)))
            await work.commit()
        return key


class ListActivations:
    """What VIP companies took up: everybody who looks after them sees it."""

    def __init__(self, reader: VipReader) -> None:
        self._reader = reader

    async def __call__(self, actor: Actor, limit: int = 50, offset: int = 0) -> ActivationPage:
        """A page of the companies within the actor's scope, newest first; raises Forbidden."""
        scope = actor.require(Permission.VIP_VIEW)
        return await self._reader.activations(actor, scope, max(1, min(limit, MAX_PAGE)), max(0, offset))
