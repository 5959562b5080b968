"""A second step at the login: authenticators, recovery codes, roles that require it.

Revision: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("role", sa.Column("second_factor", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_table(
        "second_factor",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("confirmed_at", moment, nullable=True),
        sa.Column("last_step", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factor")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.user_id"], name=op.f("fk_second_factor_user_id"), ondelete="CASCADE"
        ),
    )
    op.create_table(
        "recovery_code",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("user_id", "digest", name=op.f("pk_recovery_code")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["second_factor.user_id"], name=op.f("fk_recovery_code_user_id"), ondelete="CASCADE"
        ),
    )
    op.drop_constraint(op.f("ck_challenge_purpose"), "challenge", type_="check")
    op.create_check_constraint(
        op.f("ck_challenge_purpose"), "challenge", "purpose IN ('code', 'recovery', 'second_step')"
    )


def downgrade() -> None:
    op.execute("DELETE FROM challenge WHERE purpose = 'second_step'")
    op.drop_constraint(op.f("ck_challenge_purpose"), "challenge", type_="check")
    op.create_check_constraint(op.f("ck_challenge_purpose"), "challenge", "purpose IN ('code', 'recovery')")
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
    op.drop_column("role", "second_factor")
