"""A 1C that counts in ways of its own, met at the real door: every way is named by its first diverging step."""

from decimal import Decimal
from typing import Any

import httpx
import pytest
from discounting import in_force, off_articles
from exchange_site import Site, in_thread
from market import Market

from b2b_dvizhenie.testing.emulator import Counting

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
NAMED = {
    Counting.SITE: None,
    Counting.PRICE: ("amount", "price"),  # of goods with a discount: the document does not say which of the two
    Counting.DISCOUNT: ("discount_missing", "discount"),
    Counting.EXTRA: ("discount_extra", "discount"),
    Counting.ROUNDING: ("rounding", "amount"),
    Counting.VAT: ("vat", "vat"),
}


async def told(site: Site, token: str, path: str) -> Any:
    async with httpx.AsyncClient(base_url=site.url, headers={"Authorization": f"Bearer {token}"}) as client:
        answer = await client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()


async def test_every_way_of_counting_otherwise_is_named(site: Site) -> None:
    market = await Market(site.container).open()
    market.node = site.node_id
    discounted, plain = await market.goods("33.33"), await market.goods("10.00")
    await in_force(site.container, off_articles("7", "ART-00001"))
    manager = await market.member(role_code="manager")
    buyer = await market.member(await market.client("ООО Покупатель", manager=manager))
    orders = {how: await market.order(buyer, (discounted, "7"), (plain, "2")) for how in Counting}
    one_c = site.one_c()
    taken = await in_thread(one_c.fetch_orders)
    assert len(taken) == len(Counting)
    price_list = {str(discounted): Decimal("33.33")}
    for how, order in orders.items():
        one_c.base.count(order.number, how, lambda ref, _: price_list.get(ref))
    await in_thread(one_c.answer_orders)
    listed = await told(site, manager.token, "/api/v1/drifts")
    assert listed["compared"] == len(Counting)
    assert {item["number"] for item in listed["items"]} == {
        order.number for how, order in orders.items() if NAMED[how] is not None
    }
    for how, order in orders.items():
        found = await told(site, manager.token, f"/api/v1/orders/{order.order_id}/drift")
        lines = {line["position"]: line for line in found["lines"]}
        steps = {place: (one["kind"], one["pairs"][one["first"]]["step"]) for place, one in lines.items()}
        assert steps.get(1) == NAMED[how], how
        assert steps.get(2) == _of_plain(how), how
        ours, theirs = one_c.base.state.orders[order.number].site.amount, one_c.base.state.orders[order.number].amount
        assert Decimal(found["difference"]) == theirs - ours
    log = await site.rows("SELECT ref FROM exchange_problem WHERE code = 'exchange.order_counted_otherwise'")
    assert {ref for (ref,) in log} == {item["number"] for item in listed["items"]}
    for order in one_c.base.state.orders.values():
        order.version += 1  # a note of a person in 1C: the same sums in a new document
    await in_thread(one_c.answer_orders)
    again = await told(site, manager.token, "/api/v1/drifts")
    assert (again["total"], again["sums"]) == (listed["total"], listed["sums"])


def _of_plain(how: Counting) -> tuple[str, str] | None:
    """What becomes of 2 × 10.00 without a discount."""
    if how is Counting.PRICE:
        return "base_price", "base"
    return NAMED[how] if how in (Counting.EXTRA, Counting.VAT) else None
