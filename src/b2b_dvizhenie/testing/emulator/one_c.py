"""1C on the other end of the line: sends the catalogue, fetches orders, answers them (onec.md §2.3)."""

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from b2b_dvizhenie.testing.emulator.base import Base1C, Order
from b2b_dvizhenie.testing.emulator.order_reader import read_orders
from b2b_dvizhenie.testing.emulator.order_writer import write_orders
from b2b_dvizhenie.testing.emulator.refusal import EmulatorRefused, Reason, Wire
from b2b_dvizhenie.testing.emulator.rules import Misbehaviour, Rules
from b2b_dvizhenie.testing.emulator.session import Faults, Session
from b2b_dvizhenie.testing.emulator.site_info import SiteInfo, read_info
from b2b_dvizhenie.testing.emulator.site_orders import SiteOrder
from b2b_dvizhenie.testing.emulator.wire import Address, Line, line
from b2b_dvizhenie.testing.wholesaler import pack

_PICTURE = re.compile(r"<Картинка>([^<]+)</Картинка>".encode())
_AGAIN = frozenset({Reason.NO_CONNECTION, Reason.TIMED_OUT, Reason.SERVER_FAILURE})
"""What a person would answer by starting the portion again; broken rules stay broken."""


class Sent(Struct):
    """What an export did."""

    files: int = 0
    pictures: int = 0
    retries: int = 0
    texts: list[str] = []
    """Texts after `success`, one per imported file: what 1C shows to people."""


class _Delivery(Struct, frozen=True):
    """How a node wants its files sent."""

    archive: bool
    chunk: int | None
    wait: bool


