"""What specifications need from the outside: lists within a transaction, and the reads over them."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.ordering import Access, CartLine, Goods, Noted, Sharing, Specification
from b2b_dvizhenie.domain.shared.ids import CompanyId, SpecificationId, UserId, VariantId
from b2b_dvizhenie.domain.visibility import ClosedGoods, Opened


class HeldSpecification(Struct, frozen=True):
    """A list whose row this transaction holds, and what the asking person may do with it."""

    specification: Specification
    access: Access


class ListedSpecification(Struct, frozen=True, kw_only=True):
    """A list without its lines, as it stands in lists; `access` is what the reader may do with it."""

    specification_id: SpecificationId
    name: str
    company_id: CompanyId
    company_name: str
    owner: str
    access: Access
    sharing: Sharing
    positions: int
    version: int
    created_at: datetime
    updated_at: datetime


class SpecificationQuery(Struct, frozen=True, kw_only=True):
    """Which lists are shown. `text` is looked for in the name, the owner and the company."""

    text: str = ""
    whose: Literal["", "mine", "shared"] = ""
    company_id: CompanyId | None = None
    limit: int = 50
    offset: int = 0
    after: tuple[datetime, SpecificationId] | None = None
    """Continue behind this list, for lists that are read on and on."""


class SpecificationPage(Struct, frozen=True):
    """A page of lists; `more` tells whether a next page exists.

    `total` counts all that match where `exact` says so; otherwise there are at least so many, and nobody counted on.
    """

    specifications: tuple[ListedSpecification, ...]
    total: int
    more: bool
    exact: bool = True


class SpecificationViewer(Struct, frozen=True):
    """Whose notes are read and written: a person, the company he acts for, what his prices there are made of."""

    user_id: UserId
    company_id: CompanyId
    made_of: Opened


class Specifications(Protocol):
    """Port: lists within a transaction.

    Contract: whoever changes a list holds it first; then nobody else changes it until the end of the transaction, and
    what `lines` reads is what is written over.
    """

    @abstractmethod
    async def hold(self, user_id: UserId, specification_id: SpecificationId) -> HeldSpecification | None:
        """A list this person may read, locked until the end of the transaction."""
        ...

    @abstractmethod
    async def hold_all_of(self, owner_id: UserId) -> int:
        """How many lists a person owns; nobody else makes one for him until the end of the transaction."""
        ...

    @abstractmethod
    async def add(self, specification: Specification, now: datetime) -> None:
        """Write a new list without lines."""
        ...

    @abstractmethod
    async def change(self, specification: Specification, now: datetime) -> None:
        """Write name, sharing and version of a held list."""
        ...

    @abstractmethod
    async def delete(self, specification_id: SpecificationId) -> None:
        """Remove a held list with everything in it."""
        ...

    @abstractmethod
    async def lines(self, specification_id: SpecificationId, closed: ClosedGoods) -> list[tuple[CartLine, Goods]]:
        """All lines with their goods, oldest first; one round trip. What is closed is there and is marked."""
        ...

    @abstractmethod
    async def put(self, specification_id: SpecificationId, lines: Sequence[CartLine]) -> None:
        """Write lines whole, new ones and changed ones; one round trip."""
        ...

    @abstractmethod
    async def remove(self, specification_id: SpecificationId, variants: Sequence[VariantId]) -> int:
        """Remove lines; returns how many there were."""
        ...

    @abstractmethod
    async def note(
        self, specification_id: SpecificationId, viewer: SpecificationViewer, lines: Sequence[CartLine], now: datetime
    ) -> None:
        """Write what was shown of lines that are still there in the same quantity; one round trip."""
        ...


class SpecificationReader(Protocol):
    """Port: lists as people see them.

    Contract: page, count and `listed` obey one and the same predicate of the actor's scope; the number of queries does
    not depend on the number of lists or lines.
    """

    @abstractmethod
    async def page(self, actor: Actor, scope: Scope, query: SpecificationQuery) -> SpecificationPage:
        """The lists that were changed last first."""
        ...

    @abstractmethod
    async def listed(self, actor: Actor, scope: Scope, specification_id: SpecificationId) -> ListedSpecification | None:
        """One list; None if it is not the actor's to see."""
        ...

    @abstractmethod
    async def lines(
        self, specification_id: SpecificationId, closed: ClosedGoods, viewer: SpecificationViewer | None
    ) -> list[tuple[CartLine, Goods, Noted | None]]:
        """All lines of a list with their goods, oldest first, and what this viewer was shown of them."""
        ...
