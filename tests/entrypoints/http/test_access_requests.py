"""Requests for access: strangers ask, staff lets in by one transaction or refuses; nothing is told to who asks."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from litestar.testing import AsyncTestClient
from postbox import Mailbox
from sqlalchemy import text
from statements import recorded_statements

from b2b_dvizhenie.application.identity import InvitePerson, SecondStep
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.companies import ACCESS_REQUESTS, AccessRequestsOff, AskedAccess
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
HTML = {"Accept": "text/html"}
ASK, LIST = "/login/request", "/panel/requests"
INN, KPP = "7707083893", "770701001"
READS_SETTINGS = "SELECT key, value FROM setting"  # once a second, by whoever comes first
GOOD = {
    "company": "ООО «Свет»",
    "inn": "77 0708 3893",
    "name": "Анна Петрова",
    "phone": "8 912 345-67-89",
    "email": "Anna@Example.test",
    "comment": "Магазин",
}


async def one(container: Container, query: str) -> Any:
    async with container.database().engine.begin() as connection:
        return (await connection.execute(text(query))).scalar()


async def counts(container: Container) -> list[int]:
    """How many companies, people, memberships, links and decided requests there are."""
    queries = ("company", "app_user", "membership", "account_link", "access_request WHERE state <> 'waiting'")
    return [await one(container, f"SELECT count(*) FROM {query}") for query in queries]  # noqa: S608 - our own words


@pytest.fixture
async def admin(container: Container) -> Mapping[str, str]:
    return await headers(container, "administrator")


async def headers(container: Container, role: str) -> Mapping[str, str]:
    mail = f"{role}@example.test"
    await container.create_user()(system_actor("test"), role=role, name=role, email=mail, password="correct horse")
    entry = await container.log_in()(mail, "correct horse")
    assert not isinstance(entry, SecondStep)
    return HTML | {"Authorization": f"Bearer {entry.token}"}


async def asked(client: AsyncTestClient, container: Container, **changes: str) -> str:
    answer = await client.post(ASK, data=GOOD | changes)
    assert answer.status_code == 200, answer.text
    key = await one(container, "SELECT request_id FROM access_request ORDER BY created_at DESC LIMIT 1")
    return f"{LIST}/{key}"


async def test_what_is_wrong_is_named_and_nothing_is_kept(client: AsyncTestClient, container: Container) -> None:
    assert 'action="/login/request"' in (await client.get(ASK)).text
    assert f'href="{ASK}"' in (await client.get("/login")).text
    wrong = await client.post(ASK, data={"company": "", "inn": "7707083890", "name": "", "comment": "x" * 1001})
    assert wrong.status_code == 422
    faulty = set(re.findall(r'id="([\w-]+)-error"', wrong.text)) or set(
        re.findall(r'name="(\w+)"[^>]*aria-invalid', wrong.text)
    )
    assert {name.removeprefix("f-") for name in faulty} == {"company", "inn", "name", "email", "comment"}
    assert await one(container, "SELECT count(*) FROM access_request") == 0


async def test_it_says_the_same_whatever_exists_and_is_budgeted(client: AsyncTestClient, container: Container) -> None:
    await container.create_user()(system_actor("test"), role="client", name="Некто", email="anna@example.test")
    told = []
    for mail in ("anna@example.test", "other@example.test"):
        with recorded_statements() as statements:
            answer = await client.post(ASK, data=GOOD | {"email": mail, "phone": ""})
        told.append((answer.status_code, answer.content, [one for one in statements if one != READS_SETTINGS]))
    assert told[0] == told[1]
    for _ in range(3):
        await client.post(ASK, data=GOOD)
    refused = await client.post(ASK, data=GOOD)
    assert refused.status_code == 422
    assert await one(container, "SELECT count(*) FROM access_request") == 5


async def switch(container: Container, *, on: bool) -> None:
    """Change the setting, and let the process see it at once instead of within a second."""
    await container.change_settings()(system_actor("test"), {ACCESS_REQUESTS.key: on})
    container.current_settings.reset()


async def test_administrators_switch_it_off(
    client: AsyncTestClient, container: Container, admin: Mapping[str, str]
) -> None:
    path = await asked(client, container)
    assert f'name="{ACCESS_REQUESTS.key}"' in (await client.get("/panel/settings", headers=admin)).text
    assert "Заявки выключены" not in (await client.get(LIST, headers=admin)).text
    await switch(container, on=False)
    unknown = await client.get("/login/nothing", headers=HTML)
    for answer in (await client.get(ASK, headers=HTML), await client.post(ASK, headers=HTML, data=GOOD)):
        assert answer.status_code == 404
        assert re.findall("<h1.*?</h1>", answer.text) == re.findall("<h1.*?</h1>", unknown.text)
        assert "company" not in answer.text
    with pytest.raises(AccessRequestsOff):
        await container.request_access()(AskedAccess())
    assert ASK not in (await client.get("/login")).text
    assert await one(container, "SELECT count(*) FROM access_request") == 1
    listed = (await client.get(LIST, headers=admin)).text
    assert "Заявки выключены" in listed
    assert 'href="/panel/settings"' in listed
    refused = await client.post(f"{path}/refuse", headers=admin, data={"reason": "Нет"}, follow_redirects=False)
    assert refused.status_code == 303
    await switch(container, on=True)
    assert (await client.get(ASK)).status_code == 200
    assert ASK in (await client.get("/login")).text


async def test_letting_in_makes_everything_and_invites(
    client: AsyncTestClient, container: Container, admin: Mapping[str, str]
) -> None:
    post = Mailbox(container)
    path = await asked(client, container)
    listed = (await client.get(LIST, headers=admin)).text
    assert "ООО «Свет»" in listed
    assert path in listed
    refused = await client.post(f"{path}/approve", headers=admin, data={"company": "", "kpp": "77"})
    assert (refused.status_code, 'value="77"' in refused.text) == (422, True)
    assert await one(container, "SELECT count(*) FROM company") == 0
    done = await client.post(f"{path}/approve", headers=admin, data={"company": "", "kpp": KPP}, follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, f"{LIST}?done=approved")
    assert await one(container, f"SELECT name FROM company WHERE inn = '{INN}' AND kpp = '{KPP}'") == "ООО «Свет»"  # noqa: S608
    query = (
        "SELECT r.code || m.access_level FROM app_user u JOIN role r USING (role_id) JOIN membership m USING (user_id)"
    )
    assert await one(container, query) == "client1"
    await post.deliver()
    (token,) = post.tokens()
    entered = await client.post("/api/v1/auth/link", json={"token": token, "password": "another phrase"})
    assert entered.status_code == 200
    again = await client.post(f"{path}/approve", headers=admin, data={"company": "", "kpp": KPP})
    assert again.status_code == 409
    assert await one(container, "SELECT count(*) FROM audit WHERE action = 'companies.request_approved'") == 1


async def test_a_company_that_is_there_is_taken(
    client: AsyncTestClient, container: Container, admin: Mapping[str, str]
) -> None:
    first = await asked(client, container)
    await client.post(f"{first}/approve", headers=admin, data={"company": "", "kpp": KPP})
    company_id = await one(container, "SELECT company_id FROM company")
    second = await asked(client, container, email="boris@example.test", phone="")
    assert f'value="{company_id}"' in (await client.get(second, headers=admin)).text
    await client.post(f"{second}/approve", headers=admin, data={"company": str(company_id)})
    third = await asked(client, container, email="vera@example.test", phone="")
    await client.post(f"{third}/approve", headers=admin, data={"company": "", "kpp": KPP})  # the same by INN and KPP
    assert await one(container, "SELECT count(*) FROM company") == 1
    assert await one(container, "SELECT count(*) FROM membership") == 3


@pytest.mark.parametrize("sabotaged", [False, True], ids=["whole", "control"])
async def test_what_fails_at_the_end_leaves_nothing(
    client: AsyncTestClient,
    container: Container,
    admin: Mapping[str, str],
    monkeypatch: pytest.MonkeyPatch,
    sabotaged: bool,
) -> None:
    """All or nothing; the control commits every step for itself, and must be caught leaving things behind."""
    from b2b_dvizhenie.adapters.postgres import access_requests

    async def fail(*_: object) -> None:
        raise RuntimeError

    path = await asked(client, container)
    before = await counts(container)
    monkeypatch.setattr(InvitePerson, "__call__", fail)
    if sabotaged:
        monkeypatch.setattr(access_requests._Part, "commit", access_requests.PostgresAccessTransaction.commit)
    assert (await client.post(f"{path}/approve", headers=admin, data={"company": "", "kpp": KPP})).status_code == 500
    assert (await counts(container) == before) is not sabotaged


async def test_a_taken_login_is_told_to_staff_and_nothing_is_made(
    client: AsyncTestClient, container: Container, admin: Mapping[str, str]
) -> None:
    await container.create_user()(system_actor("test"), role="client", name="Некто", email="anna@example.test")
    path = await asked(client, container)
    before = await counts(container)
    assert (await client.post(f"{path}/approve", headers=admin, data={"kpp": KPP})).status_code == 409
    assert await counts(container) == before


async def test_refusing_keeps_the_reason(
    client: AsyncTestClient, container: Container, admin: Mapping[str, str]
) -> None:
    path = await asked(client, container)
    assert (await client.post(f"{path}/refuse", headers=admin, data={"reason": " "})).status_code == 422
    assert (await client.post(f"{path}/refuse", headers=admin, data={"reason": "Розница"})).status_code == 200
    page = (await client.get(path, headers=admin)).text
    assert "Розница" in page
    assert f'action="{path}/approve"' not in page
    assert path in (await client.get(f"{LIST}?state=refused", headers=admin)).text
    assert path not in (await client.get(f"{LIST}?state=waiting", headers=admin)).text
    assert (await client.post(f"{path}/approve", headers=admin, data={"kpp": KPP})).status_code == 409


async def test_who_may_not_decide_is_refused(client: AsyncTestClient, container: Container) -> None:
    path = await asked(client, container)
    director = await headers(container, "director")
    before = await counts(container)
    for address in (LIST, path):
        assert (await client.get(address, headers=director)).status_code == 403
    for action in ("approve", "refuse"):
        assert (await client.post(f"{path}/{action}", headers=director, data={"reason": "x"})).status_code == 403
    assert await counts(container) == before


async def test_the_list_costs_the_same_however_long(
    client: AsyncTestClient, container: Container, admin: Mapping[str, str]
) -> None:
    await client.get(LIST, headers=admin)
    sizes = []
    for rows in (0, 60):
        async with container.database().engine.begin() as connection:
            texts = "company, inn, name, phone, email, comment, address"
            insert = f"""INSERT INTO access_request (request_id, created_at, {texts})
                         SELECT gen_random_uuid(), now(), 'К' || n, '', '', '', '', '', ''
                           FROM generate_series(1, :rows) n"""  # noqa: S608 - our own words
            await connection.execute(text(insert), {"rows": rows})
        with recorded_statements() as statements:
            page = await client.get(LIST, headers=admin)
        sizes.append(len([one for one in statements if "FROM setting" not in one]))
    assert sizes[0] == sizes[1]
    assert f"{LIST}?page=2" in page.text
    assert (await client.get(f"{LIST}?page=2", headers=admin)).text.count("<tr>") == 11
