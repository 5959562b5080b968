"""The documentation is complete: decisions name tests that exist, the glossary knows every context, pages build."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SECTIONS = ["Context", "Decision", "Consequences", "Alternatives", "Enforced by"]


@pytest.mark.parametrize("page", sorted((DOCS / "decisions").glob("*.md")), ids=lambda page: page.stem)
def test_decision_is_whole_and_enforced(page: Path) -> None:
    text = page.read_text("utf-8")
    assert text.startswith(f"# {page.name[:4]} ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS
    enforced = text.split("## Enforced by")[1]
    named = re.findall(r"`([^`]+)`", enforced)
    assert named, "a decision names what enforces it"
    for name in named:
        if "/" in name:
            assert (ROOT / name).exists(), name


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = sorted(int(page.name[:4]) for page in (DOCS / "decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_glossary_names_every_context() -> None:
    glossary = (DOCS / "glossary.md").read_text("utf-8")
    for folder in (ROOT / "src" / "b2b_dvizhenie" / "domain").iterdir():
        if folder.is_dir() and folder.name not in ("shared", "__pycache__"):
            assert f"`{folder.name}`" in glossary, folder.name


def test_readme_commands_are_those_of_the_door_script() -> None:
    commands = set(re.findall(r"\./dev (\w+)", (ROOT / "README.md").read_text("utf-8")))
    known = subprocess.run([ROOT / "dev", "help"], capture_output=True, text=True, check=True).stdout
    assert {"run", "test"} <= commands
    assert all(f"./dev {command}" in known for command in commands)


@pytest.mark.slow
def test_docs_build_without_a_warning(tmp_path: Path) -> None:
    build = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", DOCS, tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert build.returncode == 0, build.stderr[-2000:]
    reference = (tmp_path / "reference" / "settings.html").read_text("utf-8")
    assert "jobs.transport" in reference
