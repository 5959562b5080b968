"""Mistakes that somebody could make in the price engine, each with the property that must find it."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tools.mutants.derived import Mutant


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
    Seeded("floor above the base raises", "quotes", "min(lowest, base)", "lowest", "test_p4"),
    Seeded("no floor", "quotes", "return max(left, min(lowest, base))", "return left", "test_limits_hold"),
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
        "or known[0] != path",
        "",
        "test_p11_bites",
    ),
)


def seeded(sources: Path) -> Iterator[tuple[Seeded, Mutant]]:
    """The named mistakes; ValueError where the source is not what they were made for."""
    for one in SEEDED:
        path = sources / f"{one.module}.py"
        text = path.read_text()
        if text.count(one.old) != 1:
            raise ValueError(f"seeded mutant {one.name!r} does not fit its module any more")
        code = compile(text.replace(one.old, one.new), str(path), "exec")
        yield one, Mutant(one.name, one.module, code, "", range(0))
