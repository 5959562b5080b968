"""What the ERP says of a document, checked, and which orders it belongs to."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeVar

from msgspec import Struct

from b2b_dvizhenie.domain.companies import clean_text
from b2b_dvizhenie.domain.documents.kinds import DocumentKind
from b2b_dvizhenie.domain.documents.states import DocumentState, heard_state
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid
from b2b_dvizhenie.domain.shared.ids import CompanyId, FirmId
from b2b_dvizhenie.domain.shared.money import AmountInvalid, Money, round_money

MAX_NUMBER = 100
MAX_STATUS = 200
MAX_REFS = 200
"""Orders one document may name in each of the two ways."""
_MAX_REF = 255
_T = TypeVar("_T")


class DocumentKindUnknown(DomainError):
    """There is no such kind of document; params hold the `kind` and the ones that are `known`."""

    code = "documents.kind_unknown"


class TooManyOrders(DomainError):
    """A document names more orders than `maximum`."""

    code = "documents.too_many_orders"


class DocumentDraft(Struct, frozen=True, kw_only=True):
    """A document in the words of the ERP. Sums are in whole minor units of `currency`; a credit note may be negative.

    `order_numbers` are the portal's numbers of orders, `order_refs` the ERP's own ids of them. `status` is the ERP's
    word. `is_withdrawn`: the ERP deleted it.
    """

    kind: str
    number: str
    day: date
    amount: Decimal | None = None
    vat_amount: Decimal | None = None
    currency: str = "RUB"
    status: str = ""
    due_on: date | None = None
    order_numbers: tuple[str, ...] = ()
    order_refs: tuple[str, ...] = ()
    is_signed: bool = False
    is_cancelled: bool = False
    is_withdrawn: bool = False


class DocumentContent(Struct, frozen=True, kw_only=True):
    """A document as it is kept. `erp_status` is the ERP's own word where it is none of our states; "" otherwise.

    `firm_id` is the seller's firm that made it: that of its order, else of the company's agreement.
    """

    kind: DocumentKind
    number: str
    day: date
    company_id: CompanyId
    firm_id: FirmId | None = None
    amount: Decimal | None = None
    vat_amount: Decimal | None = None
    currency: str = "RUB"
    state: DocumentState = DocumentState.ISSUED
    erp_status: str = ""
    due_on: date | None = None
    order_numbers: tuple[str, ...] = ()
    order_refs: tuple[str, ...] = ()
    is_withdrawn: bool = False


def checked_document(draft: DocumentDraft, company_id: CompanyId, firm_id: FirmId | None = None) -> DocumentContent:
    """The document as it is kept, for a company that is known.

    Raises:
        Invalid: with a refusal per field: a kind that does not exist, no number, sums that are none, too many orders.
    """
    faults: list[DomainError] = []

    def tried(make: Callable[[], _T], otherwise: _T) -> _T:
        try:
            return make()
        except DomainError as fault:
            faults.append(fault)
            return otherwise

    nothing: tuple[str, ...] = ()
    kind = tried(lambda: _kind(draft.kind), DocumentKind.OTHER)
    number = tried(lambda: clean_text(draft.number, "number", MAX_NUMBER, required=True), "")
    status = tried(lambda: clean_text(draft.status, "status", MAX_STATUS, required=False), "")
    amount = tried(lambda: _sum(draft.amount, draft.currency, "sum"), None)
    vat_amount = tried(lambda: _sum(draft.vat_amount, draft.currency, "vat_sum"), None)
    numbers = tried(lambda: _refs(draft.order_numbers, "order_numbers"), nothing)
    refs = tried(lambda: _refs(draft.order_refs, "erp_order_ids"), nothing)
    if faults:
        raise Invalid(faults)
    state = heard_state(status, is_cancelled=draft.is_cancelled, is_signed=draft.is_signed)
    return DocumentContent(
        kind=kind,
        number=number,
        day=draft.day,
        company_id=company_id,
        firm_id=firm_id,
        amount=amount,
        vat_amount=vat_amount,
        currency=draft.currency,
        state=state,
        erp_status="" if status.casefold() in set(DocumentState) else status,
        due_on=draft.due_on,
        order_numbers=numbers,
        order_refs=refs,
        is_withdrawn=draft.is_withdrawn,
    )


def belongs_to(document: DocumentContent, company_id: CompanyId, number: str, ref: str) -> bool:
    """Whether a document belongs to an order (DOC-1): it names the order, and both are of the same company.

    Args:
        document: which.
        company_id: of the order.
        number: the order's number here.
        ref: the ERP's id of the order, within the same node; "" while it has none.
    """
    named = number in document.order_numbers or (bool(ref) and ref in document.order_refs)
    return named and document.company_id == company_id


def _kind(name: str) -> DocumentKind:
    if name not in set(DocumentKind):
        raise DocumentKindUnknown("type", kind=name[:50], known=", ".join(DocumentKind))
    return DocumentKind(name)


def _sum(amount: Decimal | None, currency: str, field: str) -> Decimal | None:
    if amount is None:
        return None
    try:
        rounded = round_money(Money(amount, currency).amount, currency)
    except ValueError:
        raise AmountInvalid(field) from None
    if rounded != amount:
        raise AmountInvalid(field)
    return rounded


def _refs(refs: tuple[str, ...], field: str) -> tuple[str, ...]:
    if len(refs) > MAX_REFS:
        raise TooManyOrders(field, count=len(refs), maximum=MAX_REFS)
    cleaned = (clean_text(one, field, _MAX_REF, required=False) for one in refs)
    return tuple(sorted({one for one in cleaned if one}))
