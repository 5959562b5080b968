"""Jobs are claimed by lease: order within lanes, one running job a lane, known workers.

Revision: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job", sa.Column("sequence", sa.BigInteger(), sa.Identity(always=False), nullable=False))
    op.add_column("job", sa.Column("started_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index("uq_job_dedupe_key", table_name="job")
    op.drop_index("ix_job_lane", table_name="job")
    op.drop_index("ix_job_ready", table_name="job")
    op.create_index(
        "ix_job_ready",
        "job",
        ["queue", sa.literal_column("priority DESC"), "run_at", "sequence"],
        postgresql_where=sa.text("dead_at IS NULL"),
    )
    op.create_index(
        "ix_job_dedupe_key",
        "job",
        ["dedupe_key"],
        postgresql_where=sa.text("dedupe_key IS NOT NULL AND dead_at IS NULL"),
    )
    op.create_index(
        "ix_job_lane",
        "job",
        ["lane", "sequence"],
        postgresql_where=sa.text("lane IS NOT NULL AND dead_at IS NULL"),
    )
    op.create_index(
        "uq_job_lane_running",
        "job",
        ["lane"],
        unique=True,
        postgresql_where=sa.text("lane IS NOT NULL AND leased_by IS NOT NULL"),
    )
    op.create_index("ix_job_leased_by", "job", ["leased_by"], postgresql_where=sa.text("leased_by IS NOT NULL"))
    op.create_index("ix_job_dead_at", "job", ["dead_at"], postgresql_where=sa.text("dead_at IS NOT NULL"))
    op.create_table(
        "worker",
        sa.Column("worker_id", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("transport", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("running", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("worker_id", name=op.f("pk_worker")),
    )


def downgrade() -> None:
    op.drop_table("worker")
    for name in ("ix_job_dead_at", "ix_job_leased_by", "uq_job_lane_running", "ix_job_lane", "ix_job_dedupe_key"):
        op.drop_index(name, table_name="job")
    op.drop_index("ix_job_ready", table_name="job")
    op.create_index(
        "ix_job_ready",
        "job",
        ["queue", sa.literal_column("priority DESC"), "run_at"],
        postgresql_where=sa.text("dead_at IS NULL"),
    )
    op.create_index("ix_job_lane", "job", ["lane"], postgresql_where=sa.text("lane IS NOT NULL AND dead_at IS NULL"))
    # The old index allowed one waiting job a key: keep the oldest.
    op.execute(
        "DELETE FROM job AS newer USING job AS older WHERE newer.dedupe_key = older.dedupe_key"
        " AND newer.sequence > older.sequence AND newer.leased_until IS NULL AND older.leased_until IS NULL"
        " AND newer.dead_at IS NULL AND older.dead_at IS NULL"
    )
    op.create_index(
        "uq_job_dedupe_key",
        "job",
        ["dedupe_key"],
        unique=True,
        postgresql_where=sa.text("dedupe_key IS NOT NULL AND leased_until IS NULL AND dead_at IS NULL"),
    )
    op.drop_column("job", "started_at")
    op.drop_column("job", "sequence")
