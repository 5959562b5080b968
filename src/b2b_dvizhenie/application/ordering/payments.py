"""How an order is paid: what the company of the moment can choose from, and what this person chose last (MUL-3)."""

from abc import abstractmethod
from typing import Protocol

from msgspec import Struct

from b2b_dvizhenie.application.ordering.pricing import buyer
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.companies import Cards, PaymentBasis, PaymentMethod, Terms, offered_methods
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.ids import PaymentMethodId, UserId


def cards_of(actor: Actor, *, are_connected: bool) -> Cards:
    """Whether this actor may pay by card, as far as it is his to say (A16)."""
    return Cards(are_connected, for_entrepreneurs=actor.may(Permission.ORDERS_PAY_BY_CARD))


class OfferedPayments(Struct, frozen=True):
    """The methods to choose from, in their order.

    `preset` is the last choice where it is still offered, else the first. `is_closed`: the house
    has methods and none of them is for this company, so that it cannot order.
    """

    methods: tuple[PaymentMethod, ...]
    preset: PaymentMethodId | None
    is_closed: bool = False


class PaymentReader(Protocol):
    """Port: what decides about ways to pay."""

    @abstractmethod
    async def basis(self, terms: Terms, user_id: UserId) -> tuple[PaymentBasis, PaymentMethodId | None]:
        """What decides for the company under its terms, and the method of this person's last order for it.

        One statement. Orders without a method are passed over.
        """
        ...


class OfferPayments:
    """The ways to pay of the selected company; another company has others."""

    def __init__(self, reader: PaymentReader, *, cards_connected: bool) -> None:
        self._reader = reader
        self._cards_connected = cards_connected

    async def __call__(self, actor: Actor) -> OfferedPayments:
        """What can be chosen.

        Raises:
            Forbidden: the actor may not order.
            CompanyRequired: no company is selected.
        """
        actor.require(Permission.ORDERS_PLACE)
        user_id = buyer(actor)
        basis, last = await self._reader.basis(actor.buyer_terms(), user_id)
        methods = offered_methods(basis, cards_of(actor, are_connected=self._cards_connected))
        keys = [one.method_id for one in methods]
        preset = last if last in keys else next(iter(keys), None)
        return OfferedPayments(methods, preset, is_closed=bool(basis.methods) and not methods)
