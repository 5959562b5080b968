"""Make specifications, name and share them, copy and delete them. For who may not see a list it does not exist."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from b2b_dvizhenie.application.ordering.line_edits import LinesEdit, edited, entries_of
from b2b_dvizhenie.application.ordering.ports import OrderingTransaction, OrderingWork
from b2b_dvizhenie.application.ordering.pricing import buyer
from b2b_dvizhenie.application.ordering.requests import RequestedLine, check_lines, resolve
from b2b_dvizhenie.application.ordering.specification_ports import HeldSpecification
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.ordering import (
    MAX_SPECIFICATIONS,
    Access,
    CartLine,
    Sharing,
    Specification,
    SpecificationReadOnly,
    TooManySpecifications,
    specification_name,
)
from b2b_dvizhenie.domain.shared.errors import NotFound, VersionConflict
from b2b_dvizhenie.domain.shared.ids import SpecificationId, UserId


def editor(actor: Actor) -> UserId:
    """Somebody who may keep lists, buying for a company: what is closed to it is closed to him (HIER-7).

    Raises:
        Forbidden: he may not fill carts, or not see lists.
        CompanyRequired: no company is selected.
    """
    actor.require(Permission.SPECIFICATIONS_VIEW)
    actor.require(Permission.CART_EDIT)
    return buyer(actor)


async def held_for(
    work: OrderingTransaction,
    user_id: UserId,
    specification_id: SpecificationId,
    needed: Access,
    version: int | None = None,
) -> Specification:
    """A list, locked until the end of the transaction, that this person may use as `needed`.

    Args:
        work: the transaction.
        user_id: who asks.
        specification_id: which list.
        needed: READ, EDIT or OWN.
        version: the one he saw; None where his change does not depend on what he saw.

    Raises:
        NotFound: he may not even read it.
        SpecificationReadOnly: he may read it only, or it is another person's and only the owner may.
        VersionConflict: somebody changed it since.
    """
    held = await work.specifications.hold(user_id, specification_id)
    if held is None:
        raise NotFound("specification_id")
    if not _suffices(held, needed):
        raise SpecificationReadOnly
    if version is not None and version != held.specification.version:
        raise VersionConflict("version")
    return held.specification


def _suffices(held: HeldSpecification, needed: Access) -> bool:
    ranked = list(Access)
    return ranked.index(held.access) >= ranked.index(needed)


async def changed(work: OrderingTransaction, specification: Specification, now: datetime) -> Specification:
    """Write that a held list, or its lines, are other ones now."""
    following = replace(specification, version=specification.version + 1)
    await work.specifications.change(following, now)
    return following


class MakeSpecification:
    """Make a list: empty, of the lines of the cart, or of another list that the actor may read."""

    def __init__(self, work: OrderingWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(
        self,
        actor: Actor,
        specification_id: SpecificationId,
        name: str,
        *,
        from_cart: bool = False,
        copy_of: SpecificationId | None = None,
        lines: Sequence[RequestedLine] = (),
    ) -> Specification:
        """A private list of the actor's own, for the company he acts for.

        Args:
            actor: who makes it.
            specification_id: its id.
            name: its name.
            from_cart: with the lines of the cart.
            copy_of: with the lines of this list instead.
            lines: with these lines instead, their quantities rounded up to what the seller ships.

        Raises:
            Invalid: every wrong line by its field.
            SpecificationNameInvalid: the name.
            TooManySpecifications: he has as many as one may have.
            NotFound: there is no list to copy.
        """
        user_id = editor(actor)
        made = Specification(
            specification_id=specification_id,
            owner_id=user_id,
            company_id=actor.buyer_terms().company_id,
            name=specification_name(name),
        )
        check_lines(lines)
        now = self._clock()
        async with self._work() as work:
            if await work.specifications.hold_all_of(user_id) >= MAX_SPECIFICATIONS:
                raise TooManySpecifications(maximum=MAX_SPECIFICATIONS)
            put: Sequence[CartLine] = ()
            if lines:
                found = await resolve(work.goods, lines, actor.closed)
                opening = edited({}, entries_of(found), now, LinesEdit(round_up=True))
                put = [line for line, _ in opening.changed.values()]
            elif copy_of is not None:
                await held_for(work, user_id, copy_of, Access.READ)
                put = [line for line, _ in await work.specifications.lines(copy_of, actor.closed)]
            elif from_cart:
                put = [line for line, _ in await work.carts.lines(user_id, actor.closed)]
            await work.specifications.add(made, now)
            await work.specifications.put(specification_id, put)
            after = _state(made) | {"lines": len(put)} | ({"copy_of": str(copy_of)} if copy_of else {})
            await work.audit.record(actor, _change("made", specification_id, None, after))
            await work.commit()
        return made


class ChangeSpecification:
    """Rename a list, or share it: its owner may."""

    def __init__(self, work: OrderingWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(
        self,
        actor: Actor,
        specification_id: SpecificationId,
        version: int,
        *,
        name: str | None = None,
        sharing: Sharing | None = None,
    ) -> Specification:
        """The list afterwards; None leaves a thing as it is.

        Raises:
            SpecificationNameInvalid: the name.
            NotFound, SpecificationReadOnly: it is not the actor's.
            VersionConflict: somebody changed it since.
        """
        user_id = editor(actor)
        async with self._work() as work:
            before = await held_for(work, user_id, specification_id, Access.OWN, version)
            after = replace(
                before,
                name=before.name if name is None else specification_name(name),
                sharing=before.sharing if sharing is None else sharing,
            )
            if after == before:
                return before
            after = await changed(work, after, self._clock())
            await work.audit.record(actor, _change("changed", specification_id, _state(before), _state(after)))
            await work.commit()
        return after


class DeleteSpecification:
    """Delete a list with its lines: its owner may."""

    def __init__(self, work: OrderingWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, specification_id: SpecificationId, version: int | None = None) -> None:
        """Delete.

        Raises:
            NotFound, SpecificationReadOnly: it is not the actor's.
            VersionConflict: somebody changed it since.
        """
        user_id = editor(actor)
        async with self._work() as work:
            before = await held_for(work, user_id, specification_id, Access.OWN, version)
            await work.specifications.delete(specification_id)
            await work.audit.record(actor, _change("deleted", specification_id, _state(before), None))
            await work.commit()


def _state(specification: Specification) -> dict[str, Any]:
    return {"name": specification.name, "sharing": specification.sharing.value}


def _change(
    verb: str, specification_id: SpecificationId, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> Change:
    return Change(f"ordering.specification_{verb}", "specification", str(specification_id), before, after)
