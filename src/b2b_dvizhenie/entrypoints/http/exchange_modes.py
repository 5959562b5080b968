"""What each `type` and `mode` of the protocol does: one use case each, worded for 1C (onec.md §2.2)."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

from msgspec import Struct

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
from b2b_dvizhenie.application import exchange
from b2b_dvizhenie.application.exchange import (
    AlreadyLoaded,
    Caller,
    ExchangeSession,
    Imported,
    ImportFailed,
    InProgress,
    Unpacking,
)
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.entrypoints.http.exchange_words import failed_text, imported_text, progress_text, say
from b2b_dvizhenie.entrypoints.settings import ExchangeSettings


class Talk(Struct, frozen=True):
    """One request inside a session. `body` is its bytes as they arrive, `charset` the encoding of the answer."""

    asked: Asked
    session: ExchangeSession
    body: AsyncIterator[bytes]
    charset: str
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
        clock: Clock,
        settings: ExchangeSettings,
    ) -> None:
        self._open_session = open_session
        self._start_upload = start_upload
        self._receive_chunk = receive_chunk
        self._request_import = request_import
        self._end_full_export = end_full_export
        self._clock = clock
        self._settings = settings
        upload: dict[str, Mode] = {"init": self._init, "file": self._file, "import": self._import}
        catalog = upload | {"deactivate": self._end, "complete": self._end}
        self._modes: Mapping[str, Mapping[str, Mode]] = {"catalog": catalog, "reference": catalog, "sale": upload}

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
