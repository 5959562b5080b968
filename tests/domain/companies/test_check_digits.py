"""Check digits: public numbers pass, and any one mistyped digit is noticed (REG, protocols.md §6.4)."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.companies import check_digits as checks

WEIGHTS = (7, 1, 3)


def _digit(weights: tuple[int, ...], body: str) -> str:
    return str(sum(int(one) * weight for one, weight in zip(body, weights, strict=True)) % 11 % 10)


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count).filter(lambda text: text.strip("0") != "")


inn_10 = digits(9).map(lambda body: body + _digit((2, 4, 10, 3, 5, 9, 4, 6, 8), body))
ogrn = digits(12).map(lambda body: body + str(int(body) % 11 % 10))
ogrnip = digits(13).map(lambda body: f"3{body}{int('3' + body) % 13 % 10}")


@st.composite
def inn_12(draw: st.DrawFn) -> str:
    body = draw(digits(10))
    body += _digit((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), body)
    return body + _digit((3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8), body)


@st.composite
def accounts(draw: st.DrawFn) -> tuple[str, str]:
    """(account, BIK) whose key agrees: the ninth sign of the account is the key."""
    bik = "04" + draw(st.text("0123456789", min_size=7, max_size=7))
    account = "40702810" + "0" + draw(st.text("0123456789", min_size=11, max_size=11))
    sums = sum(int(one) * WEIGHTS[place % 3] % 10 for place, one in enumerate(bik[-3:] + account)) % 10
    # The key stands at place 11 of the whole string, where the weight is 3: 3 * 7 = 1 modulo 10.
    key = (-sums * 7) % 10
    return account[:8] + str(key) + account[9:], bik


def other_digit(text: str, place: int, step: int) -> str:
    return text[:place] + str((int(text[place]) + step) % 10) + text[place + 1 :]


@pytest.mark.parametrize(
    ("numbers", "is_one", "length"),
    [(inn_10, checks.is_inn, 10), (inn_12(), checks.is_inn, 12), (ogrnip, checks.is_ogrnip, 15)],
    ids=["inn of an organisation", "inn of a person", "ogrnip"],
)
def test_what_is_computed_passes(numbers: st.SearchStrategy[str], is_one: Any, length: int) -> None:
    @given(numbers)
    def check(number: str) -> None:
        assert len(number) == length
        assert is_one(number)

    check()


@given(inn_10, st.integers(0, 9), st.integers(1, 9))
def test_an_organisations_inn_with_one_wrong_digit_is_noticed_unless_the_sum_is_ten(
    number: str, place: int, step: int
) -> None:
    wrong = other_digit(number, place, step)
    if not checks.is_inn(wrong):
        return
    # The rule folds 10 into 0, so a pair of sums, 0 and 10, cannot be told apart; nothing else slips through.
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    sums = {
        sum(int(one) * weight for one, weight in zip(text[:9], weights, strict=True)) % 11 for text in (number, wrong)
    }
    assert sums == {0, 10}


@given(ogrnip, st.integers(1, 14), st.integers(1, 9))
def test_an_ogrnip_with_one_wrong_digit_is_noticed_unless_remainders_fold(number: str, place: int, step: int) -> None:
    wrong = other_digit(number, place, step)
    if checks.is_ogrnip(wrong):
        remainders = {int(text[:14]) % 13 for text in (number, wrong)}
        assert len(remainders) == 2
        assert len({one % 10 for one in remainders}) == 1


@given(ogrn, st.integers(0, 12), st.integers(1, 9))
def test_an_ogrn_with_one_wrong_digit_is_noticed_unless_remainders_fold(number: str, place: int, step: int) -> None:
    assert checks.is_ogrn(number)
    wrong = other_digit(number, place, step)
    if checks.is_ogrn(wrong):
        assert {int(text[:12]) % 11 for text in (number, wrong)} == {0, 10}


@given(accounts(), st.integers(0, 19), st.integers(1, 9))
def test_an_account_with_one_wrong_digit_is_always_noticed(pair: tuple[str, str], place: int, step: int) -> None:
    account, bik = pair
    assert checks.is_account_of(account, bik)
    wrong = other_digit(account, place, step)
    if wrong.startswith(("03", "301", "40102")):  # accounts of another sort, under another rule
        return
    assert not checks.is_account_of(wrong, bik)


@given(st.text(max_size=30))
def test_any_text_is_judged_without_an_error(text: str) -> None:
    for is_one in (checks.is_inn, checks.is_kpp, checks.is_ogrn, checks.is_ogrnip, checks.is_bik):
        assert is_one(text) in (True, False)
    assert checks.is_account_of(text, text) is False
    assert checks.is_correspondent_of(text, text) is False


@pytest.mark.parametrize("text", ["7707083893", "773601001 ", "７７０７０８３８９３", "٧٧٠٧٠٨٣٨٩٣", "0000000000"])
def test_only_ascii_digits_count(text: str) -> None:
    assert checks.is_inn(text) is (text == "7707083893")


@pytest.mark.shared
def test_vectors(shared: Path) -> None:
    """Public numbers and their copies with one rule broken."""
    vectors = json.loads((shared / "protocols/requisites/checksum_vectors.json").read_text("utf-8"))
    rules = {
        "inn": checks.is_inn,
        "kpp": checks.is_kpp,
        "ogrn": checks.is_ogrn,
        "ogrnip": checks.is_ogrnip,
        "bik": checks.is_bik,
    }
    seen = 0
    for name, is_one in rules.items():
        for vector in vectors[name]:
            assert is_one(vector["value"]) is vector["valid"], vector
            seen += 1
    banks = {
        "corr_account": checks.is_correspondent_of,
        "account": checks.is_account_of,
        "treasury_account": checks.is_account_of,
    }
    for name, belongs in banks.items():
        for vector in vectors[name]:
            assert belongs(vector["value"], vector["bik"]) is vector["valid"], vector
            seen += 1
    assert seen >= 40
