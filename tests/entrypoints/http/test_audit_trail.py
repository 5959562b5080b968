"""Reading the audit trail: words instead of codes, pages by key, and only what one may see."""

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import AsyncTestClient
from lxml import html
from shop import Shop
from sqlalchemy import insert, update
from statements import recorded_statements

from b2b_dvizhenie.adapters.postgres.tables.companies import seller_firm
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user
from b2b_dvizhenie.adapters.postgres.transactions import Transaction
from b2b_dvizhenie.application.shared.actor import Actor, system_actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.domain.shared.ids import new_id
from b2b_dvizhenie.entrypoints.container import Container, utc_now
from b2b_dvizhenie.entrypoints.http.labels import LABELS

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PAGE = {"Accept": "text/html"}
SOURCE = Path(__file__).parents[3] / "src/b2b_dvizhenie"


async def hire(
    container: Container, shop: Shop, name: str, role: str, firm: UUID | None = None
) -> tuple[Actor, dict[str, str]]:
    token = await shop.person(f"{name}@example.test", role=role)
    async with container.database().engine.begin() as connection:
        await connection.execute(
            update(app_user).where(app_user.c.email == f"{name}@example.test").values(firm_id=firm, name=name)
        )
    actor = await container.authenticate()(token)
    assert actor is not None
    return actor, {"Authorization": f"Bearer {token}"}


async def record(container: Container, actor: Actor, *changes: Change) -> None:
    async with Transaction(container.database(), utc_now) as work:
        for change in changes:
            await work.audit.record(actor, change)
        await work.commit()


def change(number: int, action: str = "operations.job_retried") -> Change:
    return Change(action, "job", str(new_id()), {"name": f"job-{number}", "attempts": 8}, {"attempts": 0})


async def read(client: AsyncTestClient, headers: dict[str, str], query: str = "") -> dict[str, Any]:
    answer = await client.get(f"/api/v1/audit?{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_newest_first_page_by_page(container: Container, client: AsyncTestClient, shop: Shop) -> None:
    actor, headers = await hire(container, shop, "admin", "administrator")
    await record(container, actor, *map(change, range(5)))
    seen: list[str] = []
    query = "limit=2&actor=ADM"
    while True:
        page = await read(client, headers, query)
        seen += [one["subject"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        await record(container, actor, change(99))  # what is added meanwhile moves no page
        query = f"limit=2&actor=adm&cursor={page['next_cursor']}"
    assert seen == ["job-4", "job-3", "job-2", "job-1", "job-0"]


async def test_filters_by_action_and_person(container: Container, client: AsyncTestClient, shop: Shop) -> None:
    admin, headers = await hire(container, shop, "admin", "administrator")
    other, _ = await hire(container, shop, "other%", "administrator")
    await record(container, admin, change(1), change(2, "operations.job_discarded"))
    await record(container, other, change(3))

    async def subjects(query: str) -> list[str]:
        return [one["subject"] for one in (await read(client, headers, query))["items"] if one["subject"]]

    assert await subjects("action=operations.job_discarded") == ["job-2"]
    assert await subjects("actor=%25") == ["job-3"]
    assert await subjects("actor=admin&action=operations.job_retried") == ["job-1"]
    assert await subjects("action=no.such") == []


async def test_a_director_sees_the_changes_of_his_firm(
    container: Container, client: AsyncTestClient, shop: Shop
) -> None:
    ours, theirs = new_id(), new_id()
    async with container.database().engine.begin() as connection:
        for firm in (ours, theirs):
            await connection.execute(insert(seller_firm).values(firm_id=firm, name="Firm"))
    _, headers = await hire(container, shop, "director", "director", ours)
    colleague, _ = await hire(container, shop, "colleague", "manager", ours)
    rival, _ = await hire(container, shop, "rival", "manager", theirs)
    order = Change("ordering.order_placed", "order", str(new_id()), after={"number": "7"})
    await record(container, colleague, change(1), order)
    await record(container, rival, change(2))
    await record(container, system_actor("worker"), change(3))
    found = (await read(client, headers))["items"]
    # The order is nobody's the director sees, whoever wrote the row.
    assert [one["subject"] for one in found] == ["job-1"]
    _, everything = await hire(container, shop, "admin", "administrator")
    names = {one["subject"] for one in (await read(client, everything, "limit=200"))["items"]}
    assert {"job-1", "job-2", "job-3"} <= names


@pytest.mark.parametrize("role", ["client", "manager", "head_of_managers"])
async def test_others_may_not(container: Container, client: AsyncTestClient, shop: Shop, role: str) -> None:
    _, headers = await hire(container, shop, role, role)
    assert (await client.get("/api/v1/audit", headers=headers)).status_code == 403
    assert (await client.get("/panel/audit", headers=headers | PAGE)).status_code == 403


async def test_the_page_says_it_in_words(container: Container, client: AsyncTestClient, shop: Shop) -> None:
    _, headers = await hire(container, shop, "admin", "administrator")
    where = await shop.company("ООО Ромашка", wholesale=False)
    actor = system_actor("test")
    await container.set_terms()(actor, where, shop.retail)
    await container.set_terms()(actor, where, shop.wholesale)
    answer = await client.get("/panel/audit?kind=companies.terms_set", headers=headers | PAGE)
    page = html.fromstring(answer.text)
    rows = [[" ".join(cell.text_content().split()) for cell in row] for row in page.cssselect("tbody tr")]
    assert [row[1:3] for row in rows] == [["Система", "Назначен тип цен компанииООО Ромашка"]] * 2
    assert [row[3] for row in rows] == ["Тип цен: Розничная →стало Оптовая", "Тип цен: пусто →стало Розничная"]
    assert page.cssselect("select[name=kind] option[selected]")[0].text == "Назначен тип цен компании"


async def test_pages_of_the_panel_follow_each_other(container: Container, client: AsyncTestClient, shop: Shop) -> None:
    actor, headers = await hire(container, shop, "admin", "administrator")
    await record(container, actor, *map(change, range(55)))
    first = html.fromstring((await client.get("/panel/audit?q=admin", headers=headers | PAGE)).text)
    assert len(first.cssselect("tbody tr")) == 50
    older = first.cssselect("a[rel=next]")[0].get("href")
    second = html.fromstring((await client.get(older, headers=headers | PAGE)).text)
    assert len(second.cssselect("tbody tr")) == 5
    assert not second.cssselect("a[rel=next]")
    assert [a.get("href") for a in second.cssselect("nav.row a")] == ["/panel/audit?q=admin"]


async def test_statements_do_not_grow_with_the_page(container: Container, client: AsyncTestClient, shop: Shop) -> None:
    _, headers = await hire(container, shop, "admin", "administrator")

    async def cost(path: str) -> int:
        with recorded_statements() as seen:
            assert (await client.get(path, headers=headers | PAGE)).status_code == 200
        return len(seen)

    async def terms() -> None:
        where = await shop.company(wholesale=False)
        await container.set_terms()(system_actor("test"), where, shop.retail)

    await terms()
    before = [await cost("/api/v1/audit"), await cost("/panel/audit")]
    for _ in range(6):
        await terms()
    assert [await cost("/api/v1/audit"), await cost("/panel/audit")] == before


def test_every_recorded_action_has_words() -> None:
    recorded = set()
    for path in SOURCE.rglob("*.py"):
        recorded |= set(re.findall(r'\bChange\(\s*"([a-z_]+\.[a-z_]+)"', path.read_text("utf-8")))
    assert len(recorded) > 10
    assert recorded - set(LABELS["change"]) == set()
