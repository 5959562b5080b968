"""Rows of the gateway's tables about balances, as 1C sends them (onec.md §5.3). Names are those of the protocol."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

from b2b_dvizhenie.domain.balances import StageKind
from b2b_dvizhenie.domain.shared.refs import MAX_REF

Ref = Annotated[str, Meta(min_length=1, max_length=MAX_REF)]
MaybeRef = Annotated[str, Meta(max_length=MAX_REF)] | None
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$")]
Days = Annotated[int, Meta(ge=0, le=36_500)]
_LIMIT = Decimal(10) ** 12
_STEP = Decimal("0.01")


def _check(row: Struct, *names: str, signed: tuple[str, ...] = ()) -> None:
    """Sums that the portal can hold: finite, below a million millions, in whole kopecks, and not below zero."""
    for name in (*names, *signed):
        amount: Decimal | None = getattr(row, name)
        if amount is None:
            continue
        if not amount.is_finite() or abs(amount) >= _LIMIT:
            raise ValueError(f"{name} is out of range")
        if amount != amount.quantize(_STEP):
            raise ValueError(f"{name} has more than two digits after the point")
        if amount < 0 and name not in signed:
            raise ValueError(f"{name} is below zero")


class BalanceKey(Struct, frozen=True, kw_only=True):
    """A snapshot of a company, by organisation, contract and currency."""

    company_id: Ref
    currency: Currency
    organization_id: MaybeRef = None
    contract_id: MaybeRef = None


class BalanceRow(BalanceKey, frozen=True, kw_only=True):
    """The snapshot; `credit_limit` null is no limit, `reserved` absent is not told."""

    as_of: datetime
    debt: Decimal
    advance: Decimal
    overdue: Decimal
    overdue_days: Days = 0
    credit_limit: Decimal | None = None
    reserved: Decimal | None = None
    available_credit: Decimal | None = None
    next_payment_date: date | None = None
    next_payment_sum: Decimal | None = None
    stop_shipment: bool = False
    stop_reason: Annotated[str, Meta(max_length=2000)] | None = None

    def __post_init__(self) -> None:
        """Sums are sums."""
        names = ("debt", "advance", "overdue", "credit_limit", "reserved", "next_payment_sum")
        _check(self, *names, signed=("available_credit",))


class DebtKey(Struct, frozen=True, kw_only=True):
    """An open document of a company."""

    company_id: Ref
    document_id: Ref
    organization_id: MaybeRef = None
    contract_id: MaybeRef = None


class DebtRow(DebtKey, frozen=True, kw_only=True):
    """The document; `rest` above zero is owed to the seller. Days overdue are counted here from `due_date`."""

    document_type: Annotated[str, Meta(max_length=60)]
    document_number: Annotated[str, Meta(max_length=100)]
    document_date: date
    currency: Currency
    total: Decimal
    rest: Decimal
    due_date: date | None = None
    order_id: MaybeRef = None

    def __post_init__(self) -> None:
        """Sums are sums."""
        _check(self, signed=("total", "rest"))


class ScheduleKey(Struct, frozen=True, kw_only=True):
    """A payment of the schedule: of an order or a document, on a day, of a kind."""

    company_id: Ref
    due_date: date
    contract_id: MaybeRef = None
    order_id: MaybeRef = None
    document_id: MaybeRef = None
    kind: StageKind = StageKind.CREDIT_AFTER_SHIPMENT


class ScheduleRow(ScheduleKey, frozen=True, kw_only=True):
    """The payment, of which `paid` has come in. Where it stands follows from the day, whatever 1C calls it."""

    sum: Decimal
    currency: Currency
    paid: Decimal = Decimal(0)
    title: Annotated[str, Meta(max_length=300)] | None = None

    def __post_init__(self) -> None:
        """Sums are sums."""
        _check(self, "sum", "paid")


class BonusKey(Struct, frozen=True, kw_only=True):
    """A bonus programme of a company; 1C may call it by the id of the customer it belongs to."""

    company_id: MaybeRef = None
    customer_id: MaybeRef = None
    program_id: MaybeRef = None

    @property
    def owner(self) -> str:
        """Whose bonuses they are."""
        return self.company_id or self.customer_id or ""

    def __post_init__(self) -> None:
        """Somebody has them."""
        if not self.owner.strip():
            raise ValueError("company_id or customer_id is missing")


class Expiring(Struct, frozen=True):
    """Points that are lost after a day."""

    date: date
    sum: Decimal


class BonusRow(BonusKey, frozen=True, kw_only=True):
    """The points of a programme."""

    balance: Decimal
    program_name: Annotated[str, Meta(max_length=200)] | None = None
    pending: Decimal = Decimal(0)
    expiring: Annotated[tuple[Expiring, ...], Meta(max_length=100)] = ()
    as_of: datetime | None = None

    def __post_init__(self) -> None:
        """Sums are sums."""
        super().__post_init__()
        _check(self, "pending", signed=("balance",))
        for part in self.expiring:
            _check(part, "sum")
