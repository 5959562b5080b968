"""The door of the JSON gateway: 1C sends rows of tables, and asks how they stand (onec.md §5.2)."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from litestar import Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from msgspec import structs

from b2b_dvizhenie.application.documents import ReceiveDocumentFile
from b2b_dvizhenie.application.exchange import AnsweredRequest, Caller, NodeAccess, RecordRequest, log_line
from b2b_dvizhenie.application.exchange.gateway import (
    Answer,
    IdentifyNode,
    MessageTooLarge,
    ReceiveMessage,
    ShowGatewayState,
    Taken,
)
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.documents import MAX_FILE
from b2b_dvizhenie.domain.exchange.access import AttemptsExhausted
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.domain.shared.refs import normal_ref
from b2b_dvizhenie.entrypoints.http.api.identity import client_address
from b2b_dvizhenie.entrypoints.http.exchange import CHALLENGE, Body, basic_credentials
from b2b_dvizhenie.entrypoints.http.exchange_words import LANGUAGE
from b2b_dvizhenie.entrypoints.http.problems import Problem, on_http_error, on_unexpected, problem_of
from b2b_dvizhenie.entrypoints.texts import error_text

log = structlog.get_logger("exchange")
MAX_BYTES = 10 * 1024 * 1024
RETRY_AFTER = 5
"""Seconds after which to try again where nobody knows better."""
_STATUS = {MessageTooLarge.code: 413}
"""Refusals that have a status of their own here."""
Talk = Callable[[NodeAccess], Awaitable[tuple[int, Any]]]


def _told(answer: Answer) -> Answer:
    """The answer with a sentence for each rejected row: the log of 1C is read by people."""
    rejected = tuple(
        structs.replace(row, message=error_text(row.code, {"detail": row.detail, "ref": row.key}, LANGUAGE))
        for row in answer.rejected
    )
    return structs.replace(answer, rejected=rejected)


class Conversation:
    """One request of the gateway from the credentials to the answer and its line in the log."""

    def __init__(self, request: Request[Any, Any, Any], mode: str) -> None:
        self._request = request
        self._mode = mode
        self._started = time.perf_counter()
        self._node: NodeAccess | None = None
        self._answer: Response[Any] | None = None
        self._told = "success"
        self.message_id = ""
        self.size = 0

    @property
    def request_id(self) -> str:
        """The id under which the request is in the logs."""
        return str(self._request.scope["state"]["request_id"])

    async def run(self, identify: IdentifyNode, talk: Talk) -> Response[Any]:
        """Find the node, let it talk; every refusal becomes a problem in the words of the API.

        What may work later always says when: a job of 1C that is told nothing would try again at once.
        """
        response = await self._answered(identify, talk)
        if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE and "retry-after" not in response.headers:
            response.headers["retry-after"] = str(RETRY_AFTER)
        return response

    async def _answered(self, identify: IdentifyNode, talk: Talk) -> Response[Any]:
        caller = Caller(
            kind="gateway",
            address=client_address(self._request),
            credentials=basic_credentials(self._request.headers.get("authorization", "")),
        )
        try:
            self._node = await identify(caller)
            status, content = await talk(self._node)
        except DomainError as error:
            return self._refused(error)
        except HTTPException as error:  # a body without end
            self._told = f"failure {error.status_code}"
            return on_http_error(self._request, error)
        except Exception as error:  # noqa: BLE001 - the same answer as anywhere in the API, and a line in the log
            self._told = "failure internal"
            return on_unexpected(self._request, error)
        if status != HTTPStatus.OK:
            self._told = f"failure {status}"
        return Response(content, status_code=status, media_type="application/json")

    def _refused(self, error: DomainError) -> Response[Problem]:
        problem = problem_of(error, LANGUAGE, self.request_id)
        problem = structs.replace(problem, status=_STATUS.get(error.code, problem.status))
        headers = {}
        if problem.status == HTTPStatus.UNAUTHORIZED:
            headers = CHALLENGE
        elif isinstance(error, AttemptsExhausted):
            headers = {"retry-after": str(error.params["minutes"] * 60)}
        elif "retry_after" in error.params:
            headers = {"retry-after": str(error.params["retry_after"])}
        self._told = f"failure {error.code}"
        return Response(problem, status_code=problem.status, media_type="application/problem+json", headers=headers)

    async def record(self, record_request: RecordRequest, clock: Clock, response: Response[Any]) -> None:
        """Leave a line in the log; losing a line fails nothing."""
        line = AnsweredRequest(
            at=clock(),
            kind="gateway",
            mode=log_line(self._mode)[:40],
            filename=log_line(self.message_id)[:255],
            address=log_line(client_address(self._request)),
            status=response.status_code or 200,
            answer=self._told,
            milliseconds=round((time.perf_counter() - self._started) * 1000),
            bytes_in=self.size,
            node_id=self._node.node_id if self._node else None,
        )
        try:
            await record_request(line)
        except Exception as error:  # noqa: BLE001 - as the docstring says
            log.warning("exchange_log_lost", error=repr(error))


@post(
    "/api/gateway/v1/in/{table:str}",
    own_authentication=True,
    exclude_from_auth=True,
    include_in_schema=False,
    request_max_body_size=MAX_BYTES,
    status_code=200,
)
async def take(
    request: Request[Any, Any, Any],
    identify_node: NamedDependency[IdentifyNode],
    receive_message: NamedDependency[ReceiveMessage],
    record_request: NamedDependency[RecordRequest],
    table: FromPath[str],
) -> Response[Any]:
    """One message of a table."""
    conversation = Conversation(request, table)

    async def talk(node: NodeAccess) -> tuple[int, Any]:
        receive_message.table(node, table)
        body = await request.body()
        conversation.size = len(body)
        taken: Taken = await receive_message(node, table, body, conversation.request_id)
        conversation.message_id = taken.answer.message_id
        return taken.status, _told(taken.answer)

    response = await conversation.run(identify_node, talk)
    if not conversation.size:
        await Body(request).drain()
    await conversation.record(record_request, request.app.state.container.clock(), response)
    return response


@get(
    "/api/gateway/v1/state",
    own_authentication=True,
    exclude_from_auth=True,
    include_in_schema=False,
)
async def state(
    request: Request[Any, Any, Any],
    identify_node: NamedDependency[IdentifyNode],
    show_gateway_state: NamedDependency[ShowGatewayState],
    record_request: NamedDependency[RecordRequest],
) -> Response[Any]:
    """How the node's tables stand."""
    conversation = Conversation(request, "state")

    async def talk(node: NodeAccess) -> tuple[int, Any]:
        return HTTPStatus.OK, msgspec.to_builtins(await show_gateway_state(node))

    response = await conversation.run(identify_node, talk)
    await conversation.record(record_request, request.app.state.container.clock(), response)
    return response


