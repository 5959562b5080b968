"""A person's authenticator: set up, confirmed by a code, switched off by one; reset for who has lost everything.

Of each of these the person is told.
"""

from msgspec import Struct

from b2b_dvizhenie.application.identity.account import person_of
from b2b_dvizhenie.application.identity.ports import IdentityTransaction, IdentityWork
from b2b_dvizhenie.application.identity.second_step import check_code
from b2b_dvizhenie.application.identity.telling import tell
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.identity import (
    AuthenticationRequired,
    SecondFactorOff,
    SecondFactorOn,
    SecondFactorRequired,
    WrongCode,
    matching_step,
    new_recovery_codes,
    new_secret,
    parse_login,
    typed_code,
)
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import UserId


class FactorState(Struct, frozen=True):
    """How it stands. `secret` is that of an authenticator that waits to be confirmed."""

    is_on: bool
    is_required: bool
    secret: bytes | None = None
    recovery_codes: int = 0


class ShowSecondFactor:
    """How the person's second step stands."""

    def __init__(self, work: IdentityWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor) -> FactorState:
        """The state. Who looks through another's eyes is not told the secret; raises AuthenticationRequired."""
        user_id, _ = person_of(actor)
        async with self._work() as work:
            factor = await work.factors.of(user_id)
            required = await work.factors.is_required(user_id)
            if factor is None:
                return FactorState(is_on=False, is_required=required)
            left = await work.factors.recovery_codes_left(user_id)
        secret = None if factor.is_on or actor.view is not None else factor.secret
        return FactorState(factor.is_on, required, secret, left)


class BeginSecondFactor:
    """Make the secret that the phone is to know."""

    def __init__(self, work: IdentityWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor) -> bytes:
        """The secret; nothing is asked at logins until a code confirms that the phone knows it.

        Raises:
            SecondFactorOn: one is in use.
        """
        user_id, _ = person_of(actor)
        secret = new_secret()
        async with self._work() as work:
            await _hold(work, user_id)
            if await work.factors.is_on(user_id):
                raise SecondFactorOn
            await work.factors.begin(user_id, secret, self._clock())
            await work.commit()
        return secret


class ConfirmSecondFactor:
    """Switch it on by a code that the phone shows."""

    def __init__(self, work: IdentityWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, code: str) -> tuple[str, ...]:
        """The recovery codes, told here and never again; asked from the next login on, and audited.

        Wrong codes are not counted: whoever types them has been shown the secret.

        Raises:
            SecondFactorOn: it is on already.
            SecondFactorOff: setting up was not begun.
            WrongCode: the phone shows another code; often its clock is wrong.
        """
        user_id, _ = person_of(actor)
        now, codes = self._clock(), new_recovery_codes()
        async with self._work() as work:
            await _hold(work, user_id)
            factor = await work.factors.of(user_id)
            if factor is None:
                raise SecondFactorOff
            if factor.is_on:
                raise SecondFactorOn
            step = matching_step(factor.secret, typed_code(code), now, factor.last_step)
            if step is None:
                raise WrongCode("code")
            await work.factors.confirm(user_id, step, codes, now)
            after = {"second_factor": True}
            await work.audit.record(actor, Change("identity.second_factor_on", "user", str(user_id), after=after))
            await _tell(work, user_id, "identity.second_factor_on")
            await work.commit()
        return codes


class SwitchOffSecondFactor:
    """Do without it again; who has lost phone and codes turns to an administrator."""

    def __init__(self, work: IdentityWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, code: str, *, address: str = "") -> None:
        """Forget the authenticator and the recovery codes; audited.

        Raises:
            SecondFactorOff: it is not on.
            SecondFactorRequired: the person's role requires it.
            WrongCode: neither a code of this moment nor an unused recovery code.
            TooManyAttempts: too many wrong codes within a day, those at logins included.
        """
        user_id, _ = person_of(actor)
        now = self._clock()
        async with self._work() as work:
            await _hold(work, user_id)
            if not await work.factors.is_on(user_id):
                raise SecondFactorOff
            if await work.factors.is_required(user_id):
                raise SecondFactorRequired
            await check_code(work, user_id, code, address, now)
            await work.factors.drop(user_id)
            change = Change(
                "identity.second_factor_off", "user", str(user_id), {"second_factor": True}, {"second_factor": False}
            )
            await work.audit.record(actor, change)
            await _tell(work, user_id, "identity.second_factor_off")
            await work.commit()


class RenewRecoveryCodes:
    """Make recovery codes anew, for who has used most of them or shown them to somebody."""

    def __init__(self, work: IdentityWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, code: str, *, address: str = "") -> tuple[str, ...]:
        """The new codes, told here and never again; the old ones are dead. Audited.

        Raises:
            SecondFactorOff: the second step is not on.
            WrongCode: neither a code of this moment nor an unused recovery code.
            TooManyAttempts: too many wrong codes within a day, those at logins included.
        """
        user_id, _ = person_of(actor)
        codes = new_recovery_codes()
        async with self._work() as work:
            await _hold(work, user_id)
            if not await work.factors.is_on(user_id):
                raise SecondFactorOff
            await check_code(work, user_id, code, address, self._clock())
            await work.factors.put_recovery_codes(user_id, codes)
            after = {"recovery_codes": len(codes)}
            await work.audit.record(actor, Change("identity.recovery_codes_renewed", "user", str(user_id), after=after))
            await _tell(work, user_id, "identity.recovery_codes_renewed")
            await work.commit()
        return codes


class ResetSecondFactor:
    """Switch the second step of a person off who has lost phone and recovery codes, and end all of his sessions.

    For the operator of the installation: an only administrator has nobody above him to do it in the panel.
    """

    def __init__(self, work: IdentityWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, login: str) -> int:
        """How many sessions were ended; the password alone is asked from now on. Audited.

        Args:
            actor: who resets.
            login: e-mail or phone of the person, in any spelling.

        Raises:
            Forbidden: the actor does not manage people.
            LoginInvalid: neither a phone nor an e-mail address.
            NotFound: no active person within the actor's scope has the login.
            SecondFactorOff: there is nothing to reset.
        """
        scope = actor.require(Permission.USERS_MANAGE)
        known = parse_login(login)
        async with self._work() as work:
            account = await work.accounts.by_login(known)
            if account is None or not await work.accounts.is_within(actor, scope, account.user_id):
                raise NotFound("login")
            user_id = account.user_id
            await _hold(work, user_id)
            if not await work.factors.is_on(user_id):
                raise SecondFactorOff
            await work.factors.drop(user_id)
            closed = await work.accounts.close_all(user_id, self._clock())
            before, after = {"second_factor": True}, {"second_factor": False, "sessions_closed": closed}
            await work.audit.record(actor, Change("identity.second_factor_reset", "user", str(user_id), before, after))
            await _tell(work, user_id, "identity.second_factor_reset")
            await work.commit()
        return closed


async def _tell(work: IdentityTransaction, user_id: UserId, template: str) -> None:
    person = await work.accounts.reachable(user_id)
    if person is not None:
        await tell(work.outbox, person, template, mail_first=True)


async def _hold(work: IdentityTransaction, user_id: UserId) -> None:
    if await work.accounts.hold(user_id) is None:
        raise AuthenticationRequired
