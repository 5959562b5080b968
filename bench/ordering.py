"""Orders of 20 lines through the API, beside the same rows inserted bare in one durable transaction."""

import time
from random import Random

import msgspec
import psycopg

from b2b_dvizhenie.domain.shared.ids import new_id
from bench.load import Request, load
from bench.report import Report, Row
from bench.servers import product, serving
from bench.setting import Bench

LINES = 20
GOAL = 40


def _orders(bench: Bench, count: int) -> list[Request]:
    """Orders of different buyers over goods that every price type has a price for."""
    rows = bench.rows(
        "SELECT v.variant_id, p.order_multiple FROM variant v JOIN product p USING (product_id)"
        " WHERE v.is_active AND p.is_active AND NOT EXISTS (SELECT 1 FROM price_type t WHERE t.is_active AND NOT EXISTS"
        "   (SELECT 1 FROM price WHERE price.price_type_id = t.price_type_id AND price.variant_id = v.variant_id))"
        " ORDER BY v.variant_id LIMIT 5000"
    )
    random = Random(11)  # noqa: S311 - reproducible orders
    made = []
    for number in range(count):
        lines = [
            {"variant_id": str(variant), "quantity": str(multiple)} for variant, multiple in random.sample(rows, LINES)
        ]
        token = bench.tokens[number % len(bench.tokens)]
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Idempotency-Key": new_id().hex,
        }
        made.append(
            Request("POST", "/api/v1/orders", headers, msgspec.json.encode({"lines": lines, "accept_prices": True}))
        )
    return made


def _bare(url: str, seconds: float) -> float:
    """The floor: an order row and its 20 lines as one transaction with a durable commit, without HTTP."""
    done = 0
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bare_order (id uuid PRIMARY KEY, body text)")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS bare_line (id uuid, position int, body text, PRIMARY KEY (id, position))"
        )
        connection.commit()
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            order = new_id()
            connection.execute("INSERT INTO bare_order VALUES (%s, %s)", [order, "x" * 200])
            connection.execute(
                "INSERT INTO bare_line SELECT %s, n, %s FROM generate_series(1, 20) AS n", [order, "x" * 200]
            )
            connection.commit()
            done += 1
        connection.execute("DROP TABLE bare_order, bare_line")
    return done / seconds


def measure(bench: Bench, report: Report) -> None:
    """Place orders at concurrency 1 and 4; every one has a key of its own, so every one is an order."""
    seconds = bench.setting.seconds
    bare = _bare(bench.url, seconds)
    report.add(Row("ordering", "bare: insert of 20 lines, durable commit", round(bare, 1), "orders/s"))
    with serving(*product(bench.url, bench.data_dir)) as server:
        for connections in (1, 4):
            script = _orders(bench, int(400 * seconds))
            counted = "SELECT count(*) FROM customer_order"
            before = int(str(bench.rows(counted)[0][0]))
            result = load(server.port, script, connections=connections, seconds=seconds)
            placed = int(str(bench.rows(counted)[0][0])) - before
            goal = connections > 1
            report.add(
                Row(
                    "ordering",
                    f"order of 20 lines, c={connections}",
                    result.per_second,
                    "orders/s",
                    goal=f"≥ {GOAL}" if goal else "",
                    met=result.per_second >= GOAL and not result.errors if goal else None,
                    ratio=f"1/{bare / max(result.per_second, 0.1):.1f} of the bare insert",
                    details={
                        "p50": f"{result.p50} ms",
                        "p95": f"{result.p95} ms",
                        "errors": result.errors,
                        "stored": placed,
                    },
                )
            )
