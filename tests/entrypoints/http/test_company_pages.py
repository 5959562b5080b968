"""The panel's companies and firms: who sees and changes which, what is refused, what a change does to the next page."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from dependency_injector import providers
from httpx import Response
from litestar.testing import AsyncTestClient
from lxml import html
from market import Market, Person
from sqlalchemy import func, insert, select, text, update
from statements import recorded_statements

from b2b_dvizhenie.adapters.postgres.tables.companies import agreement, company, membership, seller_firm
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user
from b2b_dvizhenie.adapters.postgres.tables.operations import audit
from b2b_dvizhenie.application.companies import FoundCompany
from b2b_dvizhenie.domain.shared.ids import CompanyId, new_id
from b2b_dvizhenie.testing.contracts.company_directory import ENTREPRENEUR, ORGANISATION, UNKNOWN
from b2b_dvizhenie.testing.twins import DirectoryInMemory

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PAGE = {"Accept": "text/html"}
GOOD = {"kind": "legal", "name": "Ромашка", "inn": "7707083893", "kpp": "773601001", "act": "save"}


class House:
    """Two firms; a head with a manager, another head with another one, a client company of each, an administrator."""

    def __init__(self, client: AsyncTestClient, market: Market) -> None:
        self.client, self.market = client, market
        self.people: dict[str, Person] = {}
        self.companies: dict[str, CompanyId] = {}

    async def open(self) -> "House":
        market = self.market
        other = await market.firm("Other firm")
        people = self.people
        people["admin"] = await market.member(role_code="administrator", name="admin")
        people["director"] = await market.member(role_code="director", name="director", firm_id=market.firm_id)
        for head, manager in (("head", "manager"), ("other-head", "other-manager")):
            people[head] = await market.member(role_code="head_of_managers", name=head)
            people[manager] = await market.member(role_code="manager", name=manager, head=people[head])
        for name, manager, firm in (("Astra", "manager", market.firm_id), ("Beta", "other-manager", other)):
            self.companies[name] = await market.client(name, manager=people[manager], firm_id=firm)
        people["buyer"] = await market.member(self.companies["Astra"], name="buyer")
        return self

    def headers(self, who: str) -> dict[str, str]:
        return self.people[who].headers | PAGE

    async def see(self, who: str, path: str, status: int = 200) -> Response:
        answer = await self.client.get(path, headers=self.headers(who), follow_redirects=False)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:2000])
        return answer

    async def send(self, who: str, path: str, data: Mapping[str, Any], status: int = 303) -> Response:
        answer = await self.client.post(path, data=data, headers=self.headers(who), follow_redirects=False)
        assert answer.status_code == status, (path, answer.status_code, answer.text[-3000:])
        return answer

    async def login(self, who: str) -> str:
        query = select(app_user.c.email).where(app_user.c.user_id == self.people[who].user_id)
        return str(await self.value(query))

    async def value(self, query: Any) -> Any:
        async with self.market.container.database().engine.connect() as connection:
            return (await connection.execute(query)).scalar()

    async def write(self, statement: Any) -> None:
        async with self.market.container.database().engine.begin() as connection:
            await connection.execute(statement)

    async def state(self) -> tuple[Any, ...]:
        """Everything a refused request must leave as it is."""
        found: list[list[str]] = []
        async with self.market.container.database().engine.connect() as connection:
            for table in (company, agreement, membership, seller_firm):
                kept = await connection.execute(select(table))
                found.append(sorted(map(str, kept)))
            changes = (await connection.execute(select(func.count()).select_from(audit))).scalar()
        return (*found, changes)


@pytest.fixture
async def house(client: AsyncTestClient, market: Market) -> House:
    return await House(client, market).open()


def rows(answer: Response) -> list[str]:
    return [one.text_content() for one in html.fromstring(answer.text).cssselect("tbody th a")]


def errors(answer: Response) -> set[str]:
    found = html.fromstring(answer.text).cssselect("[aria-invalid=true]")
    return {one.get("name") or "" for one in found}


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("admin", ["Astra", "Beta"]),
        ("director", ["Astra"]),
        ("head", ["Astra"]),
        ("other-head", ["Beta"]),
    ],
)
async def test_each_sees_the_companies_of_his_scope(house: House, who: str, seen: list[str]) -> None:
    """HIER-3: list, count and card by one predicate; a foreign company does not exist."""
    page = await house.see(who, "/panel/companies")
    assert rows(page) == seen
    assert html.fromstring(page.text).cssselect("h1 .muted")[0].text_content().strip() == str(len(seen))
    for name, key in house.companies.items():
        for part in ("", "/agreements", "/people", "/orders"):
            await house.see(who, f"/panel/companies/{key}{part}", 200 if name in seen else 404)
    found = await house.see(who, "/panel/companies?state=any&q=e")
    assert set(rows(found)) == {name for name in seen if "e" in name}


@pytest.mark.parametrize("who", ["buyer", "manager"])
async def test_who_may_not_enter_the_panel(house: House, who: str) -> None:
    for path in ("/panel/companies", "/panel/firms", f"/panel/companies/{house.companies['Astra']}"):
        await house.see(who, path, 403)


CHANGES = [
    ("/panel/companies/new", GOOD),
    ("/panel/companies/{id}", GOOD),
    ("/panel/companies/{id}/state", {"on": "0"}),
    ("/panel/companies/{id}/manager", {"nobody": "1"}),
    ("/panel/companies/{id}/people", {"login": "x@example.test", "level": "5"}),
    ("/panel/companies/{id}/people/{buyer}", {"level": "9"}),
    ("/panel/companies/{id}/people/{buyer}/remove", {}),
    ("/panel/companies/{id}/agreements/new", {"price_type": "{type}", "currency": "RUB"}),
    ("/panel/firms/new", GOOD),
]


@pytest.mark.parametrize(("path", "form"), CHANGES, ids=[path for path, _ in CHANGES])
async def test_only_who_may_manage_changes_anything(house: House, path: str, form: dict[str, str]) -> None:
    """LVL-4: a head sees and changes nothing; who manages only his subtree finds no foreign company to change."""
    before = await house.state()
    buyer, kind = house.people["buyer"].user_id, house.market.wholesale

    def filled(key: UUID) -> tuple[str, dict[str, str]]:
        address = path.replace("{id}", str(key)).replace("{buyer}", str(buyer))
        return address, {name: value.replace("{type}", str(kind)) for name, value in form.items()}

    for who in ("buyer", "manager", "head", "director"):
        await house.send(who, *filled(house.companies["Astra"]), 403)
    assert await house.state() == before
    if "{id}" in path:
        await house.write(_grant("head_of_managers", "companies.manage", "subtree"))
        await house.send("other-head", *filled(house.companies["Astra"]), 404)
        await house.send("admin", *filled(CompanyId(new_id())), 404)
        assert await house.state() == before


def _grant(role: str, permission: str, scope: str) -> Any:

    return text(
        "INSERT INTO role_grant (role_id, permission, scope) SELECT role_id, :permission, :scope FROM role "
        "WHERE code = :role"
    ).bindparams(role=role, permission=permission, scope=scope)


async def test_a_company_is_added_by_hand_corrected_and_switched_off(house: House) -> None:
    typed = GOOD | {
        "is_active": "false",
        "manager_id": str(house.people["manager"].user_id),
        "node_id": str(house.market.node),
        "company_id": str(house.companies["Astra"]),
    }
    made = await house.send("admin", "/panel/companies/new", typed)
    path = made.headers["location"].partition("?")[0]
    key = UUID(path.rpartition("/")[2])
    assert key not in house.companies.values()
    query = select(company.c.is_active, company.c.manager_id, company.c.node_id).where(company.c.company_id == key)
    async with house.market.container.database().engine.connect() as connection:
        assert tuple((await connection.execute(query)).one()) == (True, None, None), "other fields are nobody's to set"
    page = await house.see("admin", path)
    form = {
        one.get("name"): one.get("value", "")
        for one in html.fromstring(page.text).cssselect(f"form[action='{path}'] input")
    }
    assert (form["name"], form["inn"], form["kpp"]) == ("Ромашка", "7707083893", "773601001")
    good = GOOD | {
        "version": form["version"],
        "name": "Ромашка и сын",
        "bik": "044525225",
        "account": "4070 2810 1382 5012 3017",
    }
    await house.send("admin", path, good)
    assert "40702810138250123017" in (await house.see("admin", path)).text
    late = await house.send("admin", path, good | {"name": "Lost"}, 422)
    assert "Lost" in late.text, "what was typed is not lost"
    assert await house.value(select(company.c.name).where(company.c.company_id == key)) == "Ромашка и сын"
    twin = await house.send("admin", "/panel/companies/new", GOOD, 422)
    assert html.fromstring(twin.text).cssselect(f"a[href='{path}']")
    await house.send("admin", f"{path}/state", {"on": "0"})
    assert await house.value(select(company.c.is_active).where(company.c.company_id == key)) is False
    assert rows(await house.see("admin", "/panel/companies?state=inactive")) == ["Ромашка и сын"]
    told = await house.see("admin", f"{path}/audit")
    assert [one.text_content().strip() for one in html.fromstring(told.text).cssselect("tbody th")]
    for words in ("Компания добавлена", "Реквизиты изменены", "Компания включена или отключена"):
        assert words in told.text


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"inn": "7707083894"}, {"inn"}),
        ({"inn": "", "kpp": "1"}, {"inn", "kpp"}),
        ({"kind": "entrepreneur"}, {"inn", "kpp"}),
        ({"name": ""}, {"name"}),
        ({"name": "x" * 1_000_000}, {"name"}),
        ({"name": "\u202eevil"}, {"name"}),
        ({"name": "\u0000"}, {"name"}),
        ({"full_name": "\u200b" * 40}, {"full_name"}),
        ({"account": "1"}, {"account", "bik"}),
        ({"bik": "044525225", "correspondent": "30101810500000000225"}, {"correspondent"}),
    ],
)
async def test_wrong_requisites_come_back_with_their_fields(
    house: House, changes: dict[str, str], wrong: set[str]
) -> None:
    before = await house.state()
    answer = await house.send("admin", "/panel/companies/new", GOOD | changes, 422)
    assert errors(answer) == wrong
    assert await house.state() == before


async def test_a_name_of_ten_megabytes_is_refused(house: House) -> None:
    before = await house.state()
    await house.send("admin", "/panel/companies/new", GOOD | {"name": "x" * 10_000_000}, 413)
    assert await house.state() == before


async def test_what_came_from_1c_is_changed_there(house: House) -> None:
    path = f"/panel/companies/{house.companies['Astra']}"
    page = html.fromstring((await house.see("admin", path)).text)
    assert not page.cssselect("input[name=inn]")
    assert "меняются там" in page.cssselect(".notice")[0].text_content()
    before = await house.state()
    answer = await house.send("admin", path, GOOD | {"version": "2026-01-01T00:00:00+00:00"}, 422)
    assert "Astra" in answer.text
    assert await house.state() == before


async def test_the_form_is_filled_by_inn_without_script(house: House) -> None:
    twin = DirectoryInMemory(FoundCompany(ORGANISATION), FoundCompany(ENTREPRENEUR, is_closed=True))
    house.market.container.company_directory.override(providers.Object(twin))
    try:
        before = await house.state()
        page = html.fromstring((await house.see("admin", "/panel/companies/new")).text)
        assert page.cssselect("button[name=act][value=fill][formnovalidate]")
        asked = {"act": "fill", "inn": ORGANISATION.inn, "phone": "+7 495 000-00-00", "kind": "legal"}
        answer = await house.send("admin", "/panel/companies/new", asked, 200)
        found = {one.get("name"): one.get("value") for one in html.fromstring(answer.text).cssselect("input.input")}
        assert (found["name"], found["kpp"], found["phone"]) == (ORGANISATION.name, ORGANISATION.kpp, asked["phone"])
        closed = await house.send("admin", "/panel/companies/new", asked | {"inn": ENTREPRENEUR.inn}, 200)
        assert "ликвидируется" in closed.text
        assert html.fromstring(closed.text).cssselect("input[name=kind][value=entrepreneur][checked]")
        for inn in (UNKNOWN, "", "123"):
            assert errors(await house.send("admin", "/panel/companies/new", asked | {"inn": inn}, 422)) == {"inn"}
        assert twin.asked == 3
        await house.send("head", "/panel/companies/new", asked, 403)
        assert (twin.asked, await house.state()) == (3, before)
    finally:
        house.market.container.company_directory.reset_override()
    off = await house.send("admin", "/panel/companies/new", {"act": "fill", "inn": ORGANISATION.inn}, 422)
    assert "Заполните реквизиты вручную" in off.text


async def test_members_are_added_changed_and_removed_with_effect_at_once(house: House) -> None:
    """LVL-5, MUL-4: what a person may buy for changes with the next request."""
    key = house.companies["Beta"]
    path, person = f"/panel/companies/{key}/people", house.people["buyer"]

    async def levels() -> dict[str, int]:
        answer = await house.client.get("/api/v1/companies", headers=person.headers)
        return {one["name"]: one["access_level"] for one in answer.json()["items"]}

    await house.send("admin", path, {"login": await house.login("buyer")})
    assert await levels() == {"Astra": 2, "Beta": 1}, "every new membership begins at level 1 (LVL-1)"
    await house.send("admin", f"{path}/{person.user_id}", {"level": "2"})
    assert await levels() == {"Astra": 2, "Beta": 2}
    for wrong in ("0", "100", "x", "-1", "٣"):
        await house.send("admin", f"{path}/{person.user_id}", {"level": wrong}, 422)
    assert errors(await house.send("admin", path, {"login": "nobody@example.test"}, 422)) == {"login"}
    assert errors(await house.send("admin", path, {"login": "\u202e"}, 422)) == {"login"}
    await house.send("admin", f"{path}/{person.user_id}/remove", {})
    assert await levels() == {"Astra": 2}
    await house.send("admin", f"{path}/{person.user_id}/remove", {}, 404)
    await house.send("admin", f"{path}/{new_id()}", {"level": "2"}, 404)


async def test_the_personal_manager_is_a_recorded_act(house: House) -> None:
    """REG-8, HIER-4: assigned, visible to the new one's head at once, in the trail; none but managers."""
    key = house.companies["Astra"]
    path = f"/panel/companies/{key}"
    assert rows(await house.see("other-head", "/panel/companies")) == ["Beta"]
    await house.send("admin", f"{path}/manager", {"manager": (await house.login("other-manager")).upper()})
    assert rows(await house.see("other-head", "/panel/companies")) == ["Astra", "Beta"]
    assert rows(await house.see("head", "/panel/companies")) == []
    for login in (await house.login("buyer"), "nobody@example.test", "nonsense"):
        assert errors(await house.send("admin", f"{path}/manager", {"manager": login}, 422)) == {"manager"}
    told = await house.see("admin", f"{path}/audit")
    assert "ерсональный менеджер" in told.text.split("<tbody>")[1]
    assert "other-manager" in told.text
    await house.send("admin", f"{path}/manager", {"nobody": "1"})
    assert rows(await house.see("other-head", "/panel/companies")) == ["Beta"]
    assert rows(await house.see("admin", "/panel/companies?manager=none")) == ["Astra"]


