"""Alembic migrations, packaged so that `b2b migrate` works from a wheel."""
