"""Writes the wholesaler's data as files of a 1C family: portions, pictures, buyers, and a manifest of what is inside.

The folder looks like what 1C sends: `import0_1.xml` …, `offers0_1.xml` …, `contragents0_1.xml`, `import_files/`.
`manifest.json` tells counts and digests, so that a reader can be checked against the truth.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from b2b_dvizhenie.testing.wholesaler import commerceml, commerceml_rows
from b2b_dvizhenie.testing.wholesaler.companies import BUYERS
from b2b_dvizhenie.testing.wholesaler.dialects import DIALECTS, Dialect, Profile
from b2b_dvizhenie.testing.wholesaler.drawings import draw
from b2b_dvizhenie.testing.wholesaler.goods import Good, Offer, Wholesaler, picture_path

MANIFEST = "manifest.json"
MADE_AT = "2026-01-15T10:00:00"
"""ДатаФормирования where nobody asks for another: equal arguments make equal bytes."""
_PIECES = 400


class Counts(Struct):
    """What the files hold, as a careful reader should find it."""

    goods: int = 0
    deleted: int = 0
    empty_articles: int = 0
    copied_articles: int = 0
    without_section: int = 0
    without_barcode: int = 0
    without_picture: int = 0
    lost_pictures: int = 0
    variants: int = 0
    offers: int = 0
    variant_offers: int = 0
    prices: int = 0
    zero_prices: int = 0
    unpriced_offers: int = 0
    stocks: int = 0
    negative_stocks: int = 0
    zero_stocks: int = 0
    partners: int = 0


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


Advance = Callable[[int], None]
"""Told about every good whose catalogue or offer rows were written, and about every picture."""


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
    counts = Counts(partners=len(BUYERS))
    drawn = _draw_pictures(wholesaler, dialect, out, advance) if pictures else ()
    ranges = _ranges(wholesaler.size, portion if dialect.portions else 0)
    files = []
    for number, (start, stop) in enumerate(ranges):
        full = number == 0
        goods = _counted_goods(wholesaler.goods(start, stop), counts, advance)
        body = _chain(
            _classifier(wholesaler, dialect) if full else (),
            commerceml_rows.catalog(goods, dialect, full=full),
        )
        name = _name(dialect.import_name, number + dialect.first_number())
        files.append(_write(out / name, "import", full, commerceml.document(dialect, at, body)))
    for number, (start, stop) in enumerate(ranges):
        full = number == 0
        offers = _counted_offers(wholesaler, (start, stop), day, counts, advance)
        head = commerceml.classifier(dialect, ()) if full else ()
        body = _chain(head, commerceml_rows.package(offers, full=full))
        name = _name(dialect.offers_name, number + dialect.first_number())
        files.append(_write(out / name, "offers", full, commerceml.document(dialect, at, body)))
    name = _name(dialect.partners_name, dialect.first_number())
    files.append(_write(out / name, "partners", True, commerceml.document(dialect, at, commerceml.partners())))
    return _manifest(out, Manifest(profile, wholesaler.seed, wholesaler.size, day, tuple(files), drawn, counts))


def write_changes(
    wholesaler: Wholesaler, out: Path, day: int, profile: Profile = Profile.UT115, *, at: str = MADE_AT
) -> Manifest:
    """The price and stock job of `day` ≥ 1: only goods that moved on that day.

    УТ 11.5 sends ИзмененияПакетаПредложений, the others a package of changes only.
    """
    dialect = DIALECTS[profile]
    out.mkdir(parents=True, exist_ok=True)
    counts = Counts()
    offers = _tallied(wholesaler.changed_offers(day), counts)
    if profile is Profile.UT115:
        body = commerceml_rows.package_changes(offers)
    else:
        body = commerceml_rows.package(offers, full=False)
    name = _name(dialect.offers_name, dialect.first_number())
    file = _write(out / name, "changes", False, commerceml.document(dialect, at, body))
    return _manifest(out, Manifest(profile, wholesaler.seed, wholesaler.size, day, (file,), (), counts))


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a folder written before."""
    return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)


def _manifest(out: Path, manifest: Manifest) -> Manifest:
    (out / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    return manifest


def _ranges(size: int, portion: int) -> list[tuple[int, int]]:
    step = portion or size
    return [(start, min(start + step, size)) for start in range(0, size, step)]


def _name(template: str, number: int) -> str:
    return template.format(n=number)


def _chain(*parts: Iterable[str]) -> Iterator[str]:
    for part in parts:
        yield from part


def _classifier(wholesaler: Wholesaler, dialect: Dialect) -> Iterator[str]:
    assortment = wholesaler.assortment
    body = _chain(commerceml.sections(assortment.sections), commerceml.properties(assortment.properties))
    return commerceml.classifier(dialect, body)


def _write(path: Path, kind: str, full: bool, pieces: Iterable[str]) -> ExportFile:
    digest = hashlib.sha256()
    size = 0
    with path.open("wb") as file:
        held: list[str] = []

        def flush() -> None:
            nonlocal size
            block = "".join(held).encode()
            held.clear()
            digest.update(block)
            size += file.write(block)

        for piece in pieces:
            held.append(piece)
            if len(held) == _PIECES:
                flush()
        flush()
    return ExportFile(path.name, kind, full, size, digest.hexdigest())


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


def _counted_goods(goods: Iterable[Good], counts: Counts, advance: Advance) -> Iterator[Good]:
    for good in goods:
        counts.goods += 1
        counts.deleted += good.deleted
        counts.empty_articles += not good.article
        counts.copied_articles += good.article_copied
        counts.without_section += not good.section_ref
        counts.without_barcode += not good.barcode
        counts.without_picture += not good.picture
        counts.lost_pictures += good.picture.endswith("_old.png")
        counts.variants += len(good.variants)
        yield good
        advance(1)


def _counted_offers(
    wholesaler: Wholesaler, bounds: tuple[int, int], day: int, counts: Counts, advance: Advance
) -> Iterator[Offer]:
    for good in wholesaler.goods(*bounds):
        if not good.deleted:
            yield from _tallied(wholesaler.offers_of(good, day), counts)
        advance(1)


def _tallied(offers: Iterable[Offer], counts: Counts) -> Iterator[Offer]:
    for offer in offers:
        counts.offers += 1
        counts.variant_offers += offer.variant is not None
        counts.prices += len(offer.prices)
        counts.zero_prices += offer.prices.count(0)
        counts.unpriced_offers += not offer.prices
        counts.stocks += len(offer.stocks)
        counts.zero_stocks += offer.stocks.count(0)
        counts.negative_stocks += sum(stock < 0 for stock in offer.stocks)
        yield offer
