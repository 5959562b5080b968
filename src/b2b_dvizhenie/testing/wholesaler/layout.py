"""Which files a family writes, in the order in which it sends them (onec.md §2.3, §3.5)."""

from collections.abc import Iterable, Iterator
from itertools import chain

from msgspec import Struct

from b2b_dvizhenie.testing.wholesaler import commerceml, commerceml_rows, split31
from b2b_dvizhenie.testing.wholesaler.assortment import guid
from b2b_dvizhenie.testing.wholesaler.commerceml import document
from b2b_dvizhenie.testing.wholesaler.dialects import Dialect, Profile
from b2b_dvizhenie.testing.wholesaler.goods import Offer, Wholesaler
from b2b_dvizhenie.testing.wholesaler.tally import Tally

Range = tuple[int, int]


class Part(Struct, frozen=True):
    """A file to write. Its text is made while it is written, so parts must be written one after another."""

    name: str
    kind: str
    """`import`, `offers`, `changes` or `partners`."""
    full: bool
    text: Iterator[str]


def catalog_parts(
    wholesaler: Wholesaler, dialect: Dialect, at: str, ranges: list[Range], tally: Tally
) -> Iterator[Part]:
    """The files of a full export, cut into portions by `ranges`."""
    make = _split if dialect.split else _joint
    yield from make(wholesaler, dialect, at, ranges, tally)
    yield _part(dialect.partners_name, 0, "partners", dialect, at, commerceml.partners(), full=True)


def change_parts(dialect: Dialect, at: str, offers: Iterable[Offer]) -> Iterator[Part]:
    """The price and stock job; `offers` can be walked once, so 3.1 keeps the moved offers between its two files."""
    if dialect.split:
        moved = list(offers)
        for what, write in (("prices", split31.prices), ("rests", split31.rests)):
            yield _part(_split_name(what), 0, "changes", dialect, at, write(moved, full=False), full=False)
    elif dialect.profile is Profile.UT115:
        yield _part(dialect.offers_name, 0, "changes", dialect, at, commerceml_rows.package_changes(offers), full=False)
    else:
        body = commerceml_rows.package(offers, full=False)
        yield _part(dialect.offers_name, 0, "changes", dialect, at, body, full=False)


def _joint(wholesaler: Wholesaler, dialect: Dialect, at: str, ranges: list[Range], tally: Tally) -> Iterator[Part]:
    assortment = wholesaler.assortment
    for number, bounds in enumerate(ranges):
        full = number == 0
        inside = chain(commerceml.sections(assortment.sections), commerceml.properties(assortment.properties))
        head = commerceml.classifier(dialect, inside) if full else ()
        body = chain(head, commerceml_rows.catalog(tally.goods(*bounds), dialect, full=full))
        yield _part(dialect.import_name, number, "import", dialect, at, body, full=full)
    for number, bounds in enumerate(ranges):
        full = number == 0
        head = commerceml.classifier(dialect, ()) if full else ()
        body = chain(head, commerceml_rows.package(tally.offers(*bounds), full=full))
        yield _part(dialect.offers_name, number, "offers", dialect, at, body, full=full)


def _split(wholesaler: Wholesaler, dialect: Dialect, at: str, ranges: list[Range], tally: Tally) -> Iterator[Part]:
    """3.1: one kind per file; prices and rests repeat the offers, which are counted in their own files."""
    assortment = wholesaler.assortment
    for what, inside in (
        ("groups", commerceml.sections(assortment.sections)),
        ("units", iter((commerceml.units(),))),
        ("propertiesGoods", commerceml.properties(assortment.properties)),
    ):
        yield _part(_split_name(what), 0, "import", dialect, at, split31.classifier(inside), full=False)
    for number, bounds in enumerate(ranges):
        body = commerceml_rows.catalog(tally.goods(*bounds), dialect, full=number == 0)
        yield _part(_split_name("goods"), number, "import", dialect, at, body, full=number == 0)
    for what, text in (("priceLists", commerceml.price_types()), ("storages", commerceml.warehouses())):
        yield _part(_split_name(what), 0, "offers", dialect, at, split31.classifier(iter((text,))), full=False)
    for number, bounds in enumerate(ranges):
        full = number == 0
        body = split31.offers(tally.offers(*bounds), full=full)
        yield _part(_split_name("offers"), number, "offers", dialect, at, body, full=full)
        for what, write in (("prices", split31.prices), ("rests", split31.rests)):
            again = wholesaler.offers(*bounds, day=tally.day)
            yield _part(_split_name(what), number, "offers", dialect, at, write(again, full=full), full=full)


def _split_name(what: str) -> str:
    return f"{what}_1_{{n}}_{{guid}}.xml"


def _part(template: str, number: int, kind: str, dialect: Dialect, at: str, body: Iterable[str], *, full: bool) -> Part:
    shown = number + dialect.first_number()
    name = template.format(n=shown, guid=guid("file", template, str(shown)))
    return Part(name, kind, full, document(dialect, at, body))
