"""What every password hasher does (port `application.identity.PasswordHasher`)."""

from abc import ABC, abstractmethod

import pytest

from b2b_dvizhenie.application.identity import PasswordHasher


@pytest.mark.anyio
class PasswordHasherContract(ABC):
    """Subclass and implement `make`."""

    @abstractmethod
    def make(self) -> PasswordHasher:
        """The hasher under test."""

    async def test_the_right_password_matches_and_no_other(self) -> None:
        """Cyrillic, spaces, emptiness and length are all just characters."""
        hasher = self.make()
        for password in ("correct horse", "пароль с пробелом", " ", "x" * 1024, "\U0001f600"):
            encoded = await hasher.hash(password)
            assert await hasher.matches(encoded, password)
            assert not await hasher.matches(encoded, password + "!")
            assert not await hasher.matches(encoded, password.swapcase() + "?")

    async def test_hashes_are_salted_and_hide_the_password(self) -> None:
        """Two users with one password do not share a hash."""
        hasher = self.make()
        first, second = await hasher.hash("same"), await hasher.hash("same")
        assert first != second
        assert "same" not in first

    async def test_no_account_and_a_broken_hash_match_nothing(self) -> None:
        """None and rubbish are answered with no, not with an error."""
        hasher = self.make()
        assert not await hasher.matches(None, "anything")
        assert not await hasher.matches("not a hash", "anything")
        assert not await hasher.matches("", "")
