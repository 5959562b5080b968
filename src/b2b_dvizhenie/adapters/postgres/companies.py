"""Companies, memberships and agreements in PostgreSQL."""

from uuid import UUID

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.tables.companies import agreement, company, membership
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user
from b2b_dvizhenie.adapters.postgres.tables.pricing import price_type
from b2b_dvizhenie.adapters.postgres.transactions import Transaction
from b2b_dvizhenie.application.companies import CompanyRow, TradeBook, TradeTransaction
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import AgreementId, CompanyId, PriceTypeId, UserId

_FIELDS = {"fk_agreement_company_id": "company_id", "fk_agreement_price_type_id": "price_type_id"}


class PostgresTradeBook(TradeBook):
    """Companies and how they trade, over the transaction's connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def companies(self) -> tuple[CompanyRow, ...]:
        """Active companies by name."""
        buyers = select(func.count()).where(membership.c.company_id == company.c.company_id).scalar_subquery()
        joined = company.outerjoin(
            agreement,
            (agreement.c.company_id == company.c.company_id) & agreement.c.is_default & agreement.c.is_active,
        )
        joined = joined.outerjoin(price_type, price_type.c.price_type_id == agreement.c.price_type_id)
        joined = joined.outerjoin(app_user, app_user.c.user_id == company.c.manager_id)
        query = (
            select(
                company.c.company_id,
                company.c.name,
                company.c.inn,
                company.c.kind,
                func.coalesce(price_type.c.name, ""),
                func.coalesce(app_user.c.name, ""),
                buyers,
            )
            .select_from(joined)
            .where(company.c.is_active)
            .order_by(company.c.name, company.c.company_id)
        )
        return tuple(CompanyRow(*row) for row in await self._connection.execute(query))

    async def user_by_login(self, login: str) -> UserId | None:
        """The active user with this e-mail or phone, canonical spelling."""
        query = select(app_user.c.user_id).where(
            app_user.c.is_active, or_(app_user.c.email == login, app_user.c.phone == login)
        )
        found = (await self._connection.execute(query)).scalar()
        return None if found is None else UserId(found)

    async def price_type_by_name(self, name: str) -> PriceTypeId | None:
        """The active price type with exactly this name."""
        query = select(price_type.c.price_type_id).where(price_type.c.name == name, price_type.c.is_active).limit(1)
        found = (await self._connection.execute(query)).scalar()
        return None if found is None else PriceTypeId(found)

    async def member_level(self, user_id: UserId, company_id: CompanyId) -> int | None:
        """The user's access level in the company; None if he is not a member."""
        query = select(membership.c.access_level).where(
            membership.c.user_id == user_id, membership.c.company_id == company_id
        )
        return (await self._connection.execute(query)).scalar()

    async def put_member(self, user_id: UserId, company_id: CompanyId, access_level: int) -> bool:
        """Make the user a member with this level, or change his level; False if either does not exist."""
        statement = insert(membership).values(user_id=user_id, company_id=company_id, access_level=access_level)
        keys = [membership.c.user_id, membership.c.company_id]
        try:
            await self._connection.execute(
                statement.on_conflict_do_update(index_elements=keys, set_={"access_level": access_level})
            )
        except IntegrityError:
            return False
        return True

    async def put_terms(
        self, agreement_id: AgreementId, company_id: CompanyId, price_type_id: PriceTypeId
    ) -> UUID | None:
        """Set the price type of the company's default agreement, making one where there is none."""
        own = (agreement.c.company_id == company_id) & agreement.c.is_default & agreement.c.is_active
        query = select(agreement.c.price_type_id).where(own).with_for_update()
        before = (await self._connection.execute(query)).scalar()
        statement = (
            insert(agreement)
            .values(agreement_id=agreement_id, company_id=company_id, price_type_id=price_type_id)
            .on_conflict_do_update(
                index_elements=[agreement.c.company_id],
                index_where=text("is_default AND is_active"),
                set_={"price_type_id": price_type_id},
            )
        )
        try:
            await self._connection.execute(statement)
        except IntegrityError as error:
            name = getattr(getattr(error.orig, "diag", None), "constraint_name", "") or ""
            raise NotFound(_FIELDS.get(name, "company_id")) from error
        return before

    async def put_manager(self, company_id: CompanyId, manager_id: UserId) -> bool:
        """Make the user the company's personal manager; False if either does not exist."""
        statement = update(company).where(company.c.company_id == company_id).values(manager_id=manager_id)
        try:
            return (await self._connection.execute(statement)).rowcount == 1
        except IntegrityError:
            return False


class PostgresTradeTransaction(Transaction, TradeTransaction):
    """The unit of work of companies."""

    trade: TradeBook

    def bind(self, connection: AsyncConnection) -> None:
        """Add the trade book."""
        super().bind(connection)
        self.trade = PostgresTradeBook(connection)
