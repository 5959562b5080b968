"""Seller firms: the wholesaler's own legal entities. A director belongs to one, an agreement names one (A7)."""

from abc import abstractmethod
from typing import Protocol

from msgspec import Struct

from b2b_dvizhenie.application.companies.editing import told
from b2b_dvizhenie.application.companies.ports import HeldFirm, TradeWork
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.domain.companies import Requisites, checked
from b2b_dvizhenie.domain.hierarchy import Forbidden, Permission, Scope
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind, NotFound
from b2b_dvizhenie.domain.shared.ids import FirmId, new_id


class FirmInUse(DomainError):
    """Agreements or people belong to the firm, or it is the default one; it cannot be switched off."""

    code = "companies.firm_in_use"
    kind = Kind.CONFLICT


class FirmLine(Struct, frozen=True):
    """A firm in the list: how many active agreements name it, how many active people belong to it."""

    firm_id: FirmId
    requisites: Requisites
    is_default: bool
    is_active: bool
    agreements: int
    people: int


class FirmReader(Protocol):
    """Port: the list of firms."""

    @abstractmethod
    async def firms(self, firm_id: FirmId | None = None) -> tuple[FirmLine, ...]:
        """All firms, or the one asked for, the default one first, then by name; one statement."""
        ...


class ListFirms:
    """Firms the actor may see: his own; all of them for who sees all companies."""

    def __init__(self, reader: FirmReader) -> None:
        self._reader = reader

    async def __call__(self, actor: Actor) -> tuple[FirmLine, ...]:
        """The default one first, then by name; raises Forbidden."""
        if actor.require(Permission.COMPANIES_VIEW) is Scope.ALL:
            return await self._reader.firms()
        return () if actor.firm_id is None else await self._reader.firms(actor.firm_id)


class PutFirm:
    """Add a seller firm, or change one. Firms concern the whole house: the right must cover all companies."""

    def __init__(self, work: TradeWork) -> None:
        self._work = work

    async def __call__(
        self,
        actor: Actor,
        typed: Requisites,
        firm_id: FirmId | None = None,
        *,
        is_default: bool = False,
        is_active: bool = True,
    ) -> FirmId:
        """The firm. The default one stays the default until another one is made it.

        Raises:
            Forbidden: the right to change companies does not cover all of them.
            NotFound: no such firm.
            Invalid: wrong requisites, by their fields.
            FirmInUse: it is to be switched off although it is the default one, or agreements or people belong to it.
        """
        if actor.require(Permission.COMPANIES_MANAGE) is not Scope.ALL:
            raise Forbidden(permission=Permission.COMPANIES_MANAGE.value)
        async with self._work() as work:
            before = None if firm_id is None else await work.firms.hold(firm_id)
            if firm_id is not None and before is None:
                raise NotFound("firm_id")
            requisites = checked(typed)
            stays_default = is_default or (before is not None and before.is_default)
            after = HeldFirm(firm_id or FirmId(new_id()), requisites, is_active, stays_default)
            if after == before:
                return after.firm_id
            if not is_active and (stays_default or await work.firms.is_used(after.firm_id)):
                raise FirmInUse("is_active")
            await work.firms.put(after)
            was = None if before is None else _told(before)
            action = "companies.firm_created" if before is None else "companies.firm_changed"
            await work.audit.record(actor, Change(action, "firm", str(after.firm_id), was, _told(after)))
            await work.commit()
        return after.firm_id


def _told(firm: HeldFirm) -> dict[str, object]:
    return told(firm.requisites) | {"is_default": firm.is_default, "is_active": firm.is_active}
