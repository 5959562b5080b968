"""Statements that bring `product` to what a chunk of goods said."""

from typing import Any

from psycopg import Connection
from psycopg.rows import TupleRow

from b2b_dvizhenie.adapters.postgres.exchange.chunks import NEW_ID, Chunk
from b2b_dvizhenie.adapters.postgres.exchange.copying import load
from b2b_dvizhenie.adapters.postgres.exchange.words import COLUMNS as WORDS
from b2b_dvizhenie.adapters.postgres.exchange.words import all_words, vector
from b2b_dvizhenie.adapters.postgres.search import ADD_WORDS

COLUMNS = f"""
    n int, ref text, catalog text, plain boolean, hash bytea, deleted boolean, name text, full_name text, sort_key text,
    article text, article_key text, code text, description text, brand_id uuid, section_id uuid, section_ids uuid[],
    unit_code text, unit_name text, order_multiple numeric, vat_said boolean, vat_rate numeric, weight numeric,
    country text, barcodes text[], properties jsonb, requisites jsonb, packs jsonb, analog_refs text[],
    is_service boolean, {WORDS}"""
NAMES = [column.split()[0] for column in COLUMNS.split(",")]

# Column of product → its value for a new row and a changed one alike.
_ALWAYS: dict[str, str] = {
    "article": "g.article",
    "article_key": "g.article_key",
    "code": "g.code",
    "name": "g.name",
    "full_name": "g.full_name",
    "sort_key": "g.sort_key",
    "country": "g.country",
    "barcodes": "g.barcodes",
    "requisites": "g.requisites",
    "packs": "g.packs",
    "is_service": "g.is_service",
    "search": vector("g"),
}
# Column → its value for a new row where the source said nothing; a changed row keeps what it has then.
_WHERE_SAID: dict[str, str] = {
    "description": "''",
    "brand_id": "NULL",
    "section_ids": "'{}'",
    "unit_code": "''",
    "unit_name": "''",
    "order_multiple": "1",
    "weight": "NULL",
    "properties": "'[]'",
    "analog_refs": "'{}'",
}
NULLABLE = {*_WHERE_SAID, "hash", "section_id", "vat_rate"}
HASH_BYTES = 16
"""Length of the hash of a good of its own. That of a good made from one of its variants is followed by the variant's
ref: the lowest variant speaks for the product, in whatever order they come, until a good of its own does."""

# What a variant said for want of a better word does not outlast it.
_OF_VARIANT = f"length(p.content_hash) > {HASH_BYTES}"

_SETS = ", ".join(
    [
        *(f"{name} = {value}" for name, value in _ALWAYS.items()),
        *(
            f"{name} = COALESCE(g.{name}, CASE WHEN {_OF_VARIANT} THEN {default} ELSE p.{name} END)"
            for name, default in _WHERE_SAID.items()
        ),
    ]
)
# One look-up per row by index, whatever the planner thinks of a chunk: OFFSET 0 keeps it from joining by hash.
_FOUND = f"""
    INSERT INTO m_good
    SELECT g.n, p.product_id,
           CASE WHEN p.product_id IS NULL THEN 'new'
                WHEN g.deleted THEN
                    CASE WHEN p.is_active OR p.inactive_reason <> 'deleted_in_1c' THEN 'deleted' ELSE 'same' END
                WHEN NOT g.plain AND (
                    length(p.content_hash) = {HASH_BYTES}
                    OR p.inactive_reason = 'deleted_in_1c'
                    OR substr(p.content_hash, {HASH_BYTES + 1}) < substr(g.hash, {HASH_BYTES + 1})) THEN 'same'
                WHEN p.content_hash IS DISTINCT FROM g.hash OR NOT p.is_active THEN 'changed'
                ELSE 'same' END
      FROM st_good g
      LEFT JOIN LATERAL (
          SELECT product_id, content_hash, is_active, inactive_reason
            FROM product WHERE node_id = %(node)s AND external_ref = g.ref OFFSET 0) p ON true"""

_UPDATE = f"""
    WITH changed AS (
        UPDATE product p
           SET {_SETS},
               section_id = CASE
                   WHEN g.section_ids IS NULL AND {_OF_VARIANT} IS NOT TRUE THEN p.section_id ELSE g.section_id END,
               vat_rate = CASE WHEN g.vat_said OR {_OF_VARIANT} THEN g.vat_rate ELSE p.vat_rate END,
               catalog_ref = g.catalog, is_active = true, inactive_reason = '',
               content_hash = g.hash, updated_at = %(now)s
          FROM st_good g JOIN m_good m USING (n)
         WHERE m.state = 'changed' AND p.product_id = m.product_id
        RETURNING p.product_id
    )
    INSERT INTO touched SELECT product_id, false FROM changed"""

