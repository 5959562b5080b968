"""Live prices from an HTTP service of 1C (onec.md §5.5), and the adapter for having none.

One `POST {url}/prices` with Basic authentication for all lines. The address is the administrator's setting, checked
when the process starts: HTTPS, or plain HTTP to this machine only; no redirection is followed, so the password goes
nowhere else. Numbers come as decimal text or as JSON numbers and are read digit by digit: never through a float.
"""

import asyncio
import re
import ssl
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import msgspec
from msgspec import Raw, Struct

from b2b_dvizhenie.application.pricing import LivePriceSource, LiveUnavailable
from b2b_dvizhenie.application.shared.adapters import Adapter, Surroundings
from b2b_dvizhenie.application.shared.outgoing import checked_address
from b2b_dvizhenie.domain.pricing import Question, Told, ToldLine
from b2b_dvizhenie.domain.shared.quantity import plain

LINE_BYTES = 2048
"""Bytes of an answer per line that was asked; with stock by warehouses a line has some hundred."""
HEAD_BYTES = 65_536
LONGEST_WORD = 100
_PRICE = re.compile(rb'"?([0-9]{1,15}(?:\.[0-9]{1,10})?)"?')


class Http1cSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """`url` is the HTTP service (`https://1c.example/base/hs/b2b/v1`), `login` and `password` of a user of 1C.

    `node` is the login of the exchange node of the same base; needed only where several bases exchange.
    """

    url: str
    login: str = ""
    password: str = ""
    node: str = ""


class _Line(Struct, frozen=True):
    line: int
    product_id: str
    variant_id: str = ""
    price: Raw = Raw(b"null")
    currency: str = ""
    vat_included: bool | None = None
    error: str | None = None


class _Answer(Struct, frozen=True):
    request_id: str
    items: list[_Line]
    company_id: str = ""
    inn: str = ""
    ttl_seconds: int | None = None


class _Pong(Struct, frozen=True):
    config: str
    version: str = ""


class Http1c(LivePriceSource):
    """Asks the service; nothing is kept but the settings of TLS, which are dear to make."""

    def __init__(self, settings: Http1cSettings) -> None:
        self._settings = settings
        self._tls = ssl.create_default_context()

    @property
    def is_enabled(self) -> bool:
        """There is an address."""
        return True

    @property
    def node(self) -> str:
        """As set."""
        return self._settings.node

    async def ask(self, question: Question, deadline: timedelta) -> Told:
        """One request, whole within the deadline."""
        limit = HEAD_BYTES + LINE_BYTES * len(question.lines)
        content = await self._bounded(("POST", "/prices"), deadline, limit, json=body_of(question))
        return read_answer(content)

    async def ping(self, deadline: timedelta) -> str:
        """Configuration and version of the base."""
        content = await self._bounded(("GET", "/ping"), deadline, HEAD_BYTES)
        try:
            pong = msgspec.json.decode(content, type=_Pong)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise LiveUnavailable(reason="answer") from error
        return f"{pong.config} {pong.version}".strip()[:LONGEST_WORD]

    async def _bounded(self, request: tuple[str, str], deadline: timedelta, limit: int, **body: Any) -> bytes:
        # httpx counts time per step: a byte a second would go on for ever, so the whole is bounded here.
        seconds = deadline.total_seconds()
        try:
            async with asyncio.timeout(seconds):
                return await self._content(request, seconds, limit, **body)
        except TimeoutError as error:
            raise LiveUnavailable(reason="late") from error
        except httpx.HTTPError as error:
            raise LiveUnavailable(reason=type(error).__name__) from error

    async def _content(self, request: tuple[str, str], seconds: float, limit: int, **body: Any) -> bytes:
        method, path = request
        # As it is: what is packed could unpack to any size before it is counted.
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        settings = self._settings
        async with (
            httpx.AsyncClient(timeout=seconds, follow_redirects=False, trust_env=False, verify=self._tls) as client,
            client.stream(
                method,
                settings.url + path,
                headers=headers,
                auth=httpx.BasicAuth(settings.login, settings.password) if settings.login else None,
                **body,
            ) as response,
        ):
            if response.status_code != httpx.codes.OK:
                raise LiveUnavailable(reason=f"http {response.status_code}")
            if response.headers.get("content-encoding", "identity") != "identity":
                raise LiveUnavailable(reason="packed")
            content = bytearray()
            async for piece in response.aiter_raw():
                content += piece
                if len(content) > limit:
                    raise LiveUnavailable(reason="too long")
            return bytes(content)


def body_of(question: Question) -> dict[str, Any]:
    """The question as the service reads it."""
    return {
        "request_id": question.request_id,
        "company_id": question.company_ref,
        "inn": question.inn,
        "kpp": question.kpp,
        "price_type_id": question.price_type_ref,
        "warehouse_id": question.warehouse_ref,
        "currency": question.currency,
        "vat_included": question.vat_included,
        "items": [
            {
                "line": number,
                "product_id": line.product_ref,
                "variant_id": line.variant_ref,
                "article": line.article,
                "quantity": plain(line.quantity),
            }
            for number, line in enumerate(question.lines, 1)
        ],
    }


def read_answer(content: bytes) -> Told:
    """An answer as it came; raises LiveUnavailable for what is none. Whether it is true is not its matter."""
    try:
        answer = msgspec.json.decode(content, type=_Answer)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise LiveUnavailable(reason="answer") from error
    lines = tuple(
        ToldLine(
            line.line,
            line.product_id,
            line.variant_id,
            _price(line.price),
            line.currency,
            line.vat_included,
            (line.error or "")[:LONGEST_WORD],
        )
        for line in answer.items
    )
    return Told(answer.request_id, answer.company_id, answer.inn, lines, answer.ttl_seconds)


def _price(text: Raw) -> Decimal | None:
    """The price; None for what is no plain positive number, which makes no sense and is told as that by `heard`."""
    matched = _PRICE.fullmatch(bytes(text))
    return Decimal(matched[1].decode()) if matched else None


def _build(settings: Http1cSettings, _surroundings: Surroundings) -> LivePriceSource:
    if (
        not all(one.isprintable() for one in (settings.login, settings.password, settings.node))
        or ":" in settings.login
    ):
        raise ValueError("login, password and node must be printable, the login without a colon")
    return Http1c(Http1cSettings(checked_address(settings.url), settings.login, settings.password, settings.node))


class OffSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing to set."""


class NoLivePrices(LivePriceSource):
    """Nobody tells live prices: the stored ones are shown and charged, and nothing is asked anywhere."""

    @property
    def is_enabled(self) -> bool:
        """There is nobody to ask."""
        return False

    @property
    def node(self) -> str:
        """None."""
        return ""

    async def ask(self, question: Question, deadline: timedelta) -> Told:
        """Nobody asks; whoever does is told that there is nothing."""
        raise LiveUnavailable(reason=f"off: {len(question.lines)} lines not asked within {deadline}")

    async def ping(self, deadline: timedelta) -> str:
        """There is nobody."""
        raise LiveUnavailable(reason=f"off, whatever the {deadline}")


def _off(_settings: OffSettings, _surroundings: Surroundings) -> LivePriceSource:
    return NoLivePrices()


adapter = Adapter(Http1cSettings, _build)
off = Adapter(OffSettings, _off)
