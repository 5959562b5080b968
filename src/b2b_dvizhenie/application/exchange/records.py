"""What an ERP tells us, in our words: one typed record per object, independent of any exchange format.

Adapters (CommerceML, the JSON gateway, OData) produce these; the applier writes them. Refs are the ERP's opaque ids:
trimmed, compared exactly, GUIDs in lower case, at most 255 characters (onec.md rule 12). `None` always means "the
source said nothing, leave it alone"; an empty tuple means "the source says there are none".
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from b2b_dvizhenie.domain.companies import PaymentKind
from b2b_dvizhenie.domain.drift import ErpDiscount


class FileKind(StrEnum):
    """What one exchange file carries; decided by its content, never by its name."""

    CLASSIFIER = "classifier"
    CATALOG = "catalog"
    OFFERS = "offers"
    PARTNERS = "partners"
    DOCUMENTS = "documents"
    REFERENCE = "reference"


class FileHead(Struct, frozen=True, tag="head"):
    """Facts about a part of a file, sent before its rows. A file may have several parts (classifier + catalogue)."""

    kind: FileKind
    only_changes: bool = True
    """False only on the first portion of a full export. A missing flag means changes."""
    catalog_ref: str = ""
    schema_version: str = ""
    namespace: str = ""


class SectionRecord(Struct, frozen=True, tag="section"):
    """A catalogue section (Группа). `parent_ref` is "" at the root. Parents come before children."""

    ref: str
    name: str
    parent_ref: str = ""
    description: str | None = None
    deleted: bool = False


class PropertyRecord(Struct, frozen=True, tag="property"):
    """A characteristic of goods (Свойство) with the values of its dictionary, if it has one."""

    ref: str
    name: str
    kind: str = "string"
    """`string`, `number`, `time` or `enum`."""
    values: tuple[tuple[str, str], ...] = ()
    """(value ref, text); dictionaries are cumulative over files."""
    deleted: bool = False


class PriceTypeRecord(Struct, frozen=True, tag="price_type"):
    """A price type (ТипЦены). `currency` is ISO 4217 or "" when the source gave none or an unknown one."""

    ref: str
    name: str
    currency: str = ""
    vat_included: bool | None = None
    deleted: bool = False


class WarehouseRecord(Struct, frozen=True, tag="warehouse"):
    """A warehouse (Склад)."""

    ref: str
    name: str
    address: str = ""
    deleted: bool = False


class Unit(Struct, frozen=True):
    """A unit of measure: OKEI code as text ("796", "006"), short and full name. Any may be empty, not all."""

    code: str = ""
    name: str = ""
    full_name: str = ""
    international: str = ""


class UnitRecord(Struct, frozen=True, tag="unit"):
    """A unit of the source's own list (ЕдиницыИзмерения); goods refer to it by `ref` or by its code."""

    ref: str
    unit: Unit
    deleted: bool = False


class Pack(Struct, frozen=True):
    """A package of a good: `factor` base units in one `unit` (Пересчет)."""

    unit: str
    factor: Decimal


class PropertyValue(Struct, frozen=True):
    """Value(s) of a characteristic: `values` are refs of dictionary values or plain texts, as the source gave them."""

    ref: str
    values: tuple[str, ...]
    name: str = ""


class GoodRecord(Struct, frozen=True, tag="good"):
    """A good of the catalogue (Товар). With `variant_ref` it describes one variant of the product `ref`."""

    ref: str
    variant_ref: str = ""
    name: str = ""
    full_name: str = ""
    article: str = ""
    code: str = ""
    barcodes: tuple[str, ...] = ()
    unit: Unit | None = None
    packs: tuple[Pack, ...] = ()
    section_refs: tuple[str, ...] | None = None
    """First is the main one."""
    description: str | None = None
    """Text or HTML exactly as sent; sanitised on output."""
    pictures: tuple[str, ...] | None = None
    """Paths relative to the session's folder, first is the main one. An empty tuple removes the pictures."""
    files: tuple[tuple[str, str], ...] = ()
    """Attachments that are not pictures: (path relative to the session's folder, text or "")."""
    brand: str | None = None
    """Manufacturer or trade mark; which of them counts is a setting of the exchange node."""
    country: str = ""
    vat_rate: Decimal | None = None
    """Percent; None = without VAT or not said, see `vat_said`."""
    vat_said: bool = False
    properties: tuple[PropertyValue, ...] | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    """What tells variants apart: (name, value) of ХарактеристикиТовара."""
    requisites: tuple[tuple[str, str], ...] = ()
    analog_refs: tuple[str, ...] | None = None
    weight: Decimal | None = None
    """Kilograms."""
    multiple: Decimal | None = None
    """Order multiple in base units where the source says one."""
    is_service: bool = False
    deleted: bool = False
    version: str = ""
    line: int = 0


class PriceRow(Struct, frozen=True):
    """A price of an offer. `value` is per `factor` base units; None = the source withdrew it (zero or unreadable)."""

    price_type_ref: str
    value: Decimal | None
    currency: str = ""
    unit: str = ""
    factor: Decimal = Decimal(1)
    min_quantity: Decimal = Decimal(0)
    vat_included: bool | None = None
    """None = as the price type says."""


class StockRow(Struct, frozen=True):
    """Stock in one warehouse; `warehouse_ref` is "*" when the source only gave a total. May be negative."""

    warehouse_ref: str
    quantity: Decimal


