"""The bench's discounts: a published version with a few rules for everybody and the rest for single companies."""

from uuid import UUID

import psycopg

from b2b_dvizhenie.domain.shared.ids import new_id
from bench.progress import bar
from bench.setting import Bench

FOR_EVERYBODY = 100
_AT_ONCE = 50_000
_RULES = """
WITH s AS (SELECT array_agg(section_id ORDER BY section_id) AS ids FROM section),
     b AS (SELECT array_agg(brand_id ORDER BY brand_id) AS ids FROM brand),
     c AS (SELECT array_agg(company_id ORDER BY company_id) AS ids FROM company),
     a AS (SELECT array_agg(article ORDER BY product_id) AS articles
             FROM (SELECT article, product_id FROM product WHERE article <> '' ORDER BY product_id LIMIT 50000) p)
INSERT INTO discount_rule (rule_set_id, rule_id, group_id, kind, effect, value, category_id, brand_id, articles,
                           companies, minimum)
SELECT %(set)s, gen_random_uuid(), %(group)s, kind, 'percent', 1 + n %% 25,
       CASE WHEN kind IN ('category', 'category_brand') THEN s.ids[1 + (n * 7) %% cardinality(s.ids)] END,
       CASE WHEN kind IN ('brand', 'category_brand') THEN b.ids[1 + (n * 11) %% cardinality(b.ids)] END,
       CASE WHEN kind = 'articles' THEN ARRAY(
            SELECT DISTINCT a.articles[1 + (n * 13 + k) %% cardinality(a.articles)] FROM generate_series(1, 20) k)
            ELSE '{}' END,
       CASE WHEN n <= %(everybody)s THEN '{}' ELSE ARRAY[c.ids[1 + n %% cardinality(c.ids)]] END,
       CASE WHEN n %% 5 = 0 THEN 10 ELSE 0 END
  FROM s, b, c, a, generate_series(%(first)s::int, %(last)s::int) AS n,
       LATERAL (SELECT (ARRAY['category', 'brand', 'category_brand', 'articles'])[1 + n %% 4] AS kind) k"""


def draft(bench: Bench, url: str, wanted: int) -> UUID:
    """Write a draft of so many rules."""
    key, group = new_id(), new_id()
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO rule_set (rule_set_id, title, created_at, changed_at) VALUES (%s, 'bench', now(), now())",
            [key],
        )
        connection.execute(
            "INSERT INTO discount_group (rule_set_id, group_id, kind_order)"
            " VALUES (%s, %s, '{articles,category_brand,brand,category}')",
            [key, group],
        )
        with bar(bench.setting.console, f"writing {wanted:,} discount rules", wanted) as advance:
            for first in range(1, wanted + 1, _AT_ONCE):
                last = min(first + _AT_ONCE - 1, wanted)
                values = {"set": key, "group": group, "everybody": FOR_EVERYBODY, "first": first, "last": last}
                connection.execute(_RULES, values)
                advance(last - first + 1)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE discount_rule")
    return key


def publish(bench: Bench, url: str, wanted: int) -> None:
    """Write a version of so many rules, and put it in force in place of the one that is."""
    key = draft(bench, url, wanted)
    with psycopg.connect(url) as connection:
        connection.execute(
            "UPDATE rule_set SET state = 'published', published_at = now(), published_by = 'bench'"
            " WHERE rule_set_id = %s",
            [key],
        )
        connection.execute("UPDATE rule_set_activation SET ends_at = now() WHERE ends_at IS NULL")
        connection.execute(
            "INSERT INTO rule_set_activation (activation_id, rule_set_id, starts_at, decided_at)"
            " VALUES (%s, %s, now(), now())",
            [new_id(), key],
        )
