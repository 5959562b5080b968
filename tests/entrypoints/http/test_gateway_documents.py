"""Documents and their files by the gateway: rows, bytes in the row or apart, what heals by itself (onec.md §5.3)."""

import hashlib
from base64 import b64encode
from typing import Any

import pytest
from gateway_node import Gateway
from litestar.testing import AsyncTestClient
from market import Market, Person
from msgspec import Struct
from papers import pdf
from statements import recorded_statements

from b2b_dvizhenie.adapters.postgres import gateway_rows
from b2b_dvizhenie.application.ordering import PlacedOrder
from b2b_dvizhenie.domain.documents import MAX_FILE
from b2b_dvizhenie.domain.exchange.access import ExchangeRight
from b2b_dvizhenie.domain.shared.ids import NodeId

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


class Scene(Struct, frozen=True):
    """An ERP at the door, a company of its own with a buyer and an order."""

    market: Market
    node: Gateway
    buyer: Person
    order: PlacedOrder

    async def documents(self) -> list[dict[str, Any]]:
        answer = await self.node.client.get("/api/v1/documents", headers=self.buyer.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()["documents"]

    async def put(self, file_id: str, content: Any) -> tuple[int, dict[str, Any]]:
        answer = await self.node.client.put(
            f"/api/gateway/v1/files/{file_id}", headers=self.node.headers, content=content
        )
        return answer.status_code, answer.json()

    async def problems(self, table: str) -> list[str]:
        query = (
            "SELECT code FROM gw_in WHERE node_id = :node AND table_name = :table AND state = 'error' ORDER BY row_id"
        )
        return [code for (code,) in await self.node.rows(query, table=table)]


@pytest.fixture
async def scene(market: Market, client: AsyncTestClient) -> Scene:
    node = await Gateway.open(market.container, client)
    company = await market.client("ООО Покупатель", ref="C-1", node_id=NodeId(node.node_id))
    buyer = await market.member(company)
    goods = await market.goods("100.00", node_id=NodeId(node.node_id))
    return Scene(market, node, buyer, await market.order(buyer, (goods, "1")))


def row(ref: str, **said: Any) -> dict[str, Any]:
    return {
        "id": ref,
        "type": "invoice",
        "number": ref,
        "date": "2026-11-20",
        "company_id": "C-1",
        "sum": "118.40",
    } | said


async def test_documents_and_files_come_by_rows(scene: Scene) -> None:
    """Unknown companies and documents heal by themselves, deleted rows disappear, nothing is lost."""
    node, content = scene.node, pdf("by row")
    inline = {"file_id": "f-1", "document_id": "D-1", "name": "Счёт.pdf", "content_base64": b64encode(content).decode()}
    await node.send("document_files", [inline])
    await node.apply("document_files")
    assert await scene.documents() == []
    said = {"order_numbers": [scene.order.number], "vat_sum": 21.35, "status": "Ждёт оплаты", "unknown": {"x": 1}}
    answer = await node.send("documents", [row("D-1", **said), row("D-2", company_id="C-2"), row("D-3", date="soon")])
    assert [one["index"] for one in answer.json()["rejected"]] == [2]
    assert await node.apply("documents") == 2
    (found,) = await scene.documents()
    assert (found["number"], found["amount"], found["vat_amount"]) == ("D-1", "118.40", "21.35")
    assert (found["state"], found["erp_status"]) == ("issued", "Ждёт оплаты")
    assert [one["number"] for one in found["orders"]] == [scene.order.number]
    await node.send("document_files", [inline])
    await node.apply("document_files")
    (file,) = (await scene.documents())[0]["files"]
    assert (file["name"], file["sha256"]) == ("Счёт.pdf", hashlib.sha256(content).hexdigest())
    states = await node.rows("SELECT state, may_heal FROM gw_in WHERE node_id = :node AND key = 'D-2'")
    assert states == [("error", True)]
    wrong = [
        {"file_id": "f-2", "document_id": "D-1", "name": "x.pdf", "content_base64": "!"},
        {"file_id": "f-3", "document_id": "D-1", "name": "x.pdf", "url": "https://one.example/x"},
    ]
    answer = await node.send("document_files", wrong)
    assert [one["index"] for one in answer.json()["rejected"]] == [0]
    await node.apply("document_files")
    assert len((await scene.documents())[0]["files"]) == 1
    await node.send("document_files", [{"file_id": "f-1", "deleted": True}])
    await node.apply("document_files")
    assert (await scene.documents())[0]["files"] == []
    await node.send("documents", [{"id": "D-1", "deleted": True}, {"id": "never", "deleted": True}])
    await node.apply("documents")
    assert await scene.documents() == []


async def test_bytes_are_streamed_in_a_request_of_their_own(scene: Scene) -> None:
    """Announced, exact, at most 20 MiB; by nobody but a node that may send documents."""
    node, content = scene.node, pdf("apart")
    await node.send("documents", [row("D-1")])
    await node.apply("documents")
    announced = {"file_id": "dir/f 1", "document_id": "D-1", "name": "f.pdf", "mime": "pdf", "kind": "signed_scan"}
    await node.send("document_files", [announced | {"sha256": hashlib.sha256(content).hexdigest()}])
    await node.apply("document_files")
    assert (await scene.documents())[0]["files"] == []
    assert (await scene.put("never", content))[0] == 404
    status, problem = await scene.put("dir/f%201", pdf("another"))
    assert (status, problem["code"]) == (400, "documents.file_refused")
    status, problem = await scene.put("dir/f%201", b"%PDF-" + b" " * MAX_FILE)
    assert status in (400, 413)
    assert await scene.put("dir/f%201", content) == (
        200,
        {"file_id": "dir/f 1", "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)},
    )
    (file,) = (await scene.documents())[0]["files"]
    assert (file["kind"], file["size"]) == ("signed_scan", len(content))
    stranger = await Gateway.open(node.container, node.client, rights=[ExchangeRight.CATALOG])
    for headers, wanted in ((stranger.headers, 403), ({}, 401)):
        answer = await node.client.put("/api/gateway/v1/files/dir/f%201", headers=headers, content=content)
        assert answer.status_code == wanted
    other = await Gateway.open(node.container, node.client)
    answer = await node.client.put("/api/gateway/v1/files/dir/f%201", headers=other.headers, content=content)
    assert answer.status_code == 404, "another node's file"


async def test_a_batch_is_bounded_and_a_full_export_withdraws(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many rows wait, a batch ends with the one that reaches the limit of bytes; what is not named goes."""
    with monkeypatch.context() as small:
        small.setattr(gateway_rows, "BATCH_BYTES", 1)
        await scene.node.send("documents", [row(f"D-{place}") for place in range(4)])
        with recorded_statements() as seen:
            assert await scene.node.apply("documents") == 4
        assert sum("pg_column_size" in one for one in seen) == 5, "one row each, and once for none"
        assert len(await scene.documents()) == 4
    node = scene.node
    names = [f"D-{place}|\\" for place in range(12)]
    await node.send("documents", [row(one) for one in names])
    await node.apply("documents")
    full = {"mode": "full", "full_id": "all", "last_part": True}
    await node.send("documents", [row(one) for one in names[1:]], **full)
    await node.apply("documents")
    assert sorted(one["number"] for one in await scene.documents()) == sorted(names[1:])
    refused = await node.send("document_files", [], mode="full", full_id="x", last_part=True)
    assert refused.status_code == 400
