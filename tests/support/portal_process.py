"""A whole portal as a process of its own; sabotaged, it remembers for a minute whom a token belonged to."""

from multiprocessing.connection import Connection
from typing import Any

from b2b_dvizhenie.adapters.postgres.views.sessions import PostgresSessionReader
from b2b_dvizhenie.entrypoints.http import serving
from b2b_dvizhenie.entrypoints.settings import HttpSettings, Settings
from b2b_dvizhenie.entrypoints.starting import bind


def _remember() -> None:
    looked_up = PostgresSessionReader.actor
    known: dict[bytes, Any] = {}

    async def actor(self: Any, token_hash: bytes, company_id: Any, now: Any) -> Any:
        if known.get(token_hash) is None:
            known[token_hash] = await looked_up(self, token_hash, company_id, now)
        return known[token_hash]

    PostgresSessionReader.actor = actor  # type: ignore[method-assign]


def main(
    line: Connection, url: str, data_dir: str, remembers: bool = False, trusted_proxies: tuple[str, ...] = ()
) -> None:
    if remembers:
        _remember()
    listener = bind("127.0.0.1", 0)
    settings = Settings(data_dir=data_dir, http=HttpSettings(trusted_proxies=trusted_proxies))
    serving.serve(settings, url, listener, lambda: line.send(listener.getsockname()[1]))
