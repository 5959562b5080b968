"""The tree of people: who stands under whom, and where somebody may be moved (HIER-2, HIER-4)."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from b2b_dvizhenie.application.hierarchy.editing import current_editor
from b2b_dvizhenie.application.hierarchy.ports import HierarchyTransaction, HierarchyWork, StaffLine
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission, Scope, below, holdable, lacking
from b2b_dvizhenie.domain.shared.ids import UserId

MAX_STAFF = 2000
"""People of the tree that are shown at once; more are found in the directory."""


class StaffTree(Struct, frozen=True):
    """Staff whom the viewer sees, by name.

    `movable` are those he may put under another head, `places` are heads he may put them under; `everybody` says that
    he may also make them nobody's subordinates. `is_cut` says that there are more people than were read.
    """

    people: tuple[StaffLine, ...]
    movable: frozenset[UserId]
    places: frozenset[UserId]
    everybody: bool
    is_cut: bool

    @property
    def heads(self) -> Mapping[UserId, UserId | None]:
        """Who stands under whom; a head whom the viewer does not see is none."""
        seen = {one.user_id for one in self.people}
        return {one.user_id: one.head_id if one.head_id in seen else None for one in self.people}

    def heads_for(self, user_id: UserId) -> frozenset[UserId]:
        """Under whom the person may be put: not under himself, nor under anybody below."""
        under: frozenset[UserId] = below(self.heads, user_id)
        return self.places - under - {user_id}


class ListStaff:
    """The tree as the actor sees it."""

    def __init__(self, work: HierarchyWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor) -> StaffTree:
        """The tree; raises Forbidden."""
        scope = actor.require(Permission.USERS_VIEW)
        async with self._work() as work:
            found = tuple(await work.hierarchy.staff(actor, scope, MAX_STAFF + 1))
            people, is_cut = found[:MAX_STAFF], len(found) > MAX_STAFF
            if not actor.may(Permission.USERS_MANAGE):
                return StaffTree(people, frozenset(), frozenset(), everybody=False, is_cut=is_cut)
            manages = actor.require(Permission.USERS_MANAGE)
            within: Sequence[StaffLine] = (
                people if manages is scope else await work.hierarchy.staff(actor, manages, MAX_STAFF)
            )
            places = frozenset(one.user_id for one in within)
            movable = await _movable(work, actor, within)
        everybody = manages is Scope.ALL
        if not everybody and actor.user_id is not None:
            movable -= {actor.user_id}
        return StaffTree(people, movable, places, everybody, is_cut)


async def _movable(work: HierarchyTransaction, actor: Actor, people: Sequence[StaffLine]) -> frozenset[UserId]:
    """By the rule that edits are judged by: a role not above the editor's, and no right that he lacks."""
    editor = await current_editor(work, actor)
    roles = await work.hierarchy.roles()
    reach = holdable({role.role_id: role.parent_id for role in roles}, editor)
    open_roles = {role.role_id for role in roles if role.role_id in reach and not lacking(editor.grants, role.grants)}
    return frozenset(one.user_id for one in people if one.role_id in open_roles)
