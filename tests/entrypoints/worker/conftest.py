"""Workers and schedulers of these tests see only what each test plans."""

import psycopg
import pytest


@pytest.fixture
def database_url(database_url: str) -> str:
    """Without the schedules that every installation has."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DELETE FROM schedule")
    return database_url
