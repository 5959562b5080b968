"""Documents of trade for tests: as an ERP would send them, with small files that are what they say."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from market import OPENED, Market
from sqlalchemy import select

from b2b_dvizhenie.adapters.postgres.tables.companies import company
from b2b_dvizhenie.adapters.postgres.tables.documents import document, document_file
from b2b_dvizhenie.application.documents import (
    DocumentRecord,
    DocumentsTaken,
    FileRecord,
    FilesTaken,
    take_documents,
    take_files,
    withdraw_documents,
)
from b2b_dvizhenie.domain.documents import DocumentDraft
from b2b_dvizhenie.domain.shared.ids import CompanyId, NodeId

DAY = date(2026, 11, 20)
PDF = b"%PDF-1.4\n%%EOF\n"


def pdf(text: str) -> bytes:
    """A file with the signs of a PDF, and others in it than in any other."""
    return PDF + f"% {text}\n".encode()


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    """What comes over the wire."""
    for part in parts:
        yield part


class Papers:
    """The documents of one ERP."""

    def __init__(self, market: Market, node: UUID | None = None) -> None:
        self.market = market
        self.node = NodeId(node or market.node)

    async def ref_of(self, company_id: CompanyId) -> str:
        """How the ERP calls a company."""
        query = select(company.c.external_ref).where(company.c.company_id == company_id)
        async with self.market.container.database().engine.connect() as connection:
            return str((await connection.execute(query)).scalar_one())

    async def record(self, ref: str, company_id: CompanyId, **said: Any) -> DocumentRecord:
        """A row of the table `documents`."""
        draft: dict[str, Any] = {"kind": "invoice", "number": ref, "day": DAY, "amount": Decimal("100.00")} | said
        return DocumentRecord(ref=ref, company_ref=await self.ref_of(company_id), draft=DocumentDraft(**draft))

    async def take(self, records: Sequence[DocumentRecord]) -> DocumentsTaken:
        """The rows, as the gateway would apply them."""
        async with self.market.container.documents_work() as work:
            taken = await take_documents(work.documents, self.node, records, OPENED)
            await work.commit()
        return taken

    async def put(self, ref: str, company_id: CompanyId, **said: Any) -> UUID:
        """A document, new or changed; its id."""
        taken = await self.take([await self.record(ref, company_id, **said)])
        assert not taken.refused, taken.refused
        return await self.id_of(ref)

    async def withdraw(self, *refs: str) -> int:
        """The ERP deletes documents."""
        async with self.market.container.documents_work() as work:
            count = await withdraw_documents(work.documents, self.node, refs, OPENED)
            await work.commit()
        return count

    async def files(self, *records: FileRecord) -> FilesTaken:
        """Rows of the table `document_files`."""
        container = self.market.container
        async with container.documents_work() as work:
            taken = await take_files(work.documents, container.document_files(), self.node, records, OPENED)
            await work.commit()
        return taken

    async def file(self, ref: str, document_ref: str, content: bytes | None = None, **said: Any) -> UUID:
        """A file of a document; its id."""
        whole: dict[str, Any] = {"name": f"{ref}.pdf", "content": content or pdf(ref)} | said
        taken = await self.files(FileRecord(ref=ref, document_ref=document_ref, **whole))
        assert not taken.refused, taken.refused
        async with self.market.container.database().engine.connect() as connection:
            query = select(document_file.c.file_id).where(
                document_file.c.node_id == self.node, document_file.c.external_ref == ref
            )
            return (await connection.execute(query)).scalar_one()

    async def id_of(self, ref: str) -> UUID:
        """The id of a document here."""
        query = select(document.c.document_id).where(document.c.node_id == self.node, document.c.external_ref == ref)
        async with self.market.container.database().engine.connect() as connection:
            return (await connection.execute(query)).scalar_one()
