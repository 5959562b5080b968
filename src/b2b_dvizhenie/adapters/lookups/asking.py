"""One question to a service of others over HTTP: bounded in time and size, and no redirection is followed."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
from msgspec import Struct


class NoAnswer(Exception):
    """No whole answer came; `reason` is a word or two for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Answer(Struct, frozen=True):
    """What came. The content is read of a `200` only, and empty otherwise."""

    status: int
    content: bytes = b""

    @property
    def is_ok(self) -> bool:
        """It is a `200`."""
        return self.status == httpx.codes.OK


async def asked(
    method: str,
    url: str,
    *,
    seconds: float,
    most: int,
    headers: Mapping[str, str] | None = None,
    body: Any = None,
) -> Answer:
    """The answer to one request.

    Args:
        method: of the request.
        url: the whole address; proxies of the environment are not used.
        seconds: until the last byte of the answer. Limits of single steps would not do: a service that sends a byte
            a second keeps every one of them.
        most: bytes of content.
        headers: of the request, beside the usual ones.
        body: sent as JSON; None for none.

    Raises:
        NoAnswer: nothing whole came in time, or more than `most`.
    """
    content = bytearray()
    try:
        async with (
            asyncio.timeout(seconds),
            httpx.AsyncClient(timeout=seconds, follow_redirects=False, trust_env=False) as client,
            client.stream(method, url, json=body, headers=headers) as response,
        ):
            if response.status_code != httpx.codes.OK:
                return Answer(response.status_code)
            async for piece in response.aiter_bytes():
                content += piece
                if len(content) > most:
                    raise NoAnswer("too long")
    except TimeoutError as error:
        raise NoAnswer("deadline") from error
    except httpx.HTTPError as error:
        raise NoAnswer(type(error).__name__) from error
    return Answer(httpx.codes.OK, bytes(content))
