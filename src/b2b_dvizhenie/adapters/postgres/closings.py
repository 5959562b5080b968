"""What segments close, as SQL: which sections, brands and information, and which goods are left.

`domain.visibility.closings` is the rule and its reasons; a test compares the two. Every statement that reads goods for
somebody takes its conditions from here, so that none shows what another one hides. Where nothing is closed there are
no conditions: the statements of most buyers are what they would be without segments.
"""

from typing import Any, NamedTuple
from uuid import UUID

from b2b_dvizhenie.domain.visibility import ClosedGoods

_DECIDED = "(array_agg(r.opens ORDER BY {nearest}r.weight DESC, r.opens))[1]"


def _rules(table: str, key: str, segments: str) -> str:
    return f"""SELECT r.{key}, g.weight, r.opens
                 FROM segment g JOIN {table} r ON r.segment_id = g.segment_id
                WHERE g.segment_id = ANY ({segments})"""  # noqa: S608 - parts of our own


def _closed(table: str, key: str, segments: str) -> str:
    return f"""CASE WHEN {segments} <> '{{}}' THEN ARRAY(
       SELECT r.{key} FROM ({_rules(table, key, segments)}) r
        GROUP BY r.{key} HAVING NOT {_DECIDED.format(nearest="")} ORDER BY r.{key}) ELSE '{{}}' END"""  # noqa: S608


def have_goods_rules(segments: str) -> str:
    """Whether any of these segments has a rule about sections or brands."""
    found = (
        f"EXISTS (SELECT FROM {table} r WHERE r.segment_id = ANY ({segments}))"
        for table in ("segment_section", "segment_brand")
    )
    return f"{segments} <> '{{}}' AND ({' OR '.join(found)})"


def closed_brands(segments: str) -> str:
    """The brands that these segments close, ascending; `segments` is an expression for an array of their ids."""
    return _closed("segment_brand", "brand_id", segments)


def closed_information(segments: str) -> str:
    """The groups of information that these segments close."""
    return _closed("segment_information", "information", segments)


def closed_sections(segments: str) -> str:
    """The sections that these segments close, ascending: those named, and what lies below them up to the next rule.

    The tree is not looked at unless one of the segments has a rule about a section.
    """
    rules = _rules("segment_section", "section_id", segments)
    decided = _DECIDED.format(nearest="array_position(s.path, r.section_id) DESC, ")
    return f"""CASE WHEN EXISTS ({rules}) THEN ARRAY(
       SELECT s.section_id
         FROM ({rules}) r JOIN section s ON r.section_id = ANY (s.path)
        GROUP BY s.section_id HAVING NOT {decided} ORDER BY s.section_id) ELSE '{{}}' END"""  # noqa: S608 - our own


class Closing(NamedTuple):
    """Which kinds of conditions goods have to meet; the values are parameters."""

    sections: bool = False
    brands: bool = False

    @classmethod
    def of(cls, closed: ClosedGoods) -> "Closing":
        """The kinds that are not empty."""
        return cls(bool(closed.sections), bool(closed.brands))


OPEN = Closing()


def values_of(closed: ClosedGoods) -> dict[str, Any]:
    """The parameters of the conditions."""
    found: dict[str, list[UUID]] = {}
    if closed.sections:
        found["closed_sections"] = list(closed.sections)
    if closed.brands:
        found["closed_brands"] = list(closed.brands)
    return found


def open_goods(closing: Closing, product: str = "p", parameter: str = "%({})s") -> list[str]:
    """The conditions a row of `product` meets that is open; none where nothing is closed.

    A good without a section is of no closed one. Most goods stand in one section: the list is looked at only where
    the first is closed.
    """
    conditions = []
    if closing.sections:
        shut = parameter.format("closed_sections")
        conditions.append(
            f"({product}.section_id IS NULL OR {product}.section_id <> ALL ({shut})"
            f" OR NOT {product}.section_ids <@ {shut})"
        )
    if closing.brands:
        shut = parameter.format("closed_brands")
        conditions.append(f"({product}.brand_id IS NULL OR {product}.brand_id <> ALL ({shut}))")
    return conditions


def anded(conditions: list[str]) -> str:
    """The conditions as what follows another one."""
    return "".join(f" AND {one}" for one in conditions)


def shown_section(closing: Closing, product: str = "p") -> str:
    """The section a good is shown in: its first, or where that is closed its first open one."""
    own = f"{product}.section_id"
    if not closing.sections:
        return own
    return f"""CASE WHEN {own} <> ALL (%(closed_sections)s) THEN {own} ELSE (
          SELECT one.section_id FROM unnest({product}.section_ids) WITH ORDINALITY AS one (section_id, place)
           WHERE one.section_id <> ALL (%(closed_sections)s) ORDER BY one.place LIMIT 1) END"""  # noqa: S608 - ours


def enterable(closing: Closing, section: str = "s") -> list[str]:
    """The conditions a section meets that can be entered: it is open, or on the way to an open one."""
    if not closing.sections:
        return []
    return [
        f"""{section}.section_id IN (
          SELECT unnest(d.path) FROM section d
           WHERE d.is_active AND d.section_id <> ALL (%(closed_sections)s))"""  # noqa: S608 - parts of our own
    ]
