"""VIP companies, offers and activations in PostgreSQL, within a transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.messaging import TellingTransaction
from b2b_dvizhenie.adapters.postgres.people_scope import visible_companies
from b2b_dvizhenie.adapters.postgres.tables.companies import agreement, company
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user
from b2b_dvizhenie.adapters.postgres.tables.vip import (
    offer_activation,
    partner_offer,
    partner_offer_company,
    vip_company,
)
from b2b_dvizhenie.adapters.postgres.tables.visibility import segment
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.vip import Addressee, Offer, VipBook, VipCompany, VipTransaction
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.shared.ids import AgreementId, CompanyId, SegmentId, UserId
from b2b_dvizhenie.domain.vip import OfferDraft

STANDING: tuple[Any, ...] = (
    company.c.company_id,
    company.c.name,
    vip_company.c.since,
    vip_company.c.agreement_id,
    vip_company.c.segment_id,
    func.coalesce(segment.c.name, ""),
)
"""The columns of a `VipCompany`."""


class PostgresVipBook(VipBook):
    """The tables of VIP over the transaction's connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def hold_company(self, actor: Actor, scope: Scope, company_id: CompanyId) -> bool:
        """Lock a company the actor may touch in this scope."""
        query = select(company.c.company_id).where(company.c.company_id == company_id, visible_companies(actor, scope))
        return (await self._connection.execute(query.with_for_update(of=company))).first() is not None

    async def company(self, company_id: CompanyId) -> VipCompany | None:
        """A held company's standing."""
        query = (
            select(*STANDING)
            .select_from(company)
            .join(vip_company, vip_company.c.company_id == company.c.company_id)
            .outerjoin(segment, segment.c.segment_id == vip_company.c.segment_id)
            .where(company.c.company_id == company_id)
        )
        row: Any = (await self._connection.execute(query)).first()
        return None if row is None else VipCompany(*row)

    async def share_segment(self, segment_id: SegmentId) -> bool:
        """Lock a segment's row against deletion."""
        query = select(segment.c.segment_id).where(segment.c.segment_id == segment_id)
        return (await self._connection.execute(query.with_for_update(key_share=True, read=True))).first() is not None

    async def put_company(
        self, company_id: CompanyId, agreement_id: AgreementId | None, segment_id: SegmentId | None, now: datetime
    ) -> bool:
        """Make a held company VIP, or give it other terms."""
        if agreement_id is not None:
            own = select(agreement.c.agreement_id).where(
                agreement.c.agreement_id == agreement_id, agreement.c.company_id == company_id, agreement.c.is_active
            )
            if (await self._connection.execute(own.with_for_update(read=True))).first() is None:
                return False
        terms = {"agreement_id": agreement_id, "segment_id": segment_id}
        statement = insert(vip_company).values(company_id=company_id, since=now, **terms)
        keys = [vip_company.c.company_id]
        await self._connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=terms))
        return True

    async def drop_company(self, company_id: CompanyId) -> None:
        """A held company is VIP no more."""
        await self._connection.execute(delete(vip_company).where(vip_company.c.company_id == company_id))

    async def hold_offer(self, offer_id: UUID) -> Offer | None:
        """An offer, its row locked."""
        content = await self._content(offer_id, share=False)
        return None if content is None else Offer(offer_id, content)

    async def share_offer(self, offer_id: UUID, company_id: CompanyId) -> OfferDraft | None:
        """The offer and the company's standing, both rows locked against changes."""
        standing = select(vip_company.c.company_id).where(vip_company.c.company_id == company_id)
        if (await self._connection.execute(standing.with_for_update(read=True))).first() is None:
            return None
        return await self._content(offer_id, share=True)

    async def _content(self, offer_id: UUID, *, share: bool) -> OfferDraft | None:
        offer = partner_offer.c
        query = select(
            offer.partner, offer.title, offer.text, offer.valid_from, offer.valid_to, offer.is_active, offer.for_all
        ).where(offer.offer_id == offer_id)
        row = (await self._connection.execute(query.with_for_update(read=share))).first()
        if row is None:
            return None
        listed = select(partner_offer_company.c.company_id).where(partner_offer_company.c.offer_id == offer_id)
        companies = None if row[6] else frozenset(map(CompanyId, (await self._connection.execute(listed)).scalars()))
        return OfferDraft(
            partner=row[0],
            title=row[1],
            text=row[2],
            valid_from=row[3],
            valid_to=row[4],
            is_active=row[5],
            companies=companies,
        )

    async def put_offer(self, offer_id: UUID, content: OfferDraft, now: datetime) -> bool:
        """Write an offer, new or held, and the list of its companies."""
        listed = content.companies or frozenset()
        query = select(vip_company.c.company_id).where(vip_company.c.company_id.in_(listed))
        # Whoever lost VIP meanwhile may stay on the list of an offer that named him before.
        before = select(partner_offer_company.c.company_id).where(partner_offer_company.c.offer_id == offer_id)
        known = set((await self._connection.execute(query.with_for_update(read=True))).scalars())
        known |= set((await self._connection.execute(before)).scalars())
        if not listed <= known:
            return False
        values = {
            "partner": content.partner,
            "title": content.title,
            "text": content.text,
            "valid_from": content.valid_from,
            "valid_to": content.valid_to,
            "is_active": content.is_active,
            "for_all": content.companies is None,
            "changed_at": now,
        }
        statement = insert(partner_offer).values(offer_id=offer_id, **values)
        keys = [partner_offer.c.offer_id]
        await self._connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=values))
        own = partner_offer_company.c.offer_id == offer_id
        await self._connection.execute(delete(partner_offer_company).where(own))
        if listed:
            rows = [{"offer_id": offer_id, "company_id": one} for one in sorted(listed)]
            await self._connection.execute(insert(partner_offer_company), rows)
        return True

    async def activate(self, offer_id: UUID, company_id: CompanyId, user_id: UserId, now: datetime) -> bool:
        """The key lets one in; whoever comes at the same moment waits for him and finds it done."""
        statement = (
            insert(offer_activation)
            .values(offer_id=offer_id, company_id=company_id, user_id=user_id, at=now)
            .on_conflict_do_nothing()
            .returning(offer_activation.c.offer_id)
        )
        return (await self._connection.execute(statement)).first() is not None

    async def manager_of(self, company_id: CompanyId) -> Addressee | None:
        """The active personal manager; by mail where he has an address."""
        people = app_user.c
        query = (
            select(company.c.name, people.name, func.coalesce(people.email, people.phone), people.language)
            .join(app_user, people.user_id == company.c.manager_id)
            .where(company.c.company_id == company_id, people.is_active)
        )
        row = (await self._connection.execute(query)).first()
        return None if row is None or not row[2] else Addressee(row[0], row[1], row[2], row[3])


class PostgresVipTransaction(TellingTransaction, VipTransaction):
    """The unit of work of VIP."""

    vip: VipBook

    def bind(self, connection: AsyncConnection) -> None:
        """Add the book."""
        super().bind(connection)
        self.vip = PostgresVipBook(connection)
