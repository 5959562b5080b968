"""A whole order compared with the document that the ERP keeps of it: lines are paired, pennies are forgiven."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext

from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.domain.drift.findings import Comparison, DriftKind, LineDrift, Pair, Step
from b2b_dvizhenie.domain.drift.lines import absent, added, compare_line
from b2b_dvizhenie.domain.drift.sides import ErpDiscount, ErpDocument, ErpLine, SoldLine, SoldOrder
from b2b_dvizhenie.domain.drift.statements import PRICE_GRID
from b2b_dvizhenie.domain.shared.money import MAX_AMOUNT, minor_digits, round_money

_ZERO = Decimal(0)
_Key = tuple[str, str]


class Tolerance(Struct, frozen=True):
    """Kopecks that are no drift: an ERP spreads those of a document over its lines.

    Differences of rounding are forgiven, all of them or none: where each is at most `line` and they add up to at most
    `document`, in minor units of the currency.
    """

    line: int = 1
    document: int = 0


EXACT = Tolerance(0, 0)


def compare(order: SoldOrder, document: ErpDocument, tolerance: Tolerance = EXACT) -> Comparison:
    """Compare; pure, and the same however the lines of the document are arranged.

    Lines are the same where the goods are: a line that the ERP has split is put together again. Goods without a ref are
    told by their article, else by their name.

    Raises:
        ArithmeticError: a number of the document is beyond what money can be, or what can be computed with.
    """
    with localcontext() as context:
        context.prec = 50
        found = _compared(order, document, tolerance)
    if any(abs(amount) > MAX_AMOUNT for amount in _numbers(found)):
        raise OverflowError("a document with numbers beyond money")
    return found


def _compared(order: SoldOrder, document: ErpDocument, tolerance: Tolerance) -> Comparison:
    theirs = [_alike(line, order) for line in document.lines]
    found = list(_differing(order, theirs))
    unit = Decimal(1).scaleb(-minor_digits(order.currency))
    unexplained = _ZERO
    if document.total is not None:
        unexplained = document.total - order.total - _payable(order, theirs)
    forgiven = [one for one in found if one.kind is DriftKind.ROUNDING]
    if not _forgives(forgiven, tolerance, unit):
        forgiven = []
    if abs(unexplained) <= tolerance.document * unit:
        unexplained = _ZERO
    return Comparison(
        currency=order.currency,
        lines=tuple(one for one in found if one not in forgiven),
        compared=len(order.lines),
        our_total=order.total,
        their_total=document.total,
        within=len(forgiven),
        unexplained=unexplained,
    )


def _numbers(found: Comparison) -> Iterable[Decimal]:
    yield from (found.difference, found.unexplained, found.their_total or _ZERO)
    for line in found.lines:
        yield line.difference
        yield from (side for pair in line.pairs for side in (pair.ours, pair.theirs, pair.difference) if side)


def _alike(line: ErpLine, order: SoldOrder) -> ErpLine:
    """The line with its sums as the order's prices mean them: an ERP may write prices without VAT that hold it here."""
    line = replace(line, amount=round_money(line.amount, order.currency))
    vat = line.vat_amount
    if line.vat_included in (None, order.vat_included) or not vat or not line.amount or not line.quantity:
        return line
    amount = line.amount + (vat if order.vat_included else -vat)
    factor = amount / line.amount
    return replace(
        line,
        amount=amount,
        price=(line.price * factor).quantize(PRICE_GRID, ROUND_HALF_UP),
        discounts=tuple(
            replace(one, amount=None if one.amount is None else round_money(one.amount * factor, order.currency))
            for one in line.discounts
        ),
    )


def _payable(order: SoldOrder, theirs: Iterable[ErpLine]) -> Decimal:
    """By how much the lines of the document make the total differ, VAT on top included where the prices are without."""
    lines = list(theirs)
    ours = sum((one.amount for one in order.lines), _ZERO)
    difference = sum((one.amount for one in lines), _ZERO) - ours
    if not order.vat_included:
        difference += sum((one.vat_amount or _ZERO for one in lines), _ZERO)
        difference -= sum((one.vat_amount for one in order.lines), _ZERO)
    return difference


def _forgives(pennies: Sequence[LineDrift], tolerance: Tolerance, unit: Decimal) -> bool:
    within = all(abs(one.difference) <= tolerance.line * unit for one in pennies)
    return within and abs(sum((one.difference for one in pennies), _ZERO)) <= tolerance.document * unit


def _differing(order: SoldOrder, theirs: Sequence[ErpLine]) -> Iterable[LineDrift]:
    by_key: dict[_Key, list[ErpLine]] = defaultdict(list)
    names = _Names(order.lines)
    for line in theirs:
        by_key[names.key(line)].append(line)
    ours: dict[_Key, list[SoldLine]] = defaultdict(list)
    for sold in order.lines:
        ours[sold.ref, sold.variant_ref].append(sold)
    drifts: list[LineDrift] = []
    for key, lines in ours.items():
        drifts += _of_goods(lines, by_key.pop(key, []), order.currency)
    drifts.sort(key=lambda one: one.position or 0)
    rest = sorted((line for lines in by_key.values() for line in lines), key=_arranged)
    return [*drifts, *(added(line) for line in rest)]


