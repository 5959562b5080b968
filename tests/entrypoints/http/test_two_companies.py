"""Two tabs with different companies (MUL-1…5, ux.md B13): what a page shows is what is done, for whom it says."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from uuid import UUID

import pytest
from httpx import Response
from litestar.testing import AsyncTestClient
from lxml import html
from market import Market, Person
from sqlalchemy import select

from b2b_dvizhenie.adapters.postgres.tables.ordering import cart_line, customer_order
from b2b_dvizhenie.domain.shared.ids import CompanyId, VariantId, new_id
from b2b_dvizhenie.entrypoints.http import authentication

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PAGE = {"Accept": "text/html"}
PARTIAL = PAGE | {"HX-Request": "true", "HX-Request-Type": "partial"}


class Tabs:
    """A buyer of two companies, one at wholesale, one at retail prices, in one browser."""

    def __init__(self, client: AsyncTestClient, market: Market) -> None:
        self.client, self.market = client, market
        self.cheap: CompanyId
        self.dear: CompanyId
        self.buyer: Person
        self.variant: VariantId

    async def open(self) -> "Tabs":
        self.cheap = await self.market.client("Cheap Ltd")
        self.dear = await self.market.client("Dear Ltd", price_type=self.market.retail)
        self.buyer = await self.market.member(self.cheap, self.dear)
        self.variant = VariantId(
            await self.market.product("Goods", article="G-1", retail="100", wholesale="80", stock={})
        )
        self.client.cookies.set("b2b_session", self.buyer.token)
        return self

    async def switch(self, company: CompanyId) -> Response:
        form = {"company": str(company), "next": "/cart"}
        return await self.client.post("/companies/select", data=form, headers=PAGE, follow_redirects=False)

    async def see(self, path: str) -> Response:
        answer = await self.client.get(path, headers=PAGE)
        assert answer.status_code == 200, answer.text
        return answer

    async def submit(self, page: Response, action: str, **fields: str) -> Response:
        """Press the button of a form as a browser without script does: its own address, its hidden fields."""
        (form, *_) = html.fromstring(page.text).cssselect(f"form[action^='{action}']")
        hidden = {one.get("name"): one.get("value", "") for one in form.cssselect("input[type=hidden]")}
        return await self.client.post(form.get("action"), data=hidden | fields, headers=PAGE, follow_redirects=False)

    async def orders(self) -> list[tuple[UUID, Decimal]]:
        async with self.market.container.database().engine.connect() as connection:
            query = select(customer_order.c.company_id, customer_order.c.amount).order_by(customer_order.c.placed_at)
            return [(row[0], row[1]) for row in await connection.execute(query)]

    async def cart(self) -> list[tuple[UUID, Decimal]]:
        async with self.market.container.database().engine.connect() as connection:
            query = select(cart_line.c.variant_id, cart_line.c.quantity)
            return [(row[0], row[1]) for row in await connection.execute(query)]


@pytest.fixture
async def tabs(client: AsyncTestClient, market: Market) -> Tabs:
    return await Tabs(client, market).open()


async def test_switching_keeps_the_cart_and_changes_prices(tabs: Tabs) -> None:
    """MUL-1, MUL-2: the same lines; the other company's price is in no byte of the page."""
    await tabs.switch(tabs.cheap)
    page = await tabs.see("/catalog")
    await tabs.submit(page, "/cart/items", **{f"q.{tabs.variant}": "3"})
    before = await tabs.cart()
    cheap = await tabs.see("/cart")
    assert "240,00" in cheap.text
    assert "300,00" not in cheap.text
    switched = await tabs.switch(tabs.dear)
    assert (switched.status_code, switched.headers["location"]) == (303, "/cart")
    dear = await tabs.see("/cart")
    assert "300,00" in dear.text
    assert "240,00" not in (await tabs.see("/cart")).text
    assert await tabs.cart() == before
    assert "Dear Ltd" in "".join(html.fromstring(dear.text).cssselect(".page-head .sub")[0].itertext())


