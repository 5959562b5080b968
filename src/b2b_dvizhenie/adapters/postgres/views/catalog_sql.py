"""The statements of the catalogue, one text per shape of question, so that each is planned and prepared for itself.

Values never enter a text: shapes differ only by which conditions stand in it.
"""

from functools import lru_cache
from typing import NamedTuple

from b2b_dvizhenie.adapters.postgres.closings import OPEN, Closing, anded, enterable, open_goods, shown_section
from b2b_dvizhenie.domain.catalog import Sort

LISTED_VARIANTS = 20
"""Variants of a product shown in a list; its card shows all."""

_VISIBLE = "p.is_active AND NOT p.is_hidden"
_QUERY = "(SELECT to_tsquery('russian', %(words)s))"
_RANK = f"(ts_rank('{{0.05, 0.2, 0.5, 1.0}}', p.search, {_QUERY}) * 100000)::int"
# An array, not a join: the planner can then look products up by id beside the other two indexes.
_OF_BARCODE = """p.product_id = ANY (ARRAY(
          SELECT v.product_id FROM variant v WHERE v.is_active AND v.barcodes @> ARRAY[%(barcode)s::text]))"""
_EXACT = "p.article_key = ANY (%(keys)s)"
_IN_SECTION = """EXISTS (
          SELECT 1 FROM section s
           WHERE s.section_id = %(section)s{closing} AND NOT EXISTS (
                 SELECT 1 FROM section a WHERE a.section_id = ANY (s.path) AND NOT a.is_active))"""
_IN_STOCK = """EXISTS (
          SELECT 1 FROM variant v JOIN stock s ON s.variant_id = v.variant_id AND s.quantity > 0
            JOIN warehouse w ON w.warehouse_id = s.warehouse_id AND w.is_active
           WHERE v.product_id = p.product_id AND v.is_active)"""


class Shape(NamedTuple):
    """Which conditions a question has."""

    section: bool = False
    search: bool = False
    barcode: bool = False
    brands: bool = False
    in_stock: bool = False
    closing: Closing = OPEN


def source_of(shape: Shape) -> str:
    """Where selected goods are read from: product p, and where a section is asked for its placement pl."""
    if not shape.section:
        return "product p"
    return "product_placement pl JOIN product p ON p.product_id = pl.product_id"


def conditions_of(shape: Shape) -> list[str]:
    """What selected goods fulfil, in terms of p and pl."""
    conditions = [_VISIBLE, *open_goods(shape.closing)]
    if shape.section:
        conditions += ["pl.section_id = %(section)s", _IN_SECTION.format(closing=anded(enterable(shape.closing)))]
    if shape.search:
        found = [f"p.search @@ {_QUERY}", _EXACT]
        if shape.barcode:
            found += ["p.barcodes @> ARRAY[%(barcode)s::text]", _OF_BARCODE]
        conditions.append(f"({' OR '.join(found)})")
    if shape.brands:
        conditions.append("p.brand_id = ANY (%(brands)s)")
    if shape.in_stock:
        conditions.append(_IN_STOCK)
    return conditions


def _score(shape: Shape) -> str:
    exact = [_EXACT]
    if shape.barcode:
        exact += ["p.barcodes @> ARRAY[%(barcode)s::text]", _OF_BARCODE]
    return f"CASE WHEN {' OR '.join(exact)} THEN 1000000 ELSE 0 END + {_RANK}"


class _Order(NamedTuple):
    key: str
    columns: tuple[str, ...]
    position: tuple[str, ...]
    descending: bool


def _order(sort: Sort, shape: Shape) -> _Order:
    name = "pl.sort_key" if shape.section else "p.sort_key"
    identity = "pl.product_id" if shape.section else "p.product_id"
    if sort is Sort.NEWEST:  # ids are ordered by the time they were given
        return _Order("''", ("p.product_id",), ("%(id)s",), descending=True)
    if sort is Sort.RELEVANCE:
        score = f"-({_score(shape)})"
        return _Order(name, (score, name, identity), ("-%(score)s", "%(key)s", "%(id)s"), descending=False)
    key = name if sort in (Sort.NAME, Sort.NAME_DESC) else "p.article_key"
    descending = sort in (Sort.NAME_DESC, Sort.ARTICLE_DESC)
    return _Order(key, (key, identity), ("%(key)s", "%(id)s"), descending)


