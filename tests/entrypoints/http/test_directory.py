"""The directory of people: everybody, the firm, the subtree, by one predicate; who is outside is in no number."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import AsyncTestClient
from lxml import html
from shop import PASSWORD, Shop
from sqlalchemy import insert, select, update
from statements import recorded_statements

from b2b_dvizhenie.adapters.postgres.tables.companies import agreement, company, seller_firm
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user
from b2b_dvizhenie.domain.shared.ids import new_id

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PAGE = {"Accept": "text/html"}
Headers = dict[str, str]


class Staff:
    """Two firms; in the first a director, two heads with a manager each, and buyers everywhere."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.ours, self.theirs = new_id(), new_id()
        self.headers: dict[str, Headers] = {}
        self.companies: dict[str, UUID] = {}

    async def write(self, *statements: Any) -> None:
        async with self.shop.container.database().engine.begin() as connection:
            for statement in statements:
                await connection.execute(statement)

    async def hire(self, name: str, role: str, *, firm: UUID | None = None, head: str = "") -> None:
        email = f"{name}@example.test"
        self.headers[name] = {"Authorization": f"Bearer {await self.shop.person(email, role=role)}"}
        values: dict[str, Any] = {"firm_id": firm}
        if head:
            values["head_id"] = select(app_user.c.user_id).where(app_user.c.email == f"{head}@example.test")
            values["head_id"] = values["head_id"].scalar_subquery()
        await self.write(update(app_user).where(app_user.c.email == email).values(**values))

    async def buyer(self, name: str, companies: Mapping[str, tuple[str, UUID | None]]) -> None:
        """A buyer of companies, each with its personal manager and the firm it trades with."""
        ids: dict[UUID, int] = {}
        for title, (manager, firm) in companies.items():
            if title not in self.companies:
                key = self.companies[title] = await self.shop.company(title)
                who = select(app_user.c.user_id).where(app_user.c.email == f"{manager}@example.test").scalar_subquery()
                await self.write(
                    update(company)
                    .where(company.c.company_id == key)
                    .values(manager_id=who, inn=f"77{key.int % 10**8}"),
                    update(agreement).where(agreement.c.company_id == key).values(firm_id=firm),
                )
            ids[self.companies[title]] = 2
        token = await self.shop.person(f"{name}@example.test", companies=ids)
        self.headers[name] = {"Authorization": f"Bearer {token}"}


@pytest.fixture
async def staff(shop: Shop) -> Staff:
    one = Staff(shop)
    await one.write(
        insert(seller_firm).values(firm_id=one.ours, name="Ours"),
        insert(seller_firm).values(firm_id=one.theirs, name="Theirs"),
    )
    await one.hire("admin", "administrator")
    await one.hire("director", "director", firm=one.ours)
    await one.hire("rival", "director", firm=one.theirs)
    await one.hire("head", "head_of_managers", firm=one.ours, head="director")
    await one.hire("other-head", "head_of_managers", firm=one.ours, head="director")
    await one.hire("manager", "manager", firm=one.ours, head="head")
    await one.hire("other-manager", "manager", firm=one.ours, head="other-head")
    await one.buyer("anna", {"Astra": ("manager", one.ours)})
    await one.buyer("boris", {"Beta": ("other-manager", one.ours)})
    await one.buyer("both", {"Astra": ("manager", one.ours), "Gamma": ("rival", one.theirs)})
    await one.buyer("victor", {"Gamma": ("rival", one.theirs)})
    return one


