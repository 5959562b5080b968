"""`./dev mutants`: faults are planted in the price engine, one at a time, and the fast properties must find each.

Two kinds: seeded ones, each a named mistake that somebody could make, and all that follow from small changes of the
source's syntax tree (another comparison, operator, constant …). A mutant is run in a forked process that loads the
changed module in place of the real one; nothing is written to disk. `--sample N --seed S` takes N of the second kind by
lot, `--every N` each N-th. Known libraries write every mutant to disk and start a test run for each, some ten times as
slow. Those in `EQUIVALENT` change nothing that could be told and are not counted.
"""

import argparse
import ast
import importlib.abc
import importlib.util
import os
import signal
import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path
from random import Random
from types import ModuleType
from typing import NamedTuple

import hypothesis
import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = "b2b_dvizhenie.domain.pricing"
SOURCES = ROOT / "src" / PACKAGE.replace(".", "/")
MODULES = ("quotes", "strategies", "rules", "groups", "books", "bulk", "shelves", "replaying", "what_if")
"""What decides prices. Not `shares`: they may be loose, so most faults planted there make nothing wrong."""
TESTS = (
    "test_dominance",
    "test_parity_with_1c",
    "test_strategies",
    "test_bulk_prices",
    "test_quotes",
    "test_what_if",
    "test_price_properties",
)
EQUIVALENT: dict[str, str] = {}
"""What a mutant is called, and why nobody can tell it from the source."""
SCORE = 95
SECONDS = 60
KILLED, SURVIVED, HUNG = "killed", "survived", "hung"


class Seeded(NamedTuple):
    """A mistake: in a module, `old` is written as `new`; `killer` is the property that must find it."""

    name: str
    module: str
    old: str
    new: str
    killer: str


SEEDED = (
    Seeded(
        "other companies' rules match", "rules", "buyer.company_id in self.companies", "True", "test_company_isolation"
    ),
    Seeded("closed interval", "rules", "now >= self.ends_at", "now > self.ends_at", "test_validity_is_half_open"),
    Seeded(
        "no subtree",
        "rules",
        "self.category_id not in goods.path",
        "self.category_id != goods.path[-1]",
        "test_index_finds",
    ),
    Seeded(
        "or instead of and",
        "rules",
        "if self.brand_id is not None and self.brand_id != goods.brand_id:",
        "if self.brand_id is not None and self.category_id is None and self.brand_id != goods.brand_id:",
        "test_what_does_not_match",
    ),
    Seeded("no subtree in the index", "books", "in sections:", "in sections[-1:]:", "test_a_category_covers"),
    Seeded("no tie-break", "strategies", "-depth, member.order, number)", "-depth, 0, 0)", "test_ties_are_decided"),
    Seeded(
        "summing where one wins",
        "strategies",
        "            case Strategy.MAX | Strategy.REFUSE:\n                return self._largest(",
        "            case Strategy.MAX | Strategy.REFUSE:\n                return self._sum(",
        "test_the_larger_discount",
    ),
    Seeded(
        "rounding is left out",
        "quotes",
        "Space(quantity, rounded, _exact)",
        "Space(quantity, _exact, _exact)",
        "test_p14",
    ),
    Seeded("floor above the base raises", "quotes", "min(lowest, base) if left", "lowest if left", "test_p4"),
    Seeded(
        "no floor", "quotes", "return min(lowest, base) if left < lowest else left", "return left", "test_limits_hold"
    ),
    Seeded("depth does not count", "rules", "goods.path.index(self.category_id) + 1", "1", "test_deeper_category"),
    Seeded(
        "the percent does not count inside a kind",
        "strategies",
        "self._keep(group, group.inner, [one for one in same",
        "self._keep(group, Strategy.MIN, [one for one in same",
        "test_the_higher_percent",
    ),
    Seeded(
        "quantity break not reached",
        "quotes",
        "point.min_quantity > line.quantity",
        "False",
        "test_base_is_the_largest",
    ),
    Seeded(
        "a fixed price adds", "strategies", "max(_ZERO, remainder - value", "(remainder - value", "test_a_dearer_fixed"
    ),
    Seeded(
        "zero is not ignored", "strategies", "if one.discount > 0] if group", "] if group", "test_the_smallest_ignores"
    ),
    Seeded(
        "exclusive when equal",
        "strategies",
        "best.discount > together.discount",
        "best.discount >= together.discount",
        "test_exclusive_loses",
    ),
    Seeded("inactive rules match", "rules", "if not self.is_active:", "if False:", "test_no_matching_rule"),
    Seeded("bulk forgets the minimum", "bulk", "if quantity >= minimum:", "if True:", "test_p11"),
    Seeded(
        "bulk shares other goods' sections",
        "bulk",
        "or (known[0] is not path and known[0] != path)",
        "",
        "test_p11_bites",
    ),
)


