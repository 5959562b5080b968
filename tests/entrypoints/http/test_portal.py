"""Pages a buyer sees: in through the login, sections, search, filters, the card, and out again."""

from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

import pytest
from httpx import Response
from litestar.testing import AsyncTestClient
from lxml import html
from shop import PASSWORD, Shop
from sqlalchemy import update

from b2b_dvizhenie.adapters.postgres.tables.catalog import warehouse
from b2b_dvizhenie.adapters.postgres.tables.companies import company
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user
from b2b_dvizhenie.adapters.postgres.tables.pricing import price_type

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PAGE = {"Accept": "text/html"}
PARTIAL = PAGE | {"HX-Request": "true", "HX-Request-Type": "partial"}


def texts(answer: Response, selector: str) -> list[str]:
    return [" ".join(one.text_content().split()) for one in html.fromstring(answer.text).cssselect(selector)]


def links(answer: Response, selector: str = "a") -> list[str]:
    return [one.get("href") for one in html.fromstring(answer.text).cssselect(selector)]


async def enter(client: AsyncTestClient, shop: Shop, *, level: int = 2, email: str = "buyer@example.test") -> None:
    company = await shop.company("ООО Ромашка", warehouse=shop.kazan)
    client.cookies.set("b2b_session", await shop.person(email, companies={company: level}))


async def get(client: AsyncTestClient, path: str, headers: dict[str, str] = PAGE) -> Response:
    answer = await client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


