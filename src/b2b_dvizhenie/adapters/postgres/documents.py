"""Documents in PostgreSQL, within a transaction."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Integer, Text, Uuid, bindparam, delete, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.agreement_in_force import AGREEMENT_IN_FORCE
from b2b_dvizhenie.adapters.postgres.documents_scope import visible_documents
from b2b_dvizhenie.adapters.postgres.messaging import TellingTransaction
from b2b_dvizhenie.adapters.postgres.tables.companies import company, membership
from b2b_dvizhenie.adapters.postgres.tables.documents import document, document_event, document_file
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user
from b2b_dvizhenie.adapters.postgres.tables.ordering import customer_order
from b2b_dvizhenie.application.documents import (
    CompanyOfDocument,
    DocumentBook,
    DocumentsTransaction,
    HeldDocument,
    HeldFile,
    LocatedFile,
    OrderOfDocument,
    StoredContent,
    ToldDocument,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.documents import (
    DeclaredFile,
    DocumentContent,
    DocumentKind,
    DocumentState,
    FileFormat,
    FileKind,
    Happening,
)
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.shared.ids import CompanyId, DocumentId, FirmId, NodeId

_LOCK_CLASS = 6435428
_HOLD = text("SELECT pg_advisory_xact_lock(:class, :node)").bindparams(
    bindparam("class", type_=Integer), bindparam("node", type_=Integer)
)
# The firm as orders get theirs: of the agreement in force, of the manager, of the house.
_COMPANIES = text(f"""
SELECT c.external_ref, c.company_id,
       coalesce(a.firm_id, m.firm_id, (SELECT f.firm_id FROM seller_firm f WHERE f.is_default LIMIT 1))
  FROM company c
  LEFT JOIN app_user m ON m.user_id = c.manager_id
{AGREEMENT_IN_FORCE.format(company="c.company_id", day="current_date")}
 WHERE c.node_id = :node AND c.external_ref = ANY(:refs)
