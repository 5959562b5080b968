"""The HTTP door as a process: uvicorn over a socket that is already bound."""

import gc
import signal
import socket
from collections.abc import Callable

import structlog
import uvicorn
from litestar import Litestar

from b2b_dvizhenie.entrypoints.container import build
from b2b_dvizhenie.entrypoints.http.app import create_app
from b2b_dvizhenie.entrypoints.settings import Settings

log = structlog.get_logger("http")


class _Server(uvicorn.Server):
    """Tells when it accepts requests."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def _settle(app: Litestar) -> None:
    """Do before the first request what would slow requests down: compile templates, take start-up objects off the GC.

    What was made until now lives as long as the process; walking through it again and again costs a page a tenth of
    its time. A page of goods makes some thousand objects and drops them by itself, without cycles.
    """
    try:
        app.state.site.renderer.warm_up()
    except KeyError as error:  # an API alone works without front-end assets
        log.warning("pages_unavailable", reason=error.args[0])
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def serve(settings: Settings, url: str, listener: socket.socket, ready: Callable[[], None]) -> bool:
    """Serve until SIGTERM or Ctrl-C; running requests get `http.stop_seconds` to finish.

    Args:
        settings: of this process.
        url: an open database.
        listener: bound and listening.
        ready: called once requests are accepted.

    Returns:
        Whether the server came up.
    """
    trusted = list(settings.http.trusted_proxies)
    app = create_app(build(settings, url))
    _settle(app)
    config = uvicorn.Config(
        app,
        lifespan="on",
        log_config=None,
        access_log=False,  # ours is written with the request id
        server_header=False,
        proxy_headers=bool(trusted),
        forwarded_allow_ips=trusted,
        timeout_graceful_shutdown=settings.http.stop_seconds,
        timeout_keep_alive=20,
    )
    server = _Server(config, ready)
    # uvicorn raises the signal again after it has stopped; for us an orderly stop is a success.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    server.run(sockets=[listener])
    return server.started
