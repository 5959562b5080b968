"""The panel's page of background jobs."""

from typing import Any
from uuid import UUID

import pytest
from httpx import Response
from litestar.testing import AsyncTestClient
from lxml import html
from people import enter

from b2b_dvizhenie.adapters.postgres.transactions import Transaction
from b2b_dvizhenie.application.shared.jobs import Job
from b2b_dvizhenie.entrypoints.container import Container, utc_now

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PAGE = {"Accept": "text/html"}


@pytest.fixture
async def admin(container: Container, client: AsyncTestClient) -> None:
    await enter(container, client, "administrator")


async def put(container: Container, name: str, change: str = "") -> UUID:
    async with Transaction(container.database(), utc_now) as work:
        job_id = await work.jobs.enqueue(Job(name=name))
        await work.commit()
    assert job_id is not None
    if change:
        await execute(container, f"UPDATE job SET {change} WHERE job_id = %s", job_id)  # noqa: S608 - words of a test
    return job_id


async def execute(container: Container, statement: str, *values: object) -> list[Any]:
    async with container.database().reading() as connection:
        cursor = await connection.execute(statement.encode(), values)
        return await cursor.fetchall() if cursor.description else []


def shown(answer: Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [box.get("value") for box in html.fromstring(answer.text).cssselect("input[name=job]")]


async def see(client: AsyncTestClient, query: str = "") -> Response:
    return await client.get(f"/panel/jobs{query}", headers=PAGE, follow_redirects=False)


async def test_jobs_are_shown_with_their_errors_and_filtered(
    container: Container, client: AsyncTestClient, admin: None
) -> None:
    dead = await put(
        container, "exchange.import_file", "dead_at = now(), attempts = 8, last_error = '<b>1C said no</b>'"
    )
    waiting = await put(container, "sms.send")
    answer = await see(client)
    assert shown(answer) == [str(waiting), str(dead)]
    assert "&lt;b&gt;1C said no&lt;/b&gt;" in answer.text
    assert shown(await see(client, "?state=dead")) == [str(dead)]
    assert shown(await see(client, "?kind=sms.send")) == [str(waiting)]
    assert shown(await see(client, "?q=1c+SAID")) == [str(dead)]
    assert shown(await see(client, f"?q={waiting}")) == [str(waiting)]
    assert shown(await see(client, "?q=nothing+like+it")) == []
    assert shown(await see(client, "?state=nonsense")) == [str(waiting), str(dead)]


async def test_marked_jobs_are_retried_and_discarded_each_for_itself(
    container: Container, client: AsyncTestClient, admin: None
) -> None:
    dead = await put(container, "a", "dead_at = now(), attempts = 8")
    running = await put(container, "b", "leased_by = 'w', leased_until = now() + interval '1 minute'")
    other = await put(container, "c")
    answer = await client.post(
        "/panel/jobs/bulk",
        data={"action": "retry", "job": [str(dead), str(running), str(UUID(int=7))]},
        headers=PAGE,
        follow_redirects=False,
    )
    assert answer.status_code == 303
    page = await client.get(answer.headers["location"], headers=PAGE)
    assert "Изменено 1 задание." in page.text
    assert "1 задание сейчас выполняется" in page.text
    assert await execute(container, "SELECT dead_at, attempts FROM job WHERE job_id = %s", dead) == [(None, 0)]
    await client.post("/panel/jobs/bulk", data={"action": "drop", "job": str(other)}, follow_redirects=False)
    assert await execute(container, "SELECT count(*) FROM job") == [(2,)]
    actions = await execute(container, "SELECT action FROM audit WHERE action LIKE 'operations.%%' ORDER BY at")
    assert actions == [("operations.job_retried",), ("operations.job_discarded",)]


async def test_panel_opens_at_the_first_page_one_may_see(
    container: Container, client: AsyncTestClient, admin: None
) -> None:
    opened = await client.get("/panel", headers=PAGE, follow_redirects=False)
    assert opened.headers["location"].startswith("/panel/")
    page = await see(client)
    current = html.fromstring(page.text).cssselect("nav.side a[aria-current=page]")
    assert [link.get("href") for link in current] == ["/panel/jobs"]


@pytest.mark.parametrize("role", ["client", "manager", "head_of_managers", "director"])
async def test_others_see_nothing_of_it(container: Container, client: AsyncTestClient, role: str) -> None:
    await enter(container, client, role)
    job_id = await put(container, "a")
    assert (await see(client)).status_code == 403
    answer = await client.post("/panel/jobs/bulk", data={"action": "drop", "job": str(job_id)}, headers=PAGE)
    assert answer.status_code == 403
    assert await execute(container, "SELECT count(*) FROM job") == [(1,)]
