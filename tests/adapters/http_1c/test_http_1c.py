"""Live prices over HTTP: twin and adapter keep one contract; whatever 1C sends is an answer, or one error in time."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.adapters.http_1c import Http1c, Http1cSettings, NoLivePrices, adapter, read_answer
from b2b_dvizhenie.application.pricing import LivePriceSource, LiveUnavailable
from b2b_dvizhenie.domain.pricing import LiveRefused, heard
from b2b_dvizhenie.testing.contracts import LivePriceSourceContract
from b2b_dvizhenie.testing.contracts.live_prices import PRICES, SOON, question
from b2b_dvizhenie.testing.gateways.http_1c import FAILURES, LIES, MISBEHAVIOURS, Http1cSimulator
from b2b_dvizhenie.testing.twins import LivePricesInMemory

BRIEF = timedelta(seconds=0.2)
LATE = {"slow", "hanging", "dripping"}


@pytest.fixture
def base() -> Iterator[Http1cSimulator]:
    with Http1cSimulator(PRICES) as one:
        yield one


def over(base: Http1cSimulator) -> Http1c:
    return Http1c(Http1cSettings(base.url, "portal", "secret"))


class TestTwin(LivePriceSourceContract):
    @pytest.fixture
    def source(self) -> LivePriceSource:
        return LivePricesInMemory(PRICES)


class TestHttp1c(LivePriceSourceContract):
    @pytest.fixture
    def source(self, base: Http1cSimulator) -> LivePriceSource:
        return over(base)


@pytest.mark.anyio
async def test_every_misbehaviour_is_an_error_in_time_or_no_price(base: Http1cSimulator) -> None:
    source = over(base)
    loop = asyncio.get_running_loop()
    for number, how in enumerate(MISBEHAVIOURS, 1):
        base.misbehave = how
        asked = question(("lamp", ""), ("lamp", "red"))
        began = loop.time()
        if how in FAILURES:
            with pytest.raises(LiveUnavailable) as caught:
                pytest.fail(f"{how}: {await source.ask(asked, BRIEF if how in LATE else SOON)}")
            assert caught.value.params["reason"] == "late" if how in LATE else caught.value.params["reason"], how
        elif how in LIES:
            with pytest.raises(LiveRefused):
                pytest.fail(f"{how}: {heard(asked, await source.ask(asked, SOON))}")
        else:
            try:
                found = heard(asked, await source.ask(asked, SOON))
            except LiveUnavailable:
                found = None  # not even JSON
            assert found is None or list(found.values()) == [PRICES["lamp", "red"]], how
        assert loop.time() - began < (0.6 if how in LATE else 3), how
        assert (len(base.requests), base.elsewhere) == (number, 0), how
    base.misbehave = ""
    assert len(heard(asked, await source.ask(asked, SOON))) == 2
    assert base.requests[-1]["items"][1] == {
        "line": 2,
        "product_id": "lamp",
        "variant_id": "red",
        "article": "",
        "quantity": "10",
    }


@pytest.mark.anyio
async def test_nobody_there_and_the_wrong_password(base: Http1cSimulator) -> None:
    for source, reason in (
        (Http1c(Http1cSettings(base.url, "portal", "wrong")), "http 401"),
        (Http1c(Http1cSettings(base.url)), "http 401"),
        (Http1c(Http1cSettings("http://127.0.0.1:9")), "ConnectError"),
        (NoLivePrices(), "off"),
    ):
        for call in (source.ask(question(("lamp", "")), SOON), source.ping(SOON)):
            with pytest.raises(LiveUnavailable) as caught:
                await call
            assert str(caught.value.params["reason"]).startswith(reason)


def test_prices_are_read_digit_by_digit() -> None:
    told = read_answer(
        b'{"request_id":"q","items":[{"line":1,"product_id":"a","price":0.1000000000},'
        b'{"line":2,"product_id":"a","price":"12345678901234.5678"},{"line":3,"product_id":"a","price":1e2}]}'
    )
    assert [line.price for line in told.lines] == [Decimal("0.1"), Decimal("12345678901234.5678"), None]


@given(
    st.binary(max_size=200) | st.text(max_size=60).map(lambda text: f'{{"request_id":"q","items":[{text}]}}'.encode())
)
def test_no_bytes_are_another_error(content: bytes) -> None:
    try:
        told = read_answer(content)
    except LiveUnavailable:
        return
    assert told.request_id is not None


@pytest.mark.parametrize("url", ["http://example.test", "ftp://127.0.0.1", "https://a:b@example.test", "https://", ""])
def test_where_nobody_is_asked(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        adapter.build(Http1cSettings(url), None)  # type: ignore[arg-type]  # nothing around is used
    with pytest.raises(ValueError, match="colon"):
        adapter.build(Http1cSettings("https://1c.example", "a:b"), None)  # type: ignore[arg-type]  # as above