async def test_an_order_goes_out_for_the_company_on_its_page(tabs: Tabs) -> None:
    """MUL-4: the other tab has switched meanwhile; the order is for the company at the button, at the sum shown."""
    await tabs.switch(tabs.cheap)
    await tabs.submit(await tabs.see("/catalog"), "/cart/items", **{f"q.{tabs.variant}": "3"})
    checkout = await tabs.see("/checkout")
    await tabs.switch(tabs.dear)
    placed = await tabs.submit(checkout, "/checkout")
    assert placed.status_code == 303, placed.text
    assert [(company, amount) for company, amount in await tabs.orders()] == [(tabs.cheap, Decimal("240.00"))]
    told = await tabs.see(placed.headers["location"])
    assert "240,00" in told.text
    assert html.fromstring(told.text).cssselect(".company b")[0].text_content() == "Cheap Ltd"
    assert "B-000001" not in (await tabs.see("/orders")).text, "the session acts for the other company"


async def test_a_quantity_is_saved_and_priced_for_the_company_of_its_page(tabs: Tabs) -> None:
    await tabs.switch(tabs.cheap)
    page = await tabs.see("/catalog")
    (form,) = html.fromstring(page.text).cssselect("form[data-cart]")
    await tabs.switch(tabs.dear)
    answer = await tabs.client.post(form.get("action"), data={f"q.{tabs.variant}": "3"}, headers=PARTIAL)
    assert "240,00" in answer.text
    assert "300,00" not in answer.text
    by_script = html.fromstring(page.text).cssselect("body")[0].get("hx-headers:inherited")
    assert by_script == f'{{"X-Company-Id": "{tabs.cheap}"}}'


async def test_without_script_the_page_after_a_form_is_of_the_same_company(tabs: Tabs) -> None:
    await tabs.switch(tabs.cheap)
    page = await tabs.see("/catalog")
    await tabs.switch(tabs.dear)
    answer = await tabs.submit(page, "/cart/items", **{f"q.{tabs.variant}": "3"})
    cart = await tabs.see(answer.headers["location"])
    assert html.fromstring(cart.text).cssselect(".company b")[0].text_content() == "Cheap Ltd"
    switched = await tabs.client.post(
        "/companies/select",
        data={"company": str(tabs.dear), "next": answer.headers["location"]},
        headers=PAGE,
        follow_redirects=False,
    )
    assert "company=" not in switched.headers["location"], "the menu's choice must not be overridden by the address"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/api/v1/cart", {"lines": []}),
        ("PATCH", "/api/v1/cart", {"lines": []}),
        ("DELETE", "/api/v1/cart", None),
        ("POST", "/api/v1/orders", {}),
    ],
)
async def test_an_application_must_name_one_of_several_companies(
    tabs: Tabs, method: str, path: str, body: dict[str, object] | None
) -> None:
    async def ask(headers: dict[str, str]) -> Response:
        return await tabs.client.request(method, path, json=body, headers=tabs.buyer.headers | headers)

    await tabs.switch(tabs.cheap)
    unnamed = await ask({})
    assert (unnamed.status_code, unnamed.json()["code"]) == (409, "companies.company_unnamed")
    named = await ask({"X-Company-Id": str(tabs.dear)})
    assert named.json().get("code") != "companies.company_unnamed"
    assert await tabs.orders() == []


@pytest.mark.parametrize("action", ["items", "remove", "clear", "consent"])
async def test_a_form_that_names_no_company_changes_nothing(tabs: Tabs, action: str) -> None:
    await tabs.submit(await tabs.see("/catalog"), "/cart/items", **{f"q.{tabs.variant}": "3"})
    before = await tabs.cart()
    form = {f"q.{tabs.variant}": "5", "remove": str(tabs.variant)}
    answer = await tabs.client.post(f"/cart/{action}", data=form, headers=PAGE, follow_redirects=False)
    assert answer.status_code == 409
    assert "не видно, для какой" in answer.text
    assert await tabs.cart() == before


@pytest.mark.parametrize("named", ["foreign", "unknown", "nonsense", "both"])
async def test_a_company_one_is_no_member_of_cannot_be_named(tabs: Tabs, named: str) -> None:
    """MUL-4: forged names are as unknown as nonsense, in the address and in the header, and nothing is done."""
    await tabs.submit(await tabs.see("/catalog"), "/cart/items", **{f"q.{tabs.variant}": "3"})
    before = await tabs.cart()
    foreign = await tabs.market.client("Foreign Ltd")
    text = {"foreign": str(foreign), "unknown": str(new_id()), "nonsense": "\u202e'; --"}.get(named, str(tabs.cheap))
    header = {"X-Company-Id": str(tabs.dear)} if named == "both" else {}
    for path in ("/cart/items", "/cart/clear", "/checkout"):
        answer = await tabs.client.post(
            path,
            params={"company": text},
            data={f"q.{tabs.variant}": "5"},
            headers=PAGE | header,
            follow_redirects=False,
        )
        assert answer.status_code == 409, path
        assert "Foreign" not in answer.text
    assert (await tabs.cart(), await tabs.orders()) == (before, [])
    if named == "foreign":
        assert (await tabs.switch(foreign)).status_code == 404