@lru_cache(maxsize=512)
def page(shape: Shape, sort: Sort, *, after: bool, backward: bool) -> str:
    """A page of goods. Parameters: section, words, keys, barcode, brands, key, id, score, limit.

    Read backwards, the rows come in the reverse of the order of the list.
    """
    order = _order(sort, shape)
    conditions = conditions_of(shape)
    down = order.descending != backward
    if after:
        left, right = ", ".join(order.columns), ", ".join(order.position)
        conditions.append(f"({left}) {'<' if down else '>'} ({right})")
    score = _score(shape) if sort is Sort.RELEVANCE else "0"
    direction = " DESC" if down else ""
    columns = ", ".join(f"{column}{direction}" for column in order.columns)
    places = ["-page.score"] if sort is Sort.RELEVANCE else []
    places += ["page.product_id"] if sort is Sort.NEWEST else ["page.key", "page.product_id"]
    outer = ", ".join(f"{place}{direction}" for place in places)
    return f"""
SELECT page.product_id, page.name, page.article, page.brand_id, b.name, page.section_id,
       (SELECT sha256 FROM product_picture pic WHERE pic.product_id = page.product_id ORDER BY position LIMIT 1),
       page.unit_name, page.order_multiple, page.vat_rate, page.key, page.score
  FROM (SELECT p.product_id, p.name, p.article, p.brand_id, {shown_section(shape.closing)} AS section_id, p.unit_name,
               trim_scale(p.order_multiple) AS order_multiple, trim_scale(p.vat_rate) AS vat_rate,
               {order.key} AS key, {score} AS score
          FROM {source_of(shape)}
         WHERE {" AND ".join(conditions)}
         ORDER BY {columns}
         LIMIT %(limit)s) page
  LEFT JOIN brand b ON b.brand_id = page.brand_id
 ORDER BY {outer}"""  # noqa: S608 - assembled from the constants above


# The smallest multiple that is one unit or more: `first_quantity` of the catalogue.
FIRST_QUANTITY = "CASE WHEN p.order_multiple > 0 THEN ceil(1 / p.order_multiple) * p.order_multiple ELSE 1 END"
OWN_BASE = f"q.price_type_id = %(price_type)s AND q.currency = %(currency)s AND q.min_quantity <= {FIRST_QUANTITY}"


@lru_cache(maxsize=256)
def unpriced(shape: Shape, *, after: bool, descending: bool) -> str:
    """Selected goods without a price. Parameters: as `page`, price_type, currency, id."""
    conditions = conditions_of(shape)
    if after:
        conditions.append(f"p.product_id {'<' if descending else '>'} %(id)s")
    return f"""
SELECT p.product_id
  FROM {source_of(shape)}
 WHERE {" AND ".join(conditions)}
   AND NOT EXISTS (
       SELECT 1 FROM variant v JOIN price q ON q.variant_id = v.variant_id
        WHERE v.product_id = p.product_id AND v.is_active AND {OWN_BASE})
 ORDER BY p.product_id{" DESC" if descending else ""}
 LIMIT %(limit)s"""  # noqa: S608 - assembled from the constants above


MULTIPLES = "SELECT product_id, trim_scale(order_multiple) FROM product WHERE product_id = ANY (%(products)s)"


@lru_cache(maxsize=64)
def facets(shape: Shape) -> str:
    """Brands of the selected goods with their counts; goods without a brand are counted under a null brand.

    The shape is one without the brands: choosing one must not hide the others.
    """
    return f"""
SELECT counted.brand_id, b.name, counted.goods
  FROM (SELECT p.brand_id, count(*) AS goods
          FROM {source_of(shape)}
         WHERE {" AND ".join(conditions_of(shape))}
         GROUP BY p.brand_id) counted
  LEFT JOIN brand b ON b.brand_id = counted.brand_id"""  # noqa: S608 - assembled from the constants above


@lru_cache(maxsize=4)
def brands(closing: Closing) -> str:
    """Brands by id, with no goods counted. Where anything is closed only those of which some good is open."""
    shown = ""
    if closing != OPEN:
        shown = f"""
   AND EXISTS (SELECT 1 FROM product p
                WHERE p.brand_id = b.brand_id AND {_VISIBLE}{anded(open_goods(closing))})"""  # noqa: S608 - ours
    return f"SELECT b.brand_id, b.name, 0 FROM brand b WHERE b.brand_id = ANY (%(brands)s){shown}"  # noqa: S608 - ours


