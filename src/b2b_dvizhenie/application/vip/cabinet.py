"""The cabinet of a VIP company: what partners offer it, and taking an offer up (VIP-1, VIP-3)."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.application.vip.ports import CabinetOffer, VipReader, VipTransaction, VipWork
from b2b_dvizhenie.domain.messaging import Message, channel_of
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import CompanyId
from b2b_dvizhenie.domain.vip import OfferDraft, is_offered


class Cabinet(Struct, frozen=True):
    """What a VIP company finds in its cabinet."""

    offers: tuple[CabinetOffer, ...]


def _vip_company(actor: Actor) -> CompanyId:
    """The company of the actor; for everybody whose company is no VIP there is no cabinet."""
    if not actor.is_vip or actor.company_id is None:
        raise NotFound
    return actor.company_id


class ShowCabinet:
    """The cabinet of the selected company."""

    def __init__(self, reader: VipReader) -> None:
        self._reader = reader

    async def __call__(self, actor: Actor) -> Cabinet:
        """Its offers; NotFound for who acts for no VIP company."""
        company_id = _vip_company(actor)
        return Cabinet(await self._reader.cabinet(company_id, await self._reader.today()))


class ActivateOffer:
    """Take an offer up for the company: once, however often and by however many of its people it is asked for."""

    def __init__(self, work: VipWork, clock: Clock, zone: str) -> None:
        self._work = work
        self._clock = clock
        self._zone = ZoneInfo(zone)

    async def __call__(self, actor: Actor, offer_id: UUID) -> bool:
        """Record it and tell the personal manager. True for who took it up, False where the company had already.

        Raises:
            NotFound: no VIP company, or it is not offered this today.
        """
        company_id = _vip_company(actor)
        if actor.user_id is None:
            raise NotFound
        now = self._clock()
        async with self._work() as work:
            offer = await work.vip.share_offer(offer_id, company_id)
            if offer is None or not is_offered(offer, company_id, now.astimezone(self._zone).date()):
                raise NotFound("offer_id")
            if not await work.vip.activate(offer_id, company_id, actor.user_id, now):
                return False
            after = {"offer": offer.title, "partner": offer.partner}
            await work.audit.record(actor, Change("vip.offer_activated", "company", str(company_id), None, after))
            await self._tell_manager(work, actor, company_id, offer, now)
            await work.commit()
        return True

    async def _tell_manager(
        self, work: VipTransaction, actor: Actor, company_id: CompanyId, offer: OfferDraft, now: datetime
    ) -> None:
        manager = await work.vip.manager_of(company_id)
        if manager is None:
            return
        params = {
            "company": manager.company,
            "manager": manager.manager,
            "offer": offer.title,
            "partner": offer.partner,
            "person": actor.name,
            "at": f"{now.astimezone(self._zone):%d.%m.%Y %H:%M}",
        }
        message = Message(
            channel=channel_of(manager.to),
            to=manager.to,
            template="vip.offer_activated",
            params=params,
            language=manager.language,
        )
        await work.outbox.put(message, request_id=actor.request_id)
