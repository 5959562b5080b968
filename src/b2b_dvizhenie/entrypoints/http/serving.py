"""The HTTP door as a process: uvicorn over a socket that is already bound."""

import asyncio
import gc
import signal
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog
import uvicorn
from litestar import Litestar

from b2b_dvizhenie.entrypoints.container import build
from b2b_dvizhenie.entrypoints.http.app import create_app
from b2b_dvizhenie.entrypoints.settings import Settings

log = structlog.get_logger("http")

THREADS = 32
"""Threads for blocking work. The default of two processors, six, would let a few 1Cs that unpack archives keep
everybody from logging in."""


class _Server(uvicorn.Server):
    """Tells when it accepts requests, and when it is about to stop."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self._stopping = stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        executor = ThreadPoolExecutor(THREADS, thread_name_prefix="blocking")
        asyncio.get_running_loop().set_default_executor(executor)
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stopping()
        await super().shutdown(sockets)


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
    container = build(settings, url)
    app = create_app(container)
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
    server = _Server(config, ready, container.request_import().let_go)
    # uvicorn raises the signal again after it has stopped; for us an orderly stop is a success.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    server.run(sockets=[listener])
    return server.started
