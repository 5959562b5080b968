"""The self-test of `./dev mutants`: it kills what is wrong and lets live what is right."""

import importlib.util
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "tools/mutants.py"


@pytest.fixture(scope="module")
def mutants():
    spec = importlib.util.spec_from_file_location("mutants", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_seeded_mistakes_fit_the_source_and_name_a_property(mutants) -> None:
    found = list(mutants.seeded())
    assert len(found) >= 14
    tests = "".join(Path(one).read_text() for one in mutants.tests())
    for one, mutant in found:
        assert f"def {one.killer}" in tests, one.killer
        compile(mutant.source, one.module, "exec")


def test_derived_mutants_differ_from_the_source_and_from_each_other(mutants) -> None:
    made = list(mutants.derived("quotes"))
    assert len({one.source for one in made}) == len(made) > 50
    for kind in (" -> return None", "left < lowest -> left >= lowest", "not discount -> discount", "max -> min"):
        assert any(kind in one.name for one in made), kind
