"""Specifications through the HTTP door (SPEC, MUL-1, MUL-5, LVL-2, QTY)."""

import asyncio
import io
from typing import Any

import pytest
from litestar.testing import AsyncTestClient
from market import OPENED, Market, Person
from msgspec.structs import replace
from python_calamine import CalamineWorkbook
from sqlalchemy import insert, select

from b2b_dvizhenie.adapters.postgres.ordering_specifications import PostgresSpecifications
from b2b_dvizhenie.adapters.postgres.tables.catalog import product, variant
from b2b_dvizhenie.adapters.postgres.tables.operations import audit
from b2b_dvizhenie.adapters.postgres.tables.pricing import price
from b2b_dvizhenie.domain.shared.ids import CompanyId, VariantId, new_id

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
ALL = "/api/v1/specifications"


class Lists:
    """What a person does with his lists."""

    def __init__(self, client: AsyncTestClient, person: Person, company: CompanyId | None = None) -> None:
        self._client = client
        self._headers = person.headers | ({"X-Company-Id": str(company)} if company else {})

    async def ask(self, method: str, path: str = "", **body: Any) -> Any:
        sent = {"json": body} if method not in ("GET", "DELETE") else {}
        return await self._client.request(method, ALL + path, headers=self._headers, **sent)

    async def make(self, name: str = "Site", **body: Any) -> str:
        answer = await self.ask("POST", name=name, **body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["specification"]["specification_id"])

    async def put(self, key: str, *lines: tuple[VariantId, Any], **body: Any) -> Any:
        told = [{"variant_id": str(one), "quantity": quantity} for one, quantity in lines]
        return await self.ask("PATCH", f"/{key}/lines", lines=told, **body)

    async def show(self, key: str) -> Any:
        answer = await self.ask("GET", f"/{key}")
        assert answer.status_code == 200, answer.text
        return answer.json()


async def test_a_list_is_made_filled_renamed_and_deleted(client: AsyncTestClient, market: Market) -> None:
    buyer = await market.member(await market.client(), level=1)  # LVL-2: the first level can
    first, second = await market.goods("99.90"), await market.goods("10", multiple="5")
    lists = Lists(client, buyer)
    key = await lists.make("  Building   site ")
    put = await lists.put(key, (first, 3), (second, "10"))
    assert put.json() == {"specification_id": key, "version": 2, "positions": 2}
    shown = await lists.show(key)
    assert (shown["specification"]["name"], shown["specification"]["access"]) == ("Building site", "own")
    assert (shown["total"], shown["units"], shown["moved"]) == ("399.70", "13", 0)
    assert [line["variant_id"] for line in shown["lines"]] == [str(first), str(second)]

    refused = await lists.put(key, (second, 7))
    assert refused.status_code == 400
    fault = refused.json()["fields"][0]
    assert (fault["field"], fault["params"]["lower"], fault["params"]["upper"]) == ("lines.0.quantity", "5", "10")
    again = await lists.put(key, (first, 3))
    assert again.json()["version"] == 2  # nothing changed

    changed = await lists.ask("PATCH", f"/{key}", version=2, name="Site 4", sharing="read")
    assert changed.json()["specification"]["version"] == 3
    copied = await lists.make("Copy", copy_of=key)
    assert (await lists.show(copied))["total"] == "399.70"
    found = (await lists.ask("GET", "?q=site")).json()
    assert [one["name"] for one in found["specifications"]] == ["Site 4"]
    assert (await lists.ask("DELETE", f"/{key}")).status_code == 204
    assert (await lists.ask("GET", f"/{key}")).status_code == 404
    async with market.container.database().engine.connect() as connection:
        actions = list((await connection.execute(select(audit.c.action).order_by(audit.c.audit_id))).scalars())
    assert [one for one in actions if "specification" in one] == [
        "ordering.specification_made",
        "ordering.specification_changed",
        "ordering.specification_made",
        "ordering.specification_deleted",
    ]


async def test_pages_go_on_to_the_end(client: AsyncTestClient, market: Market) -> None:
    lists = Lists(client, await market.member(await market.client()))
    made = [await lists.make(f"List {number}") for number in range(5)]
    found, cursor = [], ""
    while True:
        page = (await lists.ask("GET", f"?limit=2&cursor={cursor}")).json()
        found += [one["specification_id"] for one in page["specifications"]]
        assert (page["total"], page["total_is_exact"]) == (5, True)
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == made[::-1]
    assert (await lists.ask("GET", "?cursor=nonsense")).json()["code"] == "ordering.cursor_invalid"