async def test_who_is_not_logged_in_is_sent_to_the_login_and_back(client: AsyncTestClient, shop: Shop) -> None:
    await shop.person("buyer@example.test")
    answer = await client.get("/search?q=болт&sort=name", headers=PAGE, follow_redirects=False)
    assert answer.status_code == 302
    target = answer.headers["location"]
    assert urlsplit(target).path == "/login"
    page = await get(client, target)
    wanted = html.fromstring(page.text).cssselect("form[action='/login'] input[name=next]")[0].get("value")
    assert parse_qs(urlsplit(wanted).query) == {"q": ["болт"], "sort": ["name"]}
    form = {"login": "buyer@example.test", "password": PASSWORD, "next": wanted}
    answer = await client.post("/login", data=form, headers=PAGE, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == wanted
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert (await client.get("/login", headers=PAGE, follow_redirects=False)).headers["location"] == "/"


async def test_a_wrong_password_brings_the_form_back_with_the_login(client: AsyncTestClient, shop: Shop) -> None:
    await shop.person("buyer@example.test")
    answer = await client.post("/login", data={"login": "buyer@example.test", "password": "wrong"}, headers=PAGE)
    assert answer.status_code == 422
    assert "set-cookie" not in answer.headers
    page = html.fromstring(answer.text)
    assert page.cssselect("input[name=login]")[0].get("value") == "buyer@example.test"
    assert "Неверный логин или пароль." in answer.text
    assert page.cssselect("input[name=password]")[0].get("value") in (None, "")


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
async def test_nobody_is_sent_to_another_site(client: AsyncTestClient, shop: Shop, target: str) -> None:
    await shop.person("buyer@example.test")
    form = {"login": "buyer@example.test", "password": PASSWORD, "next": target}
    answer = await client.post("/login", data=form, headers=PAGE, follow_redirects=False)
    assert answer.headers["location"] == "/"


async def test_logging_out_kills_the_session(client: AsyncTestClient, shop: Shop) -> None:
    await enter(client, shop)
    token = client.cookies["b2b_session"]
    answer = await client.post("/logout", headers=PAGE, follow_redirects=False)
    assert answer.headers["location"] == "/login"
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    client.cookies.set("b2b_session", token)
    assert (await client.get("/catalog", headers=PAGE, follow_redirects=False)).status_code == 302


async def test_home_is_the_catalogue(client: AsyncTestClient, shop: Shop) -> None:
    await enter(client, shop)
    answer = await client.get("/", headers=PAGE, follow_redirects=False)
    assert answer.headers["location"] == "/catalog"


async def test_a_section_with_prices_stock_path_and_neighbours(client: AsyncTestClient, shop: Shop) -> None:
    root = await shop.section("Электрика")
    leaf = await shop.section("Кабель", root)
    other = await shop.section("Щиты", root)
    await shop.product("ВВГ 3х2,5", section=leaf, article="V-1", wholesale="1234.5", stock={shop.kazan: "120"})
    await shop.product("Щит", section=other)
    await enter(client, shop)
    answer = await get(client, f"/catalog/{leaf}")
    assert texts(answer, "h1") == ["Кабель 1"]
    assert texts(answer, ".crumbs li") == ["Каталог", "Электрика"]
    assert texts(answer, ".tree a") == ["Электрика 2", "Кабель 1", "Щиты 1"]
    assert texts(answer, "tbody .c-name a") == ["ВВГ 3х2,5"]
    assert texts(answer, "tbody .c-price .now") == ["1 234,50 ₽"]
    assert texts(answer, "tbody .c-stock li.mine .left") == ["120"]
    assert "no-store" in answer.headers["cache-control"]
    assert "HX-Request" in answer.headers["vary"]


async def test_htmx_gets_the_list_only(client: AsyncTestClient, shop: Shop) -> None:
    await shop.product("Болт")
    await enter(client, shop)
    answer = await get(client, "/catalog?sort=article", PARTIAL)
    assert "<html" not in answer.text
    assert texts(answer, "#catalogue tbody .c-name a") == ["Болт"]
    answer = await get(client, "/catalog", PARTIAL | {"HX-History-Restore-Request": "true"})
    assert "<html" in answer.text


async def test_an_expired_session_sends_htmx_to_the_login(client: AsyncTestClient, shop: Shop) -> None:
    answer = await client.get("/catalog?sort=name", headers=PARTIAL, follow_redirects=False)
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/login?next=%2Fcatalog%3Fsort%3Dname"


async def test_filters_work_as_a_plain_form_and_as_chips(client: AsyncTestClient, shop: Shop) -> None:
    iek, ekf = await shop.brand("IEK"), await shop.brand("EKF")
    await shop.product("А", brand=(iek, "IEK"), stock={shop.moscow: "1"})
    await shop.product("Б", brand=(ekf, "EKF"))
    await shop.product("В", brand=(ekf, "EKF"), stock={shop.moscow: "1"})
    await enter(client, shop)
    answer = await get(client, f"/catalog?brand={ekf}&in_stock=true&sort=name")
    assert texts(answer, "tbody .c-name a") == ["В"]
    page = html.fromstring(answer.text)
    checked = {(box.get("name"), box.get("value")) for box in page.cssselect("#filters input[checked]")}
    assert checked == {("brand", str(ekf)), ("in_stock", "true")}
    assert [box.get("value") for box in page.cssselect("#filters input[name=brand]")] == [str(ekf), str(iek)]
    chips = {
        text.split(",")[0]: url for text, url in zip(texts(answer, "a.chip"), links(answer, "a.chip"), strict=True)
    }
    assert parse_qs(urlsplit(chips["EKF"]).query) == {"in_stock": ["true"], "sort": ["name"]}
    assert parse_qs(urlsplit(chips["Только в наличии"]).query) == {"brand": [str(ekf)], "sort": ["name"]}
    assert texts(await get(client, chips["Только в наличии"]), "tbody .c-name a") == ["Б", "В"]
    assert page.cssselect("#filters")[0].get("hx-push-url") == "true"


async def test_pages_of_a_long_list(client: AsyncTestClient, shop: Shop) -> None:
    for place in range(60):
        await shop.product(f"Болт М{place}")
    await enter(client, shop)
    first = await get(client, "/catalog")
    assert texts(first, ".pager .range") == ["1–50 из 60"]
    second = await get(client, links(first, ".pager a[rel=next]")[0])
    assert texts(second, ".pager .range") == ["51–60 из 60"]
    assert len(texts(second, "tbody tr")) == 10
    back = await get(client, links(second, ".pager a[rel=prev]")[0])
    assert texts(back, "tbody .c-name a") == texts(first, "tbody .c-name a")
    assert not links(back, ".pager a[rel=prev]")


async def test_search_says_what_it_did_with_the_text(client: AsyncTestClient, shop: Shop) -> None:
    await shop.product("Автомат", article="A-1")
    await enter(client, shop)
    answer = await get(client, "/search?q=fdnjvfn")
    assert texts(answer, "tbody .c-name a") == ["Автомат"]
    assert "автомат" in texts(answer, ".notice")[0]
    literal = await get(client, links(answer, ".notice a")[0])
    assert texts(literal, "tbody tr") == []
    assert html.fromstring(answer.text).cssselect("#search")[0].get("value") == "fdnjvfn"
    assert (await client.get("/search?q=", headers=PAGE, follow_redirects=False)).headers["location"] == "/catalog"


async def test_suggestions(client: AsyncTestClient, shop: Shop) -> None:
    product = await shop.product("Автомат", article="A-1", wholesale="10")
    await enter(client, shop)
    answer = await get(client, "/search/suggest?q=авто", PARTIAL)
    assert links(answer, "a[role=option]")[0] == f"/products/{product}"
    assert "10,00" in answer.text
    assert (await get(client, "/search/suggest?q=а", PARTIAL)).text.count("/products/") == 0


async def test_a_card(client: AsyncTestClient, shop: Shop) -> None:
    section = await shop.section("Лампы")
    breaks = {"1": "80", "10": "70.005"}
    product = await shop.product(
        "Лампа <b>&", section=section, article="L-1", wholesale=breaks, properties={"Цоколь": ["E27"]}
    )
    await enter(client, shop)
    answer = await get(client, f"/products/{product}")
    assert texts(answer, "h1") == ["Лампа <b>&"]
    assert texts(answer, ".crumbs li") == ["Каталог", "Лампы"]
    assert texts(answer, ".figures b") == ["80,00 ₽"]
    assert "70,01 ₽" in " ".join(texts(answer, ".buy dd"))
    assert "Оптовая" in " ".join(texts(answer, ".reason li"))
    assert "E27" in " ".join(texts(answer, "dl dd"))
    assert (await client.get("/products/01a00000-0000-7000-8000-000000000000", headers=PAGE)).status_code == 404


async def test_texts_of_others_cannot_become_markup(client: AsyncTestClient, shop: Shop) -> None:
    evil = '<script>alert("x")</script>\'"&'
    brand = (await shop.brand(evil), evil)
    section = await shop.section(evil)
    product = await shop.product(
        evil, article=evil, section=section, brand=brand, stock={shop.moscow: "1"}, properties={evil: [evil]}
    )
    await shop.variant(product, name=evil, wholesale="1", stock={shop.kazan: "5"})
    await enter(client, shop)
    async with shop.container.database().engine.begin() as connection:
        await connection.exec_driver_sql(
            "UPDATE product SET unit_name = %(evil)s, description = %(evil)s, country = %(evil)s, code = %(evil)s",
            {"evil": evil},
        )
        for table in (warehouse, company, app_user, price_type):
            await connection.execute(update(table).values(name=evil))
        await connection.exec_driver_sql("UPDATE variant SET article = %(evil)s", {"evil": evil})
    paths = (
        "/catalog",
        f"/catalog/{section}",
        f"/products/{product}",
        f"/search?q={evil}",
        f"/search/suggest?q={evil}",
    )
    for path in paths:
        answer = await get(client, path)
        assert "alert" in answer.text, path
        assert "<script>alert" not in answer.text, path
        for node in html.fromstring(answer.text).iter():
            assert not any(name.startswith("on") for name in node.attrib), path


async def test_prices_and_stock_one_may_not_see_are_absent_from_pages(client: AsyncTestClient, shop: Shop) -> None:
    product = await shop.product("Болт", retail="500", wholesale="63.17", stock={shop.moscow: "777.625"})
    await enter(client, shop, level=1)
    addresses = ("/catalog", f"/products/{product}", "/search?q=болт", "/search/suggest?q=болт")
    for path in addresses:
        answer = await get(client, path)
        assert "63,17" not in answer.text, path
        assert "Оптовая" not in answer.text, path
        assert "500,00" in answer.text, path
        assert path == "/search/suggest?q=болт" or "777,625" in answer.text, path
    async with shop.container.database().engine.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM role_grant WHERE permission IN ('prices.view', 'stock.view')")
    for path in addresses:
        answer = await get(client, path)
        assert "500,00" not in answer.text, path
        assert "777,625" not in answer.text, path
        assert "Розничная" not in answer.text, path
    assert not html.fromstring((await get(client, "/catalog")).text).cssselect("input[name=in_stock]")


async def test_staff_look_at_the_catalogue_without_a_company(client: AsyncTestClient, shop: Shop) -> None:
    product = await shop.product("Болт", stock={shop.moscow: "7"})
    client.cookies.set("b2b_session", await shop.person("manager@example.test", role="manager"))
    for path in ("/catalog", f"/products/{product}"):
        answer = await get(client, path)
        assert "80,00" not in answer.text
        assert not html.fromstring(answer.text).cssselect("input.qty")
    assert texts(await get(client, "/catalog"), "tbody .left") == ["7, мало"]


async def test_changing_the_company_changes_prices(client: AsyncTestClient, shop: Shop) -> None:
    await shop.product("Болт", retail="100", wholesale="80")
    one, other = await shop.company("Альфа"), await shop.company("Бета", wholesale=False)
    foreign = await shop.company("Чужая")
    client.cookies.set("b2b_session", await shop.person("buyer@example.test", companies={one: 2, other: 2}))
    assert texts(await get(client, "/catalog"), "tbody .now") == ["80,00 ₽"]
    form = {"company": str(other), "next": "/catalog?sort=name"}
    answer = await client.post("/companies/select", data=form, headers=PAGE, follow_redirects=False)
    assert answer.headers["location"] == "/catalog?sort=name"
    assert texts(await get(client, "/catalog"), "tbody .now") == ["100,00 ₽"]
    answer = await client.post("/companies/select", data={"company": str(foreign)}, headers=PAGE)
    assert answer.status_code == 404
    assert texts(await get(client, "/catalog"), "tbody .now") == ["100,00 ₽"]


async def test_language_and_theme_are_kept(client: AsyncTestClient, shop: Shop) -> None:
    await shop.product("Болт")
    await enter(client, shop)
    answer = await client.post(
        "/preferences", data={"language": "en", "next": "/catalog"}, headers=PAGE, follow_redirects=False
    )
    assert answer.headers["location"] == "/catalog"
    answer = await get(client, "/catalog")
    assert html.fromstring(answer.text).get("lang") == "en"
    assert "Catalogue" in texts(answer, "h1")[0]


async def test_a_refusal_is_a_page_for_people(client: AsyncTestClient, shop: Shop) -> None:
    await enter(client, shop)
    for path, status in (("/catalog/01a00000-0000-7000-8000-000000000000", 404), ("/catalog?cursor=x", 400)):
        answer = await client.get(path, headers=PAGE)
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("text/html")
        assert texts(answer, "h1") != []
        assert answer.headers["x-request-id"] in answer.text
    assert (await client.get("/nowhere", headers=PAGE)).status_code == 404


async def test_no_link_of_a_page_leads_nowhere(client: AsyncTestClient, shop: Shop) -> None:
    section = await shop.section("Метизы")
    product = await shop.product("Болт", section=section, properties={"Сталь": ["A2"]})
    await enter(client, shop)

    def local(addresses: Iterable[str | None]) -> set[str]:
        return {one.split("#")[0] for one in addresses if one and one.startswith("/")}

    seen: set[str] = set()
    for path in ("/catalog", f"/catalog/{section}", f"/products/{product}", "/search?q=болт", "/search?q=нету"):
        page = html.fromstring((await get(client, path)).text)
        seen |= local(one.get("href") for one in page.cssselect("a, link"))
        seen |= local(one.get("src") for one in page.cssselect("script, img"))
    client.cookies.clear()
    seen |= local(links(await get(client, "/login")))
    await enter(client, shop, email="other@example.test")
    for address in seen:
        answer = await client.get(address, headers=PAGE)
        assert answer.status_code == 200, address


async def test_static_files_are_kept_for_ever(client: AsyncTestClient, shop: Shop) -> None:
    await enter(client, shop)
    page = html.fromstring((await get(client, "/catalog")).text)
    styles = [one.get("href") for one in page.cssselect("link[rel=stylesheet]")]
    assert styles
    for address in styles:
        answer = await client.get(address)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (await client.get("/static/x/../../settings.py")).status_code == 404
    assert (await client.get("/static/x/%2e%2e/%2e%2e/app.py")).status_code == 404


async def test_pictures_are_for_members_only(client: AsyncTestClient, shop: Shop, tmp_path) -> None:
    """REG-2: an anonymous visitor cannot read pictures of products, whatever address he knows."""
    source = tmp_path / "picture.png"
    source.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    stored = shop.container.files().put_picture(source)
    address = f"/files/pictures/{stored.sha256}"
    refused = await client.get(address, headers={"Accept": "image/*"})
    assert refused.status_code == 401
    assert source.read_bytes() not in refused.content
    await enter(client, shop)
    answer = await client.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert answer.content == source.read_bytes()
    assert (await client.get(address, headers={"If-None-Match": answer.headers["etag"]})).status_code == 304
    assert (await client.get(f"/files/pictures/{'0' * 64}")).status_code == 404
    assert (await client.get("/files/pictures/..%2f..%2fb2b.toml")).status_code == 404
