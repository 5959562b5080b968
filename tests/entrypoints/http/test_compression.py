"""Pages travel small to who asks for it; modules of 1C always get raw bytes."""

import pytest
from litestar.testing import AsyncTestClient

pytestmark = pytest.mark.anyio


async def test_a_page_is_compressed_on_request_only(client: AsyncTestClient) -> None:
    small = await client.get("/login", headers={"Accept": "text/html", "Accept-Encoding": "gzip"})
    raw = await client.get("/login", headers={"Accept": "text/html", "Accept-Encoding": "identity"})
    assert small.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in raw.headers
    assert small.text == raw.text
    assert small.num_bytes_downloaded * 2 < len(raw.content)


async def test_1c_always_gets_raw_bytes(client: AsyncTestClient) -> None:
    answer = await client.get("/1c_exchange.php?type=catalog&mode=checkauth", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers
