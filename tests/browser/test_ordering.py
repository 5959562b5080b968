"""From the list of goods to a placed order in a real browser over the real product (ux.md B2–B4, B20)."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import order_process
import pytest
from market import Market
from processes import forked
from sqlalchemy import text

from b2b_dvizhenie.domain.shared.ids import VariantId
from b2b_dvizhenie.entrypoints.container import build, running
from b2b_dvizhenie.entrypoints.settings import Settings

pytestmark = pytest.mark.postgres


class Portal:
    """A served portal with a buyer who is logged in."""

    def __init__(self, address: str, url: str, settings: Settings) -> None:
        self.address = address
        self._url = url
        self._settings = settings
        self.token = ""
        self.goods: list[VariantId] = []

    def _do(self, work: Callable[[Market], Awaitable[None]]) -> None:
        """Work on the shop in a thread of its own: the browser's driver keeps the loop of this one."""

        async def run() -> None:
            async with running(build(self._settings, self._url)) as container:
                await work(Market(container))

        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, run()).result()

    def prepare(self) -> None:
        async def work(market: Market) -> None:
            await market.open()
            self.goods = [await market.goods("10.50", multiple="12"), await market.goods("100")]
            self.token = (await market.member(await market.client("ООО Ромашка"))).token

        self._do(work)

    def reprice(self, variant: VariantId, amount: str) -> None:
        change = text("UPDATE price SET amount = CAST(:amount AS numeric) WHERE variant_id = :variant")
        self._do(lambda market: market._write(change.bindparams(amount=amount, variant=variant)))


@pytest.fixture
def portal(database_url: str, tmp_path: Path) -> Iterator[Portal]:
    with forked(order_process.main, database_url, str(tmp_path)) as process:
        one = Portal(f"http://127.0.0.1:{process.ready()}", database_url, Settings(data_dir=str(tmp_path)))
        one.prepare()
        yield one


@pytest.fixture
def page(portal: Portal, browser: Any) -> Iterator[Any]:
    context = browser.new_context(base_url=portal.address, locale="ru-RU")
    context.add_cookies([{"name": "b2b_session", "value": portal.token, "url": portal.address}])
    page = context.new_page()
    complaints: list[str] = []
    # A form that comes back with what is wrong is answered with 422, which Chromium reports as a failed resource.
    page.on(
        "console",
        lambda message: message.type == "error" and " 422 " not in message.text and complaints.append(message.text),
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def test_scripts_name_the_company_of_their_page(portal: Portal, page: Any) -> None:
    """MUL-4: what scripts ask for is asked for the company of the page, by header, and by address where they post."""
    page.goto("/catalog")
    named = page.locator("body").get_attribute("hx-headers:inherited")
    with page.expect_request(lambda request: "/cart/items" in request.url) as saved:
        field = page.locator(f"[name='q.{portal.goods[1]}']")
        field.fill("2")
        field.press("Enter")
    company = saved.value.headers["x-company-id"]
    assert named == f'{{"X-Company-Id": "{company}"}}'
    assert saved.value.url.endswith(f"/cart/items?company={company}")
    page.wait_for_selector("#cart-total[data-total='200.00']")
    with page.expect_request(lambda request: "/search/suggest" in request.url) as searched:
        page.locator("#search").press_sequentially("ART")
    assert searched.value.headers["x-company-id"] == company


def test_quantities_are_saved_in_the_list_and_ordered(portal: Portal, page: Any) -> None:
    packed, single = portal.goods
    page.goto("/catalog")
    field = page.locator(f"[name='q.{packed}']")
    field.fill("13")
    field.press("Enter")
    page.wait_for_selector("#cart-total[data-total='252.00']")
    assert field.input_value() == "24", "rounded up to the pack"
    page.locator(f"[name='q.{single}']").fill("2")
    page.locator(f"[name='q.{single}']").press("Enter")
    page.wait_for_selector("#cart-total[data-total='452.00']")
    page.reload()
    assert field.input_value() == "24", "reload keeps it"

    page.goto("/cart")
    page.locator(f"#row-{single} .c-del button").click()
    page.wait_for_selector(f"#row-{single}", state="detached")
    assert page.locator(f"[name='q.{packed}']").input_value() == "24"
    page.locator(f"#row-{packed} [data-step='1']").click()
    page.locator(".summary dd.total", has_text="378,00").wait_for()

    page.get_by_role("link", name="Оформить", exact=False).last.click()
    page.wait_for_url("**/checkout")
    page.fill("[name=comment]", "к воротам 2")
    portal.reprice(packed, "11.00")
    page.locator("form[action^='/checkout'] button.btn-primary").click()
    page.wait_for_selector("[name=risen]")
    assert page.input_value("[name=comment]") == "к воротам 2", "nothing typed is lost"
    page.check("[name=risen]")
    page.locator("form[action^='/checkout'] button.btn-primary").click()
    page.wait_for_url("**/orders/*")
    assert "B-000001" in page.locator("h1").inner_text()
    assert "396,00" in page.locator("dd.total").inner_text()


def test_double_click_on_the_button_makes_one_order(portal: Portal, page: Any) -> None:
    page.goto("/catalog")
    field = page.locator(f"[name='q.{portal.goods[1]}']")
    field.fill("1")
    field.press("Enter")
    page.wait_for_selector("#cart-total[data-total='100.00']")
    page.goto("/checkout")
    page.locator("form[action^='/checkout'] button.btn-primary").dblclick()
    page.wait_for_url("**/orders/*")
    page.goto("/orders")
    assert page.locator("tbody tr").count() == 1
