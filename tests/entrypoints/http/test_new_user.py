"""The panel's page of a new person: everything or nothing, within the rights and the sight of who adds."""

from typing import Any
from uuid import UUID

import pytest
from litestar.testing import AsyncTestClient
from lxml import html
from market import Market, Person
from msgspec import Struct
from postbox import Mailbox
from sqlalchemy import select, text, update

from b2b_dvizhenie.adapters.postgres.tables.companies import membership
from b2b_dvizhenie.adapters.postgres.tables.identity import account_link, app_user, role, role_grant
from b2b_dvizhenie.adapters.postgres.tables.operations import audit
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.ids import CompanyId, new_id

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PAGE = {"Accept": "text/html"}
NEW = "/panel/users/new"
GOOD = {"name": "Анна  Петрова", "email": "Anna@Example.test", "phone": "8 (912) 345-67-89", "language": "en"}


class Scene(Struct):
    """An administrator, and a head who manages the people below himself."""

    market: Market
    client: AsyncTestClient
    admin: Person
    head: Person
    company: CompanyId
    roles: dict[str, str]

    async def get(self, who: Person, path: str, status: int = 200) -> Any:
        answer = await self.client.get(path, headers=who.headers | PAGE)
        assert answer.status_code == status, answer.text
        return html.fromstring(answer.text)

    async def add(self, who: Person, status: int = 303, **fields: str) -> Any:
        answer = await self.client.post(NEW, headers=who.headers | PAGE, data=fields, follow_redirects=False)
        assert answer.status_code == status, answer.text
        return answer

    async def rows(self, query: Any) -> list[Any]:
        async with self.market.container.database().engine.connect() as connection:
            return list((await connection.execute(query)).all())


@pytest.fixture
async def scene(client: AsyncTestClient, market: Market) -> Scene:
    admin = await market.member(role_code="administrator")
    head = await market.member(role_code="head_of_managers", name="Глава")
    company = await market.client("ООО Ромашка", manager=head)
    async with market.container.database().engine.begin() as connection:
        codes = {code: str(key) for key, code in await connection.execute(select(role.c.role_id, role.c.code))}
        rights = [(Permission.USERS_MANAGE, "subtree"), (Permission.PANEL_ACCESS, "all")]
        for permission, scope in rights:
            await connection.execute(
                text(
                    "INSERT INTO role_grant (role_id, permission, scope) VALUES (:role, :permission, :scope)"
                    " ON CONFLICT (role_id, permission) DO UPDATE SET scope = excluded.scope"
                ),
                {"role": UUID(codes["head_of_managers"]), "permission": permission.value, "scope": scope},
            )
    return Scene(market, client, admin, head, company, codes)


def faults(page: Any) -> set[str]:
    return {one.get("id").removesuffix("-error") for one in page.cssselect("[id$=-error]")}


async def test_a_buyer_is_added_invited_and_enters(scene: Scene) -> None:
    post = Mailbox(scene.market.container)
    assert (await scene.get(scene.admin, "/panel/users")).cssselect(f'a[href="{NEW}"]')
    invite = (await scene.get(scene.admin, f"/panel/companies/{scene.company}/people")).cssselect(f'a[href^="{NEW}"]')
    page = await scene.get(scene.admin, invite[0].get("href"))
    typed = page.cssselect("#company")[0].get("value")
    assert typed
    assert page.cssselect("#role option[selected]")[0].get("value") == scene.roles["client"]
    fields = GOOD | {"role": scene.roles["client"], "head": "none", "company": "ооо ромашка", "level": "2"}
    done = await scene.add(scene.admin, **fields)
    card = await scene.get(scene.admin, done.headers["location"])
    assert "Приглашение отправлено" in card.text_content()
    user_id = UUID(done.headers["location"].split("/")[3].split("?")[0])
    ((name, email, phone, language, head_id),) = await scene.rows(
        select(app_user.c.name, app_user.c.email, app_user.c.phone, app_user.c.language, app_user.c.head_id).where(
            app_user.c.user_id == user_id
        )
    )
    assert (name, email, phone) == ("Анна Петрова", "anna@example.test", "+79123456789")
    assert (language, head_id) == ("en", None)
    assert await scene.rows(
        select(membership.c.company_id, membership.c.access_level).where(membership.c.user_id == user_id)
    ) == [(scene.company, 2)]
    done_things = [row[0] for row in await scene.rows(select(audit.c.action).order_by(audit.c.audit_id))]
    assert done_things[-3:] == ["identity.user_created", "companies.buyer_assigned", "identity.person_invited"]
    await post.deliver()
    assert [one.to for one in post.sms.sent] == ["+79123456789"]
    (token,) = post.tokens()
    entered = await scene.client.post("/api/v1/auth/link", json={"token": token, "password": "a long phrase"})
    assert entered.status_code == 200


