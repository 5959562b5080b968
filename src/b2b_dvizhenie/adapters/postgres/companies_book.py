"""Buyer companies, their agreements and seller firms in PostgreSQL, within a transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, any_, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.company_details import columns_of, requisites_of
from b2b_dvizhenie.adapters.postgres.people_scope import visible_companies
from b2b_dvizhenie.adapters.postgres.tables.catalog import warehouse
from b2b_dvizhenie.adapters.postgres.tables.companies import agreement, company, payment_method, seller_firm
from b2b_dvizhenie.adapters.postgres.tables.companies import agreement as table
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user
from b2b_dvizhenie.adapters.postgres.tables.pricing import price_type
from b2b_dvizhenie.adapters.postgres.tables.vip import vip_company
from b2b_dvizhenie.application.companies import CompanyBook, FirmBook, HeldCompany, HeldFirm
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.companies import Agreement, Requisites, TradingTerms
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import (
    AgreementId,
    CompanyId,
    FirmId,
    PaymentMethodId,
    PriceTypeId,
    UserId,
    WarehouseId,
)
from b2b_dvizhenie.domain.shared.money import RoundingPolicy

_REQUISITES = (
    company.c.kind,
    company.c.name,
    company.c.full_name,
    company.c.inn,
    company.c.kpp,
    company.c.ogrn,
    company.c.details,
)
AGREEMENT: Select[*tuple[Any, ...]] = select(
    agreement.c.agreement_id,
    agreement.c.price_type_id,
    agreement.c.title,
    agreement.c.currency,
    agreement.c.rounding,
    agreement.c.firm_id,
    agreement.c.warehouse_id,
    agreement.c.credit_limit,
    agreement.c.minimum_amount,
    agreement.c.valid_from,
    agreement.c.valid_to,
    agreement.c.is_default,
    agreement.c.is_active,
    agreement.c.payment_methods,
    select(vip_company.c.agreement_id)
    .where(vip_company.c.agreement_id == agreement.c.agreement_id)
    .correlate(agreement)
    .exists(),
)


def agreement_of(row: Row[*tuple[Any, ...]]) -> Agreement:
    """The agreement of a row that begins with the columns of `AGREEMENT`."""
    return Agreement(
        agreement_id=AgreementId(row[0]),
        terms=TradingTerms(
            price_type_id=PriceTypeId(row[1]),
            title=row[2],
            currency=row[3],
            rounding=RoundingPolicy(row[4]),
            firm_id=FirmId(row[5]) if row[5] else None,
            warehouse_id=WarehouseId(row[6]) if row[6] else None,
            credit_limit=row[7],
            minimum_amount=row[8],
            valid_from=row[9],
            valid_to=row[10],
            is_default=row[11],
            payment_methods=tuple(map(PaymentMethodId, row[13])),
        ),
        is_active=row[12],
        is_vip=row[14],
    )


class PostgresCompanyBook(CompanyBook):
    """The `company` and `agreement` tables."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def hold(self, actor: Actor, scope: Scope, company_id: CompanyId) -> HeldCompany | None:
        """A company the actor may touch in this scope, locked until the end of the transaction, or None."""
        query: Select[*tuple[Any, ...]] = select(
            company.c.is_active, company.c.node_id, company.c.manager_id, company.c.updated_at, *_REQUISITES
        )
        query = query.where(company.c.company_id == company_id, visible_companies(actor, scope))
        row = (await self._connection.execute(query.with_for_update(of=company))).first()
        if row is None:
            return None
        is_active, node_id, manager_id, updated_at, *fields = row
        return HeldCompany(
            company_id,
            requisites_of(*fields),
            is_active,
            node_id is not None,
            UserId(manager_id) if manager_id else None,
            updated_at,
        )

    async def same(self, actor: Actor, scope: Scope, requisites: Requisites) -> CompanyId | None:
        """An active company with this INN and KPP within the scope; two of the same INN are not made at once."""
        if not requisites.inn:
            return None
        key = func.hashtextextended("company:" + requisites.inn, 0)
        await self._connection.execute(select(func.pg_advisory_xact_lock(key)))
        query = select(company.c.company_id).where(
            company.c.inn == requisites.inn,
            company.c.kpp == requisites.kpp,
            company.c.is_active,
            visible_companies(actor, scope),
        )
        found = (await self._connection.execute(query.limit(1))).scalar()
        return None if found is None else CompanyId(found)

    async def add(
        self, company_id: CompanyId, requisites: Requisites, manager_id: UserId | None, now: datetime
    ) -> None:
        """A new active company made by hand."""
        row = {"company_id": company_id, "manager_id": manager_id, "updated_at": now, **columns_of(requisites)}
        await self._connection.execute(insert(company).values(row))

    async def change(self, company_id: CompanyId, requisites: Requisites, now: datetime) -> None:
        """Write the requisites of a held company."""
        values = columns_of(requisites) | {"updated_at": now}
        await self._connection.execute(update(company).where(company.c.company_id == company_id).values(values))

    async def switch(self, company_id: CompanyId, *, is_active: bool, now: datetime) -> None:
        """Make a held company active or not."""
        statement = update(company).where(company.c.company_id == company_id)
        await self._connection.execute(statement.values(is_active=is_active, updated_at=now))

    async def agreements(self, company_id: CompanyId) -> tuple[Agreement, ...]:
        """All agreements of a held company."""
        query = AGREEMENT.where(agreement.c.company_id == company_id).order_by(agreement.c.agreement_id)
        return tuple(agreement_of(row) for row in await self._connection.execute(query))

    async def put_agreement(self, company_id: CompanyId, agreement: Agreement) -> None:
        """Write an agreement of a held company; a default one takes the place of the former default."""
        terms = agreement.terms
        if agreement.is_active:
            await self._require_known(terms)
        if terms.is_default:
            others = (table.c.company_id == company_id) & (table.c.agreement_id != agreement.agreement_id)
            await self._connection.execute(update(table).where(others).values(is_default=False))
        values = {
            "price_type_id": terms.price_type_id,
            "title": terms.title,
            "currency": terms.currency,
            "rounding": terms.rounding.value,
            "firm_id": terms.firm_id,
            "warehouse_id": terms.warehouse_id,
            "credit_limit": terms.credit_limit,
            "minimum_amount": terms.minimum_amount,
            "valid_from": terms.valid_from,
            "valid_to": terms.valid_to,
            "is_default": terms.is_default,
            "payment_methods": list(terms.payment_methods),
            "is_active": agreement.is_active,
        }
        statement = insert(table).values(agreement_id=agreement.agreement_id, company_id=company_id, **values)
        keys = [table.c.agreement_id]
        await self._connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=values))

    async def _require_known(self, terms: TradingTerms) -> None:
        wanted = (
            ("price_type_id", price_type.c.price_type_id, terms.price_type_id, price_type.c.is_active),
            ("firm_id", seller_firm.c.firm_id, terms.firm_id, seller_firm.c.is_active),
            ("warehouse_id", warehouse.c.warehouse_id, terms.warehouse_id, warehouse.c.is_active),
        )
        for field, column, key, is_active in wanted:
            if key is None:
                continue
            query = select(column).where(column == key, is_active).with_for_update(read=True)
            if (await self._connection.execute(query)).first() is None:
                raise NotFound(field)
        if terms.payment_methods:
            named = payment_method.c.method_id == any_(literal(list(terms.payment_methods)))
            known = await self._connection.execute(select(func.count()).where(named))
            if known.scalar_one() != len(terms.payment_methods):
                raise NotFound("payment_methods")


