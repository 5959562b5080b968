"""Secrets at rest: what must be read again is sealed, what must only be recognised is digested; both by one key."""

from abc import abstractmethod
from typing import Protocol

from b2b_dvizhenie.domain.shared.errors import DomainError, Kind


class SealBroken(DomainError):
    """Sealed with another key, or changed since; the key of this installation was lost or swapped."""

    code = "shared.seal_broken"
    kind = Kind.UNAVAILABLE


class Sealer(Protocol):
    """Port: authenticated encryption and keyed digests.

    Contract: `about` names what the secret belongs to; what was sealed about one thing does not open about another.
    Without the key neither tells anything, also not of a secret with few possible values (a code of six digits).
    """

    @abstractmethod
    def seal(self, secret: bytes, about: str) -> bytes:
        """The secret, unreadable; differs every time."""
        ...

    @abstractmethod
    def opened(self, sealed: bytes, about: str) -> bytes:
        """The secret again; raises SealBroken."""
        ...

    @abstractmethod
    def digest(self, secret: str, about: str) -> bytes:
        """32 bytes that are the same for the same secret about the same thing."""
        ...
