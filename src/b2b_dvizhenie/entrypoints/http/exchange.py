"""The door 1C knocks at: the CommerceML exchange protocol over HTTP (onec.md §2).

Every answer is plain text of the protocol with status 200, whatever went wrong; only missing credentials are 401.
What is asked and how an answer looks on the wire is `adapters/onec/protocol`; what happens are the use cases; this
module carries bytes between them and writes the log.
"""

import time
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import AsyncIterator
from datetime import datetime
from http import HTTPStatus
from typing import Any

import structlog
from litestar import HttpMethod, Request, Response, route
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from psycopg import OperationalError
from sqlalchemy.exc import OperationalError as EngineOperationalError

from b2b_dvizhenie.adapters.onec.profiles import encoding_of, recognised
from b2b_dvizhenie.adapters.onec.protocol import COOKIE, PATHS, Answer, Asked, Document, failure, parse
from b2b_dvizhenie.adapters.postgres.database import DatabaseUnavailable
from b2b_dvizhenie.application.exchange import (
    AnsweredRequest,
    Caller,
    Credentials,
    ExchangeSession,
    RecordRequest,
    ResolveSession,
    log_line,
)
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.exchange.access import CredentialsMissing
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.entrypoints.http.api.identity import client_address
from b2b_dvizhenie.entrypoints.http.exchange_modes import ExchangeModes, Talk
from b2b_dvizhenie.entrypoints.http.exchange_words import say

log = structlog.get_logger("exchange")
DRAINED = 16 * 1024 * 1024
"""Bytes of a refused upload that are read and dropped, so that 1C gets to read why it was refused."""
CHALLENGE = {"www-authenticate": 'Basic realm="1C exchange"'}


def basic_credentials(header: str) -> Credentials | None:
    """Login and password of a Basic header, in UTF-8 or (older platforms) windows-1251; None if there is none."""
    scheme, _, encoded = header.strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        raw = b64decode(encoded.strip(), validate=True)
    except (NotBase64, ValueError):
        return None
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("windows-1251", errors="replace")
    login, separator, password = text.partition(":")
    return Credentials(login, password) if separator else None


def caller_of(request: Request[Any, Any, Any], asked: Asked) -> Caller:
    """Who sends the request, as far as it says."""
    return Caller(
        kind=log_line(asked.kind),
        address=client_address(request),
        user_agent=log_line(request.headers.get("user-agent", "")),
        token=request.cookies.get(COOKIE),
        sessid=log_line(asked.sessid),
        credentials=basic_credentials(request.headers.get("authorization", "")),
    )


class Body:
    """The body of a request as a stream that counts what came through."""

    def __init__(self, request: Request[Any, Any, Any]) -> None:
        self._stream = request.stream()
        self.size = 0
        self.is_lost = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._stream:
                self.size += len(chunk)
                yield chunk
        except HTTPException:
            self.is_lost = True  # the client went away: nobody will read an answer
            raise

    async def drain(self) -> None:
        """Read what nobody wanted, up to a limit: a client that is still sending does not read."""
        dropped = 0
        try:
            async for chunk in self._stream:
                dropped += len(chunk)
                if dropped > DRAINED:
                    return
        except (HTTPException, RuntimeError):
            return


def refusal(error: DomainError) -> Answer:
    """An error of ours in the words of the protocol."""
    return failure(say(error.code, **error.params))


