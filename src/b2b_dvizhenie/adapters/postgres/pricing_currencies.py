"""Official currency rates in PostgreSQL."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import Row, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.tables.currencies import currency_rate
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user
from b2b_dvizhenie.adapters.postgres.transactions import Transaction
from b2b_dvizhenie.application.pricing import (
    DisplayChoices,
    DisplayTransaction,
    RateBook,
    RateRow,
    RatesTransaction,
)
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.pricing import Rate
from b2b_dvizhenie.domain.shared.ids import UserId

_rate = currency_rate.c
_LOCK = text("SELECT pg_advisory_xact_lock(6435437)")
_DIGITS = Decimal("1e-14")


_RATE = (_rate.currency, _rate.per_unit, _rate.day, _rate.source)
_ROW = (*_RATE, _rate.fetched_at, _rate.is_held, _rate.refusal)
_WAITS = (_rate.is_held, _rate.refusal == "")


def _read_row(row: Row[str, Decimal, date, str, datetime, bool, str]) -> RateRow:
    return RateRow(Rate(row[0], row[1], row[2], row[3]), row[4], is_held=row[5], refusal=row[6])


class PostgresRateBook(RateBook):
    """The table `currency_rate` over the transaction's connection."""

    def __init__(self, connection: AsyncConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    async def hold(self) -> None:
        """One writer at a time; readers do not wait."""
        await self._connection.execute(_LOCK)

    async def rows(self, today: date | None = None) -> Sequence[RateRow]:
        """The latest usable rate of each currency and a later held one; one round trip, a few rows of an index."""
        query = select(*_ROW).where(_rate.refusal == "")
        if today is not None:
            query = query.where((_rate.day <= today) | _rate.is_held)
        query = query.ext(distinct_on(_rate.currency, _rate.is_held))
        query = query.order_by(_rate.currency, _rate.is_held, _rate.day.desc())
        found: list[RateRow] = []
        for row in await self._connection.execute(query):
            one = _read_row(row)
            last = found[-1].rate if found else None
            if one.is_held and last is not None and last.currency == one.rate.currency and last.day >= one.rate.day:
                continue
            found.append(one)
        return found

    async def since(self, day: date) -> Sequence[RateRow]:
        """Rates of this day and later ones; one round trip."""
        query = select(*_ROW).where(_rate.day >= day).order_by(_rate.currency, _rate.day)
        return [_read_row(row) for row in await self._connection.execute(query)]

    async def put(self, rate: Rate, *, is_held: bool) -> bool:
        """Write the rate of its day, to fourteen digits after the point, unless it is there already."""
        values = {
            "per_unit": rate.per_unit.quantize(_DIGITS, ROUND_HALF_UP),
            "source": rate.source,
            "fetched_at": self._clock(),
            "is_held": is_held,
            "refusal": "",
        }
        statement = insert(currency_rate).values(currency=rate.currency, day=rate.day, **values)
        new = statement.excluded
        statement = statement.on_conflict_do_update(
            index_elements=[_rate.currency, _rate.day],
            set_=values,
            where=(_rate.per_unit != new.per_unit) | (_rate.source != new.source),
        )
        return (await self._connection.execute(statement.returning(_rate.day))).first() is not None

    async def confirm(self, currency: str, day: date) -> Rate | None:
        """Let a held rate be used."""
        statement = (
            update(currency_rate)
            .where(_rate.currency == currency, _rate.day == day, *_WAITS)
            .values(is_held=False)
            .returning(*_RATE)
        )
        row = (await self._connection.execute(statement)).first()
        return None if row is None else Rate(*row)

    async def refuse(self, currency: str, day: date, reason: str) -> Rate | None:
        """Let a held rate wait no more, and be used by nobody."""
        statement = (
            update(currency_rate)
            .where(_rate.currency == currency, _rate.day == day, *_WAITS)
            .values(refusal=reason)
            .returning(*_RATE)
        )
        row = (await self._connection.execute(statement)).first()
        return None if row is None else Rate(*row)


class PostgresDisplayChoices(DisplayChoices):
    """The column `app_user.currency`, which every session reads."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def choose(self, user_id: UserId, currency: str) -> None:
        """Write the choice."""
        await self._connection.execute(update(app_user).where(app_user.c.user_id == user_id).values(currency=currency))


class PostgresDisplayTransaction(Transaction, DisplayTransaction):
    """The unit of work of choices."""

    choices: DisplayChoices

    def bind(self, connection: AsyncConnection) -> None:
        """Add the choices."""
        super().bind(connection)
        self.choices = PostgresDisplayChoices(connection)


class PostgresRatesTransaction(Transaction, RatesTransaction):
    """The unit of work of rates."""

    rates: RateBook

    def bind(self, connection: AsyncConnection) -> None:
        """Add the rates."""
        super().bind(connection)
        self.rates = PostgresRateBook(connection, self._clock)
