"""Authenticators and recovery codes in PostgreSQL: secrets sealed, codes only recognised."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.tables.identity import app_user, recovery_code, role, second_factor
from b2b_dvizhenie.application.identity.factor_ports import SecondFactor, SecondFactors
from b2b_dvizhenie.application.shared.sealing import Sealer
from b2b_dvizhenie.domain.identity import typed_code
from b2b_dvizhenie.domain.shared.ids import UserId

_columns = second_factor.c


def _about(user_id: UserId) -> str:
    return f"second_factor:{user_id}"


class PostgresSecondFactors(SecondFactors):
    """The tables `second_factor` and `recovery_code`."""

    def __init__(self, connection: AsyncConnection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    async def of(self, user_id: UserId) -> SecondFactor | None:
        """The person's authenticator, also one that waits to be confirmed."""
        query = select(_columns.sealed, _columns.last_step, _columns.confirmed_at.is_not(None))
        row = (await self._connection.execute(query.where(_columns.user_id == user_id))).first()
        if row is None:
            return None
        return SecondFactor(self._sealer.opened(row[0], _about(user_id)), row[1], row[2])

    async def is_on(self, user_id: UserId) -> bool:
        """Whether the person is asked for a second step."""
        query = select(_columns.user_id).where(_columns.user_id == user_id, _columns.confirmed_at.is_not(None))
        return (await self._connection.execute(query)).first() is not None

    async def is_required(self, user_id: UserId) -> bool:
        """Whether the person's role requires it."""
        query = select(role.c.second_factor).join(app_user, app_user.c.role_id == role.c.role_id)
        return bool((await self._connection.execute(query.where(app_user.c.user_id == user_id))).scalar())

    async def begin(self, user_id: UserId, secret: bytes, now: datetime) -> None:
        """Keep a secret that waits to be confirmed."""
        values = {"sealed": self._sealer.seal(secret, _about(user_id)), "created_at": now, "last_step": 0}
        statement = upsert(second_factor).values(user_id=user_id, **values)
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=[_columns.user_id], set_=values, where=_columns.confirmed_at.is_(None)
            )
        )

    async def confirm(self, user_id: UserId, step: int, recovery_codes: Sequence[str], now: datetime) -> None:
        """Switch it on."""
        await self._connection.execute(
            update(second_factor).where(_columns.user_id == user_id).values(confirmed_at=now, last_step=step)
        )
        await self.put_recovery_codes(user_id, recovery_codes)

    async def put_recovery_codes(self, user_id: UserId, recovery_codes: Sequence[str]) -> None:
        """Keep these recovery codes and no others."""
        await self._connection.execute(delete(recovery_code).where(recovery_code.c.user_id == user_id))
        rows = [{"user_id": user_id, "digest": self._digest(user_id, code)} for code in recovery_codes]
        await self._connection.execute(insert(recovery_code), rows)

    async def accept(self, user_id: UserId, step: int) -> bool:
        """Use a time step up."""
        using = update(second_factor).where(_columns.user_id == user_id, _columns.last_step < step)
        return (await self._connection.execute(using.values(last_step=step))).rowcount == 1

    async def use_recovery_code(self, user_id: UserId, code: str, now: datetime) -> bool:
        """Use a recovery code up."""
        codes = recovery_code.c
        using = update(recovery_code).where(codes.user_id == user_id, codes.digest == self._digest(user_id, code))
        return (await self._connection.execute(using.where(codes.used_at.is_(None)).values(used_at=now))).rowcount == 1

    async def recovery_codes_left(self, user_id: UserId) -> int:
        """How many are unused."""
        codes = recovery_code.c
        query = select(func.count()).where(codes.user_id == user_id, codes.used_at.is_(None))
        return (await self._connection.execute(query)).scalar_one()

    async def drop(self, user_id: UserId) -> None:
        """Forget the authenticator; its recovery codes go with it."""
        await self._connection.execute(delete(second_factor).where(_columns.user_id == user_id))

    def _digest(self, user_id: UserId, code: str) -> bytes:
        return self._sealer.digest(typed_code(code), f"recovery_code:{user_id}")
