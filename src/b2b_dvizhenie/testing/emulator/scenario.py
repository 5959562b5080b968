"""A working day of the emulated 1C: catalogue or changes to the site, orders from it, answers back.

State lives in a folder: the first run sends a full catalogue, every later run is the next day of the same base.
"""

import time
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache, partial
from pathlib import Path

from msgspec import Struct

from b2b_dvizhenie.testing.emulator.base import Base1C, Order, Status
from b2b_dvizhenie.testing.emulator.counting import Counting, Prices
from b2b_dvizhenie.testing.emulator.gateway import Gateway, tell_papers
from b2b_dvizhenie.testing.emulator.one_c import OneC, Sent
from b2b_dvizhenie.testing.emulator.papers import untold_papers
from b2b_dvizhenie.testing.emulator.progress import Watcher
from b2b_dvizhenie.testing.emulator.rows import GatewaySender, Rows
from b2b_dvizhenie.testing.emulator.rules import RULES
from b2b_dvizhenie.testing.emulator.wire import Address
from b2b_dvizhenie.testing.wholesaler import Manifest, Profile, Wholesaler, write_catalog, write_changes
from b2b_dvizhenie.testing.wholesaler.export import steps

_NEXT = {
    Status.LOADED: Status.ACCEPTED,
    Status.ACCEPTED: Status.RESERVED,
    Status.RESERVED: Status.SHIPPED,
    Status.SHIPPED: Status.PAID,
}


class ScenarioSettings(Struct, frozen=True):
    """What the emulated 1C is and what it shall do.

    `folder` keeps its state and the files it sends. `orders_loop` goes on exchanging orders every `pause` seconds
    until interrupted, or `rounds` times where given.
    """

    url: str
    login: str
    password: str
    folder: Path
    profile: Profile = Profile.UT115
    goods: int = 3000
    seed: int = 2026
    portion: int = 1000
    archive: bool = True
    wait: bool = True
    orders_loop: bool = False
    pause: float = 10
    rounds: int | None = None
    currencies: tuple[str, ...] = ("RUB",)
    counting: Counting = Counting.SITE
    """How new orders are counted; anything but as the site did is a quarrel about sums."""
    documents: bool = False
    """Whether documents and their printed forms go to the gateway of the same site."""
    tables: Mapping[str, Rows] = {}
    """Rows by table that go through the JSON gateway after the catalogue, as changes."""


class ScenarioReport(Struct):
    """What happened, for people and for scripts."""

    profile: Profile
    full: bool
    """Whether the whole catalogue was sent, not only changes."""
    day: int
    goods: int = 0
    files: int = 0
    pictures: int = 0
    texts: list[str] = []
    """What the site answered to imports."""
    rows_accepted: int = 0
    """Rows of the JSON gateway that the site took."""
    rows_rejected: int = 0
    orders_taken: int = 0
    orders_told: int = 0
    payments: dict[str, int] = {}
    """How many of the orders taken are to be paid each way, by the name the site gives it; "" says none."""
    documents: int = 0
    requests: int = 0
    bytes_sent: int = 0
    slowest: float = 0
    """Seconds of the longest answer; rule 22 of onec.md allows 20."""
    seconds: float = 0


def run_scenario(settings: ScenarioSettings, progress: Watcher, clock: Callable[[], datetime]) -> ScenarioReport:
    """One day of the emulated 1C, or orders without end.

    Raises:
        EmulatorRefused: the site broke a rule, or answered a failure, or is not there.
    """
    started = time.monotonic()
    rules = RULES[settings.profile]
    wholesaler = Wholesaler(settings.goods, settings.seed)
    listed = _price_list(wholesaler)
    base = Base1C(
        settings.folder,
        prefix=rules.number_prefix,
        currencies=settings.currencies,
        knows_good=lambda ref: ref in listed(),
    )

    def prices(ref: str, price: Decimal) -> Decimal | None:
        return _above(listed(), ref, price)

    address = Address(settings.url, settings.login, settings.password)
    one_c = OneC(address, rules, base, clock, told=progress.say, sent=lambda _: progress.step())
    one_c.check_closed_door()
    full = (base.state.goods, base.state.seed) != (settings.goods, settings.seed)
    report = ScenarioReport(settings.profile, full, 0 if full else base.state.day + 1)
    manifest = _write(settings, wholesaler, report, progress, clock)
    report.goods = manifest.counts.goods or manifest.counts.offers
    _send(settings, one_c, manifest, report, progress)
    _send_tables(settings, address, report, progress)
    base.state.goods, base.state.seed, base.state.day = settings.goods, settings.seed, report.day
    base.save()
    left = settings.rounds if settings.orders_loop else 1
    while left is None or left > 0:
        _trade(one_c, base, report, progress, clock, partial(_count, base, settings.counting, prices))
        if settings.documents:
            report.documents += _tell_papers(address, base, progress)
        left = None if left is None else left - 1
        if left is None or left > 0:
            time.sleep(settings.pause)
    report.requests, report.bytes_sent, report.slowest = one_c.requests, one_c.bytes_sent, one_c.slowest
    report.seconds = time.monotonic() - started
    return report


