"""The information base of the emulated 1C: the orders it took from the site and what became of them.

State is one JSON file, replaced atomically, so that repeated runs behave like one 1C.
"""

import os
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

import msgspec
from msgspec import Struct

from b2b_dvizhenie.testing.emulator.counting import Counting, Prices, recount
from b2b_dvizhenie.testing.emulator.refusal import EmulatorRefused, Reason, Wire
from b2b_dvizhenie.testing.emulator.site_orders import SiteLine, SiteOrder
from b2b_dvizhenie.testing.wholesaler.assortment import guid

_STEP = "sale query"
_DELIVERY = "ORDER_DELIVERY"
_KOPECK = Decimal("0.01")


class Status(StrEnum):
    """What 1C did with an order. They are steps of one way, except that cancelling leaves it."""

    LOADED = "loaded"
    """Taken from the site, not looked at by anybody."""
    ACCEPTED = "accepted"
    RESERVED = "reserved"
    SHIPPED = "shipped"
    PAID = "paid"
    CANCELLED = "cancelled"


class Mark(Struct, frozen=True):
    """A payment or shipment document of 1C."""

    number: str
    day: date


class Order(Struct):
    """An order inside the base."""

    site: SiteOrder
    ref: str
    """GUID of 1C's own document."""
    number: str
    day: date
    status: Status = Status.LOADED
    lines: tuple[SiteLine, ...] = ()
    """As 1C holds them now; quantities may differ from the site's."""
    payment: Mark | None = None
    shipment: Mark | None = None
    version: int = 1
    told: int = 0
    """The version the site was last told."""
    confirmed: bool = False
    """Whether the site heard `success` for the latest it gave."""

    @property
    def amount(self) -> Decimal:
        """Sum of the lines, with the VAT that is on top of them; the site's own sum while nothing was changed."""
        if self.lines == self.site.lines:
            return self.site.amount
        vat = Decimal(0) if self.site.vat_included else sum((line.vat for line in self.lines), Decimal(0))
        return sum((line.amount for line in self.lines), vat)


class State(Struct):
    """Everything the base remembers."""

    goods: int = 0
    """Size of the catalogue the site was last given; 0 = never."""
    seed: int = 0
    day: int = 0
    documents: int = 0
    orders: dict[str, Order] = {}
    """By the number of the site."""
    buyers: dict[str, str] = {}
    """Ид of a counterparty → name, to notice customers that collapse into one."""
    exchanges: int = 0
    papers: dict[str, str] = {}
    """Documents the site was told of: GUID → digest of what it was told."""


