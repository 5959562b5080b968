"""VIP as its companies and as staff see it: the cabinet, offers, activations, candidates."""

from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, func, or_, select

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.people_scope import visible_companies
from b2b_dvizhenie.adapters.postgres.tables.companies import company
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user
from b2b_dvizhenie.adapters.postgres.tables.ordering import customer_order
from b2b_dvizhenie.adapters.postgres.tables.vip import (
    offer_activation,
    partner_offer,
    partner_offer_company,
    vip_company,
)
from b2b_dvizhenie.adapters.postgres.tables.visibility import segment
from b2b_dvizhenie.adapters.postgres.vip import STANDING
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.application.vip import (
    Activation,
    ActivationPage,
    CabinetOffer,
    Candidate,
    CandidateQuery,
    Offer,
    VipCompany,
    VipReader,
)
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.ordering import OrderStatus
from b2b_dvizhenie.domain.shared.ids import CompanyId, SegmentId
from b2b_dvizhenie.domain.vip import OfferDraft

_manager = app_user.alias("manager")
_ROUBLES = "RUB"
MAX_OFFERS = 1000


class PostgresVipReader(VipReader):
    """Reads VIP. `zone` is the seller's, whose days offers are counted in."""

    def __init__(self, database: Database, clock: Clock, zone: str) -> None:
        self._database = database
        self._clock = clock
        self._zone = ZoneInfo(zone)

    async def today(self) -> date:
        """The day it is for the seller."""
        return self._clock().astimezone(self._zone).date()

    async def standing(self, actor: Actor, scope: Scope, company_id: CompanyId) -> tuple[bool, VipCompany | None]:
        """Whether the company is within the scope, and its standing if it is VIP."""
        query = (
            select(*STANDING)
            .select_from(company)
            .outerjoin(vip_company, vip_company.c.company_id == company.c.company_id)
            .outerjoin(segment, segment.c.segment_id == vip_company.c.segment_id)
            .where(company.c.company_id == company_id, visible_companies(actor, scope))
        )
        async with self._database.engine.connect() as connection:
            row = (await connection.execute(query)).first()
        return row is not None, None if row is None or row[2] is None else VipCompany(*row)

    async def cabinet(self, company_id: CompanyId, day: date) -> tuple[CabinetOffer, ...]:
        """What a company is offered on the day, and what it took up before."""
        offer, taken = partner_offer.c, offer_activation.c
        listed = select(partner_offer_company.c.company_id).where(
            partner_offer_company.c.offer_id == offer.offer_id, partner_offer_company.c.company_id == company_id
        )
        is_offered = and_(
            offer.is_active,
            or_(offer.valid_from.is_(None), offer.valid_from <= day),
            or_(offer.valid_to.is_(None), day <= offer.valid_to),
            or_(offer.for_all, listed.correlate(partner_offer).exists()),
        )
        own = and_(taken.offer_id == offer.offer_id, taken.company_id == company_id)
        query: Select[*tuple[Any, ...]] = (
            select(offer.offer_id, offer.partner, offer.title, offer.text, offer.valid_to, taken.at)
            .outerjoin(offer_activation, own)
            .where(or_(is_offered, taken.at.is_not(None)))
            .order_by(taken.at.desc().nulls_first(), offer.valid_to.asc().nulls_last(), offer.offer_id.desc())
            .limit(MAX_OFFERS)
        )
        async with self._database.engine.connect() as connection:
            return tuple(CabinetOffer(*row) for row in await connection.execute(query))

    async def offers(self) -> tuple[Offer, ...]:
        """All offers, the newest first; two statements."""
        offer = partner_offer.c
        taken = select(func.count()).where(offer_activation.c.offer_id == offer.offer_id)
        query: Select[*tuple[Any, ...]] = (
            select(
                offer.offer_id,
                offer.partner,
                offer.title,
                offer.text,
                offer.valid_from,
                offer.valid_to,
                offer.is_active,
                offer.for_all,
                taken.correlate(partner_offer).scalar_subquery(),
            )
            .order_by(offer.offer_id.desc())
            .limit(MAX_OFFERS)
        )
        lists: dict[UUID, set[CompanyId]] = {}
        async with self._database.engine.connect() as connection:
            rows = (await connection.execute(query)).all()
            for offer_id, company_id in await connection.execute(
                select(partner_offer_company.c.offer_id, partner_offer_company.c.company_id)
            ):
                lists.setdefault(offer_id, set()).add(CompanyId(company_id))
        return tuple(
            Offer(
                row[0],
                OfferDraft(
                    partner=row[1],
                    title=row[2],
                    text=row[3],
                    valid_from=row[4],
                    valid_to=row[5],
                    is_active=row[6],
                    companies=None if row[7] else frozenset(lists.get(row[0], ())),
                ),
                row[8],
            )
            for row in rows
        )

    async def segments(self) -> tuple[tuple[SegmentId, str], ...]:
        """The segments, by name."""
        query = select(segment.c.segment_id, segment.c.name).order_by(func.lower(segment.c.name))
        async with self._database.engine.connect() as connection:
            return tuple((SegmentId(key), name) for key, name in await connection.execute(query))

    async def companies(self) -> tuple[VipCompany, ...]:
        """All VIP companies by name."""
        query = (
            select(*STANDING)
            .select_from(company)
            .join(vip_company, vip_company.c.company_id == company.c.company_id)
            .outerjoin(segment, segment.c.segment_id == vip_company.c.segment_id)
            .order_by(company.c.name, company.c.company_id)
        )
        async with self._database.engine.connect() as connection:
            return tuple(VipCompany(*row) for row in await connection.execute(query))

    async def activations(self, actor: Actor, scope: Scope, limit: int, offset: int) -> ActivationPage:
        """What companies of the scope took up, newest first; two statements."""
        taken, offer, people = offer_activation.c, partner_offer.c, app_user.c
        within = visible_companies(actor, scope)
        query: Select[*tuple[Any, ...]] = (
            select(
                taken.offer_id,
                offer.partner,
                offer.title,
                company.c.company_id,
                company.c.name,
                people.name,
                func.coalesce(_manager.c.name, ""),
                taken.at,
            )
            .join(partner_offer, offer.offer_id == taken.offer_id)
            .join(company, company.c.company_id == taken.company_id)
            .join(app_user, people.user_id == taken.user_id)
            .outerjoin(_manager, _manager.c.user_id == company.c.manager_id)
            .where(within)
            .order_by(taken.at.desc(), taken.offer_id, taken.company_id)
            .limit(limit)
            .offset(offset)
        )
        counting = (
            select(func.count())
            .select_from(offer_activation)
            .join(company, company.c.company_id == taken.company_id)
            .where(within)
        )
        async with self._database.engine.connect() as connection:
            total = (await connection.execute(counting)).scalar_one()
            return ActivationPage(tuple(Activation(*row) for row in await connection.execute(query)), total)

    async def candidates(
        self, actor: Actor, scopes: tuple[Scope, ...], query: CandidateQuery
    ) -> tuple[tuple[Candidate, ...], int]:
        """Companies over the thresholds; two statements, each over one set of grouped orders."""
        order = customer_order.c
        amount = func.sum(func.coalesce(order.erp_amount, order.amount))
        over = (
            select(
                order.company_id,
                func.count().label("orders"),
                amount.label("amount"),
                func.max(order.placed_at).label("last"),
            )
            .where(
                order.placed_at >= query.since,
                order.status != OrderStatus.CANCELLED.value,
                order.currency == _ROUBLES,
            )
            .group_by(order.company_id)
            .having(func.count() >= query.orders, amount >= query.amount)
            .subquery()
        )
        is_vip = select(vip_company.c.company_id).where(vip_company.c.company_id == company.c.company_id)
        where = [company.c.is_active, ~is_vip.correlate(company).exists()]
        where += [visible_companies(actor, scope) for scope in scopes]
        joined = over.join(company, company.c.company_id == over.c.company_id)
        rows: Select[*tuple[Any, ...]] = (
            select(
                company.c.company_id,
                company.c.name,
                company.c.inn,
                func.coalesce(_manager.c.name, ""),
                over.c.orders,
                over.c.amount,
                over.c.last,
            )
            .select_from(joined.outerjoin(_manager, _manager.c.user_id == company.c.manager_id))
            .where(*where)
            .order_by(over.c.amount.desc(), company.c.name, company.c.company_id)
            .limit(query.limit)
            .offset(query.offset)
        )
        counting = select(func.count()).select_from(joined).where(*where)
        async with self._database.engine.connect() as connection:
            total = (await connection.execute(counting)).scalar_one()
            return tuple(Candidate(*row) for row in await connection.execute(rows)), total
