"""The emulated 1C at the gateway refuses answers that break the contract, and sends again what got none (§5.2)."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from b2b_dvizhenie.testing.emulator import Address, EmulatorRefused, GatewayFaults, GatewaySender, Reason

Reply = tuple[int, dict[str, Any]]
ROWS = [{"id": "a"}, {"id": "b"}]


def right(message: dict[str, Any], _: int) -> Reply:
    """A site that takes everything."""
    return 200, {
        "message_id": message["message_id"],
        "accepted": len(message["rows"]),
        "rejected": [],
        "batch_id": 1,
    }


def rejected(*indices: int, status: int = 200, **changed: Any) -> Callable[[dict[str, Any], int], Reply]:
    def answer(message: dict[str, Any], number: int) -> Reply:
        rows = [{"index": index, "key": "", "code": "x.y", "message": "no"} | changed for index in indices]
        return status, right(message, number)[1] | {"accepted": len(ROWS) - len(rows), "rejected": rows}

    return answer


def but(**changed: Any) -> Callable[[dict[str, Any], int], Reply]:
    return lambda message, number: (200, right(message, number)[1] | changed)


@contextmanager
def site(answer: Callable[[dict[str, Any], int], Reply]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A site that answers like this; its address, and the messages it got."""
    got: list[dict[str, Any]] = []

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            status, content = answer(got[-1], len(got))
            self.send_response(status)
            self.send_header("content-type", "application/json")
            if status in (429, 503) and "later" in content:
                self.send_header("retry-after", "7")
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def log_message(self, *_: object) -> None:
            """Nothing: the test tells."""

    with HTTPServer(("127.0.0.1", 0), Door) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/1c_exchange.php", got
        finally:
            server.shutdown()
            thread.join()


def send(url: str, faults: GatewayFaults | None = None) -> list[float]:
    pauses: list[float] = []
    with closing(GatewaySender(Address(url, "l", "p"), faults or GatewayFaults(), sleep=pauses.append)) as sender:
        sender.send("stocks", ROWS)
    return pauses


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (but(accepted=1), Reason.RECEIPT),
        (but(message_id="another"), Reason.RECEIPT),
        (but(batch_id="one"), Reason.RECEIPT),
        (rejected(2), Reason.RECEIPT),
        (rejected(1, 0), Reason.RECEIPT),
        (rejected(0, message=""), Reason.RECEIPT),
        (rejected(0, 1), Reason.RECEIPT),
        (rejected(0, status=422), Reason.RECEIPT),
        (lambda *_: (500, {}), Reason.HTTP_STATUS),
        (lambda *_: (503, {}), Reason.RETRY_AFTER),
        (lambda *_: (503, {"later": 1}), Reason.TIMED_OUT),
    ],
    ids=[
        "a row is missing",
        "another message",
        "batch is no number",
        "row that was not sent",
        "rows out of order",
        "no reason",
        "nothing valid, and 200",
        "one is valid, and 422",
        "broken",
        "busy, but for how long",
        "busy for ever",
    ],
)
def test_a_wrong_answer_is_refused(answer: Callable[[dict[str, Any], int], Reply], reason: Reason) -> None:
    with site(answer) as (url, _), pytest.raises(EmulatorRefused) as refused:
        send(url)
    assert refused.value.reason is reason


def test_right_answers_are_taken() -> None:
    for answer in (right, rejected(0), rejected(0, 1, status=422)):
        with site(answer) as (url, got):
            assert send(url) == []
        assert len(got) == 1


def test_what_got_no_answer_is_sent_again_under_its_id() -> None:
    with site(right) as (url, got):
        send(url, GatewayFaults(lose_answers=2))
    assert len(got) == 3
    assert got[0] == got[1] == got[2]

    def busy(message: dict[str, Any], number: int) -> Reply:
        return (503, {"later": 1}) if number == 1 else right(message, number)

    with site(busy) as (url, got):
        assert send(url) == [7]
    assert got[0] == got[1]


def test_another_answer_to_the_same_message_is_refused() -> None:
    def forgetful(message: dict[str, Any], number: int) -> Reply:
        return 200, right(message, number)[1] | {"batch_id": number}

    with site(forgetful) as (url, _), pytest.raises(EmulatorRefused) as refused:
        send(url, GatewayFaults(replay=True))
    assert refused.value.reason is Reason.REPLAY
