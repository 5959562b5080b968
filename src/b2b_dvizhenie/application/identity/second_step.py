"""Passing the second step: a code of the authenticator app, or a recovery code, each of which works once."""

from datetime import datetime
from uuid import UUID

from b2b_dvizhenie.application.identity.entering import NewSession, Visitor, opened
from b2b_dvizhenie.application.identity.ports import Accounts, IdentityTransaction, IdentityWork
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.identity import (
    DAY,
    WRONG_PER_LOGIN,
    Purpose,
    TooManyAttempts,
    WrongCode,
    matching_step,
    token_hash,
    typed_code,
)
from b2b_dvizhenie.domain.identity.totp import DIGITS
from b2b_dvizhenie.domain.shared.ids import UserId


async def check_code(work: IdentityTransaction, user_id: UserId, code: str, address: str, now: datetime) -> None:
    """Use the code up, or count a wrong one and refuse; the account must be held, so that guesses queue up.

    Counting commits the transaction: a wrong code stays counted whatever becomes of the rest.

    Raises:
        WrongCode: neither the code of this moment nor an unused recovery code, or used before.
        TooManyAttempts: ten wrong ones within a day, wherever they were typed.
    """
    await _check_budget(work.accounts, user_id, now)
    if await _is_right(work, user_id, typed_code(code), now):
        return
    await work.accounts.record_failure(_key(user_id), address, now)
    await work.commit()
    raise WrongCode("code")


def _key(user_id: UserId) -> str:
    """Under which wrong codes of a person are counted; no login looks like it."""
    return f"second-step:{user_id}"


async def _check_budget(accounts: Accounts, user_id: UserId, now: datetime) -> None:
    wrong, _ = await accounts.failures(_key(user_id), "", now - DAY)
    if wrong >= WRONG_PER_LOGIN:
        raise TooManyAttempts(retry_after=int(DAY.total_seconds()))


async def _is_right(work: IdentityTransaction, user_id: UserId, code: str, now: datetime) -> bool:
    factor = await work.factors.of(user_id)
    if factor is None or not factor.is_on:
        return False
    if len(code) == DIGITS:
        step = matching_step(factor.secret, code, now, factor.last_step)
        return step is not None and await work.factors.accept(user_id, step)
    if not await work.factors.use_recovery_code(user_id, code, now):
        return False
    left = await work.factors.recovery_codes_left(user_id)
    oneself = Actor(user_id, "", "", {})
    change = Change("identity.recovery_code_used", "user", str(user_id), after={"recovery_codes": left})
    await work.audit.record(oneself, change)
    return True


class PassSecondStep:
    """Log in by the second step, after the password, the one-time code or the link."""

    def __init__(self, work: IdentityWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, challenge: str, code: str, visitor: Visitor) -> NewSession:
        """Open a session.

        Raises:
            WrongCode: whatever is wrong: the code, the challenge, its time, or the account.
            TooManyAttempts: too many wrong codes of this person within a day.
        """
        now = self._clock()
        async with self._work() as work:
            asked = await work.challenges.by_browser(token_hash(challenge))
            if asked is None or asked.purpose is not Purpose.SECOND_STEP or not asked.takes_guesses(now):
                raise WrongCode("code")
            user_id = UserId(UUID(asked.login))
            if await work.accounts.hold(user_id) is None:
                raise WrongCode("code")
            # Counted before the code is looked at: `check_code` commits that together with a wrong one.
            await work.challenges.count_try(asked.challenge_id)
            await check_code(work, user_id, code, visitor.address, now)
            await work.challenges.use(asked.challenge_id, now)
            session = await opened(work.accounts, user_id, visitor, now)
            await work.commit()
        return session
