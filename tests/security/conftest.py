"""These tests ask hundreds of thousands of questions: writing a line about each would take longer than the answers."""

import logging
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def warnings_only() -> Iterator[None]:
    """The log keeps what is worse than usual."""
    before = structlog.get_config()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING), cache_logger_on_first_use=False
    )
    yield
    structlog.configure(**before)
