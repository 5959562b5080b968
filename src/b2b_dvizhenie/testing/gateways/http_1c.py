"""A stand-in for a 1C base's HTTP service of prices that misbehaves as real ones can: on a real socket, as bytes."""

import base64
import json
import socket
import struct
import threading
import time
from decimal import Decimal
from typing import Any

from b2b_dvizhenie.testing.gateways.serving import Handler, Simulator

SLOW = 1.0
LIES = ("wrong article", "wrong company", "other request", "line twice", "unknown line")
"""Answers that look right and are about something else: nothing of them may be believed."""
NONSENSE = ("NaN", "Infinity", "-1", "0", "1e400", "0.00001", '"12,5"', "null", "[]", "true", "9" * 200)
"""Prices that are none."""
FAILURES = (
    *("slow", "hanging", "dripping", "resetting", "silent", "http 500", "http 401", "redirect", "not json"),
    *("not utf-8", "array", "null items", "deep", "endless", "cut short", "packed"),
)
MISBEHAVIOURS = (*FAILURES, *LIES, *(f"price {text}" for text in NONSENSE), "other currency", "other vat")


class _Handler(Handler):
    def serve(self) -> None:
        simulator = self.server.simulator
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.headers.get("authorization") != simulator.authorization:
            self.answer(401, b"")
        elif (self.command, self.path) == ("GET", "/ping"):
            self.answer(200, b'{"config": "Trade management", "version": "11.5", "time": "2026-11-25T10:00:00"}')
        elif (self.command, self.path) != ("POST", "/prices"):
            simulator.elsewhere += 1
            self.answer(404, b"{}")
        else:
            asked = json.loads(body)
            with simulator.counting:
                simulator.requests.append(asked)
            self._misbehave(simulator.misbehave, asked)

    def _misbehave(self, how: str, asked: dict[str, Any]) -> None:
        simulator = self.server.simulator
        good = simulator.answer(asked)
        if how.startswith("http "):
            self.answer(int(how[5:]), good)
        elif how == "slow":
            time.sleep(SLOW)
            self.answer(200, good)
        elif how == "hanging":
            simulator.released.wait(30)
            self.close_connection = True
        elif how == "dripping":
            self._drip(good)
        elif how == "resetting":
            # Zero linger: the connection ends with a reset, not with an end of file.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
        elif how == "silent":
            self.close_connection = True
        elif how == "redirect":
            self.answer(307, b"", location=f"{simulator.url}/elsewhere")
        elif how == "endless":
            self.endless()
        elif how == "cut short":
            self.answer(200, good[: len(good) // 2], length=len(good))
            self.close_connection = True
        elif how == "packed":
            self.send_response(200)
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self.answer(200, self._bad(how, asked) if how else good)

    def _drip(self, good: bytes) -> None:
        """A byte at a time, each well within any time limit of a single step."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(good)))
        self.end_headers()
        try:
            for place in range(len(good)):
                if self.server.simulator.released.wait(0.05):
                    return
                self.wfile.write(good[place : place + 1])
        except OSError:
            return

    def _bad(self, how: str, asked: dict[str, Any]) -> bytes:
        whole = {
            "not json": b"<html>Error</html>",
            "not utf-8": b'{"request_id":"\xff\xfe","items":[]}',
            "array": b"[]",
            "null items": b'{"request_id":"x","items":null}',
            "deep": b'{"request_id":"x","items":[],"more":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        }
        if how in whole:
            return whole[how]
        told: dict[str, Any] = json.loads(self.server.simulator.answer(asked))
        first = told["items"][0]
        changes: dict[str, Any] = {
            "wrong article": {"product_id": "00000000-0000-4000-8000-000000000000"},
            "other currency": {"currency": "KZT"},
            "other vat": {"vat_included": not asked["vat_included"]},
            "unknown line": {"line": len(told["items"]) + 1},
        }
        first |= changes.get(how, {})
        if how == "wrong company":
            told |= {"company_id": "somebody else", "inn": "0"}
        if how == "other request":
            told["request_id"] = "another"
        if how == "line twice":
            told["items"].append(first | {"price": "0.01"})
        text = json.dumps(told)
        if how.startswith("price "):
            text = text.replace(json.dumps(first["price"]), how[6:], 1)
        return text.encode()


class Http1cSimulator(Simulator):
    """Tells `prices` by product and characteristic at `url` while the block runs; `misbehave` names what goes wrong
    next. `released` lets go what hangs; leaving the block does too.
    """

    handler = _Handler

    def __init__(self, prices: dict[tuple[str, str], Decimal] | None = None, *, ttl: int | None = None) -> None:
        self.prices = dict(prices or {})
        self.ttl = ttl
        self.misbehave = ""
        self.requests: list[dict[str, Any]] = []
        self.elsewhere = 0
        self.counting = threading.Lock()
        self.released = threading.Event()
        self.authorization = "Basic " + base64.b64encode(b"portal:secret").decode()
        super().__init__()

    @property
    def url(self) -> str:
        """Where the service is."""
        return self.address

    def answer(self, asked: dict[str, Any]) -> bytes:
        """What is told when nothing goes wrong."""
        items = []
        for item in asked["items"]:
            price = self.prices.get((item["product_id"], item["variant_id"]))
            told = {"line": item["line"], "product_id": item["product_id"], "variant_id": item["variant_id"]}
            items.append(told | ({"error": "not_found"} if price is None else {"price": f"{price:f}"}))
        head = {"request_id": asked["request_id"], "company_id": asked["company_id"], "inn": asked["inn"]}
        return json.dumps(head | {"items": items} | ({} if self.ttl is None else {"ttl_seconds": self.ttl})).encode()

    def __exit__(self, *error: object) -> None:
        self.released.set()
        super().__exit__(*error)
