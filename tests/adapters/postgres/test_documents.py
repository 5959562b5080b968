"""Documents in the database, their files on the disk: nothing lost, nothing shown to the wrong company (DOC, §5.3)."""

import asyncio
import hashlib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from market import OPENED, Market, Person
from msgspec import Struct
from msgspec.structs import replace
from papers import DAY, PDF, Papers, chunks, pdf
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError
from statements import recorded_statements

from b2b_dvizhenie.adapters.files import LocalDocuments
from b2b_dvizhenie.adapters.postgres.documents import PostgresDocumentBook
from b2b_dvizhenie.adapters.postgres.tables.companies import agreement
from b2b_dvizhenie.adapters.postgres.tables.documents import document_file
from b2b_dvizhenie.adapters.postgres.tables.ordering import customer_order
from b2b_dvizhenie.application.documents import (
    CompanyUnknown,
    DocumentDetails,
    DocumentFileMissing,
    DocumentQuery,
    DocumentUnknown,
    FileRecord,
    HeldDocument,
    HeldFile,
    PeriodReversed,
    StoredContent,
)
from b2b_dvizhenie.application.ordering import PlacedOrder
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.documents import (
    MAX_FILE,
    MAX_INLINE,
    DeclaredFile,
    DocumentContent,
    DocumentFileRefused,
    DocumentKind,
    DocumentState,
    FileFormat,
    FileKind,
)
from b2b_dvizhenie.domain.shared.errors import Invalid, NotFound
from b2b_dvizhenie.domain.shared.ids import CompanyId, DocumentId, NodeId, new_id

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
ERP = system_actor("exchange")


class Scene(Struct, frozen=True):
    """Two companies, an order of the first, and the ERP that sends documents of both."""

    market: Market
    papers: Papers
    ours: CompanyId
    theirs: CompanyId
    buyer: Person
    order: PlacedOrder

    async def shown(self, ref: str) -> DocumentDetails:
        actor = await self.market.actor(self.buyer)
        return await self.market.container.show_document()(actor, DocumentId(await self.papers.id_of(ref)))

    async def listed(self, **query: Any) -> list[str]:
        actor = await self.market.actor(self.buyer)
        page = await self.market.container.list_documents()(actor, DocumentQuery(**query))
        return [one.number for one in page.documents]


@pytest.fixture
async def scene(market: Market) -> Scene:
    ours, theirs = await market.client("ООО Свой"), await market.client("ООО Чужой", inn="7700000001")
    buyer = await market.member(ours)
    order = await market.order(buyer, (await market.goods("100.00"), "1"))
    return Scene(market, Papers(market), ours, theirs, buyer, order)


async def rows(market: Market, query: Any) -> list[Any]:
    async with market.container.database().engine.connect() as connection:
        return list(await connection.execute(query))


# -- round trips

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
SUMS = st.none() | st.decimals("-9999999999999", "9999999999999", places=2)
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))
CONTENTS = st.builds(
    DocumentContent,
    kind=st.sampled_from(DocumentKind),
    number=NAMES,
    day=DAYS,
    company_id=st.just(CompanyId(UUID(int=0))),
    amount=SUMS,
    vat_amount=SUMS,
    currency=st.sampled_from(["RUB", "USD"]),
    state=st.sampled_from(DocumentState),
    erp_status=st.just("") | NAMES,
    due_on=st.none() | DAYS,
    order_numbers=st.lists(NAMES, max_size=3).map(tuple),
    order_refs=st.lists(NAMES, max_size=3).map(tuple),
    is_withdrawn=st.booleans(),
)
STORED = st.none() | st.builds(
    StoredContent, sha256=st.just("ab" * 32), format=st.sampled_from(FileFormat), size=st.integers(1, MAX_FILE)
)
DECLARED = st.builds(
    DeclaredFile,
    name=NAMES,
    kind=st.sampled_from(FileKind),
    format=st.none() | st.sampled_from(FileFormat),
    sha256=st.sampled_from(["", "cd" * 32]),
    size=st.none() | st.integers(1, MAX_FILE),
)


@settings(max_examples=25)
@given(st.lists(CONTENTS, min_size=1, max_size=3), st.booleans(), DECLARED, STORED)
async def test_what_was_kept_is_read_back(
    scene: Scene, contents: list[DocumentContent], of_firm: bool, declared: DeclaredFile, stored: StoredContent | None
) -> None:
    """Each of several documents and a file, over whatever stood there before."""
    node = NodeId(scene.market.node)
    firm = scene.market.firm_id if of_firm else None
    known = {
        f"trip-{place}": HeldDocument(DocumentId(new_id()), replace(one, company_id=scene.ours, firm_id=firm))
        for place, one in enumerate(contents)
    }
    async with scene.market.container.documents_work() as work:
        before = await work.documents.documents(node, known)
        known = {
            ref: replace(one, document_id=before[ref].document_id) if ref in before else one
            for ref, one in known.items()
        }
        await work.documents.put(node, known, OPENED)
        assert dict(await work.documents.documents(node, {*known, "none"})) == known
        file = HeldFile(new_id(), known["trip-0"].document_id, "file", declared, stored)
        await work.documents.put_files(node, [file], OPENED)
        assert dict(await work.documents.files(node, {"file", "none"})) == {"file": file}


