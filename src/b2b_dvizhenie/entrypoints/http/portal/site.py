"""What all pages of a process share: templates, static files, the seller's look, which pages there are."""

from collections.abc import Iterable
from functools import cache, cached_property
from gettext import GNUTranslations

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from b2b_dvizhenie.entrypoints.http.branding import palettes
from b2b_dvizhenie.entrypoints.http.pages.shell import Brand
from b2b_dvizhenie.entrypoints.http.rendering import Renderer
from b2b_dvizhenie.entrypoints.http.responses import (
    brand_response,
    brand_version,
    preferences_route,
    static_route,
)
from b2b_dvizhenie.entrypoints.http.static import StaticFiles
from b2b_dvizhenie.entrypoints.settings import Settings, SettingsError
from b2b_dvizhenie.entrypoints.texts import translations


@cache
def _static_files() -> StaticFiles:
    return StaticFiles()


@cache
def _renderer(zone: str) -> Renderer:
    return Renderer(_static_files(), zone)


class Site:
    """Made once per application from its settings.

    Raises:
        SettingsError: the brand colour is not one.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        colour = settings.brand.colour
        try:
            palettes(colour)
        except ValueError as error:
            raise SettingsError(f"brand.colour: {error}.") from error
        css_url = f"/brand/{brand_version(colour)}.css"
        self.brand = Brand(settings.brand.name, settings.brand.mark, colour, css_url)
        self.secure = settings.http.public_url.startswith("https://")
        self.paths: frozenset[str] = frozenset()

    @cached_property
    def renderer(self) -> Renderer:
        """The templates. Made at the first page, so that the API works where front-end assets were not prepared."""
        return _renderer(self._settings.exchange.zone)

    def texts(self, language: str) -> GNUTranslations:
        """The catalogue of a language, for sentences that handlers put together."""
        return translations(language)

    def know(self, paths: Iterable[str]) -> None:
        """Learn which addresses exist: navigation shows no link that leads nowhere."""
        self.paths = frozenset(paths)

    def routes(self) -> list[HTTPRouteHandler]:
        """Static files, the brand's style sheet, the form of preferences."""
        colour = self.brand.colour

        @get(self.brand.css_url, public=True, exclude_from_auth=True, include_in_schema=False, sync_to_thread=False)
        def brand() -> Response[str]:
            return brand_response(colour)

        return [static_route(_static_files()), preferences_route(secure=self.secure), brand]
