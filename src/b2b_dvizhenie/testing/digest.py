"""Digests of what an exchange has written: equal states have equal digests whatever ids their rows got.

Three questions are answered: is the content the same (`digest`), where does it differ (`differences`), and was
anything written at all, even the same values again (`row_versions`).
"""

import hashlib
from collections.abc import Mapping

import psycopg

_NODE = "(SELECT login FROM exchange_node n WHERE n.node_id = t.node_id)"
_SECTION = "(SELECT external_ref FROM section s WHERE s.section_id = {id})"
_VARIANT = (
    "(SELECT p.external_ref || '#' || v.variant_ref FROM variant v JOIN product p USING (product_id)"
    " WHERE v.variant_id = t.variant_id)"
)
_REFS = (
    "ARRAY(SELECT external_ref FROM section s JOIN unnest({ids}) WITH ORDINALITY AS u (id, i)"
    " ON u.id = s.section_id ORDER BY u.i)"
)

CONTENTS: Mapping[str, str] = {
    "section": f"""
        SELECT {_NODE}, external_ref, {_SECTION.format(id="t.parent_id")}, {_REFS.format(ids="t.path")}, name,
               product_count, is_deleted, is_active FROM section t""",
    "brand": f"""
        SELECT {_NODE}, name_key FROM brand t WHERE EXISTS (SELECT FROM product p WHERE p.brand_id = t.brand_id)""",
    "property": f"SELECT {_NODE}, external_ref, name, kind, options, is_active FROM property t",
    "price_type": f"SELECT {_NODE}, external_ref, name, currency, vat_included, is_active FROM price_type t",
    "warehouse": f"SELECT {_NODE}, external_ref, name, address, is_active FROM warehouse t",
    "product": f"""
        SELECT {_NODE}, external_ref, catalog_ref, article, article_key, code, name, full_name, sort_key, description,
               (SELECT name_key FROM brand b WHERE b.brand_id = t.brand_id), {_SECTION.format(id="t.section_id")},
               {_REFS.format(ids="t.section_ids")}, unit_code, unit_name, order_multiple, packs, vat_rate, weight,
               country, barcodes, properties, requisites, analog_refs, is_service, is_active, inactive_reason,
               is_hidden, search, content_hash FROM product t""",
    "product_placement": f"""
        SELECT {_SECTION.format(id="t.section_id")}, sort_key,
               (SELECT external_ref FROM product p WHERE p.product_id = t.product_id) FROM product_placement t""",
    "product_picture": """
        SELECT (SELECT external_ref FROM product p WHERE p.product_id = t.product_id), position, sha256, media_type,
               source FROM product_picture t""",
    "variant": f"""
        SELECT {_VARIANT}, t.variant_id = t.product_id, name, article, barcodes, attributes, is_active, content_hash
          FROM variant t""",
    "price": f"""
        SELECT {_VARIANT}, (SELECT external_ref FROM price_type y WHERE y.price_type_id = t.price_type_id),
               min_quantity, amount, currency, factor, unit FROM price t""",
    "stock": f"""
        SELECT {_VARIANT}, (SELECT external_ref FROM warehouse w WHERE w.warehouse_id = t.warehouse_id), quantity
          FROM stock t""",
    "company": f"""
        SELECT {_NODE}, external_ref, kind, name, full_name, inn, kpp, ogrn, details, is_active, content_hash
          FROM company t""",
    "agreement": """
        SELECT (SELECT external_ref FROM company c WHERE c.company_id = t.company_id),
               (SELECT external_ref FROM price_type y WHERE y.price_type_id = t.price_type_id), currency, rounding,
               is_default, is_active FROM agreement t""",
}
"""Table → its content without ids and moments. Brands count by their key (the spelling is the first one met)
and only where goods have them."""


def contents(url: str) -> dict[str, list[str]]:
    """Rows of every table of the catalogue as sorted texts."""
    found: dict[str, list[str]] = {}
    with psycopg.connect(url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for table, query in CONTENTS.items():
            rows = connection.execute(f"SELECT row_text::text FROM ({query}) AS row_text".encode())
            found[table] = sorted(row[0] for row in rows)
    return found


def digest(url: str) -> dict[str, str]:
    """One hash per table over its content."""
    return {table: hashlib.sha256("\n".join(rows).encode()).hexdigest() for table, rows in contents(url).items()}


def differences(one: Mapping[str, list[str]], other: Mapping[str, list[str]], *, limit: int = 5) -> list[str]:
    """The first rows that only one of two contents has, for the message of a failed test."""
    told: list[str] = []
    for table in CONTENTS:
        only_one, only_other = set(one[table]) - set(other[table]), set(other[table]) - set(one[table])
        told += [f"{table} - {row}" for row in sorted(only_one)[:limit]]
        told += [f"{table} + {row}" for row in sorted(only_other)[:limit]]
        if len(one[table]) != len(other[table]):
            told.append(f"{table}: {len(one[table])} rows, {len(other[table])} rows")
    return told


def row_versions(url: str) -> dict[str, str]:
    """One hash per table over the versions of its rows: it changes when any row is written, even with equal values."""
    found: dict[str, str] = {}
    with psycopg.connect(url) as connection:
        for table in CONTENTS:
            rows = connection.execute(f"SELECT t.ctid::text || ' ' || t.xmin::text FROM {table} t".encode())
            found[table] = hashlib.sha256("\n".join(sorted(row[0] for row in rows)).encode()).hexdigest()
    return found