# -- what an ERP sends


async def test_rows_are_taken_one_by_one_and_none_is_lost(scene: Scene) -> None:
    """A row that cannot be taken stops no other, and says by which field; what the table refuses is the last word.

    The number of statements does not grow with that of the rows.
    """
    good = await scene.papers.record("one", scene.ours)
    unknown = replace(good, ref="two", company_ref="nobody")
    wrong = replace(good, ref="three", draft=replace(good.draft, kind="poem"))
    taken = await scene.papers.take([unknown, good, wrong, good])
    assert (taken.new, taken.changed, taken.same) == (1, 0, 1)
    assert isinstance(taken.refused[0], CompanyUnknown)
    assert taken.refused[0].field == "company_id"
    assert isinstance(taken.refused[2], Invalid)
    assert sorted(taken.refused) == [0, 2]
    assert await scene.listed() == ["one"]

    async def cost(size: int) -> int:
        records = [
            await scene.papers.record(f"{size}-{place}", scene.ours, order_numbers=(scene.order.number,))
            for place in range(size)
        ]
        with recorded_statements() as seen:
            await scene.papers.take(records)
        return len(seen)

    assert await cost(2) == await cost(12)
    await scene.papers.file("f", "one")
    with pytest.raises(DBAPIError):
        await scene.market._write(text("UPDATE document_file SET size = NULL"))
    assert await rows(scene.market, select(func.count()).select_from(document_file)) == [(1,)]


async def test_a_history_tells_what_happened_and_a_deleted_document_keeps_it(scene: Scene) -> None:
    """DOC-3."""
    for said in ({}, {}, {"status": "paid"}, {"status": "paid", "amount": Decimal("120.00")}):
        await scene.papers.put("one", scene.ours, **said)
    await scene.papers.file("f", "one")
    await scene.papers.file("f", "one")
    await scene.papers.file("f", "one", pdf("other"))
    told = [(event.kind, event.params) for event in (await scene.shown("one")).events]
    assert told == [
        ("received", {"after": "issued"}),
        ("state", {"before": "issued", "after": "paid"}),
        ("changed", {"amount": {"before": "100.00", "after": "120.00"}}),
        ("file", {"name": "f.pdf", "kind": "print", "new": True}),
        ("file", {"name": "f.pdf", "kind": "print", "new": False}),
    ]
    key = DocumentId(await scene.papers.put("two", scene.ours))
    file = await scene.papers.file("g", "two")
    actor = await scene.market.actor(scene.buyer)
    assert await scene.papers.withdraw("two", "never") == 1
    assert await scene.papers.withdraw("two") == 0
    assert await scene.listed() == ["one"]
    for gone in (
        scene.market.container.show_document()(actor, key),
        scene.market.container.open_document_file()(actor, key, file),
    ):
        with pytest.raises(NotFound):
            await gone
    await scene.papers.put("two", scene.ours)
    assert [event.kind for event in (await scene.shown("two")).events] == ["received", "file", "withdrawn", "restored"]


async def test_nothing_goes_where_it_does_not_belong(scene: Scene) -> None:
    """A document moved to another company begins anew, without the file that names the old one; a file moved to another
    document is another file; the same refs in two ERPs are two documents.
    """
    await scene.papers.put("one", scene.theirs, amount=Decimal(777))
    file = await scene.papers.file("f", "one")
    await scene.papers.put("one", scene.ours)
    shown = await scene.shown("one")
    assert [event.kind for event in shown.events] == ["received"]
    assert shown.summary.files == ()
    actor = await scene.market.actor(scene.buyer)
    with pytest.raises(NotFound):
        await scene.market.container.open_document_file()(actor, shown.summary.document_id, file)
    await scene.papers.put("two", scene.ours)
    await scene.papers.put("three", scene.ours)
    first = await scene.papers.file("g", "two")
    second = await scene.papers.file("g", "three")
    assert first != second
    assert (await scene.shown("two")).summary.files == ()
    strange = Papers(scene.market, await scene.market.other_node("Other"))
    record = await scene.papers.record("one", scene.ours)
    assert isinstance((await strange.take([record])).refused[0], CompanyUnknown)
    assert await strange.withdraw("one") == 0
    assert isinstance(
        (await strange.files(FileRecord(ref="f", document_ref="one", name="x"))).refused[0], DocumentUnknown
    )
    assert sorted(await scene.listed()) == ["one", "three", "two"]


