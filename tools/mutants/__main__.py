"""`./dev mutants`: plant faults in the price engine, try them by its fast properties, tell the score.

Two kinds: seeded ones, each a named mistake that somebody could make, and all that follow from small changes of the
source's syntax. First every mutant is tried by few examples of each property, then what survived by many.
"""

import argparse
import hashlib
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table
from tools.mutants.derived import Mutant, derived
from tools.mutants.equivalent import EQUIVALENT
from tools.mutants.seeded import seeded
from tools.mutants.trials import Fate, Ground, Trials, Unsound, fate_by, load_profile

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "src/b2b_dvizhenie/domain/pricing"
DOMAIN = ROOT / "tests/domain"
PRICING = Ground(
    package="b2b_dvizhenie.domain.pricing",
    sources=SOURCES,
    tests=(
        *(
            DOMAIN / f"test_{name}.py"
            for name in (
                "bulk_prices",
                "currencies",
                "displaying",
                "dominance",
                "generated_prices",
                "live_prices",
                "parity_with_1c",
                "price_properties",
                "quotes",
                "strategies",
                "what_if",
            )
        ),
        *sorted((DOMAIN / "pricing").glob("test_*.py")),
        ROOT / "tests/application/test_price_shares.py",
    ),
    paths=(ROOT / "src", ROOT / "tests/support"),
)
MODULES = tuple(sorted(one.stem for one in SOURCES.glob("*.py") if one.stem != "__init__"))
FEW, MANY = 15, 100
"""Examples of a property: nearly every mutant dies of few."""
SCORE = 95
RESULTS = ROOT / "var/mutants.json"


class Kept(msgspec.Struct):
    """What a run has found so far, so that it can go on: of this state of sources, tests and tool."""

    state: str
    fates: dict[str, Fate] = {}

    @classmethod
    def read(cls) -> "Kept":
        """What the last run left."""
        try:
            return msgspec.json.decode(RESULTS.read_bytes(), type=cls)
        except (FileNotFoundError, msgspec.DecodeError):
            return cls("")

    def write(self) -> None:
        """Leave it to the next run."""
        RESULTS.parent.mkdir(exist_ok=True)
        half = RESULTS.with_suffix(".half")
        half.write_bytes(msgspec.json.format(msgspec.json.encode(self)))
        half.replace(RESULTS)


def state() -> str:
    """Changes with everything that a fate depends on."""
    folders = (ROOT / "src/b2b_dvizhenie/domain", ROOT / "tests/support", Path(__file__).parent)
    files = [*PRICING.tests, *(one for folder in folders for one in sorted(folder.rglob("*.py")))]
    return hashlib.sha256(b"".join(one.read_bytes() for one in files)).hexdigest()


def seeds_survive(console: Console) -> bool:
    """Whether a seeded mistake is overlooked by its property."""
    seeds = dict(seeded(SOURCES))
    sound = Mutant("nothing", "quotes", compile((SOURCES / "quotes.py").read_text(), "quotes.py", "exec"), "", range(0))
    if fate_by(PRICING, sound, *(one.killer for one in seeds)) is not Fate.SURVIVED:
        raise Unsound("one of the properties that must find the seeded mistakes finds one where there is none")
    found = {one: fate_by(PRICING, mutant, one.killer) for one, mutant in seeds.items()}
    for one, fate in found.items():
        if fate is Fate.SURVIVED:
            console.print(f"seeded mistake survives: {one.name} ({one.killer})", markup=False)
    killed = sum(fate is not Fate.SURVIVED for fate in found.values())
    console.print(f"{killed} of {len(found)} seeded mistakes are found by the property that must find them")
    return killed < len(found)


def tried(mutants: Sequence[Mutant], kept: Kept, jobs: int) -> dict[str, Fate]:
    """The fate of each mutant; what is kept already is not tried again."""
    fates = {one.name: kept.fates[one.name] for one in mutants if one.name in kept.fates}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        for examples in (FEW, MANY):
            left = [one for one in mutants if one.name not in fates and (examples == FEW or one.name not in EQUIVALENT)]
            if not left:
                break
            task = progress.add_task(f"{examples} examples", total=len(left))

            def told(mutant: Mutant, fate: Fate, examples: int = examples, task: TaskID = task) -> None:
                if fate in {Fate.KILLED, Fate.HUNG} or examples == MANY or mutant.name in EQUIVALENT:
                    fates[mutant.name] = kept.fates[mutant.name] = fate
                    kept.write()
                counted = [fate for name, fate in fates.items() if name not in EQUIVALENT]
                score = f"{examples} examples, {_score(counted):.1f} % of {len(counted)}"
                progress.update(task, advance=1, description=score)

            load_profile(examples)
            Trials(PRICING, left, jobs, told)()
    return fates


