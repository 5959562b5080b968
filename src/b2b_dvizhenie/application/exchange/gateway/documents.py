"""Rows of the tables `documents` and `document_files` (onec.md §5.3)."""

import binascii
from base64 import b64decode
from datetime import date
from decimal import Decimal

from msgspec import Struct, field

from b2b_dvizhenie.application.documents import DocumentRecord, FileRecord
from b2b_dvizhenie.application.exchange.gateway.tables import Ref
from b2b_dvizhenie.domain.documents import MAX_INLINE, DocumentDraft
from b2b_dvizhenie.domain.shared.refs import normal_ref

_MAX_BASE64 = (MAX_INLINE + 2) // 3 * 4
_STEP = Decimal("0.01")


class DocumentKey(Struct, frozen=True, kw_only=True):
    """Which document: the ERP's id of it."""

    id: Ref


class DocumentRow(DocumentKey, frozen=True, kw_only=True):
    """A document as the ERP has it. `status` is one of our words, or any other, which is shown as it is.

    Orders are named by the portal's numbers or by the ERP's ids. What else there is (lines, contract, operator of
    electronic documents) is kept in the payload only.
    """

    kind: str = field(name="type")
    number: str
    day: date = field(name="date")
    company_id: Ref
    order_numbers: tuple[str, ...] | None = None
    erp_order_ids: tuple[str, ...] | None = None
    amount: Decimal | None = field(name="sum", default=None)
    vat_amount: Decimal | None = field(name="vat_sum", default=None)
    currency: str | None = None
    status: str | None = None
    due_date: date | None = None
    is_signed_edo: bool = False
    is_cancelled: bool = False

    def record(self) -> DocumentRecord:
        """The row in our words."""
        draft = DocumentDraft(
            kind=self.kind,
            number=self.number,
            day=self.day,
            amount=_sum(self.amount),
            vat_amount=_sum(self.vat_amount),
            currency=self.currency or "RUB",
            status=self.status or "",
            due_on=self.due_date,
            order_numbers=self.order_numbers or (),
            order_refs=tuple(map(normal_ref, self.erp_order_ids or ())),
            is_signed=self.is_signed_edo,
            is_cancelled=self.is_cancelled,
        )
        return DocumentRecord(ref=normal_ref(self.id), company_ref=normal_ref(self.company_id), draft=draft)


class DocumentFileKey(Struct, frozen=True, kw_only=True):
    """Which file: the ERP's id of it."""

    file_id: Ref


class DocumentFileRow(DocumentFileKey, frozen=True, kw_only=True):
    """A file of a document: its bytes as `content_base64`, or announced for a request of their own."""

    document_id: Ref
    name: str
    mime: str | None = None
    kind: str = "print"
    sha256: str | None = None
    size: int | None = None
    content_base64: str | None = None
    url: str | None = None

    def __post_init__(self) -> None:
        """The content must be base64 of at most 5 MiB."""
        if self.content_base64 is not None:
            if len(self.content_base64) > _MAX_BASE64:
                raise ValueError("content_base64 is larger than 5 MiB: send it by PUT /api/gateway/v1/files/{file_id}")
            try:
                b64decode(self.content_base64, validate=True)
            except (binascii.Error, ValueError):
                raise ValueError("content_base64 is not base64") from None

    def record(self) -> FileRecord:
        """The row in our words."""
        content = None if self.content_base64 is None else b64decode(self.content_base64)
        return FileRecord(
            ref=normal_ref(self.file_id),
            document_ref=normal_ref(self.document_id),
            name=self.name,
            kind=self.kind,
            mime=self.mime or "",
            sha256=self.sha256 or "",
            size=self.size,
            content=content,
            url=self.url or "",
        )


def _sum(amount: Decimal | None) -> Decimal | None:
    """Numbers of JSON may come with noughts or digits beyond a kopeck: noughts go, digits are refused further on."""
    if amount is None or not amount.is_finite() or amount != amount.quantize(_STEP):
        return amount
    return amount.quantize(_STEP)
