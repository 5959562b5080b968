"""What the API says of itself: the OpenAPI document and the sites that show it, under `/api/schema`."""

from typing import Any

from litestar import Request, Router
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import (
    JsonRenderPlugin,
    RapidocRenderPlugin,
    RedocRenderPlugin,
    StoplightRenderPlugin,
    SwaggerRenderPlugin,
    YamlRenderPlugin,
)

import b2b_dvizhenie


class YamlOnce(YamlRenderPlugin):
    """The document as YAML, written out once for the process.

    Writing it takes the better part of a second, during which nobody else is answered, and anybody may ask for it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._document = b""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The document; the schema of an application never changes."""
        self._document = self._document or super().render(request, openapi_schema)
        return self._document


def schema_config() -> OpenAPIConfig:
    """How the application tells its schema; public, because it holds nothing but the shape of the API."""
    return OpenAPIConfig(
        title="b2b_dvizhenie",
        version=b2b_dvizhenie.__version__,
        openapi_router=Router("/api/schema", route_handlers=[], opt={"public": True}, include_in_schema=False),
        render_plugins=[
            RedocRenderPlugin(),
            SwaggerRenderPlugin(),
            StoplightRenderPlugin(),
            RapidocRenderPlugin(),
            YamlOnce(),
            JsonRenderPlugin(),
        ],
    )
