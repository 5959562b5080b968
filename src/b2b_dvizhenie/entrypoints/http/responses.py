"""The small bridge between templates and Litestar: whole page or fragment, language, preferences, static files.

A route handler computes a view, then calls `page(...)`. Fragments are asked for by htmx (`HX-Request: true` with
`HX-Request-Type: partial`); every address that answers both ways says so by `Vary: HX-Request`.
"""

import gzip
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Literal

from litestar import MediaType, Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect
from msgspec import Struct

from b2b_dvizhenie.entrypoints.http.branding import stylesheet
from b2b_dvizhenie.entrypoints.http.pages.shell import Density, Preferences, Theme
from b2b_dvizhenie.entrypoints.http.rendering import Renderer
from b2b_dvizhenie.entrypoints.http.static import StaticFiles
from b2b_dvizhenie.entrypoints.texts import LANGUAGES

FOREVER = "public, max-age=31536000, immutable"
_WORTH_COMPRESSING = 1024
_LEVEL = 5
_YEAR = 365 * 24 * 3600
_THEMES: tuple[Theme, ...] = ("auto", "light", "dark")
_DENSITIES: tuple[Density, ...] = ("comfortable", "compact")


def wants_fragment(request: Request[Any, Any, Any]) -> bool:
    """Whether htmx asks for a part of the page; going back in history and whole-page swaps get the page."""
    headers = request.headers
    return (
        headers.get("hx-request") == "true"
        and headers.get("hx-request-type", "partial") == "partial"
        and headers.get("hx-history-restore-request") != "true"
    )


def page(
    request: Request[Any, Any, Any],
    renderer: Renderer,
    template: str,
    context: Mapping[str, Any],
    *,
    fragment: str | None = None,
    status: int = 200,
    language: str | None = None,
) -> Response[Any]:
    """A personal page, or its fragment where htmx asked for one; compressed where the browser takes it.

    Args:
        request: decides between page and fragment, and the language unless `language` does.
        renderer: of this process.
        template: of the whole page.
        context: for both templates.
        fragment: template of the part; None where the address has only whole pages.
        status: 422 for forms with errors: htmx swaps them in like any other answer.
        language: the person's choice, where it is stored with the account.
    """
    partial = fragment is not None and wants_fragment(request)
    chosen = template if fragment is None or not partial else fragment
    content = renderer.render(chosen, language or language_of(request), context).encode()
    headers = {"Cache-Control": "no-store", "Vary": "HX-Request, HX-Request-Type, Cookie, Accept-Encoding"}
    if len(content) >= _WORTH_COMPRESSING and "gzip" in request.headers.get("accept-encoding", ""):
        # A list page shrinks thirteenfold for half a millisecond. Pages hold no secret that a guesser could probe for
        # by the length of answers: the session is in a cookie, forms carry no token.
        content = gzip.compress(content, _LEVEL, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(content, media_type=MediaType.HTML, status_code=status, headers=headers)


def language_of(request: Request[Any, Any, Any]) -> str:
    """The language to answer in: the person's choice (cookie, then account), else the browser's, else Russian."""
    actor = request.scope.get("user")
    chosen = request.cookies.get("language") or (actor.language if actor is not None else None)
    return negotiate(chosen, request.headers.get("accept-language", ""))


def negotiate(chosen: str | None, accept_language: str) -> str:
    """The chosen language if it is known, else the best known one of an Accept-Language header, else Russian."""
    if chosen in LANGUAGES:
        return str(chosen)
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept_language.split(",")):
        tag, _, quality = part.strip().partition(";q=")
        language = tag.split("-")[0].strip().lower()
        if language in LANGUAGES:
            ranked.append((-_quality(quality), place, language))
    return min(ranked)[2] if ranked else LANGUAGES[0]


def _quality(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def preferences_of(request: Request[Any, Any, Any]) -> Preferences:
    """Theme and density from the cookies; anything unknown means the default."""
    theme, density = request.cookies.get("theme"), request.cookies.get("density")
    return Preferences(
        theme=next((known for known in _THEMES if known == theme), "auto"),
        density=next((known for known in _DENSITIES if known == density), "comfortable"),
    )


def local_path(address: str, default: str = "/") -> str:
    """The address if it leads back into this site, else the default: nobody is sent elsewhere by a crafted link."""
    bad = (
        not address.startswith("/")
        or address.startswith(("//", "/\\"))
        or any(ord(sign) < ord("!") for sign in address)
    )
    return default if bad else address


class PreferencesForm(Struct, frozen=True):
    """What the form of preferences sends; only the pressed button's choice is there."""

    next: str = "/"
    theme: Theme | None = None
    density: Density | None = None
    language: Literal["ru", "en"] | None = None


def preferences_route(*, secure: bool) -> HTTPRouteHandler:
    """`POST /preferences`: keeps the choice in cookies for a year and comes back to the page.

    Args:
        secure: cookies only over HTTPS; false for a portal served without it.
    """

    @post(
        "/preferences",
        name="preferences",
        public=True,
        while_viewing=True,
        include_in_schema=False,
        sync_to_thread=False,
    )
    def preferences(data: URLEncodedBody[PreferencesForm]) -> Redirect:
        chosen = {"theme": data.theme, "density": data.density, "language": data.language}
        cookies = [
            Cookie(key=name, value=value, path="/", max_age=_YEAR, httponly=True, secure=secure, samesite="lax")
            for name, value in chosen.items()
            if value is not None
        ]
        return Redirect(local_path(data.next), status_code=303, cookies=cookies)

    return preferences


def static_route(static: StaticFiles) -> HTTPRouteHandler:
    """`GET /static/<version>/<path>`: any version gets the current file, browsers keep only the current one."""

    @get(
        "/static/{version:str}/{path:path}",
        name="static",
        public=True,
        exclude_from_auth=True,  # no query for a session that does not matter
        include_in_schema=False,
        sync_to_thread=False,
    )
    def serve(request: Request[Any, Any, Any], version: FromPath[str], path: FromPath[str]) -> Response[bytes]:
        file = static.get(path.lstrip("/"))
        if file is None:
            raise NotFoundException
        headers = {
            "Cache-Control": FOREVER if version == static.version else "no-cache",
            "X-Content-Type-Options": "nosniff",
            "Vary": "Accept-Encoding",
        }
        content = file.content
        if file.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            content = file.compressed
            headers["Content-Encoding"] = "gzip"
        return Response(content, media_type=file.media_type, headers=headers)

    return serve


def brand_version(colour: str) -> str:
    """The part of `/brand/<version>.css` that changes with the colour."""
    return sha256(stylesheet(colour).encode()).hexdigest()[:12]


def brand_response(colour: str) -> Response[str]:
    """The brand's style sheet; its address carries `brand_version`, so it may be kept for ever."""
    return Response(stylesheet(colour), media_type="text/css", headers={"Cache-Control": FOREVER})
