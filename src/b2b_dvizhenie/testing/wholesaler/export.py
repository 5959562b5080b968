"""Writes the wholesaler's data as files of a 1C family: portions, pictures, buyers, and a manifest of what is inside.

The folder looks like what 1C sends: `import0_1.xml` …, `offers0_1.xml` …, `contragents0_1.xml`, `import_files/`.
`manifest.json` tells counts and digests, so that a reader can be checked against the truth.
"""

import hashlib
from pathlib import Path

import msgspec
from msgspec import Struct

from b2b_dvizhenie.testing.wholesaler.companies import BUYERS
from b2b_dvizhenie.testing.wholesaler.dialects import DIALECTS, Dialect, Profile
from b2b_dvizhenie.testing.wholesaler.drawings import draw
from b2b_dvizhenie.testing.wholesaler.goods import Wholesaler, picture_path
from b2b_dvizhenie.testing.wholesaler.layout import Part, catalog_parts, change_parts
from b2b_dvizhenie.testing.wholesaler.tally import Advance, Counts, Tally

MANIFEST = "manifest.json"
MADE_AT = "2026-01-15T10:00:00"
"""ДатаФормирования where nobody asks for another: equal arguments make equal bytes."""
_PIECES = 400


class ExportFile(Struct, frozen=True):
    """One XML file; `kind` is `import`, `offers`, `changes` or `partners`, `full` the flag inverted."""

    name: str
    kind: str
    full: bool
    size: int
    sha256: str


class Manifest(Struct, frozen=True):
    """What was written, in the order in which 1C would send it."""

    profile: Profile
    seed: int
    goods: int
    day: int
    files: tuple[ExportFile, ...]
    pictures: tuple[str, ...]
    counts: Counts

    def named(self, kind: str) -> tuple[str, ...]:
        """Names of the files of one kind, in order."""
        return tuple(file.name for file in self.files if file.kind == kind)


def steps(wholesaler: Wholesaler, *, pictures: bool = True) -> int:
    """How many steps `write_catalog` will report."""
    return 2 * wholesaler.size + (len(_pictures(wholesaler)) if pictures else 0)


def write_catalog(
    wholesaler: Wholesaler,
    out: Path,
    profile: Profile = Profile.UT115,
    *,
    portion: int = 1000,
    day: int = 0,
    at: str = MADE_AT,
    pictures: bool = True,
    advance: Advance = lambda _: None,
) -> Manifest:
    """A full export. `portion` goods per file; 0 = one file for goods and one for offers, as benches want it."""
    dialect = DIALECTS[profile]
    out.mkdir(parents=True, exist_ok=True)
    tally = Tally(wholesaler, day, advance)
    tally.counts.partners = len(BUYERS)
    drawn = _draw_pictures(wholesaler, dialect, out, advance) if pictures else ()
    ranges = _ranges(wholesaler.size, portion if dialect.portions else 0)
    parts = catalog_parts(wholesaler, dialect, at, ranges, tally)
    files = tuple(_write(out, part) for part in parts)
    return _manifest(out, Manifest(profile, wholesaler.seed, wholesaler.size, day, files, drawn, tally.counts))


def write_changes(
    wholesaler: Wholesaler, out: Path, day: int, profile: Profile = Profile.UT115, *, at: str = MADE_AT
) -> Manifest:
    """The price and stock job of `day` ≥ 1: only goods that moved on that day.

    УТ 11.5 sends ИзмененияПакетаПредложений, 3.1 prices and rests apart, the others a package of changes only.
    """
    out.mkdir(parents=True, exist_ok=True)
    tally = Tally(wholesaler, day, lambda _: None)
    parts = change_parts(DIALECTS[profile], at, tally.counted(wholesaler.changed_offers(day)))
    files = tuple(_write(out, part) for part in parts)
    return _manifest(out, Manifest(profile, wholesaler.seed, wholesaler.size, day, files, (), tally.counts))


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a folder written before."""
    return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)


def _manifest(out: Path, manifest: Manifest) -> Manifest:
    (out / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    return manifest


def _ranges(size: int, portion: int) -> list[tuple[int, int]]:
    step = portion or size
    return [(start, min(start + step, size)) for start in range(0, size, step)]


def _write(out: Path, part: Part) -> ExportFile:
    digest = hashlib.sha256()
    size = 0
    with (out / part.name).open("wb") as file:
        held: list[str] = []

        def flush() -> None:
            nonlocal size
            block = "".join(held).encode()
            held.clear()
            digest.update(block)
            size += file.write(block)

        for piece in part.text:
            held.append(piece)
            if len(held) == _PIECES:
                flush()
        flush()
    return ExportFile(part.name, part.kind, part.full, size, digest.hexdigest())


def _pictures(wholesaler: Wholesaler) -> dict[str, tuple[str, str]]:
    """Path → (kind, colour of the brand) of the pictures that goods name; a large catalogue names all there are."""
    everything = {
        picture_path(family.kind, brand): (family.kind, brand.colour)
        for family in wholesaler.assortment.families
        for brand in family.brands
    }
    named: set[str] = set()
    for good in wholesaler.goods():
        named.add(good.picture)
        if everything.keys() <= named:
            break
    return {path: drawing for path, drawing in everything.items() if path in named}


def _draw_pictures(wholesaler: Wholesaler, dialect: Dialect, out: Path, advance: Advance) -> tuple[str, ...]:
    names = []
    for path, (kind, brand_colour) in _pictures(wholesaler).items():
        name = path if dialect.picture_dashes else path.replace("-", "")
        target = out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(draw(kind, brand_colour))
        names.append(name)
        advance(1)
    return tuple(sorted(names))
