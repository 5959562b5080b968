"""Alembic environment: one connection, one advisory lock, bounded waits."""

from alembic import context
from sqlalchemy import NullPool, create_engine, text

from b2b_dvizhenie.adapters.postgres.tables import metadata

LOCK = 0x62326221


def migrate() -> None:
    """Run the migrations over the URL in the configuration."""
    # Without a pool a run that fails lets go of the lock: it belongs to the connection.
    engine = create_engine(context.config.get_main_option("sqlalchemy.url", ""), poolclass=NullPool)
    with engine.connect() as connection:
        # Two processes that start together must not migrate together.
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        connection.execute(text("SET lock_timeout = '10s'"))
        connection.commit()
        applied = context.config.attributes.get("applied")
        context.configure(
            connection=connection,
            target_metadata=metadata,
            compare_server_default=False,
            transaction_per_migration=True,
            on_version_apply=applied,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
    engine.dispose()


migrate()
