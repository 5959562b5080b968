"""Where a document is: one word of ours out of what the ERP says; its own words are kept beside it."""

from enum import StrEnum


class DocumentState(StrEnum):
    """States of a document. Which of them make sense depends on its kind; the ERP decides."""

    ISSUED = "issued"  # it exists, nothing more is known
    SENT = "sent"  # given to the operator of electronic documents
    SIGNED = "signed"  # by the other side, on paper or electronically
    REJECTED = "rejected"  # the other side refused to sign
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    CANCELLED = "cancelled"


_KNOWN = DocumentState._value2member_map_


def heard_state(status: str, *, is_cancelled: bool = False, is_signed: bool = False) -> DocumentState:
    """The state of a document out of what an ERP says of it.

    A cancellation wins over everything. Then the status counts where it is one of our names, in any case of letters;
    any other word is the ERP's own and says nothing of the state: then the mark of a signature does.
    """
    if is_cancelled:
        return DocumentState.CANCELLED
    named = status.strip().casefold()
    if named in _KNOWN:
        return DocumentState(named)
    return DocumentState.SIGNED if is_signed else DocumentState.ISSUED