async def test_a_removed_member_cannot_go_on_in_an_open_tab(tabs: Tabs) -> None:
    await tabs.switch(tabs.cheap)
    await tabs.submit(await tabs.see("/catalog"), "/cart/items", **{f"q.{tabs.variant}": "3"})
    checkout = await tabs.see("/checkout")
    async with tabs.market.container.database().engine.begin() as connection:
        await connection.exec_driver_sql(f"DELETE FROM membership WHERE company_id = '{tabs.cheap}'")  # noqa: S608
    answer = await tabs.submit(checkout, "/checkout")
    assert answer.status_code == 409
    assert await tabs.orders() == [], "one company is left, but the page was of the other"


async def test_lines_the_other_company_cannot_buy_are_flagged_not_dropped(tabs: Tabs) -> None:
    """MUL-5: goods without a price for the other company stay in the cart and keep the order from going out."""
    special = VariantId(await tabs.market.product("Special", article="S-1", retail=None, wholesale="50", stock={}))
    await tabs.switch(tabs.cheap)
    page = await tabs.see("/catalog")
    await tabs.submit(page, "/cart/items", **{f"q.{tabs.variant}": "1", f"q.{special}": "2"})
    assert not html.fromstring((await tabs.see("/cart")).text).cssselect("tr.failed")
    await tabs.switch(tabs.dear)
    cart = html.fromstring((await tabs.see("/cart")).text)
    assert [row.get("id") for row in cart.cssselect("tr.failed")] == [f"row-{special}"]
    assert len(await tabs.cart()) == 2
    assert (await tabs.client.get("/checkout", headers=PAGE, follow_redirects=False)).status_code == 303
    await tabs.switch(tabs.cheap)
    assert not html.fromstring((await tabs.see("/cart")).text).cssselect("tr.failed")


@contextmanager
def _takes_the_selected(company: CompanyId) -> Iterator[None]:
    """The control: a door that never looks at what a request names and acts for the session's choice."""
    original = authentication.named_company
    authentication.named_company = lambda _: company
    try:
        yield
    finally:
        authentication.named_company = original


async def test_control_a_door_that_takes_the_session_mixes_the_tabs(tabs: Tabs) -> None:
    """Without the check the very same clicks price the page of one company at the prices of the other."""
    await tabs.switch(tabs.cheap)
    page = await tabs.see("/catalog")
    (form,) = html.fromstring(page.text).cssselect("form[data-cart]")
    await tabs.switch(tabs.dear)
    with _takes_the_selected(tabs.dear):
        answer = await tabs.client.post(form.get("action"), data={f"q.{tabs.variant}": "3"}, headers=PARTIAL)
        checkout = await tabs.see("/checkout")
        form_of_checkout = html.fromstring(checkout.text).cssselect("form[action^='/checkout'] input[type=hidden]")
        fields = {one.get("name"): one.get("value", "") for one in form_of_checkout}
        await tabs.client.post(form.get("action").replace("/cart/items", "/checkout"), data=fields, headers=PAGE)
    assert "300,00" in answer.text
    assert await tabs.orders() == [(tabs.dear, Decimal("300.00"))], "although the address named the other company"


async def test_every_form_of_a_buyer_names_the_company(tabs: Tabs) -> None:
    """Whatever page a buyer sees, a form that changes the cart or an order says for whom."""
    await tabs.switch(tabs.cheap)
    await tabs.submit(await tabs.see("/catalog"), "/cart/items", **{f"q.{tabs.variant}": "3"})
    pages = [await tabs.see(path) for path in ("/catalog", f"/products/{tabs.variant}", "/cart", "/checkout")]
    placed = await tabs.submit(pages[3], "/checkout")
    pages += [await tabs.see(placed.headers["location"]), await tabs.see("/orders")]
    seen = 0
    for page in pages:
        document = html.fromstring(page.text)
        found = [form.get("action") for form in document.cssselect("form[method=post]")]
        found += [button.get("formaction") for button in document.cssselect("[formaction]")]
        for address in found:
            if address.startswith(("/cart", "/checkout", "/orders")):
                assert f"company={tabs.cheap}" in address, address
                seen += 1
    assert seen >= 8
