"""Running the tests that can meet a fault, in a forked process for each, until one of them fails.

All tests are collected once. They are run once over the sound source, which tells what each takes and which lines it
executes. Then each mutant is tried by the tests that execute its line, the quickest first: a fault inside a function by
giving that function other code, which takes no time; one that acts when its module is loaded by loading all anew.
Nothing is written to disk. A process that a fault makes run for ever ends by its limit of processor time.
"""

import gc
import importlib.abc
import importlib.util
import math
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import partial
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType
from typing import NamedTuple

import coverage
import pytest
from hypothesis import HealthCheck, Phase, settings
from tools.mutants.derived import Mutant

OPTIONS = (
    "--disable-plugin-autoload",
    "--noconftest",
    "--assert=plain",
    "--import-mode=importlib",
    "--capture=no",
    "-pno:cacheprovider",
    "-pno:faulthandler",
    "-pno:terminal",
    "-pno:warnings",
    "-omarkers=nightly: runs for long",
    "-mnot nightly",
    f"-c{os.devnull}",
)
SPARE_SECONDS = 3
"""Processor time that a test may take beside twice what it takes over the sound source."""
LOADING_SECONDS = 30
"""Processor time until the first test."""
MEMORY = 4 << 30
"""Bytes that a process may ask for: a fault may make a list grow for ever."""


class Fate(StrEnum):
    """What becomes of a mutant."""

    KILLED = "killed"
    HUNG = "hung"  # ended by its limit of time: nobody would overlook it either
    SURVIVED = "survived"
    UNREACHED = "unreached"  # no test executes its line


class Ground(NamedTuple):
    """Where mutants are planted and what tries them: a package, the folder of its modules, tests, and import paths."""

    package: str
    sources: Path
    tests: tuple[Path, ...]
    paths: tuple[Path, ...]


class Unsound(Exception):
    """The tests do not hold for the source itself, or tell nothing: there is nothing to be said of mutants."""


