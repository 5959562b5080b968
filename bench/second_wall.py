"""PostgreSQL's row-level security as a second wall behind the predicate: what it would cost (ADR 0025).

The policies say of orders, and of prices as the catalogue reads them, what the application's predicate says, out of
settings of the transaction. The same lists run by turns as two roles: the owner whom policies do not bind, and one they
do. The experiment cleans up after itself.
"""

import time
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from uuid import UUID

import psycopg
from psycopg import AsyncConnection
from sqlalchemy import event, make_url

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.views.orders import PostgresOrderReader
from b2b_dvizhenie.application.ordering import OrderQuery
from b2b_dvizhenie.domain.ordering import OrderStatus
from bench.crowd import Crowd, made_id
from bench.looking import Looker, Times
from bench.report import Report, Row
from bench.setting import Bench

ROLE = "bench_bound"
GOAL = 1.1
"""Ten per cent."""
GOODS = 50_000
_POLICIES = """
CREATE ROLE bench_bound LOGIN;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO bench_bound;
ALTER TABLE customer_order ENABLE ROW LEVEL SECURITY;
CREATE POLICY bench_visible ON customer_order FOR SELECT USING (
  CASE current_setting('app.scope', true)
    WHEN 'all' THEN true
    WHEN 'firm' THEN firm_id = current_setting('app.firm')::uuid
    WHEN 'own' THEN company_id = current_setting('app.company')::uuid
    WHEN 'subtree' THEN company_id IN (
      WITH RECURSIVE below AS (
        SELECT user_id FROM app_user WHERE user_id = current_setting('app.user')::uuid
         UNION SELECT u.user_id FROM app_user u JOIN below b ON u.head_id = b.user_id)
      SELECT c.company_id FROM company c JOIN below b ON c.manager_id = b.user_id)
    ELSE false END);
ALTER TABLE price ENABLE ROW LEVEL SECURITY;
CREATE POLICY bench_own_type ON price FOR SELECT USING (
  price_type_id = NULLIF(current_setting('app.price_type', true), '')::uuid);
"""
_REMOVAL = """
DROP POLICY IF EXISTS bench_visible ON customer_order;
ALTER TABLE customer_order DISABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS bench_own_type ON price;
ALTER TABLE price DISABLE ROW LEVEL SECURITY;
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'bench_bound') THEN
    DROP OWNED BY bench_bound; DROP ROLE bench_bound;
  END IF;
END $$;
"""
_SETTINGS = (
    "SELECT set_config('app.scope', %s, true), set_config('app.user', %s, true),"
    " set_config('app.firm', %s, true), set_config('app.company', %s, true)"
)
_PRICES = """
INSERT INTO price (price_type_id, variant_id, amount, currency, updated_at)
SELECT t.price_type_id, goods.id, 10, 'RUB', now()
  FROM price_type t, LATERAL (SELECT md5(n::text)::uuid AS id FROM generate_series(1, %s) n) goods"""
_PAGE_OF_PRICES = "SELECT variant_id, amount FROM price WHERE price_type_id = %s AND variant_id = ANY(%s)"


@contextmanager
def _raised(url: str) -> Iterator[str]:
    """The wall while the block runs: the URL of the role that it binds."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_REMOVAL)
        if connection.execute("SELECT 1 FROM price LIMIT 1").fetchone() is None:
            connection.execute(_PRICES, [GOODS])
        connection.execute("ANALYZE price")
        connection.execute(_POLICIES)
        try:
            yield str(make_url(url).set(username=ROLE))
        finally:
            connection.execute(_REMOVAL)


def _bind(database: Database, who: Looker) -> Any:
    """Tell each transaction who asks, as its first statement."""
    actor = who.actor
    texts = (who.scope.value, str(actor.user_id), str(actor.firm_id or ""), str(actor.company_id or ""))

    def begun(connection: Any) -> None:
        connection.exec_driver_sql(_SETTINGS, texts)

    event.listen(database.engine.sync_engine, "begin", begun)
    return begun


async def measure(bench: Bench, url: str, crowd: Crowd, lookers: list[Looker], report: Report) -> None:
    """Lists of orders of a few, and a page of prices, on both sides of the wall by turns."""
    with _raised(url) as bound_url:
        free, bound = Database(url), Database(bound_url)
        await free.open()
        await bound.open()
        try:
            for who in lookers:
                if who.name in {"level 2", "level 4", "level 6", "level 7"}:
                    continue
                begun = _bind(bound, who)
                for name, query in {
                    "first page": OrderQuery(),
                    "cancelled": OrderQuery(statuses=(OrderStatus.CANCELLED,)),
                    "a number": OrderQuery(text=f"B-{crowd.orders // 2 + 17:06}"),
                }.items():
                    pair = await _by_turns(
                        [_list_of(free, who, query), _list_of(bound, who, query)], bench.setting.seconds / 5
                    )
                    _tell(report, f"wall: orders of {who.name}, {name}", Times.of(pair[0]), Times.of(pair[1]))
                event.remove(bound.engine.sync_engine, "begin", begun)
            variants = [UUID(str(row[0])) for row in await _some_goods(free)]
            pair = await _by_turns([_prices(free, variants), _prices(bound, variants, bound=True)], 2)
            _tell(report, "wall: prices of a page of goods", Times.of(pair[0]), Times.of(pair[1]))
        finally:
            await free.close()
            await bound.close()


def _tell(report: Report, name: str, free: Times, bound: Times) -> None:
    times = round(bound.p50 / max(free.p50, 0.001), 2)
    report.add(
        Row(
            "access",
            name,
            times,
            "times p50",
            goal=f"≤ {GOAL}",
            met=times <= GOAL,
            ratio=f"{bound} ms behind the wall, {free} ms without",
            details={"p50": f"{bound.p50} ms", "p95": f"{bound.p95} ms", "bound": str(bound), "free": str(free)},
        )
    )


def _list_of(database: Database, who: Looker, query: OrderQuery) -> Any:
    reader = PostgresOrderReader(database, "Europe/Moscow")
    return lambda: reader.page(who.actor, who.scope, query)


async def _some_goods(database: Database) -> list[Any]:
    async with database.reading() as connection:
        return await (await connection.execute("SELECT variant_id FROM price LIMIT 50")).fetchall()


def _prices(database: Database, variants: list[UUID], *, bound: bool = False) -> Any:
    price_type = made_id(4, 0)

    @asynccontextmanager
    async def told(connection: AsyncConnection[Any]) -> Any:
        if not bound:
            yield
            return
        async with connection.transaction():
            await connection.execute("SELECT set_config('app.price_type', %s, true)", [str(price_type)])
            yield

    async def page() -> int:
        async with database.reading() as connection, told(connection):
            return len(await (await connection.execute(_PAGE_OF_PRICES, [price_type, variants])).fetchall())

    return page


async def _by_turns(works: list[Any], seconds: float) -> list[list[float]]:
    """Seconds of each piece of work, one after another in turn: both meet the same machine. All must find the same."""
    found: list[list[float]] = [[] for _ in works]
    answers = [await work() for work in works]
    if any(answer != answers[0] for answer in answers):
        raise RuntimeError("the wall shows something else than the predicate")
    until = time.perf_counter() + seconds
    while len(found[0]) < 7 or time.perf_counter() < until:
        for times, work in zip(found, works, strict=True):
            began = time.perf_counter()
            await work()
            times.append(time.perf_counter() - began)
    return found
