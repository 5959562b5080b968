"""The statements behind the catalogue in the order of own prices (application/catalog/by_price.py).

A book's shares come as arrays and are joined to the goods looked at. They decide only what is worth pricing: prices are
made by the price function alone.
"""

from functools import lru_cache
from typing import NamedTuple

from b2b_dvizhenie.adapters.postgres.views.catalog_sql import (
    FIRST_QUANTITY,
    OWN_BASE,
    Shape,
    conditions_of,
    source_of,
)
from b2b_dvizhenie.domain.pricing import Combining

PATHS = "SELECT section_id, path FROM section WHERE path && %(sections)s::uuid[]"


class Question(NamedTuple):
    """What a statement about candidates depends on."""

    shape: Shape
    combining: Combining
    parts: tuple[str, ...]
    """Which arrays of shares there are: the kind of a part (its first letter) and the number of its layer."""
    spans: bool
    apart: bool
    low: bool
    high: bool
    descending: bool


@lru_cache(maxsize=64)
def count(shape: Shape) -> str:
    """How many goods a selection may hold, up to a limit: one of its conditions, the others can only narrow it."""
    if shape.search:
        found = f"product p WHERE {' AND '.join(conditions_of(Shape(search=True, barcode=shape.barcode)))}"
    elif shape.section:
        found = "product_placement pl WHERE pl.section_id = %(section)s"
    else:
        found = f"product p WHERE {' AND '.join(conditions_of(Shape(brands=True)))}"
    return f"SELECT count(*) FROM (SELECT 1 FROM {found} LIMIT %(limit)s) one"  # noqa: S608 - of constants


@lru_cache(maxsize=2)
def ahead(*, descending: bool) -> str:
    """The amount a number of prices ahead of each start, by the index alone. Parameters: price_type, starts, count."""
    return f"""
SELECT (SELECT q.amount FROM price q
         WHERE q.price_type_id = %(price_type)s AND q.amount {"<=" if descending else ">="} start.amount
         ORDER BY q.amount{" DESC" if descending else ""} OFFSET %(count)s LIMIT 1)
  FROM unnest(%(starts)s::numeric[]) WITH ORDINALITY AS start (amount, place)
 ORDER BY start.place"""  # noqa: S608 - assembled from the constants above


# By the index alone, as above.
HAS_MORE = """
SELECT 1
  FROM unnest(%(span_lows)s::numeric[], %(span_highs)s::numeric[]) AS span (low, high)
 CROSS JOIN LATERAL (
        SELECT 1
          FROM price q
         WHERE q.price_type_id = %(price_type)s AND q.amount BETWEEN span.low AND span.high
        OFFSET 0) q
OFFSET %(count)s
 LIMIT 1"""
SECTION, BRAND, PAIR, ARTICLE = "s", "b", "p", "a"
_KEYS = {
    SECTION: {"id": ("uuid", "g.section_id")},
    BRAND: {"id": ("uuid", "g.brand_id")},
    PAIR: {"id": ("uuid", "g.section_id"), "other": ("uuid", "g.brand_id")},
    ARTICLE: {"id": ("text", "g.article")},
}


def _shares(part: str) -> str:
    """A part of the shares: by what goods have in common, from a quantity on and below another."""
    types = {name: of for name, (of, _) in _KEYS[part[0]].items()}
    types |= dict.fromkeys(("first", "beyond", "least", "most"), "numeric")
    arrays = ", ".join(f"%({part}_{name})s::{of}[]" for name, of in types.items())
    return f"{part} AS MATERIALIZED (\n       SELECT * FROM unnest({arrays}) AS t ({', '.join(types)}))"  # noqa: S608 - ours


def _joined(part: str) -> str:
    keys = " AND ".join(f"{part}.{name} = {column}" for name, (_, column) in _KEYS[part[0]].items())
    return f"\n  LEFT JOIN {part} ON {keys} AND g.quantity >= {part}.first AND g.quantity < {part}.beyond"


def _bounds(combining: Combining, parts: tuple[str, ...]) -> tuple[str, str]:
    """The least and the most that is taken off goods, as `domain.pricing.combined` has it."""
    if not parts:
        return "0", "0"

    def listed(bound: str) -> str:
        return ", ".join(f"{part}.{bound}" for part in parts)

    def added(bound: str) -> str:
        return " + ".join(f"coalesce({part}.{bound}, 0)" for part in parts)

    def compounded(bound: str) -> str:
        return "1 - " + " * ".join(f"(1 - coalesce({part}.{bound}, 0))" for part in parts)

    match combining:
        case Combining.LARGEST:
            least, most = f"GREATEST({listed('least')}, 0)", f"GREATEST({listed('most')}, 0)"
        case Combining.ONE:
            least, most = f"coalesce(LEAST({listed('least')}), 0)", f"GREATEST({listed('most')}, 0)"
        case Combining.SUM:
            least, most = added("least"), added("most")
        case Combining.COMPOUND:
            least, most = compounded("least"), compounded("most")
        case Combining.TOGETHER:
            least, most = f"GREATEST({listed('least')}, 0)", added("most")
        case Combining.AT_MOST:
            least, most = "0", added("most")
    return f"LEAST({least}, %(kept)s)", f"LEAST({most}, %(cap)s)"