""").bindparams(bindparam("node", type_=Uuid), bindparam("refs", type_=ARRAY(Text)))  # noqa: S608 - no input in it

_CONTENT = (
    document.c.kind,
    document.c.number,
    document.c.day,
    document.c.company_id,
    document.c.firm_id,
    document.c.amount,
    document.c.vat_amount,
    document.c.currency,
    document.c.state,
    document.c.erp_status,
    document.c.due_on,
    document.c.order_numbers,
    document.c.order_refs,
    document.c.is_withdrawn,
)


def _content(row: Sequence[Any]) -> DocumentContent:
    return DocumentContent(
        kind=DocumentKind(row[0]),
        number=row[1],
        day=row[2],
        company_id=CompanyId(row[3]),
        firm_id=FirmId(row[4]) if row[4] else None,
        amount=row[5],
        vat_amount=row[6],
        currency=row[7],
        state=DocumentState(row[8]),
        erp_status=row[9],
        due_on=row[10],
        order_numbers=tuple(row[11]),
        order_refs=tuple(row[12]),
        is_withdrawn=row[13],
    )


def _file(row: Any) -> HeldFile:
    declared = DeclaredFile(
        name=row.name,
        kind=FileKind(row.kind),
        format=FileFormat(row.expected_format) if row.expected_format else None,
        sha256=row.expected_sha256,
        size=row.expected_size,
    )
    content = None if row.sha256 is None else StoredContent(row.sha256, FileFormat(row.format), row.size)
    return HeldFile(row.file_id, DocumentId(row.document_id), row.external_ref, declared, content)


class PostgresDocumentBook(DocumentBook):
    """The tables of documents over the transaction's connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def hold(self, node_id: NodeId) -> None:
        """Wait for who else writes documents of the node."""
        key = int.from_bytes(node_id.bytes[-4:], "big", signed=True)
        await self._connection.execute(_HOLD, {"class": _LOCK_CLASS, "node": key})

    async def companies(self, node_id: NodeId, refs: Collection[str]) -> Mapping[str, CompanyOfDocument]:
        """Companies of the node."""
        rows = await self._connection.execute(_COMPANIES, {"node": node_id, "refs": sorted(refs)})
        return {row[0]: CompanyOfDocument(CompanyId(row[1]), FirmId(row[2]) if row[2] else None) for row in rows}

    async def orders(
        self, node_id: NodeId, numbers: Collection[str], refs: Collection[str]
    ) -> tuple[OrderOfDocument, ...]:
        """Orders that rows name."""
        if not numbers and not refs:
            return ()
        orders = customer_order.c
        named = or_(orders.number.in_(sorted(numbers)), (orders.erp_ref.in_(sorted(refs))) & (orders.erp_ref != ""))
        query = (
            select(orders.company_id, orders.number, orders.erp_ref, orders.firm_id)
            .where(named, or_(orders.node_id == node_id, orders.node_id.is_(None)))
            .order_by(orders.number)
        )
        rows = await self._connection.execute(query)
        return tuple(
            OrderOfDocument(CompanyId(row[0]), row[1], row[2], FirmId(row[3]) if row[3] else None) for row in rows
        )

    async def documents(self, node_id: NodeId, refs: Collection[str]) -> Mapping[str, HeldDocument]:
        """Documents of the node."""
        query = select(document.c.external_ref, document.c.document_id, *_CONTENT).where(
            document.c.node_id == node_id, document.c.external_ref.in_(sorted(refs))
        )
        rows = await self._connection.execute(query)
        return {row[0]: HeldDocument(DocumentId(row[1]), _content(row[2:])) for row in rows}

    async def put(self, node_id: NodeId, documents: Mapping[str, HeldDocument], now: datetime) -> None:
        """Write them in one statement of many rows."""
        rows = [
            msgspec.structs.asdict(one.content)
            | {
                "document_id": one.document_id,
                "node_id": node_id,
                "external_ref": ref,
                "kind": one.content.kind.value,
                "state": one.content.state.value,
                "order_numbers": list(one.content.order_numbers),
                "order_refs": list(one.content.order_refs),
                "received_at": now,
                "updated_at": now,
            }
            for ref, one in documents.items()
        ]
        statement = insert(document)
        kept = ("document_id", "node_id", "external_ref", "received_at")
        changed = {name: statement.excluded[name] for name in rows[0] if name not in kept}
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["node_id", "external_ref"], set_=changed), rows
        )

    async def forget(self, document_ids: Collection[DocumentId]) -> None:
        """Nothing of another company stays with them."""
        for table in (document_event, document_file):
            await self._connection.execute(delete(table).where(table.c.document_id.in_(sorted(document_ids))))

    async def tell(self, happenings: Sequence[tuple[DocumentId, Happening]], now: datetime) -> None:
        """Add to the histories."""
        rows = [
            {"document_id": document_id, "at": now, "kind": one.kind, "params": one.params}
            for document_id, one in happenings
        ]
        await self._connection.execute(insert(document_event), rows)

    async def files(self, node_id: NodeId, refs: Collection[str]) -> Mapping[str, HeldFile]:
        """File rows of the node."""
        file = document_file.c
        query = select(document_file).where(file.node_id == node_id, file.external_ref.in_(sorted(refs)))
        return {row.external_ref: _file(row) for row in await self._connection.execute(query)}

    async def put_files(self, node_id: NodeId, files: Sequence[HeldFile], now: datetime) -> None:
        """Write file rows."""
        rows = [
            {
                "file_id": one.file_id,
                "document_id": one.document_id,
                "node_id": node_id,
                "external_ref": one.ref,
                "name": one.declared.name,
                "kind": one.declared.kind.value,
                "expected_format": one.declared.format.value if one.declared.format else "",
                "expected_sha256": one.declared.sha256,
                "expected_size": one.declared.size,
                "format": one.content.format.value if one.content else None,
                "sha256": one.content.sha256 if one.content else None,
                "size": one.content.size if one.content else None,
                "received_at": now if one.content else None,
                "announced_at": now,
            }
            for one in files
        ]
        statement = insert(document_file)
        changed = {name: statement.excluded[name] for name in rows[0] if name not in ("node_id", "external_ref")}
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["node_id", "external_ref"], set_=changed), rows
        )

    async def drop_files(self, node_id: NodeId, refs: Collection[str]) -> int:
        """Delete file rows."""
        file = document_file.c
        query = delete(document_file).where(file.node_id == node_id, file.external_ref.in_(sorted(refs)))
        return len((await self._connection.execute(query.returning(file.file_id))).all())

    async def located(self, actor: Actor, scope: Scope, document_id: DocumentId, file_id: UUID) -> LocatedFile | None:
        """A file whose document is there to see."""
        file = document_file.c
        query = (
            select(file.name, file.format, file.size, file.sha256, document.c.number, document.c.company_id)
            .join(document, document.c.document_id == file.document_id)
            .where(
                file.file_id == file_id,
                file.document_id == document_id,
                file.sha256.is_not(None),
                visible_documents(actor, scope),
            )
        )
        row: Any = (await self._connection.execute(query)).first()
        if row is None:
            return None
        return LocatedFile(row[0], FileFormat(row[1]), row[2], row[3], row[4], CompanyId(row[5]))

    async def told_of(self, actor: Actor, scope: Scope, document_id: DocumentId) -> ToldDocument | None:
        """What a letter tells of a document."""
        query = (
            select(document.c.number, document.c.day, document.c.company_id, company.c.name)
            .join(company, company.c.company_id == document.c.company_id)
            .where(document.c.document_id == document_id, visible_documents(actor, scope))
        )
        row: Any = (await self._connection.execute(query)).first()
        return None if row is None else ToldDocument(row[0], row[1], CompanyId(row[2]), row[3])

    async def recipient(self, actor: Actor, company_id: CompanyId, email: str) -> str | None:
        """Somebody of the company, or the actor."""
        people = app_user.c
        buys = select(membership.c.user_id).where(membership.c.company_id == company_id)
        query = select(people.language).where(
            people.email == email, people.is_active, or_(people.user_id.in_(buys), people.user_id == actor.user_id)
        )
        return (await self._connection.execute(query)).scalar()


class PostgresDocumentsTransaction(TellingTransaction, DocumentsTransaction):
    """The unit of work of documents."""

    documents: DocumentBook

    def bind(self, connection: AsyncConnection) -> None:
        """Add the book."""
        super().bind(connection)
        self.documents = PostgresDocumentBook(connection)