async def test_what_is_wrong_is_named_and_nothing_is_left(scene: Scene) -> None:
    await scene.market.client("ООО Лютик")
    await scene.market.client("ООО Лютик")
    good = GOOD | {"role": scene.roles["client"], "head": "none"}
    before = await scene.rows(select(app_user.c.user_id)), await scene.rows(select(audit.c.audit_id))
    bad: list[tuple[dict[str, str], int, set[str]]] = [
        ({"name": " ", "email": "", "phone": ""}, 422, {"name", "email"}),
        ({"phone": "12"}, 422, {"phone"}),
        ({"email": "a@@b"}, 422, {"email"}),
        ({"role": "nonsense"}, 422, {"role"}),
        ({"role": str(new_id())}, 422, {"role"}),
        ({"head": "nonsense"}, 422, {"head"}),
        ({"head": str(new_id())}, 422, {"head"}),
        ({"company": "ООО Нет такой"}, 422, {"company"}),
        ({"company": "ООО Лютик"}, 422, {"company"}),
        ({"company": "ООО Ромашка", "level": "x"}, 422, {"level"}),
        ({"company": "ООО Ромашка", "level": "98"}, 422, {"level"}),
    ]
    for change, status, named in bad:
        page = html.fromstring((await scene.add(scene.admin, status, **good | change)).text)
        assert faults(page) == named, change
        assert page.cssselect("#name")[0].get("value") == (good | change)["name"]
    await scene.add(scene.admin, **good)
    page = html.fromstring((await scene.add(scene.admin, 409, **good | {"phone": ""})).text)
    assert faults(page) == {"email"}
    after = await scene.rows(select(app_user.c.user_id)), await scene.rows(select(audit.c.audit_id))
    assert len(after[0]) == len(before[0]) + 1
    assert len(await scene.rows(select(account_link.c.link_id))) == 1


async def test_nobody_gives_more_than_he_has_or_adds_whom_he_would_not_see(scene: Scene) -> None:
    """The head of a subtree adds people below himself, with roles below his own."""
    offered = {one.get("value") for one in (await scene.get(scene.head, NEW)).cssselect("#role option")}
    assert scene.roles["administrator"] not in offered
    assert scene.roles["manager"] in offered
    for code in ("administrator", "director", "client"):  # buyers may order, which the head may not
        fields = GOOD | {"role": scene.roles[code]}
        page = html.fromstring((await scene.add(scene.head, 403, **fields)).text)
        assert faults(page) == {"role"}, code
    foreign = GOOD | {"role": scene.roles["manager"], "head": str(scene.admin.user_id)}
    assert faults(html.fromstring((await scene.add(scene.head, 422, **foreign)).text)) == {"head"}
    done = await scene.add(scene.head, **GOOD | {"role": scene.roles["manager"]})
    user_id = UUID(done.headers["location"].split("/")[3].split("?")[0])
    ((head_id,),) = await scene.rows(select(app_user.c.head_id).where(app_user.c.user_id == user_id))
    assert head_id == scene.head.user_id


async def test_who_may_not_manage_people_finds_no_page(scene: Scene) -> None:
    buyer = await scene.market.member(scene.company)
    director = await scene.market.member(role_code="director")
    for who in (buyer, director):
        await scene.get(who, NEW, 403)
        await scene.add(who, 403, **GOOD)
    before = len(await scene.rows(select(app_user.c.user_id)))
    async with scene.market.container.database().engine.begin() as connection:
        await connection.execute(
            update(role_grant)
            .where(role_grant.c.role_id == UUID(scene.roles["head_of_managers"]))
            .where(role_grant.c.permission == Permission.USERS_MANAGE.value)
            .values(scope="assigned")
        )
    # Whom he would not see he does not make: of somebody below him, the right over his own clients is none.
    await scene.add(scene.head, 403, **GOOD | {"role": scene.roles["manager"]})
    assert len(await scene.rows(select(app_user.c.user_id))) == before