async def test_two_senders_of_one_document_do_not_trip_over_each_other(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They wait for each other; the control: where nobody waits, both make the document, and one fails."""
    records = [[await scene.papers.record("one", scene.ours, amount=Decimal(place))] for place in range(8)]
    taken = await asyncio.gather(*map(scene.papers.take, records))
    assert sum(one.new for one in taken) == 1
    assert sum(one.changed for one in taken) == 7
    kinds = [event.kind for event in (await scene.shown("one")).events]
    assert kinds == ["received", *["changed"] * 7]
    monkeypatch.setattr(PostgresDocumentBook, "hold", lambda *_: asyncio.sleep(0))
    records = [[await scene.papers.record("two", scene.ours, amount=Decimal(place))] for place in range(8)]
    ended = await asyncio.gather(*map(scene.papers.take, records), return_exceptions=True)
    assert any(isinstance(one, DBAPIError) for one in ended)


# -- orders: DOC-1


async def test_documents_go_with_their_orders(scene: Scene) -> None:
    """Also one whose id in the ERP becomes known later; another company's order by that number shows nothing.

    A document is its order's firm's to see; without an order, of the firm the company buys from; else of the house.
    """
    container = scene.market.container
    stranger = await scene.market.member(scene.theirs)
    foreign = await scene.market.order(stranger, (await scene.market.goods("5.00"), "1"))
    await scene.papers.put("by number", scene.ours, order_numbers=(scene.order.number,))
    await scene.papers.put("by ref", scene.ours, order_refs=("erp-1",), day=DAY + timedelta(days=1))
    await scene.papers.put("of none", scene.ours, order_numbers=(foreign.number,))
    actor = await scene.market.actor(scene.buyer)

    async def papers_of(order: PlacedOrder) -> list[str]:
        return [one.number for one in await container.documents_of_order()(actor, order.order_id)]

    assert await papers_of(scene.order) == ["by number"]
    where = customer_order.c.order_id == scene.order.order_id
    await scene.market._write(update(customer_order).where(where).values(erp_ref="erp-1", erp_number="УТ-9"))
    assert await papers_of(scene.order) == ["by ref", "by number"]
    assert await papers_of(foreign) == []
    shown = (await scene.shown("by ref")).summary
    assert [one.number for one in shown.orders] == [scene.order.number]
    assert (await scene.shown("of none")).summary.orders == ()
    for number in (scene.order.number, "УТ-9"):
        assert await scene.listed(order=number) == ["by ref", "by number"]
    assert await scene.listed(order=foreign.number) == []
    market = scene.market
    firm = await market.firm("Вторая")
    customer = await market.client("ООО Клиент второй", firm_id=firm)
    director = await market.member(role_code="director", firm_id=firm)
    await scene.papers.put("by agreement", customer)
    where = customer_order.c.order_id == scene.order.order_id
    await market._write(update(customer_order).where(where).values(firm_id=firm))
    await scene.papers.put("by order", scene.ours, order_numbers=(scene.order.number,), day=DAY - timedelta(days=1))
    await scene.papers.put("of the house", scene.ours)
    page = await market.container.list_documents()(await market.actor(director), DocumentQuery())
    assert [one.number for one in page.documents] == ["by agreement", "by order"]
    at_home = await market.member(role_code="director", firm_id=market.firm_id)
    page = await market.container.list_documents()(await market.actor(at_home), DocumentQuery())
    await market._write(update(agreement).where(agreement.c.company_id == customer).values(firm_id=market.firm_id))
    assert (await scene.papers.take([await scene.papers.record("by agreement", customer)])).same == 1
    seen = {one.number for one in page.documents}
    assert seen >= {"of the house", "by number"}
    assert seen.isdisjoint({"by agreement", "by order"})


# -- looking for documents: DOC-2


async def test_documents_are_found_by_everything(scene: Scene) -> None:
    """DOC-2."""
    days = [DAY + timedelta(days=place) for place in range(4)]
    kinds = ("invoice", "waybill", "invoice", "upd")
    for place, kind in enumerate(kinds):
        said = {"kind": kind, "day": days[place], "amount": Decimal(100 * place), "is_cancelled": place == 2}
        await scene.papers.put(f"УТ-{place}%", scene.ours, **said)
    await scene.papers.put("чужой", scene.theirs)
    assert await scene.listed() == ["УТ-3%", "УТ-2%", "УТ-1%", "УТ-0%"]
    assert await scene.listed(kinds=(DocumentKind.INVOICE,)) == ["УТ-2%", "УТ-0%"]
    assert await scene.listed(states=(DocumentState.CANCELLED,)) == ["УТ-2%"]
    assert await scene.listed(text="ут-1") == ["УТ-1%"]
    assert await scene.listed(text="%%") == []
    assert await scene.listed(since=days[1], until=days[2]) == ["УТ-2%", "УТ-1%"]
    assert await scene.listed(amount_from=Decimal(100), amount_to=Decimal(200)) == ["УТ-2%", "УТ-1%"]
    assert await scene.listed(company="свой") == ["УТ-3%", "УТ-2%", "УТ-1%", "УТ-0%"]
    assert await scene.listed(company="чужой") == []
    assert await scene.listed(company_id=scene.theirs) == []
    assert await scene.listed(limit=2, offset=2) == ["УТ-1%", "УТ-0%"]
    with pytest.raises(PeriodReversed):
        await scene.listed(since=days[1], until=days[0])


# -- files


def stored(root: Path) -> list[Path]:
    return sorted(one for one in root.rglob("*") if one.is_file())


async def test_files_are_stored_once_when_they_are_what_was_announced(scene: Scene) -> None:
    """In the row, or in a request of their own: until those bytes come nobody sees the file."""
    await scene.papers.put("one", scene.ours)
    await scene.papers.file("a", "one", PDF)
    await scene.papers.file("b", "one", PDF)
    refused = await scene.papers.files(
        FileRecord(ref="c", document_ref="one", name="c.pdf", content=b"<html>"),
        FileRecord(ref="d", document_ref="one", name="d.xml", mime="xml", content=PDF),
        FileRecord(ref="e", document_ref="one", name="e.pdf", sha256="0" * 64, content=PDF),
        FileRecord(ref="f", document_ref="one", name="f.pdf", url="https://one.example/f.pdf"),
        FileRecord(ref="g", document_ref="one", name="g.pdf", content=PDF + b" " * MAX_INLINE),
        FileRecord(ref="h", document_ref="one", name="h.pdf", content=b""),
    )
    reasons = {place: error.params["reason"] for place, error in refused.refused.items()}
    assert reasons == {0: "not_a_document", 1: "format", 2: "sha256", 3: "url", 4: "too_large", 5: "empty"}
    (only,) = stored(Path(scene.market.container.settings().data) / "documents")
    assert only.name == hashlib.sha256(PDF).hexdigest()
    assert [one.name for one in (await scene.shown("one")).summary.files] == ["a.pdf", "b.pdf"]

    receive = scene.market.container.receive_document_file()
    content = pdf("large")
    node, digest = NodeId(scene.market.node), hashlib.sha256(content).hexdigest()
    await scene.papers.put("two", scene.ours)
    announced = FileRecord(ref="f", document_ref="two", name="f.pdf", sha256=digest)
    assert (await scene.papers.files(announced)).awaited == 1
    assert (await scene.shown("two")).summary.files == ()
    with pytest.raises(DocumentFileMissing):
        await receive(ERP, node, "unknown", chunks(content))
    with pytest.raises(DocumentFileRefused):
        await receive(ERP, node, "f", chunks(pdf("another")))
    assert (await receive(ERP, node, "f", chunks(content[:7], content[7:]))).size == len(content)
    await receive(ERP, node, "f", chunks(content))
    (file,) = (await scene.shown("two")).summary.files
    assert (file.name, file.sha256, file.format) == ("f.pdf", digest, FileFormat.PDF)
    assert (await scene.papers.files(announced)).same == 1
    assert (await scene.papers.files(replace(announced, name="g.pdf"))).stored == 1  # renamed, the bytes stay
    assert (await scene.papers.files(replace(announced, sha256="0" * 64))).awaited == 1
    assert (await scene.shown("two")).summary.files == ()
    assert len(await rows(scene.market, select(document_file.c.file_id))) == 3
    assert [event.kind for event in (await scene.shown("two")).events] == ["received", "file", "file"]


async def test_a_broken_or_endless_upload_leaves_nothing(tmp_path: Path) -> None:
    """The client went away in the middle; somebody sends more than a file may hold."""
    files = LocalDocuments(tmp_path)

    async def broken() -> Any:
        yield PDF
        raise ConnectionError

    async def endless() -> Any:
        yield PDF
        while True:
            yield b" " * (1024 * 1024)

    with pytest.raises(ConnectionError):
        await files.store(broken(), DeclaredFile(name="x"))
    with pytest.raises(DocumentFileRefused) as refused:
        await files.store(endless(), DeclaredFile(name="x"))
    assert refused.value.params == {"reason": "too_large", "maximum": MAX_FILE}
    assert stored(tmp_path) == []
    assert files.place("../../etc/passwd") is None
    assert files.place("0" * 64) is None
