"""Documents over HTTP: who sees which, how a file leaves the house, what is closed (features.md §3.5, MUL-3)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import AsyncTestClient
from market import Market, Person
from msgspec import Struct
from papers import DAY, Papers, pdf
from postbox import Mailbox
from sqlalchemy import insert, select, update
from statements import recorded_statements

from b2b_dvizhenie.adapters.postgres.tables.companies import agreement, membership
from b2b_dvizhenie.adapters.postgres.tables.operations import audit
from b2b_dvizhenie.adapters.postgres.tables.visibility import segment, segment_information
from b2b_dvizhenie.application.documents import FileRecord
from b2b_dvizhenie.application.ordering import PlacedOrder
from b2b_dvizhenie.domain.shared.ids import CompanyId, new_id

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PAGE = {"accept": "text/html"}


class Scene(Struct, frozen=True):
    """A buyer of two companies, each with documents; an order of the first."""

    market: Market
    papers: Papers
    first: CompanyId
    second: CompanyId
    buyer: Person
    manager: Person
    order: PlacedOrder
    invoice: UUID
    file: UUID

    def as_buyer(self, company: CompanyId | None = None) -> dict[str, str]:
        return self.buyer.headers | {"X-Company-Id": str(company or self.first)}


@pytest.fixture
async def scene(market: Market) -> Scene:
    manager = await market.member(role_code="manager")
    first, second = await market.client("ООО Первая", manager=manager), await market.client("ООО Вторая")
    papers, alone = Papers(market), await market.member(first)
    order = await market.order(alone, (await market.goods("100.00"), "1"))
    said = {"order_numbers": (order.number,), "amount": Decimal("12345.60"), "due_on": DAY + timedelta(days=9)}
    invoice = await papers.put("УТ-17", first, **said)
    await papers.put("УТ-18", second, kind="upd", is_signed=True, status="Подписан контрагентом")
    file = await papers.file("f", "УТ-17", name='Счёт № 17 "основной"')
    return Scene(market, papers, first, second, await market.member(first, second), manager, order, invoice, file)


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def trails(client: AsyncTestClient, scene: Scene) -> list[str]:
    """The audit trail as the director of the document's firm sees it, and that of another firm of the company."""
    other = await scene.market.firm("Другая фирма")
    terms = {"company_id": scene.first, "price_type_id": scene.market.wholesale, "firm_id": other}
    await scene.market._write(insert(agreement).values(agreement_id=new_id(), is_default=False, **terms))
    told = []
    for firm in (scene.market.firm_id, other):
        director = await scene.market.member(role_code="director", firm_id=firm)
        answer = await client.get("/api/v1/audit", headers=director.headers)
        assert answer.status_code == 200
        told.append(answer.text)
    return told


