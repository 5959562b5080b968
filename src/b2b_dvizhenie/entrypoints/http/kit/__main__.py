"""Serve the kit alone: `python -m b2b_dvizhenie.entrypoints.http.kit [--port 8765]`."""

import argparse

import uvicorn
from litestar import Litestar

from b2b_dvizhenie.entrypoints.http.kit.routes import kit_routes
from b2b_dvizhenie.entrypoints.http.rendering import Renderer
from b2b_dvizhenie.entrypoints.http.requests import RequestContext
from b2b_dvizhenie.entrypoints.http.responses import preferences_route, static_route
from b2b_dvizhenie.entrypoints.http.static import StaticFiles


def create_app() -> Litestar:
    """The kit as an application of its own."""
    static = StaticFiles()
    renderer = Renderer(static, development=True)
    routes = [static_route(static), preferences_route(secure=False), *kit_routes(renderer)]
    return Litestar(routes, middleware=[RequestContext()], openapi_config=None)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="Serve the sample pages of the portal.")
    arguments.add_argument("--port", type=int, default=8765)
    uvicorn.run(create_app(), port=arguments.parse_args().port, log_level="warning")