async def test_switching_the_company_keeps_lists_and_changes_prices(client: AsyncTestClient, market: Market) -> None:
    one, other = await market.client("One"), await market.client("Other", price_type=market.retail)
    buyer = await market.member(one, other)
    product = await market.product("Bolt", article="B-1", retail="100", wholesale="80")
    first, second = Lists(client, buyer, one), Lists(client, buyer, other)
    key = await first.make()
    await first.put(key, (VariantId(product), 2))
    told = [await lists.show(key) for lists in (first, second, first, second)]
    assert [one["total"] for one in told] == ["160.00", "200.00", "160.00", "200.00"]
    # Neither company's price is compared with the other's.
    assert {(one["moved"], one["lines"][0]["previous_price"]) for one in told} == {(0, None)}
    lines = [[(line["variant_id"], line["quantity"]) for line in one["lines"]] for one in told]
    assert lines == [[(str(product), "2")]] * 4
    assert [one["specification_id"] for one in (await second.ask("GET")).json()["specifications"]] == [key]


async def test_prices_that_moved_are_marked_until_they_are_seen(client: AsyncTestClient, market: Market) -> None:
    lists = Lists(client, await market.member(await market.client()))
    risen, fallen = await market.goods("100"), await market.goods("50")
    key = await lists.make()
    await lists.put(key, (risen, 1), (fallen, 1))
    assert (await lists.show(key))["moved"] == 0
    await market.set_price(risen, "110")
    await market.set_price(fallen, "45")
    for _ in range(2):
        shown = await lists.show(key)
        marks = [(line["previous_price"], line["price"], line["change"]) for line in shown["lines"]]
        assert marks == [("100.00", "110.00", "up"), ("50.00", "45.00", "down")]
        assert (shown["moved"], shown["total"]) == (2, "155.00")
    assert (await lists.ask("POST", f"/{key}/seen")).status_code == 204
    assert (await lists.show(key))["moved"] == 0
    await market.set_price(risen, "120")
    await lists.put(key, (risen, 2))  # another quantity begins anew
    assert (await lists.show(key))["moved"] == 0


async def test_what_is_not_sold_is_flagged_and_left_out_of_the_cart(client: AsyncTestClient, market: Market) -> None:
    buyer = await market.member(await market.client())
    lists = Lists(client, buyer)
    gone, packed, chosen = await market.goods(), await market.goods(), await market.goods("7")
    key = await lists.make()
    await lists.put(key, (gone, 1), (packed, 5), (chosen, 2))
    await market.take_off_sale(gone)
    await market.set_multiple(packed, "12")
    shown = await lists.show(key)
    problems = [[problem["code"] for problem in line["problems"]] for line in shown["lines"]]
    assert problems == [["ordering.not_on_sale"], ["shared.quantity_not_multiple"], []]
    one = await lists.ask("POST", f"/{key}/to-cart", variants=[str(chosen)])
    assert (one.json()["put"], one.json()["cart"]["total"]) == (1, "14.00")
    for _ in range(2):  # twice is once
        everything = (await lists.ask("POST", f"/{key}/to-cart")).json()
        assert [(line["reason"], line["put"]) for line in everything["differences"]] == [
            ("gone", None),
            ("rounded", "12"),
        ]
        assert everything["cart"]["positions"] == 2
    assert len((await lists.show(key))["lines"]) == 3
    from_cart = await lists.make("Of the cart", from_cart=True)
    assert [line["quantity"] for line in (await lists.show(from_cart))["lines"]] == ["2", "12"]
    assert (await lists.ask("POST", f"/{key}/from-cart")).json()["version"] == 3  # 5 became 12


