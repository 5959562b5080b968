"""An exchange node over a database of the test's own."""

from pathlib import Path

import pytest

from b2b_dvizhenie.testing.importing import Importer


@pytest.fixture
def importer(database_url: str, tmp_path: Path) -> Importer:
    return Importer(database_url, tmp_path)
