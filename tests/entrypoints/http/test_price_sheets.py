"""Discounts in spreadsheets: out and in again changes nothing; wrong rows are all told and nothing is half applied."""

import io
import zipfile
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from discounting import ADMIN, draft, fixed, off_articles, off_brand, off_section
from litestar.testing import AsyncTestClient
from lxml import html
from people import enter
from python_calamine import CalamineWorkbook
from shop import Shop
from sqlalchemy import insert

from b2b_dvizhenie.adapters.postgres.tables.companies import agreement
from b2b_dvizhenie.adapters.spreadsheets import XlsxSheets
from b2b_dvizhenie.application.pricing import COLUMNS, Imported, NarrowingColumnMissing, Rejected, SheetUnreadable
from b2b_dvizhenie.domain.hierarchy import Forbidden
from b2b_dvizhenie.domain.shared.ids import SegmentId, new_id
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PAGE = {"Accept": "text/html"}


def book(*rows: dict[str, str]) -> bytes:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return XlsxSheets().book([names, *([row.get(name, "") for name in names] for row in rows)])


async def rules_of(container: Container, key: Any) -> dict[Any, Any]:
    async with container.rule_set_work() as work:
        return {one.rule.rule_id: one for one in await work.sets.all_rules(key)}


async def agreement_of(container: Container, shop: Shop, company_id: UUID, title: str) -> UUID:
    """An agreement of the company."""
    key = new_id()
    values = {"agreement_id": key, "company_id": company_id, "price_type_id": shop.wholesale, "title": title}
    async with container.database().engine.begin() as connection:
        await connection.execute(insert(agreement).values(**values, is_default=False))
    return key