_AWAITED = "p.inactive_reason = 'awaiting_good'"

_DELETE = f"""
    WITH hidden AS (
        UPDATE product p
           SET is_active = false, inactive_reason = 'deleted_in_1c', updated_at = %(now)s,
               name = CASE WHEN {_AWAITED} THEN g.name ELSE p.name END,
               sort_key = CASE WHEN {_AWAITED} THEN g.sort_key ELSE p.sort_key END,
               catalog_ref = CASE WHEN {_AWAITED} THEN g.catalog ELSE p.catalog_ref END,
               search = CASE WHEN {_AWAITED} THEN {vector("g")} ELSE p.search END
          FROM st_good g JOIN m_good m USING (n)
         WHERE m.state = 'deleted' AND p.product_id = m.product_id
        RETURNING p.product_id
    )
    INSERT INTO touched SELECT product_id, false FROM hidden"""

_NAMES_SQL = ", ".join([*_ALWAYS, *_WHERE_SAID])
_VALUES_SQL = ", ".join(
    [*_ALWAYS.values(), *(f"COALESCE(g.{name}, {default})" for name, default in _WHERE_SAID.items())]
)
_INSERT = f"""
    WITH added AS (
        INSERT INTO product (product_id, node_id, external_ref, catalog_ref, {_NAMES_SQL}, section_id, vat_rate,
                             is_active, inactive_reason, content_hash, updated_at)
        SELECT {NEW_ID.format(place="g.n")}, %(node)s, g.ref, g.catalog, {_VALUES_SQL}, g.section_id, g.vat_rate,
               NOT g.deleted, CASE WHEN g.deleted THEN 'deleted_in_1c' ELSE '' END, g.hash, %(now)s
          FROM st_good g JOIN m_good m USING (n)
         WHERE m.state = 'new'
         ORDER BY g.n
        RETURNING product_id
    ), variants AS (
        INSERT INTO variant (variant_id, product_id) SELECT product_id, product_id FROM added
    )
    INSERT INTO touched SELECT product_id, true FROM added"""

_STATEMENTS = {"changed": _UPDATE, "deleted": _DELETE, "new": _INSERT}
_TOLD = {"changed": "changed", "deleted": "deleted", "new": "added"}

_WORDS = ADD_WORDS.format(words=all_words("st_good"), source="st_good").encode()

_STAMP = b"""
    INSERT INTO exchange_seen (generation_id, product_id)
    SELECT %(generation)s, p.product_id
      FROM (SELECT ref FROM st_good UNION ALL SELECT ref FROM st_good_same) g
     CROSS JOIN LATERAL (
         SELECT product_id FROM product WHERE node_id = %(node)s AND external_ref = g.ref OFFSET 0) p
     ORDER BY p.product_id
        ON CONFLICT DO NOTHING"""


def prepare(connection: Connection[TupleRow]) -> None:
    """Make the temporary tables of goods."""
    connection.execute(f"CREATE TEMPORARY TABLE st_good ({COLUMNS}) ON COMMIT DROP".encode())
    connection.execute(b"CREATE TEMPORARY TABLE st_good_same (ref text) ON COMMIT DROP")
    connection.execute(b"CREATE TEMPORARY TABLE m_good (n int, product_id uuid, state text) ON COMMIT DROP")


def merge_goods(
    connection: Connection[TupleRow], chunk: Chunk, facts: dict[str, Any], generation: int | None
) -> dict[str, int]:
    """Merge the goods of a chunk; adds to `touched` (product_id, is_new).

    Args:
        connection: in the transaction of the import.
        chunk: what to merge.
        facts: parameters `node`, `now`, `milliseconds`.
        generation: the full export that the goods are named by, if one is going on.
    """
    execute = connection.execute
    load(connection, "st_good", chunk.goods, analyze="n")
    load(connection, "st_good_same", chunk.same)
    counters = {"goods.same": len(chunk.same)}
    if chunk.goods:
        execute(b"TRUNCATE m_good")
        execute(_FOUND.encode(), facts)
        execute(b"ANALYZE m_good")
        states: dict[str, int] = dict(iter(execute(b"SELECT state, count(*) FROM m_good GROUP BY state")))
        for state, statement in _STATEMENTS.items():
            if states.get(state):
                execute(statement.encode(), facts)
        execute(_WORDS)
        counters["goods.same"] += states.get("same", 0)
        counters |= {f"goods.{_TOLD[state]}": states.get(state, 0) for state in _TOLD}
    if generation is not None:
        counters["goods.stamped"] = execute(_STAMP, facts | {"generation": generation}).rowcount
    return counters
