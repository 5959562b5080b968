"""Edits of roles, rights and people in any order, by anybody, against a model that fits on a page (HIER-2…HIER-8).

The model says of every edit whether it is refused and what it leaves behind. The invariants are said once more without
it, over what is stored: no ring in either tree, nobody gains what the editor lacked, somebody administers, and who sees
whom is the transitive closure. Sabotaged rules show that the invariants notice by themselves.
"""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest
from hierarchy_model import (
    Person,
    Rights,
    World,
    changed,
    covers,
    kept,
    may_edit,
    may_edit_roles,
    seen_by,
    under,
)
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from msgspec.structs import replace

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.hierarchy import PostgresHierarchy, PostgresHierarchyTransaction
from b2b_dvizhenie.adapters.postgres.identity import PostgresIdentityTransaction
from b2b_dvizhenie.adapters.postgres.views.directory import PostgresDirectory
from b2b_dvizhenie.adapters.sealing import InstallationSealer
from b2b_dvizhenie.application import hierarchy, identity
from b2b_dvizhenie.application.hierarchy import PeopleAction, PeopleChange
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import DEFAULT_ROLES, Permission, Scope
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.domain.shared.ids import RoleId, UserId, new_id
from b2b_dvizhenie.testing.twins.passwords import QuickPasswords

pytestmark = pytest.mark.postgres
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
START = (("administrator", None), ("administrator", None), ("director", 0), ("head_of_managers", 2), ("manager", 3))
"""Roles of the people there are at first, and the place of each one's head."""
TOUCHED = (Permission.USERS_MANAGE, Permission.USERS_VIEW, Permission.ORDERS_VIEW, Permission.AUDIT_VIEW)
places = st.integers(0, 11)


