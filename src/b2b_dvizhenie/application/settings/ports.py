"""What settings need from the outside."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from b2b_dvizhenie.application.shared.audit import AuditLog
from b2b_dvizhenie.domain.settings import Setting
from b2b_dvizhenie.domain.shared.ids import UserId


class StoredSetting(Struct, frozen=True):
    """A setting that somebody changed: its JSON value, who did it ("": the system) and when."""

    key: str
    value: Any
    changed_by: str
    changed_at: datetime


class SettingReader(Protocol):
    """Port: every stored value by key, in one statement."""

    @abstractmethod
    async def values(self) -> Mapping[str, Any]:
        """JSON values of what was changed; a key that is missing has its default."""
        ...


class SettingStore(Protocol):
    """Port: settings within a transaction."""

    @abstractmethod
    async def hold(self) -> None:
        """Keep everybody else from changing settings until the transaction ends."""
        ...

    @abstractmethod
    async def stored(self) -> Sequence[StoredSetting]:
        """What was changed, by key."""
        ...

    @abstractmethod
    async def put(self, setting: Setting[Any], value: Any, by: UserId | None) -> None:
        """Store the decoded value.

        Contract: what must follow a setting at once (sessions follow the lifetime of tokens) follows in the same
        transaction.
        """
        ...


class SettingsTransaction(Protocol):
    """Port: one transaction of settings; leaving without `commit` rolls back."""

    settings: SettingStore
    audit: AuditLog

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""
        ...


SettingsWork = Callable[[], AbstractAsyncContextManager[SettingsTransaction]]
