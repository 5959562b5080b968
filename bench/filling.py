"""Filling a bench's database: by the product's own import for S, M and L; by COPY for the data of the peers."""

import subprocess
import sys
from pathlib import Path

import psycopg

from b2b_dvizhenie.testing.wholesaler import Manifest, Wholesaler, read_manifest, steps, write_catalog
from bench import discounts
from bench.progress import bar
from bench.report import Report, Row
from bench.setting import RULES, SIZES, Bench

SHARED = Path(__file__).parents[1].parent / "shared" / "bench"


def export(bench: Bench) -> tuple[Path, Manifest]:
    """The wholesaler's export of this size as files of 1C, made once."""
    folder = bench.setting.folder / "export"
    if not (folder / "manifest.json").exists():
        wholesaler = Wholesaler(size=SIZES[bench.setting.size][0], seed=2026)
        title = f"writing an export of {wholesaler.size:,} goods"
        with bar(bench.setting.console, title, steps(wholesaler)) as advance:
            write_catalog(wholesaler, folder, portion=0, advance=advance)
    return folder, read_manifest(folder)


def fill(bench: Bench, report: Report) -> None:
    """Fill an empty database; what it took is part of the report."""
    if bench.setting.size == "peers":
        _peers(bench)
        return
    folder, _ = export(bench)
    seconds, peak, _ = bench.b2b("exchange", "import", str(folder), "--json")
    goal = 45 if bench.setting.size == "M" else None
    report.add(
        Row(
            "importing",
            "full export, end to end",
            round(seconds, 2),
            "s",
            goal=f"≤ {goal} s" if goal else "",
            met=seconds <= goal if goal else None,
            details={"peak MiB": round(peak)},
        )
    )
    companies(bench.url, SIZES[bench.setting.size][1])
    discounts.publish(bench, bench.url, RULES[bench.setting.size])


def companies(url: str, wanted: int) -> None:
    """Buyer companies up to this number, each with an agreement at one of the price types."""
    with psycopg.connect(url) as connection:
        connection.execute(
            """INSERT INTO company (company_id, kind, name, updated_at)
               SELECT gen_random_uuid(), 'legal', 'Покупатель ' || n, now()
                 FROM generate_series((SELECT count(*) + 1 FROM company), %s) AS n""",
            [wanted],
        )
        connection.execute(
            """INSERT INTO agreement (agreement_id, company_id, price_type_id)
               SELECT gen_random_uuid(), c.company_id, t.types[1 + (row_number() OVER ()) % cardinality(t.types)]
                 FROM company c, (SELECT array_agg(price_type_id) AS types FROM price_type WHERE is_active) t
                WHERE NOT EXISTS (SELECT FROM agreement a WHERE a.company_id = c.company_id)"""
        )


def _peers(bench: Bench) -> None:
    from bench import dataset  # noqa: PLC0415 - only this size needs it

    folder = bench.setting.folder / "peers"
    if not (folder / "products.csv").exists():
        if not SHARED.exists():
            raise SystemExit("bench: the peers' data generator is not beside this checkout")
        subprocess.run([sys.executable, str(SHARED / "gen.py"), str(folder)], check=True)
    dataset.load(bench.url, folder)
