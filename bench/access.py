"""What rights cost: what authorization adds to a request, and "my" orders at every level of a tree of staff.

Times are of this process and the database together, one request after another: what the server needs for a list without
its page. Beside each stands the same list of everybody's orders, and the plain statement that asks the predicate of all
orders, sorts and counts them.
"""

import asyncio
import time
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

import psycopg
from litestar import Litestar, get
from rich.table import Table
from sqlalchemy import func, select

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.ordering_scope import visible_orders
from b2b_dvizhenie.adapters.postgres.tables.ordering import customer_order
from b2b_dvizhenie.application.ordering import OrderQuery
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.ordering import OrderStatus
from b2b_dvizhenie.entrypoints.container import Container, build, running
from b2b_dvizhenie.entrypoints.http.app import create_app
from b2b_dvizhenie.entrypoints.logging import configure_logging
from b2b_dvizhenie.entrypoints.settings import LogSettings, Settings
from bench import second_wall
from bench.crowd import CROWDS, Crowd, token_of
from bench.looking import Looker, Times, lookers, timed
from bench.progress import bar
from bench.report import Report, Row
from bench.setting import Bench

LIST_GOAL, AUTHORIZATION_GOAL = 30, 1
"""Milliseconds, p95."""
REQUESTS = 1500
_LAST_PAGE = 200
_DAY = date(2026, 3, 3)


def filled(bench: Bench) -> tuple[Crowd, str]:
    """The database of the size, with its people and orders in it."""
    size = bench.setting.size if bench.setting.size in CROWDS else "S"
    crowd = Crowd(*CROWDS[size])
    url = bench.database(f"access_{size.lower()}")
    with psycopg.connect(url) as connection:
        known = connection.execute("SELECT 1 FROM customer_order LIMIT 1").fetchone()
    if known is None:
        with bar(
            bench.setting.console, f"writing {crowd.orders:,} orders of {crowd.users:,} people", crowd.rows
        ) as step:
            crowd.fill(url, step)
    return crowd, url


