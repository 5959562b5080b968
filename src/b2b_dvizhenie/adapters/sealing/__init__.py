"""AES-256-GCM and HMAC-SHA-256 by the key of the installation."""

import os
from functools import cached_property
from hashlib import sha256
from hmac import digest
from pathlib import Path
from secrets import token_bytes, token_urlsafe

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from b2b_dvizhenie.application.shared.sealing import SealBroken, Sealer

KEY_FILE = "secret.key"
_NONCE = 12


class InstallationSealer(Sealer):
    """The key comes from the settings; without one it is made at first use and kept in the data directory.

    Installations with several machines set `security.key` on all of them.

    Args:
        data: the data directory; the key file in it is readable by its owner alone.
        key: at least 32 characters, or "" for the file's.

    Raises:
        ValueError: the key is too short.
    """

    def __init__(self, data: Path, key: str = "") -> None:
        if key and len(key) < 32:
            raise ValueError("security.key must have at least 32 characters")
        self._file = data / KEY_FILE
        self._given = key

    def seal(self, secret: bytes, about: str) -> bytes:
        """Nonce and ciphertext."""
        nonce = token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, secret, about.encode())

    def opened(self, sealed: bytes, about: str) -> bytes:
        """The secret again."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], about.encode())
        except (InvalidTag, ValueError) as error:
            raise SealBroken(about=about) from error

    def digest(self, secret: str, about: str) -> bytes:
        """HMAC of both, unambiguous whatever they hold."""
        told = f"{len(about)}:{about}{secret}"
        return digest(self._part("digest"), told.encode("utf-8", "surrogatepass"), sha256)

    @cached_property
    def _key(self) -> bytes:
        return sha256((self._given or self._kept()).encode()).digest()

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self._part("seal"))

    def _part(self, purpose: str) -> bytes:
        """A key of its own for each purpose."""
        return digest(self._key, purpose.encode(), sha256)

    def _kept(self) -> str:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        mine = self._file.with_name(f".{KEY_FILE}.{token_urlsafe(8)}")
        try:
            return self._file.read_text("ascii")
        except FileNotFoundError:
            pass
        descriptor = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        try:
            self._file.hardlink_to(mine)
        except FileExistsError:
            pass  # another process was faster: its key holds
        finally:
            mine.unlink()
        return self._file.read_text("ascii")
