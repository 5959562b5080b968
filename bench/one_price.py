"""One changed price: what its import costs and writes, at two sizes of companies and rules.

Prices of customers are computed when they are asked for and never stored, so one price of 1C is one row whoever buys:
neither time nor rows may grow with companies and rules.
"""

import asyncio
import tempfile
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from b2b_dvizhenie.adapters.files import LocalFiles
from b2b_dvizhenie.adapters.postgres.exchange.writer import PostgresCatalogueWriter
from b2b_dvizhenie.application.exchange.importing import ImportTask, Progress
from b2b_dvizhenie.application.exchange.records import FileHead, FileKind, OfferRecord, PriceRow
from b2b_dvizhenie.domain.exchange.settings import NodeSettings
from b2b_dvizhenie.domain.shared.ids import NodeId, new_id
from bench import discounts
from bench.filling import companies
from bench.report import Report, Row
from bench.setting import Bench

SIZES = ((100, 300), (10_000, 100_000))
"""(companies, rules), the least and the most."""
TIMES = 25
GROWTH = 1.25
"""How much longer it may take: what the machine does by itself between two runs."""
_PRICE = """
SELECT p.node_id, p.external_ref, v.variant_ref, t.external_ref, r.amount
  FROM price r JOIN price_type t USING (price_type_id)
  JOIN variant v USING (variant_id) JOIN product p USING (product_id)
 WHERE p.external_ref IS NOT NULL AND t.external_ref IS NOT NULL ORDER BY v.variant_id LIMIT 1"""
_WRITTEN = """
SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables WHERE schemaname = 'public'"""
_SETTLED = 2.0
"""Seconds until the server has counted what a connection that is gone has written."""


def _written(url: str) -> dict[str, int]:
    """Rows written so far, by table."""
    time.sleep(_SETTLED)
    with psycopg.connect(url) as connection:
        return dict(connection.execute(_WRITTEN).fetchall())


def _offer(found: tuple[Any, ...], amount: Decimal) -> OfferRecord:
    _, product, variant, kind, _ = found
    prices = (PriceRow(kind, amount, "RUB"),)
    return OfferRecord(product, variant, prices=prices)


def _imported(url: str, folder: Path) -> tuple[float, dict[str, float]]:
    """Milliseconds of an import of one changed price, and rows that one import writes, by table."""
    with psycopg.connect(url) as connection:
        connection.execute("ANALYZE")
        found = connection.execute(_PRICE).fetchone()
    if found is None:
        raise RuntimeError("there is no price to change")
    writer = PostgresCatalogueWriter(url, LocalFiles(folder), lambda: datetime(2026, 11, 25, tzinfo=UTC))

    def once(step: int) -> float:
        task = ImportTask(new_id(), NodeId(found[0]), folder / "offers.xml", folder, NodeSettings())
        records = [FileHead(FileKind.OFFERS, only_changes=True), _offer(found, found[4] + step)]
        began = time.perf_counter()
        applied = asyncio.run(writer.apply(task, lambda: iter(records), Progress()))
        seconds = time.perf_counter() - began
        if applied.counters.get("prices.changed") != 1:
            raise RuntimeError(f"one price was to change: {applied.counters}")
        return seconds * 1000

    for step in range(-3, 0):
        once(step)
    before = _written(url)
    times = [once(step) for step in range(1, TIMES + 1)]
    after = _written(url)
    rows = {name: (count - before.get(name, 0)) / TIMES for name, count in after.items()}
    return median(times), {name: count for name, count in rows.items() if count}


def measure(bench: Bench, report: Report) -> None:
    """Works in a copy of the filled database, which is made larger meanwhile."""
    url = bench.copy("one_price")
    told: list[tuple[float, dict[str, float]]] = []
    with tempfile.TemporaryDirectory() as folder:
        for buyers, rules in SIZES:
            companies(url, buyers)
            discounts.publish(bench, url, rules)
            found = _imported(url, Path(folder))
            told.append(found)
            tables = ", ".join(f"{name} {count:g}" for name, count in sorted(found[1].items()))
            with psycopg.connect(url) as connection:
                have = connection.execute("SELECT count(*) FROM company").fetchone()
            name = f"one changed price, {have[0] if have else 0:,} companies, {rules:,} rules"
            report.add(Row("one_price", name, round(found[0], 1), "ms", ratio=f"rows written: {tables}"))
    (small, few), (large, many) = told
    growth = large / small
    report.add(
        Row("one_price", "grows with companies and rules by", round(growth, 2), "×", f"≤ {GROWTH}", growth <= GROWTH)
    )
    grown = sum(many.values()) - sum(few.values())
    report.add(Row("one_price", "rows that more companies and rules add", grown, "rows", "≤ 0", grown <= 0))
