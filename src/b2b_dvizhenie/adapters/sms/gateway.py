"""One question to a gateway over HTTP, and what a missing answer means."""

import asyncio
import json
from typing import Any

import httpx

from b2b_dvizhenie.domain.messaging import Outcome, Rejected, Uncertain

_MAX_ANSWER = 64 * 1024


async def asked(vendor: str, url: str, fields: dict[str, str], timeout_seconds: int) -> dict[str, Any] | Outcome:
    """The gateway's JSON object.

    Where none came: `Rejected` (to be repeated) when the question cannot have arrived, `Uncertain` otherwise. `vendor`
    begins the reason. `timeout_seconds` are until the last byte: limits of single steps would let an answer that
    trickles hold the job for ever. Half of them are for reaching the gateway, so that it is known whether it was.
    """
    content = bytearray()
    steps = httpx.Timeout(timeout_seconds, connect=timeout_seconds / 2)
    try:
        async with (
            asyncio.timeout(timeout_seconds),
            httpx.AsyncClient(timeout=steps, follow_redirects=False) as client,
            client.stream("POST", url, data=fields) as response,
        ):
            async for piece in response.aiter_bytes():
                content += piece
                if len(content) > _MAX_ANSWER:
                    break
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        return Rejected(type(error).__name__, retryable=True)
    except (TimeoutError, httpx.HTTPError) as error:
        return Uncertain(type(error).__name__)
    if response.status_code != httpx.codes.OK or len(content) > _MAX_ANSWER:
        return Uncertain(f"{vendor}:http {response.status_code}")
    try:
        answer = json.loads(bytes(content))
    except ValueError:
        return Uncertain(f"{vendor}:answer")
    return answer if isinstance(answer, dict) else Uncertain(f"{vendor}:answer")
