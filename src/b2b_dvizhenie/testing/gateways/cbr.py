"""A stand-in for XML_daily of the Bank of Russia that misbehaves as the real one can: on a real socket, as bytes.

The XML is put together from the documented format: windows-1251, decimal commas, values for `Nominal` units.
"""

import time
from decimal import Decimal
from xml.sax.saxutils import escape

from b2b_dvizhenie.application.pricing import RateSheet
from b2b_dvizhenie.testing.gateways.serving import Handler, Simulator

PATH = "/scripts/XML_daily.asp"
MISBEHAVIOURS = (
    *("slow", "silent", "http 500", "redirect", "html", "empty", "cut short", "endless", "not declared", "entity"),
    *("trickling", "nominal 0", "point", "negative", "not a number", "two rates", "unit rate", "no date", "bad date"),
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


class _Handler(Handler):
    media_type = "application/xml; charset=windows-1251"

    def serve(self) -> None:
        simulator = self.server.simulator
        if (self.command, self.path) != ("GET", PATH):
            simulator.elsewhere += 1
            self.answer(404, b"")
            return
        simulator.requests += 1
        how = simulator.misbehave
        good = document(simulator.sheet)
        if how == "slow":
            time.sleep(0.6)
            self.answer(200, good)
        elif how == "silent":
            self.close_connection = True
        elif how.startswith("http "):
            self.answer(int(how[5:]), good)
        elif how == "redirect":
            self.answer(302, b"", location="/elsewhere")
        elif how == "html":
            self.answer(200, b"<html><body>Service unavailable<br></body></html>")
        elif how == "cut short":
            self.answer(200, good[: len(good) // 2])
        elif how == "endless":
            self.endless()
        elif how == "trickling":
            self.trickle(good)
        else:
            self.answer(200, document(simulator.sheet, how) if how else good)


class CbrSimulator(Simulator):
    """Tells `sheet` at `url` while the block runs; `misbehave` names what goes wrong next."""

    handler = _Handler

    def __init__(self, sheet: RateSheet) -> None:
        self.sheet = sheet
        self.misbehave = ""
        self.requests = 0
        self.elsewhere = 0
        super().__init__()

    @property
    def url(self) -> str:
        """Where the rates are."""
        return self.address + PATH
