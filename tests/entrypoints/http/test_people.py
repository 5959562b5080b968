"""People in the panel: the directory in bulk, the card, the tree of staff; who may, who may not, and what stays."""

from typing import Any
from uuid import UUID

import pytest
from club import Club
from litestar.testing import AsyncTestClient
from lxml import html
from market import Market
from sqlalchemy import delete, func, insert, select, update
from statements import recorded_statements

from b2b_dvizhenie.adapters.postgres.tables.identity import account_link, app_user, role, role_grant, session
from b2b_dvizhenie.adapters.postgres.tables.operations import audit
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.shared.ids import new_id

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PAGE = {"Accept": "text/html"}


class House:
    """The club through the panel's door."""

    def __init__(self, club: Club, client: AsyncTestClient) -> None:
        self.club = club
        self.client = client

    def id(self, name: str) -> str:
        return str(self.club.people[name].user_id)

    async def get(self, who: str, path: str, status: int = 200) -> Any:
        answer = await self.client.get(path, headers=dict(self.club.headers(who)) | PAGE)
        assert answer.status_code == status, answer.text
        return html.fromstring(answer.text)

    async def send(self, who: str, path: str, fields: dict[str, Any], status: int = 303) -> Any:
        headers = dict(self.club.headers(who)) | PAGE
        answer = await self.client.post(path, headers=headers, data=fields, follow_redirects=False)
        assert answer.status_code == status, answer.text
        return html.fromstring(answer.text) if answer.text else answer

    async def rows(self, query: Any) -> list[Any]:
        async with self.club.market.container.database().engine.connect() as connection:
            return list((await connection.execute(query)).all())

    async def person(self, name: str) -> Any:
        columns = app_user.c
        (row,) = await self.rows(select(app_user).where(columns.user_id == UUID(self.id(name))))
        return row

    async def role(self, code: str) -> str:
        ((key,),) = await self.rows(select(role.c.role_id).where(role.c.code == code))
        return str(key)

    async def sessions(self, name: str) -> int:
        alive = select(func.count()).where(session.c.user_id == UUID(self.id(name)), session.c.revoked_at.is_(None))
        return int((await self.rows(alive))[0][0])

    async def changes(self) -> int:
        return int((await self.rows(select(func.count()).select_from(audit)))[0][0])


@pytest.fixture
async def house(market: Market, client: AsyncTestClient) -> House:
    return House(await Club(market).open(), client)


async def manages_in_scope(house: House, code: str, scope: Scope) -> None:
    """Give a role the management of people, and the right to see them."""
    key = UUID(await house.role(code))
    for one in (Permission.USERS_MANAGE, Permission.USERS_VIEW):
        await house.club.market._write(
            delete(role_grant).where(role_grant.c.role_id == key, role_grant.c.permission == one.value),
            insert(role_grant).values(role_id=key, permission=one.value, scope=scope.value),
        )


def texts(page: Any, path: str) -> list[str]:
    return [" ".join(one.text_content().split()) for one in page.xpath(path)]


