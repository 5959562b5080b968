"""Alembic environment: one connection, one advisory lock, bounded waits."""

from alembic import context
from sqlalchemy import create_engine, text

from b2b_dvizhenie.adapters.postgres.tables import metadata

LOCK = 0x62326221


def migrate() -> None:
    """Run the migrations over the URL in the configuration."""
    engine = create_engine(context.config.get_main_option("sqlalchemy.url", ""))
    with engine.connect() as connection:
        # Two processes that start together must not migrate together.
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        connection.execute(text("SET lock_timeout = '10s'"))
        connection.commit()
        context.configure(connection=connection, target_metadata=metadata, compare_server_default=False)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
    engine.dispose()


migrate()
