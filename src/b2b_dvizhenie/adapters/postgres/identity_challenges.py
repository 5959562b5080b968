"""Codes and links that strangers ask for, in PostgreSQL."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.tables.identity import account_link, challenge
from b2b_dvizhenie.application.identity.ports import Challenges
from b2b_dvizhenie.domain.identity import Challenge, Link, LinkKind, Purpose
from b2b_dvizhenie.domain.shared.ids import UserId

_BUDGET = text("SELECT pg_advisory_xact_lock(6435432)")
_columns = challenge.c
_FOR_STRANGERS = _columns.purpose != Purpose.SECOND_STEP.value  # a second step is asked of who has passed the first


def _found() -> Select[*tuple[Any, ...]]:
    return select(
        _columns.challenge_id,
        _columns.purpose,
        _columns.browser_hash,
        _columns.login,
        _columns.language,
        _columns.created_at,
        _columns.expires_at,
        _columns.code_digest,
        _columns.tries,
        _columns.used_at,
    ).with_for_update()


class PostgresChallenges(Challenges):
    """The tables `challenge` and `account_link`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def hold_budget(self) -> None:
        """Let nobody else count or add until the transaction ends."""
        await self._connection.execute(_BUDGET)

    async def asked(self, login: str, address: str, since: datetime) -> tuple[int, int, int]:
        """How often something was asked for: for this login, from this address, in all."""
        query = select(
            func.count().filter(_columns.login == login),
            func.count().filter(_columns.address == address, _columns.address != ""),
            func.count(),
        ).where(_columns.created_at > since, _FOR_STRANGERS)
        row = (await self._connection.execute(query)).one()
        return row[0], row[1], row[2]

    async def wrong_codes(self, login: str, day: datetime, hour: datetime) -> tuple[int, int]:
        """Wrong codes for this login since `day`, and over all logins since `hour`."""
        tries = func.coalesce(func.sum(_columns.tries), 0)
        own = select(tries).where(_columns.login == login, _columns.created_at > day, _FOR_STRANGERS)
        everybody = select(tries).where(_columns.created_at > hour, _FOR_STRANGERS)
        row = (await self._connection.execute(select(own.scalar_subquery(), everybody.scalar_subquery()))).one()
        return int(row[0]), int(row[1])

    async def add(self, made: Challenge, address: str) -> None:
        """Remember what was asked for."""
        await self._connection.execute(
            insert(challenge).values(
                challenge_id=made.challenge_id,
                purpose=made.purpose.value,
                browser_hash=made.browser_hash,
                login=made.login,
                language=made.language,
                address=address,
                created_at=made.created_at,
                expires_at=made.expires_at,
            )
        )

    async def by_id(self, challenge_id: UUID) -> Challenge | None:
        """The challenge, locked."""
        return await self._one(_found().where(_columns.challenge_id == challenge_id))

    async def by_browser(self, browser_hash: bytes) -> Challenge | None:
        """The challenge that this browser asked for, locked."""
        return await self._one(_found().where(_columns.browser_hash == browser_hash))

    async def _one(self, query: Select[*tuple[Any, ...]]) -> Challenge | None:
        row = (await self._connection.execute(query)).first()
        if row is None:
            return None
        return Challenge(
            challenge_id=row[0],
            purpose=Purpose(row[1]),
            browser_hash=row[2],
            login=row[3],
            language=row[4],
            created_at=row[5],
            expires_at=row[6],
            code_digest=row[7],
            tries=row[8],
            used_at=row[9],
        )

    async def set_code(self, challenge_id: UUID, digest: bytes) -> None:
        """Keep what recognises the code that was made."""
        await self._changed(challenge_id, code_digest=digest)

    async def count_try(self, challenge_id: UUID) -> None:
        """Count a wrong code."""
        await self._changed(challenge_id, tries=_columns.tries + 1)

    async def use(self, challenge_id: UUID, now: datetime) -> None:
        """It has served."""
        await self._changed(challenge_id, used_at=now)

    async def _changed(self, challenge_id: UUID, **values: Any) -> None:
        await self._connection.execute(update(challenge).where(_columns.challenge_id == challenge_id).values(**values))

    async def add_link(self, link: Link, token_hash: bytes, now: datetime, expires_at: datetime) -> None:
        """A new link; earlier ones for the same person are dead."""
        columns = account_link.c
        earlier = update(account_link).where(columns.user_id == link.user_id, columns.used_at.is_(None))
        await self._connection.execute(earlier.values(used_at=now))
        await self._connection.execute(
            insert(account_link).values(
                link_id=link.link_id,
                kind=link.kind.value,
                user_id=link.user_id,
                token_hash=token_hash,
                created_at=now,
                expires_at=expires_at,
            )
        )

    async def link(self, token_hash: bytes, now: datetime) -> Link | None:
        """The live link, locked."""
        columns = account_link.c
        query = (
            select(columns.link_id, columns.kind, columns.user_id)
            .where(columns.token_hash == token_hash, columns.used_at.is_(None), columns.expires_at > now)
            .with_for_update()
        )
        row = (await self._connection.execute(query)).first()
        return None if row is None else Link(row[0], LinkKind(row[1]), UserId(row[2]))

    async def use_link(self, link_id: UUID, now: datetime) -> None:
        """It has served."""
        await self._connection.execute(
            update(account_link).where(account_link.c.link_id == link_id).values(used_at=now)
        )