async def test_agreements_are_made_changed_and_closed(house: House) -> None:
    key = house.companies["Astra"]
    path = f"/panel/companies/{key}/agreements"
    form = {
        "title": "№ 118",
        "price_type": str(house.market.retail),
        "currency": "RUB",
        "rounding": "line_once",
        "credit_limit": "1 500 000,50",
        "minimum": "",
        "valid_from": "2026-01-01",
        "valid_to": "2099-12-31",
        "default": "1",
        "firm": str(house.market.firm_id),
        "warehouse": str(house.market.moscow),
    }
    await house.send("admin", f"{path}/new", form)
    page = html.fromstring((await house.see("admin", path)).text)
    badges = [one.text_content() for one in page.cssselect("tbody td .badge")]
    assert badges == ["Действует", "Действует другой"]
    assert "1 500 000,50" in page.text_content().replace("\u00a0", " ")
    (link, *_) = [one.get("href") for one in page.cssselect("tbody th a")]
    shown = {
        one.get("name"): one.get("value")
        for one in html.fromstring((await house.see("admin", link)).text).cssselect("main input.input")
    }
    assert (shown["credit_limit"], shown["valid_to"]) == ("1500000.5", "2099-12-31")
    before = await house.state()
    for changes, wrong in (
        ({"valid_to": "2025-01-01"}, {"valid_to"}),
        ({"valid_to": "32.13.2025"}, {"valid_to"}),
        ({"credit_limit": "NaN"}, {"credit_limit"}),
        ({"minimum": "-5"}, {"minimum"}),
        ({"price_type": "nonsense"}, {"price_type"}),
        ({"firm": str(new_id())}, {"firm"}),
        ({"title": "\u202e"}, {"title"}),
        ({"currency": "rub"}, {"currency"}),
    ):
        assert errors(await house.send("admin", link, form | changes, 422)) == wrong
    other = house.companies["Beta"]
    await house.send("admin", link.replace(str(key), str(other)), form, 404)
    assert await house.state() == before
    await house.send("admin", link, form | {"valid_from": "2090-01-01"})
    page = html.fromstring((await house.see("admin", path)).text)
    assert [one.text_content() for one in page.cssselect("tbody td .badge")] == ["Ещё не начался", "Действует"]
    await house.send("admin", f"{link}/close", {})
    assert "Закрыт" in (await house.see("admin", path)).text
    assert not html.fromstring((await house.see("head", path)).text).cssselect("main form")


