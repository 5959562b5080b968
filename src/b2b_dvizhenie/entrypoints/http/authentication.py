"""Token → Actor on every request: `Authorization: Bearer` for applications, a cookie for the portal."""

from typing import Any
from uuid import UUID

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult
from msgspec.structs import replace

from b2b_dvizhenie.application.identity import Authenticate
from b2b_dvizhenie.domain.shared.ids import CompanyId

COOKIE = "b2b_session"
COMPANY_HEADER = "x-company-id"


def presented_token(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """The token of a request. A Bearer header wins over the cookie."""
    header = connection.headers.get("authorization", "")
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer" and value:
        return value.strip()
    return connection.cookies.get(COOKIE)


def named_company(connection: ASGIConnection[Any, Any, Any, Any]) -> CompanyId | None:
    """The company a request names, if any. Nonsense names a company that does not exist."""
    text = connection.headers.get(COMPANY_HEADER)
    if not text:
        return None
    try:
        return CompanyId(UUID(text))
    except ValueError:
        return CompanyId(UUID(int=0))


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
