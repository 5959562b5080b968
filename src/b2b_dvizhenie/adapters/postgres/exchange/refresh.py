"""Products that read differently although they were not resent: a dictionary or the codes of variants changed.

What is stored about them is taken apart and put together again by the same functions that make rows of goods.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from psycopg import Connection
from psycopg.rows import TupleRow

from b2b_dvizhenie.adapters.postgres.exchange.brands import Brands
from b2b_dvizhenie.adapters.postgres.exchange.copying import NULL, json_field, load
from b2b_dvizhenie.adapters.postgres.exchange.goods import brand_of
from b2b_dvizhenie.adapters.postgres.exchange.properties import Properties
from b2b_dvizhenie.adapters.postgres.exchange.words import COLUMNS as WORDS
from b2b_dvizhenie.adapters.postgres.exchange.words import all_words, product_words, vector
from b2b_dvizhenie.adapters.postgres.search import ADD_WORDS
from b2b_dvizhenie.domain.shared.ids import NodeId

_AT_ONCE = 2000

# Goods that were written from this file after its last word about dictionaries read right already.
_REWORDED = b"""
    INSERT INTO m_refresh
    SELECT p.product_id
      FROM product p
     WHERE p.node_id = %(node)s AND p.properties <> '[]'
       AND (%(late)s OR NOT EXISTS (SELECT FROM rewritten r WHERE r.product_id = p.product_id))
       AND EXISTS (SELECT FROM jsonb_array_elements(p.properties) one WHERE one ->> 'ref' = ANY (%(refs)s))"""

# Most variants have no codes of their own; those that have or had some are part of what the product is found by.
_VARIANTS = b"""
    INSERT INTO m_refresh
    SELECT p.product_id
      FROM touched_variant t
      JOIN product p ON p.product_id = t.product_id
     WHERE t.had_article NOT IN ('', p.article) OR NOT t.had_barcodes <@ p.barcodes
     UNION
    SELECT p.product_id
      FROM (SELECT product_id FROM touched_variant UNION
            SELECT product_id FROM rewritten WHERE NOT is_new) told
      JOIN product p ON p.product_id = told.product_id
     WHERE EXISTS (
         SELECT FROM variant v
          WHERE v.product_id = p.product_id
            AND (v.article NOT IN ('', p.article) OR NOT v.barcodes <@ p.barcodes))"""

# Empty articles are left out afterwards: as a condition they match a partial index, which the planner took for empty
# (no article had come yet when it was analysed) and read whole for every product.
_STORED = b"""
    SELECT p.product_id, p.name, p.full_name, p.article, p.article_key, p.code, p.barcodes, p.properties,
           p.brand_id, b.name,
           ARRAY(SELECT v.article FROM variant v WHERE v.product_id = p.product_id
                  UNION SELECT unnest(v.barcodes) FROM variant v WHERE v.product_id = p.product_id ORDER BY 1)
      FROM product p LEFT JOIN brand b ON b.brand_id = p.brand_id
     WHERE p.product_id = ANY (%s)"""

_WRITTEN = f"""
    UPDATE product p
       SET properties = s.properties, brand_id = s.brand_id, search = {vector("s")}, updated_at = %(now)s
      FROM st_refresh s
     WHERE p.product_id = s.product_id
       AND (p.properties, p.brand_id, p.search) IS DISTINCT FROM (s.properties, s.brand_id, {vector("s")})""".encode()

_SEARCH_WORDS = ADD_WORDS.format(words=all_words("st_refresh"), source="st_refresh").encode()


def prepare(connection: Connection[TupleRow]) -> None:
    """Make the temporary tables: `rewritten` names products that were written from this file."""
    connection.execute(b"CREATE TEMPORARY TABLE rewritten (product_id uuid, is_new boolean) ON COMMIT DROP")
    connection.execute(b"CREATE TEMPORARY TABLE m_refresh (product_id uuid) ON COMMIT DROP")
    connection.execute(
        f"CREATE TEMPORARY TABLE st_refresh (product_id uuid, properties jsonb, brand_id uuid, {WORDS})"
        " ON COMMIT DROP".encode()
    )


def refresh(
    connection: Connection[TupleRow],
    node_id: NodeId,
    now: datetime,
    books: tuple[Properties, Brands],
    *,
    brand_property: str,
    late: bool,
) -> dict[str, int]:
    """Put together again what changed words are part of.

    Args:
        connection: in the transaction of the import, whose goods and variants are merged.
        node_id: whose goods they are.
        now: moment of the import.
        books: today's dictionaries and brands.
        brand_property: the characteristic that holds the brand, if one does.
        late: whether dictionaries changed after the first good of the file.
    """
    properties, brands = books
    refs = properties.reworded()
    if refs:
        connection.execute(b"ANALYZE rewritten")
        connection.execute(_REWORDED, {"node": node_id, "late": late, "refs": refs})
    connection.execute(b"ANALYZE touched_variant")
    connection.execute(_VARIANTS)
    waiting = iter([row[0] for row in connection.execute(b"SELECT DISTINCT product_id FROM m_refresh ORDER BY 1")])
    written = 0
    while some := list(islice(waiting, _AT_ONCE)):
        stored = connection.execute(_STORED, [some])
        rows = list(_rows(stored, properties, brands, brand_property))
        for write in brands.changes():
            write(connection)
        load(connection, "st_refresh", rows)
        changed = connection.execute(_WRITTEN, {"now": now}).rowcount
        if changed:
            connection.execute(_SEARCH_WORDS)
        written += changed
    return {"goods.reworded": written}


def _rows(
    stored: Iterable[tuple[Any, ...]], properties: Properties, brands: Brands, brand_property: str
) -> Iterator[str]:
    for product_id, name, full_name, article, key, code, barcodes, had, brand_id, brand, variant_codes in stored:
        has = properties.again(had)
        own_brand = brand_of(has, brand_property)
        if own_brand:
            brand_id, brand = brands.find(own_brand), own_brand  # noqa: PLW2901 - the stored one is not needed any more
        of_variants = (one for one in variant_codes if one and one != article and one not in barcodes)
        codes = (article, code, *barcodes, *of_variants)
        words = product_words(name, full_name, key, codes, brand or "", has)
        yield "\t".join((str(product_id), json_field(has), str(brand_id) if brand_id else NULL, *words))
