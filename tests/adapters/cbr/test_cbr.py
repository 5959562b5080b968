"""Official rates: twin and adapter keep one contract; whatever the bank sends is rates or one error."""

import asyncio
import time
from collections.abc import Iterator
from decimal import Decimal

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.adapters.lookups.cbr import Cbr, CbrSettings, NoRates, adapter, read_sheet
from b2b_dvizhenie.application.pricing import CurrencyRates, RateSheet, RatesUnavailable
from b2b_dvizhenie.testing.contracts import CurrencyRatesContract
from b2b_dvizhenie.testing.contracts.currency_rates import SHEET
from b2b_dvizhenie.testing.gateways.cbr import MISBEHAVIOURS, CbrSimulator, document
from b2b_dvizhenie.testing.twins import RatesInMemory


@pytest.fixture
def bank() -> Iterator[CbrSimulator]:
    with CbrSimulator(SHEET) as one:
        yield one


class TestTwin(CurrencyRatesContract):
    @pytest.fixture
    def source(self) -> CurrencyRates:
        return RatesInMemory(SHEET)


class TestCbr(CurrencyRatesContract):
    @pytest.fixture
    def source(self, bank: CbrSimulator) -> CurrencyRates:
        return Cbr(CbrSettings(bank.url, 1))


@pytest.mark.anyio
async def test_every_misbehaviour_is_one_error(bank: CbrSimulator) -> None:
    cbr, hasty = Cbr(CbrSettings(bank.url, 5)), Cbr(CbrSettings(bank.url, 0.3))
    for number, how in enumerate(MISBEHAVIOURS, 1):
        bank.misbehave = how
        with pytest.raises(RatesUnavailable) as caught:
            pytest.fail(f"{how}: {await (hasty if how in ('slow', 'trickling') else cbr).latest()}")
        assert caught.value.params["reason"], how
        assert (bank.requests, bank.elsewhere) == (number, 0), how
    bank.misbehave = ""
    assert await cbr.latest() == SHEET
    with pytest.raises(RatesUnavailable):
        await Cbr(CbrSettings("http://127.0.0.1:9/")).latest()
    with pytest.raises(RatesUnavailable):
        await NoRates().latest()


@pytest.mark.anyio
async def test_the_limit_is_of_the_whole_request(bank: CbrSimulator) -> None:
    """A bank that sends a byte now and then is given up at the deadline; limits of single steps would wait it out."""
    bank.misbehave = "trickling"
    started = time.monotonic()
    with pytest.raises(RatesUnavailable) as caught:
        await Cbr(CbrSettings(bank.url, 0.2)).latest()
    assert caught.value.params["reason"] == "deadline"
    assert time.monotonic() - started < 1
    async with httpx.AsyncClient(timeout=0.2, trust_env=False) as client:
        with pytest.raises(TimeoutError):  # the control: no step of it is late by itself
            async with asyncio.timeout(0.6):
                await client.get(bank.url)


def test_a_value_is_for_many_units_and_a_missing_currency_is_absent() -> None:
    text = document(SHEET).decode("cp1251")
    assert "<Nominal>10000</Nominal>" in text
    assert "<Value>67,8910000</Value>" in text
    assert read_sheet(document(SHEET)).per_unit["UZS"] == Decimal("0.0067891")
    without = RateSheet(SHEET.day, SHEET.source, {"EUR": Decimal(90)})
    assert read_sheet(document(without)) == without


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"<ValCurs>{text}</ValCurs>".encode()))
def test_no_bytes_are_another_error(content: bytes) -> None:
    with pytest.raises(RatesUnavailable):
        read_sheet(content)


@pytest.mark.parametrize("url", ["http://example.test", "ftp://127.0.0.1", "https://a:b@example.test", "https://", ""])
def test_where_nobody_is_asked(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        adapter.build(CbrSettings(url), None)  # type: ignore[arg-type]  # nothing around is used
