"""The card of a person: everything about him, and changing all of it at once."""

from collections.abc import Sequence

from msgspec import Struct

from b2b_dvizhenie.application.hierarchy.editing import current_editor, editing
from b2b_dvizhenie.application.hierarchy.people import found, give_role, put_under
from b2b_dvizhenie.application.hierarchy.ports import HierarchyTransaction, HierarchyWork, PersonCard
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.domain.hierarchy import (
    BeyondOwnRights,
    Permission,
    Scope,
    check_person,
    person_name,
)
from b2b_dvizhenie.domain.identity import parse_logins
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid, NotFound, VersionConflict
from b2b_dvizhenie.domain.shared.ids import FirmId, RoleId, UserId

LANGUAGES = ("ru", "en")
"""Languages that screens and messages are written in."""


class PersonEdit(Struct, frozen=True):
    """What the form of the card holds; logins as typed."""

    name: str
    email: str
    phone: str
    language: str
    role_id: RoleId
    head_id: UserId | None
    firm_id: FirmId | None


class ShownPerson(Struct, frozen=True):
    """The card; whether the viewer may change the person; firms he may be given, where the viewer may give them."""

    card: PersonCard
    may_edit: bool
    firms: Sequence[tuple[FirmId, str]] = ()


class ShowPerson:
    """One person of the directory."""

    def __init__(self, work: HierarchyWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, user_id: UserId) -> ShownPerson:
        """The card; raises Forbidden, and NotFound for who is outside the scope."""
        scope = actor.require(Permission.USERS_VIEW)
        async with self._work() as work:
            card = await work.hierarchy.card(actor, scope, user_id)
            if card is None:
                raise NotFound("user_id")
            may_edit = actor.may(Permission.USERS_MANAGE) and await _may_edit(work, actor, user_id)
            everybody = may_edit and actor.require(Permission.USERS_MANAGE) is Scope.ALL
            return ShownPerson(card, may_edit, await work.hierarchy.firms() if everybody else ())


async def _may_edit(work: HierarchyTransaction, actor: Actor, user_id: UserId) -> bool:
    person = await work.hierarchy.person(actor, actor.require(Permission.USERS_MANAGE), user_id)
    if person is None:
        return False
    roles = {role.role_id: role for role in await work.hierarchy.roles()}
    parents = {role_id: role.parent_id for role_id, role in roles.items()}
    try:
        check_person(parents, await current_editor(work, actor), person.role_id, roles[person.role_id].grants)
    except DomainError:
        return False
    return True


class EditPerson:
    """Change a person's card: all of it, or nothing."""

    def __init__(self, work: HierarchyWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, user_id: UserId, edit: PersonEdit, *, version: str) -> bool:
        """Save the card; whether anything was different.

        Args:
            actor: who edits.
            user_id: whose card.
            edit: the whole card.
            version: of the card that the actor saw.

        Raises:
            Forbidden, NotFound, RoleOutOfReach, BeyondOwnRights, HierarchyCycle, OwnAccount, LastAdministrator: as
                ChangePerson does; a firm is given by who manages everybody.
            VersionConflict: somebody changed the person since.
            Invalid: PersonNameInvalid, LoginInvalid; each names its field.
            LoginTaken: another active person has the e-mail or phone.
        """
        actor.require(Permission.USERS_MANAGE)
        name, logins = checked_person(edit.name, edit.email, edit.phone)
        async with editing(self._work, actor) as under_way:
            person = await found(under_way, user_id)
            book = under_way.work.hierarchy
            card = await book.card(under_way.actor, under_way.scope, user_id)
            if card is None or card.version != version:
                raise VersionConflict("version")
            if edit.firm_id != card.firm_id:
                await _check_firm(under_way.work, under_way.scope, edit.firm_id)
            before = _details(card.name, (card.email, card.phone), card.language, card.firm_id)
            language = edit.language if edit.language in LANGUAGES else card.language
            after = _details(name, logins, language, edit.firm_id)
            differs = [field for field in before if before[field] != after[field]]
            if differs:
                await book.set_details(user_id, name, logins, language, edit.firm_id)
                was, now = ({field: state[field] for field in differs} for state in (before, after))
                await under_way.record(Change("identity.user_changed", "user", str(user_id), was, now))
            moved = edit.head_id != card.head_id and await put_under(under_way, person, edit.head_id)
            given = edit.role_id != card.role_id and await give_role(under_way, person, edit.role_id)
        return bool(differs) or moved or given


def checked_person(name: str, email: str, phone: str) -> tuple[str, tuple[str | None, str | None]]:
    """The name in its one spelling, and the canonical e-mail and phone.

    Raises:
        Invalid: PersonNameInvalid, LoginInvalid; each names its field.
    """
    errors: list[DomainError] = []
    spelled = ""
    logins: tuple[str | None, str | None] = (None, None)
    try:
        spelled = person_name(name)
    except DomainError as error:
        errors.append(error)
    try:
        logins = parse_logins(email, phone)
    except DomainError as error:
        errors.append(error)
    if errors:
        raise Invalid(errors)
    return spelled, logins


def _details(
    name: str, logins: tuple[str | None, str | None], language: str, firm_id: FirmId | None
) -> dict[str, str | None]:
    firm = str(firm_id) if firm_id else None
    return {"name": name, "email": logins[0], "phone": logins[1], "language": language, "firm_id": firm}


async def _check_firm(work: HierarchyTransaction, scope: Scope, firm_id: FirmId | None) -> None:
    if scope is not Scope.ALL:
        raise BeyondOwnRights("firm", permission=Permission.USERS_MANAGE.value)  # one would move him out of sight
    if firm_id is not None and firm_id not in {one for one, _ in await work.hierarchy.firms()}:
        raise NotFound("firm")
