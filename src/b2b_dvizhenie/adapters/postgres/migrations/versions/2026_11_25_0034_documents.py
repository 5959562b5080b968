"""Documents of trade, their files and history, and who may see them.

Revision: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

# Who sees orders sees their documents, as wide.
_GRANTS = """
INSERT INTO role_grant (role_id, permission, scope)
SELECT role_id, 'documents.view', scope FROM role_grant WHERE permission = 'orders.view'
    ON CONFLICT DO NOTHING"""
_LATEST = (sa.text("day DESC"), sa.text("document_id DESC"))


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "document",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("external_ref", sa.String(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(18, 2), nullable=True),
        sa.Column("vat_amount", sa.Numeric(18, 2), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("erp_status", sa.String(), server_default="", nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("order_numbers", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("order_refs", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("received_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_document")),
        sa.ForeignKeyConstraint(["node_id"], ["exchange_node.node_id"], name=op.f("fk_document_node_id")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.company_id"], name=op.f("fk_document_company_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["seller_firm.firm_id"], name=op.f("fk_document_firm_id")),
        sa.UniqueConstraint("node_id", "external_ref", name=op.f("uq_document_node_id_external_ref")),
        sa.CheckConstraint("amount <> 'NaN' AND vat_amount <> 'NaN'", name=op.f("ck_document_amount")),
    )
    op.create_index("ix_document_company_id", "document", ["company_id", *_LATEST])
    op.create_index("ix_document_firm_id", "document", ["firm_id", *_LATEST])
    op.create_index("ix_document_day", "document", [*_LATEST], postgresql_include=["company_id", "kind", "state"])
    op.create_index(
        "ix_document_number",
        "document",
        ["number"],
        postgresql_using="gin",
        postgresql_ops={"number": "gin_trgm_ops"},
    )
    op.create_table(
        "document_file",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("external_ref", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("expected_sha256", sa.String(), server_default="", nullable=False),
        sa.Column("expected_size", sa.BigInteger(), nullable=True),
        sa.Column("expected_format", sa.String(), server_default="", nullable=False),
        sa.Column("received_at", moment, nullable=True),
        sa.Column("announced_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_document_file")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.document_id"], name=op.f("fk_document_file_document_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["node_id"], ["exchange_node.node_id"], name=op.f("fk_document_file_node_id")),
        sa.UniqueConstraint("node_id", "external_ref", name=op.f("uq_document_file_node_id_external_ref")),
        sa.CheckConstraint(
            "num_nulls(sha256, size, format, received_at) IN (0, 4)", name=op.f("ck_document_file_content")
        ),
    )
    op.create_index("ix_document_file_document_id", "document_file", ["document_id"])
    op.create_index("ix_document_file_sha256", "document_file", ["sha256"])
    op.create_table(
        "document_event",
        sa.Column("event_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("params", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_document_event")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.document_id"], name=op.f("fk_document_event_document_id"), ondelete="CASCADE"
        ),
    )
    op.create_index("ix_document_event_document_id", "document_event", ["document_id", "event_id"])
    op.create_index(
        "ix_customer_order_erp_ref",
        "customer_order",
        ["company_id", "erp_ref"],
        postgresql_where=sa.text("erp_ref <> ''"),
    )
    op.execute(_GRANTS)


def downgrade() -> None:
    op.execute("DELETE FROM role_grant WHERE permission = 'documents.view'")
    op.drop_index("ix_customer_order_erp_ref", table_name="customer_order")
    op.drop_table("document_event")
    op.drop_table("document_file")
    op.drop_table("document")
