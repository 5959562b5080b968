"""Check digits of Russian requisites (protocols.md §6.4): one mistyped digit is always noticed, and nothing else is.

Every function takes text as it is stored and answers whether the number can exist; `requisites` says what is wrong in
words. Digits are ASCII: `str.isdigit` would take full-width ones, which no bank reads.
"""

import re

_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_11 = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_12 = (3, *_INN_11)
_ACCOUNT = (7, 1, 3)
_KPP = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}")
_ACCOUNT_FORM = re.compile(r"[0-9]{5}[0-9ABCEHKMPTX][0-9]{14}")
_LETTERS = {letter: str(digit) for digit, letter in enumerate("ABCEHKMPTX")}
_TREASURY = "03"
_OF_THE_BANK_OF_RUSSIA = ("301", "40102")


def is_digits(text: str, *lengths: int) -> bool:
    """Whether the text is ASCII digits of one of the lengths, not all of them zero."""
    return len(text) in lengths and text.isascii() and text.isdigit() and text.strip("0") != ""


def _weighed(text: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(text, weights, strict=False)) % 11 % 10


def is_inn(text: str) -> bool:
    """Whether it is a taxpayer's number: 10 digits of an organisation or 12 of a person."""
    if not is_digits(text, 10, 12):
        return False
    if len(text) == 10:
        return _weighed(text, _INN_10) == int(text[9])
    return _weighed(text, _INN_11) == int(text[10]) and _weighed(text, _INN_12) == int(text[11])


def is_kpp(text: str) -> bool:
    """Whether it has the form of a registration reason code; it has no check digit."""
    return _KPP.fullmatch(text) is not None and text.strip("0") != ""


def is_ogrn(text: str) -> bool:
    """Whether it is an organisation's state registration number: 13 digits."""
    return is_digits(text, 13) and int(text[:12]) % 11 % 10 == int(text[12])


def is_ogrnip(text: str) -> bool:
    """Whether it is an entrepreneur's state registration number: 15 digits beginning with 3."""
    return is_digits(text, 15) and text[0] == "3" and int(text[:14]) % 13 % 10 == int(text[14])


def is_bik(text: str) -> bool:
    """Whether it has the form of a bank's code: 9 digits beginning with 04, of a treasury 00 or 01. No check digit."""
    return is_digits(text, 9) and text[:2] in ("00", "01", "04")


def is_account_form(text: str) -> bool:
    """Whether it has the form of an account: 20 digits, at the sixth place perhaps the letter of an old currency."""
    return _ACCOUNT_FORM.fullmatch(text) is not None


def _keyed(prefix: str, account: str) -> bool:
    digits = prefix + "".join(_LETTERS.get(sign, sign) for sign in account)
    return sum(int(digit) * _ACCOUNT[place % 3] % 10 for place, digit in enumerate(digits)) % 10 == 0


def is_account_of(account: str, bik: str) -> bool:
    """Whether a settlement account can be one of this bank. Treasury accounts (03…) carry no key: only their form."""
    if not (is_account_form(account) and is_bik(bik)):
        return False
    if account.startswith(_TREASURY):
        return True
    if account.startswith(_OF_THE_BANK_OF_RUSSIA):
        return _keyed(f"0{bik[4:6]}", account)
    return _keyed(bik[-3:], account)


def is_correspondent_of(account: str, bik: str) -> bool:
    """Whether a correspondent account is the one of this bank in the Bank of Russia, or its treasury's single account.

    The account of a bank ends with the last three digits of its BIK.
    """
    if not (is_account_form(account) and is_bik(bik) and account.startswith(_OF_THE_BANK_OF_RUSSIA)):
        return False
    if account.startswith("301") and account[-3:] != bik[-3:]:
        return False
    return _keyed(f"0{bik[4:6]}", account)
