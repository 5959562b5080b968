"""SMSC.ru and SMS.RU over one store of messages (protocols.md §3.1, §3.2, §3.5).

Refuses what the vendors refuse: wrong accounts, phones, empty texts, an empty purse, one text to one number twice a
minute. Numbers ending in 02 are wrong, in 03 on the stop list. Faults are queued and used up one a request.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct

LOGIN, PASSWORD, API_ID = "wholesaler", "gateway secret", "11111111-2222-3333-4444-555555555555"
_SHORTEST, _LONGEST = 11, 15
_LONGEST_TEXT = 800
_DRIP = 0.05
"""Seconds between two bytes of what trickles."""


class Fault(StrEnum):
    """What the gateway does instead of answering properly."""

    RESET = "reset"  # the line breaks before anything is done
    LOST_ANSWER = "lost_answer"  # the work is done, the line breaks
    SLOW = "slow"  # the work is done, the answer comes too late
    TRICKLING = "trickling"  # the work is done, the answer comes a byte at a time
    GARBAGE = "garbage"  # the work is done, the answer is no JSON
    HTTP_500 = "http_500"  # nothing is done
    BUSY = "busy"  # the vendor's own answer to an overload


class Taken(Struct, frozen=True):
    """A message that the gateway took."""

    phone: str
    text: str
    number: str


class SmsGateway:
    """The simulator: `async with SmsGateway().serving() as url`."""

    def __init__(self, *, balance: int = 100, slow_seconds: int = 3) -> None:
        self.taken: list[Taken] = []
        self.faults: deque[Fault] = deque()
        self.asked: list[str] = []
        self.balance = balance
        self.refuses_repeats = False
        self._slow = slow_seconds

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """The address it answers at."""
        server = await asyncio.start_server(self._served, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        try:
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.close()

    async def _served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            line, *fields = head.split("\r\n")
            lengths = [field.split(":")[1] for field in fields if field.lower().startswith("content-length:")]
            body = await reader.readexactly(int(lengths[0])) if lengths else b""
            method, target, _ = line.split(" ", 2)
            await self._answered(method, target, body.decode(), writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client went away
        finally:
            writer.close()

    async def _answered(self, method: str, target: str, body: str, writer: asyncio.StreamWriter) -> None:
        url = urlsplit(target)
        given = {name: values[-1] for name, values in parse_qs(url.query + "&" + body, keep_blank_values=True).items()}
        self.asked.append(url.path)
        fault = self.faults.popleft() if self.faults else None
        if fault is Fault.RESET:
            writer.transport.abort()
            return
        status, content = 200, ""
        if fault is Fault.HTTP_500:
            status, content = 500, "<h1>Bad gateway</h1>"
        else:
            content = json.dumps(self._done(method, url.path, given, busy=fault is Fault.BUSY))
        if fault is Fault.LOST_ANSWER:
            writer.transport.abort()
            return
        if fault is Fault.SLOW:
            await asyncio.sleep(self._slow)
        if fault is Fault.GARBAGE:
            content = content[: len(content) // 2] + "\u0000<html>"
        wire = content.encode()
        writer.write(f"HTTP/1.1 {status} OK\r\nContent-Length: {len(wire)}\r\nConnection: close\r\n\r\n".encode())
        for piece in [wire] if fault is not Fault.TRICKLING else (bytes([byte]) for byte in wire):
            writer.write(piece)
            await writer.drain()
            if fault is Fault.TRICKLING:
                await asyncio.sleep(_DRIP)

    def _done(self, method: str, path: str, given: dict[str, str], *, busy: bool) -> object:
        match path:
            case "/send.php":
                return self._smsc_send(given, busy=busy)
            case "/status.php":
                return self._smsc_status(given, busy=busy)
            case "/balance.php":
                return self._smsc_refusal(given) or {"balance": f"{self.balance}.00"}
            case "/sms/send":
                return self._smsru_send(method, given, busy=busy)
            case _:
                return {"error": "unknown page", "error_code": 1}

    def _smsc_refusal(self, given: dict[str, str]) -> dict[str, object] | None:
        if (given.get("login"), given.get("psw")) != (LOGIN, PASSWORD):
            return {"error": "authorise error", "error_code": 2}
        return None

    def _refused(self, phone: str, text: str) -> str:
        """Why a message is refused, in no vendor's words; "" when it is not."""
        if not phone.isdecimal() or not _SHORTEST <= len(phone) <= _LONGEST or phone.endswith("02"):
            return "phone"
        if not text or len(text) > _LONGEST_TEXT:
            return "text"
        if phone.endswith("03"):
            return "stop"
        if self.balance < 1:
            return "money"
        if self.refuses_repeats and any((one.phone, one.text) == (phone, text) for one in self.taken):
            return "repeat"
        return ""

    def _take(self, phone: str, text: str, number: str) -> None:
        self.balance -= 1
        self.taken.append(Taken(phone, text, number))

    def _smsc_send(self, given: dict[str, str], *, busy: bool) -> object:
        refusal = self._smsc_refusal(given)
        if refusal is not None:
            return refusal
        if busy:
            return {"error": "too many requests", "error_code": 9}
        phone, text, number = given.get("phones", ""), given.get("mes", ""), given.get("id", "")
        if given.get("fmt") != "3" or given.get("charset") != "utf-8" or not number.isdecimal():
            return {"error": "parameters error", "error_code": 1}
        why = self._refused(phone, text)
        if why:
            code = {"phone": 7, "text": 1, "stop": 8, "money": 3, "repeat": 9}[why]
            return {"error": why, "error_code": code, "id": int(number)}
        self._take(phone, text, number)
        return {"id": int(number), "cnt": 1, "cost": "1.00", "balance": f"{self.balance}.00"}

    def _smsc_status(self, given: dict[str, str], *, busy: bool) -> object:
        refusal = self._smsc_refusal(given)
        if refusal is not None:
            return refusal
        if busy:
            return {"error": "too many requests", "error_code": 9}
        wanted = (given.get("phone"), given.get("id"))
        found = any((one.phone, one.number) == wanted for one in self.taken)
        return {"status": 1 if found else -3, "last_date": "25.11.2026 12:00:00", "err": 0}

    def _smsru_send(self, method: str, given: dict[str, str], *, busy: bool) -> object:
        if given.get("api_id") != API_ID:
            return {"status": "ERROR", "status_code": 200, "status_text": "api_id"}
        if method != "POST" or given.get("json") != "1":
            return {"status": "ERROR", "status_code": 210, "status_text": "use POST"}
        if busy:
            return {"status": "ERROR", "status_code": 220, "status_text": "unavailable"}
        phone, text = given.get("to", ""), given.get("msg", "")
        why = self._refused(phone, text)
        number = f"000000-{len(self.taken) + 1}"
        if why:
            code = {"phone": 202, "text": 203, "stop": 209, "money": 201, "repeat": 231}[why]
            line: dict[str, object] = {"status": "ERROR", "status_code": code, "status_text": why}
        else:
            self._take(phone, text, number)
            line = {"status": "OK", "status_code": 100, "sms_id": number}
        # The vendor says OK above although the number below was refused.
        return {"status": "OK", "status_code": 100, "sms": {phone: line}, "balance": self.balance}
