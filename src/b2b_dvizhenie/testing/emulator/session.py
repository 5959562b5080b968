"""One exchange session of 1C: checkauth, then requests that carry what checkauth gave."""

import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from b2b_dvizhenie.testing.emulator import answers
from b2b_dvizhenie.testing.emulator.answers import Terms, Ticket
from b2b_dvizhenie.testing.emulator.refusal import EmulatorRefused, Reason
from b2b_dvizhenie.testing.emulator.rules import Credentials, Misbehaviour, Rules, Sessid
from b2b_dvizhenie.testing.emulator.wire import Line, Reply, basic, broken_off, file_query, in_pieces
from b2b_dvizhenie.testing.wholesaler import chunks

FORM = "application/x-www-form-urlencoded"
"""Clients send raw bytes under this type (rule 5)."""


class Faults:
    """Misbehaviour that happens once: counts the chunks of the first file that has several of them."""

    def __init__(self, wanted: Misbehaviour) -> None:
        self.wanted = wanted
        self.dropped = False

    def drop(self, number: int) -> bool:
        """Whether the connection breaks in this chunk; only the first time."""
        if self.dropped or number != self.wanted.drop_in_chunk:
            return False
        self.dropped = True
        return True


class Session:
    """A session of type `kind` (`catalog` or `sale`) on a line; opening it is checkauth."""

    def __init__(self, line: Line, kind: str, rules: Rules, faults: Faults) -> None:
        self._line = line
        self._kind = kind
        self._rules = rules
        self._faults = faults
        self._ticket = self._check_auth()

    @property
    def timestamp(self) -> str:
        """The site's time of checkauth, empty when it told none."""
        return self._ticket.timestamp

    def init(self) -> Terms:
        """`init`; with `version=` where the family has one."""
        version = f"&version={self._rules.version}" if self._rules.version else ""
        return answers.terms(self._step("init"), self._get("init", version), self._rules)

    def send(self, name: str, path: Path, chunk: int) -> None:
        """`file`: the file in chunks of at most `chunk` bytes, all under one name."""
        wanted = self._faults.wanted
        numbers = count() if path.stat().st_size > chunk else None
        for block in chunks(path, chunk):
            number = -1 if numbers is None else next(numbers)
            if number == wanted.lose_chunk:
                continue
            if self._faults.drop(number):
                self._post("file", f"&{file_query(name)}", broken_off(block), len(block))
            for _ in range(2 if number == wanted.repeat_chunk else 1):
                reply = self._post("file", f"&{file_query(name)}", block, len(block))
                answers.plain_success(self._step("file"), reply, self._rules)

    def load(self, name: str, patience: float, told: Callable[[str], None]) -> str:
        """`import` until it is over; every progress text is `told`. The text after `success` is returned.

        `patience` is how many seconds the whole import may take.
        """
        return self._poll("import", f"&{file_query(name)}", patience, told)

    def deactivate(self, timestamp: str, patience: float, told: Callable[[str], None]) -> str:
        """`deactivate`: hide what was not touched since `timestamp`; the 3.1 family asks for it after a full export."""
        return self._poll("deactivate", f"&timestamp={timestamp}", patience, told)

    def ask(self, mode: str) -> Reply:
        """A mode without parameters whose answer is not plain text: `query`, `info`."""
        return self._get(mode)

    def success(self) -> None:
        """`success`: what the last query gave is taken for good (rule 21)."""
        answers.plain_success(self._step("success"), self._get("success"), self._rules)

    def complete(self) -> None:
        """`complete`: the end of a full exchange of the 3.1 family."""
        answers.status(self._step("complete"), self._get("complete"), self._rules, "success")

    def _poll(self, mode: str, more: str, patience: float, told: Callable[[str], None]) -> str:
        step = self._step(mode)
        deadline = time.monotonic() + patience
        while True:
            reply = self._get(mode, more)
            found = answers.status(step, reply, self._rules, "success", "progress")
            text = "\n".join(found[1:])
            if found[0] == "success":
                return text
            told(text)
            if time.monotonic() > deadline:
                raise EmulatorRefused(step, Reason.IMPORT_NEVER_ENDS, reply.wire, f"{patience:.0f} s")
            if self._rules.poll_pause:
                time.sleep(self._rules.poll_pause)

    def _check_auth(self) -> Ticket:
        headers = {}
        address = self._line.address
        if not self._faults.wanted.no_authorization:
            password = "wrong" if self._faults.wanted.wrong_password else address.password
            headers["Authorization"] = basic(address.login, password)
        step = self._step("checkauth")
        reply = self._line.get(step, f"type={self._kind}&mode=checkauth", headers)
        return answers.ticket(step, reply, self._rules)

    def _get(self, mode: str, more: str = "") -> Reply:
        return self._line.get(self._step(mode), self._query(mode, more), self._headers())

    def _post(self, mode: str, more: str, body: bytes | Iterator[bytes], size: int) -> Reply:
        headers = self._headers() | {"Content-Type": FORM}
        if isinstance(body, bytes) and self._faults.wanted.chunked_encoding:
            body = in_pieces(body)
        elif not isinstance(body, bytes):
            headers["Content-Length"] = str(size)
        return self._line.post(self._step(mode), self._query(mode, more), headers, body)

    def _query(self, mode: str, more: str) -> str:
        line = self._ticket.sessid_line
        if self._faults.wanted.wrong_sessid and line:
            line = "sessid=00000000000000000000000000000000"
        if not line or self._rules.sessid is Sessid.IGNORED:
            glued = ""
        elif self._rules.sessid is Sessid.GLUED:
            glued = f"&{line}"
        else:
            glued = f"&sessid={line.removeprefix('sessid=')}"
        return f"type={self._kind}&mode={mode}{more}{glued}"

    def _headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        if self._faults.wanted.no_credentials_after_checkauth:
            return headers
        if self._rules.credentials is not Credentials.BASIC:
            headers["Cookie"] = self._ticket.cookie
        if self._rules.credentials is not Credentials.COOKIE:
            headers["Authorization"] = basic(self._line.address.login, self._line.address.password)
        return headers

    def _step(self, mode: str) -> str:
        return f"{self._kind} {mode}"
