"""What people see of drifts: which orders the ERP counts otherwise, by how much, and where it first does."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.domain.drift import Comparison, DriftKind, Pair
from b2b_dvizhenie.domain.shared.ids import CompanyId, OrderId, UserId

MAX_PAGE = 200
MAX_NAMED = 200
MAX_EXPORT = 20_000
"""Lines of an export."""


class DriftQuery(Struct, frozen=True, kw_only=True):
    """Which drifts: by the days on which they were found, in the seller's zone, both included; else the last 30.

    One order is asked for whenever it was found.
    """

    since: date | None = None
    until: date | None = None
    kind: DriftKind | None = None
    company_id: CompanyId | None = None
    manager_id: UserId | None = None
    order_id: OrderId | None = None
    limit: int = 50
    offset: int = 0


class DriftSummary(Struct, frozen=True, kw_only=True):
    """An order whose latest document differs. `kinds` begins with that of the largest difference; `lines` differ of
    `compared`. Totals are what the buyer pays; the ERP's is None where its document does not say it.
    """

    order_id: OrderId
    number: str
    erp_number: str
    placed_at: datetime
    compared_at: datetime
    company_id: CompanyId
    company_name: str
    manager: str
    currency: str
    our_total: Decimal
    their_total: Decimal | None
    difference: Decimal
    kinds: tuple[DriftKind, ...]
    lines: int
    compared: int


class DriftSum(Struct, frozen=True):
    """What the differences found come to in a currency: where the ERP counts more, where less."""

    currency: str
    orders: int
    more: Decimal
    less: Decimal

    @property
    def difference(self) -> Decimal:
        """More and less together."""
        return self.more + self.less


class Named(Struct, frozen=True):
    """A company or a manager that drifts can be narrowed to, with how many orders."""

    id: UUID
    name: str
    orders: int


class DriftPage(Struct, frozen=True):
    """A page, the latest found first. `total` counts all that match, `compared` all orders compared in these days.

    `since` and `until` are the days that were looked at. `companies` and `managers` are those of the drifts of these
    days and this kind, whichever is chosen, the most frequent first, and at most `MAX_NAMED`.
    """

    items: tuple[DriftSummary, ...]
    total: int
    compared: int
    sums: tuple[DriftSum, ...]
    since: date | None = None
    until: date | None = None
    companies: tuple[Named, ...] = ()
    managers: tuple[Named, ...] = ()


class DriftDay(Struct, frozen=True):
    """How many orders were found to differ on a day."""

    day: date
    orders: int


class DriftOfKind(Struct, frozen=True):
    """How many orders and lines differ in a way, and by how much together in one currency."""

    kind: DriftKind
    currency: str
    orders: int
    lines: int
    difference: Decimal


class DriftTally(Struct, frozen=True):
    """Drifts by day, every day of the period, and by kind, the most frequent first."""

    days: tuple[DriftDay, ...]
    kinds: tuple[DriftOfKind, ...]


class ComparedVersion(Struct, frozen=True):
    """A version of the ERP's document that was compared, and what came out."""

    version: str
    compared_at: datetime
    lines: int
    difference: Decimal


class OrderDrift(Struct, frozen=True, kw_only=True):
    """The latest comparison of an order with earlier ones, the newest first.

    `comparison` and `compared_at` are None while the ERP has not returned the order's lines; without lines in it, the
    sides agree. `rule_names` are titles of our discounts by rule.
    """

    order_id: OrderId
    number: str
    erp_number: str
    company_id: CompanyId
    company_name: str
    compared_at: datetime | None = None
    comparison: Comparison | None = None
    earlier: tuple[ComparedVersion, ...] = ()
    rule_sets: tuple[UUID, ...] = ()
    rule_names: dict[UUID, str] = {}


class DriftLine(Struct, frozen=True, kw_only=True):
    """A line of an export: of which order, and the step where the sides part. One whose step is the total stands for
    what an order differs by beyond its lines.
    """

    number: str
    erp_number: str
    compared_at: datetime
    company_name: str
    manager: str
    currency: str
    kind: DriftKind
    pair: Pair
    difference: Decimal
    position: int | None = None
    article: str = ""
    name: str = ""
