"""The API of companies for staff: scope, refusals by field, nothing set that is nobody's to set."""

from typing import Any

import pytest
from litestar.testing import AsyncTestClient
from market import Market, Person

from b2b_dvizhenie.domain.shared.ids import CompanyId, new_id

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
URL = "/api/v1/companies/directory"
GOOD: dict[str, Any] = {"kind": "legal", "name": "Romashka", "inn": "7707083893", "kpp": "773601001"}


@pytest.fixture
async def admin(market: Market) -> Person:
    return await market.member(role_code="administrator")


async def test_scope_of_list_and_card(client: AsyncTestClient, market: Market, admin: Person) -> None:
    manager, other = await market.member(role_code="manager"), await market.member(role_code="manager")
    own, foreign = await market.client("Own", manager=manager), await market.client("Foreign", manager=other)
    answer = await client.get(URL, headers=manager.headers)
    assert ([one["name"] for one in answer.json()["items"]], answer.json()["total"]) == (["Own"], 1)
    assert (await client.get(f"{URL}/{own}", headers=manager.headers)).json()["row"]["manager"] == "manager"
    for key in (foreign, new_id()):
        assert (await client.get(f"{URL}/{key}", headers=manager.headers)).status_code == 404
    buyer = await market.member(own)
    for who, status in ((buyer, 403), (manager, 403)):
        assert (await client.post(URL, headers=who.headers, json=GOOD)).status_code == status
    assert (await client.get(URL, headers=buyer.headers)).status_code == 403
    first = (await client.get(f"{URL}?limit=1", headers=admin.headers)).json()
    last = first["items"][0]
    after = {"after_name": last["name"], "after_id": last["company_id"]}
    second = (await client.get(URL, headers=admin.headers, params=after)).json()
    assert ([last["name"], *(one["name"] for one in second["items"])], first["more"]) == (["Foreign", "Own"], True)


async def test_create_correct_and_who_buys(client: AsyncTestClient, market: Market, admin: Person) -> None:
    for wrong, field in (
        (GOOD | {"inn": "7707083894"}, "inn"),
        (GOOD | {"bank": {"account": "1"}}, "bank.bik"),
        (GOOD | {"manager_id": str(new_id())}, None),
    ):
        answer = await client.post(URL, headers=admin.headers, json=wrong)
        assert answer.status_code == 400, answer.text
        if field is not None:
            assert field in [one["field"] for one in answer.json()["fields"]]
    key = CompanyId((await client.post(URL, headers=admin.headers, json=GOOD)).json()["company_id"])
    again = await client.post(URL, headers=admin.headers, json=GOOD)
    assert (again.status_code, again.json()["code"]) == (409, "companies.company_exists")
    card = (await client.get(f"{URL}/{key}", headers=admin.headers)).json()
    body = {"requisites": card["requisites"] | {"name": "Renamed"}, "updated_at": card["updated_at"]}
    assert (await client.put(f"{URL}/{key}", headers=admin.headers, json=body)).status_code == 204
    late = await client.put(f"{URL}/{key}", headers=admin.headers, json=body)
    assert (late.status_code, late.json()["code"]) == (409, "shared.version_conflict")
    buyer, manager = await market.member(), await market.member(role_code="manager")
    member = f"{URL}/{key}/members/{buyer.user_id}"
    assert (await client.put(member, headers=admin.headers, json={"access_level": 2})).status_code == 204
    mine = (await client.get("/api/v1/companies", headers=buyer.headers)).json()["items"]
    assert [(one["name"], one["access_level"]) for one in mine] == [("Renamed", 2)]
    assert (await client.delete(member, headers=admin.headers)).status_code == 204
    assert (await client.delete(member, headers=admin.headers)).status_code == 404
    assigned = await client.put(
        f"{URL}/{key}/manager", headers=admin.headers, json={"manager_id": str(manager.user_id)}
    )
    assert assigned.status_code == 204
    wrong_one = await client.put(f"{URL}/{key}/manager", headers=admin.headers, json={"manager_id": str(buyer.user_id)})
    assert (wrong_one.status_code, wrong_one.json()["code"]) == (400, "companies.no_manager")
    from_1c = await market.client("Of 1C")
    card = (await client.get(f"{URL}/{from_1c}", headers=admin.headers)).json()
    refused = await client.put(
        f"{URL}/{from_1c}", headers=admin.headers, json={"requisites": GOOD, "updated_at": card["updated_at"]}
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "companies.owned_by_erp")