def _write(
    settings: ScenarioSettings,
    wholesaler: Wholesaler,
    report: ScenarioReport,
    progress: Watcher,
    clock: Callable[[], datetime],
) -> Manifest:
    folder = settings.folder / "export"
    at = clock().strftime("%Y-%m-%dT%H:%M:%S")
    if not report.full:
        return write_changes(wholesaler, folder, report.day, settings.profile, at=at)
    progress.stage("catalogue", steps(wholesaler))
    return write_catalog(wholesaler, folder, settings.profile, portion=settings.portion, at=at, advance=progress.step)


def _send(
    settings: ScenarioSettings, one_c: OneC, manifest: Manifest, report: ScenarioReport, progress: Watcher
) -> None:
    batches = [("prices and stocks", manifest.named("changes"))]
    if report.full:
        goods, offers = manifest.named("import"), manifest.named("offers")
        batches = (
            [("goods", goods), ("offers", offers)] if one_c.rules.session_per_file else [("goods", goods + offers)]
        )
        batches.append(("buyers", manifest.named("partners")))
    for title, names in batches:
        progress.stage(title, len(names))
        sent: Sent = one_c.send_catalog(settings.folder / "export", names, archive=settings.archive, wait=settings.wait)
        report.files += sent.files
        report.pictures += sent.pictures
        report.texts.extend(sent.texts)
    if report.full:
        one_c.close_full_export()


def _send_tables(settings: ScenarioSettings, address: Address, report: ScenarioReport, progress: Watcher) -> None:
    if not settings.tables:
        return
    progress.stage("gateway", len(settings.tables))
    sender = GatewaySender(address)
    try:
        for table, rows in settings.tables.items():
            for receipt in sender.send(table, rows):
                report.rows_accepted += receipt.accepted
                report.rows_rejected += len(receipt.rejected)
                report.texts.extend(f"{table}: {row.message}" for row in receipt.rejected[:5])
            progress.step()
    finally:
        sender.close()


def _trade(
    one_c: OneC,
    base: Base1C,
    report: ScenarioReport,
    progress: Watcher,
    clock: Callable[[], datetime],
    count: Callable[[Order], None],
) -> None:
    """Take orders, count new ones, go one step further with each, tell the site."""
    progress.stage("orders", 2)
    orders = one_c.fetch_orders()
    report.orders_taken += len(orders)
    for taken in orders:
        _, way = taken.payment_method
        report.payments[way] = report.payments.get(way, 0) + 1
    progress.step()
    for order in base.state.orders.values():
        if order.status is Status.LOADED:
            count(order)
        _work_on(base, order, clock)
    report.orders_told += len(one_c.answer_orders())
    progress.step()


def _tell_papers(address: Address, base: Base1C, progress: Watcher) -> int:
    """Send documents that the site does not know as they are."""
    if not untold_papers(base):
        return 0
    progress.stage("documents", 1)
    gateway = Gateway(address)
    try:
        told = tell_papers(gateway, base)
    finally:
        gateway.close()
    progress.step()
    return told


def _count(base: Base1C, counting: Counting, prices: Prices, order: Order) -> None:
    if counting is not Counting.SITE:
        base.count(order.site.number, counting, prices)


def _work_on(base: Base1C, order: Order, clock: Callable[[], datetime]) -> None:
    """Most orders go all the way; one in ten is cancelled, two in ten are reserved short of one unit."""
    number = order.site.number
    fate = zlib.crc32(number.encode()) % 10
    if order.status is Status.ACCEPTED and fate == 0:
        base.move(number, Status.CANCELLED, clock().date())
    elif order.status in _NEXT:
        if order.status is Status.ACCEPTED and fate in (1, 2) and order.lines[0].quantity > 1:
            base.change_quantity(number, 0, order.lines[0].quantity - 1)
        base.move(number, _NEXT[order.status], clock().date())


def _price_list(wholesaler: Wholesaler) -> Callable[[], Mapping[str, tuple[int, ...]]]:
    """Kopecks per price type by what is sold (`guid` or `guid#guid`); made when first asked."""

    @cache
    def listed() -> Mapping[str, tuple[int, ...]]:
        offers = wholesaler.offers()
        return {f"{it.good.ref}#{it.variant.ref}" if it.variant else it.good.ref: it.prices for it in offers}

    return listed


def _above(listed: Mapping[str, tuple[int, ...]], ref: str, price: Decimal) -> Decimal | None:
    """The price of the list that a discount was taken from: the lowest one above the price sold at."""
    prices = (Decimal(kopecks) / 100 for kopecks in listed.get(ref, ()))
    return min((one for one in prices if one > price), default=None)
