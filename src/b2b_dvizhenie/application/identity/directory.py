"""The directory of people for staff: who they are, for whom they buy, when they were last here."""

from abc import abstractmethod
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.shared.ids import CompanyId, UserId

MAX_PAGE = 200
MAX_TEXT = 200


class UserState(StrEnum):
    """Whether a person can log in."""

    ACTIVE = "active"
    BLOCKED = "blocked"


class BuysFor(Struct, frozen=True):
    """A company the person buys for, with the access level there and the company's personal manager ("": none)."""

    company_id: CompanyId
    name: str
    inn: str
    access_level: int
    manager: str


class UserLine(Struct, frozen=True):
    """A person in the directory. Of the companies only those that the viewer may see.

    `role_name` is what the role was renamed to, empty where the words for its code are shown.
    """

    user_id: UserId
    name: str
    email: str | None
    phone: str | None
    role: str
    role_name: str
    state: UserState
    last_seen_at: datetime | None
    companies: tuple[BuysFor, ...] = ()


class UserQuery(Struct, frozen=True):
    """Which people. Empty fields do not filter; `text` is part of a name, login, company or INN.

    `under` leaves a head and everybody below at any depth, `user_id` one person.
    """

    text: str = ""
    role: str = ""
    state: UserState | None = None
    limit: int = 50
    offset: int = 0
    under: UserId | None = None
    user_id: UserId | None = None


class UserCount(Struct, frozen=True):
    """How many people of a role are in a state, by the text of the query and whatever its role and state."""

    role: str
    role_name: str
    state: UserState
    count: int


class UserPage(Struct, frozen=True):
    """A page of the directory by name; `total` counts what the query finds, `counts` tells what else there is."""

    items: tuple[UserLine, ...]
    total: int
    counts: tuple[UserCount, ...]


class DirectoryReader(Protocol):
    """Port: the directory's read.

    Contract: one predicate decides about rows, counts and what the text is compared with: a person or company
    outside the scope can be told neither by its row, nor by a number, nor by being found. A constant number of
    statements, whatever the page holds.
    """

    @abstractmethod
    async def users(self, actor: Actor, scope: Scope, query: UserQuery) -> UserPage:
        """One page."""
        ...


class ListUsers:
    """People the actor may see: everybody, the firm, the own subtree, by the scope of the grant."""

    def __init__(self, reader: DirectoryReader) -> None:
        self._reader = reader

    async def __call__(self, actor: Actor, query: UserQuery) -> UserPage:
        """One page; raises Forbidden."""
        scope = actor.require(Permission.USERS_VIEW)
        bounded = replace(
            query,
            text=query.text.strip()[:MAX_TEXT],
            limit=max(1, min(query.limit, MAX_PAGE)),
            offset=max(0, query.offset),
        )
        return await self._reader.users(actor, scope, bounded)
