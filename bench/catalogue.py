"""Catalogue pages and search as a buyer sees them, beside an empty handler and a bare select of the same rows."""

import asyncio
import time
from random import Random
from urllib.parse import quote

import psycopg

from bench.load import Load, Request, load
from bench.report import Report, Row
from bench.servers import Server, empty_litestar, product, serving
from bench.setting import Bench

GOALS = {("M", "json"): 200, ("M", "html"): 120, ("peers", "json"): 200, ("peers", "html"): 120}
PRICE_ORDER_MS = {"M": 50, "L": 150}
PRICE_RANGE_MS = {"M": 100}
MEMORY_MIB = 200
PAGE = 50
BARE = """
SELECT p.product_id, p.article, p.name, pr.amount, s.quantity
  FROM product_placement pl
  JOIN product p ON p.product_id = pl.product_id
  LEFT JOIN price pr ON pr.variant_id = p.product_id AND pr.price_type_id = %s AND pr.min_quantity = 0
  LEFT JOIN LATERAL (SELECT sum(quantity) AS quantity FROM stock WHERE variant_id = p.product_id) s ON true
 WHERE pl.section_id = %s ORDER BY pl.sort_key, pl.product_id LIMIT 50
"""


def _sections(bench: Bench) -> list[str]:
    """Leaf sections that fill a page."""
    rows = bench.rows(
        "SELECT section_id FROM section s WHERE product_count >= %s"
        " AND NOT EXISTS (SELECT 1 FROM section c WHERE c.parent_id = s.section_id) ORDER BY section_id",
        PAGE,
    )
    return [str(row[0]) for row in rows] or [str(row[0]) for row in bench.rows("SELECT section_id FROM section")]


def _words(bench: Bench) -> list[str]:
    """Two-word queries out of names that exist."""
    rows = bench.rows("SELECT name FROM product WHERE is_active ORDER BY product_id LIMIT 2000")
    names = Random(7).sample([str(row[0]) for row in rows], min(200, len(rows)))  # noqa: S311
    return [" ".join(name.split()[:2]) for name in names]


def _requests(bench: Bench, paths: list[str], *, page: bool) -> list[Request]:
    tokens = bench.tokens
    made = []
    for number, path in enumerate(paths):
        token = tokens[number % len(tokens)]
        headers = (
            {"Cookie": f"b2b_session={token}", "Accept": "text/html"} if page else {"Authorization": f"Bearer {token}"}
        )
        made.append(Request("GET", path, headers))
    return made


async def _bare(url: str, keys: list[tuple[str, str]], connections: int, seconds: float) -> float:
    done = 0
    end = time.perf_counter() + seconds

    async def one(number: int) -> None:
        nonlocal done
        async with await psycopg.AsyncConnection.connect(url, autocommit=True, prepare_threshold=1) as connection:
            while time.perf_counter() < end:
                cursor = connection.cursor(binary=True)
                await cursor.execute(BARE, keys[(done + number) % len(keys)])
                await cursor.fetchall()
                done += 1

    await asyncio.gather(*(one(number) for number in range(connections)))
    return done / seconds


def _processor(result: Load, seconds: tuple[float, float]) -> dict[str, float]:
    """Milliseconds of the processor for a request, of the web process and of the database."""
    web, database = (round(one * 1000 / max(1, result.requests), 2) for one in seconds)
    return {"web ms": web, "PG ms": database}


def _report(
    report: Report, name: str, result: Load, server: Server, cpu: tuple[float, float], ratio: str, goal: int | None
) -> None:
    report.add(
        Row(
            "catalogue",
            name,
            result.per_second,
            "req/s",
            goal=f"≥ {goal}" if goal else "",
            met=result.per_second >= goal if goal else None,
            ratio=ratio,
            details={
                "p50": f"{result.p50} ms",
                "p95": f"{result.p95} ms",
                "errors": result.errors,
                "KiB": round(result.bytes / 1024, 1),
                "web MiB": round(server.memory_mib()),
            }
            | _processor(result, cpu),
        )
    )


