"""Groups and rules as the database holds them: one statement in, one out, whatever their number.

They travel as one JSON value: arrays would be quoted element by element in Python, and rules come out of JSON as the
Structs they are without a step between.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import Uuid, bindparam, text

from b2b_dvizhenie.domain.pricing import Effect, GroupNode, Kind, PlacedRule, Rule

_GROUP_COLUMNS = """
       group_id uuid, parent_id uuid, title text, strategy text, "inner" text, kind_order text[], cap_percent numeric,
       ignore_zero boolean, priority int, position int, exclusive boolean"""
_RULE_COLUMNS = """
       rule_id uuid, group_id uuid, title text, public_title text, kind text, effect text, value numeric,
       currency text, category_id uuid, brand_id uuid, articles text[], companies uuid[], agreements uuid[],
       segments uuid[], starts_at timestamptz, ends_at timestamptz, minimum numeric, priority int, position int,
       stop_level boolean, stop_all boolean, exclusive boolean, is_active boolean"""
_GROUPS = (
    'group_id, parent_id, title, strategy, "inner", kind_order, cap_percent, ignore_zero, priority, position, exclusive'
)
_RULES = (
    "rule_id, group_id, title, public_title, kind, effect, value, currency, category_id, brand_id, articles, companies,"
    " agreements, segments, starts_at, ends_at, minimum, priority, position, stop_level, stop_all, exclusive, is_active"
)


def _replacing(columns: str, key: str) -> str:
    names = [name.strip() for name in columns.split(",") if name.strip() != key]
    return ", ".join(f"{name} = excluded.{name}" for name in names)


PUT_GROUPS = text(f"""
INSERT INTO discount_group (rule_set_id, {_GROUPS})
SELECT :rule_set, {_GROUPS} FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS one ({_GROUP_COLUMNS})
    ON CONFLICT (rule_set_id, group_id) DO UPDATE SET {_replacing(_GROUPS, "group_id")}
""").bindparams(bindparam("rule_set", type_=Uuid))  # noqa: S608 - of the constants above
PUT_RULES = text(f"""
INSERT INTO discount_rule (rule_set_id, {_RULES})
SELECT :rule_set, {_RULES} FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS one ({_RULE_COLUMNS})
    ON CONFLICT (rule_set_id, rule_id) DO UPDATE SET {_replacing(_RULES, "rule_id")}
""").bindparams(bindparam("rule_set", type_=Uuid))  # noqa: S608 - of the constants above
COPY_GROUPS = text(
    f"INSERT INTO discount_group (rule_set_id, {_GROUPS})"  # noqa: S608 - of the constants above
    f" SELECT :target, {_GROUPS} FROM discount_group WHERE rule_set_id = :source"
).bindparams(bindparam("source", type_=Uuid), bindparam("target", type_=Uuid))
COPY_RULES = text(
    f"INSERT INTO discount_rule (rule_set_id, {_RULES})"  # noqa: S608 - of the constants above
    f" SELECT :target, {_RULES} FROM discount_rule WHERE rule_set_id = :source"
).bindparams(bindparam("source", type_=Uuid), bindparam("target", type_=Uuid))

# Members of the tree as JSON; `of` is an SQL condition over discount_group g or discount_rule r.
GROUPS_JSON = """
SELECT coalesce(json_agg(json_build_object(
         'group_id', g.group_id, 'parent_id', g.parent_id, 'title', g.title, 'strategy', g.strategy,
         'inner', g."inner", 'kind_order', g.kind_order, 'cap_percent', trim_scale(g.cap_percent)::text,
         'ignore_zero', g.ignore_zero, 'priority', g.priority, 'order', g.position, 'exclusive', g.exclusive
       ) ORDER BY g.position, g.group_id), '[]')::text
  FROM discount_group g WHERE {of}"""
RULE_JSON = """json_build_object('group_id', r.group_id, 'title', r.title, 'public_title', r.public_title,
       'rule', json_build_object(
         'rule_id', r.rule_id, 'kind', r.kind, 'effect', r.effect, 'value', trim_scale(r.value)::text,
         'category_id', r.category_id, 'brand_id', r.brand_id, 'articles', r.articles,
         'target', json_build_object('companies', r.companies, 'agreements', r.agreements, 'segments', r.segments),
         'currency', r.currency, 'starts_at', r.starts_at, 'ends_at', r.ends_at,
         'minimum', trim_scale(r.minimum)::text, 'priority', r.priority, 'order', r.position,
         'stop_level', r.stop_level, 'stop_all', r.stop_all, 'exclusive', r.exclusive, 'is_active', r.is_active))"""
RULES_JSON = f"SELECT coalesce(json_agg({RULE_JSON}), '[]')::text FROM discount_rule r WHERE {{of}}"  # noqa: S608

_node_decoder = msgspec.json.Decoder(tuple[GroupNode, ...])
_rule_decoder = msgspec.json.Decoder(tuple[PlacedRule, ...])


class _RuleRow(Struct, frozen=True):
    rule_id: UUID
    group_id: UUID
    title: str
    public_title: str
    kind: Kind
    effect: Effect
    value: Decimal
    currency: str
    category_id: UUID | None
    brand_id: UUID | None
    articles: list[str]
    companies: list[UUID]
    agreements: list[UUID]
    segments: list[UUID]
    starts_at: datetime | None
    ends_at: datetime | None
    minimum: Decimal
    priority: int
    position: int
    stop_level: bool
    stop_all: bool
    exclusive: bool
    is_active: bool


def _row(placed: PlacedRule) -> _RuleRow:
    rule: Rule = placed.rule
    return _RuleRow(
        rule.rule_id,
        placed.group_id,
        placed.title,
        placed.public_title,
        rule.kind,
        rule.effect,
        rule.value,
        rule.currency,
        rule.category_id,
        rule.brand_id,
        sorted(rule.articles),
        sorted(rule.target.companies),
        sorted(rule.target.agreements),
        sorted(rule.target.segments),
        rule.starts_at,
        rule.ends_at,
        rule.minimum,
        rule.priority,
        rule.order,
        rule.stop_level,
        rule.stop_all,
        rule.exclusive,
        rule.is_active,
    )


def _node(node: GroupNode) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(node)
    row["position"] = row.pop("order")
    return row


def group_rows(nodes: Iterable[GroupNode]) -> str:
    """Groups as the parameter `rows` of `PUT_GROUPS`."""
    return msgspec.json.encode([_node(node) for node in nodes]).decode()


def rule_rows(rules: Iterable[PlacedRule]) -> str:
    """Rules as the parameter `rows` of `PUT_RULES`."""
    return msgspec.json.encode([_row(rule) for rule in rules]).decode()


def read_groups(found: str) -> tuple[GroupNode, ...]:
    """Groups out of `GROUPS_JSON`."""
    return _node_decoder.decode(found)


def read_rules(found: str) -> tuple[PlacedRule, ...]:
    """Rules out of `RULES_JSON`."""
    return _rule_decoder.decode(found)