async def test_documents_follow_the_company_and_files_leave_as_downloads(client: AsyncTestClient, scene: Scene) -> None:
    """MUL-3, DOC-1: the list and the order's page are those of the selected company; foreign ones are 404.

    DOC-4: a file leaves as a download with safe headers and its own name, and every one is an audit row; so who looks
    through another's eyes, in whose name it would stand, downloads nothing. DOC-3: orders, files and history.
    """
    for company, number in ((scene.first, "УТ-17"), (scene.second, "УТ-18")):
        found = (await client.get("/api/v1/documents", headers=scene.as_buyer(company))).json()
        assert [one["number"] for one in found["documents"]] == [number]
        assert (found["total"], found["next_cursor"]) == (1, None)
        page = await client.get("/documents", headers=scene.as_buyer(company) | PAGE)
        assert page.status_code == 200
        assert [one in page.text for one in ("УТ-17", "УТ-18")] == [number == "УТ-17", number == "УТ-18"]
        assert 'href="/documents" aria-current="page"' in page.text
    order = await client.get(f"/orders/{scene.order.order_id}", headers=scene.as_buyer() | PAGE)
    assert f'href="/documents/{scene.invoice}"' in order.text
    assert f'href="/documents/{scene.invoice}/files/{scene.file}"' in order.text
    assert "/documents?order=" in order.text
    for path in (f"/documents/{scene.invoice}", f"/documents/{scene.invoice}/files/{scene.file}"):
        for start in ("", "/api/v1"):
            assert (await client.get(start + path, headers=scene.as_buyer(scene.second))).status_code == 404
            assert (await client.get(start + path, headers=scene.as_buyer())).status_code == 200

    url = f"/documents/{scene.invoice}/files/{scene.file}"
    for start, who in (("", scene.buyer), ("/api/v1", scene.manager)):
        headers = scene.as_buyer() if who is scene.buyer else who.headers
        answer = await client.get(start + url, headers=headers)
        assert (answer.status_code, answer.content) == (200, pdf("f"))
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert "%D0%A1%D1%87%D1%91%D1%82" in answer.headers["content-disposition"].upper()
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
    query = select(audit.c.user_id, audit.c.subject_id, audit.c.after).where(
        audit.c.action == "documents.file_downloaded"
    )
    async with scene.market.container.database().engine.connect() as connection:
        told = [tuple(row) for row in await connection.execute(query.order_by(audit.c.audit_id))]
    after = {"number": "УТ-17", "name": "Счёт № 17 -основной", "company_id": str(scene.first)}
    assert told[-2:] == [(who.user_id, str(scene.invoice), after) for who in (scene.buyer, scene.manager)]
    seen = await trails(client, scene)
    assert ["УТ-17" in one for one in seen] == [True, False], (
        "the firm whose document it is, and another of the company"
    )
    unknown = await client.get(f"/documents/{scene.invoice}/files/{new_id()}", headers=scene.as_buyer())
    assert unknown.status_code == 404

    admin = await scene.market.member(role_code="administrator")
    view = f"/panel/users/{scene.buyer.user_id}/view-as"
    assert (await client.post(view, headers=admin.headers, follow_redirects=False)).status_code == 303
    headers = admin.headers | {"X-Company-Id": str(scene.first)}
    assert (await client.get(f"/documents/{scene.invoice}", headers=headers | PAGE)).status_code == 200
    for start in ("", "/api/v1"):
        answer = await client.get(f"{start}/documents/{scene.invoice}/files/{scene.file}", headers=headers)
        assert refused(answer) == (403, "hierarchy.view_only")

    await scene.papers.put(
        "УТ-17", scene.first, order_numbers=(scene.order.number,), amount=Decimal("12000.00"), status="partly_paid"
    )
    page = (await client.get(f"/documents/{scene.invoice}", headers=scene.as_buyer() | PAGE)).text
    for told in (
        f'href="/orders/{scene.order.order_id}"',
        "Счёт № УТ-17",
        "Оплачен частично",
        "Получен из 1С",
        "Изменён в 1С",
        "сумма: 12345.60 → 12000.00",
        "оплатить до: 29.11.2026 → —",
        "Добавлен файл",
    ):
        assert told in page, told
    found = (await client.get(f"/api/v1/documents/{scene.invoice}", headers=scene.as_buyer())).json()
    assert [one["kind"] for one in found["events"]] == ["received", "file", "changed", "state"]
    assert found["summary"]["orders"] == [{"order_id": str(scene.order.order_id), "number": scene.order.number}]
    signed = await client.get("/documents", headers=scene.as_buyer(scene.second) | PAGE)
    assert "Подписан контрагентом" in signed.text


async def test_a_link_goes_to_people_of_the_company_alone(client: AsyncTestClient, scene: Scene) -> None:
    """DOC-4: the address is filled in, the letter brings no file along, and nobody but colleagues gets one."""
    mailbox, url = Mailbox(scene.market.container), f"/documents/{scene.invoice}"
    colleague = await scene.market.member(scene.first, level=1)
    own = f"{scene.buyer.user_id.hex}@example.test"
    page = await client.get(url, headers=scene.as_buyer() | PAGE)
    assert f'value="{own}"' in page.text
    for to, wanted in (
        (f" {colleague.user_id.hex.upper()}@Example.test", "sent=1"),
        (own, "sent=1"),
        (f"{scene.manager.user_id.hex}@example.test", "refused=documents.recipient_unknown"),
        ("nobody@example.test", "refused=documents.recipient_unknown"),
        ("+79120000000", "refused=identity.login_invalid"),
        ("x@\nbcc: y", "refused=identity.login_invalid"),
    ):
        answer = await client.post(f"{url}/send", data={"to": to}, headers=scene.as_buyer(), follow_redirects=False)
        assert answer.status_code == 303
        assert answer.headers["location"] == f"{url}?{wanted}"
    foreign = await client.post(f"{url}/send", data={"to": own}, headers=scene.as_buyer(scene.second))
    assert foreign.status_code == 404
    await mailbox.deliver()
    letters = mailbox.mail.sent
    assert [one.to for one in letters] == [f"{colleague.user_id.hex}@example.test", own]
    assert "УТ-17" in letters[0].subject
    assert url in letters[0].text
    said = await client.get(f"{url}?refused=documents.recipient_unknown", headers=scene.as_buyer() | PAGE)
    assert "ссылку он не откроет" in said.text


