"""What administrators do to people: another role, another head, blocking (REG-7, HIER-4); to one or to many."""

from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum

from msgspec import Struct

from b2b_dvizhenie.application.hierarchy.editing import Edit, editing
from b2b_dvizhenie.application.hierarchy.ports import HierarchyWork, PersonRow
from b2b_dvizhenie.application.identity import tell
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.domain.hierarchy import (
    OwnAccount,
    Permission,
    Scope,
    check_move,
    check_person,
    check_role_change,
)
from b2b_dvizhenie.domain.shared.errors import DomainError, NotFound
from b2b_dvizhenie.domain.shared.ids import RoleId, UserId

MAX_PEOPLE = 200
"""People in one bulk change: a page of the directory."""


class PeopleAction(StrEnum):
    """What can be done to several people at once."""

    ROLE = "role"
    HEAD = "head"
    BLOCK = "block"
    UNBLOCK = "unblock"
    LOG_OUT = "log_out"
    SECOND_FACTOR_OFF = "second_factor_off"


class TooManyPeople(DomainError):
    """More people than one bulk change takes; `maximum` says how many it takes."""

    code = "hierarchy.too_many_people"


class PeopleChange(Struct, frozen=True):
    """A change of people: `role_id` for ROLE, `head_id` for HEAD (None: nobody's subordinate)."""

    action: PeopleAction
    role_id: RoleId | None = None
    head_id: UserId | None = None


class PersonOutcome(Struct, frozen=True):
    """What became of one person: `error` is what refused it; `changed` is False where it was so already."""

    user_id: UserId
    name: str
    changed: bool
    error: DomainError | None = None


class ChangePerson:
    """Change one person, in a transaction of its own."""

    def __init__(self, work: HierarchyWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, user_id: UserId, change: PeopleChange) -> PersonOutcome:
        """Make the change; effective on the person's next request, blocking on every session at once.

        Raises:
            Forbidden: no right to manage people.
            NotFound: no such person, role or head within the actor's scope.
            RoleOutOfReach: the person may more than the actor, or has a role that is not below his.
            BeyondOwnRights: the new role may more than the actor.
            HierarchyCycle: the new head is the person or somebody below.
            OwnAccount: blocking oneself; moving oneself without managing everybody.
            LastAdministrator: nobody would be left who manages everybody.
            LoginTaken: another active person has the e-mail or phone of the unblocked one.
        """
        async with editing(self._work, actor) as edit:
            person = await found(edit, user_id)
            changed = await _apply(edit, person, change)
        return PersonOutcome(user_id, person.name, changed)


class _Withdrawn(Exception):
    """Somebody was refused: nobody is changed."""


class ChangePeople:
    """Change several people at once: all of them, or, where one is refused, nobody."""

    def __init__(self, work: HierarchyWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, people: Sequence[UserId], change: PeopleChange) -> list[PersonOutcome]:
        """One outcome per person, in the order asked for; a person named twice is changed once.

        Where one outcome has an error nothing was changed: the others tell who would have been. A change is judged by
        what the earlier ones of the same call have left behind, so that two heads cannot be put under each other.

        Raises:
            Forbidden: no right to manage people.
            TooManyPeople: more than a page of them.
            LastAdministrator: nobody would be left who manages everybody; nobody was changed.
        """
        actor.require(Permission.USERS_MANAGE)
        wanted = list(dict.fromkeys(people))
        if len(wanted) > MAX_PEOPLE:
            raise TooManyPeople("users", maximum=MAX_PEOPLE)
        outcomes: list[PersonOutcome] = []
        with suppress(_Withdrawn):
            async with editing(self._work, actor) as edit:
                outcomes += [await _attempt(edit, user_id, change) for user_id in wanted]
                if any(one.error for one in outcomes):
                    raise _Withdrawn
        return outcomes


async def found(edit: Edit, user_id: UserId) -> PersonRow:
    """A person whom the editor may change; raises NotFound, RoleOutOfReach."""
    person = await edit.work.hierarchy.person(edit.actor, edit.scope, user_id)
    if person is None:
        raise NotFound("user")
    check_person(edit.parents, edit.editor, person.role_id, edit.role(person.role_id).grants)
    return person


