"""What segments open and close: sections, brands, groups of information.

Revision: 0025
Revises: 0024
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def _rules(table: str, key: str, kind: sa.types.TypeEngine[Any], target: str = "") -> None:
    named = sa.ForeignKeyConstraint([key], [target], name=op.f(f"fk_{table}_{key}"), ondelete="CASCADE")
    op.create_table(
        table,
        sa.Column("segment_id", sa.Uuid(), nullable=False),
        sa.Column(key, kind, nullable=False),
        sa.Column("opens", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("segment_id", key, name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segment.segment_id"], name=op.f(f"fk_{table}_segment_id"), ondelete="CASCADE"
        ),
        *([named] if target else []),
    )
    if target:
        op.create_index(f"ix_{table}_{key}", table, [key])


def upgrade() -> None:
    op.add_column("segment", sa.Column("weight", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.create_check_constraint(op.f("ck_segment_weight"), "segment", "weight BETWEEN -1000 AND 1000")
    _rules("segment_section", "section_id", sa.Uuid(), "section.section_id")
    _rules("segment_brand", "brand_id", sa.Uuid(), "brand.brand_id")
    _rules("segment_information", "information", sa.String())
    # Whoever has something closed may see a picture only of goods that are open: looked up by its name.
    op.create_index("ix_product_picture_sha256", "product_picture", ["sha256"])


def downgrade() -> None:
    op.drop_index("ix_product_picture_sha256", "product_picture")
    for table in ("segment_information", "segment_brand", "segment_section"):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_segment_weight"), "segment")
    op.drop_column("segment", "weight")
