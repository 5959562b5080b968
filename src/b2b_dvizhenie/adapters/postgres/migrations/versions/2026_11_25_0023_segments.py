"""Segments of companies, and who may change them.

Revision: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_GRANTS = """
INSERT INTO role_grant (role_id, permission, scope)
SELECT r.role_id, p.permission, 'all'
  FROM role r CROSS JOIN unnest(ARRAY['segments.view', 'segments.manage']) AS p (permission)
 WHERE r.code = 'administrator'
    ON CONFLICT DO NOTHING"""


def upgrade() -> None:
    op.create_table(
        "segment",
        sa.Column("segment_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("segment_id", name=op.f("pk_segment")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_segment_name")),
    )
    op.create_index("uq_segment_name", "segment", [sa.text("lower(name)")], unique=True)
    op.create_table(
        "segment_member",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("segment_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("company_id", "segment_id", name=op.f("pk_segment_member")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.company_id"], name=op.f("fk_segment_member_company_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segment.segment_id"], name=op.f("fk_segment_member_segment_id"), ondelete="CASCADE"
        ),
    )
    op.create_index("ix_segment_member_segment_id", "segment_member", ["segment_id"])
    op.execute(_GRANTS)


def downgrade() -> None:
    op.execute("DELETE FROM role_grant WHERE permission IN ('segments.view', 'segments.manage')")
    op.drop_table("segment_member")
    op.drop_table("segment")
