"""kill -9 of the web process while orders are posted (reliability.md K1)."""

import asyncio
import random
import threading
import time
from pathlib import Path

import httpx
import order_process
import pytest
from market import Market, Person
from processes import forked
from sqlalchemy import text

from b2b_dvizhenie.domain.shared.ids import VariantId, new_id

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
CLIENTS = 4
KILLS = 3
NIGHTLY_KILLS = 1000


class Buyer:
    """Posts orders one after another, each with its key, and again with the same key until it is acknowledged."""

    def __init__(self, person: Person, goods: list[VariantId]) -> None:
        self.address = ""
        self.acknowledged: dict[str, str] = {}
        self._headers = person.headers
        self._body = {"accept_prices": True, "lines": [{"variant_id": str(one), "quantity": 1} for one in goods]}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(10)

    def _run(self) -> None:
        with httpx.Client(timeout=2) as client:
            key = new_id().hex
            while not self._stop.is_set():
                headers = self._headers | {"Idempotency-Key": key}
                try:
                    answer = client.post(f"{self.address}/api/v1/orders", headers=headers, json=self._body)
                except httpx.HTTPError:
                    time.sleep(0.02)
                    continue
                if answer.status_code in (200, 201):
                    self.acknowledged[key] = answer.json()["id"]
                    key = new_id().hex


def _kill(buyers: list[Buyer], url: str, folder: Path, kills: int, *, torn: bool = False) -> None:
    dice = random.Random(13)  # noqa: S311 - moments of kills
    for turn in range(kills + 1):
        with forked(order_process.main, url, str(folder), torn) as process:
            address = f"http://127.0.0.1:{process.ready()}"
            for buyer in buyers:
                buyer.address = address
                if turn == 0:
                    buyer.start()
            time.sleep(dice.uniform(0.3, 0.9))
            if turn == kills:
                for buyer in buyers:
                    buyer.stop()
            process.kill()


async def _ordered_under_kills(
    market: Market, url: str, folder: Path, kills: int, *, torn: bool = False
) -> dict[str, str]:
    """Order numbers by key as they were acknowledged."""
    goods = [await market.goods() for _ in range(5)]
    buyers = [Buyer(await market.member(await market.client()), goods) for _ in range(CLIENTS)]
    await asyncio.to_thread(_kill, buyers, url, folder, kills, torn=torn)
    acknowledged: dict[str, str] = {}
    for buyer in buyers:
        acknowledged |= buyer.acknowledged
    assert len(acknowledged) > CLIENTS * kills
    return acknowledged


async def _stored(market: Market) -> dict[str, str]:
    async with market.container.database().engine.connect() as connection:
        rows = (await connection.execute(text("SELECT idempotency_key, order_id FROM customer_order"))).all()
    assert len({key for key, _ in rows}) == len(rows), "one order per key"
    return {key: str(order_id) for key, order_id in rows}


async def _unpaired(market: Market) -> int:
    """Orders without exactly one job, and jobs without an order."""
    query = text(
        "SELECT count(*) FROM (SELECT 1 FROM customer_order o FULL JOIN job j"
        " ON j.name = 'ordering.order_placed' AND j.payload ->> 'order_id' = o.order_id::text"
        " GROUP BY coalesce(o.order_id::text, j.payload ->> 'order_id')"
        " HAVING count(o.order_id) <> 1 OR count(j.job_id) <> 1) AS unpaired"
    )
    async with market.container.database().engine.connect() as connection:
        return int((await connection.execute(query)).scalar_one())


async def _half(market: Market) -> int:
    """Orders whose lines, history or audit row are missing."""
    query = text(
        "SELECT count(*) FROM customer_order o"
        " WHERE (SELECT count(*) FROM order_line l WHERE l.order_id = o.order_id) <> 5"
        " OR NOT EXISTS (SELECT FROM order_event e WHERE e.order_id = o.order_id)"
        " OR NOT EXISTS (SELECT FROM audit a WHERE a.subject_id = o.order_id::text)"
    )
    async with market.container.database().engine.connect() as connection:
        return int((await connection.execute(query)).scalar_one())


async def _check(market: Market, url: str, folder: Path, kills: int) -> None:
    acknowledged = await _ordered_under_kills(market, url, folder, kills)
    stored = await _stored(market)
    assert acknowledged.items() <= stored.items()
    assert await _unpaired(market) == 0
    assert await _half(market) == 0


@pytest.mark.slow
async def test_killed_web_process_loses_no_order(market: Market, database_url: str, tmp_path: Path) -> None:
    await _check(market, database_url, tmp_path, KILLS)


@pytest.mark.slow
async def test_control_an_order_told_after_its_commit_is_not_told_at_all(
    market: Market, database_url: str, tmp_path: Path
) -> None:
    for _ in range(2 * KILLS):
        await _ordered_under_kills(market, database_url, tmp_path, 1, torn=True)
        if await _unpaired(market) > 0:
            return
    pytest.fail("no kill fell between the two commits")


@pytest.mark.nightly
@pytest.mark.slow
async def test_web_process_killed_a_thousand_times(market: Market, database_url: str, tmp_path: Path) -> None:
    await _check(market, database_url, tmp_path, NIGHTLY_KILLS)
