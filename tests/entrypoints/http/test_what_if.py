"""The panel's what-if: unchanged rules change nothing, a planted change is found to the kopeck, scopes bind."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from discounting import ADMIN, draft, in_force, off_articles
from litestar.testing import AsyncTestClient
from lxml import html
from market import Market
from people import enter
from sqlalchemy import select, text

from b2b_dvizhenie.adapters.postgres.tables.operations import job
from b2b_dvizhenie.application.pricing import WHAT_IF_JOB, Outcome
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.pricing import SetLimits, Side
from b2b_dvizhenie.domain.shared.ids import new_id
from b2b_dvizhenie.entrypoints.container import Container
from b2b_dvizhenie.entrypoints.worker.handlers import HANDLERS, RunningJob

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PAGE = {"Accept": "text/html"}


async def run_all(container: Container) -> int:
    """Do what the worker would."""
    async with container.database().engine.begin() as connection:
        rows = (await connection.execute(select(job.c.job_id, job.c.payload).where(job.c.name == WHAT_IF_JOB))).all()
        await connection.execute(job.delete().where(job.c.name == WHAT_IF_JOB))
    for key, payload in rows:
        await HANDLERS[WHAT_IF_JOB](container, payload, RunningJob(str(key), 1))
    return len(rows)


async def wanted(_done: int, _total: int) -> bool:
    return True


async def test_from_the_button_to_the_report(client: AsyncTestClient, container: Container, market: Market) -> None:
    manager, other = await market.member(role_code="manager"), await market.member(role_code="manager")
    goods = [await market.goods("100.00", article=f"B-{place}") for place in (1, 2, 3)]
    buyers = []
    for name, whose in (("Ромашка", manager), ("Роза", other)):
        company = await market.client(name, manager=whose)
        buyers.append(await market.member(company))
    await in_force(container, off_articles("10", "B-1", "B-2"))
    # 2 × 90 + 1 × 90 + 3 × 100 = 570; and 4 × 90 = 360.
    await market.order(buyers[0], (goods[0], "2"), (goods[1], "1"), (goods[2], "3"))
    await market.order(buyers[1], (goods[0], "4"))
    limits = SetLimits(max_total_percent=Decimal(25))
    key = await draft(container, [off_articles("30", "B-1"), off_articles("10", "B-2")], limits=limits)

    async def page(status: int = 200, path: str = f"/panel/prices/{key}/what-if", **fields: str) -> Any:
        if fields:
            answer = await client.post(path, data=fields, headers=PAGE)
        else:
            answer = await client.get(path, headers=PAGE)
        assert answer.status_code == status, answer.text
        return html.fromstring(answer.text)

    await enter(container, client, "administrator")
    assert (await page()).cssselect(".state h2")[0].text == "Ещё не пересчитано"
    for days in ("0", "367", "-1", "сто"):
        refused = await page(422, days=days)
        assert refused.cssselect("#days-error")[0].text_content().strip() == "Укажите от 1 до 366 дней."
    assert await run_all(container) == 0
    asked = await page(days="30")
    assert asked.cssselect("#what-if")[0].get("hx-trigger") == "every 2s"
    assert await run_all(container) == 1
    shown = await page()
    assert not shown.cssselect("[hx-trigger='every 2s']")
    told = [" ".join(one.text_content().split()) for one in shown.cssselect(".kpi .value")]
    # The floor at 25 % off holds B-1: 6 × 75 instead of 6 × 90, 90 ₽ less.
    assert [one.replace("\xa0", " ") for one in told] == ["−90,00 ₽", "930,00 ₽", "840,00 ₽", "0 · 2", "2"]
    rows = [" ".join(row.text_content().split()) for row in shown.cssselect("tbody tr")]
    assert len(rows) == 5
    assert rows[0].startswith("Роза")
    assert rows[4].startswith("B-1")
    await container.put_group()(ADMIN, key, (await container.show_rule_set()(ADMIN, key)).nodes[0])
    assert "изменился" in (await page()).cssselect(".notice")[0].text_content()
    await _replays(container, manager.user_id, key)
    # A report is its owner's: another administrator asks for his own.
    await container.create_user()(
        ADMIN, role="administrator", name="Two", email="two@example.test", password="correct horse"
    )
    token = (await container.log_in()("two@example.test", "correct horse")).token
    client.cookies.set("b2b_session", token)
    assert (await page()).cssselect(".state h2")[0].text == "Ещё не пересчитано"
    await page(404, path=f"/panel/prices/{new_id()}/what-if")
    await page(404, path=f"/panel/prices/{new_id()}/what-if", days="3")
    await page(days="3")
    await page(days="3")
    assert await run_all(container) == 2, "the first was overtaken: its job finds nothing to do"
    assert (await page()).cssselect(".kpi")


async def _replays(container: Container, manager: Any, key: UUID) -> None:
    """The use case itself: the same rules change nothing; a manager sees his clients only."""
    replay = container.replay()
    active = await container.price_source().active(container.clock()())
    assert active is not None
    same = await replay(ADMIN, active.rule_set_id, 30, wanted)
    assert isinstance(same, Outcome)
    (report,) = same.currencies
    assert (report.total.lines, report.total.changed) == (4, 0)
    assert (report.total.before, report.total.after) == (930, 930)
    grants = {Permission.PRICES_MANAGE: Scope.ALL, Permission.ORDERS_VIEW: Scope.ASSIGNED}
    own = await replay(Actor(manager, "m", "manager", grants), key, 30, wanted)
    assert isinstance(own, Outcome)
    (mine,) = own.currencies
    assert [part.title for part in mine.parts[Side.COMPANY]] == ["Ромашка"]
    assert (mine.total.lines, mine.total.change) == (3, -30)


async def test_lines_ordered_without_discounts_are_left_out(container: Container, market: Market) -> None:
    company = await market.client("Роза")
    first = await market.member(company, level=1)
    goods = await market.goods("100.00", article="B-1")
    await in_force(container, off_articles("10", "B-1"))
    await market.order(first, (goods, "1"))
    key = await draft(container, [off_articles("30", "B-1")])
    found = await container.replay()(ADMIN, key, 30, wanted)
    assert isinstance(found, Outcome)
    assert (found.currencies, found.lines, found.left_out) == ((), 0, 1)
    async with container.database().engine.begin() as connection:
        await connection.execute(text("UPDATE customer_order SET status = 'cancelled', cancelled_by = 'staff'"))
    again = await container.replay()(ADMIN, key, 30, wanted)
    assert isinstance(again, Outcome)
    assert again.left_out == 0


async def test_who_may_not_sees_nothing(client: AsyncTestClient, container: Container) -> None:
    key = await draft(container, [])
    await enter(container, client, "director")
    for answer in (
        await client.get(f"/panel/prices/{key}/what-if", headers=PAGE),
        await client.post(f"/panel/prices/{key}/what-if", data={"days": "3"}, headers=PAGE),
    ):
        assert answer.status_code == 403
    assert await run_all(container) == 0