async def test_colleagues_read_or_edit_as_far_as_the_owner_lets_them(client: AsyncTestClient, market: Market) -> None:
    company = await market.client()
    owner, colleague, stranger = [
        Lists(client, await market.member(where)) for where in (company, company, await market.client())
    ]
    goods = await market.goods()
    key = await owner.make()
    await owner.put(key, (goods, 1))
    for sharing, access, put, own in (
        ("private", None, 404, 404),
        ("read", "read", 403, 403),
        ("edit", "edit", 200, 403),
    ):
        version = (await owner.show(key))["specification"]["version"]
        assert (await owner.ask("PATCH", f"/{key}", version=version, sharing=sharing)).status_code == 200
        answer = await colleague.ask("GET", f"/{key}")
        assert answer.status_code == (404 if access is None else 200)
        assert access is None or answer.json()["specification"]["access"] == access
        assert (await colleague.put(key, (goods, 2), mode="add")).status_code == put
        for method, path, body in (("PATCH", "", {"version": 99, "name": "Mine"}), ("DELETE", "", {})):
            assert (await colleague.ask(method, f"/{key}{path}", **body)).status_code == own
        assert [one["owner"] for one in (await colleague.ask("GET", "?whose=mine")).json()["specifications"]] == []
        assert (await stranger.ask("GET", f"/{key}")).status_code == 404
        assert (await stranger.put(key, (goods, 5))).status_code == 404
    assert [line["quantity"] for line in (await owner.show(key))["lines"]] == ["3"]


async def test_staff_reads_goods_and_quantities_of_its_clients(client: AsyncTestClient, market: Market) -> None:
    manager = await market.member(role_code="manager")
    lists = Lists(client, await market.member(await market.client("Theirs", manager=manager)))
    foreign = Lists(client, await market.member(await market.client("Foreign")))
    key, other = await lists.make(), await foreign.make()
    await lists.put(key, (await market.goods(), 4))
    staff = Lists(client, manager)
    shown = await staff.show(key)
    assert (shown["specification"]["access"], shown["lines"][0]["quantity"]) == ("read", "4")
    assert (shown["total"], shown["lines"][0]["price"], shown["lines"][0]["available"]) == (None, None, None)
    assert (await staff.ask("GET", f"/{other}")).status_code == 404
    assert [one["specification_id"] for one in (await staff.ask("GET")).json()["specifications"]] == [key]
    assert (await staff.put(key, (await market.goods(), 1))).status_code == 403


async def many_goods(market: Market, count: int) -> list[VariantId]:
    """Goods at ten roubles, all at once."""
    keys = [VariantId(new_id()) for _ in range(count)]
    named = {"node_id": market.node, "unit_name": "pc", "order_multiple": 1, "updated_at": OPENED}
    goods = [{"product_id": key, "external_ref": str(key), "name": "G", "sort_key": "g", **named} for key in keys]
    cost = {"price_type_id": market.wholesale, "min_quantity": 0, "amount": 10, "currency": "RUB", "updated_at": OPENED}
    async with market.container.database().engine.begin() as connection:
        await connection.execute(insert(product), goods)
        await connection.execute(insert(variant), [{"variant_id": key, "product_id": key} for key in keys])
        await connection.execute(insert(price), [{"variant_id": key, **cost} for key in keys])
    return keys


async def test_a_thousand_lines_are_one_list(client: AsyncTestClient, market: Market) -> None:
    lists = Lists(client, await market.member(await market.client()))
    goods = await many_goods(market, 1000)
    key = await lists.make()
    assert (await lists.put(key, *((one, 2) for one in goods))).json()["positions"] == 1000
    shown = await lists.show(key)
    assert (len(shown["lines"]), shown["units"], shown["total"]) == (1000, "2000", "20000.00")


# -- two editors


async def _both_replace(client: AsyncTestClient, market: Market) -> tuple[list[int], Any]:
    """Two who saw the same list write their own over it at the same moment."""
    company = await market.client()
    owner, colleague = [Lists(client, await market.member(company)) for _ in range(2)]
    goods = [await market.goods(), await market.goods()]
    key = await owner.make()
    await owner.ask("PATCH", f"/{key}", version=1, sharing="edit")
    told = [[{"variant_id": str(one), "quantity": 1}] for one in goods]
    answers = await asyncio.gather(
        *(
            lists.ask("PUT", f"/{key}/lines", version=2, lines=lines)
            for lists, lines in zip((owner, colleague), told, strict=True)
        )
    )
    return sorted(answer.status_code for answer in answers), await owner.show(key)


async def test_of_two_who_write_over_the_same_version_one_is_told(client: AsyncTestClient, market: Market) -> None:
    for _ in range(4):
        statuses, shown = await _both_replace(client, market)
        assert statuses == [200, 409]
        assert (len(shown["lines"]), shown["specification"]["version"]) == (1, 3)