def _score(fates: Iterable[Fate]) -> float:
    told = Counter(fate in {Fate.KILLED, Fate.HUNG} for fate in fates)
    return 100 * told[True] / max(told.total(), 1)


def report(console: Console, mutants: Sequence[Mutant], fates: dict[str, Fate]) -> float:
    """Tell what survived and the table of modules; gives the score. What is called equivalent is not counted."""
    mutants = [one for one in mutants if one.name not in EQUIVALENT]
    for one in mutants:
        if fates[one.name] in {Fate.SURVIVED, Fate.UNREACHED}:
            console.print(f"{fates[one.name]} {one.name} (line {one.lines.start})", markup=False, soft_wrap=True)
    table = Table("module", *("mutants", *Fate, "score, %"))
    modules = sorted({one.module for one in mutants})
    for name in (*modules, "all"):
        of_module = Counter(fates[one.name] for one in mutants if name in {one.module, "all"})
        row = [of_module.total(), *(of_module[fate] for fate in Fate)]
        table.add_row(name, *map(str, row), f"{_score(of_module.elements()):.1f}")
    console.print(table)
    return _score(fates[one.name] for one in mutants)


def told_apart(fates: dict[str, Fate]) -> list[str]:
    """What is called equivalent and yet told from the source by a test."""
    return [name for name in EQUIVALENT if fates.get(name) in {Fate.KILLED, Fate.HUNG}]


def main() -> int:
    """Run them; the exit code is 0 when the score is reached and every seeded mistake is found by its property."""
    parser = argparse.ArgumentParser(prog="./dev mutants", description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once")
    parser.add_argument("--sample", type=int, default=0, help="take so many derived mutants by lot")
    parser.add_argument("--seed", type=int, default=0, help="of the lot")
    parser.add_argument("--seeded", action="store_true", help="only the seeded ones")
    parser.add_argument("--survivors", action="store_true", help="believe what was killed last time")
    parser.add_argument("--anew", action="store_true", help="keep nothing of an earlier run")
    parser.add_argument("modules", nargs="*", help=", ".join(MODULES))
    asked = parser.parse_args()
    if unknown := set(asked.modules) - set(MODULES):
        parser.error(f"no such module: {', '.join(sorted(unknown))}")
    console, begun = Console(), time.monotonic()
    sys.path[:0] = map(str, PRICING.paths)
    load_profile(MANY)
    mutants = [one for module in asked.modules or MODULES for one in derived(SOURCES / f"{module}.py")]
    kept, now = Kept.read(), state()
    if asked.survivors:
        kept.fates = {key: fate for key, fate in kept.fates.items() if fate in {Fate.KILLED, Fate.HUNG}}
    elif asked.anew or kept.state != now:
        kept = Kept(now)
    if 0 < asked.sample < len(mutants):
        mutants = Random(asked.seed).sample(mutants, asked.sample)  # noqa: S311 - must be reproducible
    try:
        is_part = asked.survivors or asked.modules or asked.sample
        failed = not is_part and seeds_survive(console)
        if asked.seeded:
            return int(failed)
        fates = tried(mutants, kept, asked.jobs)
    except Unsound as why:
        console.print(f"nothing can be said of mutants:\n{why}", markup=False)
        return 2
    except KeyboardInterrupt:
        console.print("interrupted: the next run goes on here")
        return 130
    score = report(console, mutants, fates)
    for name in told_apart(fates):
        failed = True
        console.print(f"called equivalent and yet killed: {name}", markup=False)
    console.print(
        f"{score:.1f} %, wanted {SCORE} %; {time.monotonic() - begun:.0f} s by the clock, "
        f"{sum(os.times()[:4]):.0f} s of a core, {asked.jobs} at once",
        soft_wrap=True,
    )
    return int(failed or score < SCORE)


if __name__ == "__main__":
    sys.exit(main())