async def _attempt(edit: Edit, user_id: UserId, change: PeopleChange) -> PersonOutcome:
    name = ""
    try:
        person = await edit.work.hierarchy.person(edit.actor, edit.scope, user_id)
        name = person.name if person else ""
        return PersonOutcome(user_id, name, await _apply(edit, await found(edit, user_id), change))
    except DomainError as error:
        return PersonOutcome(user_id, name, changed=False, error=error)


async def _apply(edit: Edit, person: PersonRow, change: PeopleChange) -> bool:
    match change.action:
        case PeopleAction.ROLE:
            return await give_role(edit, person, change.role_id)
        case PeopleAction.HEAD:
            return await put_under(edit, person, change.head_id)
        case PeopleAction.BLOCK:
            return await _block(edit, person)
        case PeopleAction.UNBLOCK:
            return await _unblock(edit, person)
        case PeopleAction.LOG_OUT:
            return await _log_out(edit, person)
        case PeopleAction.SECOND_FACTOR_OFF:
            return await _second_factor_off(edit, person)


async def give_role(edit: Edit, person: PersonRow, role_id: RoleId | None) -> bool:
    """Give the person another role; whether it was another. Raises as ChangePerson does."""
    if role_id is None:
        raise NotFound("role")
    now, wanted = edit.role(person.role_id), edit.role(role_id)
    check_role_change(edit.parents, edit.editor, (now.role_id, now.grants), (wanted.role_id, wanted.grants))
    if wanted.role_id == now.role_id:
        return False
    await edit.work.hierarchy.set_role(person.user_id, role_id)
    before, after = {"role": now.name or now.code}, {"role": wanted.name or wanted.code}
    await edit.record(Change("hierarchy.role_given", "user", str(person.user_id), before, after))
    return True


async def put_under(edit: Edit, person: PersonRow, head_id: UserId | None) -> bool:
    """Put the person under another head; whether it was another. Raises as ChangePerson does."""
    everybody = edit.scope is Scope.ALL
    if not everybody and person.user_id == edit.actor.user_id:
        raise OwnAccount("user")  # one could leave the sight of one's own head
    if head_id is not None:
        if await edit.work.hierarchy.person(edit.actor, edit.scope, head_id) is None:
            raise NotFound("head")
        check_move(person.user_id, await edit.work.hierarchy.heads(head_id), "head")
    elif not everybody:
        raise NotFound("head")
    if head_id == person.head_id:
        return False
    await edit.work.hierarchy.set_head(person.user_id, head_id)
    before = {"head_id": str(person.head_id)} if person.head_id else None
    after = {"head_id": str(head_id)} if head_id else None
    await edit.record(Change("hierarchy.head_changed", "user", str(person.user_id), before, after))
    return True


async def _block(edit: Edit, person: PersonRow) -> bool:
    if person.user_id == edit.actor.user_id:
        raise OwnAccount("user")
    if not person.is_active:
        return False
    closed = await edit.work.hierarchy.block(person.user_id)
    before, after = {"is_active": True}, {"is_active": False, "sessions_closed": closed}
    await edit.record(Change("hierarchy.user_blocked", "user", str(person.user_id), before, after))
    return True


async def _unblock(edit: Edit, person: PersonRow) -> bool:
    if person.is_active:
        return False
    await edit.work.hierarchy.unblock(person.user_id)
    await edit.record(
        Change("hierarchy.user_unblocked", "user", str(person.user_id), {"is_active": False}, {"is_active": True})
    )
    return True


async def _log_out(edit: Edit, person: PersonRow) -> bool:
    closed = await edit.work.hierarchy.close_sessions(person.user_id)
    if not closed:
        return False
    change = Change("identity.tokens_reset", "user", str(person.user_id), after={"sessions_closed": closed})
    await edit.record(change)
    return True


async def _second_factor_off(edit: Edit, person: PersonRow) -> bool:
    """For who has lost phone and recovery codes: the next login asks the password alone."""
    if person.user_id == edit.actor.user_id:
        raise OwnAccount("user")  # one's own is switched off by a code
    if not await edit.work.hierarchy.drop_second_factor(person.user_id):
        return False
    before, after = {"second_factor": True}, {"second_factor": False}
    await edit.record(Change("identity.second_factor_reset", "user", str(person.user_id), before, after))
    reachable = await edit.work.accounts.reachable(person.user_id)
    if reachable is not None:
        await tell(edit.work.outbox, reachable, "identity.second_factor_reset", mail_first=True)
    return True
