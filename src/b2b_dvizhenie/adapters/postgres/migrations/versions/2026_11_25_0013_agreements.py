"""Agreements hold for a time and within limits; seller firms have requisites, one of them is the default.

Revision: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ONE_DEFAULT = """
UPDATE seller_firm SET is_default = false
 WHERE is_default AND firm_id <> (SELECT min(firm_id::text)::uuid FROM seller_firm WHERE is_default)"""


def upgrade() -> None:
    for name, default in (("kind", "legal"), ("full_name", ""), ("kpp", ""), ("ogrn", "")):
        op.add_column("seller_firm", sa.Column(name, sa.String(), server_default=default, nullable=False))
    op.add_column(
        "seller_firm",
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column("seller_firm", sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.execute(_ONE_DEFAULT)
    op.create_index(
        "uq_seller_firm_default", "seller_firm", ["is_default"], unique=True, postgresql_where=sa.text("is_default")
    )
    op.create_index("ix_company_name", "company", ["name", "company_id"])
    op.add_column("agreement", sa.Column("title", sa.String(), server_default="", nullable=False))
    for name in ("credit_limit", "minimum_amount"):
        op.add_column("agreement", sa.Column(name, sa.Numeric(18, 2), nullable=True))
    for name in ("valid_from", "valid_to"):
        op.add_column("agreement", sa.Column(name, sa.Date(), nullable=True))
    op.create_check_constraint(op.f("ck_agreement_period"), "agreement", "valid_to >= valid_from")
    op.create_check_constraint(op.f("ck_agreement_limits"), "agreement", "credit_limit >= 0 AND minimum_amount >= 0")
    op.create_index("ix_agreement_company_id", "agreement", ["company_id"])


def downgrade() -> None:
    op.drop_index("ix_agreement_company_id", "agreement")
    op.drop_constraint(op.f("ck_agreement_limits"), "agreement")
    op.drop_constraint(op.f("ck_agreement_period"), "agreement")
    for name in ("valid_to", "valid_from", "minimum_amount", "credit_limit", "title"):
        op.drop_column("agreement", name)
    op.drop_index("ix_company_name", "company")
    op.drop_index("uq_seller_firm_default", "seller_firm")
    for name in ("is_active", "details", "ogrn", "kpp", "full_name", "kind"):
        op.drop_column("seller_firm", name)
