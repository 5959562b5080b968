"""Why somebody sees a thing or does not: the rules in their order, each with what it said (HIER-3, HIER-6).

Nothing is decided here a second time. The actor is the one that a request of the person would have, rights come from
it, and whether a thing is within a scope is asked of the predicates that rows, counts and details are filtered by.
"""

from abc import abstractmethod
from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.hierarchy.ports import HierarchyWork, PersonCard
from b2b_dvizhenie.application.identity import SessionReader
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import CompanyId, UserId
from b2b_dvizhenie.domain.visibility import Information


class Subject(StrEnum):
    """What has a place in the hierarchy, and is seen from some places and not from others."""

    ORDER = "order"
    COMPANY = "company"
    PERSON = "person"


GOVERNED_BY: Mapping[Subject | Information, Permission] = {
    Subject.ORDER: Permission.ORDERS_VIEW,
    Subject.COMPANY: Permission.COMPANIES_VIEW,
    Subject.PERSON: Permission.USERS_VIEW,
    Information.INDIVIDUAL_PRICES: Permission.PRICES_VIEW,
    Information.DISCOUNTS: Permission.PRICES_VIEW,
    Information.STOCK_DETAIL: Permission.STOCK_VIEW,
    Information.ORDER_SUMS: Permission.ORDERS_VIEW,
}
"""The right whose scope decides about a thing, or about a group of information."""


class Question(Struct, frozen=True):
    """What somebody may see: a subject with its id, or a group of information (for a company), or only rights.

    `entrance` are rights that the door asks for beside the one that governs the thing.
    """

    subject: Subject | None = None
    object_id: UUID | None = None
    information: Information | None = None
    entrance: tuple[Permission, ...] = ()


class Relation(Struct, frozen=True):
    """How a thing stands to a person.

    `within` are the scopes in which the person's predicates let it through. `company_id` is whose it is; `manager`
    looks after that company; `path` are the people from him (or from the person it is) up to the viewer, both included;
    empty where the viewer does not stand above. `firm` is the viewer's own seller firm.
    """

    title: str
    within: frozenset[Scope]
    company_id: CompanyId | None = None
    company: str = ""
    manager: str = ""
    path: tuple[str, ...] = ()
    firm: str = ""


class Step(Struct, frozen=True):
    """A rule that was asked: `code` says which and how it answered, `params` what about."""

    code: str
    ok: bool
    params: Mapping[str, str] = {}


class Explanation(Struct, frozen=True):
    """The chain of rules; seen is what no rule refuses. `remedy` is the narrowest scope that would do, if any."""

    person: PersonCard
    steps: tuple[Step, ...]
    title: str = ""
    remedy: Scope | None = None

    @property
    def seen(self) -> bool:
        """The verdict."""
        return all(step.ok for step in self.steps)


class ReachReader(Protocol):
    """Port: where a thing stands.

    Contract: `within` comes of the predicates that every other read filters by, one for each scope.
    """

    @abstractmethod
    async def relation(self, actor: Actor, subject: Subject, object_id: UUID) -> Relation | None:
        """How the thing stands to the actor; None where there is no such thing."""
        ...

    @abstractmethod
    async def company_of(self, subject: Subject, object_id: UUID) -> CompanyId | None:
        """The company a thing belongs to, which a request for it would name."""
        ...


class ExplainSight:
    """Why a person sees something or does not."""

    def __init__(self, work: HierarchyWork, sessions: SessionReader, reach: ReachReader, clock: Clock) -> None:
        self._work = work
        self._sessions = sessions
        self._reach = reach
        self._clock = clock

    async def __call__(self, asker: Actor, user_id: UserId, question: Question) -> Explanation:
        """The chain.

        Raises:
            Forbidden: the asker may not see people, or things of this kind at all.
            NotFound: the person, or the thing, is outside the asker's own sight.
        """
        scope = asker.require(Permission.USERS_VIEW)
        async with self._work() as work:
            card = await work.hierarchy.card(asker, scope, user_id)
        if card is None:
            raise NotFound("user")
        company = await self._asked_about(asker, question)
        actor = await self._sessions.person(user_id, company, self._clock())
        if actor is None:
            return Explanation(card, (Step("blocked", ok=False),))
        role = card.role_name or card.role
        steps = [_right(actor, role, one) for one in question.entrance]
        if question.subject is not None and question.object_id is not None:
            return await self._of_subject(card, actor, steps, question.subject, question.object_id)
        if question.information is not None:
            steps += _of_information(actor, role, question.information)
        return Explanation(card, tuple(steps))

    async def _asked_about(self, asker: Actor, question: Question) -> CompanyId | None:
        """The company a request for the thing would name; the asker must see the thing himself."""
        if question.object_id is None:
            return None
        subject = question.subject or Subject.COMPANY
        scope = asker.require(GOVERNED_BY[subject])
        relation = await self._reach.relation(asker, subject, question.object_id)
        if relation is None or scope not in relation.within:
            raise NotFound("object")
        return await self._reach.company_of(subject, question.object_id)

    async def _of_subject(
        self, card: PersonCard, actor: Actor, steps: list[Step], subject: Subject, object_id: UUID
    ) -> Explanation:
        relation = await self._reach.relation(actor, subject, object_id)
        if relation is None:
            raise NotFound("object")
        permission = GOVERNED_BY[subject]
        steps.append(_right(actor, card.role_name or card.role, permission))
        scope = actor.grants.get(permission)
        if scope is not None:
            steps.append(_place(scope, relation))
        enough = [one for one in sorted(relation.within, key=lambda one: one.width) if scope not in relation.within]
        return Explanation(card, tuple(steps), relation.title, enough[0] if enough else None)


def _right(actor: Actor, role: str, permission: Permission) -> Step:
    scope = actor.grants.get(permission)
    params = {"role": role, "permission": permission.value}
    if scope is None and permission is Permission.PRICES_VIEW and actor.is_concealed:
        return Step("concealed", ok=False, params=params)
    return Step("right", ok=True, params=params | {"scope": scope.value}) if scope else Step("no_right", False, params)


def _place(scope: Scope, relation: Relation) -> Step:
    ok = scope in relation.within
    params = {
        "company": relation.company,
        "manager": relation.manager,
        "path": " → ".join(relation.path),
        "firm": relation.firm,
    }
    return Step(f"{scope.value}_{'yes' if ok else 'no'}", ok, params)


def _of_information(actor: Actor, role: str, information: Information) -> list[Step]:
    permission = GOVERNED_BY.get(information)
    steps = [_right(actor, role, permission)] if permission else []
    scope = actor.grants.get(permission, Scope.OWN) if permission else Scope.OWN
    params = {"information": information.value, "level": str(actor.access_level)}
    if scope is not Scope.OWN:
        code = "beyond_levels"
    elif actor.company_id is None:
        code = "no_company"
    else:
        code = "level_opens" if actor.opens(information, scope) else "level_closed"
        if information in actor.closed_information:
            code = "segment_closed"
    return [*steps, Step(code, actor.opens(information, scope), params)]