class Mutant(NamedTuple):
    """A changed source of a module."""

    name: str
    module: str
    source: str


_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,  # codespell:ignore
    ast.NotIn: ast.In,  # codespell:ignore
}
_NEGATED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
}
_OPERATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}
_SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any"}


def _changes(node: ast.AST) -> Iterator[ast.AST]:  # noqa: C901 - one branch for each kind of node
    """What a node could have been by mistake."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARED:
        for table in (_COMPARED, _NEGATED):
            if (other := table.get(type(node.ops[0]))) is not None:
                yield ast.Compare(node.left, [other(), *node.ops[1:]], node.comparators)
    elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATED:
        yield ast.BinOp(node.left, _OPERATED[type(node.op)](), node.right)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node.operand
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield ast.Constant(node.value + 1)
    elif isinstance(node, ast.Constant) and type(node.value) is bool:
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.IfExp):
        yield ast.IfExp(node.test, node.orelse, node.body)
    elif isinstance(node, ast.If) and not isinstance(node.test, ast.Compare | ast.UnaryOp):
        yield ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Name) and node.id in _SWAPPED:
        yield ast.Name(_SWAPPED[node.id], node.ctx)


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _told(node: ast.AST) -> str:
    """A node in one line: of a branch only its condition."""
    return ast.unparse(node.test if isinstance(node, ast.If) else node).replace("\n", " ")


class _Change(ast.NodeTransformer):
    """Changes the node at one place of the walk."""

    def __init__(self, place: int) -> None:
        self._place = place
        self.place = -1
        self.told = ""

    def _skipped(self, node: ast.AST) -> bool:
        # Values of constants of a class are its schema; messages and annotations do nothing.
        return isinstance(node, ast.Raise | ast.AnnAssign | ast.arg | ast.ImportFrom)

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if self._skipped(node):
            return node
        for change in _changes(node):
            self.place += 1
            if self.place == self._place:
                self.told = f"{getattr(node, 'lineno', 0)}: {_told(node)} -> {_told(change)}"
                return ast.copy_location(change, node)
        return super().generic_visit(node)


def derived(module: str) -> Iterator[Mutant]:
    """Every mutant that follows from the syntax of a module."""
    text = (SOURCES / f"{module}.py").read_text()
    for place in range(10_000):
        change = _Change(place)
        tree = ast.fix_missing_locations(change.visit(ast.parse(text)))
        if not change.told:
            return
        name = f"{module}.py:{change.told}"
        if name.split(": ", 1)[1] not in EQUIVALENT:
            yield Mutant(name, module, ast.unparse(tree))


def seeded() -> Iterator[tuple[Seeded, Mutant]]:
    """The named mistakes; ValueError where the source is not what they were made for."""
    for one in SEEDED:
        text = (SOURCES / f"{one.module}.py").read_text()
        if text.count(one.old) != 1:
            raise ValueError(f"seeded mutant {one.name!r} does not fit its module any more")
        yield one, Mutant(one.name, one.module, text.replace(one.old, one.new))


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads the changed source in place of the real module."""

    def __init__(self, mutant: Mutant) -> None:
        self._name = f"{PACKAGE}.{mutant.module}"
        self._mutant = mutant

    def find_spec(self, name: str, _path: object, _target: object = None) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(name, self) if name == self._name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._mutant.source, self._mutant.module, "exec"), module.__dict__)  # noqa: S102 - our own source


