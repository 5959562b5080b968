"""Who buys for a company, at which prices, and who looks after it, in PostgreSQL."""

from uuid import UUID

from sqlalchemy import delete, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.companies_book import PostgresCompanyBook, PostgresFirmBook
from b2b_dvizhenie.adapters.postgres.payment_methods import PostgresPaymentMethodBook
from b2b_dvizhenie.adapters.postgres.people_scope import LOOKS_AFTER, visible_users
from b2b_dvizhenie.adapters.postgres.tables.companies import agreement, company, membership
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user
from b2b_dvizhenie.adapters.postgres.tables.pricing import price_type
from b2b_dvizhenie.adapters.postgres.transactions import Transaction
from b2b_dvizhenie.application.companies import (
    AccessLevelInvalid,
    CompanyBook,
    FirmBook,
    PaymentMethodBook,
    TradeBook,
    TradeTransaction,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import AgreementId, CompanyId, PriceTypeId, UserId

_FIELDS = {"fk_agreement_company_id": "company_id", "fk_agreement_price_type_id": "price_type_id"}


def _constraint(error: IntegrityError) -> str:
    return getattr(getattr(error.orig, "diag", None), "constraint_name", "") or ""


class PostgresTradeBook(TradeBook):
    """Companies and how they trade, over the transaction's connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def user_by_login(self, login: str) -> UserId | None:
        """The active user with this e-mail or phone, canonical spelling."""
        query = select(app_user.c.user_id).where(
            app_user.c.is_active, or_(app_user.c.email == login, app_user.c.phone == login)
        )
        found = (await self._connection.execute(query)).scalar()
        return None if found is None else UserId(found)

    async def sees_user(self, actor: Actor, scope: Scope, user_id: UserId) -> bool:
        """Whether this active user is within the scope."""
        query = select(app_user.c.user_id).where(
            app_user.c.user_id == user_id, app_user.c.is_active, visible_users(actor, scope)
        )
        return (await self._connection.execute(query)).first() is not None

    async def is_manager(self, user_id: UserId) -> bool:
        """Whether this active user's role processes orders."""
        query = select(app_user.c.user_id).where(app_user.c.user_id == user_id, app_user.c.is_active, LOOKS_AFTER)
        return (await self._connection.execute(query)).first() is not None

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
        except IntegrityError as error:
            if _constraint(error) == "fk_membership_access_level":
                raise AccessLevelInvalid("access_level") from error
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
            raise NotFound(_FIELDS.get(_constraint(error), "company_id")) from error
        return before

    async def remove_member(self, user_id: UserId, company_id: CompanyId) -> bool:
        """Take the membership away; False if there was none."""
        own = (membership.c.user_id == user_id) & (membership.c.company_id == company_id)
        return (await self._connection.execute(delete(membership).where(own))).rowcount == 1

    async def put_manager(self, company_id: CompanyId, manager_id: UserId | None) -> None:
        """Write the personal manager of a held company."""
        statement = update(company).where(company.c.company_id == company_id).values(manager_id=manager_id)
        await self._connection.execute(statement)


class PostgresTradeTransaction(Transaction, TradeTransaction):
    """The unit of work of companies."""

    trade: TradeBook
    companies: CompanyBook
    firms: FirmBook
    payment_methods: PaymentMethodBook

    def bind(self, connection: AsyncConnection) -> None:
        """Add the books of trade, companies, firms and ways to pay."""
        super().bind(connection)
        self.trade = PostgresTradeBook(connection)
        self.companies = PostgresCompanyBook(connection)
        self.firms = PostgresFirmBook(connection)
        self.payment_methods = PostgresPaymentMethodBook(connection)
