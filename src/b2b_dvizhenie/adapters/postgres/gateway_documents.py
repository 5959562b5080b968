# ruff: noqa: ARG002 - the contract of a table has arguments that these need not
"""The tables `documents` and `document_files` of the gateway, taken by the use cases of documents."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from b2b_dvizhenie.adapters.postgres.documents import PostgresDocumentBook
from b2b_dvizhenie.adapters.postgres.gateway import connection_of
from b2b_dvizhenie.adapters.postgres.tables.documents import document
from b2b_dvizhenie.application.documents import (
    CompanyUnknown,
    DocumentFiles,
    DocumentUnknown,
    take_documents,
    take_files,
    withdraw_documents,
)
from b2b_dvizhenie.application.exchange.gateway.documents import (
    DocumentFileKey,
    DocumentFileRow,
    DocumentKey,
    DocumentRow,
)
from b2b_dvizhenie.application.exchange.gateway.tables import (
    Absence,
    GatewayTable,
    GatewayWork,
    Outcome,
    RowApplied,
    RowNote,
    RowRefused,
)
from b2b_dvizhenie.domain.exchange.access import ExchangeRight
from b2b_dvizhenie.domain.exchange.monitoring import SyncCategory
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid
from b2b_dvizhenie.domain.shared.ids import NodeId
from b2b_dvizhenie.domain.shared.refs import joined_key, normal_ref

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class PostgresDocuments(GatewayTable[DocumentKey, DocumentRow]):
    """Documents; one that the ERP deletes is withdrawn, with its history."""

    name = "documents"
    category = SyncCategory.DOCUMENTS
    right = ExchangeRight.SALE
    key_row = DocumentKey
    row = DocumentRow
    scopes = ()
    in_line = False

    def key(self, row: DocumentKey) -> str:
        """The ERP's id."""
        return joined_key([normal_ref(row.id)])

    def scope(self, row: DocumentKey) -> Mapping[str, str]:
        """A full export is of all documents."""
        return {}

    async def apply(self, work: GatewayWork, rows: Sequence[DocumentRow], now: datetime) -> Sequence[Outcome]:
        """Keep them; one of a company that is yet to come is tried again."""
        book = PostgresDocumentBook(connection_of(work))
        taken = await take_documents(book, work.node_id, [row.record() for row in rows], now)
        return _outcomes(len(rows), taken.refused)

    async def remove(self, work: GatewayWork, keys: Sequence[DocumentKey], now: datetime) -> Sequence[Outcome]:
        """Withdraw them."""
        book = PostgresDocumentBook(connection_of(work))
        await withdraw_documents(book, work.node_id, [normal_ref(one.id) for one in keys], now)
        return [RowApplied()] * len(keys)

    async def absence(self, work: GatewayWork, scope: Mapping[str, str], keep_keys: Collection[str]) -> Absence:
        """Documents that are there, and those of them that were not named."""
        query = select(func.count(), func.count().filter(_unnamed(keep_keys))).where(*_there(work.node_id))
        return Absence(*(await connection_of(work).execute(query)).one())

    async def tombstone(
        self, work: GatewayWork, scope: Mapping[str, str], keep_keys: Collection[str], now: datetime
    ) -> int:
        """Withdraw what was not named."""
        query = select(document.c.external_ref).where(*_there(work.node_id), _unnamed(keep_keys))
        refs = (await connection_of(work).execute(query)).scalars().all()
        return await withdraw_documents(PostgresDocumentBook(connection_of(work)), work.node_id, refs, now)


class PostgresDocumentFiles(GatewayTable[DocumentFileKey, DocumentFileRow]):
    """Files of documents, and their bytes where the row has them."""

    name = "document_files"
    category = SyncCategory.DOCUMENTS
    right = ExchangeRight.SALE
    key_row = DocumentFileKey
    row = DocumentFileRow
    scopes = None
    in_line = False

    def __init__(self, files: DocumentFiles) -> None:
        self._files = files

    def key(self, row: DocumentFileKey) -> str:
        """The ERP's id."""
        return joined_key([normal_ref(row.file_id)])

    def scope(self, row: DocumentFileKey) -> Mapping[str, str]:
        """There are no full exports of files."""
        return {}

    async def apply(self, work: GatewayWork, rows: Sequence[DocumentFileRow], now: datetime) -> Sequence[Outcome]:
        """Keep them; a file of a document that is yet to come is tried again."""
        book = PostgresDocumentBook(connection_of(work))
        taken = await take_files(book, self._files, work.node_id, [row.record() for row in rows], now)
        return _outcomes(len(rows), taken.refused)

    async def remove(self, work: GatewayWork, keys: Sequence[DocumentFileKey], now: datetime) -> Sequence[Outcome]:
        """Take them off their documents."""
        book = PostgresDocumentBook(connection_of(work))
        await book.hold(work.node_id)
        await book.drop_files(work.node_id, [normal_ref(one.file_id) for one in keys])
        return [RowApplied()] * len(keys)

    async def absence(self, work: GatewayWork, scope: Mapping[str, str], keep_keys: Collection[str]) -> Absence:
        """Never asked: `scopes` takes no full export."""
        return Absence(0, 0)

    async def tombstone(
        self, work: GatewayWork, scope: Mapping[str, str], keep_keys: Collection[str], now: datetime
    ) -> int:
        """Never asked, as above."""
        return 0


def _there(node_id: NodeId) -> tuple[ColumnElement[bool], ...]:
    return document.c.node_id == node_id, ~document.c.is_withdrawn


def _unnamed(keys: Collection[str]) -> ColumnElement[bool]:
    """Documents whose key is none of these; PostgreSQL hashes them, however many there are."""
    refs = [_ESCAPED.sub(r"\1", key) for key in keys]  # a key of one id is that id with its marks escaped
    return document.c.external_ref.not_in(select(func.unnest(bindparam("refs", refs, ARRAY(Text)))))


def _outcomes(count: int, refused: Mapping[int, DomainError]) -> list[Outcome]:
    return [RowApplied() if place not in refused else _refusal(refused[place]) for place in range(count)]


def _refusal(error: DomainError) -> RowRefused:
    """The first fault of a row; what it refers to may come later."""
    first = error.errors[0] if isinstance(error, Invalid) else error
    params = ({"field": first.field} if first.field else {}) | first.params
    return RowRefused(RowNote(first.code, params), may_heal=isinstance(first, (CompanyUnknown, DocumentUnknown)))