class PostgresFirmBook(FirmBook):
    """The `seller_firm` table."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def hold(self, firm_id: FirmId) -> HeldFirm | None:
        """A firm, locked until the end of the transaction."""
        firm = seller_firm.c
        query: Select[*tuple[Any, ...]] = select(
            firm.is_active,
            firm.is_default,
            firm.kind,
            firm.name,
            firm.full_name,
            firm.inn,
            firm.kpp,
            firm.ogrn,
            firm.details,
        )
        row = (await self._connection.execute(query.where(firm.firm_id == firm_id).with_for_update())).first()
        if row is None:
            return None
        is_active, is_default, *fields = row
        return HeldFirm(firm_id, requisites_of(*fields), is_active, is_default)

    async def put(self, firm: HeldFirm) -> None:
        """Write a firm; a default one takes the place of the former default."""
        if firm.is_default:
            # One writer of the default at a time, or two of them would meet in its index.
            await self._connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("firm", 0))))
            others = update(seller_firm).where(seller_firm.c.firm_id != firm.firm_id, seller_firm.c.is_default)
            await self._connection.execute(others.values(is_default=False))
        values = columns_of(firm.requisites) | {"is_default": firm.is_default, "is_active": firm.is_active}
        statement = insert(seller_firm).values(firm_id=firm.firm_id, **values)
        keys = [seller_firm.c.firm_id]
        await self._connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=values))

    async def is_used(self, firm_id: FirmId) -> bool:
        """Whether an active agreement or an active person belongs to the firm."""
        agreements = select(agreement.c.firm_id).where(agreement.c.firm_id == firm_id, agreement.c.is_active)
        people = select(app_user.c.firm_id).where(app_user.c.firm_id == firm_id, app_user.c.is_active)
        return bool((await self._connection.execute(select(agreements.exists() | people.exists()))).scalar_one())
