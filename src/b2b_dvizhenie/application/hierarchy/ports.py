"""What the hierarchy needs from the outside."""

from abc import abstractmethod
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from msgspec import Struct

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import AuditLog
from b2b_dvizhenie.domain.hierarchy import Editor, Grants, Permission, Scope
from b2b_dvizhenie.domain.shared.ids import RoleId, UserId


class RoleRow(Struct, frozen=True):
    """A role of the tree. `name` is empty where its code is translated; `people` counts blocked ones too."""

    role_id: RoleId
    parent_id: RoleId | None
    code: str
    name: str
    grants: Grants
    people: int


class PersonRow(Struct, frozen=True):
    """A person as edits of the hierarchy see him."""

    user_id: UserId
    name: str
    role_id: RoleId
    head_id: UserId | None
    is_active: bool


class Hierarchy(Protocol):
    """Port: both trees and the rights, within a transaction.

    Contract: `hold` waits until no other transaction holds the hierarchy, and keeps it until this one ends; what is
    read after it stays true until then, because every write of this port is preceded by it.
    """

    @abstractmethod
    async def hold(self) -> None:
        """Be the only editor until the transaction ends; readers do not wait."""
        ...

    @abstractmethod
    async def editor(self, user_id: UserId) -> Editor | None:
        """The active person with the rights as they are now, whatever they were when the request began."""
        ...

    @abstractmethod
    async def administrators(self) -> int:
        """How many active people may manage everybody's rights."""
        ...

    @abstractmethod
    async def roles(self) -> tuple[RoleRow, ...]:
        """All roles in their order; those of the installation first, as HIER-1 lists them."""
        ...

    @abstractmethod
    async def add_role(self, role_id: RoleId, parent_id: RoleId, code: str, name: str) -> None:
        """Add a role without rights, last in order."""
        ...

    @abstractmethod
    async def rename_role(self, role_id: RoleId, name: str) -> None:
        """Change what people see."""
        ...

    @abstractmethod
    async def move_role(self, role_id: RoleId, parent_id: RoleId) -> None:
        """Hang the role with everything below it under another one."""
        ...

    @abstractmethod
    async def delete_role(self, role_id: RoleId) -> None:
        """Remove the role and its grants; raises RoleInUse for one that somebody got in the meantime."""
        ...

    @abstractmethod
    async def put_grant(self, role_id: RoleId, permission: Permission, scope: Scope | None) -> None:
        """Give the permission in this scope instead of whatever it was; None takes it away."""
        ...

    @abstractmethod
    async def person(self, actor: Actor, scope: Scope, user_id: UserId) -> PersonRow | None:
        """A person the actor sees within the scope, by the predicate of the directory."""
        ...

    @abstractmethod
    async def heads(self, user_id: UserId) -> tuple[UserId, ...]:
        """The person, his head, and so on upwards."""
        ...

    @abstractmethod
    async def set_role(self, user_id: UserId, role_id: RoleId) -> None:
        """Give the person another role."""
        ...

    @abstractmethod
    async def set_head(self, user_id: UserId, head_id: UserId | None) -> None:
        """Put the person, with everybody below, under another head; None makes him a root."""
        ...

    @abstractmethod
    async def block(self, user_id: UserId) -> int:
        """Switch the account off and close its sessions; how many there were (REG-7)."""
        ...

    @abstractmethod
    async def unblock(self, user_id: UserId) -> None:
        """Switch the account on again; LoginTaken where another active person has its e-mail or phone by now."""
        ...


class HierarchyTransaction(Protocol):
    """Port: one transaction of the hierarchy; leaving without `commit` rolls back."""

    hierarchy: Hierarchy
    audit: AuditLog

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""
        ...


HierarchyWork = Callable[[], AbstractAsyncContextManager[HierarchyTransaction]]
