"""Requests for access, and the right to decide about them.

Revision: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_GRANT = """
INSERT INTO role_grant (role_id, permission, scope)
SELECT role_id, 'requests.manage', 'all' FROM role WHERE code = 'administrator'
    ON CONFLICT DO NOTHING"""


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    texts = ("company", "inn", "name", "phone", "email", "comment", "address")
    op.create_table(
        "access_request",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in texts),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_access_request")),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.user_id"], name=op.f("fk_access_request_decided_by")),
        sa.CheckConstraint("state IN ('waiting', 'approved', 'refused')", name=op.f("ck_access_request_state")),
        sa.CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name=op.f("ck_access_request_decided")),
    )
    op.create_index("ix_access_request_created_at", "access_request", ["created_at"])
    op.execute(_GRANT)


def downgrade() -> None:
    op.execute("DELETE FROM role_grant WHERE permission = 'requests.manage'")
    op.drop_table("access_request")
