"""What the emulated 1C tells of balances is what the gateway takes, and adds up but where it is meant not to."""

from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec

from b2b_dvizhenie.application.balances import records
from b2b_dvizhenie.domain.balances import DetailSums, ScheduledPayment, findings_between, overdue_of
from b2b_dvizhenie.testing.wholesaler import BUYERS, settlement_tables
from b2b_dvizhenie.testing.wholesaler.settlements import CONTRADICTED

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
KINDS: dict[str, Any] = {
    "balances": records.BalanceRow,
    "debts": records.DebtRow,
    "payment_schedule": records.ScheduleRow,
    "bonuses": records.BonusRow,
}


def test_every_table_is_taken_and_adds_up() -> None:
    tables = settlement_tables(AT)
    assert tables == settlement_tables(AT)
    rows = {
        name: [msgspec.json.decode(msgspec.json.encode(row), type=KINDS[name]) for row in tables[name]]
        for name in KINDS
    }
    payments: dict[str, list[ScheduledPayment]] = defaultdict(list)
    for row in rows["payment_schedule"]:
        payment = ScheduledPayment(due_on=row.due_date, amount=row.sum, currency=row.currency, paid=row.paid)
        payments[row.company_id].append(payment)
    owed: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows["debts"]:
        owed[row.company_id] += row.rest
    assert [row.company_id for row in rows["balances"]] == [buyer.ref for buyer in BUYERS]
    for row in rows["balances"]:
        own = payments[row.company_id]
        sums = DetailSums(sum((one.open for one in own), Decimal(0)), overdue_of(own, AT.date()), owed[row.company_id])
        found = [one.code for one in findings_between(row.debt, row.overdue, sums)]
        assert found == (["items_differ_from_debt"] if row.company_id == CONTRADICTED.ref else [])
        assert (row.overdue == 0) == (row.overdue_days == 0)
    # Somebody is late, somebody has no limit, somebody has nearly used his up.
    assert any(row.overdue for row in rows["balances"])
    assert any(row.credit_limit is None for row in rows["balances"])
    assert any(row.credit_limit and row.debt > row.credit_limit * Decimal("0.95") for row in rows["balances"])