def _arranged(line: ErpLine) -> tuple[str, str, str, str, Decimal, Decimal, str]:
    """A total order: lines that stand beside each other are equal in everything."""
    return line.ref, line.variant_ref, line.article, line.name, line.quantity, line.amount, repr(line)


class _Names:
    """Which goods of the order a line of the document means."""

    def __init__(self, lines: Iterable[SoldLine]) -> None:
        self._articles = {one.article: (one.ref, one.variant_ref) for one in lines if one.article}
        self._names = {one.name: (one.ref, one.variant_ref) for one in lines if one.name}

    def key(self, line: ErpLine) -> _Key:
        if line.ref:
            return line.ref, line.variant_ref
        return self._articles.get(line.article) or self._names.get(line.name) or ("", line.article or line.name)


def _of_goods(ours: Sequence[SoldLine], theirs: Sequence[ErpLine], currency: str) -> list[LineDrift]:
    """Lines of the same goods. Several on both sides are paired by what they have in common."""
    if not theirs:
        return [absent(one) for one in ours]
    if len(ours) == 1:
        found = compare_line(ours[0], _together(theirs), currency)
        return [] if found is None else [found]
    if len(ours) == len(theirs):
        pairs = zip(ours, _beside(ours, theirs), strict=True)
        return [found for one, other in pairs if (found := compare_line(one, other, currency)) is not None]
    return _summed(ours, theirs)


def _beside(ours: Sequence[SoldLine], theirs: Sequence[ErpLine]) -> list[ErpLine]:
    """The lines of the document in the order of ours: equal ones first, then of equal quantity, then what is left."""
    free = sorted(theirs, key=_arranged)
    found: dict[int, ErpLine] = {}
    for fits in (_same_sum, _same_quantity, _any):
        for place, sold in enumerate(ours):
            line = None if place in found else next((one for one in free if fits(sold, one)), None)
            if line is not None:
                found[place] = line
                free.remove(line)
    return [found[place] for place in range(len(ours))]


def _same_sum(sold: SoldLine, line: ErpLine) -> bool:
    return _same_quantity(sold, line) and line.amount == sold.amount


def _same_quantity(sold: SoldLine, line: ErpLine) -> bool:
    return line.quantity == sold.quantity


def _any(_: SoldLine, __: ErpLine) -> bool:
    return True


def _summed(ours: Sequence[SoldLine], theirs: Sequence[ErpLine]) -> list[LineDrift]:
    """Goods whose lines are arranged otherwise: only their quantity and their sum can be compared."""
    sold, line = ours[0], _together(theirs)
    quantity = sum((one.quantity for one in ours), _ZERO)
    amount = sum((one.amount for one in ours), _ZERO)
    if (quantity, amount) == (line.quantity, line.amount):
        return []
    other = quantity != line.quantity
    return [
        LineDrift(
            kind=DriftKind.QUANTITY if other else DriftKind.AMOUNT,
            position=sold.position,
            article=sold.article,
            name=sold.name,
            pairs=(Pair(Step.QUANTITY, quantity, line.quantity), Pair(Step.AMOUNT, amount, line.amount)),
            first=0 if other else 1,
            difference=line.amount - amount,
        )
    ]


def _together(lines: Sequence[ErpLine]) -> ErpLine:
    """Lines of the same goods as one: quantities, sums, equal discounts are added; the price is what they come to."""
    first = lines[0]
    if len(lines) == 1:
        return first
    ordered = sorted(lines, key=_arranged)
    quantity = sum((one.quantity for one in lines), _ZERO)
    amount = sum((one.amount for one in lines), _ZERO)
    prices = {one.price for one in lines}
    net = ordered[0].price if len(prices) == 1 or not quantity else amount / quantity
    vats = [one.vat_amount for one in lines if one.vat_amount is not None]
    return replace(
        ordered[0],
        quantity=quantity,
        amount=amount,
        price=net,
        discounts=_added(one for line in ordered for one in line.discounts),
        vat_amount=sum(vats, _ZERO) if len(vats) == len(lines) else None,
    )


def _added(discounts: Iterable[ErpDiscount]) -> tuple[ErpDiscount, ...]:
    found: dict[tuple[str, Decimal | None], ErpDiscount] = {}
    for one in discounts:
        key = (one.title, one.percent)
        before = found.get(key)
        if before is None:
            found[key] = one
        elif before.amount is not None and one.amount is not None:
            found[key] = replace(before, amount=before.amount + one.amount)
    return tuple(found.values())
