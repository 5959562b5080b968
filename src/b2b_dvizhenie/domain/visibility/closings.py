"""What segments close to a company: sections, brands, groups of information; and the one decision about each (HIER-7).

A rule of a segment opens or closes one section, brand or group of information for its companies. Without a rule
everything is open. Of several rules about the same thing the heavier segment's holds, and of equally heavy ones that
which closes: whoever forgets a rule shows too little, never too much. A rule about a section is about everything below
it, up to the next rule: the nearest one upward decides, whatever segment it is of. Brands are decided for themselves; a
good is visible only where both its section and its brand are open, and one that stands in several sections where any
of them is.
"""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.domain.shared.errors import DomainError, Kind
from b2b_dvizhenie.domain.shared.ids import BrandId, SectionId
from b2b_dvizhenie.domain.visibility.information import NOTHING, Information, Opened

MAX_WEIGHT = 1000
MAX_RULES = 500
"""Rules of one segment; more are a sign that the sections should be ordered otherwise."""


class SegmentWeightInvalid(DomainError):
    """The weight of a segment is a whole number from -`maximum` to `maximum`."""

    code = "visibility.segment_weight_invalid"


class SegmentRuleInvalid(DomainError):
    """A rule is about a section, a brand or a group of information, and opens it, closes it, or is taken back."""

    code = "visibility.segment_rule_invalid"


class SegmentRulesTooMany(DomainError):
    """A segment has at most `maximum` rules."""

    code = "visibility.segment_rules_too_many"
    kind = Kind.CONFLICT


class RuleOn(StrEnum):
    """What a rule of a segment is about."""

    SECTION = "section"
    BRAND = "brand"
    INFORMATION = "information"


class SegmentRule(Struct, frozen=True):
    """A rule as it is edited. `key` is the id of a section or brand, or the name of a group; `name` tells it to people.

    `opens` is None where there is no rule about the thing.
    """

    on: RuleOn
    key: str
    name: str
    opens: bool | None


class SegmentRules(Struct, frozen=True):
    """What one segment opens (True) and closes (False), and how heavy its word is among others."""

    weight: int = 0
    sections: Mapping[SectionId, bool] = {}
    brands: Mapping[BrandId, bool] = {}
    information: Mapping[Information, bool] = {}


class ClosedGoods(Struct, frozen=True):
    """The sections and brands whose goods do not exist for somebody; ascending, so that equal ones are one cache key.

    `sections` are all that no rule leaves open, not only those that a rule names.
    """

    sections: tuple[SectionId, ...] = ()
    brands: tuple[BrandId, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is closed."""
        return bool(self.sections or self.brands)


NOTHING_CLOSED = ClosedGoods()


class Closed(Struct, frozen=True):
    """Everything that the segments of one company close to it."""

    goods: ClosedGoods = NOTHING_CLOSED
    information: Opened = NOTHING


def checked_weight(weight: int) -> int:
    """The weight; raises SegmentWeightInvalid."""
    if not -MAX_WEIGHT <= weight <= MAX_WEIGHT:
        raise SegmentWeightInvalid("weight", maximum=MAX_WEIGHT)
    return weight


def checked_target(on: RuleOn, key: str) -> str:
    """The key of what a rule is about, as it is stored; raises SegmentRuleInvalid for what cannot be one."""
    try:
        return Information(key).value if on is RuleOn.INFORMATION else str(UUID(key))
    except ValueError:
        raise SegmentRuleInvalid("key") from None


def is_open(rules: Iterable[tuple[int, bool]]) -> bool:
    """What rules about one thing come to, each the weight of its segment and whether it opens; none opens."""
    _, closes = max(((weight, not opens) for weight, opens in rules), default=(0, False))
    return not closes


def closed_sections(
    segments: Collection[SegmentRules], parents: Mapping[SectionId, SectionId | None]
) -> frozenset[SectionId]:
    """The sections whose goods are closed. `parents` holds every section with the one above it, None at the root."""
    open_at = {
        key: is_open((one.weight, one.sections[key]) for one in segments if key in one.sections)
        for key in {key for one in segments for key in one.sections}
    }

    def nearest(key: SectionId | None) -> bool:
        passed: set[SectionId] = set()
        while key is not None and key not in passed:
            if key in open_at:
                return open_at[key]
            passed.add(key)
            key = parents.get(key)
        return True

    return frozenset(key for key in parents if not nearest(key))


def enterable_sections(
    closed: Collection[SectionId], parents: Mapping[SectionId, SectionId | None]
) -> frozenset[SectionId]:
    """The sections of the tree that somebody can enter: the open ones, and those on the way to an open one."""
    found: set[SectionId] = set()
    shut = frozenset(closed)
    for key in parents:
        one: SectionId | None = None if key in shut else key
        while one is not None and one not in found:
            found.add(one)
            one = parents.get(one)
    return frozenset(found)


def closed_to(segments: Collection[SegmentRules], parents: Mapping[SectionId, SectionId | None]) -> Closed:
    """What is closed to a company.

    Args:
        segments: the rules of every segment that it is in, in any order.
        parents: every section of the catalogue with the one above it.
    """
    brands = {key for one in segments for key in one.brands}
    groups = {key for one in segments for key in one.information}
    return Closed(
        ClosedGoods(
            tuple(sorted(closed_sections(segments, parents))),
            tuple(
                sorted(
                    key
                    for key in brands
                    if not is_open((one.weight, one.brands[key]) for one in segments if key in one.brands)
                )
            ),
        ),
        frozenset(
            key
            for key in groups
            if not is_open((one.weight, one.information[key]) for one in segments if key in one.information)
        ),
    )


def is_visible(closed: ClosedGoods, sections: Collection[SectionId], brand: BrandId | None) -> bool:
    """Whether a good of these sections (of none, where it stands nowhere) and this brand exists for somebody."""
    if brand is not None and brand in closed.brands:
        return False
    return not sections or any(one not in closed.sections for one in sections)
