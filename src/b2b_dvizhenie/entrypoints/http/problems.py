"""Errors on the wire: RFC 9457 problems for applications, pages for people. Texts come from the locale by code."""

import re
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, NotFoundException, ValidationException
from litestar.openapi.datastructures import ResponseSpec
from litestar.response import Redirect
from msgspec import Struct

from b2b_dvizhenie.adapters.postgres.database import DatabaseUnavailable, TextUnstorable
from b2b_dvizhenie.domain.identity import SecondFactorDue
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid, Kind
from b2b_dvizhenie.entrypoints.http.access import is_hidden
from b2b_dvizhenie.entrypoints.http.requests import request_id_of
from b2b_dvizhenie.entrypoints.http.responses import language_of
from b2b_dvizhenie.entrypoints.texts import error_text

SECOND_FACTOR_PAGE = "/account/sessions#second-factor"
"""Where a second step is set up."""
log = structlog.get_logger("http")
_DECODER = "litestar.serialization.msgspec_hooks"
_INDEX = re.compile(r"\[(\d+)\]")

STATUS = {
    Kind.INVALID: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.LIMITED: 429,
    Kind.UNAVAILABLE: 503,
}
_CODES = {
    400: "shared.bad_request",
    401: "identity.authentication_required",
    403: "hierarchy.forbidden",
    404: "shared.not_found",
    405: "shared.method_not_allowed",
    413: "shared.too_large",
    415: "shared.unsupported_media_type",
    429: "shared.too_many_requests",
}


class FieldProblem(Struct, frozen=True):
    """What is wrong with one field of the input, for people (`detail`) and machines (`code`, `params`)."""

    field: str
    code: str
    detail: str
    params: dict[str, Any] = {}


class Problem(Struct, frozen=True, omit_defaults=True):
    """RFC 9457 problem with our `code`, `params` and `fields`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str = ""
    params: dict[str, Any] = {}
    fields: list[FieldProblem] = []


REFUSALS = {
    status: ResponseSpec(
        Problem, generate_examples=False, description=HTTPStatus(status).phrase, media_type="application/problem+json"
    )
    for status in (*sorted(STATUS.values()), 413, 415)
}
"""What any route of the API may answer instead, for the OpenAPI document."""


def _plain(params: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, str | int | bool | list | dict | None) else str(value)
        for name, value in params.items()
    }


def problem_of(error: DomainError, lang: str, request_id: str) -> Problem:
    """The problem that tells a domain error."""
    status = STATUS[error.kind]
    faults = error.errors if isinstance(error, Invalid) else [error] if error.field else []
    return Problem(
        type=f"urn:b2b:problem:{error.code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=error_text(error.code, error.params, lang),
        code=error.code,
        request_id=request_id,
        params=_plain(error.params),
        fields=[
            FieldProblem(
                fault.field or "",
                fault.code,
                error_text(fault.code, fault.params, lang),
                _plain(fault.params),
            )
            for fault in faults
        ],
    )


def _http_problem(error: HTTPException, lang: str, request_id: str) -> Problem:
    status = error.status_code
    code = _CODES.get(status, "shared.internal_error" if status >= 500 else "shared.bad_request")
    fields = []
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        code = "shared.invalid"
        for item in error.extra:
            message = str(item.get("message", ""))
            # The framework writes lines[3].quantity; everywhere else a field is lines.3.quantity.
            key = _INDEX.sub(r".\1", str(item.get("key", "")))
            fields.append(FieldProblem(key, "shared.field_invalid", message))
    return Problem(
        type=f"urn:b2b:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=error_text(code, {"count": len(fields)}, lang),
        code=code,
        request_id=request_id,
        fields=fields,
    )


def wants_page(request: Request[Any, Any, Any]) -> bool:
    """Whether a person looks at the answer: a browser on a page of ours."""
    return not request.scope["path"].startswith("/api/") and "text/html" in request.headers.get("accept", "")


def _to_login(request: Request[Any, Any, Any]) -> Response[Any]:
    query = request.scope["query_string"].decode("latin-1")
    target = request.scope["path"] + (f"?{query}" if query else "")
    return _led(request, "/login" if target == "/" else f"/login?next={quote(target, safe='')}")


def _led(request: Request[Any, Any, Any], address: str) -> Response[Any]:
    if request.headers.get("hx-request") == "true":
        # A redirect would be followed silently and the login form would land in the middle of the page.
        return Response("", media_type="text/html", status_code=401, headers={"HX-Redirect": address})
    return Redirect(address)


def answer(request: Request[Any, Any, Any], problem: Problem) -> Response[Any]:
    """The problem as JSON, or as a page where a person looks."""
    if wants_page(request):
        if problem.status == HTTPStatus.UNAUTHORIZED:
            return _to_login(request)
        if problem.code == SecondFactorDue.code:
            return _led(request, SECOND_FACTOR_PAGE)
        page = request.app.state.get("error_page")
        if page is not None:
            return Response(page(request, problem), media_type="text/html; charset=utf-8", status_code=problem.status)
    headers = {"www-authenticate": "Bearer"} if problem.status == HTTPStatus.UNAUTHORIZED else {}
    if problem.status == HTTPStatus.TOO_MANY_REQUESTS and "retry_after" in problem.params:
        headers["retry-after"] = str(problem.params["retry_after"])
    return Response(problem, media_type="application/problem+json", status_code=problem.status, headers=headers)


def on_domain_error(request: Request[Any, Any, Any], error: DomainError) -> Response[Any]:
    """Every refusal of the domain."""
    return answer(request, problem_of(error, language_of(request), request_id_of(request.scope)))


def on_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """Litestar's own refusals: unparsable input, unknown path, wrong method."""
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and is_hidden(request.scope):
        error = NotFoundException()
    return answer(request, _http_problem(error, language_of(request), request_id_of(request.scope)))


