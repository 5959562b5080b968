"""The panel's segments by its pages: made, filled, named in a discount, refused (HIER-7)."""

from typing import Any

import pytest
from discounting import draft, off_articles
from litestar.testing import AsyncTestClient
from lxml import html as parser
from market import Market

from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
STAFF = system_actor("test")
HTML = {"Accept": "text/html"}


async def enter(market: Market, client: AsyncTestClient[Any], role: str) -> None:
    person = await market.member(role_code=role)
    client.headers["Authorization"] = f"Bearer {person.token}"


async def test_a_segment_is_made_filled_and_named_in_a_discount(
    container: Container, client: AsyncTestClient[Any], market: Market
) -> None:
    company = await market.client("Alpha", inn="7707083893")
    await enter(market, client, "administrator")
    listed = await client.get("/panel/segments", headers=HTML)
    assert listed.status_code == 200
    refused = await client.post("/panel/segments", data={"name": " "}, headers=HTML)
    assert refused.status_code == 422
    assert parser.fromstring(refused.text).get_element_by_id("name").get("aria-invalid") == "true"
    added = await client.post("/panel/segments", data={"name": "Shops"}, headers=HTML, follow_redirects=False)
    assert added.status_code == 303
    url = added.headers["location"]
    found = await client.get(f"{url}?q=alp", headers=HTML)
    assert parser.fromstring(found.text).xpath("//button[@name='put']/@value") == [str(company)]
    put = await client.post(f"{url}/members", data={"put": str(company)}, headers=HTML, follow_redirects=False)
    assert put.status_code == 303
    shown = await client.get(url, headers=HTML)
    assert parser.fromstring(shown.text).xpath("//button[@name='drop']/@value") == [str(company)]
    nonsense = await client.post(f"{url}/members", data={"put": "x"}, headers=HTML)
    assert nonsense.status_code == 404

    key = await draft(container, [off_articles("5", "A-1")])
    content = await container.show_rule_set()(STAFF, key)
    form = {
        "group": str(content.nodes[0].group_id), "kind": "articles", "effect": "percent", "value": "7",
        "currency": "RUB", "articles": "A-2", "segments": "shops", "is_active": "1",
    }  # fmt: skip
    saved = await client.post(f"/panel/prices/{key}/rules", data=form, headers=HTML, follow_redirects=False)
    assert saved.status_code == 303
    rules = (await container.show_rule_set()(STAFF, key)).rules.rules
    (rule,) = [one.rule for one in rules if one.rule.articles != frozenset({"A-1"}) and one.rule.target.segments]
    assert {str(one) for one in rule.target.segments} == {url.rsplit("/", 1)[1]}
    edited = await client.get(f"/panel/prices/{key}/rules/{rule.rule_id}", headers=HTML)
    assert parser.fromstring(edited.text).get_element_by_id("segments").text.strip() == "Shops"
    unknown = await client.post(f"/panel/prices/{key}/rules", data=form | {"segments": "Nobody"}, headers=HTML)
    assert unknown.status_code == 422
    assert parser.fromstring(unknown.text).get_element_by_id("segments").get("aria-invalid") == "true"

    kept = await client.post(f"{url}/delete", headers=HTML, follow_redirects=False)
    assert kept.status_code == 422
    renamed = await client.post(f"{url}/name", data={"name": "Stores"}, headers=HTML, follow_redirects=False)
    assert renamed.status_code == 303
    assert [(one.name, one.companies) for one in await container.list_segments()(STAFF)] == [("Stores", 1)]
    await enter(market, client, "director")
    for path in ("/panel/segments", url):
        assert (await client.get(path, headers=HTML)).status_code == 403
    assert (await client.post(f"{url}/delete", headers=HTML)).status_code == 403
    assert len(await container.list_segments()(STAFF)) == 1


def _buttons(page: str, key: str) -> list[str]:
    """What can be done about the thing of a row."""
    return parser.fromstring(page).xpath(f"//form[input[@name='key' and @value='{key}']]//button/@value")


async def test_sections_brands_and_information_are_closed_by_the_page(
    container: Container, client: AsyncTestClient[Any], market: Market
) -> None:
    company = await market.client("Alpha")
    buyer = await market.member(company)
    root = await market.section("Cable")
    deep = await market.section("Copper", root)
    brand = await market.brand("Kedr")
    good = await market.product("Bolt", section=deep, brand=(brand, "Kedr"))
    await enter(market, client, "administrator")
    added = await client.post("/panel/segments", data={"name": "Shops"}, headers=HTML, follow_redirects=False)
    url = added.headers["location"]
    await client.post(f"{url}/members", data={"put": str(company)}, headers=HTML)

    shown = await client.get(f"{url}/rules?q=ked", headers=HTML)
    assert shown.status_code == 200
    assert _buttons(shown.text, str(root)) == ["close", "open"]
    assert _buttons(shown.text, str(brand)) == ["close", "open"]
    assert _buttons(shown.text, "discounts") == ["close", "open"]
    within = await client.get(f"{url}/rules?section={root}", headers=HTML)
    assert _buttons(within.text, str(deep)) == ["close", "open"]
    assert _buttons(within.text, str(root)) == []
    form = {"on": "section", "key": str(deep), "state": "close", "section": str(root), "q": "ked"}
    saved = await client.post(f"{url}/rules", data=form, headers=HTML, follow_redirects=False)
    assert saved.status_code == 303
    assert saved.headers["location"] == f"{url}/rules?section={root}&q=ked&done=saved"
    within = await client.get(saved.headers["location"], headers=HTML)
    assert _buttons(within.text, str(deep)) == ["open", "none", "open", "none"]  # among the rules, and in the tree
    seen = {"Authorization": f"Bearer {buyer.token}"}
    assert (await client.get(f"/api/v1/catalog/products/{good}", headers=seen)).status_code == 404
    await client.post(f"{url}/rules", data=form | {"state": "none"}, headers=HTML)
    assert (await client.get(f"/api/v1/catalog/products/{good}", headers=seen)).status_code == 200

    for wrong in ({"on": "weather"}, {"state": "ajar"}, {"key": "x"}):
        refused = await client.post(f"{url}/rules", data=form | wrong, headers=HTML)
        assert refused.status_code == 422
        assert parser.fromstring(refused.text).xpath("//*[@role='alert']")
    unknown = await client.post(f"{url}/rules", data=form | {"key": url.rsplit("/", 1)[1]}, headers=HTML)
    assert unknown.status_code == 404
    for weight in ("", "heavy", "1001", "-", "1.5"):
        refused = await client.post(f"{url}/weight", data={"weight": weight}, headers=HTML)
        assert refused.status_code == 422
        assert parser.fromstring(refused.text).get_element_by_id("weight").get("aria-invalid") == "true"
    await client.post(f"{url}/weight", data={"weight": "-7"}, headers=HTML)
    assert [one.weight for one in await container.list_segments()(STAFF)] == [-7]
    for on in ("1", "0"):
        put = await client.post(f"{url}/everybody", data={"on": on}, headers=HTML, follow_redirects=False)
        assert put.status_code == 303
        assert [one.for_all for one in await container.list_segments()(STAFF)] == [on == "1"]
    trail = await client.get(f"{url}/audit", headers=HTML)
    assert len(parser.fromstring(trail.text).xpath("//tbody/tr")) == 7
    await enter(market, client, "director")
    for path in (f"{url}/rules", f"{url}/audit"):
        assert (await client.get(path, headers=HTML)).status_code == 403
    assert (await client.post(f"{url}/rules", data=form, headers=HTML)).status_code == 403