@put(
    "/api/gateway/v1/files/{file_id:path}",
    own_authentication=True,
    exclude_from_auth=True,
    include_in_schema=False,
    request_max_body_size=MAX_FILE,
)
async def receive_file(
    request: Request[Any, Any, Any],
    identify_node: NamedDependency[IdentifyNode],
    receive_message: NamedDependency[ReceiveMessage],
    receive_document_file: NamedDependency[ReceiveDocumentFile],
    record_request: NamedDependency[RecordRequest],
    file_id: FromPath[str],
) -> Response[Any]:
    """The bytes of a file that a row of `document_files` announced, streamed to the disk."""
    conversation = Conversation(request, "files")
    body = Body(request)

    async def counted() -> AsyncIterator[bytes]:
        async for chunk in body:
            conversation.size += len(chunk)
            yield chunk

    async def talk(node: NodeAccess) -> tuple[int, Any]:
        receive_message.table(node, "document_files")
        ref = normal_ref(file_id.removeprefix("/"))
        stored = await receive_document_file(system_actor("exchange"), node.node_id, ref, counted())
        return HTTPStatus.OK, {"file_id": ref, "sha256": stored.sha256, "size": stored.size}

    response = await conversation.run(identify_node, talk)
    if response.status_code != HTTPStatus.OK:
        await body.drain()
    await conversation.record(record_request, request.app.state.container.clock(), response)
    return response


ROUTES = [take, state, receive_file]
