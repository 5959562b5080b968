"""The ways to pay of the house: listed, added, changed, switched off by an administrator; audited."""

from abc import abstractmethod
from typing import Any, Protocol

from msgspec import Struct, to_builtins

from b2b_dvizhenie.application.companies.ports import TradeWork
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.domain.companies import (
    Cards,
    CompanyKind,
    MethodTerms,
    PaymentMethod,
    checked_method,
    uncovered_payers,
)
from b2b_dvizhenie.domain.hierarchy import Forbidden, Permission, Scope
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import PaymentMethodId, new_id


class PaymentMethodLine(Struct, frozen=True):
    """A method in the list: the names of its firms, how many active agreements name it, as far as the viewer sees."""

    method: PaymentMethod
    firms: tuple[str, ...]
    agreements: int


class PaymentMethodList(Struct, frozen=True):
    """All methods. `cards_connected`: an acquirer is. `uncovered` are legal forms that could pay by none,
    for whoever sees all methods.
    """

    lines: tuple[PaymentMethodLine, ...]
    cards_connected: bool
    uncovered: tuple[CompanyKind, ...]


class PaymentMethodReader(Protocol):
    """Port: the list of methods."""

    @abstractmethod
    async def payment_methods(self, actor: Actor, scope: Scope) -> tuple[PaymentMethodLine, ...]:
        """Every method, by place and name; one statement.

        Whoever does not see all companies sees no firm but his own, no method of other firms only, and counts the
        agreements of the companies in his scope.
        """
        ...


class ListPaymentMethods:
    """Every way to pay that the house knows.

    Args:
        reader: where they are.
        cards_connected: whether an acquirer takes payments by card.
    """

    def __init__(self, reader: PaymentMethodReader, *, cards_connected: bool) -> None:
        self._reader = reader
        self._cards_connected = cards_connected

    async def __call__(self, actor: Actor) -> PaymentMethodList:
        """All that concern the actor, also those switched off; raises Forbidden."""
        scope = actor.require(Permission.COMPANIES_VIEW)
        lines = await self._reader.payment_methods(actor, scope)
        # Who may pay by card for an entrepreneur is a matter of roles; here it is asked whether anybody could.
        cards = Cards(self._cards_connected, for_entrepreneurs=True)
        found = uncovered_payers((one.method for one in lines), cards) if scope is Scope.ALL else ()
        return PaymentMethodList(lines, self._cards_connected, found)


class PutPaymentMethod:
    """Add a way to pay, or change one. They concern the whole house: the right must cover all companies."""

    def __init__(self, work: TradeWork) -> None:
        self._work = work

    async def __call__(
        self, actor: Actor, typed: MethodTerms, method_id: PaymentMethodId | None = None
    ) -> PaymentMethodId:
        """The method, effective with the next request; orders keep what they were placed with.

        Raises:
            Forbidden: the right to change companies does not cover all of them.
            NotFound: no such method; a firm that does not exist is named by its field.
            Invalid: what `checked_method` refuses, by its fields.
        """
        if actor.require(Permission.COMPANIES_MANAGE) is not Scope.ALL:
            raise Forbidden(permission=Permission.COMPANIES_MANAGE.value)
        async with self._work() as work:
            before = None if method_id is None else await work.payment_methods.hold(method_id)
            if method_id is not None and before is None:
                raise NotFound("method_id")
            after = PaymentMethod(method_id or PaymentMethodId(new_id()), checked_method(typed))
            if after == before:
                return after.method_id
            await work.payment_methods.put(after)
            action = "companies.payment_method_made" if before is None else "companies.payment_method_changed"
            was = None if before is None else _told(before)
            await work.audit.record(actor, Change(action, "payment_method", str(after.method_id), was, _told(after)))
            await work.commit()
        return after.method_id


def _told(method: PaymentMethod) -> dict[str, Any]:
    """A method as the audit trail keeps it: what was decided, without what was left open."""
    whole: dict[str, Any] = to_builtins(method.terms)
    return {name: value for name, value in whole.items() if value not in ([], ())}