async def listed(client: AsyncTestClient, headers: Headers, query: str = "") -> tuple[list[str], int, dict[str, int]]:
    """Names, the total, and how many there are of each role."""
    answer = await client.get(f"/api/v1/users?limit=200{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    page = answer.json()
    counts: dict[str, int] = {}
    for one in page["counts"]:
        counts[one["role"]] = counts.get(one["role"], 0) + one["count"]
    return [one["name"].split("@")[0] for one in page["items"]], page["total"], counts


EVERYBODY = ["admin", "anna", "boris", "both", "director", "head", "manager", "other-head", "other-manager", "rival"]


SEEN = {
    "admin": [*EVERYBODY, "victor"],
    "director": ["anna", "boris", "both", "director", "head", "manager", "other-head", "other-manager"],
    "rival": ["both", "rival", "victor"],
    "head": ["anna", "both", "head", "manager"],
    "other-head": ["boris", "other-head", "other-manager"],
}


async def test_each_sees_his_own_and_counts_them_only(client: AsyncTestClient, staff: Staff) -> None:
    for who, seen in SEEN.items():
        names, total, counts = await listed(client, staff.headers[who])
        assert names == seen, who
        assert total == sum(counts.values()) == len(seen), who
        assert counts.get("client", 0) == len({"anna", "boris", "both", "victor"} & set(seen)), who
        assert (await listed(client, staff.headers[who], "&role=client"))[1] == counts.get("client", 0), who


async def test_a_foreign_company_is_neither_named_nor_searched(client: AsyncTestClient, staff: Staff) -> None:
    async def companies(who: str) -> list[str]:
        answer = await client.get("/api/v1/users?q=both", headers=staff.headers[who])
        return [one["name"] for one in answer.json()["items"][0]["companies"]]

    assert await companies("admin") == ["Astra", "Gamma"]
    assert await companies("head") == ["Astra"]
    assert await companies("rival") == ["Gamma"]
    assert (await listed(client, staff.headers["director"], "&q=Gamma"))[:2] == ([], 0)
    assert (await listed(client, staff.headers["admin"], "&q=gAmMa"))[:2] == (["both", "victor"], 2)


async def test_a_firmless_director_sees_what_has_no_firm(client: AsyncTestClient, staff: Staff) -> None:
    await staff.hire("lone", "director")
    await staff.buyer("free", {"Delta": ("lone", None)})
    names, total, _ = await listed(client, staff.headers["lone"])
    assert (names, total) == (["admin", "free", "lone"], 3)


async def test_who_has_no_right_sees_nobody(client: AsyncTestClient, staff: Staff) -> None:
    for who in ("manager", "anna"):
        assert (await client.get("/api/v1/users", headers=staff.headers[who])).status_code == 403, who
        assert (await client.get("/panel/users", headers=staff.headers[who] | PAGE)).status_code == 403, who


FOUND = {
    "q=ANNA@": ["anna"],
    "q=912 345-67": ["boris"],
    "q=8 (912) 345": ["boris"],
    "q=Beta": ["boris"],
    "q=%25": [],
    "q=_": [],
    "role=manager": ["manager", "other-manager"],
    "state=blocked": ["victor"],
    "state=blocked&role=manager": [],
    "q=zzz": [],
}


async def test_search_and_filters(client: AsyncTestClient, staff: Staff) -> None:
    people = app_user.c
    await staff.write(
        update(app_user).where(people.email == "boris@example.test").values(phone="+79123456789"),
        update(app_user).where(people.email == "victor@example.test").values(is_active=False),
    )
    for query, found in FOUND.items():
        names, total, _ = await listed(client, staff.headers["admin"], f"&{query}")
        assert (names, total) == (found, len(found)), query


async def test_pages_hold_everybody_once(client: AsyncTestClient, staff: Staff) -> None:
    seen: list[str] = []
    for offset in range(0, 12, 3):
        answer = await client.get(f"/api/v1/users?limit=3&offset={offset}", headers=staff.headers["admin"])
        seen += [one["name"].split("@")[0] for one in answer.json()["items"]]
    assert seen == [*EVERYBODY, "victor"]


async def test_statements_do_not_grow_with_the_list(client: AsyncTestClient, staff: Staff) -> None:
    async def cost(path: str) -> int:
        with recorded_statements() as seen:
            answer = await client.get(path, headers=staff.headers["director"] | PAGE)
        assert answer.status_code == 200
        return len(seen)

    before = [await cost("/api/v1/users"), await cost("/panel/users")]
    for number in range(5):
        await staff.buyer(
            f"more-{number}", {f"More {number}": ("manager", staff.ours), "Astra": ("manager", staff.ours)}
        )
    assert [await cost("/api/v1/users"), await cost("/panel/users")] == before
    assert before[0] <= 6


async def test_the_page_tells_who_it_is_and_where_one_can_go(client: AsyncTestClient, staff: Staff) -> None:
    answer = await client.get("/panel/users?q=anna", headers=staff.headers["head"] | PAGE)
    page = html.fromstring(answer.text)
    row = [" ".join(cell.text_content().split()) for cell in page.cssselect("tbody tr td, tbody tr th")]
    assert row[0].startswith("anna@example.test")
    assert row[1:5] == ["Покупатель уровень 2", "Astra", "manager@example.test", "Работает"]
    sales = ["documents", "specifications", "payment-methods", "vip", "drift"]
    menu = [f"/panel/{place}" for place in (*sales, "users", "companies")]
    assert [a.get("href") for a in page.cssselect(".side a")][1:] == menu
    assert not page.cssselect("form[method=post][action^='/panel']")
    assert PASSWORD not in answer.text
