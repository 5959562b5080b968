"""One-time codes and links: how many, how long, how they are recognised (A1-A7)."""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.domain.shared.errors import DomainError, Kind
from b2b_dvizhenie.domain.shared.ids import UserId

CODE_DIGITS = 6
CODE_LIFETIME = timedelta(minutes=5)
CODE_TRIES = 5
CODES_PER_LOGIN = 5
"""Codes, and links to a new password, that one login may ask for within an hour."""
CODES_PER_ADDRESS = 20
"""Likewise from one address."""
WRONG_PER_LOGIN = 10
"""Wrong codes for one login within a day."""
WRONG_IN_ALL = 300
"""Wrong codes within an hour over all logins: guesses that are spread evenly then find one account in four months."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class CodeLoginOff(DomainError):
    """Logging in by a code is not switched on."""

    code = "identity.code_login_off"
    kind = Kind.CONFLICT


class WrongCode(DomainError):
    """Wrong, used, too late, tried too often, or asked for by another browser; which of them is not told."""

    code = "identity.wrong_code"
    kind = Kind.UNAUTHENTICATED


class DeadLink(DomainError):
    """The link was used, replaced by a newer one, has ended or never was."""

    code = "identity.dead_link"
    kind = Kind.NOT_FOUND


class Purpose(StrEnum):
    """What somebody asked for before being logged in."""

    CODE = "code"
    RECOVERY = "recovery"
    SECOND_STEP = "second_step"


class LinkKind(StrEnum):
    """What a link lets its holder do: set the first password, or a new one."""

    INVITATION = "invitation"
    RECOVERY = "recovery"


class Challenge(Struct, frozen=True, kw_only=True):
    """Something asked for by a browser. `login` is canonical; whether anybody has it is found out later, by a worker.

    For the second step `login` is the id of the person who has passed the first.
    `code_digest` is None until a code was made. `browser_hash` recognises the browser that asked.
    """

    challenge_id: UUID
    purpose: Purpose
    browser_hash: bytes
    login: str
    language: str
    created_at: datetime
    expires_at: datetime
    code_digest: bytes | None = None
    tries: int = 0
    used_at: datetime | None = None

    def takes_guesses(self, now: datetime) -> bool:
        """Whether a code is looked at. A clock that was set back lengthens nothing: before its time there is none."""
        in_time = self.created_at <= now < self.expires_at
        return self.used_at is None and in_time and self.tries < CODE_TRIES


class Link(Struct, frozen=True):
    """A link that is alive."""

    link_id: UUID
    kind: LinkKind
    user_id: UserId


def new_code() -> str:
    """Six digits, each equally likely."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


def typed_code(text: str) -> str:
    """A code as people type it: spaces and hyphens do not count. What cannot be one is cut, and will be wrong."""
    return "".join(sign for sign in text[:32] if sign not in " -\u00a0\t")[: CODE_DIGITS + 4]
