"""Rule books out of published versions: the common part once per version, a buyer's own part once per buyer."""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping
from typing import Generic, TypeVar
from uuid import UUID

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.pricing_rows import GROUPS_JSON, RULES_JSON, read_groups, read_rules
from b2b_dvizhenie.application.pricing import ActiveSet, RuleBooks, RuleName
from b2b_dvizhenie.domain.pricing import Buyer, GroupNode, Kind, PlacedRule, Rule, RuleBook, SetLimits, tree
from b2b_dvizhenie.domain.shared.ids import PriceTypeId

KEPT_VERSIONS = 4
KEPT_BUYERS = 1024
_NODES = GROUPS_JSON.format(of="g.rule_set_id = %(set)s")
_EVERYONE = RULES_JSON.format(
    of="r.rule_set_id = %(set)s AND r.is_active AND r.companies = '{}' AND r.agreements = '{}' AND r.segments = '{}'"
)
_OWN = RULES_JSON.format(
    of="r.rule_set_id = %(set)s AND r.is_active AND (r.companies @> ARRAY[%(company)s]::uuid[]"
    " OR r.agreements @> ARRAY[%(agreement)s]::uuid[] OR r.segments && %(segments)s::uuid[])"
)
_WHOLE = RULES_JSON.format(of="r.rule_set_id = %(set)s")
_VERSION = """
SELECT rule_set_id, number, floor_price_type_id, cost_price_type_id, minimal_margin, max_total_percent
  FROM rule_set WHERE rule_set_id = %(set)s"""
_NAMES = """
SELECT r.rule_id, r.kind, r.title, r.public_title, coalesce(s.name, ''), coalesce(b.name, '')
  FROM discount_rule r
  LEFT JOIN section s ON s.section_id = r.category_id
  LEFT JOIN brand b ON b.brand_id = r.brand_id
 WHERE r.rule_set_id = %(set)s AND r.rule_id = ANY(%(rules)s)"""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """A few values that never change, made once however many ask at the same time; the longest unused leaves."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[K, V] = OrderedDict()
        self._making: defaultdict[K, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(self, key: K, make: Callable[[], Awaitable[V]]) -> V:
        """The value, made by `make` when it is not there; a failure is kept by nobody."""
        if key in self._values:
            self._values.move_to_end(key)
            return self._values[key]
        async with self._making[key]:
            if key not in self._values:
                self._values[key] = await make()
                while len(self._values) > self._size:
                    self._values.popitem(last=False)
        self._making.pop(key, None)
        return self._values[key]


class PostgresRuleBooks(RuleBooks):
    """Reads rules over the bare pool. Versions are immutable, so nothing is ever out of date."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._common: Kept[UUID, tuple[tuple[GroupNode, ...], RuleBook]] = Kept(KEPT_VERSIONS)
        self._books: Kept[tuple[UUID, Buyer], RuleBook] = Kept(KEPT_BUYERS)

    async def _read(self, statement: str, values: Mapping[str, object]) -> str:
        async with self._database.reading() as connection:
            row = await (await connection.execute(statement, values)).fetchone()
        return str(row[0]) if row else "[]"

    async def _everyone(self, rule_set_id: UUID) -> tuple[tuple[GroupNode, ...], RuleBook]:
        values = {"set": rule_set_id}
        nodes = read_groups(await self._read(_NODES, values))
        rules = read_rules(await self._read(_EVERYONE, values))
        return nodes, RuleBook(tree(nodes, _placed(rules)))

    async def book(self, rule_set_id: UUID, buyer: Buyer) -> RuleBook:
        """The rules that can be for the buyer."""

        async def made() -> RuleBook:
            nodes, common = await self._common.get(rule_set_id, lambda: self._everyone(rule_set_id))
            values = {
                "set": rule_set_id,
                "company": buyer.company_id,
                "agreement": buyer.agreement_id,
                "segments": list(buyer.segments),
            }
            own = read_rules(await self._read(_OWN, values))
            return RuleBook(tree(nodes, _placed(own)), common) if own else common

        return await self._books.get((rule_set_id, buyer), made)

    async def version(self, rule_set_id: UUID) -> ActiveSet | None:
        """A version with its limits."""
        async with self._database.reading() as connection:
            row = await (await connection.execute(_VERSION, {"set": rule_set_id})).fetchone()
        if row is None:
            return None
        floor, cost = (PriceTypeId(one) if one else None for one in row[2:4])
        return ActiveSet(row[0], row[1], SetLimits(floor, cost, row[4], row[5]))

    async def whole(self, rule_set_id: UUID) -> RuleBook:
        """Every rule of the version; not kept, since drafts change."""
        values = {"set": rule_set_id}
        nodes = read_groups(await self._read(_NODES, values))
        return RuleBook(tree(nodes, _placed(read_rules(await self._read(_WHOLE, values)))))

    async def names(self, rule_set_id: UUID, rule_ids: Collection[UUID]) -> Mapping[UUID, RuleName]:
        """How rules are called."""
        async with self._database.reading() as connection:
            cursor = await connection.execute(_NAMES, {"set": rule_set_id, "rules": list(rule_ids)})
            return {row[0]: RuleName(row[0], Kind(row[1]), *row[2:]) for row in await cursor.fetchall()}


def _placed(rules: tuple[PlacedRule, ...]) -> list[tuple[UUID, Rule]]:
    return [(one.group_id, one.rule) for one in rules]
