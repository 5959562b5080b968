"""What the second step needs from the outside."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from b2b_dvizhenie.domain.shared.ids import UserId


class SecondFactor(Struct, frozen=True):
    """The authenticator of a person. Until it is confirmed by a code it opens and asks nothing.

    `last_step` is the latest time step whose code was used.
    """

    secret: bytes
    last_step: int
    is_on: bool


class SecondFactors(Protocol):
    """Port: authenticators and recovery codes within a transaction.

    Contract: the secret is kept sealed, of recovery codes only what recognises them; both are bound to the person.
    """

    @abstractmethod
    async def of(self, user_id: UserId) -> SecondFactor | None:
        """The person's authenticator, also one that waits to be confirmed."""
        ...

    @abstractmethod
    async def is_on(self, user_id: UserId) -> bool:
        """Whether the person is asked for a second step."""
        ...

    @abstractmethod
    async def is_required(self, user_id: UserId) -> bool:
        """Whether the person's role requires it."""
        ...

    @abstractmethod
    async def begin(self, user_id: UserId, secret: bytes, now: datetime) -> None:
        """Keep a secret that waits to be confirmed, instead of an earlier one that still waits."""
        ...

    @abstractmethod
    async def confirm(self, user_id: UserId, step: int, recovery_codes: Sequence[str], now: datetime) -> None:
        """Switch it on, the first step used, with these recovery codes and no others."""
        ...

    @abstractmethod
    async def put_recovery_codes(self, user_id: UserId, recovery_codes: Sequence[str]) -> None:
        """Keep these recovery codes; all earlier ones of the person, used or not, are forgotten."""
        ...

    @abstractmethod
    async def accept(self, user_id: UserId, step: int) -> bool:
        """Use a time step up; False, and nothing changed, where it or a later one was used.

        Contract: of two that use one step at once, one succeeds.
        """
        ...

    @abstractmethod
    async def use_recovery_code(self, user_id: UserId, code: str, now: datetime) -> bool:
        """Use a recovery code up; False where the person has no such code that is unused. Contract: as of `accept`."""
        ...

    @abstractmethod
    async def recovery_codes_left(self, user_id: UserId) -> int:
        """How many are unused."""
        ...

    @abstractmethod
    async def drop(self, user_id: UserId) -> None:
        """Forget the authenticator and its recovery codes."""
        ...
