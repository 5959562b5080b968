"""Requisites: what each legal form requires and forbids; every fault by its field, all at once."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.companies import BankAccount, CompanyKind, Requisites, checked
from b2b_dvizhenie.domain.companies.texts import clean_text
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid

LEGAL: dict[str, Any] = {"kind": CompanyKind.LEGAL, "name": "Romashka", "inn": "7707083893", "kpp": "773601001"}
ENTREPRENEUR: dict[str, Any] = {"kind": CompanyKind.ENTREPRENEUR, "name": "Ivanov", "inn": "500100732259"}
PERSON: dict[str, Any] = {"kind": CompanyKind.PERSON, "name": "Ivanov"}
BANK = BankAccount(bik="044525225", account="40702810138250123017", correspondent="30101810400000000225")


def faults(typed: Requisites) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        checked(typed)
    return {error.field or "": error.code.partition(".")[2] for error in caught.value.errors}


def test_numbers_lose_their_spaces_and_texts_are_composed() -> None:
    typed = Requisites(
        kind=CompanyKind.LEGAL,
        name="  Sen\u0303or   Nord ",
        inn="7707 083893",
        kpp=" 7736 ab 001",
        ogrn="1\u00a0027700132195",
        bank=BANK,
    )
    stored = checked(typed)
    assert (stored.name, stored.inn, stored.kpp, stored.ogrn) == (
        "Se\u00f1or Nord",
        "7707083893",
        "7736AB001",
        "1027700132195",
    )
    assert stored.bank == BANK
    assert checked(stored) == stored


@pytest.mark.parametrize("fields", [LEGAL, ENTREPRENEUR, PERSON], ids=["legal", "entrepreneur", "person"])
def test_the_least_that_is_required(fields: dict[str, Any]) -> None:
    assert checked(Requisites(**fields)).name


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        (LEGAL | {"inn": ""}, {"inn": "field_required"}),
        (LEGAL | {"inn": "500100732259"}, {"inn": "inn_malformed"}),
        (LEGAL | {"inn": "7707083894"}, {"inn": "inn_mistyped"}),
        (LEGAL | {"kpp": ""}, {"kpp": "field_required"}),
        (LEGAL | {"kpp": "77360100"}, {"kpp": "kpp_malformed"}),
        (LEGAL | {"ogrn": "385628643906308"}, {"ogrn": "ogrn_malformed"}),
        (LEGAL | {"ogrn": "1027700132196"}, {"ogrn": "ogrn_mistyped"}),
        (ENTREPRENEUR | {"inn": "7707083893"}, {"inn": "inn_malformed"}),
        (ENTREPRENEUR | {"kpp": "773601001"}, {"kpp": "kpp_forbidden"}),
        (ENTREPRENEUR | {"ogrn": "1027700132195"}, {"ogrn": "ogrn_malformed"}),
        (ENTREPRENEUR | {"ogrn": "385628643906309"}, {"ogrn": "ogrn_mistyped"}),
        (PERSON | {"kpp": "773601001", "ogrn": "385628643906308"}, {"kpp": "kpp_forbidden", "ogrn": "ogrn_forbidden"}),
        (PERSON | {"name": " "}, {"name": "field_required"}),
        (PERSON | {"name": "a" * 256}, {"name": "text_too_long"}),
        (PERSON | {"name": "Ivanov\u202e"}, {"name": "text_unreadable"}),
        (PERSON | {"bank": BankAccount(account="40702810138250123017")}, {"bank.bik": "bik_required"}),
        (PERSON | {"bank": BankAccount(bik="04452522A")}, {"bank.bik": "bik_malformed"}),
        (
            PERSON | {"bank": BankAccount(bik="044525974", account="40702810138250123017")},
            {"bank.account": "account_mistyped"},
        ),
        (
            PERSON | {"bank": BankAccount(bik="044525225", correspondent="3010181040000000022")},
            {"bank.correspondent": "account_malformed"},
        ),
    ],
)
def test_faults_name_their_field(fields: dict[str, Any], wrong: dict[str, str]) -> None:
    assert faults(Requisites(**fields)) == wrong


def test_all_faults_are_told_at_once() -> None:
    typed = Requisites(kind=CompanyKind.LEGAL, name="", inn="1", kpp="1", ogrn="1", bank=BankAccount(account="1"))
    assert set(faults(typed)) == {"name", "inn", "kpp", "ogrn", "bank.bik", "bank.account"}


@pytest.mark.parametrize(
    "sign", ["\x00", "\x1b", "\u200b", "\u202e", "\u2066", "\ud800", "\ufffe", "\U000e0041", "\ue000"]
)
def test_signs_that_cannot_be_read_are_refused(sign: str) -> None:
    with pytest.raises(DomainError) as caught:
        clean_text(f"Rom{sign}ashka", "name", 255)
    assert (caught.value.code, caught.value.field) == ("companies.text_unreadable", "name")


def test_a_huge_text_is_refused_at_once() -> None:
    with pytest.raises(DomainError) as caught:
        clean_text("\u0301" * 10_000_000, "name", 255)
    assert caught.value.params == {"maximum": 255}


@given(st.text(max_size=300))
def test_a_clean_text_stays_as_it_is(text: str) -> None:
    try:
        once = clean_text(text, "name", 255)
    except DomainError:
        return
    assert clean_text(once, "name", 255) == once
    assert once.encode().decode() == once