def tests() -> list[str]:
    """The fast properties, those that kill most first."""
    files = (ROOT / "tests/domain" / f"{name}.py" for name in TESTS)
    return [str(one) for one in files if one.exists()]


def fate(mutant: Mutant | None, killer: str = "") -> str:
    """What becomes of a mutant; None: of the real source. `killer` is the only property that may find it."""
    child = os.fork()
    if not child:
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, 1)
        os.dup2(sink, 2)
        signal.alarm(SECONDS)
        if mutant is not None:
            sys.meta_path.insert(0, _Finder(mutant))
        chosen = ["-k", killer] if killer else []
        options = ["-x", "-q", "--noconftest", "-p", "no:cacheprovider", "-p", "no:randomly", "-c", os.devnull]
        try:
            code = int(pytest.main([*tests(), *chosen, *options, f"--rootdir={ROOT}"]))
        except BaseException:  # noqa: BLE001 - a mutant may break anything
            code = 1
        os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return HUNG
    return SURVIVED if os.waitstatus_to_exitcode(status) == 0 else KILLED


def prepare() -> None:
    """What every child starts with: deterministic, short properties."""
    sys.path[:0] = [str(ROOT / "tests/support"), str(ROOT / "src")]
    hypothesis.settings.register_profile("mutants", max_examples=80, derandomize=True, database=None, deadline=None)
    hypothesis.settings.load_profile("mutants")


def main() -> int:
    """Run them; the exit code is 0 when the score is reached and every seeded one is killed by its property."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=1, help="take each N-th derived mutant")
    parser.add_argument("--sample", type=int, default=0, help="take so many derived mutants by lot")
    parser.add_argument("--seed", type=int, default=0, help="of the lot")
    parser.add_argument("--seeded", action="store_true", help="only the seeded ones")
    parser.add_argument("modules", nargs="*", help=", ".join(MODULES))
    asked = parser.parse_args()
    prepare()
    if fate(None) != SURVIVED:
        print("the properties do not hold for the source itself")
        return 2
    failed = 0
    for one, mutant in seeded():
        outcome = fate(mutant, one.killer)
        failed += outcome == SURVIVED
        print(f"seeded {outcome:8} {one.name} ({one.killer})", flush=True)
    if asked.seeded:
        return 1 if failed else 0
    mutants = [one for module in asked.modules or MODULES for one in derived(module)][:: asked.every]
    if 0 < asked.sample < len(mutants):
        mutants = Random(asked.seed).sample(mutants, asked.sample)  # noqa: S311 - must be reproducible
    survivors = []
    for place, mutant in enumerate(mutants, 1):
        outcome = fate(mutant)
        if outcome == SURVIVED:
            survivors.append(mutant.name)
        if sys.stderr.isatty():
            print(f"\r{place}/{len(mutants)}, {len(survivors)} survive", end="", file=sys.stderr, flush=True)
        elif place % 20 == 0:
            print(f"{place} of {len(mutants)}, {len(survivors)} survive", file=sys.stderr, flush=True)
    for one in survivors:
        print(f"survived {one}")
    score = 100 * (len(mutants) - len(survivors)) / max(len(mutants), 1)
    print(f"{len(mutants)} mutants, {len(survivors)} survive: {score:.1f} %, wanted {SCORE} %")
    return 1 if failed or score < SCORE else 0


if __name__ == "__main__":
    sys.exit(main())
