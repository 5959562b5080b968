"""Both trees and the rights in PostgreSQL."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.identity import PostgresIdentityTransaction
from b2b_dvizhenie.adapters.postgres.people_scope import visible_users
from b2b_dvizhenie.adapters.postgres.tables.companies import company, seller_firm
from b2b_dvizhenie.adapters.postgres.tables.identity import (
    account_link,
    app_user,
    role,
    role_grant,
    second_factor,
    session,
)
from b2b_dvizhenie.application.hierarchy import (
    Hierarchy,
    HierarchyTransaction,
    PersonCard,
    PersonRow,
    RoleRow,
    StaffLine,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.hierarchy import Editor, Permission, RoleInUse, Scope
from b2b_dvizhenie.domain.identity import LoginTaken
from b2b_dvizhenie.domain.shared.ids import FirmId, RoleId, UserId

_HELD = 4_735_829_164_021
"""The advisory lock of the hierarchy: edits are rare and small, so one lock for both trees costs nobody anything."""

_head = app_user.alias("head")
_UNIQUE_FIELDS = {"uq_app_user_email": "email", "uq_app_user_phone": "phone"}


def _grants(pairs: Iterable[tuple[str | None, str | None]]) -> dict[Permission, Scope]:
    known = set(Permission)
    return {Permission(name): Scope(scope) for name, scope in pairs if scope is not None and name in known}


@asynccontextmanager
async def _taken(connection: AsyncConnection) -> AsyncIterator[None]:
    """Tells a login that is taken; within a savepoint, so that a bulk change can go on judging the others."""
    try:
        async with connection.begin_nested():
            yield
    except IntegrityError as error:
        field = _UNIQUE_FIELDS.get(getattr(getattr(error.orig, "diag", None), "constraint_name", "") or "")
        if field is None:
            raise
        raise LoginTaken(field) from error


class PostgresHierarchy(Hierarchy):
    """Edits and the reads they decide by, over the transaction's connection."""

    def __init__(self, connection: AsyncConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    async def hold(self) -> None:
        """Be the only editor until the transaction ends; readers do not wait."""
        await self._connection.execute(select(func.pg_advisory_xact_lock(_HELD)))

    async def editor(self, user_id: UserId) -> Editor | None:
        """The active person with the rights as they are now."""
        query = (
            select(app_user.c.role_id, role_grant.c.permission, role_grant.c.scope)
            .outerjoin(role_grant, role_grant.c.role_id == app_user.c.role_id)
            .where(app_user.c.user_id == user_id, app_user.c.is_active)
        )
        rows = (await self._connection.execute(query)).all()
        if not rows:
            return None
        return Editor(RoleId(rows[0][0]), _grants([(row[1], row[2]) for row in rows]))

    async def administrators(self) -> int:
        """How many active people may manage everybody's rights."""
        query = (
            select(func.count())
            .select_from(app_user)
            .join(role_grant, role_grant.c.role_id == app_user.c.role_id)
            .where(
                app_user.c.is_active,
                role_grant.c.permission == Permission.USERS_MANAGE.value,
                role_grant.c.scope == Scope.ALL.value,
            )
        )
        return (await self._connection.execute(query)).scalar_one()

    async def roles(self) -> tuple[RoleRow, ...]:
        """All roles in their order."""
        pairs: dict[UUID, list[tuple[str | None, str | None]]] = defaultdict(list)
        for role_id, permission, scope in await self._connection.execute(
            select(role_grant.c.role_id, role_grant.c.permission, role_grant.c.scope).order_by(role_grant.c.permission)
        ):
            pairs[role_id].append((permission, scope))
        people = select(func.count()).where(app_user.c.role_id == role.c.role_id).correlate(role).scalar_subquery()
        query = select(
            role.c.role_id, role.c.parent_id, role.c.code, role.c.name, people, role.c.second_factor
        ).order_by(role.c.position, role.c.code)
        return tuple(
            RoleRow(
                role_id=RoleId(row[0]),
                parent_id=RoleId(row[1]) if row[1] else None,
                code=row[2],
                name=row[3],
                grants=_grants(pairs[row[0]]),
                people=row[4],
                second_factor=row[5],
            )
            for row in await self._connection.execute(query)
        )

    async def add_role(self, role_id: RoleId, parent_id: RoleId, code: str, name: str) -> None:
        """Add a role without rights, last in order."""
        last = select(func.coalesce(func.max(role.c.position), -1) + 1).scalar_subquery()
        await self._connection.execute(
            insert(role).values(role_id=role_id, parent_id=parent_id, code=code, name=name, position=last)
        )

    async def rename_role(self, role_id: RoleId, name: str) -> None:
        """Change what people see."""
        await self._connection.execute(update(role).where(role.c.role_id == role_id).values(name=name))

    async def move_role(self, role_id: RoleId, parent_id: RoleId) -> None:
        """Hang the role with everything below it under another one."""
        await self._connection.execute(update(role).where(role.c.role_id == role_id).values(parent_id=parent_id))

    async def delete_role(self, role_id: RoleId) -> None:
        """Remove the role and its grants."""
        try:
            await self._connection.execute(delete(role).where(role.c.role_id == role_id))
        except IntegrityError as error:  # a person was made with it since, which waits for no editor
            raise RoleInUse(people=1, roles=0) from error

    async def put_grant(self, role_id: RoleId, permission: Permission, scope: Scope | None) -> None:
        """Give the permission in this scope instead of whatever it was; None takes it away."""
        grants = role_grant.c
        if scope is None:
            await self._connection.execute(
                delete(role_grant).where(grants.role_id == role_id, grants.permission == permission.value)
            )
            return
        statement = upsert(role_grant).values(role_id=role_id, permission=permission.value, scope=scope.value)
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=[grants.role_id, grants.permission], set_={"scope": scope.value}
            )
        )

    async def require_second_factor(self, role_id: RoleId, *, required: bool) -> None:
        """Say whether the people of the role must log in by two steps."""
        await self._connection.execute(update(role).where(role.c.role_id == role_id).values(second_factor=required))

    async def drop_second_factor(self, user_id: UserId) -> bool:
        """Forget the person's authenticator and recovery codes."""
        columns = second_factor.c
        dropped = delete(second_factor).where(columns.user_id == user_id, columns.confirmed_at.is_not(None))
        return (await self._connection.execute(dropped)).rowcount == 1

    async def person(self, actor: Actor, scope: Scope, user_id: UserId) -> PersonRow | None:
        """A person the actor sees within the scope."""
        people = app_user.c
        query = select(people.user_id, people.name, people.role_id, people.head_id, people.is_active).where(
            people.user_id == user_id, visible_users(actor, scope)
        )
        row = (await self._connection.execute(query)).first()
        if row is None:
            return None
        return PersonRow(UserId(row[0]), row[1], RoleId(row[2]), UserId(row[3]) if row[3] else None, row[4])

    async def card(self, actor: Actor, scope: Scope, user_id: UserId) -> PersonCard | None:
        """The same person with everything about him."""
        people, seen = app_user.c, select(app_user.c.user_id).where(visible_users(actor, scope))
        query = (
            select(
                people.user_id,
                people.name,
                people.email,
                people.phone,
                people.language,
                people.role_id,
                role.c.code,
                role.c.name,
                people.head_id,
                func.coalesce(_head.c.name, ""),
                people.firm_id,
                func.coalesce(seller_firm.c.name, ""),
                people.is_active,
                people.created_at,
                exists().where(second_factor.c.user_id == people.user_id, second_factor.c.confirmed_at.is_not(None)),
            )
            .join(role, role.c.role_id == people.role_id)
            .outerjoin(_head, (_head.c.user_id == people.head_id) & _head.c.user_id.in_(seen))
            .outerjoin(seller_firm, seller_firm.c.firm_id == people.firm_id)
            .where(people.user_id == user_id, visible_users(actor, scope))
        )
        row: Any = (await self._connection.execute(query)).first()
        return None if row is None else PersonCard(*row)

    async def staff(self, actor: Actor, scope: Scope, limit: int) -> Sequence[StaffLine]:
        """People within the scope who are no mere buyers, by name."""
        people = app_user.c
        wider = select(role_grant.c.role_id).where(role_grant.c.scope != Scope.OWN.value)
        heads = select(_head.c.head_id).where(_head.c.head_id.is_not(None))
        served = select(func.count()).where(company.c.manager_id == people.user_id, company.c.is_active)
        query = (
            select(
                people.user_id,
                people.name,
                people.role_id,
                role.c.code,
                role.c.name,
                people.head_id,
                people.is_active,
                served.correlate(app_user).scalar_subquery(),
            )
            .join(role, role.c.role_id == people.role_id)
            .where(visible_users(actor, scope))
            .where(or_(people.role_id.in_(wider), people.head_id.is_not(None), people.user_id.in_(heads)))
            .order_by(people.name, people.user_id)
            .limit(limit)
        )
        rows: Any = await self._connection.execute(query)
        return [StaffLine(*row) for row in rows]

    async def firms(self) -> Sequence[tuple[FirmId, str]]:
        """Active seller firms by name."""
        firms = seller_firm.c
        query = select(firms.firm_id, firms.name).where(firms.is_active).order_by(firms.name, firms.firm_id)
        return [(FirmId(row[0]), row[1]) for row in await self._connection.execute(query)]

    async def set_details(
        self,
        user_id: UserId,
        name: str,
        logins: tuple[str | None, str | None],
        language: str,
        firm_id: FirmId | None,
    ) -> None:
        """Change what is known of the person."""
        columns = app_user.c
        same = columns.email.is_not_distinct_from(logins[0]) & columns.phone.is_not_distinct_from(logins[1])
        kept = select(columns.user_id).where(columns.user_id == user_id, same)
        # A link that went to a mistyped address must not open the account of whom it was meant for.
        await self._connection.execute(
            update(account_link)
            .where(account_link.c.user_id == user_id, account_link.c.used_at.is_(None))
            .where(account_link.c.user_id.not_in(kept))
            .values(used_at=self._clock())
        )
        values = {"name": name, "email": logins[0], "phone": logins[1], "language": language, "firm_id": firm_id}
        async with _taken(self._connection):
            await self._connection.execute(update(app_user).where(columns.user_id == user_id).values(**values))

    async def heads(self, user_id: UserId) -> tuple[UserId, ...]:
        """The person, his head, and so on upwards."""
        one = select(app_user.c.user_id, app_user.c.head_id).where(app_user.c.user_id == user_id)
        upwards = one.cte("upwards", recursive=True)
        # UNION, not UNION ALL: a ring that something else made would end.
        upwards = upwards.union(
            select(app_user.c.user_id, app_user.c.head_id).join(upwards, app_user.c.user_id == upwards.c.head_id)
        )
        return tuple(UserId(row[0]) for row in await self._connection.execute(select(upwards.c.user_id)))

    async def set_role(self, user_id: UserId, role_id: RoleId) -> None:
        """Give the person another role."""
        await self._connection.execute(update(app_user).where(app_user.c.user_id == user_id).values(role_id=role_id))

    async def set_head(self, user_id: UserId, head_id: UserId | None) -> None:
        """Put the person, with everybody below, under another head."""
        await self._connection.execute(update(app_user).where(app_user.c.user_id == user_id).values(head_id=head_id))

    async def block(self, user_id: UserId) -> int:
        """Switch the account off and close its sessions; how many there were."""
        await self._connection.execute(update(app_user).where(app_user.c.user_id == user_id).values(is_active=False))
        return await self.close_sessions(user_id)

    async def close_sessions(self, user_id: UserId) -> int:
        """Close every live session of the person; how many there were."""
        now = self._clock()
        alive = (session.c.user_id == user_id, session.c.revoked_at.is_(None), session.c.expires_at > now)
        return (await self._connection.execute(update(session).where(*alive).values(revoked_at=now))).rowcount

    async def unblock(self, user_id: UserId) -> None:
        """Switch the account on again."""
        async with _taken(self._connection):
            await self._connection.execute(update(app_user).where(app_user.c.user_id == user_id).values(is_active=True))


class PostgresHierarchyTransaction(PostgresIdentityTransaction, HierarchyTransaction):
    """The unit of work of the hierarchy and of the people in it."""

    hierarchy: Hierarchy

    def bind(self, connection: AsyncConnection) -> None:
        """Add the hierarchy."""
        super().bind(connection)
        self.hierarchy = PostgresHierarchy(connection, self._clock)
