"""The second step: codes of an authenticator app by RFC 6238, and recovery codes for the day it is lost.

The algorithm is thirty lines of the standard library and is held to the test vectors of the RFC; a package for it would
be the only dependency of the domain.
"""

import secrets
from base64 import b32encode
from datetime import datetime
from hashlib import sha1
from hmac import compare_digest, digest
from urllib.parse import quote, urlencode

from b2b_dvizhenie.domain.shared.errors import DomainError, Kind

STEP_SECONDS = 30
DIGITS = 6
DRIFT = 1
"""Steps that a phone's clock may be off, either way."""
SECRET_BYTES = 20
"""As long as the hash of the HMAC, as RFC 4226 §4 recommends."""
RECOVERY_CODES = 10
RECOVERY_DIGITS = 10
"""Digits, so that the keyboard of the field has them: 33 bits, of which ten guesses a day find nothing."""


class SecondFactorDue(DomainError):
    """The role requires a second step, and the person has not set it up yet: nothing else is open until then."""

    code = "identity.second_factor_due"
    kind = Kind.FORBIDDEN


class SecondFactorOn(DomainError):
    """It is switched on already; another phone is set up after switching it off."""

    code = "identity.second_factor_on"
    kind = Kind.CONFLICT


class SecondFactorOff(DomainError):
    """It is not switched on, or setting it up was not begun."""

    code = "identity.second_factor_off"
    kind = Kind.CONFLICT


class SecondFactorRequired(DomainError):
    """The role requires it: the person himself cannot switch it off."""

    code = "identity.second_factor_required"
    kind = Kind.CONFLICT


def new_secret() -> bytes:
    """160 random bits."""
    return secrets.token_bytes(SECRET_BYTES)


def step_of(now: datetime) -> int:
    """The time step that holds the moment (RFC 6238 §4.2 with T0 = 0)."""
    return int(now.timestamp()) // STEP_SECONDS


def code_at(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """The code of a time step: HOTP by SHA-1 with the dynamic truncation of RFC 4226 §5.3."""
    mac = digest(secret, step.to_bytes(8, "big"), sha1)
    place = mac[-1] & 0x0F
    number = int.from_bytes(mac[place : place + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**digits:0{digits}}"


def matching_step(secret: bytes, code: str, now: datetime, last: int) -> int | None:
    """The time step whose code was typed, or None.

    Args:
        secret: shared with the phone.
        code: as typed, cleaned by `typed_code`.
        now: the moment; a step before and one after it are accepted.
        last: the latest step that was used; neither it nor an earlier one works again (RFC 6238 §5.2).
    """
    typed = code.encode("utf-8", "surrogatepass")
    here = step_of(now)
    found = None
    for step in range(here - DRIFT, here + DRIFT + 1):
        if compare_digest(code_at(secret, step).encode(), typed) and step > last:
            found = step
    return found


def key_text(secret: bytes) -> str:
    """The secret as it is typed by hand: Base32 in groups of four."""
    text = b32encode(secret).decode().rstrip("=")
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def provisioning_uri(secret: bytes, account: str, issuer: str) -> str:
    """What the QR code holds: the `otpauth` address that authenticator apps read."""
    label = f"{quote(issuer, safe='')}:{quote(account, safe='')}"
    values = {"secret": key_text(secret).replace(" ", ""), "issuer": issuer, "digits": DIGITS, "period": STEP_SECONDS}
    return f"otpauth://totp/{label}?{urlencode(values, quote_via=quote)}"


def new_recovery_codes() -> tuple[str, ...]:
    """Ten different codes, `12345-67890`, each of which replaces the phone once."""
    found: dict[str, None] = {}
    while len(found) < RECOVERY_CODES:
        digits = f"{secrets.randbelow(10**RECOVERY_DIGITS):0{RECOVERY_DIGITS}}"
        found[f"{digits[:5]}-{digits[5:]}"] = None
    return tuple(found)