def load_profile(examples: int) -> None:
    """Properties are tried by so many examples, always the same; for tests that are loaded from now on."""
    settings.register_profile(
        "mutants",
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("mutants")


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads a mutant in place of the real module."""

    def __init__(self, name: str, code: CodeType) -> None:
        self._name = name
        self._code = code

    def find_spec(self, name: str, _path: object, _target: object = None) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(name, self) if name == self._name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)  # noqa: S102 - our own source


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _codes(one)


def _give_other_code(ground: Ground, mutant: Mutant) -> None:
    """The fault in a function that is loaded already: whoever holds the function meets it."""
    *classes, name = mutant.function.split(".")
    holder: object = sys.modules[f"{ground.package}.{mutant.module}"]
    for one in classes:
        holder = getattr(holder, one)
    found = vars(holder)[name]
    for inner in ("__func__", "fget", "func"):  # of class methods, properties and cached ones
        found = getattr(found, inner, found)
    found.__code__ = next(one for one in _codes(mutant.code) if one.co_qualname == mutant.function)


def forget(ground: Ground) -> None:
    """Unload what was loaded from the sources and the tests."""
    folders = tuple(str(one) for one in (*ground.paths, *{one.parent for one in ground.tests}))
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(folders):
            del sys.modules[name]


class _Judge:
    """A pytest plugin of a forked process: it ends with the first test that fails, or that takes too long.

    Args:
        took: what each test takes over the sound source, in seconds of processor time.
        rank: those to be run have one, the lowest first; None where they are chosen already.
    """

    def __init__(self, took: Mapping[str, float], rank: Callable[[pytest.Item], float | None] | None = None) -> None:
        self._took = took
        self._rank = rank

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self._rank is not None:
            ranked = [(rank, place) for place, one in enumerate(items) if (rank := self._rank(one)) is not None]
            items[:] = [items[place] for _, place in sorted(ranked)]

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        _limit(time.process_time() + 2 * self._took.get(nodeid, 0) + SPARE_SECONDS)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            os._exit(1)


def _limit(seconds: float) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = math.ceil(seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))


def _run(ground: Ground, plugin: object, files: Iterable[Path]) -> int:
    return int(pytest.main([*OPTIONS, f"--rootdir={ground.sources.root}", *map(str, files)], plugins=[plugin]))


def _fork(work: Callable[[], int]) -> int:
    """The id of a process that does this work and ends with the code it gives."""
    if child := os.fork():
        return child
    try:
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, 1)
        os.dup2(sink, 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        _limit(LOADING_SECONDS)
        code = work()
    except BaseException:  # noqa: BLE001 - a mutant may break anything
        code = 1
    os._exit(code)


def _fate(status: int) -> Fate:
    if os.WIFSIGNALED(status):
        return Fate.HUNG if os.WTERMSIG(status) == signal.SIGXCPU else Fate.KILLED
    match os.waitstatus_to_exitcode(status):
        case pytest.ExitCode.OK:
            return Fate.SURVIVED
        case pytest.ExitCode.TESTS_FAILED | pytest.ExitCode.INTERRUPTED:  # the latter where it cannot even be loaded
            return Fate.KILLED
        case code:
            raise Unsound(f"a mutant was not tried: {code}")


def fate_by(ground: Ground, mutant: Mutant, *killers: str) -> Fate:
    """What becomes of a mutant that only the tests may find whose names begin so."""
    files = [one for one in ground.tests if any(f"def {name}" in one.read_text() for name in killers)]

    def work() -> int:
        forget(ground)
        sys.meta_path.insert(0, _Finder(f"{ground.package}.{mutant.module}", mutant.code))
        return _run(ground, _Judge({}, lambda item: 0.0 if item.name.startswith(killers) else None), files)

    _, status = os.waitpid(_fork(work), 0)
    return _fate(status)


class Trials:
    """A pytest plugin that tries mutants in place of running tests. `told` hears of each fate as it is known."""

    def __init__(
        self, ground: Ground, mutants: Sequence[Mutant], jobs: int, told: Callable[[Mutant, Fate], None]
    ) -> None:
        self._ground = ground
        self._mutants = mutants
        self._jobs = jobs
        self._told = told
        self._took: dict[str, float] = {}
        self._failures: list[str] = []

    def __call__(self) -> None:
        """Try them all; Unsound when the tests do not hold for the source itself."""
        forget(self._ground)
        code = _run(self._ground, self, self._ground.tests)
        if code == pytest.ExitCode.INTERRUPTED and not self._failures:
            raise KeyboardInterrupt
        if self._failures or code:
            raise Unsound("\n".join(self._failures) or f"pytest ended with {code}")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._failures.append(str(report.longrepr))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._failures.append(f"{report.nodeid}\n{report.longrepr}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        meeting = self._recorded(session.items)
        if not self._failures:
            gc.collect()
            gc.freeze()  # so that forked processes share what they only read
            try:
                self._try_all(session.items, meeting)
            except Unsound as why:  # pytest would make an error of its own of it
                self._failures.append(str(why))
        return True

    def _recorded(self, items: Sequence[pytest.Item]) -> dict[tuple[str, int], set[str]]:
        """Which tests execute which line of which module."""
        recorder = coverage.Coverage(data_file=None, config_file=False, include=[f"{self._ground.sources}/*"])
        recorder.start()
        for item, following in _with_next(items):
            recorder.switch_context(item.nodeid)
            start = time.process_time()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            self._took[item.nodeid] = time.process_time() - start
        recorder.stop()
        data = recorder.get_data()
        return {
            (Path(file).stem, line): set(tests)
            for file in data.measured_files()
            for line, tests in data.contexts_by_lineno(file).items()
        }

    def _try_all(self, items: Sequence[pytest.Item], meeting: dict[tuple[str, int], set[str]]) -> None:
        of_module: dict[str, set[str]] = {}
        for (module, _), tests in meeting.items():
            of_module.setdefault(module, set()).update(tests)
        for start in (partial(self._started_hot, None, items), partial(self._started_cold, None)):
            if _fate(os.waitpid(start(self._took), 0)[1]) is not Fate.SURVIVED:
                raise Unsound("tests fail in a forked process where nothing is planted")
        running: dict[int, Mutant] = {}
        for mutant in self._mutants:
            near = of_module.get(mutant.module, set())
            if mutant.function:
                tests = set().union(*(meeting.get((mutant.module, line), set()) for line in mutant.lines))
            else:
                tests = set(self._took)
            if not tests:
                self._told(mutant, Fate.UNREACHED)
                continue
            if len(running) == self._jobs:
                self._await_one(running)
            order = {one: self._took[one] + (0 if one in near else 1_000_000) for one in tests}
            started = self._started_hot(mutant, items, order) if mutant.function else self._started_cold(mutant, order)
            running[started] = mutant
        while running:
            self._await_one(running)

    def _await_one(self, running: dict[int, Mutant]) -> None:
        child, status = os.wait()
        self._told(running.pop(child), _fate(status))

    def _started_hot(self, mutant: Mutant | None, items: Sequence[pytest.Item], order: Mapping[str, float]) -> int:
        """A process that runs tests as they are loaded here, in this order; None: with nothing planted."""

        def work() -> int:
            try:
                if mutant is not None:
                    _give_other_code(self._ground, mutant)
            except ValueError:  # code without `super()` where there was one: Python takes it by loading only
                return self._loaded_anew(mutant, order)
            except Exception:  # noqa: BLE001 - whatever it is, it is not the mutant's
                return os.EX_SOFTWARE
            chosen = sorted((one for one in items if one.nodeid in order), key=lambda one: order[one.nodeid])
            chosen[0].config.pluginmanager.register(_Judge(self._took))
            for item, following in _with_next(chosen):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            return 0

        return _fork(work)

    def _started_cold(self, mutant: Mutant | None, order: Mapping[str, float]) -> int:
        """The same with sources and tests loaded anew."""
        return _fork(lambda: self._loaded_anew(mutant, order))

    def _loaded_anew(self, mutant: Mutant | None, order: Mapping[str, float]) -> int:
        forget(self._ground)
        if mutant is not None:
            sys.meta_path.insert(0, _Finder(f"{self._ground.package}.{mutant.module}", mutant.code))
        return _run(self._ground, _Judge(self._took, lambda item: order.get(item.nodeid)), self._ground.tests)


def _with_next(items: Sequence[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    return zip(items, [*items[1:], None], strict=True)