async def test_several_people_are_changed_all_or_none(house: House) -> None:
    admin, managers = "administrator", [house.id("manager"), house.id("manager_3")]
    bulk = "/panel/users/bulk"
    # All: both go under another head, and the page they came from comes back with a word.
    fields = {"action": "head", "new_head": house.id("head_2"), "user": managers}
    answer = await house.client.post(
        f"{bulk}?role=manager&page=1", headers=dict(house.club.headers(admin)), data=fields, follow_redirects=False
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == "/panel/users?role=manager&page=1&done=head&count=1", "one was there already"
    assert {str((await house.person(one)).head_id) for one in ("manager", "manager_3")} == {house.id("head_2")}
    assert "Руководитель изменён" in (await house.get(admin, answer.headers["location"])).text_content()

    # None: the director cannot be put under his own subordinate, so the manager is not moved either.
    before = await house.changes()
    fields = {"action": "head", "new_head": house.id("head"), "user": [house.id("manager"), house.id("director")]}
    page = await house.send(admin, bulk, fields, 409)
    (reason,) = texts(page, "//section[@role='alert']//li")
    assert reason.startswith("director: Нельзя подчинить")
    assert str((await house.person("manager")).head_id) == house.id("head_2")
    assert page.xpath("//input[@name='user'][@checked]/@value") == [house.id("director"), house.id("manager")]
    assert await house.changes() == before

    # Two heads put under each other: each alone would do, the second is judged by what the first left behind.
    fields = {"action": "head", "new_head": house.id("head_2"), "user": [house.id("head"), house.id("head_2")]}
    await house.send(admin, bulk, fields, 409)
    assert str((await house.person("head")).head_id) == house.id("director")

    # Blocking closes sessions; blocking oneself, and with it the last administrator, blocks nobody.
    await house.send(admin, bulk, {"action": "block", "user": [house.id("client"), house.id(admin)]}, 409)
    assert (await house.person("client")).is_active
    await house.send(admin, bulk, {"action": "block", "user": [house.id("client"), house.id("colleague")]})
    assert not (await house.person("client")).is_active
    assert await house.sessions("client") == 0
    await house.send(admin, bulk, {"action": "unblock", "user": [house.id("client"), house.id("colleague")]})
    assert await house.sessions("client_other") > 0
    await house.send(admin, bulk, {"action": "log_out", "user": house.id("client_other")})
    assert await house.sessions("client_other") == 0
    role_id = await house.role("head_of_managers")
    await house.send(admin, bulk, {"action": "role", "new_role": role_id, "user": managers})
    assert str((await house.person("manager")).role_id) == role_id
    actions = {row[0] for row in await house.rows(select(audit.c.action))}
    assert actions >= {
        "hierarchy.head_changed", "hierarchy.user_blocked", "hierarchy.user_unblocked", "hierarchy.role_given",
        "identity.tokens_reset",
    }  # fmt: skip

    # Nonsense changes nothing and says so; too many are refused as a whole.
    for wrong in ({}, {"action": "head", "user": managers}, {"action": "block"}, {"action": "role", "user": managers}):
        await house.send(admin, bulk, wrong, 422)
    crowd = [str(new_id()) for _ in range(201)]
    assert "200" in (await house.send(admin, bulk, {"action": "block", "user": crowd}, 400)).text_content()
    await house.send("director", bulk, {"action": "block", "user": managers}, 403)


async def test_a_login_taken_meanwhile_names_who_and_keeps_the_others_blocked(house: House) -> None:
    mail = (await house.person("client")).email
    await house.club.market._write(
        update(app_user)
        .where(app_user.c.user_id.in_([UUID(house.id("client")), UUID(house.id("colleague"))]))
        .values(is_active=False)
    )
    await house.club.market._write(
        update(app_user).where(app_user.c.user_id == UUID(house.id("client_other"))).values(email=mail)
    )
    marked = [house.id("client"), house.id("colleague")]
    page = await house.send("administrator", "/panel/users/bulk", {"action": "unblock", "user": marked}, 409)
    (reason,) = texts(page, "//section[@role='alert']//li")
    assert reason.startswith("client:")
    assert not (await house.person("colleague")).is_active


async def test_who_manages_a_firm_changes_its_people_and_tells_nobody_of_others(house: House) -> None:
    await manages_in_scope(house, "director", Scope.FIRM)
    foreign = {"action": "block", "user": [house.id("manager"), house.id("manager_x")]}
    page = await house.send("director", "/panel/users/bulk", foreign, 409)
    (reason,) = texts(page, "//section[@role='alert']//li")
    assert reason.startswith("Человек вне вашей области:")
    assert (await house.person("manager")).is_active
    await house.send("director", "/panel/users/bulk", {"action": "block", "user": house.id("manager")})
    assert not (await house.person("manager")).is_active
    for path in (f"/panel/users/{house.id('manager_x')}", f"/panel/users/{house.id('administrator')}"):
        await house.get("director", path, 404)
        await house.send("director", f"{path}/state", {"action": "block"}, 404)
    await house.send("director", f"/panel/staff/{house.id('manager_x')}/head", {"head": house.id("head")}, 404)
    await house.send("director", f"/panel/staff/{house.id('head')}/head", {"head": house.id("head_x")}, 404)
    await house.send("director", f"/panel/staff/{house.id('head')}/head", {"head": "none"}, 404)
    page = await house.get("director", f"/panel/users/{house.id('head')}")
    version = page.xpath("//input[@name='version']/@value")[0]
    fields = {"name": "head", "email": (await house.person("head")).email, "language": "ru", "version": version}
    fields |= {"role": await house.role("head_of_managers"), "head": house.id("director"), "firm": ""}
    page = await house.send("director", f"/panel/users/{house.id('head')}", fields, 403)
    assert texts(page, "//p[@id='firm-error']"), "a firm is given by who manages everybody"


async def test_the_card_is_changed_as_a_whole(house: House) -> None:
    admin, path = "administrator", f"/panel/users/{house.id('manager')}"
    page = await house.get(admin, path)
    form = page.xpath(f"//form[@action='{path}']")[0]
    fields = dict(form.form_values())
    assert fields["head"] == house.id("head")
    assert fields["firm"] == str(house.club.firms[1])
    values = form.xpath(".//select[@name='head']/option/@value")
    assert house.id("manager") not in values
    assert house.id("manager_2") in values
    at = (await house.person("manager")).created_at
    await house.club.market._write(
        insert(account_link).values(
            link_id=new_id(), kind="invitation", user_id=UUID(house.id("manager")), token_hash=b"x" * 32,
            created_at=at, expires_at=at,
        )
    )  # fmt: skip

    wrong = fields | {"name": " ", "email": "nonsense", "phone": ""}
    page = await house.send(admin, path, wrong, 422)
    assert texts(page, "//p[@id='name-error']")
    assert texts(page, "//p[@id='email-error']")
    taken = (await house.person("client")).email
    page = await house.send(admin, path, fields | {"email": taken}, 409)
    assert texts(page, "//p[@id='email-error']")
    page = await house.send(admin, path, fields | {"head": house.id("manager")}, 409)
    assert texts(page, "//p[@id='head-error']")
    page = await house.send(admin, path, fields | {"name": "Other", "role": str(new_id())}, 422)
    assert (await house.person("manager")).name == "manager", "a role that does not exist keeps the name as well"
    page = await house.send(admin, path, fields | {"firm": str(new_id())}, 422)

    head = house.id("head_2")
    new = fields | {"name": "  Анна   Смирнова ", "email": "", "phone": "8 (912) 000-11-22", "head": head}
    new |= {"language": "en", "firm": str(house.club.firms[2]), "role": await house.role("head_of_managers")}
    await house.send(admin, path, new)
    person = await house.person("manager")
    assert (person.name, person.email, person.phone, person.language) == ("Анна Смирнова", None, "+79120001122", "en")
    assert (str(person.head_id), person.firm_id) == (head, house.club.firms[2])
    ((used,),) = await house.rows(select(account_link.c.used_at))
    assert used is not None, "what was sent to the address before opens nothing any more"
    page = await house.send(admin, path, new, 409)
    assert "изменил" in page.text_content(), "the form of a stale card saves nothing"
    page = await house.get(admin, path)
    trail = texts(page, "//table[contains(@class,'audit')]//th[@scope='row']")
    assert [one.removesuffix("Анна Смирнова") for one in trail[:3]] == [
        "Изменена роль человека", "Изменён руководитель", "Изменена карточка человека",
    ]  # fmt: skip
    await house.send(admin, path, dict(page.xpath(f"//form[@action='{path}']")[0].form_values()))
    assert len(await house.rows(select(audit).where(audit.c.subject_id == house.id("manager")))) == len(trail)

    # Who may look only has no form; who may not look has no page.
    page = await house.get("head_2", path)
    assert not page.xpath(f"//form[@action='{path}']")
    await house.get("head", path, 404)
    await house.get("manager_2", path, 403)
    await house.send("head_2", path, fields, 403)
    await house.send(admin, f"/panel/users/{new_id()}", fields, 404)
    await house.send(admin, f"{path}/state", {"action": "block"})
    await house.send(admin, f"{path}/state", {"action": "unblock"})
    await house.send(admin, f"{path}/state", {"action": "nonsense"}, 404)
    await house.send(admin, f"/panel/users/{house.id(admin)}/state", {"action": "block"}, 403)


async def test_the_tree_shows_who_stands_under_whom_and_moves(house: House) -> None:
    page = await house.get("administrator", "/panel/staff")
    head = page.xpath(f"//li[@id='p-{house.id('head')}']")[0]
    assert set(head.xpath(".//li/@id")) == {f"p-{house.id(one)}" for one in ("manager", "manager_2")}
    assert not page.xpath(f"//li[@id='p-{house.id('client')}']"), "buyers are no staff"
    page = await house.get("head", "/panel/staff")
    assert set(page.xpath("//main//li/@id")) == {f"p-{house.id(one)}" for one in ("head", "manager", "manager_2")}
    assert not page.xpath("//a[contains(@href,'move=')]"), "who may look only is offered no move"

    page = await house.get("administrator", f"/panel/staff?move={house.id('head')}")
    places = set(page.xpath("//button[@name='head']/@value"))
    assert "none" in places
    assert house.id("head_2") in places
    assert not places & {house.id(one) for one in ("head", "manager", "manager_2", "director")}, "nor where it stands"
    move = f"/panel/staff/{house.id('head')}/head"
    await house.send("administrator", move, {"head": house.id("manager")}, 409)
    await house.send("administrator", move, {"head": str(new_id())}, 404)
    await house.send("administrator", move, {}, 404)
    await house.send("head", move, {"head": house.id("head_2")}, 403)
    await house.send("administrator", move, {"head": house.id("head_2")})
    page = await house.get("head_2", "/panel/staff")
    assert f"p-{house.id('manager_2')}" in page.xpath("//main//li/@id"), "sees whom the moved head sees (HIER-4)"
    await house.send("administrator", move, {"head": "none"})
    assert (await house.person("head")).head_id is None

    # The directory by a head, and its number of statements whatever it holds.
    page = await house.get("administrator", f"/panel/users?under={house.id('head')}")
    assert set(page.xpath("//input[@name='user']/@value")) == {
        house.id(one) for one in ("head", "manager", "manager_2")
    }
    assert len(page.xpath("//input[@name='user']/@value")) == 3
    with recorded_statements() as few:
        await house.get("administrator", f"/panel/users?under={house.id('manager')}")
    with recorded_statements() as many:
        await house.get("administrator", "/panel/users")
    assert len(few) == len(many)
    with recorded_statements() as small:
        await house.get("head", "/panel/staff")
    with recorded_statements() as large:
        await house.get("director", "/panel/staff")
    assert len(small) == len(large)


async def test_a_level_is_chosen_among_those_there_are(house: House) -> None:
    page = await house.get("administrator", f"/panel/companies/{house.club.companies['own']}/people")
    selects = page.xpath("//select[@name='level']")
    assert len(selects) == 3, "one to add with, and one for each of both buyers"
    assert {tuple(one.xpath("./option/@value")) for one in selects} == {("1", "2", "3", "4", "5")}
    path = f"/panel/companies/{house.club.companies['own']}/people/{house.id('client')}"
    await house.send("administrator", path, {"level": "77"}, 422)
    await house.send("administrator", path, {"level": "5"})


async def test_a_renamed_role_is_called_so_wherever_people_are_shown(house: House) -> None:
    async with house.club.market.container.database().engine.begin() as connection:
        await connection.execute(update(role).where(role.c.code == "client").values(name="Закупщик"))
    company = f"/panel/companies/{house.club.companies['own']}/people"
    for who, path in (("administrator", "/panel/users"), ("administrator", company), ("client", "/account")):
        shown = (await house.get(who, path)).text_content()
        assert "Закупщик" in shown, path
        assert "Покупатель" not in shown, path
