"""«Почему он это видит»: the verdict is what the routes answer, for everybody of the club and everything in it."""

from typing import Any
from uuid import UUID

import pytest
from club import BUYERS, VIEWERS, Club
from discounting import ADMIN
from doors import Asked, ask
from litestar import Litestar
from lxml import html
from market import Market
from snapshots import Snapshot
from sqlalchemy import true, update

from b2b_dvizhenie.adapters.postgres.tables.companies import membership
from b2b_dvizhenie.adapters.postgres.views import reach
from b2b_dvizhenie.application.hierarchy import ExplainSight, Explanation, Question, Subject
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.shared.ids import UserId
from b2b_dvizhenie.domain.visibility import Information
from b2b_dvizhenie.entrypoints.http.panel.why import SECTIONS

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.slow]


class Court:
    """Asks for a verdict, and the route it is about."""

    def __init__(self, app: Litestar, club: Club) -> None:
        self.app = app
        self.club = club
        self.explain: ExplainSight = club.market.container.explain_sight()

    async def verdict(self, who: str, question: Question) -> Explanation:
        return await self.explain(ADMIN, self.club.people[who].user_id, question)

    async def status(self, who: str, path: str, company: Any = None) -> int:
        more = {"x-company-id": str(company)} if company else {}
        headers = (*self.club.headers(who, **more), ("accept", "application/json"))
        return (await ask(self.app, Asked("GET", path, headers))).status

    async def cases(self) -> list[tuple[Question, str, Any]]:
        """Questions, the address that answers each, and the company its request names."""
        club = self.club
        found: list[tuple[Question, str, Any]] = []
        for name, company in club.companies.items():
            found.append((Question(Subject.COMPANY, company), f"/api/v1/companies/directory/{company}", company))
            for buyer, order in club.orders.items():
                if BUYERS[buyer] == name:
                    found.append((Question(Subject.ORDER, order), f"/api/v1/orders/{order}", company))
        for name in ("client", "client_foreign", "manager", "manager_3", "head", "administrator"):
            person = club.people[name].user_id
            question = Question(Subject.PERSON, person, entrance=(Permission.PANEL_ACCESS,))
            found.append((question, f"/panel/users/{person}", None))
        return found

    async def differences(self, people: list[str]) -> tuple[int, list[str]]:
        faults, count = [], 0
        for who in people:
            for question, path, company in await self.cases():
                explained = await self.verdict(who, question)
                status = await self.status(who, path, company)
                count += 1
                if explained.seen is not (status == 200):
                    faults.append(f"{who} {path}: {status}, explained as {explained.seen}: {explained.steps}")
        return count, faults


EVERYWHERE = ["client", "client_other", "manager", "manager_3", "head", "director", "director_x", "administrator"]


@pytest.fixture
async def court(app: Litestar, market: Market) -> Court:
    return Court(app, await Club(market).open())


