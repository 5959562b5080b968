"""The source keeps the house rules, and each rule is shown to catch what it is for."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import source_rules as rules

SOURCE = Path(__file__).parents[2] / "src" / "b2b_dvizhenie"
Rule = Callable[[str], Iterator[tuple[int, str]]]


def sources(*parts: str) -> list[Path]:
    return [file for part in parts for file in sorted((SOURCE / part).rglob("*.py")) if "migrations" not in file.parts]


def findings(rule: Rule, files: list[Path]) -> list[str]:
    assert files
    return [
        f"{file.relative_to(SOURCE)}:{line} {what}" for file in files for line, what in rule(file.read_text("utf-8"))
    ]


@pytest.mark.parametrize(
    ("rule", "places"),
    [
        (rules.cyrillic_literals, ("domain", "application")),
        (rules.floats, ("domain",)),
        (rules.clocks, ("domain", "application", "adapters")),
        (rules.missing_docstrings, ("domain", "application", "adapters", "entrypoints", "testing")),
        (rules.litestar_caches, ("entrypoints",)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_rule_is_kept(rule: Rule, places: tuple[str, ...]) -> None:
    assert findings(rule, sources(*places)) == []


def test_contexts_meet_at_the_facade() -> None:
    found = []
    for file in sources("application"):
        module = "b2b_dvizhenie." + ".".join(file.relative_to(SOURCE).with_suffix("").parts)
        found += [f"{module}:{line} {what}" for line, what in rules.foreign_use_cases(file.read_text("utf-8"), module)]
    assert found == []


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        (rules.cyrillic_literals, '"""Заказ."""\nX = "order"\n', 'X = "заказ"\n'),
        (rules.floats, "X = 1\n", "X = 1.5\n"),
        (rules.floats, "X = int(1)\n", "X = float(1)\n"),
        (rules.clocks, "def f(now): return now\n", "from datetime import datetime\nX = datetime.now()\n"),
        (rules.missing_docstrings, '"""M."""\ndef f():\n    """D."""\n', '"""M."""\ndef f(): pass\n'),
        (rules.litestar_caches, '@get("/x")\ndef f(): ...\n', '@get("/x", cache=True)\ndef f(): ...\n'),
    ],
)
def test_rule_bites(rule: Rule, good: str, bad: str) -> None:
    assert list(rule(good)) == []
    assert len(list(rule(bad))) == 1


def test_facade_rule_bites() -> None:
    module = "b2b_dvizhenie.application.ordering.use_cases"
    good = "from b2b_dvizhenie.application.pricing import PriceLines\n"
    bad = "from b2b_dvizhenie.application.pricing.use_cases import PriceLines\n"
    assert list(rules.foreign_use_cases(good, module)) == []
    assert len(list(rules.foreign_use_cases(bad, module))) == 1


def test_files_stay_readable() -> None:
    """One concept per file: at most 400 lines; nothing but an `__init__` under 10."""
    sizes = {file: len(file.read_text("utf-8").splitlines()) for file in sources("")}
    too_long = [f"{file.relative_to(SOURCE)}: {size}" for file, size in sizes.items() if size > 400]
    too_short = [
        f"{file.relative_to(SOURCE)}: {size}"
        for file, size in sizes.items()
        if size < 10 and file.name not in ("__init__.py", "__main__.py")
    ]
    assert too_long == []
    assert too_short == []
