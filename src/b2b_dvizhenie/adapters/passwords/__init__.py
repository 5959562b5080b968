"""Password hashing by argon2id."""

import asyncio
from functools import cache

from argon2 import PasswordHasher as Argon2
from argon2.exceptions import InvalidHashError, VerificationError

from b2b_dvizhenie.application.identity.ports import PasswordHasher


@cache
def _hash_of_nobody(memory_kib: int, passes: int) -> str:
    """What the password of an unknown account is compared with; costs as much as any hash, so it is made once."""
    return Argon2(time_cost=passes, memory_cost=memory_kib, parallelism=1).hash("no account has this password")


class Argon2Passwords(PasswordHasher):
    """argon2id with OWASP's parameters (19 MiB, 2 passes) by default."""

    def __init__(self, *, memory_kib: int = 19_456, passes: int = 2) -> None:
        self._argon2 = Argon2(time_cost=passes, memory_cost=memory_kib, parallelism=1)
        self._nobody = _hash_of_nobody(memory_kib, passes)

    async def hash(self, password: str) -> str:
        """An encoded hash with its parameters and salt."""
        return await asyncio.to_thread(self._argon2.hash, password)

    async def matches(self, encoded: str | None, password: str) -> bool:
        """Whether the password is right; an unknown account takes as long as a wrong password."""
        return await asyncio.to_thread(self._matches, encoded, password)

    def _matches(self, encoded: str | None, password: str) -> bool:
        try:
            self._argon2.verify(encoded or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return encoded is not None
