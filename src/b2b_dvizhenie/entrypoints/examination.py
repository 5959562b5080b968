"""What `b2b doctor` looks at, each as one finding with a remedy. It changes nothing."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from enum import IntEnum
from typing import Any

import psycopg
from dependency_injector import providers
from msgspec import Struct

from b2b_dvizhenie.adapters.embedded import EmbeddedError
from b2b_dvizhenie.adapters.postgres.migrating import revisions
from b2b_dvizhenie.application.operations import QueueFigures
from b2b_dvizhenie.application.pricing import LivePriceSource, LiveUnavailable
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.entrypoints.container import Container, build, running
from b2b_dvizhenie.entrypoints.demo import DOMAIN
from b2b_dvizhenie.entrypoints.opening import opened_database
from b2b_dvizhenie.entrypoints.settings import Settings, SettingsError, load_settings
from b2b_dvizhenie.entrypoints.starting import DataDirUnwritable, check_data_dir
from b2b_dvizhenie.entrypoints.worker.transport import message_broker

LEAST_SPACE = 1024**3
LONGEST_WAIT = 60
_PATIENCE = 10.0


class Level(IntEnum):
    """How bad it is; also the exit code of the worst."""

    OK = 0
    WARNING = 1
    ERROR = 2


class Finding(Struct, frozen=True):
    """What was looked at and what was found. `text` is a msgid of the catalogue, filled with `params`."""

    check: str
    level: Level
    text: str
    params: dict[str, Any] = {}


def examine() -> Iterator[Finding]:
    """Look at everything; what depends on something broken is not looked at."""
    try:
        settings = load_settings()
    except SettingsError as error:
        yield Finding("settings", Level.ERROR, "{reason}", {"reason": str(error)})
        return
    yield Finding("settings", Level.OK, "The settings can be read.")
    yield _data_dir(settings)
    with _opened(settings) as opened:
        if isinstance(opened, Finding):
            yield opened
            return
        yield from _database(opened, settings)


def _data_dir(settings: Settings) -> Finding:
    try:
        check_data_dir(settings.data)
    except DataDirUnwritable as error:
        return Finding(
            "data directory", Level.ERROR, "The data directory {folder} cannot be written: {reason}.", error.params
        )
    free = shutil.disk_usage(settings.data).free
    params = {"folder": str(settings.data), "free": f"{free / 1024**3:.1f}"}
    if free < LEAST_SPACE:
        return Finding("data directory", Level.WARNING, "Only {free} GB are free in {folder}.", params)
    return Finding("data directory", Level.OK, "{folder} can be written, {free} GB are free.", params)


@contextmanager
def _opened(settings: Settings) -> Iterator[str | Finding]:
    """The URL of the database, or why there is none. The embedded one is started if need be, never made."""
    if not settings.database.url and not (settings.data / "postgres" / "data" / "PG_VERSION").exists():
        yield Finding("database", Level.ERROR, "There is no database yet: run b2b migrate or b2b run.")
        return
    with ExitStack() as stack:
        try:
            opened: str | Finding = stack.enter_context(opened_database(settings))
        except (EmbeddedError, psycopg.Error) as error:
            opened = _unreachable(error)
        yield opened


def _unreachable(error: Exception) -> Finding:
    return Finding("database", Level.ERROR, "The database does not answer: {reason}", {"reason": _line(error)})


def _database(url: str, settings: Settings) -> Iterator[Finding]:
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            number = connection.info.server_version
        present, needed = revisions(url)
    except Exception as error:  # noqa: BLE001 - whatever keeps us from the database is the finding
        yield _unreachable(error)
        return
    version = f"{number // 10000}.{number % 10000}"
    if number < 150000:
        yield Finding(
            "database", Level.ERROR, "PostgreSQL {version} is too old: 15 or newer is needed.", {"version": version}
        )
        return
    yield Finding("database", Level.OK, "PostgreSQL {version} answers.", {"version": version})
    params = {"present": present or "-", "needed": needed}
    if present != needed:
        yield Finding(
            "schema", Level.ERROR, "The schema is {present}, the program needs {needed}: run b2b migrate.", params
        )
        return
    yield Finding("schema", Level.OK, "The schema is current ({present}).", params)
    try:
        container = _built(settings, url)
    except (SettingsError, DomainError, ValueError, TypeError) as error:
        yield Finding("adapters", Level.ERROR, "Something cannot be built: {reason}", {"reason": _line(error)})
        return
    yield Finding("adapters", Level.OK, "{count} parts were built.", {"count": len(container.providers)})
    yield from asyncio.run(_inside(container, settings))


def _built(settings: Settings, url: str) -> Container:
    container = build(settings, url)
    for provider in container.providers.values():
        if isinstance(provider, providers.Factory):
            provider()
    return container


async def _inside(container: Container, settings: Settings) -> list[Finding]:
    async with running(container):
        findings = [await _transport(settings)]
        for look in (_queue, _orphans, _live_prices, _demo):
            findings += await look(container)
    return findings


async def _transport(settings: Settings) -> Finding:
    name = {"transport": settings.jobs.transport}
    if settings.jobs.transport == "postgres":
        return Finding("transport", Level.OK, "Jobs are carried by the database itself.", name)
    try:
        broker = message_broker(settings.jobs)
        async with asyncio.timeout(_PATIENCE):
            await broker.startup()
            await broker.shutdown()
    except Exception as error:  # noqa: BLE001 - each broker's client has errors of its own
        params = name | {"reason": _line(error)}
        return Finding("transport", Level.ERROR, "{transport} does not answer: {reason}", params)
    return Finding("transport", Level.OK, "{transport} answers.", name)


async def _queue(container: Container) -> list[Finding]:
    figures: QueueFigures = await container.operations_reader().figures()
    params = {"count": figures.workers_alive, "seconds": figures.oldest_seconds, "waiting": figures.waiting}
    if figures.workers_alive:
        found = [Finding("worker", Level.OK, "Workers alive: {count}.", params)]
    else:
        found = [Finding("worker", Level.WARNING, "No worker is alive: start b2b worker.", params)]
    if figures.oldest_seconds > LONGEST_WAIT:
        late = "The oldest job has been waiting for {seconds} s; {waiting} wait in all."
        found.append(Finding("queue", Level.WARNING, late, params))
    if figures.dead:
        dead = "Dead jobs: {count}; look at them in the panel, then retry or discard them."
        found.append(Finding("dead jobs", Level.WARNING, dead, {"count": figures.dead}))
    else:
        found.append(Finding("dead jobs", Level.OK, "There is no dead job."))
    return found


async def _orphans(container: Container) -> list[Finding]:
    found = []
    for table in ("stock", "price"):
        count = await _count(
            container,
            f"SELECT count(*) FROM {table} WHERE NOT EXISTS"  # noqa: S608 - names of this line
            f" (SELECT FROM variant WHERE variant.variant_id = {table}.variant_id)",
        )
        if count:
            params = {"table": table, "count": count}
            found.append(Finding("orphans", Level.WARNING, "Rows of {table} without a variant: {count}.", params))
    return found or [Finding("orphans", Level.OK, "Every price and stock has its goods.")]


async def _live_prices(container: Container) -> list[Finding]:
    source: LivePriceSource = container.live_source()
    if not source.is_enabled:
        return [Finding("live prices", Level.OK, "Live prices are not connected: the stored ones are used.")]
    bases = await _count(container, "SELECT count(*) FROM exchange_node WHERE is_active")
    named = source.node
    if not named and bases > 1:
        text = "{count} bases of 1C exchange, but node in [live_prices] names none: whose prices are live?"
        return [Finding("live prices", Level.WARNING, text, {"count": bases})]
    async with container.database().reading() as connection:
        query = "SELECT FROM exchange_node WHERE login = %s"
        known = not named or await (await connection.execute(query, [named])).fetchone() is not None
    if not known:
        text = "There is no exchange node with the login {login}, which [live_prices] names."
        return [Finding("live prices", Level.WARNING, text, {"login": named})]
    try:
        async with asyncio.timeout(_PATIENCE):
            name = await source.ping(timedelta(seconds=_PATIENCE))
    except (LiveUnavailable, TimeoutError) as error:
        reason = getattr(error, "params", {}).get("reason", "late")
        text = "1C does not tell live prices ({reason}): the stored ones are used."
        return [Finding("live prices", Level.WARNING, text, {"reason": reason})]
    return [Finding("live prices", Level.OK, "1C tells live prices: {name}.", {"name": name})]


async def _demo(container: Container) -> list[Finding]:
    people = await _count(container, f"SELECT count(*) FROM app_user WHERE is_active AND email LIKE '%@{DOMAIN}'")  # noqa: S608 - a constant
    if not people:
        return [Finding("demonstration", Level.OK, "No demonstration account exists.")]
    text = "Demonstration accounts with a published password: {count}; they must not exist in production."
    return [Finding("demonstration", Level.WARNING, text, {"count": people})]


async def _count(container: Container, query: str) -> int:
    async with container.database().reading() as connection:
        row = await (await connection.execute(query.encode())).fetchone()
    return int(row[0]) if row else 0


def _line(error: Exception) -> str:
    text = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
    return text.splitlines()[0]
