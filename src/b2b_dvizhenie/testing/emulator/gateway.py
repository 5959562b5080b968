"""The emulated 1C at the gateway (onec.md §5.2): rows of tables, files in requests of their own."""

import time
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from b2b_dvizhenie.testing.emulator.base import Base1C
from b2b_dvizhenie.testing.emulator.papers import Paper, untold_papers
from b2b_dvizhenie.testing.emulator.refusal import EmulatorRefused, Reason, Wire
from b2b_dvizhenie.testing.emulator.rows import GatewaySender
from b2b_dvizhenie.testing.emulator.wire import Address, basic

_OK, _NOT_FOUND = 200, 404
_ROWS = 500
_PATIENCE, _PAUSE = 20, 0.1
"""How often a file is offered while its row waits to be applied, and the seconds between."""


class Gateway:
    """The gateway of a site, by the credentials of the exchange node; `address` is that of its CommerceML door."""

    def __init__(self, address: Address, timeout: float = 30) -> None:
        parts = urlsplit(address.url)
        self._url = f"{parts.scheme}://{parts.netloc}/api/gateway/v1"
        headers = {"authorization": basic(address.login, address.password), "accept-encoding": "identity"}
        self._client = httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False, headers=headers)
        self._sender = GatewaySender(address, timeout=timeout, portion=_ROWS)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()
        self._sender.close()

    def send(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Send rows; one that is rejected is a mistake on one of the two sides.

        Raises:
            EmulatorRefused: the message or a row was rejected, or nobody answers.
        """
        for receipt in self._sender.send(table, rows):
            if receipt.rejected:
                raise EmulatorRefused(
                    f"gateway {table}",
                    Reason.GATEWAY,
                    Wire(f"POST {self._url}/in/{table}"),
                    f"{len(receipt.rejected)} rows rejected: {receipt.rejected[0].message}",
                )

    def put_file(self, file_ref: str, content: bytes) -> bool:
        """Send the bytes of a file; False while its row is not known yet.

        Raises:
            EmulatorRefused: the bytes were refused, or nobody answers.
        """
        answer = self._ask("PUT", f"files/{quote(file_ref)}", content)
        if answer.status_code not in (_OK, _NOT_FOUND):
            raise _refused("files", answer, f"status {answer.status_code}")
        return answer.status_code == _OK

    def _ask(self, method: str, path: str, body: bytes) -> httpx.Response:
        url = f"{self._url}/{path}"
        try:
            return self._client.request(method, url, content=body)
        except httpx.TimeoutException as error:
            raise EmulatorRefused("gateway", Reason.TIMED_OUT, Wire(f"{method} {url}"), str(error)) from error
        except httpx.TransportError as error:
            raise EmulatorRefused("gateway", Reason.NO_CONNECTION, Wire(f"{method} {url}"), str(error)) from error


def tell_papers(gateway: Gateway, base: Base1C) -> int:
    """Tell the site of documents it does not know as they are; every second file goes in a request of its own.

    A file whose row is not applied in time is told of with the next visit: the base remembers only what arrived.
    """
    papers = untold_papers(base)
    if not papers:
        return 0
    gateway.send("documents", [paper.row for paper in papers])
    apart = [paper for paper in papers if _goes_apart(paper)]
    inline = [_with_content(paper) for paper in papers if not _goes_apart(paper)]
    gateway.send("document_files", [*inline, *(paper.file_row for paper in apart)])
    told = [paper for paper in papers if not _goes_apart(paper)]
    told += [paper for paper in apart if _put(gateway, paper)]
    base.state.papers |= {paper.ref: paper.digest for paper in told}
    base.save()
    return len(told)


def _goes_apart(paper: Paper) -> bool:
    return bool(paper.row["type"] == "upd")


def _put(gateway: Gateway, paper: Paper) -> bool:
    for _ in range(_PATIENCE):
        if gateway.put_file(paper.file_ref, paper.content):
            return True
        time.sleep(_PAUSE)
    return False


def _with_content(paper: Paper) -> Mapping[str, Any]:
    return {**paper.file_row, "content_base64": b64encode(paper.content).decode()}


def _refused(step: str, answer: httpx.Response, detail: str) -> EmulatorRefused:
    content_type = answer.headers.get("content-type", "")
    request = f"{answer.request.method} {answer.request.url}"
    wire = Wire(request, answer.status_code, content_type, answer.content[:1000])
    return EmulatorRefused(f"gateway {step}", Reason.GATEWAY, wire, detail)