@lru_cache(maxsize=8)
def offers(*, prices: bool, stock: bool, limited: bool) -> str:
    """Variants of products, a row per quantity break. Parameters: products, price_type.

    What the sight does not have is not in the statement at all.
    """
    priced = "q.amount, q.currency, trim_scale(q.min_quantity)" if prices else "NULL, NULL, NULL"
    joined = ""
    if prices:
        joined += "\n  LEFT JOIN price q ON q.price_type_id = %(price_type)s AND q.variant_id = v.variant_id"
    if stock:
        joined += """
  LEFT JOIN LATERAL (
       SELECT array_agg(w.warehouse_id ORDER BY w.position, w.name, w.warehouse_id) AS ids,
              array_agg(w.name ORDER BY w.position, w.name, w.warehouse_id) AS names,
              array_agg(trim_scale(s.quantity) ORDER BY w.position, w.name, w.warehouse_id) AS quantities,
              array_agg(s.updated_at ORDER BY w.position, w.name, w.warehouse_id) AS moments
         FROM stock s JOIN warehouse w ON w.warehouse_id = s.warehouse_id AND w.is_active
        WHERE s.variant_id = v.variant_id) st ON true"""
    stocked = "st.ids, st.names, st.quantities, st.moments" if stock else "NULL, NULL, NULL, NULL"
    return f"""
SELECT v.product_id, v.variant_id, v.name, v.article, v.attributes, v.barcodes, v.variants,
       {priced}, {stocked}
  FROM (SELECT v.product_id, v.variant_id, v.name, v.article, v.attributes, v.barcodes,
               count(*) OVER (PARTITION BY v.product_id) AS variants,
               row_number() OVER (PARTITION BY v.product_id ORDER BY v.name, v.variant_id) AS place
          FROM variant v
         WHERE v.product_id = ANY (%(products)s) AND v.is_active) v{joined}
 {f"WHERE v.place <= {LISTED_VARIANTS}" if limited else ""}
 ORDER BY v.product_id, v.place"""  # noqa: S608 - assembled from the constants above


@lru_cache(maxsize=4)
def listed(closing: Closing) -> str:
    """Goods of places that a scan of prices found, in their order. Parameters: products, keys."""
    return f"""
SELECT p.product_id, p.name, p.article, p.brand_id, b.name, {shown_section(closing)},
       (SELECT sha256 FROM product_picture pic WHERE pic.product_id = p.product_id ORDER BY position LIMIT 1),
       p.unit_name, trim_scale(p.order_multiple), trim_scale(p.vat_rate), asked.key, 0
  FROM unnest(%(products)s::uuid[], %(keys)s::text[]) WITH ORDINALITY AS asked (product_id, key, place)
  JOIN product p ON p.product_id = asked.product_id AND {_VISIBLE}{anded(open_goods(closing))}
  LEFT JOIN brand b ON b.brand_id = p.brand_id
 ORDER BY asked.place"""  # noqa: S608 - assembled from the constants above


@lru_cache(maxsize=4)
def card(closing: Closing) -> str:
    """A product. Parameter: product."""
    return f"""
SELECT p.product_id, p.name, p.article, p.brand_id, b.name, {shown_section(closing)},
       (SELECT sha256 FROM product_picture pic WHERE pic.product_id = p.product_id ORDER BY position LIMIT 1),
       p.unit_name,
       trim_scale(p.order_multiple), trim_scale(p.vat_rate), '', 0,
       p.full_name, p.code, p.description, p.country, trim_scale(p.weight), p.is_service, p.barcodes, p.properties,
       ARRAY(SELECT sha256 FROM product_picture pic WHERE pic.product_id = p.product_id ORDER BY position),
       (SELECT array_agg(a.section_id ORDER BY array_position(s.path, a.section_id))
          FROM section s JOIN section a ON a.section_id = ANY (s.path) WHERE s.section_id = {shown_section(closing)}),
       (SELECT array_agg(a.name ORDER BY array_position(s.path, a.section_id))
          FROM section s JOIN section a ON a.section_id = ANY (s.path) WHERE s.section_id = {shown_section(closing)})
  FROM product p
  LEFT JOIN brand b ON b.brand_id = p.brand_id
 WHERE p.product_id = %(product)s AND {_VISIBLE}{anded(open_goods(closing))}"""  # noqa: S608 - of constants


@lru_cache(maxsize=4)
def sections(closing: Closing) -> str:
    """Every section that can be entered."""
    return f"""
SELECT s.section_id, s.parent_id, s.name, s.product_count
  FROM section s
 WHERE NOT EXISTS (SELECT 1 FROM section a WHERE a.section_id = ANY (s.path) AND NOT a.is_active)
   AND s.is_active{anded(enterable(closing))}
 ORDER BY cardinality(s.path), s.position, s.name, s.section_id"""  # noqa: S608 - assembled from constants


# What a section has less than its counter says, where something is closed. Counted in one statement with the counter:
# otherwise goods that have just come to a closed section would show as a difference between the two.
_OPEN_COUNTS = """
SELECT s.section_id, s.product_count - COALESCE(closed.goods, 0)
  FROM section s
  LEFT JOIN (SELECT pl.section_id, count(*)::int AS goods
               FROM product p JOIN product_placement pl ON pl.product_id = p.product_id
              WHERE {visible} AND NOT ({open})
              GROUP BY pl.section_id) closed ON closed.section_id = s.section_id"""


COUNTERS = "SELECT count(*), sum(product_count) FROM section"
"""How the counters of sections stand: what an exchange moves."""