async def test_the_verdict_is_what_the_route_answers(
    court: Court, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    count, faults = await court.differences(EVERYWHERE)
    assert not faults, "\n".join(faults)
    assert count == len(EVERYWHERE) * 15

    # The same after moves, other scopes, a second company, a company that nobody looks after.
    club = court.club
    with Snapshot(database_url) as world:
        world.run("UPDATE app_user SET head_id = %s WHERE name = 'manager'", club.people["head_2"].user_id)
        world.run("UPDATE company SET manager_id = NULL WHERE company_id = %s", club.companies["beside"])
        other = club.companies["other"]
        world.run("INSERT INTO membership (user_id, company_id) VALUES (%s, %s)", club.people["client"].user_id, other)
        world.run(
            "UPDATE role_grant SET scope = 'firm' WHERE permission LIKE '%%.view' AND role_id ="
            " (SELECT role_id FROM role WHERE code = 'head_of_managers')"
        )
        world.run("DELETE FROM role_grant WHERE permission = 'orders.view' AND role_id IN"
                  " (SELECT role_id FROM role WHERE code = 'director')")  # fmt: skip
        world.run("UPDATE app_user SET is_active = false WHERE name = 'manager_3'")
        _, faults = await court.differences(["client", "manager", "manager_2", "head", "head_2", "director"])
        assert not faults, "\n".join(faults)
        blocked = await court.verdict("manager_3", Question(Subject.ORDER, club.orders["client_other"]))
        assert [one.code for one in blocked.steps] == ["blocked"]
        world.restore()

    # A predicate of its own would be noticed.
    monkeypatch.setattr(reach, "visible_orders", lambda *_: true())
    _, faults = await court.differences(["manager"])
    assert any("/api/v1/orders/" in one for one in faults)


async def test_sections_and_groups_of_information(court: Court) -> None:
    for who in VIEWERS.values():
        for key, (path, right) in SECTIONS.items():
            if path in {route.path for route in court.app.routes}:
                explained = await court.verdict(who, Question(entrance=(Permission.PANEL_ACCESS, right)))
                status = await court.status(who, path)
                assert explained.seen is (status == 200), (who, key, status)
    club = court.club
    with_level = {}
    for level in (1, 2):
        await club.market._write(_level(club.people["client"].user_id, level))
        question = Question(information=Information.STOCK_DETAIL, object_id=club.companies["own"])
        with_level[level] = await court.verdict("client", question)
        # The route shows figures of stock exactly where the verdict says so.
        answer = await ask(court.app, Asked("GET", f"/api/v1/catalog/products/{club.goods[0]}", club.headers("client")))
        assert (b'"quantity"' in answer.body) is with_level[level].seen
    staff = await court.verdict("manager", Question(information=Information.INDIVIDUAL_PRICES))
    assert staff.seen
    assert staff.steps[-1].code == "beyond_levels"


def _level(user_id: UserId, level: int) -> Any:
    return update(membership).where(membership.c.user_id == user_id).values(access_level=level)


async def test_the_chain_names_the_rules_and_tells_nobody_more_than_he_sees(court: Court) -> None:
    club = court.club
    question = Question(Subject.ORDER, club.orders["client_other"])
    explained = await court.verdict("head", question)
    assert [one.code for one in explained.steps] == ["right", "subtree_no"]
    assert explained.remedy is Scope.FIRM
    seen = await court.verdict("head", Question(Subject.ORDER, club.orders["client"]))
    assert seen.steps[-1].params["path"] == "manager → head"
    assert seen.remedy is None

    async def page(who: str, query: str) -> tuple[int, str]:
        headers = (*club.headers(who), ("accept", "text/html"))
        answer = await ask(court.app, Asked("GET", f"/panel/why?{query}", headers))
        return answer.status, " ".join(html.fromstring(answer.body).text_content().split())

    client, number = club.people["client"].user_id, club.numbers["client"]
    status, text = await page("head", f"user={club.people['manager'].user_id}&kind=order&object={number}")
    assert (status, "Он персональный менеджер этой компании" in text) == (200, True)
    assert "Видит" in text
    # Neither a person nor a thing that the asker does not see himself is explained, by id or by name.
    for query in (
        f"user={club.people['manager_3'].user_id}&kind=order&object={number}",
        f"user={client}&kind=order&object={club.orders['client_other']}",
        f"user={client}&kind=order&object={club.numbers['client_other']}",
        f"user={client}&kind=company&object={club.companies['other']}",
        f"user={client}&kind=company&object=Company+other",
        f"user={client}&kind=person&object={club.people['manager_3'].user_id}",
        f"user={client}&kind=group:stock_detail&object={club.companies['other']}",
        f"user={client}&kind=order&object={UUID(int=1)}",
        f"user={client}&kind=nonsense&object=x",
        "user=nobody&kind=order&object=1",
    ):
        assert (await page("head", query))[0] == 404, query
    assert (await page("head", ""))[0] == 200
    status, text = await page("head", f"user={client}&kind=section:settings")
    assert "Не видит" in text
    status, text = await page("head", f"user={client}&kind=group:stock_detail&object=Company+own")
    assert (status, "Уровень доступа 2 открывает" in text) == (200, True)
    assert (await page("manager", ""))[0] == 403
