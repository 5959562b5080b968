"""Who is VIP and on what terms: an administrator decides, company by company (VIP-2, VIP-4)."""

from typing import Any

from msgspec import Struct

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.application.vip.ports import VipCompany, VipReader, VipWork
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import AgreementId, CompanyId, SegmentId
from b2b_dvizhenie.domain.vip import AgreementNotInForce, AssortmentUnknown


class VipStanding(Struct, frozen=True):
    """What is wanted of a company: VIP or not, and by which of its agreements it then buys; None for the usual one.

    `segment_id` is its assortment: a segment that it is in while it is VIP, with what that opens, closes and discounts.
    """

    is_vip: bool
    agreement_id: AgreementId | None = None
    segment_id: SegmentId | None = None


def _told(company: VipCompany | None) -> dict[str, Any]:
    if company is None:
        return {"is_vip": False}
    agreement = {"company_agreement": str(company.agreement_id)} if company.agreement_id else {}
    assortment = {"segment": company.segment} if company.segment_id else {}
    return {"is_vip": True} | agreement | assortment


class ShowVip:
    """Whether a company is VIP, for staff."""

    def __init__(self, reader: VipReader) -> None:
        self._reader = reader

    async def __call__(self, actor: Actor, company_id: CompanyId) -> VipCompany | None:
        """Its standing, None for one that is no VIP. Raises Forbidden, NotFound."""
        scope = actor.require(Permission.VIP_VIEW)
        is_known, company = await self._reader.standing(actor, scope, company_id)
        if not is_known:
            raise NotFound("company_id")
        return company

    async def segments(self, actor: Actor) -> tuple[tuple[SegmentId, str], ...]:
        """The segments that can be an assortment, for who decides about VIP; raises Forbidden."""
        actor.require(Permission.VIP_MANAGE)
        return await self._reader.segments()


class SetVip:
    """Make a company VIP, change its terms, or take VIP away. It works from the next request of its people on."""

    def __init__(self, work: VipWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, company_id: CompanyId, wanted: VipStanding) -> None:
        """Write the standing; what is so already stays as it is and is not audited.

        Raises:
            Forbidden: no right to decide about VIP.
            NotFound: no such company within its scope.
            AgreementNotInForce: the agreement is none of the company's, or is closed.
            AssortmentUnknown: there is no such segment.
        """
        scope = actor.require(Permission.VIP_MANAGE)
        async with self._work() as work:
            if not await work.vip.hold_company(actor, scope, company_id):
                raise NotFound("company_id")
            before = await work.vip.company(company_id)
            if not wanted.is_vip:
                if before is None:
                    return
                await work.vip.drop_company(company_id)
            else:
                asked = (wanted.agreement_id, wanted.segment_id)
                if before is not None and (before.agreement_id, before.segment_id) == asked:
                    return
                if wanted.segment_id is not None and not await work.vip.share_segment(wanted.segment_id):
                    raise AssortmentUnknown("segment_id")
                if not await work.vip.put_company(company_id, *asked, self._clock()):
                    raise AgreementNotInForce("agreement_id")
            after = await work.vip.company(company_id)
            change = Change("vip.standing_changed", "company", str(company_id), _told(before), _told(after))
            await work.audit.record(actor, change)
            await work.commit()
