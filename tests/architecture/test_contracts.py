"""Every rule of direction bites: a planted violation must break exactly the contract that forbids it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = Path("src/b2b_dvizhenie")

PLANTS = [
    ("inward", "domain/shared/money.py", "import b2b_dvizhenie.application.shared.clock"),
    ("inward", "application/shared/clock.py", "import b2b_dvizhenie.adapters.passwords"),
    ("inward", "adapters/passwords/__init__.py", "import b2b_dvizhenie.entrypoints.settings"),
    ("frameworks", "domain/shared/money.py", "import litestar"),
    ("frameworks", "application/shared/clock.py", "import sqlalchemy"),
    ("frameworks", "domain/pricing/quotes.py", "import psycopg"),
    ("domain-contexts", "domain/companies/terms.py", "import b2b_dvizhenie.domain.ordering"),
    ("domain-contexts", "domain/shared/ids.py", "import b2b_dvizhenie.domain.identity"),
    ("domain-contexts", "domain/balances/items.py", "import b2b_dvizhenie.domain.pricing"),
    ("domain-contexts", "domain/pricing/quotes.py", "import b2b_dvizhenie.domain.balances"),
    ("application-contexts", "application/balances/ports.py", "import b2b_dvizhenie.application.ordering"),
    ("application-contexts", "application/identity/ports.py", "import b2b_dvizhenie.application.pricing"),
    ("leaves", "adapters/passwords/__init__.py", "import b2b_dvizhenie.adapters.embedded"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source tree that tests may spoil."""
    folder = tmp_path_factory.mktemp("tree")
    ignore = shutil.ignore_patterns("__pycache__", "static", "*.po")
    shutil.copytree(ROOT / PACKAGE, folder / PACKAGE, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def lint(folder: Path, contract: str) -> subprocess.CompletedProcess[str]:
    program = "import sys; sys.path.insert(0, 'src'); from importlinter.cli import lint_imports_command as lint; lint()"
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache", "--contract", contract],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("contract", sorted({plant[0] for plant in PLANTS}))
def test_contract_holds(copy: Path, contract: str) -> None:
    answer = lint(copy, contract)
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize(("contract", "module", "plant"), PLANTS)
def test_planted_violation_breaks_it(copy: Path, contract: str, module: str, plant: str) -> None:
    file = copy / PACKAGE / module
    clean = file.read_text("utf-8")
    file.write_text(f"{clean}\n{plant}  # planted\n", "utf-8")
    try:
        answer = lint(copy, contract)
    finally:
        file.write_text(clean, "utf-8")
    assert answer.returncode == 1, answer.stdout
    assert "BROKEN" in answer.stdout


def test_every_contract_has_a_plant() -> None:
    import tomllib

    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {contract["id"] for contract in contracts} == {plant[0] for plant in PLANTS}
