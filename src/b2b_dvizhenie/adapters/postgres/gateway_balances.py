"""Tables of the gateway: snapshots of balances, open documents, the schedule of payments, bonuses (onec.md §5.3)."""

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import to_builtins
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert

from b2b_dvizhenie.adapters.postgres.balance_checks import recheck
from b2b_dvizhenie.adapters.postgres.gateway import connection_of
from b2b_dvizhenie.adapters.postgres.gateway_companies import CompanyRows, key_of, owned
from b2b_dvizhenie.adapters.postgres.tables.balances import bonus, credit_position, open_item, scheduled_payment
from b2b_dvizhenie.application.balances.records import (
    BalanceKey,
    BalanceRow,
    BonusKey,
    BonusRow,
    DebtKey,
    DebtRow,
    ScheduleKey,
    ScheduleRow,
)
from b2b_dvizhenie.application.exchange.gateway.tables import (
    Absence,
    GatewayTable,
    GatewayWork,
    Outcome,
    RowApplied,
    RowNote,
)
from b2b_dvizhenie.domain.balances import ExpiringBonus, Finding
from b2b_dvizhenie.domain.exchange.access import ExchangeRight
from b2b_dvizhenie.domain.exchange.monitoring import SyncCategory
from b2b_dvizhenie.domain.shared.ids import CompanyId
from b2b_dvizhenie.domain.shared.quantity import plain
from b2b_dvizhenie.domain.shared.refs import joined_key, normal_ref

Key = TypeVar("Key", BalanceKey, DebtKey, ScheduleKey, BonusKey)
Row = TypeVar("Row", BalanceRow, DebtRow, ScheduleRow, BonusRow)


def _ref(text: str | None) -> str:
    return normal_ref(text or "")


class _CompanyTable(GatewayTable[Key, Row], Generic[Key, Row]):
    """A table of rows that belong to companies. Whatever changes, the balances of these are checked again.

    Args:
        zone: the seller's: whose days payments are due on, and what a moment without offset is in.
    """

    category = SyncCategory.BALANCES
    right = ExchangeRight.SALE
    in_line = False
    scopes = ("company_id",)
    stored: Table
    rows: CompanyRows
    is_told = False  # what contradicts itself, at the row

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)

    def owner(self, row: Any) -> str:
        """The ref of whose row it is."""
        ref: str = row.company_id
        return ref

    @abstractmethod
    def values(self, row: Row) -> dict[str, Any]:
        """The columns of a row, without the company and the moment it came."""

    def scope(self, row: Key) -> Mapping[str, str]:
        """The company."""
        return {"company_id": normal_ref(self.owner(row))}

    async def apply(self, work: GatewayWork, rows: Sequence[Row], now: datetime) -> Sequence[Outcome]:
        """Write the rows of known companies; others may come with the next export of companies."""
        found, outcomes = await owned(work, rows, self.owner)
        if found:
            came = {"received_at": now} if "received_at" in self.stored.c else {}
            values = [{"company_id": company_id, **came, **self.values(row)} for row, company_id in found]
            statement = insert(self.stored).values(values)
            keys = [column.name for column in self.stored.primary_key]
            changed = {name: statement.excluded[name] for name in values[0] if name not in keys}
            await connection_of(work).execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))
        checked = await self._recheck(work, [CompanyId(company_id) for _, company_id in found], now)
        return _warned(found, outcomes, checked) if self.is_told else outcomes

    async def remove(self, work: GatewayWork, keys: Sequence[Key], now: datetime) -> Sequence[Outcome]:
        """Delete the rows."""
        gone = await self.rows.drop(work, [self.key(one) for one in keys])
        await self._recheck(work, gone, now)
        return [RowApplied()] * len(keys)

    async def absence(self, work: GatewayWork, scope: Mapping[str, str], keep_keys: Collection[str]) -> Absence:
        """Rows of the scope, and those of them that were not named."""
        return await self.rows.absence(work, scope, keep_keys)

    async def tombstone(
        self, work: GatewayWork, scope: Mapping[str, str], keep_keys: Collection[str], now: datetime
    ) -> int:
        """Delete what was not named."""
        gone = await self.rows.drop_absent(work, scope, keep_keys)
        await self._recheck(work, gone, now)
        return len(gone)

    def moment(self, told: datetime) -> datetime:
        """A moment; one without offset is in the seller's zone."""
        return told if told.tzinfo is not None else told.replace(tzinfo=self._zone)

    async def _recheck(
        self, work: GatewayWork, companies: Sequence[CompanyId], now: datetime
    ) -> dict[CompanyId, list[Finding]]:
        return await recheck(connection_of(work), set(companies), now.astimezone(self._zone).date(), now)


