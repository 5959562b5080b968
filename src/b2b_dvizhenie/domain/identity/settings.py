"""What administrators decide about entering."""

from datetime import timedelta
from typing import Any

from b2b_dvizhenie.domain.settings import Number, Setting, Switch

TOKEN_LIFETIME_DAYS = Number(key="identity.token_lifetime_days", default=30, maximum=366)
"""Days from the login until its token dies and the login is asked again (TOK-3, TOK-4). Absolute: using or refreshing
a token does not prolong it, so a stolen one ends too."""

CODE_LOGIN = Switch(key="identity.code_login", group="entrance", default=False)
"""Whether people can log in by a one-time code in place of the password."""

CODES_PER_HOUR = Number(key="identity.codes_per_hour", group="entrance", default=300, maximum=100_000)
"""Codes and links that strangers can make the portal send within an hour, in all: the bound of what SMS may cost."""

INVITATION_HOURS = Number(key="identity.invitation_hours", group="entrance", default=72, maximum=24 * 30)
"""How long an invitation can be taken up."""

RECOVERY_MINUTES = Number(key="identity.recovery_minutes", group="entrance", default=60, minimum=5, maximum=24 * 60)
"""How long a link to a new password works."""

SETTINGS: tuple[Setting[Any], ...] = (
    TOKEN_LIFETIME_DAYS,
    CODE_LOGIN,
    CODES_PER_HOUR,
    INVITATION_HOURS,
    RECOVERY_MINUTES,
)


def token_lifetime(days: int) -> timedelta:
    """The setting as a duration."""
    return timedelta(days=days)
