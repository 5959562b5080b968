"""The panel's discounts: a draft is written, checked, published and rolled back by hand; who may not, sees nothing."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

import pytest
from discounting import ADMIN, draft, in_force, off_articles, off_brand
from litestar.testing import AsyncTestClient
from lxml import html
from people import enter
from rates import tell
from shop import Shop
from sqlalchemy import select, update
from statements import recorded_statements

from b2b_dvizhenie.adapters.postgres.tables.companies import agreement
from b2b_dvizhenie.adapters.postgres.tables.operations import audit
from b2b_dvizhenie.domain.pricing import Strategy
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PAGE = {"Accept": "text/html"}


@pytest.fixture(autouse=True)
async def _administrator(container: Container, client: AsyncTestClient) -> None:
    await enter(container, client, "administrator")


async def page(client: AsyncTestClient, path: str, status: int = 200) -> Any:
    answer = await client.get(path, headers=PAGE)
    assert answer.status_code == status, answer.text
    return html.fromstring(answer.text)


async def send(client: AsyncTestClient, path: str, status: int = 303, **fields: str) -> Any:
    answer = await client.post(path, data=fields, headers=PAGE, follow_redirects=False)
    assert answer.status_code == status, answer.text
    return answer


def texts(document: Any, selector: str) -> list[str]:
    return [" ".join(one.text_content().split()) for one in document.cssselect(selector)]


async def test_from_an_empty_draft_to_other_prices_and_back(
    client: AsyncTestClient, container: Container, shop: Shop
) -> None:
    brand = await shop.brand("Болтун")
    await shop.product("Болт", article="B-1", brand=(brand, "Болтун"), wholesale="100")
    where = await shop.company("ООО Ромашка")
    buyer = {"Authorization": f"Bearer {await shop.person('b@example.test', companies={where: 2})}"}

    async def price() -> str:
        client_headers = buyer | {"Cookie": ""}
        answer = await client.post("/api/v1/prices", json={"lines": [{"article": "B-1"}]}, headers=client_headers)
        return str(answer.json()["lines"][0]["unit_price"])

    assert "Скидок пока нет" in texts(await page(client, "/panel/prices"), "h2")
    first = (await send(client, "/panel/prices", title="Осень", based_on="")).headers["location"]
    assert "В этой версии нет скидок" in texts(await page(client, first), "h2")
    root = (await page(client, f"{first}/rules/new")).cssselect("select[name=group] option")[0].get("value")
    fields = {"group": root, "kind": "brand", "brand": "болтун", "effect": "percent", "is_active": "1"}
    wrong = await send(client, f"{first}/rules", 422, **fields, value="сто", companies="ООО Нет такой")
    refused = html.fromstring(wrong.text)
    assert set(texts(refused, ".error")) == {"Укажите число.", "Не найдено: ООО Нет такой."}
    assert refused.cssselect("#brand")[0].get("value") == "болтун"
    await send(client, f"{first}/rules", **fields, value="12,5", companies="7700000000", title="Для Ромашки")
    shown = await page(client, first)
    assert texts(shown, "tbody tr")[0].startswith("Для Ромашки БолтунБренд −12,5 % ООО Ромашка")
    checked = await page(client, f"{first}/check")
    assert "Исправлять нечего" in texts(checked, "h2")
    revision = checked.cssselect("input[name=revision]")[0].get("value")
    assert await price() == "100.00"
    await send(client, f"{first}/publish", revision=revision, sure="1")
    assert await price() == "87.50"
    second = (await send(client, "/panel/prices", title="Зима", based_on=first.rsplit("/", 1)[1])).headers["location"]
    rule = (await page(client, second)).cssselect("tbody th a")[0].get("href")
    form = await page(client, rule)
    assert form.cssselect("#value")[0].get("value") == "12.5"
    assert form.cssselect("#companies")[0].text.strip() == "ООО Ромашка"
    await send(client, rule, **fields, value="50", companies="ООО Ромашка")
    revision = (await page(client, f"{second}/check")).cssselect("input[name=revision]")[0].get("value")
    await send(client, f"{second}/publish", revision=revision)
    assert await price() == "50.00"
    await send(client, f"{first}/roll-back")
    assert await price() == "87.50"
    states = texts(await page(client, "/panel/prices"), "tbody td .badge")
    assert states == ["Не действует", "Действует"]
    async with container.database().engine.connect() as connection:
        done = set((await connection.execute(select(audit.c.action))).scalars())
    assert {"pricing.rule_put", "pricing.rule_set_published", "pricing.rule_set_rolled_back"} <= done


async def test_a_discount_for_an_agreement(client: AsyncTestClient, container: Container, shop: Shop) -> None:
    """Typed by its title, shown, checked, charged under that agreement only, and explained to whom it is not for."""
    await shop.product("Болт", article="B-1", wholesale="100")
    first, second = await shop.company("ООО Ромашка"), await shop.company("ООО Лютик")
    async with container.database().engine.begin() as connection:
        await connection.execute(update(agreement).values(title="Основной"))
    buyers = []
    for where, mail in ((first, "a@example.test"), (second, "b@example.test")):
        buyers.append({"Authorization": f"Bearer {await shop.person(mail, companies={where: 2})}", "Cookie": ""})
    key = await draft(container, [])
    home = f"/panel/prices/{key}"
    root = (await page(client, f"{home}/rules/new")).cssselect("select[name=group] option")[0].get("value")
    fields = {"group": root, "kind": "articles", "articles": "B-1", "effect": "percent", "is_active": "1", "value": "7"}
    for typed, said in (("основной", "Название «основной» подходит нескольким"), ("Побочный", "Не найдено: Побочный.")):
        wrong = html.fromstring((await send(client, f"{home}/rules", 422, **fields, agreements=typed)).text)
        assert texts(wrong, "#agreements-error")[0].startswith(said)
    await send(client, f"{home}/rules", **fields, agreements="ооо ромашка: основной", title="По договору")
    shown = await page(client, f"{home}?q=основ")
    assert texts(shown, "tbody tr")[0].startswith("По договору B-1Список артикулов −7 % ООО Ромашка: Основной")
    rule = shown.cssselect("tbody th a")[0].get("href")
    assert (await page(client, rule)).cssselect("#agreements")[0].text.strip() == "ООО Ромашка: Основной"
    await send(client, rule, **fields, agreements="ООО Ромашка: Основной", title="По договору")
    assert "Исправлять нечего" in texts(await page(client, f"{home}/check"), "h2")
    await container.publish_rule_set()(ADMIN, key)
    charged = []
    for headers in buyers:
        answer = await client.post("/api/v1/prices", json={"lines": [{"article": "B-1"}]}, headers=headers)
        charged.append(answer.json()["lines"][0]["unit_price"])
    assert charged == ["93.00", "100.00"]
    told = await page(client, f"/panel/prices/explain?company={second}&article=B-1&quantity=1")
    assert "По договору" in told.text_content()


async def test_an_edit_after_the_check_refuses_publishing(client: AsyncTestClient, container: Container) -> None:
    key = await draft(container, [])
    home = f"/panel/prices/{key}"
    revision = (await page(client, f"{home}/check")).cssselect("input[name=revision]")[0].get("value")
    await send(client, f"{home}/preset", preset="brand_first")
    await send(client, f"{home}/publish", 422, revision=revision)
    await send(client, f"{home}/publish", 422, revision="")
    later = (await page(client, f"{home}/check")).cssselect("input[name=revision]")[0].get("value")
    await send(client, f"{home}/publish", 422, revision=later, starts_at="01.01.2020 00:00")
    done = await send(client, f"{home}/publish", revision=later, starts_at="01.01.2099 00:00")
    assert done.headers["location"].endswith("done=planned")
    await send(client, f"{home}/cancel-start")
    await send(client, f"{home}/cancel-start", 409)


async def test_presets_are_one_click(client: AsyncTestClient, container: Container) -> None:
    key = await draft(container, [])
    for preset, strategy in (("brand_first", Strategy.BY_KIND), ("largest", Strategy.MAX)):
        await send(client, f"/panel/prices/{key}/preset", preset=preset)
        assert (await container.show_rule_set()(ADMIN, key)).nodes[0].strategy is strategy
    await send(client, f"/panel/prices/{key}/preset", 404, preset="nonsense")


async def test_groups_and_limits_by_form(client: AsyncTestClient, container: Container, shop: Shop) -> None:
    key = await draft(container, [])
    home = f"/panel/prices/{key}"
    root = (await container.show_rule_set()(ADMIN, key)).nodes[0].group_id
    group = {"title": "Акции", "parent": str(root), "strategy": "sum", "inner": "max", "cap": "30"}
    await send(client, f"{home}/groups", **group)
    child = next(one for one in (await container.show_rule_set()(ADMIN, key)).nodes if one.parent_id)
    assert (child.title, child.cap_percent, child.strategy) == ("Акции", Decimal(30), Strategy.SUM)
    await send(client, f"{home}/groups", 422, **(group | {"cap": "много"}))
    await send(client, f"{home}/groups/{child.group_id}", 422, **(group | {"parent": str(child.group_id)}))
    assert texts(await page(client, f"{home}/groups/{child.group_id}"), "h1") == ["Группа скидок"]
    await send(client, f"{home}/groups/{child.group_id}/delete")
    await send(client, f"{home}/groups/{root}/delete", 404)
    limits = {"title": "Осень", "floor": str(shop.retail), "max_total_percent": "30"}
    await send(client, home, **limits)
    refused = html.fromstring((await send(client, home, 422, **(limits | {"max_total_percent": "130"}))).text)
    assert refused.cssselect("#max_total_percent-error")
    head = (await container.show_rule_set()(ADMIN, key)).head
    assert (head.title, head.limits.max_total_percent) == ("Осень", Decimal(30))


async def test_lists_are_filtered_and_paged(client: AsyncTestClient, container: Container, shop: Shop) -> None:
    brand = await shop.brand("Болтун")
    rules = [off_articles(str(place), f"B-{place}") for place in range(1, 56)]
    key = await draft(container, [*rules, off_brand("70", brand)])
    home = f"/panel/prices/{key}"
    first = await page(client, home)
    assert len(first.cssselect("tbody tr")) == 50
    second = await page(client, first.cssselect("a[rel=next]")[0].get("href"))
    assert len(second.cssselect("tbody tr")) == 6
    assert len((await page(client, f"{home}?q=болтун")).cssselect("tbody tr")) == 1
    assert len((await page(client, f"{home}?q=B-7")).cssselect("tbody tr")) == 1
    assert len((await page(client, f"{home}?kind=brand")).cssselect("tbody tr")) == 1
    assert "Ничего не нашлось" in texts(await page(client, f"{home}?q=zzz"), "h2")

    async def cost(path: str) -> int:
        with recorded_statements() as seen:
            assert (await client.get(path, headers=PAGE)).status_code == 200
        return len(seen)

    assert await cost(home) == await cost(f"{home}?q=B-7")


async def test_the_explainer_names_every_candidate(client: AsyncTestClient, container: Container, shop: Shop) -> None:
    await shop.product("Болт", article="B-1", wholesale="100")
    where = await shop.company("ООО Ромашка")
    await shop.company("ООО Ромашка-2")
    await in_force(container, off_articles("10", "B-1"), off_articles("20", "B-1", companies=(where,)))
    shown = await page(client, "/panel/prices/explain?company=ООО+Ромашка&article=b1&quantity=3")
    assert "internal 2" in texts(shown, ".reason li.won")[0]
    assert "internal 1" in texts(shown, ".reason li.lost")[0]
    await tell(container, USD="64")
    address = "/panel/prices/explain?company=ООО+Ромашка&article=b1&quantity=3"
    dollars = texts(await page(client, f"{address}&currency=USD"), ".reason .result")
    assert dollars[-1].endswith("1,25 $")
    assert "1 USD = 64 ₽, Банк России" in dollars[-1]
    assert "Курса EUR на сегодня нет" in (await page(client, f"{address}&currency=EUR")).text_content()
    several = await page(client, "/panel/prices/explain?company=Ромаш&article=b1&quantity=3")
    assert len(several.cssselect(".files a")) == 2
    for query in ("company=x&article=b1", "company=ООО+Ромашка&article=x", "company=ООО+Ромашка&article=b1&quantity=x"):
        assert (await page(client, f"/panel/prices/explain?{query}", 422)).cssselect(".error")


async def test_findings_lead_to_what_shows_them(client: AsyncTestClient, container: Container, shop: Shop) -> None:
    brand = await shop.brand("Болтун")
    await shop.product("Болт", article="B-1", brand=(brand, "Болтун"), wholesale="100")
    await shop.company("ООО Ромашка")
    key = await draft(container, [off_brand("5", brand), off_brand("7", brand)], strategy=Strategy.REFUSE)
    shown = await page(client, f"/panel/prices/{key}/check")
    assert texts(shown, "tbody .badge") == ["Требует решения"]
    assert not shown.cssselect("input[name=revision]")
    link = shown.cssselect("tbody td a.text-btn")[0].get("href")
    assert (await page(client, link)).cssselect(".reason li")
    await send(client, f"/panel/prices/{key}/publish", 422, revision="1")


@pytest.mark.parametrize("role", ["client", "manager", "head_of_managers", "director"])
async def test_only_administrators_edit_discounts(client: AsyncTestClient, container: Container, role: str) -> None:
    key = await draft(container, [])
    root = (await container.show_rule_set()(ADMIN, key)).nodes[0].group_id
    await enter(container, client, role)
    home = f"/panel/prices/{key}"
    for path in ("/panel/prices", home, f"{home}/check", f"{home}/rules/new", "/panel/prices/explain"):
        assert (await client.get(path, headers=PAGE)).status_code == 403, path
    for path in ("/panel/prices", home, f"{home}/publish", f"{home}/discard", f"{home}/rules", f"{home}/preset"):
        assert (await client.post(path, data={"group": str(root)}, headers=PAGE)).status_code == 403, path
    assert (await container.show_rule_set()(ADMIN, key)).head.revision == 2


async def test_what_is_not_there_is_not_found(client: AsyncTestClient, container: Container) -> None:
    key, none = await draft(container, []), uuid5(UUID(int=1), "none")
    for path in (f"/panel/prices/{none}", f"/panel/prices/{none}/check", f"/panel/prices/{key}/rules/{none}"):
        await page(client, path, 404)
    await send(client, f"/panel/prices/{key}/rules/{none}/delete", 404)
    await send(client, "/panel/prices", 422, title="x", based_on=str(none))
    await send(client, f"/panel/prices/{key}/discard")
    await page(client, f"/panel/prices/{key}", 404)