async def test_what_a_level_or_a_segment_closes_is_not_there(client: AsyncTestClient, scene: Scene) -> None:
    """LVL-7, HIER-7: no list, no document, no file, nothing on the order's page, no entry in the menu."""
    headers = scene.as_buyer()

    async def shown() -> list[bool]:
        found = []
        for path in ("/documents", f"/documents/{scene.invoice}", f"/documents/{scene.invoice}/files/{scene.file}"):
            for start in ("", "/api/v1"):
                answer = await client.get(start + path, headers=headers)
                assert answer.status_code in (200, 404)
                found.append(answer.status_code == 200)
        order = await client.get(f"/orders/{scene.order.order_id}", headers=headers | PAGE)
        assert order.status_code == 200
        orders = await client.get("/orders", headers=headers | PAGE)
        counted = f'href="/orders/{scene.order.order_id}#documents"' in orders.text
        found += ['href="/documents"' in order.text, str(scene.invoice) in order.text, counted]
        return found

    assert all(await shown())
    level = update(membership).where(membership.c.user_id == scene.buyer.user_id)
    await scene.market._write(level.values(access_level=1))
    assert not any(await shown())
    await scene.market._write(level.values(access_level=2))
    assert all(await shown())
    key = new_id()
    await scene.market._write(
        insert(segment).values(segment_id=key, name="S", for_all=True),
        insert(segment_information).values(segment_id=key, information="documents", opens=False),
    )
    assert not any(await shown())


async def test_lists_are_narrowed_and_come_to_an_end(client: AsyncTestClient, scene: Scene) -> None:
    """HIER-3, DOC-2: a manager sees those of his clients, an administrator all; wrong filters are named by the API, and
    said on the page. A list costs the same statements however long it is; documents of one day are told apart.
    """
    mine = (await client.get("/api/v1/documents", headers=scene.manager.headers)).json()
    assert [one["number"] for one in mine["documents"]] == ["УТ-17"]
    admin = await scene.market.member(role_code="administrator")
    page = await client.get("/panel/documents?client=Вторая", headers=admin.headers | PAGE)
    assert page.status_code == 200
    assert [one in page.text for one in ("УТ-17", "УТ-18", "ООО Вторая")] == [False, True, True]
    assert (await client.get("/panel/documents", headers=scene.manager.headers)).status_code == 403
    both = await client.get("/panel/documents", headers=admin.headers | PAGE)
    assert both.text.index("УТ-18") < both.text.index("УТ-17")
    nothing = await client.get("/panel/documents?q=нет такого", headers=admin.headers | PAGE)
    assert "Подходящих документов нет" in nothing.text

    headers = scene.as_buyer()
    for query, field, code in (
        ("kind=poem", "kind", "documents.kind_unknown"),
        ("state=lost", "state", "documents.state_unknown"),
        ("cursor=nonsense", "cursor", "documents.cursor_invalid"),
        ("since=2026-11-02&until=2026-11-01", "until", "documents.period_reversed"),
        ("amount_from=2&amount_to=1", "amount_to", "documents.period_reversed"),
    ):
        answer = await client.get(f"/api/v1/documents?{query}", headers=headers)
        assert refused(answer) == (400, code), query
        assert field in answer.text
    page = await client.get("/documents?since=2026-11-02&until=2026-11-01", headers=headers | PAGE)
    assert page.status_code == 200
    assert "Конец раньше начала" in page.text
    nonsense = "/documents?kind=poem&state=lost&since=soon&amount_from=much&amount_to=NaN&page=-3"
    page = await client.get(nonsense, headers=headers | PAGE)
    assert page.status_code == 200
    assert "УТ-17" in page.text
    found = await client.get("/documents?amount_from=12 345,60&amount_to=12%C2%A0345.60", headers=headers | PAGE)
    assert "УТ-17" in found.text

    async def statements() -> int:
        with recorded_statements() as seen:
            assert (await client.get("/documents", headers=headers | PAGE)).status_code == 200
        return len(seen)

    await statements()  # what a process remembers is read once
    few = await statements()
    records = [await scene.papers.record(f"N-{place:02}", scene.first) for place in range(51)]
    await scene.papers.take(records)
    files = [FileRecord(ref=f"x-{one.ref}", document_ref=one.ref, name="x", content=pdf(one.ref)) for one in records]
    await scene.papers.files(*files)
    assert await statements() == few
    page = await client.get("/documents?page=2", headers=headers | PAGE)
    assert "51–52 из 52" in page.text.replace("\u00a0", " ")
    seen: list[str] = []
    cursor = ""
    while True:
        found = (await client.get(f"/api/v1/documents?limit=20&cursor={cursor}", headers=headers)).json()
        seen += [one["number"] for one in found["documents"]]
        if found["next_cursor"] is None:
            break
        cursor = found["next_cursor"]
    assert sorted(seen) == sorted(["УТ-17", *(one.ref for one in records)])