class HierarchyMachine(RuleBasedStateMachine):
    url: str
    trusting = False
    """Does not compare with the model, so that only the invariants can notice something."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.runner.run(self._open())
        self.world = self.before = self.runner.run(self._read())
        self.editor: UUID | None = None
        self.turn = 0

    async def _open(self) -> None:
        self.database = Database(self.url, pool_size=2)
        await self.database.open()
        sealer = InstallationSealer(Path(), "k" * 32)
        work: Any = lambda: PostgresHierarchyTransaction(self.database, lambda: NOW, sealer)  # noqa: E731 - a factory
        accounts: Any = lambda: PostgresIdentityTransaction(self.database, lambda: NOW, sealer)  # noqa: E731
        self.create_role, self.move_role = hierarchy.CreateRole(work), hierarchy.MoveRole(work)
        self.delete_role, self.set_grant = hierarchy.DeleteRole(work), hierarchy.SetGrant(work)
        self.change_person, self.change_people = hierarchy.ChangePerson(work), hierarchy.ChangePeople(work)
        self.create_user = identity.CreateUser(accounts, QuickPasswords(), lambda: NOW)
        self.list_users = identity.ListUsers(PostgresDirectory(self.database))
        async with self.database.reading() as connection:
            await connection.execute("TRUNCATE app_user, session CASCADE")
            await connection.execute("DELETE FROM role_grant")
            for place, one in reversed(list(enumerate(DEFAULT_ROLES))):
                await connection.execute(
                    "INSERT INTO role (role_id, parent_id, code, position)"
                    " SELECT %s, (SELECT role_id FROM role r WHERE r.code = %s), %s, %s"
                    " ON CONFLICT (code) DO UPDATE SET parent_id = excluded.parent_id",
                    [new_id(), one.parent, one.code, place],
                )
            await connection.execute("DELETE FROM role WHERE position >= %s", [len(DEFAULT_ROLES)])
            for one in DEFAULT_ROLES:
                granted = [(one.code, right.value, scope.value) for right, scope in one.grants.items()]
                await connection.cursor().executemany(
                    "INSERT INTO role_grant SELECT role_id, x.p, x.s FROM role,"
                    " (SELECT %s::text AS c, %s::text AS p, %s::text AS s) x WHERE code = x.c",
                    granted,
                )
            ids = [new_id() for _ in START]
            for place, (code, head) in enumerate(START):
                await connection.execute(
                    "INSERT INTO app_user (user_id, role_id, head_id, name, email, created_at)"
                    " SELECT %s, role_id, %s, %s, %s, %s FROM role WHERE code = %s",
                    [ids[place], None if head is None else ids[head], f"P{place}", f"p{place}@x.test", NOW, code],
                )

    def teardown(self) -> None:
        self.runner.run(self.database.close())
        self.runner.close()

    async def _read(self) -> World:
        async with self.database.reading() as connection:
            roles = await connection.execute("SELECT role_id, parent_id FROM role ORDER BY position, role_id")
            above: dict[UUID, UUID | None] = {row[0]: row[1] for row in await roles.fetchall()}
            rights: dict[UUID, dict[Permission, Scope]] = {one: {} for one in above}
            for role, right, scope in await (await connection.execute("SELECT * FROM role_grant")).fetchall():
                rights[role][Permission(right)] = Scope(scope)
            query = "SELECT user_id, role_id, head_id, is_active FROM app_user ORDER BY name"
            people = {row[0]: Person(*row[1:]) for row in await (await connection.execute(query)).fetchall()}
        return World(above, rights, people)

    def person(self, place: int) -> UUID:
        return list(self.world.people)[place % len(self.world.people)]

    def role(self, place: int) -> UUID:
        return list(self.world.above)[place % len(self.world.above)]

    def actor(self, user: UUID) -> Actor:
        return Actor(UserId(user), "somebody", "", MappingProxyType(dict(self.world.of(user))))

    def does(self, who: UUID, edit: Awaitable[Any], expected: World | None, made: str = "") -> None:
        """Make the edit and compare with the model; what was made new gets its id."""
        self.before, self.editor = self.world, who
        refused: DomainError | None = None
        result: Any = None
        try:
            result = self.runner.run(_awaited(edit))
        except DomainError as error:
            refused = error
        self.world = self.runner.run(self._read())
        if self.trusting:
            return
        assert (refused is None) == (expected is not None), refused
        if expected is None:
            expected = self.before
        elif made == "role":
            above = expected.above | {result: expected.above.pop(_NEW)}
            expected = replace(expected, above=above, rights=expected.rights | {result: {}})
        elif made == "person":
            expected = replace(expected, people=expected.people | {result: expected.people.pop(_NEW)})
        assert self.world == expected

    @rule(who=places, parent=places)
    def creates_a_role(self, who: int, parent: int) -> None:
        user, above, world = self.person(who), self.role(parent), self.world
        own = world.people[user].role
        expected = None
        if len(world.above) < 9 and may_edit_roles(world, user) and above in {own} | under(world.above, own):
            expected = replace(world, above=world.above | {_NEW: above})
        elif len(world.above) >= 9:
            return
        edit = self.create_role(self.actor(user), f"Role {new_id()}", RoleId(above))
        self.does(user, edit, expected, "role")

    @rule(who=places, what=places, parent=places)
    def moves_a_role(self, who: int, what: int, parent: int) -> None:
        user, role, above, world = self.person(who), self.role(what), self.role(parent), self.world
        own = world.people[user].role
        reach = under(world.above, own)
        expected = None
        reachable = may_edit_roles(world, user) and role in reach and above in reach | {own}
        if reachable and above not in {role} | under(world.above, role):
            expected = replace(world, above=world.above | {role: above})
        self.does(user, self.move_role(self.actor(user), RoleId(role), RoleId(above)), expected)

    @rule(who=places, what=places)
    def deletes_a_role(self, who: int, what: int) -> None:
        user, role, world = self.person(who), self.role(what), self.world
        expected = None
        used = any(one.role == role for one in world.people.values()) or role in world.above.values()
        if may_edit_roles(world, user) and role in under(world.above, world.people[user].role) and not used:
            above = {key: one for key, one in world.above.items() if key != role}
            expected = replace(world, above=above, rights={key: world.rights[key] for key in above})
        self.does(user, self.delete_role(self.actor(user), RoleId(role)), expected)

    @rule(who=places, what=places, right=st.sampled_from(TOUCHED), scope=st.sampled_from([None, *Scope]))
    def sets_a_right(self, who: int, what: int, right: Permission, scope: Scope | None) -> None:
        user, role, world = self.person(who), self.role(what), self.world
        own, now = world.people[user].role, world.rights[role].get(right)
        wanted: Rights = {} if scope is None else {right: scope}
        if role == own:
            allowed = covers({} if now is None else {right: now}, wanted)
        else:
            allowed = role in under(world.above, own) or scope == now
        expected = None
        if may_edit_roles(world, user) and allowed and covers(world.of(user), wanted):
            rest = {one: kept_scope for one, kept_scope in world.rights[role].items() if one is not right}
            expected = kept(world, replace(world, rights=world.rights | {role: rest | dict(wanted)}))
        self.does(user, self.set_grant(self.actor(user), RoleId(role), right, scope), expected)

    @rule(who=places, role=places)
    def creates_a_person(self, who: int, role: int) -> None:
        user, given, world = self.person(who), self.role(role), self.world
        if len(world.people) >= 9 or not world.people[user].active:
            return
        expected = None
        if Permission.USERS_MANAGE in world.of(user) and covers(world.of(user), world.rights[given]):
            expected = replace(world, people=world.people | {_NEW: Person(given, None, True)})
        code = self.runner.run(self._code(given))
        mail = f"{new_id().hex}@x.test"
        self.does(
            user,
            self.create_user(self.actor(user), role=code, name=f"P{len(world.people)}", email=mail),
            expected,
            "person",
        )

    async def _code(self, role: UUID) -> str:
        async with self.database.reading() as connection:
            found = await connection.execute("SELECT code FROM role WHERE role_id = %s", [role])
            row = await found.fetchone()
        assert row is not None
        return str(row[0])

    @rule(who=places, whom=places, head=st.none() | places)
    def puts_under(self, who: int, whom: int, head: int | None) -> None:
        user, person, world = self.person(who), self.person(whom), self.world
        above = None if head is None else self.person(head)
        expected = None
        if may_edit(world, user, person):
            scope = world.of(user)[Permission.USERS_MANAGE]
            below = {person} | under(world.heads(), person)
            fits = above is None or (above in seen_by(world, user, scope) and above not in below)
            if fits and (scope is Scope.ALL or (person != user and above is not None)):
                expected = changed(world, person, head=above)
        change = PeopleChange(PeopleAction.HEAD, head_id=UserId(above) if above else None)
        self.does(user, self.change_person(self.actor(user), UserId(person), change), expected)

    @rule(who=places, whom=places, role=places)
    def gives_a_role(self, who: int, whom: int, role: int) -> None:
        user, person, given, world = self.person(who), self.person(whom), self.role(role), self.world
        own = world.people[user].role
        expected = None
        reachable = may_edit(world, user, person) and given in {own} | under(world.above, own)
        if reachable and covers(world.of(user), world.rights[given]):
            expected = kept(world, changed(world, person, role=given))
        change = PeopleChange(PeopleAction.ROLE, role_id=RoleId(given))
        self.does(user, self.change_person(self.actor(user), UserId(person), change), expected)

    @rule(who=places, whom=places, active=st.booleans())
    def blocks_or_unblocks(self, who: int, whom: int, active: bool) -> None:
        user, person, world = self.person(who), self.person(whom), self.world
        expected = None
        if may_edit(world, user, person) and (active or person != user):
            expected = kept(world, changed(world, person, active=active))
        change = PeopleChange(PeopleAction.UNBLOCK if active else PeopleAction.BLOCK)
        self.does(user, self.change_person(self.actor(user), UserId(person), change), expected)

    @rule(who=places, whom=st.lists(places, min_size=2, max_size=3), head=places)
    def puts_several_under(self, who: int, whom: list[int], head: int) -> None:
        user, above, world = self.person(who), self.person(head), self.world
        if not world.people[user].active or Permission.USERS_MANAGE not in world.of(user):
            return
        expected: World | None = world
        for person in dict.fromkeys(map(self.person, whom)):
            scope = world.of(user)[Permission.USERS_MANAGE]
            if expected is None or not may_edit(expected, user, person) or above not in seen_by(expected, user, scope):
                expected = None
                break
            if above in {person} | under(expected.heads(), person) or (scope is not Scope.ALL and person == user):
                expected = None
                break
            expected = changed(expected, person, head=above)
        people = [UserId(self.person(one)) for one in whom]
        change = PeopleChange(PeopleAction.HEAD, head_id=UserId(above))
        # A refusal of one is an outcome, not an error: nothing is changed then.
        edit = _raising(self.change_people(self.actor(user), people, change))
        self.does(user, edit, expected)

    @invariant()
    def no_ring(self) -> None:
        for parents in (self.world.above, self.world.heads()):
            assert not any(one in under(parents, one) for one in parents), "a ring"

    @invariant()
    def nobody_gains_what_the_editor_lacked(self) -> None:
        if self.editor is None:
            return
        mine = self.before.of(self.editor)
        for user in self.world.people:
            had = self.before.of(user) if user in self.before.people else {}
            gained = {right: scope for right, scope in self.world.of(user).items() if not covers(had, {right: scope})}
            assert covers(mine, gained), "somebody was given what the editor lacks"
            assert user != self.editor or not gained, "the editor gave himself something"

    @invariant()
    def somebody_administers(self) -> None:
        assert self.world.administrators(), "nobody is left who manages everybody"

    @invariant()
    def sight_is_the_closure(self) -> None:
        self.turn += 1
        user = self.person(self.turn)
        viewer = Actor(UserId(user), "viewer", "", {Permission.USERS_VIEW: Scope.SUBTREE})
        page = self.runner.run(self.list_users(viewer, identity.UserQuery(limit=200)))
        assert {one.user_id for one in page.items} == {user} | under(self.world.heads(), user), (
            "sight is not the closure"
        )


_NEW = UUID(int=1)


async def _awaited(edit: Awaitable[Any]) -> Any:
    return await edit


async def _raising(edit: Awaitable[list[hierarchy.PersonOutcome]]) -> None:
    for outcome in await edit:
        if outcome.error is not None:
            raise outcome.error


def run(url: str, examples: int, steps: int = 25, *, same: bool = False, **changes: Any) -> None:
    """`same` runs the same sequences every time, so that a control does not depend on luck."""
    made = type("Machine", (HierarchyMachine,), {"url": url, **changes})
    # A sequence that was found is not shortened: each step costs statements, and it is short enough to be read.
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        derandomize=same,
    )
    run_state_machine_as_test(made, settings=chosen)


@pytest.mark.slow
def test_the_hierarchy_is_edited_as_the_model_says(database_url: str) -> None:
    run(database_url, 6)


@pytest.mark.nightly
def test_the_hierarchy_is_edited_as_the_model_says_for_long(database_url: str) -> None:
    run(database_url, 500, 60)


async def _always_one(_: PostgresHierarchy) -> int:
    return 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rule_of", "without", "told"),
    [
        ("b2b_dvizhenie.application.hierarchy.people.check_move", lambda *_: None, "a ring"),
        ("b2b_dvizhenie.application.hierarchy.roles.check_grant", lambda *_: None, "editor"),
        ("b2b_dvizhenie.adapters.postgres.hierarchy.PostgresHierarchy.administrators", _always_one, "nobody is left"),
    ],
)
def test_a_rule_that_lets_everything_through_is_noticed(
    database_url: str, monkeypatch: pytest.MonkeyPatch, rule_of: str, without: Any, told: str
) -> None:
    monkeypatch.setattr(rule_of, without)
    with pytest.raises(AssertionError, match=told):
        run(database_url, 60, same=True, trusting=True)
