"""Opening the session of a person who has proved who they are; every way in ends here."""

from datetime import datetime

from msgspec import Struct

from b2b_dvizhenie.application.identity.ports import Accounts
from b2b_dvizhenie.domain.identity import new_token, token_hash
from b2b_dvizhenie.domain.shared.ids import UserId, new_id

MAX_AGENT = 500


class Visitor(Struct, frozen=True):
    """Who knocks: the address the request came from, and what the program calls itself."""

    address: str = ""
    user_agent: str = ""


class NewSession(Struct, frozen=True):
    """A fresh session: the token is told once and never again. `seconds` is how long it lives."""

    token: str
    expires_at: datetime
    seconds: int


async def opened(accounts: Accounts, user_id: UserId, visitor: Visitor, now: datetime) -> NewSession:
    """A session with a token of its own: nothing that the browser brought along becomes one (A8)."""
    token = new_token()
    lifetime = await accounts.token_lifetime()
    ends = now + lifetime
    await accounts.add_session(
        new_id(), user_id, token_hash(token), now, ends, visitor.address, visitor.user_agent[:MAX_AGENT]
    )
    return NewSession(token, ends, int(lifetime.total_seconds()))
