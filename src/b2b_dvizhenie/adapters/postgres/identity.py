"""Users and sessions in PostgreSQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.identity_challenges import PostgresChallenges
from b2b_dvizhenie.adapters.postgres.identity_factors import PostgresSecondFactors
from b2b_dvizhenie.adapters.postgres.messaging import TellingTransaction
from b2b_dvizhenie.adapters.postgres.people_scope import visible_users
from b2b_dvizhenie.adapters.postgres.settings import held_value
from b2b_dvizhenie.adapters.postgres.tables.companies import membership
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user, login_attempt, role, role_grant, session
from b2b_dvizhenie.application.identity.factor_ports import SecondFactors
from b2b_dvizhenie.application.identity.ports import (
    Account,
    Accounts,
    Challenges,
    HeldAccount,
    IdentityTransaction,
    OpenSession,
    Reachable,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.identity import TOKEN_LIFETIME_DAYS, Login, LoginKind, LoginTaken, token_lifetime
from b2b_dvizhenie.domain.shared.ids import CompanyId, UserId

_UNIQUE_FIELDS = {"uq_app_user_email": "email", "uq_app_user_phone": "phone"}


def _alive(user_id: UserId, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return session.c.user_id == user_id, session.c.revoked_at.is_(None), session.c.expires_at > now


async def end_longer_sessions(connection: AsyncConnection, days: int, now: datetime) -> None:
    """Let live sessions end by a shortened lifetime; a lengthened one is for sessions to come and wakes no dead one."""
    latest = session.c.created_at + token_lifetime(days)
    await connection.execute(
        update(session)
        .where(session.c.revoked_at.is_(None), session.c.expires_at > now, session.c.expires_at > latest)
        .values(expires_at=latest)
    )


class PostgresAccounts(Accounts):
    """Users, their sessions and failed logins."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def by_login(self, login: Login) -> Account | None:
        """The active account with this login."""
        column = app_user.c.email if login.kind is LoginKind.EMAIL else app_user.c.phone
        query = select(app_user.c.user_id, app_user.c.password_hash, app_user.c.is_active).where(
            column == login.value, app_user.c.is_active
        )
        row = (await self._connection.execute(query.with_for_update(read=True))).first()
        return None if row is None else Account(UserId(row[0]), row[1], row[2])

    async def hold(self, user_id: UserId) -> HeldAccount | None:
        """The active account, which nobody else can hold, change or log in to until the transaction ends."""
        columns = app_user.c
        query = select(columns.email, columns.phone, columns.password_hash)
        query = query.where(columns.user_id == user_id, columns.is_active).with_for_update()
        row = (await self._connection.execute(query)).first()
        if row is None:
            return None
        return HeldAccount(tuple(login for login in (row[0], row[1]) if login), row[2])

    async def reachable(self, user_id: UserId) -> Reachable | None:
        """The active person with their logins."""
        columns = app_user.c
        query = select(columns.user_id, columns.name, columns.email, columns.phone, columns.language)
        row = (await self._connection.execute(query.where(columns.user_id == user_id, columns.is_active))).first()
        return None if row is None else Reachable(UserId(row[0]), *row[1:])

    async def set_password(self, user_id: UserId, password_hash: str) -> None:
        """Replace the hash of the password."""
        await self._connection.execute(
            update(app_user).where(app_user.c.user_id == user_id).values(password_hash=password_hash)
        )

    async def sessions(self, user_id: UserId, now: datetime) -> Sequence[OpenSession]:
        """Sessions of the user that are neither revoked nor expired at `now`, the latest opened first."""
        columns = session.c
        query = (
            select(
                columns.session_id,
                columns.user_agent,
                columns.address,
                columns.created_at,
                columns.last_seen_at,
                columns.expires_at,
            )
            .where(*_alive(user_id, now))
            .order_by(columns.created_at.desc(), columns.session_id.desc())
        )
        return [OpenSession(*row) for row in await self._connection.execute(query)]

    async def close_session(self, user_id: UserId, session_id: UUID, now: datetime) -> bool:
        """Close a live session of this user. False, and nothing changed, if it is dead, unknown or another's."""
        closing = update(session).where(session.c.session_id == session_id, *_alive(user_id, now))
        return (await self._connection.execute(closing.values(revoked_at=now))).rowcount == 1

    async def close_others(self, user_id: UserId, session_id: UUID, now: datetime) -> int:
        """Close every live session of the user but this one; how many were closed."""
        closing = update(session).where(session.c.session_id != session_id, *_alive(user_id, now))
        return (await self._connection.execute(closing.values(revoked_at=now))).rowcount

    async def close_all(self, user_id: UserId, now: datetime) -> int:
        """Close every live session of the user; how many were closed."""
        closing = update(session).where(*_alive(user_id, now))
        return (await self._connection.execute(closing.values(revoked_at=now))).rowcount

    async def exchange_token(
        self, session_id: UUID, old_hash: bytes, new_hash: bytes, now: datetime
    ) -> datetime | None:
        """Let the live session answer to another token; its end, or None if the old one is dead."""
        columns = session.c
        exchange = (
            update(session)
            .where(columns.session_id == session_id, columns.token_hash == old_hash)
            .where(columns.revoked_at.is_(None), columns.expires_at > now)
            .values(token_hash=new_hash)
            .returning(columns.expires_at)
        )
        return (await self._connection.execute(exchange)).scalar()

    async def is_within(self, actor: Actor, scope: Scope, user_id: UserId) -> bool:
        """Whether there is such a person and the scope of the actor's grant reaches it."""
        query = select(app_user.c.user_id).where(app_user.c.user_id == user_id, visible_users(actor, scope))
        return (await self._connection.execute(query)).first() is not None

    async def failures(self, login: str, address: str, since: datetime) -> tuple[int, int]:
        """(failed logins for this login, failed logins from this address) since a moment."""
        by_login = select(func.count()).where(login_attempt.c.login == login, login_attempt.c.at > since)
        by_address = select(func.count()).where(
            login_attempt.c.address == address, login_attempt.c.address != "", login_attempt.c.at > since
        )
        row = (await self._connection.execute(select(by_login.scalar_subquery(), by_address.scalar_subquery()))).one()
        return row[0], row[1]

    async def record_failure(self, login: str, address: str, at: datetime) -> None:
        """Count a failed login."""
        await self._connection.execute(insert(login_attempt).values(login=login, address=address, at=at))

    async def token_lifetime(self) -> timedelta:
        """How long a token opened now lives; the setting cannot be changed until the transaction ends."""
        return token_lifetime(await held_value(self._connection, TOKEN_LIFETIME_DAYS))

    async def add_session(
        self,
        session_id: UUID,
        user_id: UserId,
        token_hash: bytes,
        now: datetime,
        expires_at: datetime,
        address: str,
        user_agent: str,
    ) -> None:
        """Open a session."""
        await self._connection.execute(
            insert(session).values(
                session_id=session_id,
                token_hash=token_hash,
                user_id=user_id,
                created_at=now,
                expires_at=expires_at,
                last_seen_at=now,
                address=address,
                user_agent=user_agent,
            )
        )

    async def revoke(self, session_id: UUID, now: datetime) -> None:
        """Close a session; closing a closed one changes nothing."""
        await self._connection.execute(
            update(session)
            .where(session.c.session_id == session_id, session.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )

    async def select_company(self, session_id: UUID, company_id: CompanyId) -> bool:
        """Remember the company for the session; False if its user is not a member."""
        is_member = exists().where(membership.c.user_id == session.c.user_id, membership.c.company_id == company_id)
        changed = await self._connection.execute(
            update(session).where(session.c.session_id == session_id, is_member).values(company_id=company_id)
        )
        return changed.rowcount == 1

    async def begin_view(self, session_id: UUID, target_id: UserId, until: datetime) -> bool:
        """Let the live session look through another's eyes; False if it does so already."""
        columns = session.c
        begun = update(session).where(columns.session_id == session_id, columns.revoked_at.is_(None))
        begun = begun.where(columns.view_as_id.is_(None)).values(view_as_id=target_id, view_until=until)
        return (await self._connection.execute(begun)).rowcount == 1

    async def end_view(self, session_id: UUID) -> bool:
        """End it; False if it was ended already."""
        columns = session.c
        ended = update(session).where(columns.session_id == session_id, columns.view_as_id.is_not(None))
        return (await self._connection.execute(ended.values(view_as_id=None, view_until=None))).rowcount == 1

    async def rights_of(self, role_id: UUID) -> Mapping[Permission, Scope]:
        """The rights of a role, held against changes."""
        columns = role_grant.c
        held = select(columns.permission, columns.scope).where(columns.role_id == role_id).with_for_update(read=True)
        known = set(Permission)
        rows = await self._connection.execute(held)
        return {Permission(right): Scope(scope) for right, scope in rows if right in known}

    async def role_id(self, code: str) -> UUID | None:
        """Id of a role by its code."""
        return (await self._connection.execute(select(role.c.role_id).where(role.c.code == code))).scalar()

    async def add_user(
        self,
        user_id: UserId,
        role_id: UUID,
        name: str,
        email: str | None,
        phone: str | None,
        password_hash: str | None,
        now: datetime,
    ) -> None:
        """Add a user; raises LoginTaken naming the field that another active user has."""
        try:
            await self._connection.execute(
                insert(app_user).values(
                    user_id=user_id,
                    role_id=role_id,
                    name=name,
                    email=email,
                    phone=phone,
                    password_hash=password_hash,
                    created_at=now,
                )
            )
        except IntegrityError as error:
            field = _UNIQUE_FIELDS.get(getattr(getattr(error.orig, "diag", None), "constraint_name", "") or "")
            if field is None:
                raise
            raise LoginTaken(field) from error


class PostgresIdentityTransaction(TellingTransaction, IdentityTransaction):
    """The unit of work of identity."""

    accounts: Accounts
    challenges: Challenges
    factors: SecondFactors

    def bind(self, connection: AsyncConnection) -> None:
        """Add the accounts."""
        super().bind(connection)
        self.accounts = PostgresAccounts(connection)
        self.challenges = PostgresChallenges(connection)
        self.factors = PostgresSecondFactors(connection, self._sealer)
