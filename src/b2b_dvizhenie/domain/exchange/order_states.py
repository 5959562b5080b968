"""Comparing what an ERP says about an order with the order: status words, the company, the lines."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from unicodedata import normalize

Line = tuple[str, str, Decimal, Decimal]
"""Product ref, variant ref, quantity, sum."""


def status_key(text: str) -> str:
    """A status word as it is looked up: without regard to case, blanks and dots (onec.md §4.3)."""
    folded = normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if not letter.isspace() and letter != ".")


def same_company(refs: Sequence[str], inn: str, said_ref: str, said_inn: str) -> bool:
    """Whether a document may be of the order's company.

    The ref decides; a company that the ERP keeps twice is told by its INN. A document that names nothing comparable is
    believed: it carries our number.
    """
    if said_ref and said_ref in refs:
        return True
    if inn and said_inn:
        return inn == said_inn
    return not (said_ref and refs)


def same_lines(ours: Iterable[Line], theirs: Iterable[Line]) -> bool:
    """Whether both hold the same goods in the same quantities for the same sums, however the lines are arranged.

    Prices of units are not compared: they are rounded differently, and the sums tell the truth.
    """
    return _summed(ours) == _summed(theirs)


def _summed(lines: Iterable[Line]) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    found: dict[tuple[str, str], tuple[Decimal, Decimal]] = defaultdict(lambda: (Decimal(0), Decimal(0)))
    for ref, variant_ref, quantity, amount in lines:
        quantities, amounts = found[ref, variant_ref]
        found[ref, variant_ref] = (quantities + quantity, amounts + amount)
    return dict(found)
