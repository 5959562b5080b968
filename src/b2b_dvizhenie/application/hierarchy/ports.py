"""What the hierarchy needs from the outside."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from hashlib import sha256
from typing import Protocol

import msgspec
from msgspec import Struct

from b2b_dvizhenie.application.identity import IdentityTransaction
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Editor, Grants, Permission, Scope
from b2b_dvizhenie.domain.shared.ids import FirmId, RoleId, UserId


class RoleRow(Struct, frozen=True):
    """A role of the tree. `name` is empty where its code is translated; `people` counts blocked ones too.

    `second_factor` says that its people must log in by two steps.
    """

    role_id: RoleId
    parent_id: RoleId | None
    code: str
    name: str
    grants: Grants
    people: int
    second_factor: bool = False


class PersonRow(Struct, frozen=True):
    """A person as edits of the hierarchy see him."""

    user_id: UserId
    name: str
    role_id: RoleId
    head_id: UserId | None
    is_active: bool


class PersonCard(Struct, frozen=True):
    """A person as the card shows him. `firm` and `head` are names; a head whom the viewer does not see has none."""

    user_id: UserId
    name: str
    email: str | None
    phone: str | None
    language: str
    role_id: RoleId
    role: str
    role_name: str
    head_id: UserId | None
    head: str
    firm_id: FirmId | None
    firm: str
    is_active: bool
    created_at: datetime
    second_factor: bool

    @property
    def version(self) -> str:
        """What an edit must have seen: it changes with every field that can be edited."""
        fields = (self.name, self.email, self.phone, self.language, self.role_id, self.head_id, self.firm_id)
        return sha256(msgspec.json.encode(fields)).hexdigest()[:16]


class StaffLine(Struct, frozen=True):
    """A member of staff in the tree of people; `companies` counts those whose personal manager he is."""

    user_id: UserId
    name: str
    role_id: RoleId
    role: str
    role_name: str
    head_id: UserId | None
    is_active: bool
    companies: int


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
    async def require_second_factor(self, role_id: RoleId, *, required: bool) -> None:
        """Say whether the people of the role must log in by two steps."""
        ...

    @abstractmethod
    async def drop_second_factor(self, user_id: UserId) -> bool:
        """Forget the person's authenticator and recovery codes; False where there was none in use."""
        ...

    @abstractmethod
    async def person(self, actor: Actor, scope: Scope, user_id: UserId) -> PersonRow | None:
        """A person the actor sees within the scope, by the predicate of the directory."""
        ...

    @abstractmethod
    async def card(self, actor: Actor, scope: Scope, user_id: UserId) -> PersonCard | None:
        """The same person with everything about him; a head outside the scope has no name."""
        ...

    @abstractmethod
    async def staff(self, actor: Actor, scope: Scope, limit: int) -> Sequence[StaffLine]:
        """People within the scope who are no mere buyers, by name, at most `limit`; one statement.

        Contract: staff is who has a right over more than his own, or a head, or somebody below.
        """
        ...

    @abstractmethod
    async def firms(self) -> Sequence[tuple[FirmId, str]]:
        """Active seller firms by name."""
        ...

    @abstractmethod
    async def set_details(
        self,
        user_id: UserId,
        name: str,
        logins: tuple[str | None, str | None],
        language: str,
        firm_id: FirmId | None,
    ) -> None:
        """Change what is known of the person; `logins` are e-mail and phone.

        Contract: where a login changes, links that were sent to the person before are dead. Raises LoginTaken naming
        the field that another active person has.
        """
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
    async def close_sessions(self, user_id: UserId) -> int:
        """Close every live session of the person; how many there were."""
        ...

    @abstractmethod
    async def unblock(self, user_id: UserId) -> None:
        """Switch the account on again; LoginTaken where another active person has its e-mail or phone by now."""
        ...


class HierarchyTransaction(IdentityTransaction, Protocol):
    """Port: one transaction of the hierarchy and of the people in it; leaving without `commit` rolls back."""

    hierarchy: Hierarchy


HierarchyWork = Callable[[], AbstractAsyncContextManager[HierarchyTransaction]]