class OfferRecord(Struct, frozen=True, tag="offer"):
    """An offer (Предложение): sellable variant `variant_ref` ("" = the good itself) of product `ref`."""

    ref: str
    variant_ref: str = ""
    name: str = ""
    article: str = ""
    barcodes: tuple[str, ...] = ()
    unit: Unit | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    properties: tuple[PropertyValue, ...] | None = None
    pictures: tuple[str, ...] | None = None
    prices: tuple[PriceRow, ...] | None = None
    stocks: tuple[StockRow, ...] | None = None
    stocks_complete: bool = False
    """True when warehouses that are not listed hold nothing (onec.md §3.5, spelling 3 or a full package)."""
    deleted: bool | None = None
    line: int = 0


class BankAccount(Struct, frozen=True):
    """A bank account (РасчетныйСчет)."""

    number: str
    bic: str = ""
    bank: str = ""
    correspondent: str = ""


class PartnerRecord(Struct, frozen=True, tag="partner"):
    """A buyer company (Контрагент). `kind`: `legal`, `entrepreneur` or `person`, guessed from ИНН and names."""

    ref: str
    name: str
    full_name: str = ""
    kind: str = "legal"
    role: str = ""
    inn: str = ""
    kpp: str = ""
    ogrn: str = ""
    okpo: str = ""
    address: str = ""
    contacts: tuple[tuple[str, str], ...] = ()
    """(type as sent, value)."""
    accounts: tuple[BankAccount, ...] = ()
    deleted: bool = False
    version: str = ""
    line: int = 0


class OrderLineRecord(Struct, frozen=True):
    """A line of an order as the ERP holds it. Sums in the order's currency."""

    ref: str
    name: str
    quantity: Decimal
    price: Decimal
    amount: Decimal
    variant_ref: str = ""
    article: str = ""
    vat_rate: Decimal | None = None
    vat_amount: Decimal | None = None
    vat_included: bool | None = None
    """Whether `price` and `amount` hold the VAT; None = not said."""
    discounts: tuple[ErpDiscount, ...] = ()
    """Those that `amount` is after; `price` may be before or after them."""


class LinkedDocument(Struct, frozen=True):
    """A payment or shipment that the ERP made for an order (ПодчиненныеДокументы, marks in requisites)."""

    kind: str
    """`payment`, `shipment` or `return`."""
    number: str = ""
    day: date | None = None
    amount: Decimal | None = None


class OrderStateRecord(Struct, frozen=True, tag="order_state"):
    """What the ERP says about an order (onec.md §4.3). An absent mark is None: unknown, never "no"."""

    number: str
    """Our number: always there."""
    erp_ref: str = ""
    erp_number: str = ""
    erp_date: date | None = None
    status: str | None = None
    """ERP's words; mapped to ours by the node's table."""
    posted: bool | None = None
    paid: bool | None = None
    shipped: bool | None = None
    cancelled: bool | None = None
    amount: Decimal | None = None
    currency: str = ""
    partner_ref: str = ""
    partner_inn: str = ""
    lines: tuple[OrderLineRecord, ...] | None = None
    linked: tuple[LinkedDocument, ...] = ()
    comment: str = ""
    version: str = ""
    line: int = 0


class RowProblem(Struct, frozen=True, tag="problem"):
    """A row or a part of a row that could not be taken. A file with problems still succeeds (onec.md §2.5).

    `severity` is `error` (the row was skipped) or `warning` (it was taken with a repair). `code` has a text for
    people in the locale catalogues.
    """

    entity: str
    code: str
    ref: str = ""
    line: int = 0
    severity: str = "error"
    detail: str = ""


Record = (
    FileHead
    | SectionRecord
    | PropertyRecord
    | PriceTypeRecord
    | WarehouseRecord
    | UnitRecord
    | GoodRecord
    | OfferRecord
    | PartnerRecord
    | OrderStateRecord
    | RowProblem
)


class OutgoingLine(Struct, frozen=True):
    """A line of an order we give to the ERP. `price × quantity − discount = amount`, to the kopeck."""

    ref: str
    name: str
    quantity: Decimal
    price: Decimal
    amount: Decimal
    variant_ref: str = ""
    article: str = ""
    unit: Unit = Unit()
    discount: Decimal = Decimal(0)
    vat_rate: Decimal | None = None
    vat_amount: Decimal = Decimal(0)
    is_service: bool = False


class OutgoingPayment(Struct, frozen=True):
    """A card payment of an order: УНФ takes it as a document of its own (onec.md §4.2)."""

    ref: str
    number: str
    paid_at: datetime
    amount: Decimal


class OutgoingOrder(Struct, frozen=True):
    """An order as the ERP shall take it (onec.md §4.2). Times are in the seller's zone, without offset."""

    number: str
    """≤ 11 characters, stable, unique (rule 18)."""
    placed_at: datetime
    currency: str
    amount: Decimal
    buyer_ref: str
    buyer_name: str
    buyer_kind: str
    lines: tuple[OutgoingLine, ...]
    buyer_full_name: str = ""
    buyer_inn: str = ""
    buyer_kpp: str = ""
    buyer_address: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    rate: Decimal = Decimal(1)
    vat_included: bool = True
    vat_amount: Decimal = Decimal(0)
    comment: str = ""
    delivery_address: str = ""
    status: str = ""
    status_at: datetime | None = None
    """When the status last changed; None = when the order was placed."""
    is_final: bool = False
    delivery_allowed: bool = False
    payment_method: str = ""
    payment_method_ref: str = ""
    payment_kind: PaymentKind | None = None
    paid: bool = False
    payments: tuple[OutgoingPayment, ...] = ()
    cancelled: bool = False
    requisites: tuple[tuple[str, str], ...] = ()
    """More requisites under exact 1C names (Организация, Склад, Соглашение …)."""
    version: str = ""
