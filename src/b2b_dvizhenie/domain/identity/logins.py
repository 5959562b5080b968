"""A login is a phone in any spelling or an e-mail in any case (REG-3)."""

import re
from enum import StrEnum

from msgspec import Struct

from b2b_dvizhenie.domain.shared.errors import DomainError, Kind

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)*")
_PHONE_NOISE = re.compile(r"[\s()\-.\u00a0\u2010-\u2015]")
MAX_LOGIN = 254


class LoginKind(StrEnum):
    """What the person typed."""

    EMAIL = "email"
    PHONE = "phone"


class LoginInvalid(DomainError):
    """The text is neither an e-mail address nor a phone number."""

    code = "identity.login_invalid"


class LoginTaken(DomainError):
    """Another active user has this e-mail or phone; the field names which (REG-4)."""

    code = "identity.login_taken"
    kind = Kind.CONFLICT


class Login(Struct, frozen=True):
    """A login in its one canonical spelling: e-mail in lower case, phone as +79120000000."""

    kind: LoginKind
    value: str


def parse_login(text: str, field: str = "login") -> Login:
    """Canonical login of what a person typed.

    Phones: `+7 912 000-00-00`, `8 (912) 0000000`, `9120000000` and `79120000000` are one number; a number of another
    country must start with `+`.

    Raises:
        LoginInvalid: neither an e-mail nor a phone.
    """
    text = text.strip()
    if len(text) > MAX_LOGIN:
        raise LoginInvalid(field)
    if "@" in text:
        if not _EMAIL.fullmatch(text):
            raise LoginInvalid(field)
        return Login(LoginKind.EMAIL, text.lower())
    digits = _PHONE_NOISE.sub("", text)
    if digits.startswith("+"):
        digits = digits[1:]
    elif len(digits) == 11 and digits[0] == "8":
        digits = "7" + digits[1:]
    elif len(digits) == 10 and digits[0] == "9":
        digits = "7" + digits
    elif not (len(digits) == 11 and digits[0] == "7"):
        raise LoginInvalid(field)
    if not (digits.isascii() and digits.isdecimal() and 8 <= len(digits) <= 15):
        raise LoginInvalid(field)
    return Login(LoginKind.PHONE, f"+{digits}")


def parse_logins(email: str, phone: str) -> tuple[str | None, str | None]:
    """The canonical e-mail and phone of a person, of which one may be empty.

    Raises:
        LoginInvalid: naming the field that is not what it should be; `email` where both are empty.
    """
    mail = parse_login(email, "email") if email.strip() else None
    number = parse_login(phone, "phone") if phone.strip() else None
    if (mail and mail.kind is not LoginKind.EMAIL) or (mail is None and number is None):
        raise LoginInvalid("email")
    if number and number.kind is not LoginKind.PHONE:
        raise LoginInvalid("phone")
    return mail.value if mail else None, number.value if number else None