class Base1C:
    """The base. `knows_good` tells whether a good of the catalogue has this GUID; None = any is known."""

    def __init__(
        self,
        folder: Path | None = None,
        *,
        prefix: str = "УТ00-",
        currencies: Iterable[str] = ("RUB",),
        knows_good: Callable[[str], bool] | None = None,
    ) -> None:
        self._file = None if folder is None else folder / "base.json"
        self._prefix = prefix
        self._currencies = frozenset(currencies)
        self.knows_good = knows_good
        self.state = State()
        if self._file is not None and self._file.exists():
            self.state = msgspec.json.decode(self._file.read_bytes(), type=State)

    def save(self) -> None:
        """Write the state; a reader sees the old or the new file, never a torn one."""
        if self._file is None:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".new")
        with fresh.open("wb") as target:
            target.write(msgspec.json.format(msgspec.json.encode(self.state), indent=1))
            target.flush()
            os.fsync(target.fileno())
        fresh.replace(self._file)

    def check(self, orders: Iterable[SiteOrder], wire: Wire) -> None:
        """Refuse a batch that the base could not take; one bad order stops the whole batch (§4.1)."""
        buyers = dict(self.state.buyers)
        numbers: set[str] = set()
        refs = {known.site.ref: number for number, known in self.state.orders.items()}
        for order in orders:
            if order.currency not in self._currencies:
                raise EmulatorRefused(_STEP, Reason.CURRENCY_UNKNOWN, wire, f"{order.number}: {order.currency!r}")
            if order.number in numbers:
                raise EmulatorRefused(_STEP, Reason.NUMBER_REPEATED, wire, order.number)
            numbers.add(order.number)
            known = self.state.orders.get(order.number)
            if known is not None and (known.site.ref, known.site.buyer_ref) != (order.ref, order.buyer_ref):
                raise EmulatorRefused(_STEP, Reason.NUMBER_REPEATED, wire, f"{order.number} was another order")
            if refs.setdefault(order.ref, order.number) != order.number:
                raise EmulatorRefused(_STEP, Reason.NUMBER_CHANGED, wire, f"{refs[order.ref]} became {order.number}")
            if buyers.setdefault(order.buyer_ref, order.buyer_name) != order.buyer_name:
                detail = f"{order.buyer_ref} is {buyers[order.buyer_ref]!r} and {order.buyer_name!r}"
                raise EmulatorRefused(_STEP, Reason.COUNTERPARTY_COLLAPSED, wire, detail)
            for line in order.lines:
                self._check_good(order, line, wire)

    def load(self, orders: Iterable[SiteOrder], today: date) -> list[Order]:
        """Take a checked batch; a repeated order is updated only while nobody works with it (§4.1)."""
        taken = []
        for order in orders:
            self.state.buyers[order.buyer_ref] = order.buyer_name
            known = self.state.orders.get(order.number)
            if known is None:
                self.state.documents += 1
                known = Order(
                    site=order,
                    ref=guid("order", order.ref, order.number),
                    number=f"{self._prefix}{self.state.documents:06d}",
                    day=today,
                    lines=order.lines,
                )
                self.state.orders[order.number] = known
            elif known.site.digest != order.digest:
                if known.status in (Status.LOADED, Status.ACCEPTED):
                    known.lines = order.lines
                    known.version += 1
                if order.cancelled and known.shipment is None:
                    known.status = Status.CANCELLED
                    known.version += 1
                known.site = order
                known.confirmed = False
            taken.append(known)
        self.save()
        return taken

    def confirm(self, orders: Iterable[SiteOrder]) -> None:
        """The site heard `success`: from now on these orders must not come again unchanged."""
        for order in orders:
            self.state.orders[order.number].confirmed = True
        self.save()

    def move(self, number: str, status: Status, today: date) -> Order:
        """Bring an order to `status` with the documents that belong to it."""
        order = self.state.orders[number]
        order.status = status
        if status in (Status.SHIPPED, Status.PAID) and order.shipment is None:
            order.shipment = Mark(self._document("РТ"), today)
        if status is Status.PAID and order.payment is None:
            order.payment = Mark(self._document("ПБ"), today)
        order.version += 1
        return order

    def change_quantity(self, number: str, line: int, quantity: Decimal) -> Order:
        """Give the customer another quantity of one line; its sums change in proportion, to the kopeck."""
        order = self.state.orders[number]
        old = order.lines[line]
        share = quantity / old.quantity
        amount, vat, discount = ((sum_ * share).quantize(_KOPECK) for sum_ in (old.amount, old.vat, old.discount))
        new = msgspec.structs.replace(old, quantity=quantity, amount=amount, vat=vat, discount=discount)
        order.lines = (*order.lines[:line], new, *order.lines[line + 1 :])
        order.version += 1
        return order

    def count(self, number: str, counting: Counting, prices: Prices) -> Order:
        """Count an order in a way of one's own; nothing changes where that comes to the same."""
        order = self.state.orders[number]
        lines = recount(order.site, counting, prices)
        if lines != order.lines:
            order.lines = lines
            order.version += 1
        return order

    def untold(self) -> list[Order]:
        """Orders the site does not know the latest of."""
        return [order for order in self.state.orders.values() if order.told < order.version]

    def is_echo(self, order: SiteOrder) -> bool:
        """Whether the site gives back what the base already has (rule 21) or has told itself (§4.5).

        An order that was told counts as news only with other lines, buyer or comment, or when the site paid or
        cancelled what 1C did not; statuses alone come from 1C and must not travel back.
        """
        known = self.state.orders.get(order.number)
        if known is None or not known.confirmed:
            return False
        if known.site.digest == order.digest:
            return True
        if not known.told:
            return False
        same = (order.buyer_ref, order.currency, order.comment) == (
            known.site.buyer_ref,
            known.site.currency,
            known.site.comment,
        )
        lines = _essence(order.lines) in (_essence(known.site.lines), _essence(known.lines))
        paid = order.paid != known.site.paid and known.payment is None
        cancelled = order.cancelled != known.site.cancelled and known.status is not Status.CANCELLED
        return same and lines and not paid and not cancelled

    def _document(self, prefix: str) -> str:
        self.state.documents += 1
        return f"{prefix}-{self.state.documents}"

    def _check_good(self, order: SiteOrder, line: SiteLine, wire: Wire) -> None:
        if line.is_service and line.ref == _DELIVERY:
            return
        if self.knows_good is not None and not self.knows_good(line.ref):
            raise EmulatorRefused(_STEP, Reason.GOOD_UNKNOWN, wire, f"{order.number}: {line.ref} {line.name!r}")


def _essence(lines: tuple[SiteLine, ...]) -> list[tuple[str, Decimal, Decimal]]:
    return [(line.ref, line.quantity, line.amount) for line in lines]
