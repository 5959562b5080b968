"""Search that forgives (UX B7, §6): what people type, and what they meant."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar.testing import AsyncTestClient
from shop import Shop

from b2b_dvizhenie.adapters.postgres.views.catalog import PostgresCatalogReader, tsquery
from b2b_dvizhenie.application.catalog.ports import Search
from b2b_dvizhenie.domain.catalog import Selection, read_text
from b2b_dvizhenie.domain.visibility import NOTHING_CLOSED

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

GOODS = [
    ("Автоматический выключатель ВА47-29 1Р 16А", "MVA20-1-016-C", "IEK"),
    ("Автомат ВА47-29 3Р 25А", "MVA20-3-025-C", "IEK"),
    ("Дифавтомат АД-12 2Р 16А 30мА", "DA12-16-30", "EKF"),
    ("Кабель ВВГнг(А)-LS 3х1,5", "VVG-315", "Камкабель"),
    ("Кабель ВВГнг(А)-LS 3х2,5", "VVG-325", "Камкабель"),
    ("Кабель ВВГнг(А)-LS 3х25", "VVG-3250", "Камкабель"),
    ("Розетка с заземлением белая", "ATN000143", "AtlasDesign"),
    ("Розетка двойная", "RS-2", "EKF"),
    ("Контактор КМИ-11810 18А", "KKM11-018-230-10", "IEK"),
    ("Лампа светодиодная 10 Вт E27", "LLE-10", "IEK"),
    ("Светильник потолочный", "SV-1", "Гранат"),
]


@pytest.fixture
async def headers(shop: Shop) -> dict[str, str]:
    brands: dict[str, tuple] = {}
    for name, article, brand in GOODS:
        if brand not in brands:
            brands[brand] = (await shop.brand(brand), brand)
        barcodes = ["4601234567893"] if article == "LLE-10" else []
        await shop.product(name, article=article, brand=brands[brand], barcodes=barcodes)
    lamp = await shop.product("Лампа филаментная", article="LLF-7")
    await shop.variant(lamp, name="тёплая", barcodes=["4600000000017"])
    return await shop.buyer()


async def search(
    client: AsyncTestClient, headers: dict[str, str], q: str, **params: object
) -> tuple[list[str], object]:
    answer = await client.get("/api/v1/catalog/products", params={"q": q, **params}, headers=headers)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    return [item["article"] for item in found["items"]], found["shown_for"]


AS_TYPED = [
    ("MVA20-1-016-C", "MVA20-1-016-C"),
    ("mva201016c", "MVA20-1-016-C"),
    ("МVА20 1 016 с", "MVA20-1-016-C"),
    ("VVG-325", "VVG-325"),
    ("vvg325", "VVG-325"),
    ("ввгнг 3х2,5", "VVG-325"),
    ("ВВГнг 3x2.5", "VVG-325"),
    ("кабель 3 х 2,5", "VVG-325"),
    ("ввгнг 3×1,5", "VVG-315"),
    ("4601234567893", "LLE-10"),
    ("4600000000017", "LLF-7"),
    ("КМИ11810", "KKM11-018-230-10"),
    ("кми-11810", "KKM11-018-230-10"),
    ("розетка атлас", "ATN000143"),
    ("розет", "RS-2"),
    ("дифавтоматы", "DA12-16-30"),
    ("светодиодные лампы", "LLE-10"),
    ("камкабель 3х25", "VVG-3250"),
]


async def test_found_as_typed(client: AsyncTestClient, headers: dict[str, str]) -> None:
    for text, first in AS_TYPED:
        found, shown_for = await search(client, headers, text)
        assert found[0] == first, text
        assert shown_for is None, text


async def test_every_spelling_of_a_series(client: AsyncTestClient, headers: dict[str, str]) -> None:
    for text in ("ва47-29", "ВА47 29", "ba47-29", "BA4729"):
        found, _ = await search(client, headers, text)
        assert set(found) == {"MVA20-1-016-C", "MVA20-3-025-C"}, text


AS_MEANT = [
    ("fdnjvfn", "MVA20-3-025-C", "автомат"),
    ("lbafdnjvfn", "DA12-16-30", "дифавтомат"),
    ("дифафтомат", "DA12-16-30", "дифавтомат"),
    ("rf,tkm 3x1.5", "VVG-315", "кабель 3x1d5"),
    ("rfabtkm 3х1,5", "VVG-315", "кабель 3x1d5"),
    ("шул контактор", "KKM11-018-230-10", "iek контактор"),
    ("vvgng 3x2,5", "VVG-325", "ввгнг 3x2d5"),
    ("rozetka", "RS-2", "розетка"),
    ("dd4729", "MVA20-3-025-C", "ba4729"),
    ("lbafdnjvfn 'ra", "DA12-16-30", "дифавтомат экф"),
    ("кантактор", "KKM11-018-230-10", "контактор"),
]


async def test_found_as_meant(client: AsyncTestClient, headers: dict[str, str]) -> None:
    for text, first, meant in AS_MEANT:
        found, shown_for = await search(client, headers, text)
        assert found[0] == first, text
        assert shown_for == {"text": meant, "any_word": False}, text
        literal, shown_for = await search(client, headers, text, literal="true")
        assert literal == [], text
        assert shown_for is None, text


async def test_size_without_its_comma(client: AsyncTestClient, headers: dict[str, str]) -> None:
    found, _ = await search(client, headers, "vvgng 3x25")
    assert found == ["VVG-3250", "VVG-325"]  # the size as written first, then the one that lost its comma


async def test_words_that_do_not_meet_in_one_good(client: AsyncTestClient, headers: dict[str, str]) -> None:
    found, shown_for = await search(client, headers, "купить контактор недорого")
    assert found == ["KKM11-018-230-10"]
    assert shown_for["any_word"] is True
    facets = await client.get("/api/v1/catalog/facets", params={"q": "купить контактор недорого"}, headers=headers)
    assert facets.json()["total"] == 1


async def test_an_article_comes_before_goods_that_mention_it(client: AsyncTestClient, shop: Shop) -> None:
    await shop.product("Адаптер для VVG-325, VVG-325 и VVG-325", article="AD-1")
    await shop.product("Я последний по имени", article="VVG-325")
    found, _ = await search(client, await shop.buyer(), "VVG-325")
    assert found == ["VVG-325", "AD-1"]


async def test_a_brand_comes_before_a_word(client: AsyncTestClient, shop: Shop) -> None:
    granite = (await shop.brand("Гранат"), "Гранат")
    await shop.product("А сок гранат", article="WORD")
    await shop.product("Я светильник", article="BRAND", brand=granite)
    found, _ = await search(client, await shop.buyer(), "гранат")
    assert found == ["BRAND", "WORD"]


async def test_odd_texts_are_answered(client: AsyncTestClient, headers: dict[str, str]) -> None:
    for text in ("!!!", "   ", "\x00", "'", "a & | ! ( ) :*", "\\", "🦊", "и", "%", "<->", "а" * 200):
        found, _ = await search(client, headers, text)
        assert found == [] or not text.strip(), text
        facets = await client.get("/api/v1/catalog/facets", params={"q": text}, headers=headers)
        assert facets.status_code == 200, text


async def test_any_text_makes_a_query_the_database_takes(shop: Shop) -> None:
    reader = PostgresCatalogReader(shop.container.database())

    texts = st.text(max_size=60) | st.text(alphabet="аbх3.,-/x×'\"&|!():*<> ", max_size=40)
    tried: list[str] = []

    @settings(suppress_health_check=list(HealthCheck))
    @given(texts)
    def collect(text: str) -> None:
        tried.append(text)

    collect()
    for text in tried:
        read = read_text(text)
        await reader.facets(Selection(text=text), Search(read.terms, read), NOTHING_CLOSED)
        assert "\x00" not in tsquery(Search(read.terms, read))
