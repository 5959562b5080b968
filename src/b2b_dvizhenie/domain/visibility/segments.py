"""Segments: named sets of companies that discounts, and what is shown, can be for (HIER-7)."""

from msgspec import Struct

from b2b_dvizhenie.domain.shared.errors import DomainError, Kind
from b2b_dvizhenie.domain.shared.ids import CompanyId, SegmentId

MAX_SEGMENT_NAME = 80


class SegmentNameInvalid(DomainError):
    """A segment has a name of at most 80 visible characters."""

    code = "visibility.segment_name_invalid"


class SegmentExists(DomainError):
    """Another segment has this name, capitals or not: people tell segments apart by their names alone."""

    code = "visibility.segment_exists"
    kind = Kind.CONFLICT


class SegmentPriced(DomainError):
    """Discounts name the segment; without it they would be for nobody, or for everybody. `count` says how many."""

    code = "visibility.segment_priced"
    kind = Kind.CONFLICT


class SegmentIsAssortment(DomainError):
    """The segment is the assortment of VIP companies, which would see everything without it. `count` says how many."""

    code = "visibility.segment_is_assortment"
    kind = Kind.CONFLICT


class Segment(Struct, frozen=True):
    """A segment. `companies` counts its members; `weight` says whose rules hold where several segments have some.

    `vip_companies` are in it as well, for as long as they are VIP: it is their assortment. In a segment `for_all` every
    company is, also one that an exchange brings tomorrow: what it closes is closed until a heavier segment opens it.
    """

    segment_id: SegmentId
    name: str
    companies: int = 0
    weight: int = 0
    vip_companies: int = 0
    for_all: bool = False


class SegmentCompany(Struct, frozen=True):
    """A company as lists of segments show it."""

    company_id: CompanyId
    name: str
    inn: str
    is_member: bool


def checked_segment_name(name: str) -> str:
    """The name without the space around it; raises SegmentNameInvalid."""
    name = " ".join(name.split())
    if not name or len(name) > MAX_SEGMENT_NAME or not name.isprintable():
        raise SegmentNameInvalid("name", maximum=MAX_SEGMENT_NAME)
    return name
