"""Balances: the buyer's page, and the same within a company's card in the panel (BAL, LVL-3)."""

from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct

from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.pages.companies import CompanyHead
from b2b_dvizhenie.entrypoints.http.pages.parts import Pager


class BalanceCard(Struct, frozen=True, kw_only=True):
    """A balance in one currency. What is None is closed to the viewer; `limit` is None also where nothing limits.

    `as_of` is None where the ERP has told nothing yet.
    """

    currency: str
    as_of: datetime | None = None
    stale: bool = False
    sees_limit: bool = False
    limit: Money | None = None
    available: Money | None = None
    reserved: Money | None = None
    debt: Money | None = None
    advance: Money | None = None
    overdue: Money | None = None
    overdue_days: int | None = None
    stopped: bool = False


class BonusLine(Struct, frozen=True, kw_only=True):
    """A bonus programme, in points; `expiring` are days and points."""

    program: str
    balance: Decimal
    pending: Decimal
    expiring: tuple[tuple[date, Decimal], ...] = ()


class PaymentLine(Struct, frozen=True, kw_only=True):
    """A payment of the schedule.

    `status` is a key of labels["scheduled_payment"], `kind` of labels["payment_stage"].
    """

    due_on: date
    kind: str
    status: str
    amount: Money
    paid: Money
    open: Money
    title: str = ""


class DocumentLine(Struct, frozen=True, kw_only=True):
    """An open document; `kind` is a key of labels["document"]. A `rest` below zero was paid ahead."""

    kind: str
    number: str
    issued_on: date
    total: Money
    rest: Money
    due_on: date | None = None
    days_overdue: int = 0


class PaymentList(Struct, frozen=True):
    """A page of the schedule."""

    rows: tuple[PaymentLine, ...]
    pager: Pager


class DocumentList(Struct, frozen=True):
    """A page of open documents."""

    rows: tuple[DocumentLine, ...]
    pager: Pager


class FindingLine(Struct, frozen=True, kw_only=True):
    """Two numbers of the ERP that contradict each other; `code` is a key of labels["balance_finding"].

    `found` is None where the contradiction is about days, of which there are `days`.
    """

    code: str
    told: Money
    found: Money | None
    days: int
    since: datetime
    contract: str = ""


class BalanceSheet(Struct, frozen=True, kw_only=True):
    """What is known of a company's balance. Parts that are None are closed to the viewer.

    `is_bare` says that nothing at all is open to him.
    """

    price_type: str | None = None
    cards: tuple[BalanceCard, ...] | None = None
    bonuses: tuple[BonusLine, ...] | None = None
    schedule: PaymentList | None = None
    documents: DocumentList | None = None

    @property
    def is_bare(self) -> bool:
        """Whether there is nothing to show to this viewer."""
        return (self.price_type, self.cards, self.bonuses, self.schedule, self.documents) == (None,) * 5

    @property
    def is_untold(self) -> bool:
        """Whether the ERP has told nothing of what is open."""
        return not self.cards and not self.bonuses and self._no_rows(self.schedule) and self._no_rows(self.documents)

    @staticmethod
    def _no_rows(part: PaymentList | DocumentList | None) -> bool:
        return part is None or not part.rows


class BalanceView(Struct, frozen=True, kw_only=True):
    """The buyer's page; `sheet` is None without a company."""

    company: str
    sheet: BalanceSheet | None


class CompanyBalanceView(Struct, frozen=True, kw_only=True):
    """A company's balance in the panel, and what does not add up in it."""

    head: CompanyHead
    sheet: BalanceSheet
    findings: tuple[FindingLine, ...] = ()
