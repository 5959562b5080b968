"""Password hashing that is quick enough for thousands of test logins. Not for production: it is far too quick."""

from hashlib import sha256
from hmac import compare_digest
from secrets import token_hex

from b2b_dvizhenie.application.identity import PasswordHasher


class QuickPasswords(PasswordHasher):
    """Salted SHA-256, written `salt$digest`."""

    async def hash(self, password: str) -> str:
        """Salt and digest."""
        salt = token_hex(8)
        return f"{salt}${sha256((salt + password).encode()).hexdigest()}"

    async def matches(self, encoded: str | None, password: str) -> bool:
        """Whether the password is right."""
        salt, mark, digest = (encoded or "").partition("$")
        return bool(mark) and compare_digest(sha256((salt + password).encode()).hexdigest(), digest)
