"""Token → Actor on every request: `Authorization: Bearer` for applications, a cookie for the portal."""

from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult
from msgspec.structs import replace

from b2b_dvizhenie.application.identity import Authenticate
from b2b_dvizhenie.domain.shared.ids import CompanyId

COOKIE = "b2b_session"
COMPANY_HEADER = "x-company-id"
COMPANY_PARAMETER = "company"
"""Where a page names its company: forms cannot send headers, so it is part of the address they post to."""
NO_COMPANY = CompanyId(UUID(int=0))
_NO_PAGES = ("/api/", "/panel/")


def presented_token(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """The token of a request. A Bearer header wins over the cookie."""
    header = connection.headers.get("authorization", "")
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer" and value:
        return value.strip()
    return connection.cookies.get(COOKIE)


def named_company(connection: ASGIConnection[Any, Any, Any, Any]) -> CompanyId | None:
    """The company a request names, if any: applications and scripts by header, pages in their address.

    Nonsense, and two different names, name a company that does not exist.
    """
    texts = {connection.headers.get(COMPANY_HEADER, "")}
    path = connection.scope["path"]
    if not path.startswith(_NO_PAGES) and COMPANY_PARAMETER.encode() in connection.scope["query_string"]:
        texts.update(connection.query_params.getall(COMPANY_PARAMETER, []))
    texts.discard("")
    if not texts:
        return None
    try:
        (named,) = {UUID(text) for text in texts}
    except ValueError:
        return NO_COMPANY
    return CompanyId(named)


def for_company(connection: ASGIConnection[Any, Any, Any, Any], address: str) -> str:
    """The address of a page of ours, for the same company that this request names in its own address, if it does."""
    named = connection.query_params.get(COMPANY_PARAMETER)
    return address if named is None else with_company(address, named)


def with_company(address: str, company: str) -> str:
    """The address with this company named in it, and no other; "" names none."""
    path, _, query = address.partition("?")
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != COMPANY_PARAMETER]
    if company:
        kept.append((COMPANY_PARAMETER, company))
    return f"{path}?{urlencode(kept)}" if kept else path


def session_cookie(token: str, *, max_age: int, secure: bool) -> Cookie:
    """The portal's session cookie: invisible to scripts, not sent by other sites' forms."""
    return Cookie(key=COOKIE, value=token, max_age=max_age, httponly=True, secure=secure, samesite="lax")


class AuthenticationMiddleware(AbstractAuthenticationMiddleware):
    """Puts the Actor (or None) into the scope; whether somebody is needed is the route's guard to say."""

    async def authenticate_request(self, connection: ASGIConnection[Any, Any, Any, Any]) -> AuthenticationResult:
        """Look the token up; one query."""
        token = presented_token(connection)
        if token is None or len(token) > 200:
            return AuthenticationResult(user=None, auth=None)
        authenticate: Authenticate = connection.app.state.container.authenticate()
        actor = await authenticate(token, named_company(connection))
        if actor is not None:
            request_id = connection.scope.get("state", {}).get("request_id", "")
            actor = replace(actor, request_id=request_id)
        return AuthenticationResult(user=actor, auth=token if actor else None)
