"""Balances of companies, what orders hold of their limits, the right to see balances.

Revision: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_GRANTS = """
INSERT INTO role_grant (role_id, permission, scope)
SELECT r.role_id, 'balance.view', g.scope
  FROM role r
  JOIN (VALUES ('client', 'own'), ('manager', 'assigned'), ('head_of_managers', 'subtree'), ('director', 'firm'),
               ('administrator', 'all')) AS g (code, scope) ON g.code = r.code
    ON CONFLICT DO NOTHING"""

_AMOUNT = sa.Numeric(18, 2)
_MOMENT = sa.DateTime(timezone=True)


def _company(table: str) -> tuple[sa.Column[object], sa.ForeignKeyConstraint]:
    return (
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.company_id"], name=op.f(f"fk_{table}_company_id"), ondelete="CASCADE"
        ),
    )


def _word(name: str, *, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False, server_default=default)


def upgrade() -> None:
    op.create_table(
        "credit_position",
        *_company("credit_position"),
        _word("currency"),
        _word("organization_ref"),
        _word("contract_ref"),
        sa.Column("as_of", _MOMENT, nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("debt", _AMOUNT, nullable=False),
        sa.Column("advance", _AMOUNT, nullable=False),
        sa.Column("overdue", _AMOUNT, nullable=False),
        sa.Column("overdue_days", sa.Integer(), nullable=False),
        sa.Column("credit_limit", _AMOUNT, nullable=True),
        sa.Column("reserved", _AMOUNT, nullable=True),
        sa.Column("available", _AMOUNT, nullable=True),
        sa.Column("next_payment_on", sa.Date(), nullable=True),
        sa.Column("next_payment", _AMOUNT, nullable=True),
        sa.Column("is_stopped", sa.Boolean(), server_default=sa.false(), nullable=False),
        _word("stop_reason", default=""),
        sa.PrimaryKeyConstraint(
            "company_id", "currency", "organization_ref", "contract_ref", name=op.f("pk_credit_position")
        ),
        sa.CheckConstraint(
            "debt >= 0 AND advance >= 0 AND overdue >= 0 AND overdue_days >= 0 AND credit_limit >= 0 AND reserved >= 0 "
            "AND next_payment >= 0",
            name=op.f("ck_credit_position_not_negative"),
        ),
        sa.CheckConstraint(
            "'NaN' NOT IN (debt, advance, overdue, coalesce(credit_limit, 0), coalesce(reserved, 0), "
            "coalesce(available, 0), coalesce(next_payment, 0))",
            name=op.f("ck_credit_position_numbers"),
        ),
    )
    op.create_table(
        "open_item",
        *_company("open_item"),
        _word("row_key"),
        _word("document_ref"),
        _word("document_type"),
        _word("number"),
        sa.Column("issued_on", sa.Date(), nullable=False),
        _word("currency"),
        sa.Column("total", _AMOUNT, nullable=False),
        sa.Column("rest", _AMOUNT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        _word("order_ref", default=""),
        sa.PrimaryKeyConstraint("company_id", "row_key", name=op.f("pk_open_item")),
        sa.CheckConstraint("'NaN' NOT IN (total, rest)", name=op.f("ck_open_item_numbers")),
    )
    op.create_table(
        "scheduled_payment",
        *_company("scheduled_payment"),
        _word("row_key"),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", _AMOUNT, nullable=False),
        sa.Column("paid", _AMOUNT, server_default=sa.text("0"), nullable=False),
        _word("currency"),
        _word("kind"),
        _word("document_ref", default=""),
        _word("order_ref", default=""),
        _word("title", default=""),
        sa.PrimaryKeyConstraint("company_id", "row_key", name=op.f("pk_scheduled_payment")),
        sa.CheckConstraint(
            "amount >= 0 AND paid >= 0 AND 'NaN' NOT IN (amount, paid)", name=op.f("ck_scheduled_payment_sums")
        ),
    )
    op.create_index("ix_scheduled_payment_due_on", "scheduled_payment", ["company_id", "due_on"])
    op.create_table(
        "bonus",
        *_company("bonus"),
        _word("program_ref"),
        _word("program", default=""),
        sa.Column("balance", _AMOUNT, nullable=False),
        sa.Column("pending", _AMOUNT, server_default=sa.text("0"), nullable=False),
        sa.Column("expiring", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("as_of", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("company_id", "program_ref", name=op.f("pk_bonus")),
        sa.CheckConstraint("'NaN' NOT IN (balance, pending)", name=op.f("ck_bonus_numbers")),
    )
    op.create_table(
        "credit_account",
        *_company("credit_account"),
        _word("currency"),
        sa.PrimaryKeyConstraint("company_id", "currency", name=op.f("pk_credit_account")),
    )
    op.create_table(
        "credit_reservation",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        *_company("credit_reservation"),
        _word("currency"),
        sa.Column("amount", _AMOUNT, nullable=False),
        sa.Column("reserved_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_credit_reservation")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["customer_order.order_id"], name=op.f("fk_credit_reservation_order_id"), ondelete="CASCADE"
        ),
        sa.CheckConstraint("amount >= 0 AND amount <> 'NaN'", name=op.f("ck_credit_reservation_amount")),
    )
    op.create_index("ix_credit_reservation_company_id", "credit_reservation", ["company_id", "currency"])
    op.create_table(
        "balance_finding",
        *_company("balance_finding"),
        _word("currency"),
        _word("code"),
        _word("contract_ref"),
        sa.Column("told", _AMOUNT, nullable=False),
        sa.Column("found", _AMOUNT, nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("company_id", "currency", "code", "contract_ref", name=op.f("pk_balance_finding")),
    )
    op.execute(_GRANTS)


def downgrade() -> None:
    op.execute("DELETE FROM role_grant WHERE permission = 'balance.view'")
    for table in (
        *("balance_finding", "credit_reservation", "credit_account", "bonus", "scheduled_payment", "open_item"),
        "credit_position",
    ):
        op.drop_table(table)
