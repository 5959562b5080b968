"""Versions of discounts over the API: what the panel does, with the same rights and refusals."""

import pytest
from discounting import ADMIN, draft, off_articles
from litestar.testing import AsyncTestClient
from market import Market
from sqlalchemy import select

from b2b_dvizhenie.adapters.postgres.tables.operations import audit
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


async def test_single_discounts_of_a_draft(client: AsyncTestClient, container: Container, market: Market) -> None:
    boss = {"Authorization": f"Bearer {(await market.member(role_code='administrator')).token}"}
    buyer = {"Authorization": f"Bearer {(await market.member(await market.client())).token}"}
    key = await draft(container, [off_articles(str(number), f"A-{number}") for number in range(1, 4)])
    root = str((await container.show_rule_set()(ADMIN, key)).nodes[0].group_id)
    home = f"{HOME}/{key}/rules"
    good = {"group_id": root, "kind": "articles", "value": "7.5", "articles": ["B-1"], "title": "Осень"}

    async def send(method: str, path: str, status: int, **more: object) -> dict[str, object]:
        answer = await client.request(method, path, headers=boss, **more)  # type: ignore[arg-type]
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else {}

    def faults(answer: dict[str, object]) -> list[str]:
        return [one["field"] for one in answer["fields"]]  # type: ignore[attr-defined]

    added = await send("POST", home, 201, json=good | {"starts_at": "2026-12-01T00:00:00+03:00"})
    one = f"{home}/{added['rule']['rule_id']}"  # type: ignore[index]
    assert await send("GET", one, 200) == added
    first = await send("GET", f"{home}?limit=3", 200)
    rest = await send("GET", f"{home}?limit=3&offset=3", 200)
    assert (first["total"], len(first["rules"]), len(rest["rules"])) == (4, 3, 1)  # type: ignore[arg-type]
    assert (await send("GET", f"{home}?q=осень&kind=articles&effect=percent&group_id={root}", 200))["total"] == 1
    assert (await send("GET", f"{home}?q=B-1&kind=brand", 200))["total"] == 0

    changed = await send("PUT", one, 200, json=good | {"value": "9"})
    assert (changed["rule"]["value"], changed["rule"]["starts_at"]) == ("9", None)  # type: ignore[index]
    wrong = good | {"value": "101", "minimum": "-1", "articles": [], "priority": 10**9}
    for method, path in (("POST", home), ("PUT", one)):
        assert set(faults(await send(method, path, 400, json=wrong))) == {"value", "minimum", "articles", "priority"}
        unknown = good | {"companies": [str(new_id())], "agreements": [str(new_id())]}
        assert set(faults(await send(method, path, 400, json=unknown))) == {"companies", "agreements"}
        for bad in ({"starts_at": "2026-12-01T00:00:00"}, {"kind": "nonsense"}, {"surprise": 1}, {"value": "NaN"}):
            await send(method, path, 400, json=good | bad)
        await send(method, path, 404, json=good | {"group_id": str(new_id())})
    assert await send("GET", one, 200) == changed

    await send("DELETE", one, 204)
    for method in ("GET", "DELETE"):
        await send(method, one, 404)
    await send("PUT", one, 404, json=good)
    for method, path in (("GET", home), ("POST", home), ("PUT", one), ("DELETE", one)):
        json = {"json": good} if method in ("POST", "PUT") else {}
        assert (await client.request(method, path, headers=buyer, **json)).status_code == 403
    await container.publish_rule_set()(ADMIN, key)
    assert (await send("POST", home, 409, json=good))["code"] == "pricing.not_a_draft"
    async with container.database().engine.connect() as connection:
        done = list((await connection.execute(select(audit.c.action).order_by(audit.c.audit_id))).scalars())
    own = [action for action in done if action.startswith("pricing.rule") and action != "pricing.rule_set_published"]
    assert own[3:] == ["pricing.rule_put", "pricing.rule_put", "pricing.rules_dropped"]
