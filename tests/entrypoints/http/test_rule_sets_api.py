"""Versions of discounts over the API: what the panel does, with the same rights and refusals."""

import pytest
from discounting import ADMIN, draft, off_articles
from litestar.testing import AsyncTestClient
from market import Market

from b2b_dvizhenie.domain.pricing import Strategy
from b2b_dvizhenie.domain.shared.ids import new_id
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
HOME = "/api/v1/rule-sets"


async def test_from_a_draft_to_a_version_and_back(
    client: AsyncTestClient, container: Container, market: Market
) -> None:
    boss = {"Authorization": f"Bearer {(await market.member(role_code='administrator')).token}"}
    buyer = {"Authorization": f"Bearer {(await market.member(await market.client())).token}"}
    await market.goods("100.00", article="B-1")

    async def price() -> str:
        answer = await client.post("/api/v1/prices", json={"lines": [{"article": "B-1"}]}, headers=buyer)
        return str(answer.json()["lines"][0]["unit_price"])

    async def send(method: str, path: str, status: int, **more: object) -> dict[str, object]:
        answer = await client.request(method, HOME + path, headers=boss, **more)  # type: ignore[arg-type]
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else {}

    first = await draft(container, [off_articles("10", "B-1")])
    checked = await send("GET", f"/{first}/check", 200)
    assert (checked["is_blocked"], checked["rules"]) == (False, 1)
    await send("POST", f"/{first}/publish", 409, json={"revision": 1})
    await send("POST", f"/{first}/publish", 400, json={})
    assert await price() == "100.00"
    await send("POST", f"/{first}/publish", 200, json={"revision": checked["revision"]})
    assert await price() == "90.00"
    await send("DELETE", f"/{first}", 409)

    second = (await send("POST", "", 201, json={"title": "Осень", "based_on": str(first)}))["rule_set_id"]
    shown = await send("GET", f"/{second}", 200)
    assert shown["rules"]["total"] == 1  # type: ignore[index]
    revision = (await send("GET", f"/{second}/check", 200))["revision"]
    later = {"revision": revision, "starts_at": "2099-01-01T00:00:00Z"}
    await send("POST", f"/{second}/publish", 200, json=later)
    await send("POST", f"/{second}/cancel-start", 204)
    await send("POST", f"/{second}/cancel-start", 409)
    await send("POST", f"/{second}/roll-back", 200)
    await send("POST", f"/{first}/roll-back", 200)
    await send("POST", f"/{first}/roll-back", 409)
    listed = await send("GET", "?limit=1", 200)
    assert listed["total"] == 2

    third = (await send("POST", "", 201, json={}))["rule_set_id"]
    await send("DELETE", f"/{third}", 204)
    await send("DELETE", f"/{third}", 404)
    for method, path in (("GET", ""), ("GET", "/check"), ("POST", "/roll-back"), ("POST", "/cancel-start")):
        await send(method, f"/{new_id()}{path}", 404)
    await send("POST", "", 404, json={"based_on": str(new_id())})

    meeting = [off_articles("10", "B-1"), off_articles("5", "B-1")]
    blocked = await draft(container, meeting, strategy=Strategy.REFUSE)
    answer = await send("GET", f"/{blocked}/check", 200)
    assert answer["is_blocked"]
    refused = await send("POST", f"/{blocked}/publish", 409, json={"revision": answer["revision"]})
    assert refused["code"] == "pricing.rules_ambiguous"
    assert (await container.list_rule_sets()(ADMIN)).total == 3
    for method, path in (("GET", ""), ("POST", f"/{first}/roll-back"), ("GET", f"/{first}")):
        assert (await client.request(method, HOME + path, headers=buyer)).status_code == 403