@lru_cache(maxsize=4)
def open_counts(closing: Closing) -> str:
    """The number of open goods in each section and below."""
    return _OPEN_COUNTS.format(visible=_VISIBLE, open=" AND ".join(open_goods(closing)))


@lru_cache(maxsize=4)
def path(closing: Closing) -> str:
    """The steps to a section; none where segments close it. Parameter: section."""
    return f"""
SELECT a.section_id, a.name, a.is_active
  FROM section s JOIN section a ON a.section_id = ANY (s.path)
 WHERE s.section_id = %(section)s{anded(enterable(closing))}
 ORDER BY array_position(s.path, a.section_id)"""  # noqa: S608 - assembled from the constants above


@lru_cache(maxsize=4)
def branch(closing: Closing) -> str:
    """The sections around one. Parameter: section."""
    return f"""
WITH here AS MATERIALIZED (SELECT path FROM section WHERE section_id = %(section)s)
SELECT s.section_id, s.parent_id, s.name, s.product_count, s.is_active,
       array_position((SELECT path FROM here), s.section_id) AS step
  FROM section s
 WHERE (s.section_id = ANY ((SELECT path FROM here)::uuid[])
    OR (s.is_active AND s.product_count > 0
        AND (s.parent_id IS NULL OR s.parent_id = ANY ((SELECT path FROM here)::uuid[])))){anded(enterable(closing))}
 ORDER BY s.position, s.name, s.section_id"""  # noqa: S608 - assembled from the constants above


KNOWN = """
SELECT asked.word,
       EXISTS (SELECT 1 FROM search_word w WHERE w.word = asked.word),
       EXISTS (SELECT 1 FROM search_word w WHERE w.word >= asked.word AND w.word < asked.word || chr(1114111)),
       ARRAY(SELECT w.word FROM search_word w WHERE w.word %% asked.word
              ORDER BY similarity(w.word, asked.word) DESC, w.word LIMIT 8)
  FROM unnest(%(words)s::text[]) AS asked (word)"""

# A word is known to somebody if it finds a good that is open to him; what closed goods are called must not show in
# what a misspelt word was taken for. Words that only ever were in goods that are gone are unknown here as well. The
# condition stands there twice because the planner knows nothing of the word: it would expect to meet a good of it soon
# and read the table from its beginning; of both together it expects so few that it asks the index.
_FINDS = """EXISTS (
          SELECT 1 FROM product p
           WHERE p.search @@ to_tsquery('russian', {query}) AND p.search @@ to_tsquery('russian', {query} || '')
             AND {goods})"""


@lru_cache(maxsize=4)
def known(closing: Closing) -> str:
    """What is known of words. Parameter: words, which are letters and digits only."""
    if closing == OPEN:
        return KNOWN
    goods = _VISIBLE + anded(open_goods(closing))
    word, beginning, similar = (
        _FINDS.format(query=query, goods=goods) for query in ("asked.word", "asked.word || ':*'", "w.word")
    )
    return f"""
SELECT asked.word, numnode(to_tsquery('russian', asked.word)) = 0 OR {word}, {beginning},
       ARRAY(SELECT w.word FROM (SELECT w.word FROM search_word w WHERE w.word %% asked.word OFFSET 0) w
              WHERE {similar}
              ORDER BY similarity(w.word, asked.word) DESC, w.word LIMIT 8)
  FROM unnest(%(words)s::text[]) AS asked (word)"""  # noqa: S608 - assembled from the constants above


_ITEM = f"""
SELECT v.variant_id, v.product_id, p.name, v.name, p.article, v.article, p.unit_name, trim_scale(p.order_multiple),
       p.article_key
  FROM variant v JOIN product p ON p.product_id = v.product_id AND {_VISIBLE}{{closing}}
 WHERE v.is_active AND """  # noqa: S608 - assembled from the constants above


@lru_cache(maxsize=4)
def items_by_id(closing: Closing) -> str:
    """Items by variant. Parameter: variants."""
    return f"{_ITEM.format(closing=anded(open_goods(closing)))} v.variant_id = ANY (%(variants)s)"


@lru_cache(maxsize=4)
def items_by_article(closing: Closing) -> str:
    """Items by the articles of their products. Parameter: keys."""
    item = _ITEM.format(closing=anded(open_goods(closing)))
    return f"{item} p.article_key = ANY (%(keys)s) ORDER BY p.product_id, v.name, v.variant_id"


@lru_cache(maxsize=4)
def pictured(closing: Closing) -> str:
    """Whether a picture is of any good that is shown. Parameter: picture."""
    return f"""
SELECT EXISTS (
       SELECT 1 FROM product_picture pic JOIN product p ON p.product_id = pic.product_id
        WHERE pic.sha256 = %(picture)s AND {_VISIBLE}{anded(open_goods(closing))})"""  # noqa: S608 - of constants
