"""What the import of exchange files needs: marks of deletion, packs, sources of pictures, goods of a full export.

Revision: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("section", sa.Column("is_deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.drop_column("product", "generation")
    json_list = postgresql.JSONB(astext_type=sa.Text())
    op.add_column("product", sa.Column("packs", json_list, server_default=sa.text("'[]'"), nullable=False))
    refs = postgresql.ARRAY(sa.Text())
    op.add_column("product", sa.Column("analog_refs", refs, server_default=sa.text("'{}'"), nullable=False))
    op.add_column("product_picture", sa.Column("source", sa.String(), server_default="", nullable=False))
    op.create_table(
        "exchange_seen",
        sa.Column("generation_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            ["exchange_generation.generation_id"],
            name=op.f("fk_exchange_seen_generation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("generation_id", "product_id", name=op.f("pk_exchange_seen")),
    )
    op.drop_table("pending_offer")


def downgrade() -> None:
    op.create_table(
        "pending_offer",
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("product_ref", sa.String(), nullable=False),
        sa.Column("variant_ref", sa.String(), nullable=False),
        sa.Column("record", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["exchange_node.node_id"], name=op.f("fk_pending_offer_node_id")),
        sa.PrimaryKeyConstraint("node_id", "product_ref", "variant_ref", name=op.f("pk_pending_offer")),
    )
    op.drop_table("exchange_seen")
    op.drop_column("product_picture", "source")
    op.drop_column("product", "analog_refs")
    op.drop_column("product", "packs")
    op.add_column("product", sa.Column("generation", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.drop_column("section", "is_deleted")
