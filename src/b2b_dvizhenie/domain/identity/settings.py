"""What administrators decide about entering."""

from datetime import timedelta
from typing import Any

from b2b_dvizhenie.domain.settings import Number, Setting

TOKEN_LIFETIME_DAYS = Number(key="identity.token_lifetime_days", default=30, maximum=366)
"""Days from the login until its token dies and the login is asked again (TOK-3, TOK-4). Absolute: using or refreshing
a token does not prolong it, so a stolen one ends too."""

SETTINGS: tuple[Setting[Any], ...] = (TOKEN_LIFETIME_DAYS,)


def token_lifetime(days: int) -> timedelta:
    """The setting as a duration."""
    return timedelta(days=days)
