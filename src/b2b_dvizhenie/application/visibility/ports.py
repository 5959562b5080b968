"""What visibility needs from the outside."""

from abc import abstractmethod
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from b2b_dvizhenie.application.shared.audit import AuditLog
from b2b_dvizhenie.domain.visibility import AccessLevel, Opened


class LevelBook(Protocol):
    """Port: access levels within a transaction.

    Contract: what is committed decides the next request of everybody who has the level, in every process.
    """

    @abstractmethod
    async def levels(self) -> tuple[AccessLevel, ...]:
        """All levels with the number of their buyers, the lowest first; one round trip."""
        ...

    @abstractmethod
    async def hold(self, level: int) -> AccessLevel | None:
        """The level, held until the end of the transaction; None if there is none."""
        ...

    @abstractmethod
    async def add(self, level: AccessLevel) -> bool:
        """Make a level; False if its number is taken."""
        ...

    @abstractmethod
    async def rename(self, level: int, name: str) -> None:
        """Give a held level another name."""
        ...

    @abstractmethod
    async def set_opens(self, level: int, opens: Opened) -> None:
        """Write what a held level opens."""
        ...

    @abstractmethod
    async def delete(self, level: int) -> bool:
        """Delete a held level; False, and nothing changed, while buyers have it."""
        ...


class VisibilityTransaction(Protocol):
    """Port: one transaction of visibility; leaving without `commit` rolls back."""

    levels: LevelBook
    audit: AuditLog

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""
        ...


VisibilityWork = Callable[[], AbstractAsyncContextManager[VisibilityTransaction]]