async def test_control_without_versions_one_overwrites_the_other(
    client: AsyncTestClient, market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = PostgresSpecifications.hold

    async def forgetful(self: PostgresSpecifications, *asked: Any) -> Any:
        """Whatever happened since, the list seems to be in its second version."""
        found = await hold(self, *asked)
        if found is None or found.specification.version < 2:
            return found
        return replace(found, specification=replace(found.specification, version=2))

    monkeypatch.setattr(PostgresSpecifications, "hold", forgetful)
    statuses, shown = await _both_replace(client, market)
    assert statuses == [200, 200]
    assert len(shown["lines"]) == 1  # two were put, and one of them is lost


async def test_additions_of_two_editors_are_both_there(client: AsyncTestClient, market: Market) -> None:
    company = await market.client()
    owner, colleague = [Lists(client, await market.member(company)) for _ in range(2)]
    goods = await market.goods()
    key = await owner.make()
    await owner.ask("PATCH", f"/{key}", version=1, sharing="edit")
    answers = await asyncio.gather(*(one.put(key, (goods, 1), mode="add") for one in (owner, colleague) * 3))
    assert {answer.status_code for answer in answers} == {200}
    assert [line["quantity"] for line in (await owner.show(key))["lines"]] == ["6"]
    assert (await colleague.show(key))["specification"]["access"] == "edit"


# -- pages


class Pages:
    """The portal as a person uses it: forms posted, redirects not followed."""

    def __init__(self, client: AsyncTestClient, person: Person, company: CompanyId | None = None) -> None:
        self._client = client
        self._headers = person.headers | {"accept": "text/html"}
        self._part = f"?company={company}" if company else ""

    async def get(self, path: str) -> Any:
        return await self._client.get(path, headers=self._headers)

    async def post(self, path: str, **fields: Any) -> Any:
        address = path + self._part
        return await self._client.post(address, headers=self._headers, data=fields, follow_redirects=False)

    async def text(self, path: str) -> str:
        answer = await self.get(path)
        assert answer.status_code == 200, answer.text
        return str(answer.text)


async def test_a_buyer_keeps_a_list_on_its_pages(client: AsyncTestClient, market: Market) -> None:
    buyer = await market.member(await market.client("Own", price_type=market.wholesale))
    pages, lists = Pages(client, buyer), Lists(client, buyer)
    assert "<table" not in await pages.text("/specifications")  # nothing there yet
    refused = await pages.post("/specifications", name="  ")
    assert (refused.status_code, 'id="name-error"' in refused.text) == (422, True)
    made = await pages.post("/specifications", name="Site <b>4</b>")
    assert made.status_code == 303
    here = made.headers["location"]
    key = here.rpartition("/")[2]
    plain, packed = await market.goods("100"), await market.goods("10", multiple="12")
    added = await pages.post("/specifications/add", variant=str(plain), specification=key, quantity="2,5")
    assert added.status_code == 303
    asked = await pages.post("/specifications/add", variant=str(packed))
    assert (asked.status_code, f'value="{key}"' in asked.text) == (200, True)  # into which list?
    await pages.post("/specifications/add", variant=str(packed), specification=key, quantity="5")
    shown = await pages.text(here)
    assert "Site &lt;b&gt;4&lt;/b&gt;" in shown
    assert "<b>4</b>" not in shown
    assert [line["quantity"] for line in (await lists.show(key))["lines"]] == ["3", "12"]

    version = (await lists.show(key))["specification"]["version"]
    saved = await pages.post(f"{here}/items", version=version, **{f"q.{plain}": "7"})
    assert saved.status_code == 303
    late = await pages.post(f"{here}/items", version=version, **{f"q.{plain}": "8"})
    assert (late.status_code, f'name="version" value="{version + 1}"' in late.text) == (422, True)
    await pages.post(f"{here}/lines/{plain}", comment="Second floor")
    await pages.post(f"{here}/remove", remove=str(packed))
    lines = (await lists.show(key))["lines"]
    assert [(line["quantity"], line["comment"]) for line in lines] == [("7", "Second floor")]

    await market.set_price(plain, "110")
    moved = await pages.text(here)
    assert ">100,00" in moved.replace("\u00a0", " ")
    assert f"{here}/seen" in moved
    await pages.post(f"{here}/seen")
    assert f"{here}/seen" not in await pages.text(here)

    nothing = await pages.post(f"{here}/cart")
    assert nothing.status_code == 200
    for fields in ({"line": str(plain)}, {"all": "1"}):
        put = await pages.post(f"{here}/cart", **fields)
        assert put.status_code == 200
    saved_cart = await pages.post("/cart/specification")
    other = saved_cart.headers["location"].rpartition("/")[2]
    assert [line["quantity"] for line in (await lists.show(other))["lines"]] == ["7"]
    copied = await pages.post(f"{here}/copy")
    assert (await lists.show(copied.headers["location"].rpartition("/")[2]))["total"] == "770.00"

    changed = await pages.post(f"{here}/change", version=99, name="Other", sharing="read")
    assert changed.status_code == 422
    version = (await lists.show(key))["specification"]["version"]
    assert (await pages.post(f"{here}/change", version=version, name="Other", sharing="read")).status_code == 303
    assert (await pages.post(f"{here}/delete", version=version)).status_code == 422  # it has changed since
    assert (await pages.post(f"{here}/delete", version=version + 1)).status_code == 303
    assert (await pages.get(here)).status_code == 404


async def test_staff_finds_lists_of_its_clients_in_the_panel(client: AsyncTestClient, market: Market) -> None:
    head = await market.member(role_code="head_of_managers")
    manager = await market.member(role_code="manager", head=head)
    theirs = Lists(client, await market.member(await market.client("Theirs", manager=manager)))
    foreign = Lists(client, await market.member(await market.client("Foreign")))
    key, other = await theirs.make("Their list"), await foreign.make("Foreign list")
    await theirs.put(key, (await market.goods("777"), 4))
    panel = Pages(client, head)
    listed = await panel.text("/panel/specifications?q=list")
    assert (f"/specifications/{key}" in listed, other in listed, "Foreign" in listed) == (True, False, False)
    shown = await panel.text(f"/specifications/{key}")
    assert ("777" in shown, f"/specifications/{key}/items" in shown and "data-cart" in shown) == (False, False)
    assert (await panel.get(f"/specifications/{other}")).status_code == 404
    assert (await Pages(client, manager).get("/panel/specifications")).status_code == 403


async def test_a_pasted_list_and_a_file_tell_of_every_row(client: AsyncTestClient, market: Market) -> None:
    buyer = await market.member(await market.client())
    pages, lists = Pages(client, buyer), Lists(client, buyer)
    await market.goods("10", article="BOLT-1")
    await market.goods("20", article="NUT 2", multiple="12")
    for _ in range(2):
        await market.goods("30", article="TWIN")
    key = await lists.make()
    here = f"/specifications/{key}"
    text = "BOLT-1\t3\n5 NUT 2\nTWIN 1\n\nno such 4\nBOLT-1;2\nBOLT-1 0\n"
    answer = await pages.post(f"{here}/import", text=text)
    assert answer.status_code == 200
    for outcome in ("3 из 6", "Округлено до упаковки", "Несколько товаров", "Не найдено", "Нет количества"):
        assert outcome in answer.text.replace("\u00a0", " "), outcome
    assert [(line["article"], line["quantity"]) for line in (await lists.show(key))["lines"]] == [
        ("BOLT-1", "5"),
        ("NUT 2", "12"),
    ]
    head = {"accept": "text/html"} | buyer.headers
    exported = await client.get(f"{here}/export.xlsx", headers=head)
    book = CalamineWorkbook.from_object(io.BytesIO(exported.content)).get_sheet_by_index(0).to_python()
    assert book[1][:6] == ["BOLT-1", "Goods 1", 5.0, "шт", 10.0, 50.0]

    # What was exported comes back, in place of what is there; what was seen is named, or nothing happens.
    version = (await lists.show(key))["specification"]["version"]
    for files, seen, status in (
        ({"file": ("list.xlsx", exported.content)}, version, 200),
        ({"file": ("list.csv", "Артикул;Количество\r\nBOLT-1;7\r\n".encode("cp1251"))}, version, 200),
        ({"file": ("list.xlsx", b"PK\x03\x04 and nothing")}, version + 1, 422),
        ({"file": ("list.csv", b"BOLT-1;1")}, 1, 422),
    ):
        sent = await client.post(f"{here}/import", headers=head, data={"replace": "1", "version": seen}, files=files)
        assert sent.status_code == status, sent.text
    assert [line["quantity"] for line in (await lists.show(key))["lines"]] == ["7"]
    api = await lists.ask("POST", f"/{key}/import", text="BOLT-1 1")
    assert [(row["outcome"], row["put"]) for row in api.json()["rows"]] == [("found", "1")]
    long = await lists.ask("POST", f"/{key}/import", text="X 1\n" * 2001)
    assert long.json()["code"] == "ordering.too_many_lines"
