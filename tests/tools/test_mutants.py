"""The self-test of `./dev mutants`: it kills what is wrong, lets live what is right, and says what no test executes."""

import importlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "src/b2b_dvizhenie/domain/pricing"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT))
        return importlib.import_module("tools.mutants.__main__")


@pytest.fixture(scope="module")
def names(tool: ModuleType) -> Callable[[Path], list[str]]:
    return sys.modules["tools.mutants.derived"].names


def test_seeded_mistakes_fit_the_source_and_name_a_property(tool: ModuleType) -> None:
    found = list(tool.seeded(SOURCES))
    assert len(found) >= 14
    tests = "".join(one.read_text() for one in tool.PRICING.tests)
    for one, _ in found:
        assert f"def {one.killer}" in tests, one.killer


def test_derived_mutants_are_of_every_kind_and_have_names_of_their_own(names: Callable[[Path], list[str]]) -> None:
    found = names(SOURCES / "quotes.py")
    assert len(set(found)) == len(found) > 50
    for kind in (" -> return None", "left < bound[0] -> left >= bound[0]", "not discount -> discount", "max -> min"):
        assert any(kind in one for one in found), kind


def test_what_is_called_equivalent_is_a_mutant_and_has_a_reason(
    tool: ModuleType, names: Callable[[Path], list[str]]
) -> None:
    modules = {key.split(".")[0] for key in tool.EQUIVALENT}
    found = {name for module in modules for name in names(SOURCES / f"{module}.py")}
    assert set(tool.EQUIVALENT) - found == set()
    assert all(len(reason) > 20 for reason in tool.EQUIVALENT.values())


SOURCE = """
    LIMIT = 3

    def rest(number):
        while number > LIMIT:
            number = number - LIMIT
        return number

    def nobody_asks(number):
        return number + 1
"""
TESTS = """
    from planted.one import rest

    def test_rest():
        assert rest(5) == 2
"""
TRY = """
    import json, sys
    from pathlib import Path
    from tools.mutants.derived import derived
    from tools.mutants import trials

    folder = Path(sys.argv[1])
    sys.path.insert(0, str(folder))
    trials.SPARE_SECONDS = 0.5
    trials.load_profile(5)
    fates = {}
    ground = trials.Ground("planted", folder / "planted", (folder / "test_one.py",), (folder,))
    found = list(derived(folder / "planted/one.py"))
    trials.Trials(ground, found, 2, lambda mutant, fate: fates.update({mutant.name: fate}))()
    print(json.dumps(fates))
"""


def test_faults_meet_their_fate(tmp_path: Path) -> None:
    """A wrong result, an endless loop, a fault that nobody can see, and code that no test executes."""
    (tmp_path / "planted").mkdir()
    (tmp_path / "planted/__init__.py").touch()
    (tmp_path / "planted/one.py").write_text(dedent(SOURCE))
    (tmp_path / "test_one.py").write_text(dedent(TESTS))
    command = [sys.executable, "-c", dedent(TRY), str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {
        "one.*: 3 -> 4": "killed",
        "one.rest: number > LIMIT -> number >= LIMIT": "survived",
        "one.rest: number > LIMIT -> number <= LIMIT": "killed",
        "one.rest: number - LIMIT -> number + LIMIT": "hung",
        "one.rest: return number -> return None": "killed",
        "one.nobody_asks: return number + 1 -> return None": "unreached",
        "one.nobody_asks: number + 1 -> number - 1": "unreached",
        "one.nobody_asks: 1 -> 2": "unreached",
    }
