"""Buyer companies and seller firms as staff see them: a page by key, a card, its parts."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, Select, Uuid, and_, any_, func, literal, or_, select, true, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from b2b_dvizhenie.adapters.postgres.companies_book import AGREEMENT, agreement_of
from b2b_dvizhenie.adapters.postgres.company_details import requisites_of
from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.payment_methods import all_methods, method_of
from b2b_dvizhenie.adapters.postgres.people_scope import LOOKS_AFTER, visible_companies, visible_users
from b2b_dvizhenie.adapters.postgres.tables.catalog import warehouse
from b2b_dvizhenie.adapters.postgres.tables.companies import (
    agreement,
    company,
    membership,
    payment_method,
    seller_firm,
)
from b2b_dvizhenie.adapters.postgres.tables.exchange import exchange_node
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user, role, session
from b2b_dvizhenie.adapters.postgres.tables.pricing import price_type
from b2b_dvizhenie.adapters.postgres.tables.vip import vip_company
from b2b_dvizhenie.application.companies import (
    CompanyCard,
    CompanyPage,
    CompanyQuery,
    CompanyReader,
    CompanyRow,
    CompanyState,
    FirmLine,
    FirmReader,
    ManagerChoice,
    MemberLine,
    NamedAgreement,
    PaymentMethodLine,
    PaymentMethodReader,
    TermsChoices,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.companies import CompanyKind
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.shared.ids import CompanyId, FirmId, PriceTypeId, UserId, WarehouseId

MAX_MANAGERS = 300
_manager = app_user.alias("manager")


def _price_type_today(day: date) -> ColumnElement[str]:
    """The name of the price type of the agreement in force, chosen as `agreement_in_force` does."""
    today = literal(day, Date)
    chosen = (
        select(price_type.c.name)
        .select_from(agreement)
        .join(price_type, price_type.c.price_type_id == agreement.c.price_type_id)
        .outerjoin(vip_company, vip_company.c.agreement_id == agreement.c.agreement_id)
        .where(
            agreement.c.company_id == company.c.company_id,
            agreement.c.is_active,
            or_(agreement.c.valid_from.is_(None), agreement.c.valid_from <= today),
            or_(agreement.c.valid_to.is_(None), today <= agreement.c.valid_to),
        )
        .order_by(
            vip_company.c.agreement_id.is_not(None).desc(),
            agreement.c.is_default.desc(),
            agreement.c.valid_from.desc().nulls_last(),
            agreement.c.agreement_id.desc(),
        )
        .limit(1)
        .correlate(company)
        .scalar_subquery()
    )
    return func.coalesce(chosen, "")


def _rows(day: date) -> Select[*tuple[Any, ...]]:
    buyers = (
        select(func.count())
        .select_from(membership)
        .join(app_user, app_user.c.user_id == membership.c.user_id)
        .where(membership.c.company_id == company.c.company_id, app_user.c.is_active)
        .correlate(company)
        .scalar_subquery()
    )
    return (
        select(
            company.c.company_id,
            company.c.name,
            company.c.inn,
            company.c.kpp,
            company.c.kind,
            company.c.is_active,
            func.coalesce(exchange_node.c.name, ""),
            company.c.manager_id,
            func.coalesce(_manager.c.name, ""),
            _price_type_today(day),
            buyers,
        )
        .select_from(company)
        .outerjoin(exchange_node, exchange_node.c.node_id == company.c.node_id)
        .outerjoin(_manager, _manager.c.user_id == company.c.manager_id)
    )


def _row(values: Sequence[Any]) -> CompanyRow:
    key, name, inn, kpp, kind, *others = values
    return CompanyRow(*[CompanyId(key), name, inn, kpp, CompanyKind(kind), *others])


def _found_by(query: CompanyQuery) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if query.text:
        by_name = company.c.name.icontains(query.text, autoescape=True)
        by_full = company.c.full_name.icontains(query.text, autoescape=True)
        where.append(or_(by_name, by_full, company.c.inn.startswith(query.text, autoescape=True)))
    if query.kind is not None:
        where.append(company.c.kind == query.kind.value)
    if query.state is not None:
        where.append(company.c.is_active.is_(query.state is CompanyState.ACTIVE))
    if query.unmanaged:
        where.append(company.c.manager_id.is_(None))
    elif query.manager_id is not None:
        where.append(company.c.manager_id == query.manager_id)
    return where


class PostgresCompanyReader(CompanyReader, FirmReader, PaymentMethodReader):
    """Reads companies. `zone` is the seller's, whose days agreements are counted in."""

    def __init__(self, database: Database, clock: Clock, zone: str) -> None:
        self._database = database
        self._clock = clock
        self._zone = ZoneInfo(zone)

    def _day(self) -> date:
        return self._clock().astimezone(self._zone).date()

    async def today(self) -> date:
        """The day it is for the seller."""
        return self._day()

    async def page(self, actor: Actor, scope: Scope, query: CompanyQuery) -> CompanyPage:
        """One page by name; two statements."""
        where = [visible_companies(actor, scope), *_found_by(query)]
        rows = _rows(self._day()).where(*where).order_by(company.c.name, company.c.company_id).limit(query.limit + 1)
        if query.after is not None:
            rows = rows.where(tuple_(company.c.name, company.c.company_id) > tuple_(*query.after))
        counting = select(func.count()).select_from(company).where(*where)
        async with self._database.engine.connect() as connection:
            total = (await connection.execute(counting)).scalar_one()
            found = [_row(row) for row in await connection.execute(rows)]
        items = tuple(found[: query.limit])
        more = len(found) > query.limit
        return CompanyPage(items, total, (items[-1].name, items[-1].company_id) if more else None)

    async def card(self, actor: Actor, scope: Scope, company_id: CompanyId) -> CompanyCard | None:
        """One company, or None."""
        columns = company.c
        vip = select(vip_company.c.company_id).where(vip_company.c.company_id == columns.company_id).exists()
        query = _rows(self._day()).add_columns(
            columns.full_name, columns.ogrn, columns.details, columns.updated_at, vip
        )
        query = query.where(columns.company_id == company_id, visible_companies(actor, scope))
        async with self._database.engine.connect() as connection:
            found = (await connection.execute(query)).first()
        if found is None:
            return None
        row = _row(found[:11])
        full_name, ogrn, details, updated_at, is_vip = found[11:]
        requisites = requisites_of(row.kind.value, row.name, full_name, row.inn, row.kpp, ogrn, details)
        return CompanyCard(row, requisites, updated_at, is_vip)

    async def agreements(self, company_id: CompanyId) -> Sequence[NamedAgreement]:
        """Its agreements, the default one first, then the latest."""
        columns, methods = agreement.c, payment_method.c
        allowed = (
            select(func.array_agg(aggregate_order_by(methods.name, methods.position, methods.name)))
            .where(methods.method_id == any_(columns.payment_methods))
            .correlate(agreement)
            .scalar_subquery()
        )
        query = (
            AGREEMENT.add_columns(
                price_type.c.name, func.coalesce(seller_firm.c.name, ""), func.coalesce(warehouse.c.name, ""), allowed
            )
            .join(price_type, price_type.c.price_type_id == columns.price_type_id)
            .outerjoin(seller_firm, seller_firm.c.firm_id == columns.firm_id)
            .outerjoin(warehouse, warehouse.c.warehouse_id == columns.warehouse_id)
            .where(columns.company_id == company_id)
            .order_by(
                columns.is_active.desc(),
                columns.is_default.desc(),
                columns.valid_from.desc().nulls_last(),
                columns.agreement_id.desc(),
            )
        )
        async with self._database.engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return [NamedAgreement(agreement_of(row), row[15], row[16], row[17], tuple(row[18] or ())) for row in rows]

    async def members(self, company_id: CompanyId) -> Sequence[MemberLine]:
        """Its members by name."""
        people = app_user.c
        seen = select(func.max(session.c.last_seen_at)).where(session.c.user_id == people.user_id)
        query: Select[*tuple[Any, ...]] = (
            select(
                people.user_id,
                people.name,
                people.email,
                people.phone,
                role.c.code,
                role.c.name,
                people.is_active,
                membership.c.access_level,
                seen.correlate(app_user).scalar_subquery(),
            )
            .select_from(membership)
            .join(app_user, people.user_id == membership.c.user_id)
            .join(role, role.c.role_id == people.role_id)
            .where(membership.c.company_id == company_id)
            .order_by(people.name, people.user_id)
        )
        async with self._database.engine.connect() as connection:
            return [MemberLine(*row) for row in await connection.execute(query)]

    async def managers(self, actor: Actor, scope: Scope) -> Sequence[ManagerChoice]:
        """Active people of the scope who can look after companies, by name; the first few hundred."""
        people = app_user.c
        query = (
            select(people.user_id, people.name, func.coalesce(people.email, people.phone))
            .where(people.is_active, LOOKS_AFTER, visible_users(actor, scope))
            .order_by(people.name, people.user_id)
            .limit(MAX_MANAGERS)
        )
        async with self._database.engine.connect() as connection:
            return [ManagerChoice(UserId(row[0]), row[1], row[2] or "") for row in await connection.execute(query)]

    async def choices(self) -> TermsChoices:
        """What an agreement can name."""
        kinds, firm, stores = price_type.c, seller_firm.c, warehouse.c
        types = select(kinds.price_type_id, kinds.name, kinds.currency).where(kinds.is_active)
        firms = select(firm.firm_id, firm.name).where(firm.is_active)
        places = select(stores.warehouse_id, stores.name).where(and_(stores.is_active, stores.external_ref != "*"))
        async with self._database.engine.connect() as connection:
            return TermsChoices(
                tuple(
                    (PriceTypeId(row[0]), row[1], row[2])
                    for row in await connection.execute(types.order_by(kinds.is_default.desc(), kinds.name))
                ),
                tuple(
                    (FirmId(row[0]), row[1])
                    for row in await connection.execute(firms.order_by(firm.is_default.desc(), firm.name))
                ),
                tuple(
                    (WarehouseId(row[0]), row[1])
                    for row in await connection.execute(places.order_by(stores.position, stores.name))
                ),
                await all_methods(connection),
            )

    async def payment_methods(self, actor: Actor, scope: Scope) -> tuple[PaymentMethodLine, ...]:
        """Every method that concerns the actor, by place and name."""
        columns, firm, agreements = payment_method.c, seller_firm.c, agreement.c
        sees_all = scope is Scope.ALL
        seen = true() if sees_all else firm.firm_id == actor.firm_id
        firms = select(func.array_agg(aggregate_order_by(firm.name, firm.name))).where(
            firm.firm_id == any_(columns.firms), seen
        )
        own = select(company.c.company_id).where(visible_companies(actor, scope))
        named = select(func.count()).where(
            columns.method_id == any_(agreements.payment_methods),
            agreements.is_active,
            agreements.company_id.in_(own),
        )
        query = select(
            payment_method,
            firms.correlate(payment_method).scalar_subquery().label("firm_names"),
            named.correlate(payment_method).scalar_subquery().label("agreements"),
        ).order_by(columns.position, columns.name, columns.method_id)
        if not sees_all:
            concerns = columns.firms == literal([], ARRAY(Uuid))
            if actor.firm_id is not None:
                concerns = or_(concerns, columns.firms.contains([actor.firm_id]))
            query = query.where(concerns)
        async with self._database.engine.connect() as connection:
            return tuple(
                PaymentMethodLine(method_of(row), tuple(row.firm_names or ()), row.agreements)
                for row in await connection.execute(query)
            )

    async def firms(self, firm_id: FirmId | None = None) -> tuple[FirmLine, ...]:
        """All firms, or the one asked for, the default one first, then by name."""
        firm = seller_firm.c
        agreements = select(func.count()).where(agreement.c.firm_id == firm.firm_id, agreement.c.is_active)
        people = select(func.count()).where(app_user.c.firm_id == firm.firm_id, app_user.c.is_active)
        query: Select[*tuple[Any, ...]] = select(
            firm.firm_id,
            firm.is_default,
            firm.is_active,
            agreements.correlate(seller_firm).scalar_subquery(),
            people.correlate(seller_firm).scalar_subquery(),
            firm.kind,
            firm.name,
            firm.full_name,
            firm.inn,
            firm.kpp,
            firm.ogrn,
            firm.details,
        ).order_by(firm.is_default.desc(), firm.is_active.desc(), firm.name, firm.firm_id)
        if firm_id is not None:
            query = query.where(firm.firm_id == firm_id)
        async with self._database.engine.connect() as connection:
            return tuple(
                FirmLine(FirmId(row[0]), requisites_of(*row[5:]), *row[1:5]) for row in await connection.execute(query)
            )