async def test_out_and_in_again_changes_nothing(container: Container, shop: Shop) -> None:
    brand, section = await shop.brand("Болтун"), await shop.section("Метизы")
    await shop.section("Метизы")  # one name twice: told by its id
    where = await shop.company("ООО Ромашка")
    first, second, untitled = [await agreement_of(container, shop, where, title) for title in ("№ 1", "№ 2", "")]
    key = await draft(
        container,
        [
            off_articles("3", "A-7", agreements=(first, untitled)),
            off_articles("4", "A-8", agreements=(second,)),
            off_brand("12.5", brand, companies=(where,), minimum=Decimal("2.5"), exclusive=True),
            off_section("7", section, is_active=False, priority=3),
            fixed("199.99", "A-1", "=HYPERLINK(1)", order=2),
        ],
    )
    before = await rules_of(container, key)
    content = await container.export_rules()(ADMIN, key)
    sheet = CalamineWorkbook.from_object(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert sheet[0] == list(COLUMNS)
    cells = {cell for row in sheet for cell in row}
    assert {"Болтун", str(section), "ООО Ромашка: № 2"} <= cells
    assert await container.import_rules()(ADMIN, key, content, replace=True) == Imported(0, 5, 0)
    assert await rules_of(container, key) == before


async def test_rows_add_change_and_remove(container: Container, shop: Shop) -> None:
    await shop.brand("Болтун")
    key = await draft(container, [off_articles("5", "A-1"), off_articles("6", "A-2")])
    first, second = sorted(await rules_of(container, key))
    content = book(
        {"id": str(first), "kind": "articles", "value": "9", "articles": "A-1"},
        {"kind": "brand", "value": "12,5 %", "brand": "болтун", "title": "Новая"},
    )
    assert await container.import_rules()(ADMIN, key, content) == Imported(1, 1, 0)
    found = await rules_of(container, key)
    assert (found[first].rule.value, len(found)) == (Decimal(9), 3)
    only = book({"id": str(second), "kind": "articles", "value": "6", "articles": "A-2"})
    assert await container.import_rules()(ADMIN, key, only, replace=True) == Imported(0, 1, 2)
    assert set(await rules_of(container, key)) == {second}


async def test_a_file_without_a_column_that_narrows_rules_is_refused(
    client: AsyncTestClient, container: Container, shop: Shop
) -> None:
    """A rule for a segment must not become one for everybody because somebody deleted a column."""
    where = await shop.company("ООО Ромашка")
    segment = SegmentId(new_id())
    await container.create_segment()(ADMIN, segment, "Строители")
    key = await draft(
        container,
        [
            off_articles("5", "A-1", companies=(where,)),
            off_articles("6", "A-2", segments=(segment,)),
            off_articles("6.5", "A-4", agreements=(await agreement_of(container, shop, where, "№ 1"),)),
            off_articles("7", "A-3", minimum=Decimal(10), is_active=False),
        ],
    )
    before = await rules_of(container, key)
    plain = next(one for one in before.values() if not one.rule.is_active)
    row = {"id": str(plain.rule.rule_id), "kind": "articles", "value": "8", "articles": "A-3"}
    new = {"kind": "articles", "value": "8", "articles": "B-1"}
    nobody = {"companies": "", "agreements": "", "segments": ""}
    refused = {
        "companies, agreements, segments, minimum, is_active": row,
        "companies, agreements, segments": new,
        "companies, segments": new | {"agreements": ""},
        "companies, agreements": new | {"segments": ""},
        "minimum": row | nobody | {"is_active": ""},
    }
    for names, one in refused.items():
        with pytest.raises(NarrowingColumnMissing) as told:
            await container.import_rules()(ADMIN, key, book(one), replace=True)
        assert (told.value.field, told.value.params) == ("file", {"names": names})
    assert await rules_of(container, key) == before
    await enter(container, client, "administrator")
    page = await client.post(f"/panel/prices/{key}/import", files={"file": ("a.xlsx", book(new))}, headers=PAGE)
    assert page.status_code == 422
    assert "не хватает колонок: companies, agreements, segments" in page.text
    # With the columns it is taken, though their cells are empty: the file says so itself.
    assert await container.import_rules()(ADMIN, key, book(new | nobody)) == Imported(1, 0, 0)


async def test_five_broken_rows_of_many_are_all_told_and_nothing_changes(
    client: AsyncTestClient, container: Container, shop: Shop
) -> None:
    key = await draft(container, [off_articles("5", "A-1")])
    before, head = await rules_of(container, key), (await container.show_rule_set()(ADMIN, key)).head
    rows = [{"kind": "articles", "value": "5", "articles": f"X-{place}"} for place in range(2000)]
    broken = {
        17: {"kind": "brand", "value": "5", "brand": "Нет такого"},
        300: {"kind": "articles", "value": "101", "articles": "X"},
        301: {"kind": "articles", "value": "NaN", "articles": "X"},
        999: {"kind": "nonsense", "value": "5"},
        1500: {"kind": "articles", "value": "5", "articles": "X", "starts_at": "вчера"},
    }
    for place, row in broken.items():
        rows[place] = row
    content = book(*rows)
    told = await container.import_rules()(ADMIN, key, content)
    assert isinstance(told, Rejected)
    assert [(one.row, one.fault.field) for one in told.faults] == [
        (19, "brand"),
        (302, "value"),
        (303, "value"),
        (1001, "kind"),
        (1502, "starts_at"),
    ]
    assert await rules_of(container, key) == before
    assert (await container.show_rule_set()(ADMIN, key)).head == head
    await enter(container, client, "administrator")
    answer = await client.post(f"/panel/prices/{key}/import", files={"file": ("a.xlsx", content)}, headers=PAGE)
    assert answer.status_code == 422
    assert [row.text_content() for row in html.fromstring(answer.text).cssselect("tbody th")][:2] == ["19", "302"]
    good = book({"kind": "articles", "value": "5", "articles": "B"})
    done = await client.post(
        f"/panel/prices/{key}/import", files={"file": ("a.xlsx", good)}, headers=PAGE, follow_redirects=False
    )
    assert done.status_code == 303
    file = await client.get(f"/panel/prices/{key}/export")
    assert file.content.startswith(b"PK")
    for status, path in ((200, "import"),):
        assert (await client.get(f"/panel/prices/{key}/{path}", headers=PAGE)).status_code == status


def bomb() -> bytes:
    """A small file whose sheet names a cell at the far corner."""
    source = io.BytesIO(XlsxSheets().book([["kind", "value"], ["brand", "5"]]))
    target = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(b'r="A2"', b'r="XFD1048576"').replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"')
            new.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize("content", [b"", b"no spreadsheet", b"PK\x03\x04"])
async def test_what_is_no_spreadsheet_is_refused(container: Container, content: bytes) -> None:
    key = await draft(container, [])
    with pytest.raises(SheetUnreadable):
        await container.import_rules()(ADMIN, key, content)


async def test_a_sheet_that_asks_for_too_much_dies_alone(container: Container) -> None:
    """Seventeen billion cells out of some kilobytes: the child is refused the memory, this process goes on."""
    key = await draft(container, [])
    content = bomb()
    assert len(content) < 20_000
    with pytest.raises(SheetUnreadable):
        await container.import_rules()(ADMIN, key, content)
    assert await container.import_rules()(ADMIN, key, book({"kind": "articles", "value": "5", "articles": "B"})) == (
        Imported(1, 0, 0)
    )


async def test_who_may_not_loads_nothing(client: AsyncTestClient, container: Container) -> None:
    key = await draft(container, [])
    with pytest.raises(Forbidden):
        await container.export_rules()(type(ADMIN)(None, "x", "client", {}), key)
    await enter(container, client, "director")
    for path in ("import", "export"):
        assert (await client.get(f"/panel/prices/{key}/{path}", headers=PAGE)).status_code == 403
