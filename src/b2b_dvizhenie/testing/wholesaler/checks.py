"""Check digits of Russian requisites and of bar codes, so that a validator has nothing to say about made-up data.

All codes carry region or tax office 00, which is given to nobody: they cannot be those of a real company.
"""

_INN10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_ACCOUNT = (7, 1, 3) * 8


def ean13(body: str) -> str:
    """`body` is 12 digits; the result has the check digit of GS1 appended."""
    odd = sum(map(int, body[0::2]))
    even = sum(map(int, body[1::2]))
    return f"{body}{-(odd + 3 * even) % 10}"


def inn(body: str) -> str:
    """ИНН of a legal entity from its first 9 digits (приказ ФНС ЕД-7-14/559)."""
    total = sum(weight * int(digit) for weight, digit in zip(_INN10, body, strict=True))
    return f"{body}{total % 11 % 10}"


def ogrn(body: str) -> str:
    """ОГРН from its first 12 digits: the last digit is the remainder by 11, its lower digit where it is 10."""
    return f"{body}{int(body) % 11 % 10}"


def account(bic: str, body: str, *, correspondent: bool = False) -> str:
    """A bank account of 20 digits; `body` has a 0 at its 9th place, which the key replaces.

    The key makes the weighted sum over (3 digits of the bank, account) end with 0 (instruction of the central bank,
    1997). A correspondent account is counted with 0 and digits 5–6 of the BIC, others with its last three digits.
    """
    bank = f"0{bic[4:6]}" if correspondent else bic[-3:]
    total = sum(int(digit) * weight for digit, weight in zip(bank + body, _ACCOUNT, strict=False))
    return f"{body[:8]}{total * 3 % 10}{body[9:]}"