def _by_price(bench: Bench, report: Report, server: Server) -> None:
    """The order and the filter by one's own price, whole catalogue; the goal is the 95th percentile of one buyer."""
    low, high = (
        str(bench.rows("SELECT percentile_disc(%s) WITHIN GROUP (ORDER BY amount) FROM price", share)[0][0])
        for share in (0.50, 0.52)
    )
    products = f"/api/v1/catalog/products?limit={PAGE}&sort"
    scripts = {
        "first page by own price": ([f"{products}=price", f"{products}=-price"], PRICE_ORDER_MS),
        "range of own prices": ([f"{products}=price&price_from={low}&price_to={high}"], PRICE_RANGE_MS),
    }
    for name, (paths, goals) in scripts.items():
        script = _requests(bench, paths * len(bench.tokens), page=False)
        load(server.port, script, connections=1, seconds=2)
        before = server.cpu_seconds(), bench.backend_cpu()
        result = load(server.port, script, connections=1, seconds=bench.setting.seconds)
        cpu = server.cpu_seconds() - before[0], bench.backend_cpu() - before[1]
        goal = goals.get(bench.setting.size)
        report.add(
            Row(
                "catalogue",
                f"{name}, c=1, p95",
                result.p95,
                "ms",
                goal=f"≤ {goal}" if goal else "",
                met=result.p95 <= goal and not result.errors if goal else None,
                details={"p50": f"{result.p50} ms", "errors": result.errors, "KiB": round(result.bytes / 1024, 1)}
                | _processor(result, cpu),
            )
        )


def measure(bench: Bench, report: Report) -> None:
    """Measure pages and searches at concurrency 1 and 8."""
    seconds, size = bench.setting.seconds, bench.setting.size
    sections, words = _sections(bench), _words(bench)
    price_type = str(bench.rows("SELECT price_type_id FROM price_type WHERE is_active LIMIT 1")[0][0])
    with serving(*empty_litestar()) as server:
        empty = load(server.port, [Request("GET", "/health/live")], connections=8, seconds=seconds).per_second
    report.add(Row("catalogue", "bare: empty Litestar handler, c=8", empty, "req/s"))
    bare = asyncio.run(_bare(bench.url, [(price_type, section) for section in sections], 8, seconds))
    report.add(Row("catalogue", "bare: psycopg select of the same rows, c=8", round(bare, 1), "req/s"))

    scripts = {
        "page of 50 as JSON": (
            "json",
            [f"/api/v1/catalog/products?section={one}&limit={PAGE}" for one in sections],
            False,
        ),
        "page of 50 as HTML": ("html", [f"/catalog/{one}" for one in sections], True),
        "search as JSON": ("search", [f"/api/v1/catalog/products?q={quote(one)}&limit={PAGE}" for one in words], False),
    }
    with serving(*product(bench.url, bench.data_dir)) as server:
        for name, (kind, paths, page) in scripts.items():
            script = _requests(bench, paths, page=page)
            load(server.port, script, connections=4, seconds=2)
            for connections in (1, 8):
                before = server.cpu_seconds(), bench.backend_cpu()
                result = load(server.port, script, connections=connections, seconds=seconds)
                cpu = server.cpu_seconds() - before[0], bench.backend_cpu() - before[1]
                ratio = f"1/{empty / result.per_second:.1f} of empty, 1/{bare / result.per_second:.1f} of select"
                goal = GOALS.get((size, kind)) if connections == 8 else None
                _report(report, f"{name}, c={connections}", result, server, cpu, ratio if connections > 1 else "", goal)
        _by_price(bench, report, server)
        memory = server.memory_mib()
        report.add(
            Row(
                "catalogue",
                "web process, resident",
                round(memory),
                "MiB",
                goal=f"≤ {MEMORY_MIB}",
                met=memory <= MEMORY_MIB,
            )
        )
