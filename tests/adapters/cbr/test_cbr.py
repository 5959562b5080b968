"""Official rates: twin and adapter keep one contract; whatever the bank sends is rates or one error."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.adapters.cbr import Cbr, CbrSettings, NoRates, adapter, read_sheet
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
            pytest.fail(f"{how}: {await (hasty if how == 'slow' else cbr).latest()}")
        assert caught.value.params["reason"], how
        assert (bank.requests, bank.elsewhere) == (number, 0), how
    bank.misbehave = ""
    assert await cbr.latest() == SHEET
    with pytest.raises(RatesUnavailable):
        await Cbr(CbrSettings("http://127.0.0.1:9/")).latest()
    with pytest.raises(RatesUnavailable):
        await NoRates().latest()


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
