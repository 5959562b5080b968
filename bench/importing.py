"""Import: full, prices and stock alone, unchanged re-send; beside a bare parse and a bare COPY of the same rows."""

import io
import time
from pathlib import Path

import psycopg
from lxml import etree

from bench.filling import export
from bench.report import Report, Row
from bench.setting import Bench

GOALS = {"M": {"again": 20.0, "offers": 30.0}}
MEMORY_MIB = 250


def _bare_parse(files: list[Path]) -> float:
    started = time.perf_counter()
    for file in files:
        for _, element in etree.iterparse(file, events=("end",)):
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    return time.perf_counter() - started


def _bare_copy(url: str) -> tuple[float, int]:
    with psycopg.connect(url) as connection:
        lines = io.BytesIO()
        with connection.cursor().copy("COPY price TO STDOUT") as out:
            for chunk in out:
                lines.write(chunk)
        count = connection.execute("SELECT count(*) FROM price").fetchone()
        connection.execute("CREATE TEMP TABLE bare (LIKE price INCLUDING ALL)")
        started = time.perf_counter()
        with connection.cursor().copy("COPY bare FROM STDIN") as into:
            into.write(lines.getvalue())
        connection.commit()
        return time.perf_counter() - started, int(count[0]) if count else 0


def _import(
    bench: Bench, report: Report, folder: Path, name: str, parse: float, goal: float | None
) -> tuple[float, float]:
    seconds, peak, _ = bench.b2b("exchange", "import", str(folder), "--json")
    report.add(
        Row(
            "importing",
            name,
            round(seconds, 2),
            "s",
            goal=f"≤ {goal:g} s" if goal else "",
            met=seconds <= goal if goal else None,
            ratio=f"{seconds / parse:.1f} × parse",
            details={"peak MiB": round(peak)},
        )
    )
    return seconds, peak


def measure(bench: Bench, report: Report) -> None:
    """Measure imports over the database that is already filled."""
    if bench.setting.size == "peers":
        return
    goals = GOALS.get(bench.setting.size, {})
    folder, manifest = export(bench)
    files = [folder / one.name for one in manifest.files if one.name.endswith(".xml")]
    parse = _bare_parse(files)
    size = sum(file.stat().st_size for file in files) / 2**20
    report.add(
        Row("importing", "bare lxml iterparse of the same files", round(parse, 2), "s", details={"MiB": round(size)})
    )
    copy, rows = _bare_copy(bench.url)
    report.add(Row("importing", f"bare COPY of {rows:,} prices", round(copy, 2), "s"))

    _, peak = _import(bench, report, folder, "unchanged re-send", parse, goals.get("again"))
    with psycopg.connect(bench.url) as connection:
        connection.execute("UPDATE price SET amount = amount + 0.01")
        connection.execute("UPDATE stock SET quantity = quantity + 1")
    offers = bench.setting.folder / "offers-only"
    offers.mkdir(exist_ok=True)
    for file in files:
        if file.name.startswith("offers"):
            (offers / file.name).write_bytes(file.read_bytes())
    _, more = _import(bench, report, offers, "prices and stock alone, all changed", parse, goals.get("offers"))
    peak = max(peak, more)
    met = peak <= MEMORY_MIB
    report.add(Row("importing", "peak memory of the importer", round(peak), "MiB", goal=f"≤ {MEMORY_MIB}", met=met))