_GOODS = f"""p.product_id, p.section_id, p.brand_id, coalesce(nullif(v.article, ''), p.article) AS article,
               {FIRST_QUANTITY} AS quantity"""


def _whole(shape: Shape) -> str:
    conditions = ["v.is_active", OWN_BASE, *conditions_of(shape)]
    return f"""
        SELECT {_GOODS}, q.amount
          FROM {source_of(shape)}
          JOIN variant v ON v.product_id = p.product_id
          JOIN price q ON q.variant_id = v.variant_id
         WHERE {" AND ".join(conditions)}"""  # noqa: S608 - assembled from the constants above


def _looked_up(shape: Shape, prices: str) -> str:
    """Goods of prices, which come as q.

    OFFSET 0 keeps this a look-up by key for every price: to the planner, which does not see what is asked for,
    intervals seem a hundred times longer than they are.
    """
    placed = "\n                  JOIN product_placement pl ON pl.product_id = p.product_id" if shape.section else ""
    conditions = ["v.is_active", f"q.min_quantity <= {FIRST_QUANTITY}", *conditions_of(shape)]
    return f"""
        SELECT p.*, q.amount
          FROM {prices}
         CROSS JOIN LATERAL (
                SELECT {_GOODS}
                  FROM variant v
                  JOIN product p ON p.product_id = v.product_id{placed}
                 WHERE v.variant_id = q.variant_id AND {" AND ".join(conditions)}
                OFFSET 0) p"""  # noqa: S608 - assembled from the constants above


_OWN = "q.price_type_id = %(price_type)s AND q.currency = %(currency)s"
_IN_SPANS = f"""unnest(%(span_lows)s::numeric[], %(span_highs)s::numeric[]) AS span (low, high)
         CROSS JOIN LATERAL (
                SELECT q.variant_id, q.amount, q.min_quantity
                  FROM price q
                 WHERE {_OWN} AND q.amount BETWEEN span.low AND span.high
                OFFSET 0) q"""  # noqa: S608 - assembled from the constants above
# Two indexes, one for each place an article can stand in; what is found by a like key does no harm.
_APART = f"""(SELECT v.variant_id
                  FROM unnest(%(apart)s::text[]) AS t (article)
                  JOIN variant v ON v.article = t.article AND v.article <> ''
                 UNION
                SELECT v.variant_id
                  FROM unnest(%(apart_keys)s::text[]) AS t (key)
                  JOIN product p ON p.article_key = t.key
                  JOIN variant v ON v.product_id = p.product_id) n
         CROSS JOIN LATERAL (
                SELECT q.variant_id, q.amount, q.min_quantity
                  FROM price q
                 WHERE {_OWN} AND q.variant_id = n.variant_id
                OFFSET 0) q"""  # noqa: S608 - assembled from the constants above


@lru_cache(maxsize=512)
def candidates(question: Question) -> str:
    """Products with an edge.

    Parameters: those of `page`, price_type, currency, tolerance, kept, cap, low, high, span_lows and span_highs, apart
    and apart_keys, the arrays of shares, limit.
    """
    shape = question.shape
    if question.spans:
        rows = _looked_up(shape, _IN_SPANS)
        if question.apart:
            rows += f"\n         UNION ALL{_looked_up(shape, _APART)}"
    else:
        rows = _whole(shape)
    parts = question.parts
    least, most = _bounds(question.combining, parts)
    shares = f"\nWITH {', '.join(map(_shares, parts))}" if parts else ""
    conditions = ["e.lowest <= %(high)s"] * question.high + ["e.highest >= %(low)s"] * question.low
    order = "e.highest DESC" if question.descending else "e.lowest"
    return f"""{shares}
SELECT e.product_id, {order.split(maxsplit=1)[0]}
  FROM (SELECT g.product_id,
               g.amount * (1 - {most}) - %(tolerance)s AS lowest,
               g.amount * (1 - {least}) + %(tolerance)s AS highest
          FROM ({rows}) g{"".join(map(_joined, parts))}) e
 {"WHERE " + " AND ".join(conditions) if conditions else ""}
 ORDER BY {order}
 LIMIT %(limit)s"""  # noqa: S608 - assembled from the constants above
