"""1C's side of the JSON gateway (onec.md §5.2): sends rows of tables and refuses answers that break the contract.

    sender = GatewaySender(Address(url, login, password))
    sender.send("stocks", [{"warehouse_id": "…", "product_id": "…", "free": "5"}])
    sender.send_full("debts", rows, scope={"company_id": "…"})

A message whose answer was lost is sent again under its own id, as a real 1C has to. `GatewayFaults` makes it worse on
purpose: what the site keeps must come out the same.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
from msgspec import Struct

from b2b_dvizhenie.domain.shared.ids import new_id
from b2b_dvizhenie.testing.emulator.refusal import EmulatorRefused, Reason, Wire
from b2b_dvizhenie.testing.emulator.wire import Address, basic

PORTION = 1000
"""Rows of a message; the site takes five thousand."""
PATIENCE = 5
"""How often a message is sent again before 1C gives up for today."""
LONGEST_PAUSE = 60
_TAKEN = frozenset({200, 422})
_LATER = frozenset({429, 503})
Rows = Sequence[Mapping[str, Any]]


class RejectedRow(Struct, frozen=True):
    """A row that the site did not take."""

    index: int
    key: str
    code: str
    message: str


class Receipt(Struct, frozen=True):
    """The answer to a message."""

    message_id: str
    accepted: int
    rejected: tuple[RejectedRow, ...]
    batch_id: int


class GatewayFaults(Struct, frozen=True):
    """What goes wrong on purpose."""

    lose_answers: int = 0
    """The answers to so many first messages are lost on the way: 1C sends them again."""
    replay: bool = False
    """Every message comes twice, as after a restart in the middle of a queue."""
    repeat_parts: bool = False
    """Every part of a full export but its last one comes once more, under a new id."""
    stale: bool = False
    """After everything each message of changes comes once more, under a new id: its versions are old by then."""


GOOD = GatewayFaults()


class GatewaySender:
    """A 1C that sends rows. `sleep` is asked to wait when the site says that it is busy."""

    def __init__(
        self,
        address: Address,
        faults: GatewayFaults = GOOD,
        *,
        timeout: float = 60,
        portion: int = PORTION,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        where = urlsplit(address.url)
        self._root = f"{where.scheme}://{where.netloc}/api/gateway/v1"
        self._client = httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False)
        self._client.headers["Authorization"] = basic(address.login, address.password)
        self._faults = faults
        self._lost = 0
        self._sleep = sleep
        self._portion = portion
        self._sent: list[tuple[str, dict[str, Any]]] = []
        self.requests = 0

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def send(self, table: str, rows: Rows) -> list[Receipt]:
        """Send changes, in messages of `portion` rows."""
        receipts = []
        for portion in _portions(rows, self._portion):
            message = {"message_id": str(new_id()), "mode": "delta", "rows": list(portion)}
            receipts.append(self._post(table, message))
            self._sent.append((table, message))
        return receipts

    def send_full(self, table: str, rows: Rows, scope: Mapping[str, str] | None = None) -> list[Receipt]:
        """Send everything there is, whole or within the scope; what is not among the rows goes at the site."""
        full_id, portions = str(new_id()), _portions(rows, self._portion) or [()]
        receipts = []
        for number, portion in enumerate(portions, 1):
            message = {
                "message_id": str(new_id()),
                "mode": "full",
                "full_id": full_id,
                "part": number,
                "last_part": number == len(portions),
                "scope": dict(scope) if scope else None,
                "rows": list(portion),
            }
            receipts.append(self._post(table, message))
            if self._faults.repeat_parts and number < len(portions):
                self._post(table, message | {"message_id": str(new_id())})
        return receipts

    def finish(self) -> None:
        """The end of the day: what was sent long ago turns up again, where that was wanted."""
        if self._faults.stale:
            for table, message in self._sent:
                self._post(table, message | {"message_id": str(new_id())})

    def state(self) -> dict[str, dict[str, Any]]:
        """How the site says that its tables stand."""
        self.requests += 1
        answer = self._client.get(f"{self._root}/state")
        wire = _wire(answer, f"GET {self._root}/state")
        if answer.status_code != httpx.codes.OK:
            raise EmulatorRefused("gateway state", Reason.HTTP_STATUS, wire, f"status {answer.status_code}")
        lines = self._read(answer, "gateway state", wire, list[dict[str, Any]])
        return {str(line["table"]): line for line in lines}

    def _post(self, table: str, message: Mapping[str, Any]) -> Receipt:
        step, body = f"gateway {table}", msgspec.json.encode(message)
        answer = self._delivered(step, table, body)
        receipt = self._receipt(answer, step, message)
        if self._faults.replay:
            again = self._delivered(step, table, body)
            if (again.status_code, again.content) != (answer.status_code, answer.content):
                raise EmulatorRefused(step, Reason.REPLAY, _wire(again, step), "the same message got another answer")
        return receipt

    def _delivered(self, step: str, table: str, body: bytes) -> httpx.Response:
        url = f"{self._root}/in/{table}"
        for attempt in range(PATIENCE):
            self.requests += 1
            try:
                answer = self._client.post(url, content=body, headers={"Content-Type": "application/json"})
            except httpx.TransportError as error:
                if attempt == PATIENCE - 1:
                    raise EmulatorRefused(step, Reason.NO_CONNECTION, Wire(f"POST {url}"), str(error)) from error
                continue
            if self._lost < self._faults.lose_answers:
                self._lost += 1
                continue
            if answer.status_code not in _LATER:
                return answer
            self._wait(step, answer)
        raise EmulatorRefused(step, Reason.TIMED_OUT, Wire(f"POST {url}"), "the site stays busy")

    def _wait(self, step: str, answer: httpx.Response) -> None:
        said = answer.headers.get("retry-after", "")
        if not said.isdigit():
            raise EmulatorRefused(step, Reason.RETRY_AFTER, _wire(answer, step), "busy, but for how long?")
        self._sleep(min(int(said), LONGEST_PAUSE))

    def _receipt(self, answer: httpx.Response, step: str, message: Mapping[str, Any]) -> Receipt:
        wire = _wire(answer, step)
        if answer.status_code not in _TAKEN:
            raise EmulatorRefused(step, Reason.HTTP_STATUS, wire, f"status {answer.status_code}")
        receipt: Receipt = self._read(answer, step, wire, Receipt)
        count, rejected = len(message["rows"]), [row.index for row in receipt.rejected]
        nothing_valid = count > 0 and len(rejected) == count
        sound = (
            receipt.message_id == message["message_id"]
            and receipt.accepted + len(rejected) == count
            and sorted(set(rejected)) == rejected
            and all(0 <= index < count for index in rejected)
            and all(row.code and row.message for row in receipt.rejected)
            and (answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY) == nothing_valid
        )
        if not sound:
            raise EmulatorRefused(step, Reason.RECEIPT, wire, f"{count} rows were sent")
        return receipt

    def _read(self, answer: httpx.Response, step: str, wire: Wire, kind: Any) -> Any:
        if answer.headers.get("content-type", "").partition(";")[0] != "application/json":
            raise EmulatorRefused(step, Reason.RECEIPT, wire, "not JSON by its own word")
        try:
            return msgspec.json.decode(answer.content, type=kind)
        except msgspec.DecodeError as error:
            raise EmulatorRefused(step, Reason.RECEIPT, wire, str(error)) from error


def _portions(rows: Rows, size: int) -> list[Rows]:
    return [rows[at : at + size] for at in range(0, len(rows), size)]


def _wire(answer: httpx.Response, request: str) -> Wire:
    return Wire(request, answer.status_code, answer.headers.get("content-type", ""), answer.content[:1000])
