"""What edits of the hierarchy must do, said once more and more simply than the product says it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.domain.hierarchy import Permission, Scope

Rights = Mapping[Permission, Scope]


class Person(Struct, frozen=True):
    """A person as far as the hierarchy goes."""

    role: UUID
    head: UUID | None
    active: bool


class World(Struct, frozen=True):
    """What is stored, or what the model says would be."""

    above: dict[UUID, UUID | None]
    rights: dict[UUID, dict[Permission, Scope]]
    people: dict[UUID, Person]

    def of(self, user: UUID) -> Rights:
        return self.rights[self.people[user].role]

    def heads(self) -> dict[UUID, UUID | None]:
        return {key: one.head for key, one in self.people.items()}

    def administrators(self) -> int:
        everybody = ((Permission.USERS_MANAGE, Scope.ALL) in self.of(key).items() for key in self.people)
        active = (one.active for one in self.people.values())
        return sum(one and other for one, other in zip(everybody, active, strict=True))


def under(parents: Mapping[UUID, UUID | None], root: UUID) -> set[UUID]:
    """Everything strictly below, by repeating until nothing is added."""
    found: set[UUID] = set()
    while True:
        more = {one for one, parent in parents.items() if parent == root or parent in found} - found
        if not more:
            return found
        found |= more


def covers(mine: Rights, theirs: Rights) -> bool:
    return all(right in mine and list(Scope).index(mine[right]) >= list(Scope).index(s) for right, s in theirs.items())


def seen_by(world: World, who: UUID, scope: Scope) -> set[UUID]:
    """People without companies and firms: narrow scopes reach oneself, the firm's everybody."""
    if scope in (Scope.ALL, Scope.FIRM):
        return set(world.people)
    return {who} | (under(world.heads(), who) if scope is Scope.SUBTREE else set())


def may_edit(world: World, who: UUID, whom: UUID) -> bool:
    scope = world.of(who).get(Permission.USERS_MANAGE)
    role, own = world.people[whom].role, world.people[who].role
    reach = {own} | under(world.above, own)
    return (
        scope is not None
        and world.people[who].active
        and whom in seen_by(world, who, scope)
        and role in reach
        and covers(world.of(who), world.rights[role])
    )


def may_edit_roles(world: World, who: UUID) -> bool:
    return world.people[who].active and world.of(who).get(Permission.USERS_MANAGE) is Scope.ALL


def kept(before: World, after: World) -> World | None:
    """What is left behind, unless nobody would administer any more."""
    return after if after.administrators() or not before.administrators() else None


def changed(world: World, person: UUID, **changes: Any) -> World:
    """The world with one person changed."""
    return replace(world, people=world.people | {person: replace(world.people[person], **changes)})