class PostgresBalances(_CompanyTable[BalanceKey, BalanceRow]):
    """Snapshots. One that contradicts itself is taken, with a warning."""

    name = "balances"
    key_row = BalanceKey
    row = BalanceRow
    stored = credit_position
    is_told = True
    rows = CompanyRows(
        "credit_position", key_of("c.external_ref", "k.organization_ref", "k.contract_ref", "k.currency")
    )

    def key(self, row: BalanceKey) -> str:
        """Company, organisation, contract, currency."""
        return joined_key([normal_ref(row.company_id), _ref(row.organization_id), _ref(row.contract_id), row.currency])

    def values(self, row: BalanceRow) -> dict[str, Any]:
        """The columns of a snapshot."""
        return {
            "currency": row.currency,
            "organization_ref": _ref(row.organization_id),
            "contract_ref": _ref(row.contract_id),
            "as_of": self.moment(row.as_of),
            "debt": row.debt,
            "advance": row.advance,
            "overdue": row.overdue,
            "overdue_days": row.overdue_days,
            "credit_limit": row.credit_limit,
            "reserved": row.reserved,
            "available": row.available_credit,
            "next_payment_on": row.next_payment_date,
            "next_payment": row.next_payment_sum,
            "is_stopped": row.stop_shipment,
            "stop_reason": row.stop_reason or "",
        }


class PostgresDebts(_CompanyTable[DebtKey, DebtRow]):
    """Open documents."""

    name = "debts"
    key_row = DebtKey
    row = DebtRow
    stored = open_item
    rows = CompanyRows("open_item", "k.row_key")

    def key(self, row: DebtKey) -> str:
        """Company, organisation, contract, document."""
        parts = (row.company_id, row.organization_id, row.contract_id, row.document_id)
        return joined_key([_ref(part) for part in parts])

    def values(self, row: DebtRow) -> dict[str, Any]:
        """The columns of a document."""
        return {
            "row_key": self.key(row),
            "document_ref": normal_ref(row.document_id),
            "document_type": row.document_type,
            "number": row.document_number,
            "issued_on": row.document_date,
            "currency": row.currency,
            "total": row.total,
            "rest": row.rest,
            "due_on": row.due_date,
            "order_ref": _ref(row.order_id),
        }


class PostgresSchedule(_CompanyTable[ScheduleKey, ScheduleRow]):
    """The schedule of payments."""

    name = "payment_schedule"
    key_row = ScheduleKey
    row = ScheduleRow
    stored = scheduled_payment
    rows = CompanyRows("scheduled_payment", "k.row_key")

    def key(self, row: ScheduleKey) -> str:
        """Company, contract, order, document, day, kind."""
        refs = [_ref(part) for part in (row.company_id, row.contract_id, row.order_id, row.document_id)]
        return joined_key([*refs, row.due_date.isoformat(), row.kind.value])

    def values(self, row: ScheduleRow) -> dict[str, Any]:
        """The columns of a payment."""
        return {
            "row_key": self.key(row),
            "due_on": row.due_date,
            "amount": row.sum,
            "paid": row.paid,
            "currency": row.currency,
            "kind": row.kind.value,
            "document_ref": _ref(row.document_id),
            "order_ref": _ref(row.order_id),
            "title": row.title or "",
        }


class PostgresBonuses(_CompanyTable[BonusKey, BonusRow]):
    """Bonuses."""

    name = "bonuses"
    key_row = BonusKey
    row = BonusRow
    stored = bonus
    rows = CompanyRows("bonus", key_of("c.external_ref", "k.program_ref"))

    def owner(self, row: BonusKey) -> str:
        """The company, or the customer it belongs to."""
        return row.owner

    def key(self, row: BonusKey) -> str:
        """Company, programme."""
        return joined_key([normal_ref(row.owner), _ref(row.program_id)])

    def values(self, row: BonusRow) -> dict[str, Any]:
        """The columns of a programme."""
        expiring = [ExpiringBonus(part.date, part.sum) for part in row.expiring]
        return {
            "program_ref": _ref(row.program_id),
            "program": row.program_name or "",
            "balance": row.balance,
            "pending": row.pending,
            "expiring": to_builtins(expiring),
            "as_of": None if row.as_of is None else self.moment(row.as_of),
        }


def _warned(
    found: Sequence[tuple[Any, UUID]], outcomes: Sequence[Outcome], checked: Mapping[CompanyId, list[Finding]]
) -> list[Outcome]:
    """A warning for each contradiction of the company, at its snapshots."""
    owners = iter(found)
    told: list[Outcome] = []
    for one in outcomes:
        if not isinstance(one, RowApplied):
            told.append(one)
            continue
        row, company_id = next(owners)
        notes = [
            RowNote(f"balances.{finding.code}", {"told": plain(finding.told), "found": plain(finding.found)})
            for finding in checked.get(CompanyId(company_id), [])
            if finding.contract_ref in ("", _ref(row.contract_id))
        ]
        told.append(RowApplied(tuple(notes)))
    return told
