"""Official rates of the Bank of Russia, XML_daily (protocols.md §5), and the adapter for having none.

The address is the product's own constant or an administrator's setting, checked when the process starts; no redirection
is followed. The answer is XML in windows-1251 with decimal commas, each value for `Nominal` units.
"""

import re
from datetime import date
from decimal import Context, Decimal

from lxml import etree
from msgspec import Struct

from b2b_dvizhenie.adapters.lookups.asking import NoAnswer, asked
from b2b_dvizhenie.application.pricing import CurrencyRates, RateSheet, RatesUnavailable
from b2b_dvizhenie.application.shared.adapters import Adapter, Surroundings
from b2b_dvizhenie.application.shared.outgoing import checked_address
from b2b_dvizhenie.domain.pricing import MAX_RATE

MAX_ANSWER = 512 * 1024
"""Bytes of an answer; that of a day has some ten thousand."""
SOURCE = "cbr"
_DAY = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})")
_VALUE = re.compile(r"[0-9]{1,9}(?:,[0-9]{1,10})?")
_NOMINAL = re.compile(r"[0-9]{1,9}")
_CODE = re.compile(r"[A-Z]{3}")
_TOLERANCE = Decimal("0.001")
_WIDE = Context(prec=30)


class CbrSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """`url` is where the rates of a day are asked, `timeout_seconds` for how long altogether."""

    url: str = "https://www.cbr.ru/scripts/XML_daily.asp"
    timeout_seconds: float = 10


class Cbr(CurrencyRates):
    """Asks the Bank of Russia; one request, nothing is kept."""

    def __init__(self, settings: CbrSettings) -> None:
        self._settings = settings

    @property
    def is_enabled(self) -> bool:
        """There is somebody to ask."""
        return True

    async def latest(self) -> RateSheet:
        """The newest rates; tomorrow's from the afternoon on."""
        try:
            answer = await asked("GET", self._settings.url, seconds=self._settings.timeout_seconds, most=MAX_ANSWER)
        except NoAnswer as error:
            raise RatesUnavailable(reason=error.reason) from error
        if not answer.is_ok:
            raise RatesUnavailable(reason=f"http {answer.status}")
        return read_sheet(answer.content)


def read_sheet(content: bytes) -> RateSheet:
    """The rates of an answer; raises RatesUnavailable for what is none, or says two things at once."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        raise RatesUnavailable(reason="not xml") from error
    if root.tag != "ValCurs" or root.getroottree().docinfo.internalDTD is not None:
        raise RatesUnavailable(reason="not rates")
    rates: dict[str, Decimal] = {}
    for entry in root.iterfind("Valute"):
        code = (entry.findtext("CharCode") or "").strip()
        rate = _per_unit(entry)
        if not _CODE.fullmatch(code) or rates.setdefault(code, rate) != rate:
            raise RatesUnavailable(reason="currency")
    if not rates:
        raise RatesUnavailable(reason="empty")
    return RateSheet(_day(root.get("Date") or ""), SOURCE, rates)


def _day(text: str) -> date:
    matched = _DAY.fullmatch(text.strip())
    try:
        if matched:
            return date(int(matched[3]), int(matched[2]), int(matched[1]))
    except ValueError:
        pass
    raise RatesUnavailable(reason="date")


def _per_unit(entry: etree._Element) -> Decimal:
    value, nominal = ((entry.findtext(name) or "").strip() for name in ("Value", "Nominal"))
    if not _VALUE.fullmatch(value) or not _NOMINAL.fullmatch(nominal) or not int(nominal):
        raise RatesUnavailable(reason="value")
    rate = _WIDE.divide(Decimal(value.replace(",", ".")), Decimal(nominal))
    if not 0 < rate <= MAX_RATE:
        raise RatesUnavailable(reason="value")
    told = (entry.findtext("VunitRate") or "").strip()
    # Absent in old answers, rounded in others: a check, never the rate itself.
    if _VALUE.fullmatch(told) and abs(Decimal(told.replace(",", ".")) - rate) > rate * _TOLERANCE:
        raise RatesUnavailable(reason="unit rate")
    return rate


def _build(settings: CbrSettings, _surroundings: Surroundings) -> CurrencyRates:
    return Cbr(CbrSettings(checked_address(settings.url), max(0.1, min(settings.timeout_seconds, 60))))


class OffSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing to set."""


class NoRates(CurrencyRates):
    """Nobody tells rates: prices stay in the currency of the terms."""

    @property
    def is_enabled(self) -> bool:
        """There is nobody to ask."""
        return False

    async def latest(self) -> RateSheet:
        """Nobody asks; whoever does is told that there is nothing."""
        raise RatesUnavailable(reason="off")


def _off(_settings: OffSettings, _surroundings: Surroundings) -> CurrencyRates:
    return NoRates()


adapter = Adapter(CbrSettings, _build)
off = Adapter(OffSettings, _off)
