"""argon2id and its quick twin pass the same contract; real hashes cost what OWASP asks for."""

from b2b_dvizhenie.adapters.passwords import Argon2Passwords
from b2b_dvizhenie.testing.contracts import PasswordHasherContract
from b2b_dvizhenie.testing.twins import QuickPasswords


class TestArgon2(PasswordHasherContract):
    def make(self) -> Argon2Passwords:
        return Argon2Passwords()

    async def test_parameters(self) -> None:
        encoded = await self.make().hash("x")
        assert encoded.startswith("$argon2id$")
        assert "m=19456,t=2,p=1" in encoded


class TestTwin(PasswordHasherContract):
    def make(self) -> QuickPasswords:
        return QuickPasswords()