async def test_firms_have_one_default_and_are_not_switched_off_while_used(house: House) -> None:
    await house.send("admin", "/panel/firms/new", GOOD | {"default": "1"})
    listed = html.fromstring((await house.see("admin", "/panel/firms")).text)
    assert [one.text_content() for one in listed.cssselect("tbody th a")] == ["Ромашка", "Other firm", "Seller"]
    assert await house.value(select(func.count()).where(seller_firm.c.is_default)) == 1
    used = f"/panel/firms/{house.market.firm_id}"
    refused = await house.send("admin", used, GOOD | {"inn": "7736050003"}, 422)
    assert "Сначала переведите их" in refused.text
    await house.send("admin", used, GOOD | {"inn": "7736050003", "active": "1", "name": "Seller"})
    assert errors(await house.send("admin", "/panel/firms/new", GOOD | {"inn": "1"}, 422)) == {"inn"}
    await house.see("admin", f"/panel/firms/{new_id()}", 404)
    own = html.fromstring((await house.see("director", "/panel/firms")).text)
    assert [one.text_content().strip() for one in own.cssselect("tbody th")] == ["Seller"]
    assert not own.cssselect("main form, a.btn-primary")


async def test_a_list_is_read_on_by_key_at_a_constant_cost(house: House) -> None:
    async def cost() -> int:
        with recorded_statements() as seen:
            await house.see("admin", "/panel/companies")
        return len(seen)

    await cost()  # the first look notes when the session was last seen
    before = await cost()
    for number in range(120):
        await house.write(
            insert(company).values(
                company_id=new_id(),
                kind="legal",
                name="Same" if number % 2 else f"C {number:03}",
                updated_at=func.now(),
            )
        )
    assert await cost() == before
    names: list[str] = []
    path: str | None = "/panel/companies"
    while path:
        page = html.fromstring((await house.see("admin", path)).text)
        links = page.cssselect("tbody th a")
        names += [one.get("href") for one in links]
        following = page.cssselect("a[rel=next]")
        path = following[0].get("href") if following else None
    assert len(names) == len(set(names)) == 122
    for nonsense in (
        "x",
        "WyJhIiwxXQ",
        "%00",
        "a" * 5000,
        "WyJcdTAwMDAiLCIwMTkzZjQ4YS0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDAiXQ",
    ):
        await house.see("admin", f"/panel/companies?after={nonsense}&kind=x&manager=y&state=z&q=%00%25_")


NAMED_BY_THE_SELLER = ("Розничная", "Оптовая", "Москва", "Казань", "По договору с отсрочкой", "Предоплата по счёту")
"""Price types, warehouses and ways to pay are data: they are called what the seller calls them."""


async def test_pages_speak_both_languages(house: House) -> None:
    await house.write(update(app_user).where(app_user.c.user_id == house.people["admin"].user_id).values(language="en"))
    key = house.companies["Astra"]
    for path in (
        "",
        "/new",
        f"/{key}",
        f"/{key}/agreements",
        f"/{key}/agreements/new",
        f"/{key}/people",
        f"/{key}/orders",
    ):
        shown = (await house.see("admin", f"/panel/companies{path}")).text
        assert 'lang="en"' in shown
        visible = html.fromstring(shown).cssselect("main")[0].text_content()
        for named in NAMED_BY_THE_SELLER:
            visible = visible.replace(named, "")
        assert not any("а" <= sign <= "я" for sign in visible), path
