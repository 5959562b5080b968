"""The main job: 1C sends its goods, a buyer sees his own price and orders, 1C takes the order and answers."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

import httpx
import pytest
from exchange_site import LOGIN, PASSWORD, Site, in_thread, make_node, served, working
from litestar import Litestar

from b2b_dvizhenie.application.companies import CompanyQuery
from b2b_dvizhenie.application.exchange import NodeChange, SweepUploads
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.shared.ids import CompanyId, PriceTypeId
from b2b_dvizhenie.entrypoints.container import Container
from b2b_dvizhenie.testing.emulator import RULES, Address, Base1C, OneC, Status
from b2b_dvizhenie.testing.wholesaler import Manifest, Profile, Wholesaler, write_catalog

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
BUYER, BUYER_PASSWORD = "buyer@example.test", "correct horse battery"
GOODS = 300
TODAY = date(2026, 11, 25)


def clock() -> datetime:
    return datetime(2026, 11, 25, 12)  # noqa: DTZ001 - 1C writes local time without zone


@pytest.fixture
async def site(app: Litestar, container: Container) -> AsyncIterator[Site]:
    node_id = await make_node(container)
    settings = NodeChange(settings={"default_price_type": "Розничная"})
    await container.change_node()(system_actor("test"), node_id, settings)
    async with served(app) as url, working(container):
        yield Site(url, container, node_id)


class Buyer:
    """An application of a buyer: it speaks to the product by nothing but the HTTP API."""

    def __init__(self, site: Site) -> None:
        self._http = httpx.AsyncClient(base_url=f"{site.url}/api/v1", timeout=30)

    async def __aenter__(self) -> Self:
        answer = await self._http.post("/auth/login", json={"login": BUYER, "password": BUYER_PASSWORD})
        assert answer.status_code == 200, answer.text
        self._http.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def get(self, path: str, **params: Any) -> Any:
        answer = await self._http.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any, **headers: str) -> Any:
        answer = await self._http.post(path, json=body, headers=headers)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()


async def register(site: Site, price_type: str) -> CompanyId:
    """What the administrator of the closed club does once 1C has sent its companies."""
    container, actor = site.container, system_actor("test")
    create = container.create_user()
    user_id = await create(actor, role="client", name="Покупатель", email=BUYER, password=BUYER_PASSWORD)
    company = (await container.browse_companies()(actor, CompanyQuery())).items[0]
    await container.assign_buyer()(actor, user_id, company.company_id, 2)
    key = await site.value("SELECT price_type_id FROM price_type WHERE name = %s", price_type)
    await container.set_terms()(actor, company.company_id, PriceTypeId(key))
    return company.company_id


@pytest.mark.parametrize("profile", list(Profile))
async def test_from_the_goods_of_1c_to_its_answer_about_an_order(site: Site, tmp_path: Path, profile: Profile) -> None:
    manifest: Manifest = await in_thread(write_catalog, Wholesaler(GOODS), tmp_path, profile, portion=100)
    base = Base1C(prefix=RULES[profile].number_prefix)
    one_c = OneC(Address(f"{site.url}/1c_exchange.php", LOGIN, PASSWORD), RULES[profile], base, clock)

    # 1C sends everything, zipped and in pieces.
    for kind in ("import", "offers", "partners"):
        await in_thread(one_c.send_catalog, tmp_path, manifest.named(kind), chunk=64 * 1024)
    counts = manifest.counts
    assert await site.value("SELECT count(*) FROM product WHERE is_active") == counts.goods - counts.deleted
    assert await site.value("SELECT count(*) FROM price") == counts.prices - counts.zero_prices
    assert await site.value("SELECT count(*) FROM exchange_import WHERE state <> 'done'") == 0

    # The administrator gives the buyer a company and its wholesale price type.
    await register(site, "Опт-2")
    async with Buyer(site) as buyer:
        # The buyer sees his price, not the retail one, and orders by it.
        page = await buyer.get("/catalog/products", limit=100, in_stock=True)
        chosen = [variant for item in page["items"] for variant in item["variants"] if variant["price"]["amount"]][:3]
        lines = []
        for variant in chosen:
            own, retail = await prices(site, variant["id"])
            assert Decimal(variant["price"]["amount"]) == own.quantize(Decimal("0.01"))
            assert own < retail
            lines.append({"variant_id": variant["id"], "quantity": 20, "price": variant["price"]["amount"]})
        receipt = await buyer.post("/orders", {"lines": lines, "comment": "Как обычно"}, **{"Idempotency-Key": "1"})
        assert receipt["status"] == "new"
        assert len(receipt["number"]) <= 11

        # 1C asks for orders and does not say that they arrived: it gets the same order again.
        (unconfirmed,) = await in_thread(one_c.fetch_orders, confirm=False)
        assert await status(buyer, receipt) == "new"
        (taken,) = await in_thread(one_c.fetch_orders)
        assert (taken.number, taken.digest) == (receipt["number"], unconfirmed.digest)
        assert taken.amount == Decimal(receipt["total"])
        assert taken.comment == "Как обычно"
        assert {line.ref for line in taken.lines} == {await ref(site, line["variant_id"]) for line in lines}
        assert await status(buyer, receipt) == "sent"
        assert await in_thread(one_c.fetch_orders) == ()

        # 1C answers with its number, then ships and gets its money; the buyer sees each of it.
        base.move(taken.number, Status.ACCEPTED, TODAY)
        await answered(site, one_c)
        summary = (await buyer.get(f"/orders/{receipt['id']}"))["summary"]
        assert summary["erp_number"] == base.state.orders[taken.number].number
        base.move(taken.number, Status.RESERVED, TODAY)
        await answered(site, one_c)
        assert await status(buyer, receipt) == "confirmed"
        for step in (Status.SHIPPED, Status.PAID):
            base.move(taken.number, step, TODAY)
            await answered(site, one_c)
        details = await buyer.get(f"/orders/{receipt['id']}")
        last = "closed" if one_c.rules.tells_status else "shipped"  # УНФ names its own statuses
        assert (details["summary"]["status"], details["summary"]["is_paid"]) == (last, True)
        assert {event["kind"] for event in details["events"]} >= {"placed", "erp_number", "status", "paid", "shipment"}

        # What 1C said comes not back to it; what the buyer changes does.
        assert await in_thread(one_c.fetch_orders) == ()
        second = await buyer.post("/orders", {"lines": lines[:1]}, **{"Idempotency-Key": "2"})
        await in_thread(one_c.fetch_orders)
        await buyer.post(f"/orders/{second['id']}/cancel", {})
        (cancelled,) = await in_thread(one_c.fetch_orders)
        assert (cancelled.number, cancelled.cancelled) == (second["number"], True)
        assert await in_thread(one_c.fetch_orders) == ()
    assert one_c.slowest < 20


async def prices(site: Site, variant_id: str) -> tuple[Decimal, Decimal]:
    """The buyer's and the retail price of a variant, as 1C sent them."""
    query = (
        "SELECT p.amount FROM price p JOIN price_type t USING (price_type_id)"
        " WHERE p.variant_id = %s AND t.name = %s AND p.min_quantity = 0"
    )
    return await site.value(query, variant_id, "Опт-2"), await site.value(query, variant_id, "Розничная")


async def ref(site: Site, variant_id: str) -> str:
    """The id of a variant in 1C."""
    query = (
        "SELECT p.external_ref || CASE v.variant_ref WHEN '' THEN '' ELSE '#' || v.variant_ref END"
        "  FROM variant v JOIN product p USING (product_id) WHERE v.variant_id = %s"
    )
    return str(await site.value(query, variant_id))


async def status(buyer: Buyer, receipt: dict[str, Any]) -> str:
    return str((await buyer.get(f"/orders/{receipt['id']}"))["summary"]["status"])


async def answered(site: Site, one_c: OneC) -> None:
    """1C sends its answers; those who do not ask for the import get it from the sweeper (onec.md §2.5)."""
    await in_thread(one_c.answer_orders)
    if not one_c.rules.upload_ends_with_import:
        await sweep(site)


async def sweep(site: Site) -> None:
    """What the scheduled sweep does a minute later, now."""
    later = site.container.clock()() + timedelta(minutes=2)
    sweeper = SweepUploads(site.container.session_files(), site.container.sweep_work, lambda: later)
    assert await sweeper() == 1
    async with asyncio.timeout(20):
        while await site.value("SELECT count(*) FROM exchange_import WHERE state IN ('waiting', 'running')"):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