async def queries(container: Container, who: Looker, crowd: Crowd) -> Mapping[str, OrderQuery]:
    """What lists are asked for: pages, the usual filters, a number."""
    first = await container.order_reader().page(who.actor, who.scope, OrderQuery())
    last = min(_LAST_PAGE, max(1, -(-first.total // 50))) - 1
    return {
        "first page": OrderQuery(),
        "last counted page": OrderQuery(offset=50 * last),
        "cancelled": OrderQuery(statuses=(OrderStatus.CANCELLED,)),
        "new and sent": OrderQuery(statuses=(OrderStatus.NEW, OrderStatus.SENT)),
        "a month": OrderQuery(since=_DAY.replace(day=1), until=_DAY.replace(day=31)),
        "a day": OrderQuery(since=_DAY, until=_DAY),
        "a number": OrderQuery(text=f"B-{crowd.orders // 2 + 17:06}"),
        "five digits": OrderQuery(text="54321"),
    }


async def _plain(database: Database, who: Looker) -> int:
    """The list as one plain statement and a whole count."""
    visible = visible_orders(who.actor, who.scope)
    newest = (customer_order.c.placed_at.desc(), customer_order.c.order_id.desc())
    async with database.engine.connect() as connection:
        rows = await connection.execute(select(customer_order).where(visible).order_by(*newest).limit(51))
        count = select(func.count()).select_from(customer_order).where(visible)
        return len(rows.all()) + int(await connection.scalar(count) or 0)


async def _lists(
    bench: Bench, url: str, container: Container, crowd: Crowd, report: Report
) -> dict[str, dict[str, Times]]:
    measured: dict[str, dict[str, Times]] = {}
    each = bench.setting.seconds / 10
    reader = container.order_reader()
    for who in lookers(crowd):
        times: dict[str, Times] = {}
        for name, query in (await queries(container, who, crowd)).items():
            times[name] = await timed(partial(reader.page, who.actor, who.scope, query), each, url)
        measured[who.name] = times
        plain = await timed(partial(_plain, container.database(), who), each, url, least=3)
        worst = max(times, key=lambda name: times[name].p95)
        report.add(
            Row(
                "access",
                f"orders of {who.name}, {who.companies:,} companies",
                times[worst].p95,
                "ms p95",
                goal=f"≤ {LIST_GOAL}",
                met=times[worst].p95 <= LIST_GOAL,
                ratio=f"slowest: {worst}; plain statement: {plain} ms",
                details={
                    "p50": f"{times['first page'].p50} ms",
                    "p95": f"{times['first page'].p95} ms",
                    "plain": str(plain),
                    **{name: str(one) for name, one in times.items()},
                },
            )
        )
    return measured


def _show(bench: Bench, measured: dict[str, dict[str, Times]]) -> None:
    table = Table(title="list of orders: p50 / p95 ms (of CPU)", title_justify="left")
    for head in ("", *next(iter(measured.values()))):
        table.add_column(head, justify="right" if head else "left", no_wrap=True)
    for name, times in measured.items():
        table.add_row(name, *map(str, times.values()))
    bench.setting.console.print(table)


@get("/bare", public=True)
async def _bare() -> dict[str, str]:
    return {"answer": "yes"}


@get("/guarded", permission=Permission.ORDERS_VIEW)
async def _guarded() -> dict[str, str]:
    return {"answer": "yes"}


async def _asked(app: Litestar, path: str, token: str | None) -> int:
    """One request, without a network: the status it is answered with."""
    headers = [(b"host", b"bench")] + ([(b"authorization", f"Bearer {token}".encode())] if token else [])
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("bench", 80),
        "state": {},
    }
    status = 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    await app(scope, receive, send)  # type: ignore[arg-type]
    return status


async def _authorization(url: str, container: Container, crowd: Crowd, report: Report) -> None:
    """The same handler with and without: token to actor in one statement, the guard's question."""
    app = create_app(container, routes=[_bare, _guarded])
    people = {"a buyer": crowd.buyer(3), "a head": crowd.levels[0][0], "an administrator": crowd.lone("administrator")}
    for name, number in people.items():
        token = token_of(crowd.person(number))
        times: dict[bool, list[float]] = {True: [], False: []}
        for guarded in [True, False] * REQUESTS:  # by turns, so that both meet the same machine
            began = time.perf_counter()
            status = await _asked(app, "/guarded", token) if guarded else await _asked(app, "/bare", None)
            times[guarded].append(time.perf_counter() - began)
            if status != 200:
                raise RuntimeError(f"the request of {name} was answered with {status}")
        with_rights, without = Times.of(times[True][50:]), Times.of(times[False][50:])
        added = round(with_rights.p95 - without.p95, 2)
        busy = [await timed(partial(_asked, app, *one), 1, url) for one in (("/guarded", token), ("/bare", None))]
        report.add(
            Row(
                "access",
                f"authorization of {name} adds",
                added,
                "ms p95",
                goal=f"≤ {AUTHORIZATION_GOAL}",
                met=added <= AUTHORIZATION_GOAL,
                ratio=f"of CPU {busy[0].cpu - busy[1].cpu:.2f} ms; request {with_rights} ms, without {without} ms",
                details={
                    "p50": f"{with_rights.p50 - without.p50:.2f} ms",
                    "p95": f"{added} ms",
                    "cpu": f"{busy[0].cpu - busy[1].cpu:.2f} ms",
                    "with": str(with_rights),
                    "without": str(without),
                },
            )
        )


async def _measured(bench: Bench, report: Report) -> None:
    configure_logging(LogSettings(level="warning"))
    crowd, url = filled(bench)
    container = build(Settings(data_dir=bench.data_dir), url)
    async with running(container):
        await _authorization(url, container, crowd, report)
        measured = await _lists(bench, url, container, crowd, report)
    _show(bench, measured)
    await second_wall.measure(bench, url, crowd, lookers(crowd), report)


def measure(bench: Bench, report: Report) -> None:
    """Authorization, lists, and what row-level security would cost beside them."""
    asyncio.run(_measured(bench, report))
