"""Who one is and for whom one buys: the person's own profile and companies (MUL)."""

from abc import abstractmethod
from typing import Protocol
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.identity import AuthenticationRequired
from b2b_dvizhenie.domain.shared.ids import UserId


class Membership(Struct, frozen=True):
    """A company the person buys for. `price_type` is the type its prices are of, for whom prices may be seen."""

    id: UUID
    name: str
    inn: str
    kpp: str
    kind: str
    access_level: int
    is_selected: bool
    price_type: str | UnsetType = UNSET


class Profile(Struct, frozen=True):
    """The person: name, logins, companies in the order of their names; `role_name` is empty where the code is shown."""

    name: str
    email: str | None
    phone: str | None
    role: str
    role_name: str
    companies: tuple[Membership, ...]


class ProfileReader(Protocol):
    """Port: a person with the active companies he is a member of."""

    @abstractmethod
    async def profile(self, user_id: UserId) -> Profile | None:
        """The profile, none of its companies selected, or None for a person who is gone. One round trip.

        Contract: `price_type` is what the access level there opens: the agreement's, or the default type.
        """
        ...


class ShowProfile:
    """The actor's own profile."""

    def __init__(self, reader: ProfileReader) -> None:
        self._reader = reader

    async def __call__(self, actor: Actor) -> Profile:
        """The profile with the company of this request selected.

        Raises:
            Forbidden: no right to one's profile.
            AuthenticationRequired: the actor is not a person.
        """
        actor.require(Permission.PROFILE_VIEW)
        found = await self._reader.profile(actor.user_id) if actor.user_id else None
        if found is None:
            raise AuthenticationRequired
        sees_prices = actor.may(Permission.PRICES_VIEW)
        companies = tuple(
            Membership(
                one.id,
                one.name,
                one.inn,
                one.kpp,
                one.kind,
                one.access_level,
                one.id == actor.company_id,
                one.price_type if sees_prices else UNSET,
            )
            for one in found.companies
        )
        return Profile(found.name, found.email, found.phone, found.role, found.role_name, companies)