class OneC:
    """A 1C of one family, connected to one site.

    Args:
        address: where the site is and as whom to come.
        rules: the family, see `RULES`.
        base: its information base; orders go there.
        clock: local time of the base.
        misbehaviour: what goes wrong on purpose.
        patience: seconds one import may take as a whole.
        retries: how often a portion after the first is started again.
        told: called with what goes on, for a person to see.
        sent: called with the name of every file that is done with.
    """

    def __init__(
        self,
        address: Address,
        rules: Rules,
        base: Base1C,
        clock: Callable[[], datetime],
        *,
        misbehaviour: Misbehaviour | None = None,
        patience: float = 3600,
        retries: int = 2,
        told: Callable[[str], None] = lambda _: None,
        sent: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.address = address
        self.rules = rules
        self.base = base
        self._clock = clock
        self._faults = Faults(misbehaviour or Misbehaviour())
        self._patience = patience
        self._retries = retries
        self._told = told
        self._sent = sent
        self._timestamp = ""
        self.slowest = 0.0
        """The longest answer so far, in seconds (rule 22: at most 20)."""
        self.requests = 0
        self.bytes_sent = 0

    def today(self) -> date:
        """The date of the base."""
        return self._clock().date()

    def send_catalog(
        self, root: Path, names: Sequence[str], *, archive: bool = True, chunk: int | None = None, wait: bool = True
    ) -> Sent:
        """Send XML files below `root` with the pictures they name, and have them imported.

        A family with portions opens a session per file. `archive` is what the node wants; it happens only where the
        site says `zip=yes`. `chunk` makes chunks smaller than the site's limit. `wait=False` is the node's option
        that sends files and asks for no import.
        """
        sent = Sent()
        delivery = _Delivery(archive, chunk, wait)
        portions = [[name] for name in names] if self.rules.session_per_file else [list(names)]
        known: set[str] = set()
        for number, portion in enumerate(portions):
            pictures = [path for path in _pictures(root, portion) if path not in known]
            attempts = self._retries if number or self._faults.wanted.drop_in_chunk is not None else 0
            while True:
                try:
                    self._portion(root, portion, pictures, delivery, sent)
                    break
                except EmulatorRefused as refused:
                    if not attempts or refused.reason not in _AGAIN:
                        raise
                    attempts -= 1
                    sent.retries += 1
            known.update(pictures)
        return sent

    send_offers = send_catalog
    """Offers travel exactly as goods do, in sessions of their own."""
    send_partners = send_catalog

    def close_full_export(self) -> None:
        """`deactivate` with the time of the first session, then `complete`; only the 3.1 family does so (§2.3)."""
        if not self.rules.closes_full_export:
            return
        with self._session("catalog") as session:
            if not self._timestamp:
                wire = Wire(f"GET {self.address.url}?type=catalog&mode=checkauth")
                raise EmulatorRefused("catalog checkauth", Reason.TIMESTAMP, wire, "no line timestamp=…")
            session.deactivate(self._timestamp, self._patience, self._told)
            session.complete()
        self._timestamp = ""

    def fetch_info(self) -> SiteInfo:
        """The statuses, payments and deliveries of the site: `info`, for the mapping tables of УНФ (§4.6)."""
        with self._session("sale") as session:
            return read_info(session.ask("info"))

    def fetch_orders(self, *, confirm: bool = True) -> tuple[SiteOrder, ...]:
        """Ask the site for orders, take them, and only then tell `success` (rule 21).

        Without `confirm` nothing is taken, as if 1C had crashed, and the site must give the orders again. It must do
        so after a lost `success` too, but then the base has them already and takes none twice.

        Raises:
            EmulatorRefused: the orders cannot be read or taken; nothing was taken then.
        """
        with self._session("sale") as session:
            reply = session.ask("query")
            orders = read_orders(reply, self.rules)
            for order in orders:
                if self.base.is_echo(order):
                    detail = f"{order.number} came again unchanged after success"
                    raise EmulatorRefused("sale query", Reason.ECHO, reply.wire, detail)
            self.base.check(orders, reply.wire)
            if confirm:
                self.base.load(orders, self.today())
                session.success()
                self.base.confirm(orders)
        return orders

    def answer_orders(self, orders: Iterable[Order] | None = None, *, chunk: int | None = None) -> tuple[Order, ...]:
        """Tell the site about orders: by default about all it does not know the latest of."""
        told = tuple(self.base.untold() if orders is None else orders)
        if not told:
            return ()
        name = self.rules.upload_name.format(guid=secrets.token_hex(8), n=1)
        with TemporaryDirectory() as folder, self._session("sale") as session:
            path = Path(folder) / "orders.xml"
            path.write_bytes(write_orders(told, self.rules, self._clock()))
            session.send(name, path, _smaller(session.init().file_limit, chunk))
            if self.rules.upload_ends_with_import:
                session.load(name, self._patience, self._told)
        for order in told:
            order.told = order.version
        self.base.save()
        return told

    def check_closed_door(self) -> None:
        """Without credentials the site must answer 401 with a Basic challenge and the word `failure` (§2.1)."""
        step = "catalog checkauth"
        with self._line() as opened:
            try:
                Session(opened, "catalog", self.rules, Faults(Misbehaviour(no_authorization=True)))
            except EmulatorRefused as refused:
                challenged = refused.reason is Reason.UNAUTHORIZED and refused.detail.startswith("Basic")
                if challenged and refused.wire.body.startswith(b"failure\n"):
                    return
                raise
        wire = Wire(f"GET {self.address.url}?type=catalog&mode=checkauth")
        raise EmulatorRefused(step, Reason.UNAUTHORIZED, wire, "let in without credentials")

    def _portion(
        self, root: Path, names: Sequence[str], pictures: Sequence[str], delivery: _Delivery, sent: Sent
    ) -> None:
        with self._session("catalog") as session, TemporaryDirectory() as folder:
            terms = session.init()
            limit = _smaller(terms.file_limit, delivery.chunk)
            if delivery.archive and terms.zip:
                name = f"v8_{secrets.token_hex(2).upper()}_{secrets.randbelow(90) + 10}.zip"
                session.send(name, pack(Path(folder) / name, root, [*pictures, *names]), limit)
            else:
                for name in (*pictures, *names):
                    session.send(name, root / name, limit)
            for name in names:
                self._told(name)
                if delivery.wait:
                    sent.texts.append(session.load(name, self._patience, self._told))
                self._sent(name)
        sent.files += len(names)
        sent.pictures += len(pictures)

    @contextmanager
    def _session(self, kind: str) -> Iterator[Session]:
        with self._line() as opened:
            session = Session(opened, kind, self.rules, self._faults)
            if kind == "catalog":
                self._timestamp = self._timestamp or session.timestamp
            yield session

    @contextmanager
    def _line(self) -> Iterator[Line]:
        opened = line(self.address, self.rules.timeout)
        try:
            yield opened
        finally:
            opened.close()
            self.slowest = max(self.slowest, opened.slowest)
            self.requests += opened.requests
            self.bytes_sent += opened.bytes_sent


def _smaller(limit: int, chunk: int | None) -> int:
    return limit if chunk is None else min(limit, chunk)


def _pictures(root: Path, names: Iterable[str]) -> list[str]:
    """Pictures that the files name and that exist, each once; XML is searched as text, 1C knows what it wrote."""
    found: dict[str, None] = {}
    for name in names:
        with (root / name).open("rb") as source:
            for text in source:
                if match := _PICTURE.search(text):
                    found[match[1].decode()] = None
    return [path for path in found if (root / path).is_file()]
