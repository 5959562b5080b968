"""`/_kit`: every sample page, for people who work on the portal. Mounted in development only.

`python -m b2b_dvizhenie.entrypoints.http.kit` serves it alone, without database or login.
"""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, QueryParameter

from b2b_dvizhenie.entrypoints.http.kit import buyer
from b2b_dvizhenie.entrypoints.http.kit.answers import kit_answers
from b2b_dvizhenie.entrypoints.http.kit.samples import KIT, sample
from b2b_dvizhenie.entrypoints.http.kit.shell import COLOUR, portal_shell
from b2b_dvizhenie.entrypoints.http.pages.shell import Density, Preferences, Theme
from b2b_dvizhenie.entrypoints.http.rendering import Renderer
from b2b_dvizhenie.entrypoints.http.responses import brand_response, page, preferences_of

_PICTURE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 480"><rect width="480" height="480" fill="#fff"/>
<g fill="none" stroke="#9aa4b2" stroke-width="6"><rect x="170" y="70" width="140" height="340" rx="14" fill="#eef1f5"/>
<path d="M170 170h140M170 310h140"/><circle cx="240" cy="120" r="22"/><circle cx="240" cy="360" r="22"/>
<rect x="206" y="200" width="68" height="80" rx="8" fill="#{colour}" stroke="none"/></g></svg>"""
_COLOURS = ("1757d6", "10713f", "8a5300")


def kit_routes(renderer: Renderer) -> list[HTTPRouteHandler]:
    """Handlers of the kit; `?theme=`, `?density=` override the cookies, `?lang=` the language."""

    @get("/_kit", name="kit.index", public=True, include_in_schema=False, sync_to_thread=False)
    def index(request: Request[Any, Any, Any]) -> Response[bytes]:
        return page(request, renderer, KIT.template, KIT.make(preferences_of(request)))

    @get("/_kit/{name:str}", name="kit.sample", public=True, include_in_schema=False, sync_to_thread=False)
    def show(
        request: Request[Any, Any, Any],
        name: FromPath[str],
        theme: FromQuery[Theme | None] = None,
        density: FromQuery[Density | None] = None,
        language: Annotated[str | None, QueryParameter(name="lang")] = None,
    ) -> Response[bytes] | Response[str]:
        if name.startswith("picture-"):
            picture = _PICTURE.format(colour=_COLOURS[int(name[8]) % len(_COLOURS)])
            return Response(picture, media_type="image/svg+xml")
        found = sample(name)
        if found is None:
            raise NotFoundException
        kept = preferences_of(request)
        preferences = Preferences(theme=theme or kept.theme, density=density or kept.density)
        return page(request, renderer, found.template, found.make(preferences), language=language)

    @get("/brand/{version:str}", name="kit.brand", public=True, include_in_schema=False, sync_to_thread=False)
    def stylesheet(version: FromPath[str]) -> Response[str]:
        del version
        return brand_response(COLOUR)

    @get("/catalog", name="kit.catalogue", public=True, include_in_schema=False, sync_to_thread=False)
    def catalogue(request: Request[Any, Any, Any], brand: FromQuery[list[str] | None] = None) -> Response[bytes]:
        shell = portal_shell("catalogue", preferences_of(request))
        context = {"shell": shell, "view": buyer.catalogue_of(tuple(brand or ()))}
        fragment = "pages/catalogue/fragment.html"
        return page(request, renderer, "pages/catalogue.html", context, fragment=fragment, language="ru")

    return [index, show, stylesheet, catalogue, *kit_answers(renderer)]
