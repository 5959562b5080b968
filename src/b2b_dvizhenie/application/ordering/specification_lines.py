"""Change the lines of a specification, fill it from the cart, order from it (SPEC, QTY, REO)."""

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace as struct_replace

from b2b_dvizhenie.application.ordering.carts import change
from b2b_dvizhenie.application.ordering.line_edits import (
    SET_EXACTLY,
    TOP_UP,
    LinesEdit,
    WantedLine,
    edited,
    entries_of,
)
from b2b_dvizhenie.application.ordering.orders import Repeated, as_sold_today
from b2b_dvizhenie.application.ordering.ports import OrderingTransaction, OrderingWork
from b2b_dvizhenie.application.ordering.requests import RequestedLine, check_lines, resolve
from b2b_dvizhenie.application.ordering.specification_keeping import changed, editor, held_for
from b2b_dvizhenie.application.pricing import PriceLines
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.ordering import Access, CartEntry, PutMode, Specification
from b2b_dvizhenie.domain.shared.ids import SpecificationId, VariantId


class LinesPut(Struct, frozen=True):
    """What became of a change of lines: the version of the list now, and how many lines it has."""

    specification_id: SpecificationId
    version: int
    positions: int


async def put_lines(
    work: OrderingTransaction,
    actor: Actor,
    specification: Specification,
    now: datetime,
    wanted: Sequence[WantedLine],
    edit: LinesEdit = SET_EXACTLY,
) -> LinesPut:
    """Write entries into a held list; its version moves only where something changes.

    Raises:
        TooManyLines: the list would have too many lines.
        Invalid: a resulting quantity is none the seller ships.
    """
    key = specification.specification_id
    rows = await work.specifications.lines(key, actor.closed)
    held = {line.variant_id: (line, goods) for line, goods in rows}
    found = edited(held, wanted, now, edit)
    written = [line for one, (line, _) in found.changed.items() if one not in held or line != held[one][0]]
    if not found.gone and not written:
        return LinesPut(key, specification.version, found.count)
    if found.gone:
        await work.specifications.remove(key, found.gone)
    await work.specifications.put(key, written)
    following = await changed(work, specification, now)
    return LinesPut(key, following.version, found.count)


class PutSpecificationLines:
    """Put lines into a list, or take some out: all of them or none."""

    def __init__(self, work: OrderingWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(
        self,
        actor: Actor,
        specification_id: SpecificationId,
        lines: Sequence[RequestedLine],
        *,
        mode: PutMode = PutMode.SET,
        replace: bool = False,
        round_up: bool = False,
        without: Collection[VariantId] = (),
        version: int | None = None,
    ) -> LinesPut:
        """On an error nothing has changed.

        Args:
            actor: who edits.
            specification_id: his own list, or one that a colleague shared for editing.
            lines: what to put; quantities of goods named twice are added up.
            mode: how a quantity meets the one in the list.
            replace: remove every other line.
            round_up: take the next quantity the seller ships instead of refusing, as the storefront does.
            without: lines to be removed at the same time; what is not there is no error.
            version: the one the editor saw; another one is a conflict, so that no colleague's change is overwritten.

        Raises:
            TooManyLines: the request or the list would have too many lines.
            Invalid: every wrong line by its field: impossible quantity, unknown goods, no multiple.
            NotFound, SpecificationReadOnly: the list is not the actor's to edit.
            VersionConflict: somebody changed it since.
            CompanyRequired: no company is selected.
        """
        user_id = editor(actor)
        check_lines(lines)
        async with self._work() as work:
            held = await held_for(work, user_id, specification_id, Access.EDIT, version)
            found = await resolve(work.goods, lines, actor.closed)
            edit = LinesEdit(mode=mode, replace=replace, round_up=round_up, without=without)
            put = await put_lines(work, actor, held, self._clock(), entries_of(found), edit)
            await work.commit()
        return put


class TakeCartIntoSpecification:
    """Put what is in the cart into a list; the cart stays as it is."""

    def __init__(self, work: OrderingWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, specification_id: SpecificationId) -> LinesPut:
        """Of the quantity in the list and the one in the cart the larger stands: repeating it changes nothing.

        Lines that are closed to the company or not sold any more stay in the cart alone.

        Raises:
            NotFound, SpecificationReadOnly: the list is not the actor's to edit.
            TooManyLines: the list would have too many lines.
        """
        user_id = editor(actor)
        async with self._work() as work:
            held = await held_for(work, user_id, specification_id, Access.EDIT)
            rows = await work.carts.lines(user_id, actor.closed)
            wanted: list[WantedLine] = [
                (CartEntry(line.variant_id, line.quantity, line.comment or None), goods, "quantity")
                for line, goods in rows
                if goods.is_orderable
            ]
            put = await put_lines(work, actor, held, self._clock(), wanted, TOP_UP)
            await work.commit()
        return put


class PutSpecificationIntoCart:
    """Put lines of a list into the cart at today's prices: all of them, or those that were chosen."""

    def __init__(self, work: OrderingWork, price_lines: PriceLines, clock: Clock) -> None:
        self._work = work
        self._price_lines = price_lines
        self._clock = clock

    async def __call__(
        self, actor: Actor, specification_id: SpecificationId, chosen: Collection[VariantId] | None = None
    ) -> Repeated:
        """The cart with the lines in it, at least in the quantities of the list; the list stays as it is.

        Doing it twice changes nothing. Goods that are not on sale any more, or closed to the company, are named and
        left out.

        Args:
            actor: whose cart.
            specification_id: a list he may read.
            chosen: which lines; None for all. Lines that are not there are no error.

        Raises:
            NotFound: the list is not the actor's to see.
            TooManyLines: the cart would have too many lines.
            CompanyRequired: no company is selected.
        """
        user_id = editor(actor)
        async with self._work() as work:
            await held_for(work, user_id, specification_id, Access.READ)
            rows = await work.specifications.lines(specification_id, actor.closed)
            lines = {line.variant_id: (line, goods) for line, goods in rows}
            if chosen is not None:
                lines = {key: one for key, one in lines.items() if key in set(chosen)}
            quantities = {key: line.quantity for key, (line, _) in lines.items()}
            names = {key: (goods.article, goods.name) for key, (_, goods) in lines.items()}
            found, differences = await as_sold_today(work.goods, quantities, names, actor.closed)
            wanted = [
                (struct_replace(entry, comment=lines[entry.variant_id][0].comment or None), goods, field)
                for entry, goods, field in found
            ]
            cart = await change(work, actor, self._price_lines, self._clock(), wanted, TOP_UP)
        return Repeated(cart, len(wanted), differences)
