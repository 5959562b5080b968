"""Opening the session of a person who has proved who they are; every way in passes here."""

from datetime import datetime

from msgspec import Struct

from b2b_dvizhenie.application.identity.ports import Accounts, IdentityTransaction
from b2b_dvizhenie.domain.identity import CODE_LIFETIME, Challenge, Purpose, new_token, token_hash
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


class SecondStep(Struct, frozen=True):
    """The first step is passed; a code of the authenticator app is asked, with this secret, until `expires_at`."""

    challenge: str
    expires_at: datetime


async def entered(
    work: IdentityTransaction, user_id: UserId, visitor: Visitor, now: datetime
) -> NewSession | SecondStep:
    """A session for who has no second step, else the question for it. Every first step ends here."""
    if not await work.factors.is_on(user_id):
        return await opened(work.accounts, user_id, visitor, now)
    secret = new_token()
    asked = Challenge(
        challenge_id=new_id(),
        purpose=Purpose.SECOND_STEP,
        browser_hash=token_hash(secret),
        login=str(user_id),
        language="",
        created_at=now,
        expires_at=now + CODE_LIFETIME,
    )
    await work.challenges.add(asked, visitor.address)
    return SecondStep(secret, asked.expires_at)


async def opened(accounts: Accounts, user_id: UserId, visitor: Visitor, now: datetime) -> NewSession:
    """A session with a token of its own: nothing that the browser brought along becomes one (A8)."""
    token = new_token()
    lifetime = await accounts.token_lifetime()
    ends = now + lifetime
    await accounts.add_session(
        new_id(), user_id, token_hash(token), now, ends, visitor.address, visitor.user_agent[:MAX_AGENT]
    )
    return NewSession(token, ends, int(lifetime.total_seconds()))
