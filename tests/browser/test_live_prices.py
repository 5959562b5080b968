"""Live prices in a real browser over the real product and an ERP on a real socket (LIV; ux.md B2)."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import order_process
import pytest
from market import Market
from processes import forked

from b2b_dvizhenie.domain.shared.ids import VariantId
from b2b_dvizhenie.entrypoints.container import build, running
from b2b_dvizhenie.entrypoints.settings import Settings
from b2b_dvizhenie.testing.gateways.http_1c import Http1cSimulator

pytestmark = pytest.mark.postgres
SOON = """
const hurry = () => {
  for (const form of document.querySelectorAll(".live-form"))
    form.setAttribute("hx-config", form.getAttribute("hx-config").replace("15000", "200"));
};
document.addEventListener("DOMContentLoaded", () => {
  hurry();
  new MutationObserver(hurry).observe(document.body, { childList: true, subtree: true });
});"""
"""Pages ask again after a fifth of a second, not after fifteen."""


async def _opened(url: str, folder: str) -> tuple[str, list[VariantId]]:
    async with running(build(Settings(data_dir=folder), url)) as container:
        market = await Market(container).open()
        goods = [await market.goods("100"), await market.goods("10")]
        return (await market.member(await market.client("ООО Ромашка"))).token, goods


@pytest.fixture
def erp() -> Iterator[Http1cSimulator]:
    with Http1cSimulator(ttl=1) as one:
        yield one


def test_open_pages_follow_the_erp_and_the_order_is_at_what_was_seen(
    database_url: str, tmp_path: Path, browser: Any, erp: Http1cSimulator
) -> None:
    with forked(order_process.main, database_url, str(tmp_path), False, erp.url) as process:
        address = f"http://127.0.0.1:{process.ready()}"
        with ThreadPoolExecutor(1) as thread:
            token, (lamp, cable) = thread.submit(asyncio.run, _opened(database_url, str(tmp_path))).result()
        context = browser.new_context(base_url=address, locale="ru-RU")
        context.add_cookies([{"name": "b2b_session", "value": token, "url": address}])
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.add_init_script(SOON)

        erp.prices = {(str(lamp), ""): Decimal(110), (str(cable), ""): Decimal(10)}
        page.goto("/catalog")
        page.evaluate("window.same = true")
        page.locator(f"#price-{lamp} .now", has_text="110,00").wait_for()
        assert page.locator(f"#price-{lamp} s").inner_text().endswith("100,00\u00a0₽")
        assert page.locator(f"#price-{cable} s").count() == 0
        field = page.locator(f"[name='q.{lamp}']")
        field.fill("2")
        erp.prices[str(lamp), ""] = Decimal(120)
        page.locator(f"#price-{lamp} .now", has_text="120,00").wait_for()
        assert page.evaluate("window.same"), "without reloading"
        assert field.input_value() == "2", "what is being typed stays"
        field.press("Enter")
        page.wait_for_selector("#cart-total[data-total='200.00']")

        page.goto(f"/products/{lamp}")
        page.locator("#big-price b", has_text="120,00").wait_for()

        page.goto("/cart")
        page.locator(f"#row-{lamp} .now", has_text="120,00").wait_for()
        page.locator("#cart .total", has_text="240,00").wait_for()
        erp.prices[str(lamp), ""] = Decimal(130)
        page.locator(f"#row-{lamp} .now", has_text="130,00").wait_for()

        page.goto("/checkout")
        erp.prices[str(lamp), ""] = Decimal(150)
        page.check("[name=risen]")
        page.locator("form[action^='/checkout'] button.btn-primary").click()
        page.wait_for_url("**/orders/*")
        assert "260,00" in page.locator("dd.total").inner_text(), "at the promised 130, not at the 150 of now"
        erp.misbehave = "hanging"
        page.goto("/catalog")
        page.locator("#live-status", has_text="не ответила").wait_for()
        context.close()
        assert complaints == []
