"""What each `type` and `mode` of the protocol does: one use case each, worded for 1C (onec.md §2.2)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from zoneinfo import ZoneInfo

import structlog
from msgspec import Struct

from b2b_dvizhenie.adapters.onec.cml.writer import OrderUnwritable, WriteOptions, write_info, write_orders
from b2b_dvizhenie.adapters.onec.protocol import (
    Answer,
    Asked,
    Document,
    checked_in,
    failure,
    initialised,
    progress,
    success,
)
from b2b_dvizhenie.application import companies, exchange
from b2b_dvizhenie.application.exchange import (
    AlreadyLoaded,
    Caller,
    ExchangeSession,
    Imported,
    ImportFailed,
    InProgress,
    NodeAccess,
    Unpacking,
)
from b2b_dvizhenie.application.exchange.records import OutgoingOrder
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.ordering import OrderStatus
from b2b_dvizhenie.entrypoints.http.exchange_words import failed_text, imported_text, progress_text, say
from b2b_dvizhenie.entrypoints.settings import ExchangeSettings

log = structlog.get_logger("exchange")


class Talk(Struct, frozen=True):
    """One request inside a session. `body` is its bytes as they arrive, `charset` the encoding of the answer.

    `profile` is the family of 1C as recognised, "" if it was not.
    """

    asked: Asked
    session: ExchangeSession
    body: AsyncIterator[bytes]
    charset: str
    profile: str
    request_id: str


Mode = Callable[[Talk], Awaitable[Answer | Document]]


class ExchangeModes:
    """Knows which use case answers which `type` and `mode`."""

    def __init__(
        self,
        open_session: exchange.OpenExchangeSession,
        start_upload: exchange.StartUpload,
        receive_chunk: exchange.ReceiveChunk,
        request_import: exchange.RequestImport,
        end_full_export: exchange.EndFullExport,
        query_orders: exchange.QueryOrders,
        confirm_orders: exchange.ConfirmOrders,
        payment_methods: companies.ListPaymentMethods,
        clock: Clock,
        settings: ExchangeSettings,
    ) -> None:
        self._open_session = open_session
        self._start_upload = start_upload
        self._receive_chunk = receive_chunk
        self._request_import = request_import
        self._end_full_export = end_full_export
        self._query_orders = query_orders
        self._confirm_orders = confirm_orders
        self._payment_methods = payment_methods
        self._clock = clock
        self._settings = settings
        upload: dict[str, Mode] = {"init": self._init, "file": self._file, "import": self._import}
        catalog = upload | {"deactivate": self._end, "complete": self._end}
        sale = upload | {"query": self._query, "success": self._success, "info": self._info}
        ours = {"init": self._init, "query": self._unsupported}  # the catalogue of the site for an empty 1C
        self._modes: Mapping[str, Mapping[str, Mode]] = {
            "catalog": catalog,
            "reference": catalog,
            "get_catalog": ours,
            "sale": sale,
        }

    async def check_in(self, asked: Asked, caller: Caller) -> tuple[ExchangeSession, Answer]:
        """`checkauth`: a new session, told once."""
        opened = await self._open_session(caller)
        return opened.session, checked_in(asked, opened.token, opened.session.sessid, self._clock())

    async def __call__(self, talk: Talk) -> Answer | Document:
        """The answer to any other mode; raises DomainError."""
        modes = self._modes.get(talk.asked.kind)
        if modes is None:
            return failure(say("exchange.unknown_kind"))
        mode = modes.get(talk.asked.mode)
        return await mode(talk) if mode else failure(say("exchange.unknown_mode"))

    async def _init(self, talk: Talk) -> Answer:
        await self._start_upload(talk.session)
        limit = self._settings.chunk_bytes
        return initialised(talk.asked, zipped=self._settings.zip, file_limit=limit, sessid=talk.session.sessid)

    async def _file(self, talk: Talk) -> Answer:
        await self._receive_chunk(talk.session, talk.asked.filename, talk.body)
        return success()

    async def _import(self, talk: Talk) -> Answer:
        answer = await self._request_import(talk.session, talk.asked.filename, talk.request_id)
        match answer:
            case Unpacking():
                return progress(say("exchange.said.unpacking"))
            case AlreadyLoaded():
                return success(say("exchange.said.already_loaded"))
            case InProgress(state):
                return progress(progress_text(state))
            case Imported():
                return success(imported_text(answer))
            case ImportFailed(state):
                return failure(failed_text(state, talk.asked.filename))

    async def _end(self, talk: Talk) -> Answer:
        await self._end_full_export(talk.session, talk.request_id)
        return success()

    async def _unsupported(self, _talk: Talk) -> Answer:
        return failure(say("exchange.not_supported"))

    async def _query(self, talk: Talk) -> Document:
        given = await self._query_orders(talk.session, talk.request_id)
        for number, reason in given.withheld:
            log.error("order_withheld", order=number, reason=reason, node=talk.session.node.login)
        options = write_options(talk.session.node, talk.profile, talk.charset)
        made_at = self._clock().astimezone(ZoneInfo(self._settings.zone)).replace(tzinfo=None, microsecond=0)
        content = await asyncio.to_thread(write_orders, given.orders, options, made_at)
        told = say("exchange.said.given", count=len(given.orders))
        if given.withheld:
            told += "; " + say("exchange.said.withheld", numbers=", ".join(number for number, _ in given.withheld[:20]))
        return Document(content, talk.charset, told)

    async def _success(self, talk: Talk) -> Answer:
        await self._confirm_orders(talk.session, talk.request_id)
        return success()

    async def _info(self, _talk: Talk) -> Document:
        statuses = [(status.value, say(f"exchange.status.{status.value}")) for status in OrderStatus]
        known = await self._payment_methods(system_actor("exchange"))
        payments = [
            (str(one.method_id), one.terms.name, say(f"exchange.payment.{one.terms.kind.value}"))
            for one in (line.method for line in known.lines)
        ]
        return Document(
            write_info(statuses, payments), "windows-1251", say("exchange.said.statuses"), "application/xml"
        )


def write_options(node: NodeAccess, profile: str, charset: str) -> WriteOptions:
    """How a node takes its orders: the family's form, and what its administrator set (`currency_names`)."""
    names = node.settings.get("currency_names")
    known = {code: name for code, name in names.items() if isinstance(name, str)} if isinstance(names, dict) else {}
    return WriteOptions(profile=profile or "ut115", encoding=charset, currency_names=known)


def order_check(order: OutgoingOrder) -> str | None:
    """Whether the writer takes the order; the reason why not. Families and encodings differ in form only."""
    try:
        write_orders([order], WriteOptions(), order.placed_at)
    except OrderUnwritable as error:
        return str(error)
    return None