def on_unreadable(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A body that its decoder gave up at: bytes that are no text, or lists within lists without end.

    The framework takes only the decoder's own errors for faults of the caller; anywhere else these are faults of ours.
    """
    trace, modules = error.__traceback__, set()
    while trace is not None:
        modules.add(trace.tb_frame.f_globals.get("__name__", ""))
        trace = trace.tb_next
    if _DECODER in modules:
        return on_http_error(request, HTTPException(status_code=HTTPStatus.BAD_REQUEST))
    return on_unexpected(request, error)


def on_unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A fault of ours: logged whole, told without details."""
    from psycopg import DataError, OperationalError, errors  # noqa: PLC0415 - only a failing request pays for it
    from sqlalchemy.exc import DataError as EngineDataError  # noqa: PLC0415
    from sqlalchemy.exc import OperationalError as EngineOperationalError  # noqa: PLC0415

    if isinstance(error, OperationalError | EngineOperationalError):
        log.warning("database_unavailable", error=str(error))
        return on_domain_error(request, DatabaseUnavailable(reason="connection"))
    cause = error.orig if isinstance(error, EngineDataError) else error
    unstorable = isinstance(cause, UnicodeEncodeError | errors.UntranslatableCharacter)
    if unstorable or (isinstance(cause, DataError) and "NUL" in str(cause)):
        return on_domain_error(request, TextUnstorable())
    if isinstance(cause, errors.NumericValueOutOfRange | errors.DatetimeFieldOverflow):
        log.warning("value_out_of_range", path=request.scope["path"], error=str(cause)[:200])
        return on_http_error(request, HTTPException(status_code=HTTPStatus.BAD_REQUEST))
    log.error("unexpected_error", path=request.scope["path"], exc_info=error)
    code = "shared.internal_error"
    lang = language_of(request)
    return answer(
        request,
        Problem(
            f"urn:b2b:problem:{code}",
            "Internal Server Error",
            500,
            error_text(code, {}, lang),
            code,
            request_id_of(request.scope),
        ),
    )
