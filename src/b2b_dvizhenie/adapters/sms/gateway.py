"""One question to a gateway over HTTP, and what a missing answer means."""

import json
from typing import Any

import httpx

from b2b_dvizhenie.domain.messaging import Outcome, Rejected, Uncertain

_MAX_ANSWER = 64 * 1024


async def asked(vendor: str, url: str, fields: dict[str, str], timeout_seconds: int) -> dict[str, Any] | Outcome:
    """The gateway's JSON object.

    Where none came: `Rejected` (to be repeated) when the question cannot have arrived, `Uncertain` otherwise. `vendor`
    begins the reason.
    """
    try:
        async with httpx.AsyncClient(timeout=timeout_seconds, follow_redirects=False) as client:
            response = await client.post(url, data=fields)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        return Rejected(type(error).__name__, retryable=True)
    except httpx.HTTPError as error:
        return Uncertain(type(error).__name__)
    if response.status_code != httpx.codes.OK or len(response.content) > _MAX_ANSWER:
        return Uncertain(f"{vendor}:http {response.status_code}")
    try:
        answer = json.loads(response.content)
    except ValueError:
        return Uncertain(f"{vendor}:answer")
    return answer if isinstance(answer, dict) else Uncertain(f"{vendor}:answer")
