"""What the catalogue makes of wrong input: a problem that names the field, never a fault of ours."""

from base64 import urlsafe_b64encode
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar.testing import AsyncTestClient
from shop import Shop

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PRODUCTS = "/api/v1/catalog/products"


@pytest.mark.parametrize(
    ("params", "field", "code"),
    [
        ({"limit": 0}, "limit", "shared.field_invalid"),
        ({"limit": 201}, "limit", "shared.field_invalid"),
        ({"limit": "NaN"}, "limit", "shared.field_invalid"),
        ({"section": "kabel"}, "section", "shared.field_invalid"),
        ({"brand": "iek"}, "brand", "shared.field_invalid"),
        ({"sort": "dear"}, "sort", "shared.field_invalid"),
        ({"price_from": "-1"}, "price_from", "catalog.price_range_invalid"),
        ({"price_from": "NaN"}, "price_from", "catalog.price_range_invalid"),
        ({"price_from": "2", "price_to": "1"}, "price_to", "catalog.price_range_invalid"),
        ({"price_to": "1E+999"}, "price_to", "catalog.price_range_invalid"),
        ({"price_to": "1", "sort": "name"}, "sort", "catalog.range_needs_price_order"),
        ({"sort": "relevance"}, "sort", "catalog.sort_needs_query"),
        ({"in_stock": "perhaps"}, "in_stock", "shared.field_invalid"),
        ({"q": "я" * 201}, "q", "catalog.query_too_long"),
        ({"cursor": "nonsense"}, "cursor", "catalog.cursor_invalid"),
        ({"cursor": "я"}, "cursor", "catalog.cursor_invalid"),
        ({"cursor": "A" * 5000}, "cursor", "catalog.cursor_invalid"),
        ({"cursor": "AAAAAAAAAAAAAAAAAAAA"}, "cursor", "catalog.cursor_invalid"),
        ({"brand": [str(UUID(int=place)) for place in range(101)]}, "brand", "catalog.too_many_brands"),
    ],
)
async def test_bad_input_names_the_field(
    client: AsyncTestClient, shop: Shop, params: dict[str, object], field: str, code: str
) -> None:
    answer = await client.get(PRODUCTS, params=params, headers=await shop.buyer())
    assert answer.status_code == 400, answer.text
    assert [(fault["field"], fault["code"]) for fault in answer.json()["fields"]] == [(field, code)]


async def test_a_cursor_belongs_to_its_list(client: AsyncTestClient, shop: Shop) -> None:
    for name in ("А", "Б"):
        await shop.product(name)
    headers = await shop.buyer()
    cursor = (await client.get(PRODUCTS, params={"limit": 1}, headers=headers)).json()["next"]
    for other in ({"sort": "-name"}, {"q": "а"}, {"in_stock": "true"}):
        answer = await client.get(PRODUCTS, params={"limit": 1, "cursor": cursor, **other}, headers=headers)
        assert answer.json()["code"] == "catalog.cursor_invalid", other


async def test_no_parameter_can_break_a_read(client: AsyncTestClient, shop: Shop) -> None:
    await shop.product("Болт", article="A-1")
    headers = await shop.buyer()
    tried: list[dict[str, str]] = []

    @settings(suppress_health_check=list(HealthCheck))
    @given(
        st.fixed_dictionaries(
            {},
            optional={
                "q": st.text(max_size=30) | st.sampled_from(["A-1", "болт", "%", "'"]),
                "limit": st.text(max_size=5) | st.integers().map(str),
                "cursor": st.text(max_size=40)
                | st.binary(max_size=60).map(lambda raw: urlsafe_b64encode(raw).decode()),
                "sort": st.sampled_from(["name", "-name", "article", "-article", "-new", "relevance", "price", ""]),
                "section": st.uuids().map(str) | st.text(max_size=10),
                "brand": st.uuids().map(str) | st.text(max_size=10),
                "in_stock": st.sampled_from(["true", "false", "1", "", "x"]),
            },
        )
    )
    def collect(params: dict[str, str]) -> None:
        tried.append(params)

    collect()
    for params in tried:
        for path in (PRODUCTS, "/api/v1/catalog/facets"):
            answer = await client.get(path, params=params, headers=headers)
            assert answer.status_code in (200, 400, 404), (params, answer.text)
            assert answer.status_code == 200 or answer.json()["code"]
