"""What becomes of the lines of a cart or a list when entries are put into it: one rule for both."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from b2b_dvizhenie.application.ordering.requests import RequestedLine
from b2b_dvizhenie.domain.ordering import (
    MAX_LINES,
    CartEntry,
    CartLine,
    Goods,
    PutMode,
    TooManyLines,
    combined,
    merged,
)
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid
from b2b_dvizhenie.domain.shared.ids import VariantId

WantedLine = tuple[CartEntry, Goods, str]
"""An entry, its goods, and the field that asked for the quantity."""
HeldLines = Mapping[VariantId, tuple[CartLine, Goods]]


class LinesEdit(Struct, frozen=True, kw_only=True):
    """How entries meet the lines that are there.

    `mode` is how a quantity meets the present one, `replace` removes every line that is not named, `round_up` takes
    the next quantity the seller ships instead of refusing, `without` are lines to be removed at the same time.
    """

    mode: PutMode = PutMode.SET
    replace: bool = False
    round_up: bool = False
    without: Collection[VariantId] = ()


SET_EXACTLY = LinesEdit()
"""Each entry stands for its line; all others stay."""
TOP_UP = LinesEdit(mode=PutMode.AT_LEAST, round_up=True)
"""What is asked for is there at least; doing it twice changes nothing."""


class Edited(Struct, frozen=True):
    """The lines that were named, in the order they were named; those that go; how many lines there are then."""

    changed: dict[VariantId, tuple[CartLine, Goods]]
    gone: list[VariantId]
    count: int


def entries_of(found: Sequence[tuple[RequestedLine, Goods]]) -> list[WantedLine]:
    """Requested lines with their goods as entries of a cart or a list."""
    return [
        (CartEntry(goods.variant_id, line.quantity, line.comment), goods, line.at("quantity")) for line, goods in found
    ]


def edited(held: HeldLines, wanted: Sequence[WantedLine], now: datetime, edit: LinesEdit = SET_EXACTLY) -> Edited:
    """What `wanted` makes of the held lines.

    Raises:
        Invalid: every resulting quantity that is none the seller ships, by its field.
        TooManyLines: there would be too many lines.
    """
    changed = _changed(held, wanted, now, edit)
    gone = sorted(one for one in held if one not in changed and (edit.replace or one in edit.without))
    count = len(held.keys() | changed.keys()) - len(gone)
    if count > MAX_LINES:
        raise TooManyLines("lines", count=count, maximum=MAX_LINES)
    return Edited(changed, gone, count)


def _changed(
    held: HeldLines, wanted: Sequence[WantedLine], now: datetime, edit: LinesEdit
) -> dict[VariantId, tuple[CartLine, Goods]]:
    fields = {entry.variant_id: (goods, field) for entry, goods, field in reversed(wanted)}
    changed: dict[VariantId, tuple[CartLine, Goods]] = {}
    errors: list[DomainError] = []
    for index, entry in enumerate(merged(entry for entry, _, _ in wanted)):
        goods, field = fields[entry.variant_id]
        old = held[entry.variant_id][0] if entry.variant_id in held else None
        quantity = combined(edit.mode, old.quantity if old else None, entry.quantity)
        try:
            quantity = goods.rule.check(goods.rule.round_up(quantity) if edit.round_up else quantity, field)
        except DomainError as error:
            errors.append(error)
            continue
        line = CartLine(
            entry.variant_id,
            quantity,
            # Lines of one request keep the order in which they were named.
            old.added_at if old else now + timedelta(microseconds=index),
            (old.comment if old else "") if entry.comment is None else entry.comment,
            old.seen if old else None,
        )
        changed[entry.variant_id] = (line, goods)
    if errors:
        raise Invalid(errors)
    return changed
