"""Sessions that look through another person's eyes.

Revision: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_GRANT = """
INSERT INTO role_grant (role_id, permission, scope)
SELECT role_id, 'users.view_as', 'all' FROM role WHERE code = 'administrator'
    ON CONFLICT DO NOTHING"""


def upgrade() -> None:
    op.add_column("session", sa.Column("view_as_id", sa.Uuid(), nullable=True))
    op.add_column("session", sa.Column("view_until", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f("fk_session_view_as_id"), "session", "app_user", ["view_as_id"], ["user_id"])
    op.create_check_constraint(op.f("ck_session_view"), "session", "(view_as_id IS NULL) = (view_until IS NULL)")
    op.execute(_GRANT)


def downgrade() -> None:
    op.execute("DELETE FROM role_grant WHERE permission = 'users.view_as'")
    op.drop_constraint(op.f("ck_session_view"), "session", type_="check")
    op.drop_constraint(op.f("fk_session_view_as_id"), "session", type_="foreignkey")
    op.drop_column("session", "view_until")
    op.drop_column("session", "view_as_id")