class Conversation:
    """One request from the question to the answer and its line in the log."""

    def __init__(self, asked: Asked, caller: Caller, body: Body, request_id: str) -> None:
        self._asked = asked
        self._caller = caller
        self._body = body
        self._request_id = request_id
        self._session: ExchangeSession | None = None
        self._profile = ""
        self._answer: Answer | Document = failure("")
        self._status = 200
        self._is_database_away = False

    async def run(self, resolve_session: ResolveSession, modes: ExchangeModes) -> None:
        """Find the answer; nothing but a lost connection is raised."""
        try:
            if self._asked.mode == "checkauth":
                self._session, self._answer = await modes.check_in(self._asked, self._caller)
                self._recognise()
            else:
                self._session = await resolve_session(self._caller)
                self._recognise()
                talk = Talk(
                    self._asked, self._session, aiter(self._body), self._charset, self._profile, self._request_id
                )
                self._answer = await modes(talk)
        except CredentialsMissing as error:
            self._status, self._answer = 401, refusal(error)
        except (DatabaseUnavailable, OperationalError, EngineOperationalError) as error:
            log.warning("database_unavailable", error=str(error))
            self._is_database_away = True
            self._answer = failure(say(DatabaseUnavailable.code))
        except DomainError as error:
            self._answer = refusal(error)
        except Exception:
            # 1C must get an answer it can read, whatever broke.
            if self._body.is_lost:
                raise
            log.exception("exchange_failed", type=self._asked.kind, mode=self._asked.mode)
            self._answer = failure(say("exchange.internal"))

    def _recognise(self) -> None:
        session = self._session
        if session is not None:
            pinned = session.node.profile
            known = session.profile if pinned == "auto" else pinned
            self._profile = recognised(self._asked.filename, self._asked.version, known) if pinned == "auto" else pinned

    @property
    def _charset(self) -> str:
        return encoding_of(self._session.node.answer_encoding if self._session else "auto", self._profile)

    async def record(self, record_request: RecordRequest, at: datetime, milliseconds: int) -> None:
        """Leave a line in the log; the log is for people, so losing a line fails nothing.

        A database that did not answer just now is not waited for again: 1C would get its answer twice as late.
        """
        if self._is_database_away:
            log.warning("exchange_log_lost", error=DatabaseUnavailable.code)
            return
        answer = self._answer
        told = " ".join(answer.text.split("\n")[:2]) if isinstance(answer, Answer) else answer.told
        secret = self._asked.mode == "checkauth" and told.startswith("success")
        line = AnsweredRequest(
            at=at,
            kind=log_line(self._asked.kind)[:20],
            mode=log_line(self._asked.mode)[:20],
            filename=log_line(self._asked.filename)[:255],
            address=log_line(self._caller.address),
            status=self._status,
            answer="success" if secret else log_line(told),
            milliseconds=milliseconds,
            bytes_in=self._body.size,
            session=self._session,
            profile=self._profile,
        )
        try:
            await record_request(line)
        except Exception as error:  # noqa: BLE001 - as the docstring says
            log.warning("exchange_log_lost", error=repr(error))

    def response(self) -> Response[bytes]:
        """The answer on the wire."""
        answer = self._answer
        headers = CHALLENGE if self._status == HTTPStatus.UNAUTHORIZED else {}
        if isinstance(answer, Document):
            content, charset = answer.content, answer.charset
            # The framework names the encoding of text/… itself, and only of that.
            media_type = (
                answer.media_type
                if answer.media_type.startswith("text/")
                else f"{answer.media_type}; charset={charset}"
            )
        else:
            content, media_type, charset = answer.encoded(self._charset), "text/plain", self._charset
        return Response(content, media_type=media_type, encoding=charset, headers=headers, status_code=self._status)


@route(
    list(PATHS),
    http_method=[HttpMethod.GET, HttpMethod.POST],
    own_authentication=True,
    exclude_from_auth=True,
    include_in_schema=False,
    request_max_body_size=None,
    status_code=200,
)
async def talk(
    request: Request[Any, Any, Any],
    resolve_session: NamedDependency[ResolveSession],
    exchange_modes: NamedDependency[ExchangeModes],
    record_request: NamedDependency[RecordRequest],
) -> Response[bytes]:
    """One request of the protocol, by GET or POST."""
    clock: Clock = request.app.state.container.clock()
    started, at = time.perf_counter(), clock()
    asked = parse(request.scope["query_string"])
    caller = caller_of(request, asked)
    body = Body(request)
    conversation = Conversation(asked, caller, body, request.scope["state"]["request_id"])
    await conversation.run(resolve_session, exchange_modes)
    await body.drain()
    await conversation.record(record_request, at, round((time.perf_counter() - started) * 1000))
    return conversation.response()


ROUTES = [talk]
