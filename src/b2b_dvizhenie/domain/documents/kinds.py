"""What a document is, in the words of the gateway table `documents` (onec.md §5.3)."""

from enum import StrEnum


class DocumentKind(StrEnum):
    """Kinds of documents. What an ERP has beyond them is `other`, and is told apart by its number."""

    INVOICE = "invoice"  # asks for money before or after the goods
    WAYBILL = "waybill"  # goods went from hand to hand
    UPD = "upd"  # waybill and tax invoice in one
    TAX_INVOICE = "tax_invoice"
    ACT = "act"  # services were rendered
    RECONCILIATION = "reconciliation"  # both sides' books over a period
    CONTRACT = "contract"
    RETURN = "return"
    PAYMENT = "payment"
    RECEIPT = "receipt"  # of a cash register
    POWER_OF_ATTORNEY = "power_of_attorney"
    CERTIFICATE = "certificate"
    OTHER = "other"
