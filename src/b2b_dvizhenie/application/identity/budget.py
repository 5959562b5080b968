"""How often a password may be guessed: failures within a window, per login and per address (REG-7)."""

from datetime import datetime, timedelta

from b2b_dvizhenie.application.identity.ports import Accounts
from b2b_dvizhenie.domain.identity import TooManyAttempts

ATTEMPT_WINDOW = timedelta(minutes=15)
ATTEMPTS_PER_LOGIN = 10
ATTEMPTS_PER_ADDRESS = 100


async def check_attempts(accounts: Accounts, login: str, address: str, now: datetime) -> None:
    """Refuse before the password is looked at.

    Raises:
        TooManyAttempts: the budget of failures for this login or address is used up.
    """
    by_login, by_address = await accounts.failures(login, address, now - ATTEMPT_WINDOW)
    if by_login >= ATTEMPTS_PER_LOGIN or by_address >= ATTEMPTS_PER_ADDRESS:
        raise TooManyAttempts(retry_after=int(ATTEMPT_WINDOW.total_seconds()))
