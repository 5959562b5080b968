"""Why a line of an order cost what it cost: from what was stored with it, whatever the rules are today."""

from msgspec import Struct

from b2b_dvizhenie.application.ordering.ports import OrderReader
from b2b_dvizhenie.application.ordering.views import ExplainedLine
from b2b_dvizhenie.application.pricing import Audience, Reasons, RuleBooks, reasons_of, rules_in
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import OrderId


class OrderLineWhy(Struct, frozen=True):
    """A line and its price in steps, as this actor may know them."""

    line: ExplainedLine
    reasons: Reasons


def audience_of(actor: Actor) -> Audience:
    """Who edits discounts reads everything, who processes orders what a manager may know, everybody else is a buyer."""
    if actor.may(Permission.PRICES_MANAGE):
        return Audience.AUDITOR
    return Audience.MANAGER if actor.may(Permission.ORDERS_PROCESS) else Audience.BUYER


class ExplainOrderLine:
    """The stored explanation of a line."""

    def __init__(self, reader: OrderReader, books: RuleBooks) -> None:
        self._reader = reader
        self._books = books

    async def __call__(self, actor: Actor, order_id: OrderId, position: int) -> OrderLineWhy:
        """The steps; two round trips.

        Raises:
            Forbidden: no right to orders or to prices.
            NotFound: there is no such line, or its sums are not the actor's to see.
        """
        scope = actor.require(Permission.ORDERS_VIEW)
        actor.require(Permission.PRICES_VIEW)
        found = await self._reader.explained(actor, scope, order_id, position)
        if found is None:
            raise NotFound("order_id")
        told = found.explanation
        rules = rules_in(told)
        names = await self._books.names(told.rule_set_id, rules) if rules and told.rule_set_id else {}
        return OrderLineWhy(found, reasons_of(told, names, audience_of(actor)))
