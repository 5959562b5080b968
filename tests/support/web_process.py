"""A web process whose one route changes data and asks for a job; it can be sabotaged."""

import asyncio
from multiprocessing.connection import Connection
from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Struct
from sqlalchemy import text

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.transactions import Transaction
from b2b_dvizhenie.application.shared.jobs import Job
from b2b_dvizhenie.entrypoints.container import utc_now
from b2b_dvizhenie.entrypoints.http import serving
from b2b_dvizhenie.entrypoints.http.app import create_app
from b2b_dvizhenie.entrypoints.settings import Settings
from b2b_dvizhenie.entrypoints.starting import bind

INSERT = text("INSERT INTO thing (key) VALUES (:key) ON CONFLICT DO NOTHING RETURNING key")


class Thing(Struct, frozen=True):
    key: str


@post("/things", public=True)
async def whole(request: Request[Any, Any, Any], data: JSONBody[Thing], database: NamedDependency[Database]) -> Thing:
    """As the product does it: the change and its job commit together."""
    async with Transaction(database, utc_now) as work:
        if (await work.connection.execute(INSERT, {"key": data.key})).scalar() is not None:
            await work.jobs.enqueue(Job(name="thing", payload={"key": data.key}))
        await asyncio.sleep(0.005)  # room for a kill
        await work.commit()
    return data


@post("/things", public=True)
async def torn(request: Request[Any, Any, Any], data: JSONBody[Thing], database: NamedDependency[Database]) -> Thing:
    """Sabotage: the job is asked for after the commit of the change."""
    async with Transaction(database, utc_now) as work:
        is_new = (await work.connection.execute(INSERT, {"key": data.key})).scalar() is not None
        await work.commit()
    await asyncio.sleep(0.005)  # room for a kill
    if is_new:
        async with Transaction(database, utc_now) as work:
            await work.jobs.enqueue(Job(name="thing", payload={"key": data.key}))
            await work.commit()
    return data


def main(line: Connection, url: str, data_dir: str, two_commits: bool = False) -> None:
    route = torn if two_commits else whole
    serving.create_app = lambda container: create_app(container, routes=[route])
    listener = bind("127.0.0.1", 0)
    serving.serve(Settings(data_dir=data_dir), url, listener, lambda: line.send(listener.getsockname()[1]))
