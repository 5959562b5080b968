"""T26: whatever 1C does wrong on the line of the gateway, the catalogue comes out the same (onec.md §5.2, §9)."""

import asyncio
from contextlib import closing

import pytest
from exchange_site import LOGIN, PASSWORD, Site, in_thread
from gateway_node import furnish, stock

from b2b_dvizhenie.testing.emulator import Address, GatewayFaults, GatewaySender

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
GOODS = 12
STOCK = """
SELECT w.external_ref, p.external_ref, trim_scale(k.quantity)::text FROM stock k
  JOIN warehouse w USING (warehouse_id) JOIN product p ON p.product_id = k.variant_id
 WHERE k.quantity <> 0 ORDER BY 1, 2
"""
MOVING = """
SELECT (SELECT count(*) FROM gw_in WHERE state = 'new') + (SELECT count(*) FROM gw_full WHERE state = 'open')
     + (SELECT count(*) FROM job WHERE name = 'exchange.apply_rows')
"""
FAULTS = (
    GatewayFaults(),
    GatewayFaults(lose_answers=3),
    GatewayFaults(replay=True, repeat_parts=True, stale=True),
)


def day(sender: GatewaySender) -> tuple[int, list[str]]:
    """Changes, full exports of one warehouse, changes again; how many requests it took, and what was refused."""
    refused: list[str] = []
    for version in (1, 2):
        for receipt in sender.send("stocks", [stock(good, version, "w2", version=version) for good in range(1, 6)]):
            refused += [row.code for row in receipt.rejected]
    sender.send_full("stocks", [stock(good, 9, version=1) for good in range(1, GOODS + 1)], {"warehouse_id": "w1"})
    sender.send("stocks", [stock(good, 8, version=2) for good in range(1, 8)])
    sender.send_full("stocks", [stock(good, 5, version=3) for good in range(1, 8)], {"warehouse_id": "w1"})
    for receipt in sender.send("stocks", [stock(1, 7, version=4), stock(2, "many"), stock("nobody")]):
        refused += [row.code for row in receipt.rejected]
    sender.finish()
    return sender.requests, refused


async def test_the_catalogue_comes_out_the_same(site: Site) -> None:
    await furnish(site.container, site.node_id, GOODS)
    wanted = sorted(
        [("w2", f"g{good}", "2") for good in range(1, 6)]
        + [("w1", "g1", "7")]
        + [("w1", f"g{good}", "5") for good in range(2, 8)]
    )
    talk = []
    address = Address(f"{site.url}/1c_exchange.php", LOGIN, PASSWORD)
    for faults in FAULTS:
        await clear(site)
        with closing(GatewaySender(address, faults, portion=4)) as sender:
            requests, refused = await in_thread(day, sender)
            state = await in_thread(sender.state)
        talk.append(requests)
        async with asyncio.timeout(30):
            while await site.value(MOVING):  # noqa: ASYNC110 - what is waited for happens in the database
                await asyncio.sleep(0.05)
        assert await site.rows(STOCK) == wanted, faults
        assert refused == ["exchange.gateway_row_invalid"]
        assert state["stocks"]["fulls_to_confirm"] == 0
        assert await site.value("SELECT count(*) FROM gw_in WHERE error_code LIKE '%%unknown'") == 1 + faults.stale
    assert talk[0] < talk[1] < talk[2]


async def clear(site: Site) -> None:
    async with site.container.database().engine.begin() as connection:
        await connection.exec_driver_sql("TRUNCATE gw_in, gw_full, gw_batch, stock")


async def test_what_was_sent_long_ago_wins_without_versions(site: Site) -> None:
    """The control: the same bad 1C without versions leaves other stock, so the check above can fail."""
    await furnish(site.container, site.node_id, GOODS)

    def bad_day(sender: GatewaySender) -> None:
        sender.send("stocks", [stock(1, 1)])
        sender.send("stocks", [stock(1, 2)])
        # Only the older one turns up again.
        sender._sent.pop()
        sender.finish()

    address = Address(f"{site.url}/1c_exchange.php", LOGIN, PASSWORD)
    with closing(GatewaySender(address, GatewayFaults(stale=True))) as sender:
        await in_thread(bad_day, sender)
    async with asyncio.timeout(30):
        while await site.value(MOVING):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.05)
    assert await site.rows(STOCK) == [("w1", "g1", "1")]
