"""Logging in by a one-time code (A1-A7, A9).

Asking does the same work whoever asks: it is counted, remembered and left to a worker, which alone looks whether
there is such a person. So neither the answer nor its time tells.
"""

from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.identity.entering import NewSession, SecondStep, Visitor, entered
from b2b_dvizhenie.application.identity.ports import Challenges, IdentityTransaction, IdentityWork
from b2b_dvizhenie.application.settings import CurrentSettings
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.application.shared.jobs import Job
from b2b_dvizhenie.application.shared.sealing import Sealer
from b2b_dvizhenie.domain.identity import (
    CODE_LIFETIME,
    CODE_LOGIN,
    CODES_PER_ADDRESS,
    CODES_PER_HOUR,
    CODES_PER_LOGIN,
    DAY,
    HOUR,
    WRONG_IN_ALL,
    WRONG_PER_LOGIN,
    Challenge,
    CodeLoginOff,
    Purpose,
    TooManyAttempts,
    WrongCode,
    new_code,
    new_token,
    parse_login,
    token_hash,
    typed_code,
)
from b2b_dvizhenie.domain.messaging import Message, channel_of
from b2b_dvizhenie.domain.shared.ids import new_id

CODE_JOB = "identity.send_code"
"""Job name; payload `{challenge_id}`."""


class AskedCode(Struct, frozen=True):
    """What the browser keeps: a secret that binds the code to it, and until when the code works."""

    challenge: str
    expires_at: datetime


async def checked_budget(challenges: Challenges, login: str, address: str, in_all: int, now: datetime) -> None:
    """Refuse what would exceed the budget of an hour; holds the budget until the transaction ends.

    Raises:
        TooManyAttempts: the login, the address, or everybody together asked too often.
    """
    await challenges.hold_budget()
    of_login, of_address, everybody = await challenges.asked(login, address, now - HOUR)
    if of_login >= CODES_PER_LOGIN or of_address >= CODES_PER_ADDRESS or everybody >= in_all:
        raise TooManyAttempts(retry_after=int(HOUR.total_seconds()))


async def asked_for(
    work: IdentityTransaction,
    purpose: Purpose,
    login: str,
    language: str,
    address: str,
    job: str,
    now: datetime,
    lifetime: timedelta,
) -> AskedCode:
    """Remember what was asked for and leave it to a worker."""
    secret = new_token()
    made = Challenge(
        challenge_id=new_id(),
        purpose=purpose,
        browser_hash=token_hash(secret),
        login=login,
        language=language,
        created_at=now,
        expires_at=now + lifetime,
    )
    await work.challenges.add(made, address)
    await work.jobs.enqueue(Job(name=job, payload={"challenge_id": str(made.challenge_id)}, priority=10))
    return AskedCode(secret, made.expires_at)


class AskForCode:
    """Ask for a code to log in by."""

    def __init__(self, work: IdentityWork, current: CurrentSettings, clock: Clock) -> None:
        self._work = work
        self._current = current
        self._clock = clock

    async def __call__(self, login: str, *, address: str = "", language: str = "ru") -> AskedCode:
        """Have a code sent to the login, if somebody who may log in has it; the answer is the same if nobody has.

        Raises:
            CodeLoginOff: it is not switched on.
            LoginInvalid: neither a phone nor an e-mail address.
            TooManyAttempts: a budget is used up.
        """
        if not await self._current(CODE_LOGIN):
            raise CodeLoginOff
        known = parse_login(login)
        in_all = await self._current(CODES_PER_HOUR)
        now = self._clock()
        async with self._work() as work:
            await checked_budget(work.challenges, known.value, address, in_all, now)
            asked = await asked_for(work, Purpose.CODE, known.value, language, address, CODE_JOB, now, CODE_LIFETIME)
            await work.commit()
        return asked


class SendCode:
    """Make the code that was asked for and send it; runs in a job."""

    def __init__(self, work: IdentityWork, sealer: Sealer, clock: Clock) -> None:
        self._work = work
        self._sealer = sealer
        self._clock = clock

    async def __call__(self, challenge_id: UUID) -> None:
        """Nothing happens where nobody active has the login, the time is over, or a code was made already."""
        now = self._clock()
        async with self._work() as work:
            asked = await work.challenges.by_id(challenge_id)
            if asked is None or asked.code_digest is not None or not asked.takes_guesses(now):
                return
            if await work.accounts.by_login(parse_login(asked.login)) is None:
                return
            code = new_code()
            await work.challenges.set_code(challenge_id, self._sealer.digest(code, f"code:{challenge_id}"))
            await work.outbox.put(
                Message(
                    channel=channel_of(asked.login),
                    to=asked.login,
                    template="identity.login_code",
                    params={"code": code},
                    language=asked.language,
                    expires_at=asked.expires_at,
                )
            )
            await work.commit()


class LogInByCode:
    """Log in by the code that was sent."""

    def __init__(self, work: IdentityWork, current: CurrentSettings, sealer: Sealer, clock: Clock) -> None:
        self._work = work
        self._current = current
        self._sealer = sealer
        self._clock = clock

    async def __call__(self, challenge: str, code: str, visitor: Visitor) -> NewSession | SecondStep:
        """Open a session, or ask for the second step.

        A code works once, in the browser that asked for it, and not after five wrong ones.

        Raises:
            CodeLoginOff: it was switched off since.
            WrongCode: whatever is wrong.
            TooManyAttempts: too many wrong codes for this login within a day, or for everybody within an hour.
        """
        if not await self._current(CODE_LOGIN):
            raise CodeLoginOff
        now = self._clock()
        async with self._work() as work:
            asked = await work.challenges.by_browser(token_hash(challenge))
            if asked is None or asked.purpose is not Purpose.CODE or not asked.takes_guesses(now):
                raise WrongCode("code")
            # Guesses are counted one after another, whatever challenge they are for.
            await work.challenges.hold_budget()
            of_login, everybody = await work.challenges.wrong_codes(asked.login, now - DAY, now - HOUR)
            if of_login >= WRONG_PER_LOGIN or everybody >= WRONG_IN_ALL:
                raise TooManyAttempts(retry_after=int(HOUR.total_seconds()))
            digest = self._sealer.digest(typed_code(code), f"code:{asked.challenge_id}")
            account = await work.accounts.by_login(parse_login(asked.login))
            right = asked.code_digest is not None and compare_digest(digest, asked.code_digest)
            if not right or account is None:
                await work.challenges.count_try(asked.challenge_id)
                await work.commit()
                raise WrongCode("code")
            await work.challenges.use(asked.challenge_id, now)
            entry = await entered(work, account.user_id, visitor, now)
            await work.commit()
        return entry
