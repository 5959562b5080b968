"""What-ifs in PostgreSQL: ordered lines by a cursor of the server, and the kept reports."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection as Connection

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.ordering_scope import visible_order_ids
from b2b_dvizhenie.adapters.postgres.pricing_rule_sets import PostgresRuleSets
from b2b_dvizhenie.adapters.postgres.tables.pricing_what_if import what_if
from b2b_dvizhenie.adapters.postgres.transactions import Transaction
from b2b_dvizhenie.application.pricing import (
    Extent,
    OrderedLine,
    OrderHistory,
    Outcome,
    RuleSets,
    RunState,
    WhatIf,
    WhatIfs,
    WhatIfTransaction,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.pricing import Goods, PricePoint, Side
from b2b_dvizhenie.domain.shared.ids import FirmId, PriceTypeId, UserId, VariantId

_AT_ONCE = 2_000
_ORDERS = """
  FROM customer_order o
  JOIN order_line l ON l.order_id = o.order_id
 WHERE o.placed_at >= %(since)s AND o.status <> 'cancelled' AND o.order_id IN ($visible)"""
_BASE = "'{base,amount}'"
# A live price has our discounts in it already: no version of them says anything about it.
_REPLAYED = f"""(o.made_of @> ARRAY['discounts']::varchar[] AND l.explanation #>> {_BASE} IS NOT NULL
                 AND l.explanation -> 'live' IS NULL)"""
_EXTENT = f"SELECT count(*) FILTER (WHERE {_REPLAYED}), count(*) {_ORDERS}"
_LINES = f"""
SELECT o.terms::text, c.manager_id, o.variant_id, o.quantity, o.base, coalesce(nullif(v.article, ''), p.article, ''),
       p.brand_id, p.section_id
  FROM (SELECT o.company_id, o.order_id, l.position, o.terms, l.variant_id, l.quantity,
               (l.explanation #>> {_BASE})::numeric AS base {_ORDERS} AND {_REPLAYED}) o
  JOIN company c ON c.company_id = o.company_id
  JOIN variant v ON v.variant_id = o.variant_id
  JOIN product p ON p.product_id = v.product_id
 ORDER BY o.company_id, o.order_id, o.position"""  # noqa: S608 - parts of our own
_GUARDS = """
SELECT variant_id, price_type_id, amount, currency, min_quantity FROM price
 WHERE variant_id = ANY(%(variants)s) AND price_type_id = ANY(%(types)s)"""
_TITLES: Mapping[Side, str] = {
    Side.COMPANY: "SELECT company_id, name FROM company WHERE company_id = ANY(%(keys)s)",
    Side.MANAGER: "SELECT user_id, name FROM app_user WHERE user_id = ANY(%(keys)s)",
    Side.ARTICLE: """
SELECT v.variant_id, concat_ws(' ', coalesce(nullif(v.article, ''), nullif(p.article, '')), p.name, nullif(v.name, ''))
  FROM variant v JOIN product p ON p.product_id = v.product_id WHERE v.variant_id = ANY(%(keys)s)""",
}


def _asked(statement: str, actor: Actor, scope: Scope, since: datetime) -> tuple[str, dict[str, Any]]:
    visible, values = visible_order_ids(actor, scope)
    return statement.replace("$visible", visible), {**values, "since": since}


class PostgresOrderHistory(OrderHistory):
    """Reads ordered lines over the bare pool."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def extent(self, actor: Actor, scope: Scope, since: datetime) -> Extent:
        """How much there is."""
        statement, values = _asked(_EXTENT, actor, scope, since)
        async with self._database.reading() as connection:
            row = await (await connection.execute(statement, values)).fetchone()
        replayed, every = row or (0, 0)
        return Extent(replayed, every - replayed)

    async def lines(
        self, actor: Actor, scope: Scope, since: datetime, guards: Collection[PriceTypeId]
    ) -> AsyncIterator[Sequence[OrderedLine]]:
        """The lines in batches, as they were when the reading began."""
        statement, values = _asked(_LINES, actor, scope, since)
        terms: dict[str, Terms] = {}
        async with self._database.reading() as connection, connection.transaction():
            await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            found = await connection.execute("SELECT section_id, path FROM section")
            paths: dict[UUID | None, tuple[UUID, ...]] = {row[0]: tuple(row[1]) for row in await found.fetchall()}
            async with connection.cursor("ordered_lines") as cursor:
                await cursor.execute(statement, values, binary=True)
                while rows := await cursor.fetchmany(_AT_ONCE):
                    held = await self._guards(connection, rows, guards)
                    batch = []
                    for row in rows:
                        if row[0] not in terms:
                            terms[row[0]] = msgspec.json.decode(row[0], type=Terms)
                        goods = Goods(row[5], row[6], paths.get(row[7], ()))
                        variant = VariantId(row[2])
                        batch.append(
                            OrderedLine(
                                terms[row[0]], row[1], variant, row[3], row[4], goods, tuple(held.get(variant, ()))
                            )
                        )
                    yield batch

    async def _guards(
        self, connection: AsyncConnection[TupleRow], rows: Sequence[TupleRow], types: Collection[PriceTypeId]
    ) -> dict[VariantId, list[PricePoint]]:
        held: dict[VariantId, list[PricePoint]] = {}
        if types:
            asked = {"variants": list({row[2] for row in rows}), "types": list(types)}
            for variant, kind, *point in await (await connection.execute(_GUARDS, asked)).fetchall():
                held.setdefault(VariantId(variant), []).append(PricePoint(PriceTypeId(kind), *point))
        return held

    async def titles(self, keys: Mapping[Side, Collection[UUID]]) -> Mapping[tuple[Side, UUID], str]:
        """Names of companies, managers and variants."""
        found: dict[tuple[Side, UUID], str] = {}
        async with self._database.reading() as connection:
            for side, statement in _TITLES.items():
                rows = await (await connection.execute(statement, {"keys": list(keys.get(side, ()))})).fetchall()
                found |= {(side, row[0]): row[1] for row in rows}
        return found


_COLUMNS = (
    what_if.c.what_if_id,
    what_if.c.rule_set_id,
    what_if.c.revision,
    what_if.c.days,
    what_if.c.user_id,
    what_if.c.scope,
    what_if.c.firm_id,
    what_if.c.asked_at,
    what_if.c.state,
    what_if.c.done,
    what_if.c.total,
    what_if.c.outcome,
    what_if.c.finished_at,
)


class PostgresWhatIfs(WhatIfs):
    """The table of replays, over the transaction's connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def put(self, asked: WhatIf) -> None:
        """Store one that was just asked for, in the place of the last."""
        await self._connection.execute(
            delete(what_if).where(what_if.c.rule_set_id == asked.rule_set_id, what_if.c.user_id == asked.user_id)
        )
        values = msgspec.structs.asdict(asked) | {"scope": asked.scope.value, "state": asked.state.value}
        await self._connection.execute(insert(what_if).values(**values))

    async def _one(self, *where: Any) -> WhatIf | None:
        row: Any = (await self._connection.execute(select(*_COLUMNS).where(*where))).first()
        if row is None:
            return None
        return WhatIf(
            what_if_id=row[0],
            rule_set_id=row[1],
            revision=row[2],
            days=row[3],
            user_id=UserId(row[4]),
            scope=Scope(row[5]),
            firm_id=None if row[6] is None else FirmId(row[6]),
            asked_at=row[7],
            state=RunState(row[8]),
            done=row[9],
            total=row[10],
            outcome=None if row[11] is None else msgspec.convert(row[11], Outcome, strict=False),
            finished_at=row[12],
        )

    async def get(self, what_if_id: UUID) -> WhatIf | None:
        """One of them."""
        return await self._one(what_if.c.what_if_id == what_if_id)

    async def of(self, rule_set_id: UUID, user_id: UserId) -> WhatIf | None:
        """The one of a version and a person."""
        return await self._one(what_if.c.rule_set_id == rule_set_id, what_if.c.user_id == user_id)

    async def progress(self, what_if_id: UUID, done: int, total: int) -> bool:
        """Tell how far it is."""
        statement = update(what_if).where(what_if.c.what_if_id == what_if_id)
        changed = await self._connection.execute(statement.values(state=RunState.RUNNING.value, done=done, total=total))
        return changed.rowcount > 0

    async def finish(self, what_if_id: UUID, state: RunState, outcome: Outcome | None, now: datetime) -> None:
        """Store what came out."""
        statement = update(what_if).where(what_if.c.what_if_id == what_if_id)
        told = None if outcome is None else msgspec.to_builtins(outcome, str_keys=True)
        await self._connection.execute(statement.values(state=state.value, outcome=told, finished_at=now))


class PostgresWhatIfTransaction(Transaction, WhatIfTransaction):
    """The unit of work of what-ifs."""

    sets: RuleSets
    what_ifs: WhatIfs

    def bind(self, connection: Connection) -> None:
        """Add the rule sets and the replays."""
        super().bind(connection)
        self.sets = PostgresRuleSets(connection)
        self.what_ifs = PostgresWhatIfs(connection)
