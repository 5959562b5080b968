"""A stand-in for XML_daily of the Bank of Russia that misbehaves as the real one can: on a real socket, as bytes.

The XML is put together from the documented format: windows-1251, decimal commas, values for `Nominal` units.
"""

import time
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self
from xml.sax.saxutils import escape

from b2b_dvizhenie.application.pricing import RateSheet

PATH = "/scripts/XML_daily.asp"
MISBEHAVIOURS = (
    *("slow", "silent", "http 500", "redirect", "html", "empty", "cut short", "endless", "not declared", "entity"),
    *("nominal 0", "point", "negative", "not a number", "two rates", "unit rate", "no date", "bad date"),
)
NAMES = {"USD": "Доллар США", "EUR": "Евро", "KZT": "Тенге", "UZS": "Узбекских сумов"}
_NOMINALS = {"KZT": 100, "UZS": 10_000}


def _comma(value: Decimal) -> str:
    return f"{value:f}".replace(".", ",")


def document(sheet: RateSheet, how: str = "") -> bytes:
    """The answer of a day, or what a misbehaviour makes of it."""
    day = {"no date": "", "bad date": 'Date="31.02.2026"'}.get(how, f'Date="{sheet.day:%d.%m.%Y}"')
    entries = []
    for number, (code, rate) in enumerate(sheet.per_unit.items()):
        nominal = _NOMINALS.get(code, 1)
        value, unit = _comma(rate * nominal), _comma(rate)
        value = {"point": f"{rate}", "negative": f"-{value}", "not a number": "NaN"}.get(how, value)
        unit = "1,0" if how == "unit rate" else unit
        # Old answers lack the rate of one unit.
        told = "" if number == 0 and not how else f"<VunitRate>{unit}</VunitRate>"
        entries.append(
            f'<Valute ID="R{number:05}"><NumCode>{number:03}</NumCode><CharCode>{code}</CharCode>'
            f"<Nominal>{0 if how == 'nominal 0' else nominal}</Nominal>"
            f"<Name>{escape(NAMES.get(code, code))}</Name><Value>{value}</Value>{told}</Valute>"
        )
    if how == "two rates":
        entries.append(entries[0].replace("<Value>", "<Value>1"))
    body = "" if how == "empty" else "".join(entries)
    head = "" if how == "not declared" else '<?xml version="1.0" encoding="windows-1251"?>'
    if how == "entity":
        head += '<!DOCTYPE ValCurs [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    return f'{head}<ValCurs {day} name="Foreign Currency Market">{body}</ValCurs>'.encode("cp1251")


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"
    protocol_version = "HTTP/1.1"
    timeout = 10

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        """Say nothing."""

    def do_GET(self) -> None:
        simulator = self.server.simulator
        if self.path != PATH:
            simulator.elsewhere += 1
            self._answer(404, b"")
            return
        simulator.requests += 1
        how = simulator.misbehave
        good = document(simulator.sheet)
        if how == "slow":
            time.sleep(0.6)
            self._answer(200, good)
        elif how == "silent":
            self.close_connection = True
        elif how.startswith("http "):
            self._answer(int(how[5:]), good)
        elif how == "redirect":
            self._answer(302, b"", location="/elsewhere")
        elif how == "html":
            self._answer(200, b"<html><body>Service unavailable<br></body></html>")
        elif how == "cut short":
            self._answer(200, good[: len(good) // 2])
        elif how == "endless":
            self._endless()
        else:
            self._answer(200, document(simulator.sheet, how) if how else good)

    def _answer(self, status: int, content: bytes, *, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/xml; charset=windows-1251")
        self.send_header("Content-Length", str(len(content)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(content)

    def _endless(self) -> None:
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            for _ in range(10_000):
                self.wfile.write(b" " * 65_536)
        except OSError:
            return  # the reader had enough


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, simulator: "CbrSimulator") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.simulator = simulator


class CbrSimulator:
    """Tells `sheet` at `url` while the block runs; `misbehave` names what goes wrong next."""

    def __init__(self, sheet: RateSheet) -> None:
        self.sheet = sheet
        self.misbehave = ""
        self.requests = 0
        self.elsewhere = 0
        self._server = _Server(self)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        """Where the rates are."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{PATH}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
