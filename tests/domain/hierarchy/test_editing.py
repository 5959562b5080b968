"""Nobody gives what he lacks, nobody reaches above himself, whatever the order of edits (reliability.md T21, Z9)."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.hierarchy import (
    DEFAULT_ROLES,
    BeyondOwnRights,
    Editor,
    Forbidden,
    Permission,
    RoleNameInvalid,
    RoleOutOfReach,
    Scope,
    check_grant,
    check_role_change,
    choices,
    has,
    lacking,
    role_name,
)
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.domain.shared.ids import RoleId

PERMISSIONS = (Permission.USERS_MANAGE, Permission.ORDERS_VIEW, Permission.SETTINGS_MANAGE)
SCOPES = st.one_of(st.none(), st.sampled_from(Scope))
Grants = dict[Permission, Scope]


def role(number: int) -> RoleId:
    return RoleId(UUID(int=number + 1))


class World:
    """Roles in a chain or a fan, with grants; edits go through the checks only."""

    def __init__(self, parents: dict[RoleId, RoleId | None], grants: dict[RoleId, Grants]) -> None:
        self.parents, self.grants = parents, grants

    def editor(self, role_id: RoleId) -> Editor:
        return Editor(role_id, dict(self.grants[role_id]))

    def edit(self, editor: RoleId, target: RoleId, permission: Permission, scope: Scope | None) -> bool:
        before = self.grants[target].get(permission)
        try:
            check_grant(self.parents, self.editor(editor), target, permission, (before, scope))
        except DomainError:
            return False
        if scope is None:
            self.grants[target].pop(permission, None)
        else:
            self.grants[target][permission] = scope
        return True


@st.composite
def worlds(draw: st.DrawFn) -> World:
    count = draw(st.integers(1, 6))
    parents = {role(node): role(draw(st.integers(0, node - 1))) if node else None for node in range(count)}
    grants = st.dictionaries(st.sampled_from(PERMISSIONS), st.sampled_from(Scope), max_size=3)
    return World(parents, {one: draw(grants) for one in parents})


EDITS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.sampled_from(PERMISSIONS), SCOPES), min_size=1, max_size=40
)


@given(worlds(), EDITS)
def test_no_sequence_of_edits_gives_anybody_more_than_the_editors_had(
    world: World, edits: list[tuple[int, ...]]
) -> None:
    """Z9: after any sequence every right stems from somebody who had it, in as wide a scope, when it all began."""
    widest = {
        permission: max(
            (grants[permission].width for grants in world.grants.values() if permission in grants), default=-1
        )
        for permission in PERMISSIONS
    }
    for editor, target, permission, scope in edits:
        if role(editor) not in world.parents or role(target) not in world.parents:
            continue
        own = dict(world.grants[role(editor)])
        was = dict(world.grants[role(target)])
        if world.edit(role(editor), role(target), Permission(permission), scope if scope is None else Scope(scope)):
            given_now = lacking(was, world.grants[role(target)])
            assert all(has(own, one, world.grants[role(target)][one]) for one in given_now)
            if editor == target:
                assert not given_now, "widened his own role"
        for grants in world.grants.values():
            assert all(scope.width <= widest[one] for one, scope in grants.items())


@given(worlds(), st.integers(0, 5), st.integers(0, 5), st.sampled_from(PERMISSIONS))
def test_the_matrix_offers_exactly_what_is_allowed(world: World, by: int, to: int, permission: Permission) -> None:
    editor, target = role(by), role(to)
    if editor not in world.parents or target not in world.parents:
        return
    world.grants[editor][Permission.USERS_MANAGE] = Scope.ALL
    before = world.grants[target].get(permission)
    offered = choices(world.parents, world.editor(editor), target, permission, before)
    assert before in offered
    for scope in (None, *Scope):
        copy = World(world.parents, {one: dict(grants) for one, grants in world.grants.items()})
        allowed = copy.edit(editor, target, permission, scope)
        # What stands there already is offered even where the editor could not give it.
        assert allowed == (scope in offered) or scope is before


DEFAULTS = {default.code: role(place) for place, default in enumerate(DEFAULT_ROLES)}
PARENTS = {DEFAULTS[one.code]: DEFAULTS[one.parent] if one.parent else None for one in DEFAULT_ROLES}
GRANTS = {DEFAULTS[one.code]: dict(one.grants) for one in DEFAULT_ROLES}


def editor_of(code: str, **more: Scope) -> Editor:
    extra = {Permission(name.replace("__", ".")): scope for name, scope in more.items()}
    return Editor(DEFAULTS[code], GRANTS[DEFAULTS[code]] | extra)


def test_administrators_edit_what_is_below_and_only_reduce_themselves() -> None:
    admin = editor_of("administrator")
    for code in ("client", "manager", "head_of_managers", "director"):
        check_grant(PARENTS, admin, DEFAULTS[code], Permission.STATISTICS_VIEW, (None, Scope.ALL))
    check_grant(PARENTS, admin, DEFAULTS["administrator"], Permission.JOBS_VIEW, (Scope.ALL, None))
    poor = Editor(DEFAULTS["administrator"], {Permission.USERS_MANAGE: Scope.ALL})
    with pytest.raises(BeyondOwnRights):
        check_grant(PARENTS, poor, DEFAULTS["administrator"], Permission.JOBS_VIEW, (None, Scope.OWN))


@pytest.mark.parametrize(
    ("editor", "target", "scope", "refusal"),
    [
        ("director", "manager", Scope.OWN, Forbidden),
        ("client", "client", Scope.OWN, Forbidden),
    ],
)
def test_who_does_not_manage_people_grants_nothing(
    editor: str, target: str, scope: Scope, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        check_grant(PARENTS, editor_of(editor), DEFAULTS[target], Permission.ORDERS_VIEW, (None, scope))


def test_who_manages_a_firm_edits_no_roles_that_all_firms_share() -> None:
    with pytest.raises(BeyondOwnRights):
        check_grant(
            PARENTS,
            editor_of("director", users__manage=Scope.FIRM),
            DEFAULTS["manager"],
            Permission.ORDERS_VIEW,
            (Scope.ASSIGNED, None),
        )


def test_peers_and_superiors_are_out_of_reach() -> None:
    director = editor_of("director", users__manage=Scope.ALL)
    with pytest.raises(RoleOutOfReach):
        check_grant(PARENTS, director, DEFAULTS["administrator"], Permission.USERS_MANAGE, (Scope.ALL, None))
    peer = role(99)
    parents = PARENTS | {peer: DEFAULTS["administrator"]}
    with pytest.raises(RoleOutOfReach):
        check_grant(parents, director, peer, Permission.ORDERS_VIEW, (None, Scope.OWN))


def test_a_person_gets_no_role_that_may_more_than_the_giver() -> None:
    director = editor_of("director", users__manage=Scope.FIRM)

    def give(now: str, wanted: str, editor: Editor = director) -> None:
        one, two = DEFAULTS[now], DEFAULTS[wanted]
        check_role_change(PARENTS, editor, (one, GRANTS[one]), (two, GRANTS[two]))

    give("manager", "head_of_managers")
    give("manager", "director")
    with pytest.raises(RoleOutOfReach):
        give("manager", "administrator")
    with pytest.raises(RoleOutOfReach):
        give("administrator", "manager")
    with pytest.raises(BeyondOwnRights):  # buyers place orders, directors do not
        give("manager", "client")
    give("client", "administrator", editor_of("administrator"))


@pytest.mark.parametrize("text", ["", "  ", "x" * 81, "x" * 10_000_000, "a\x00b", "a\u202eb", "a\u200bb", "\ud800"])
def test_names_that_are_none(text: str) -> None:
    with pytest.raises(RoleNameInvalid) as caught:
        role_name(text)
    assert caught.value.field == "name"


def test_names_have_one_spelling() -> None:
    assert role_name("  Старший \n менеджер ") == "Старший менеджер"
    assert role_name("Elle\u0301") == "Ell\u00e9"
