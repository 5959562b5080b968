"""Rule sets in PostgreSQL."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Row, Uuid, any_, delete, func, insert, literal, or_, select, text, true, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres import pricing_rows as rows
from b2b_dvizhenie.adapters.postgres.tables.catalog import brand, section
from b2b_dvizhenie.adapters.postgres.tables.companies import agreement, company
from b2b_dvizhenie.adapters.postgres.tables.pricing_rules import (
    discount_group,
    discount_rule,
    rule_set,
    rule_set_activation,
)
from b2b_dvizhenie.adapters.postgres.tables.visibility import segment
from b2b_dvizhenie.adapters.postgres.transactions import Transaction
from b2b_dvizhenie.application.pricing import (
    Activation,
    RulePage,
    RuleQuery,
    RuleSetHead,
    RuleSetLine,
    RuleSetPage,
    RuleSets,
    RuleSetTransaction,
    Unknown,
)
from b2b_dvizhenie.domain.pricing import GroupNode, PlacedRule, Rule, SetLimits, SetState
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import PriceTypeId

_sets, _rules, _groups, _activations = rule_set.c, discount_rule.c, discount_group.c, rule_set_activation.c
_HEAD = (
    _sets.rule_set_id,
    _sets.number,
    _sets.title,
    _sets.state,
    _sets.revision,
    _sets.floor_price_type_id,
    _sets.cost_price_type_id,
    _sets.minimal_margin,
    _sets.max_total_percent,
    _sets.based_on,
    _sets.created_by,
    _sets.created_at,
    _sets.changed_by,
    _sets.changed_at,
    _sets.published_by,
    _sets.published_at,
)
_HOLD_TIMELINE = text("LOCK TABLE rule_set_activation IN SHARE ROW EXCLUSIVE MODE")
_ONE_RULE = text(f"SELECT {rows.RULE_JSON}::text FROM discount_rule r WHERE r.rule_set_id = :set AND r.rule_id = :rule")  # noqa: S608
_NODES = text(rows.GROUPS_JSON.format(of="g.rule_set_id = :set"))
_ALL = text(rows.RULES_JSON.format(of="r.rule_set_id = :set"))
_PAGE = text(
    "SELECT coalesce(json_agg(one.rule ORDER BY one.place), '[]')::text"  # noqa: S608 - of our own constants
    f" FROM (SELECT {rows.RULE_JSON} AS rule, array_position(CAST(:ids AS uuid[]), r.rule_id) AS place"
    " FROM discount_rule r WHERE r.rule_set_id = :set AND r.rule_id = ANY (CAST(:ids AS uuid[]))) one"
)
_Named = Callable[[Rule], Collection[UUID]]
_NAMED: tuple[tuple[str, Any, _Named], ...] = (
    ("category_id", section.c.section_id, lambda rule: (rule.category_id,) if rule.category_id else ()),
    ("brand_id", brand.c.brand_id, lambda rule: (rule.brand_id,) if rule.brand_id else ()),
    ("companies", company.c.company_id, lambda rule: rule.target.companies),
    ("agreements", agreement.c.agreement_id, lambda rule: rule.target.agreements),
    ("segments", segment.c.segment_id, lambda rule: rule.target.segments),
)
_LIMIT_FIELDS = {
    "fk_rule_set_floor_price_type_id": "floor_price_type_id",
    "fk_rule_set_cost_price_type_id": "cost_price_type_id",
}


def _head(row: Row[*tuple[Any, ...]]) -> RuleSetHead:
    limits = SetLimits(PriceTypeId(row[5]) if row[5] else None, PriceTypeId(row[6]) if row[6] else None, row[7], row[8])
    return RuleSetHead(
        rule_set_id=row[0],
        number=row[1],
        title=row[2],
        state=SetState(row[3]),
        revision=row[4],
        limits=limits,
        based_on=row[9],
        created_by=row[10],
        created_at=row[11],
        changed_by=row[12],
        changed_at=row[13],
        published_by=row[14],
        published_at=row[15],
    )


def _found_by(query: RuleQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.group_id is not None:
        found.append(_rules.group_id == query.group_id)
    if query.kind is not None:
        found.append(_rules.kind == query.kind.value)
    if query.effect is not None:
        found.append(_rules.effect == query.effect.value)
    if query.company_id is not None:
        found.append(_rules.companies.contains([query.company_id]))
    part = query.text.strip()
    if part:
        named = {"autoescape": True}
        found.append(
            or_(
                _rules.title.icontains(part, **named),
                _rules.public_title.icontains(part, **named),
                _rules.articles.contains([part]),
                _rules.brand_id.in_(select(brand.c.brand_id).where(brand.c.name.icontains(part, **named))),
                _rules.category_id.in_(select(section.c.section_id).where(section.c.name.icontains(part, **named))),
                _rules.companies.overlap(
                    select(func.array_agg(company.c.company_id))
                    .where(company.c.name.icontains(part, **named))
                    .scalar_subquery()
                ),
                _rules.agreements.overlap(
                    select(func.array_agg(agreement.c.agreement_id))
                    .join(company, company.c.company_id == agreement.c.company_id)
                    .where(or_(company.c.name.icontains(part, **named), agreement.c.title.icontains(part, **named)))
                    .scalar_subquery()
                ),
            )
        )
    return found


class PostgresRuleSets(RuleSets):
    """The tables of rule sets, over the transaction's connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def page(self, now: datetime, limit: int, offset: int) -> RuleSetPage:
        """Versions, newest first."""
        holds = (
            (_activations.rule_set_id == _sets.rule_set_id)
            & (_activations.starts_at <= now)
            & or_(_activations.ends_at.is_(None), _activations.ends_at > now)
        )
        since = select(_activations.starts_at).where(holds).correlate(rule_set).limit(1).scalar_subquery()
        planned = (
            select(func.min(_activations.starts_at))
            .where(_activations.rule_set_id == _sets.rule_set_id, _activations.starts_at > now)
            .correlate(rule_set)
            .scalar_subquery()
        )
        count = (
            select(func.count()).where(_rules.rule_set_id == _sets.rule_set_id).correlate(rule_set).scalar_subquery()
        )
        query = (
            select(*_HEAD, count, since, planned, func.count().over())
            .order_by(_sets.number.desc())
            .limit(limit)
            .offset(offset)
        )
        found: Sequence[Any] = (await self._connection.execute(query)).all()
        size = len(_HEAD)
        lines = tuple(RuleSetLine(_head(row), row[size], row[size + 1], row[size + 2]) for row in found)
        if found:
            return RuleSetPage(lines, found[0][size + 3])
        total = (await self._connection.execute(select(func.count()).select_from(rule_set))).scalar_one()
        return RuleSetPage((), total)

    async def head(self, rule_set_id: UUID) -> RuleSetHead | None:
        """A version as it is now."""
        row = (await self._connection.execute(select(*_HEAD).where(_sets.rule_set_id == rule_set_id))).first()
        return None if row is None else _head(row)

    async def hold(self, rule_set_id: UUID) -> RuleSetHead | None:
        """The same, locked until the transaction ends."""
        query = select(*_HEAD).where(_sets.rule_set_id == rule_set_id).with_for_update()
        row = (await self._connection.execute(query)).first()
        return None if row is None else _head(row)

    async def add(self, rule_set_id: UUID, title: str, based_on: UUID | None, by: str, now: datetime) -> int:
        """A new draft; returns its number."""
        values: dict[str, Any] = {
            "rule_set_id": rule_set_id,
            "title": title,
            "created_by": by,
            "created_at": now,
            "changed_by": by,
            "changed_at": now,
        }
        base = None if based_on is None else await self.head(based_on)
        if base is not None:
            values |= msgspec.structs.asdict(base.limits)
            # A copied draft may be thrown away, so only versions that stay are remembered as bases.
            values["based_on"] = based_on if base.state is SetState.PUBLISHED else None
        statement = insert(rule_set).values(values).returning(_sets.number)
        number: int = (await self._connection.execute(statement)).scalar_one()
        if based_on is not None:
            for copying in (rows.COPY_GROUPS, rows.COPY_RULES):
                await self._connection.execute(copying, {"source": based_on, "target": rule_set_id})
        return number

    async def change(self, head: RuleSetHead, by: str, now: datetime) -> None:
        """Store title and limits, and count the edit."""
        changed = update(rule_set).where(_sets.rule_set_id == head.rule_set_id)
        try:
            await self._connection.execute(
                changed.values(
                    title=head.title,
                    **msgspec.structs.asdict(head.limits),
                    revision=_sets.revision + 1,
                    changed_by=by,
                    changed_at=now,
                )
            )
        except IntegrityError as error:
            name = getattr(getattr(error.orig, "diag", None), "constraint_name", "") or ""
            raise NotFound(_LIMIT_FIELDS.get(name, "rule_set_id")) from error

    async def discard(self, rule_set_id: UUID) -> None:
        """Delete a held draft."""
        await self._connection.execute(delete(rule_set).where(_sets.rule_set_id == rule_set_id))

    async def nodes(self, rule_set_id: UUID) -> tuple[GroupNode, ...]:
        """Its groups in their order."""
        return rows.read_groups((await self._connection.execute(_NODES, {"set": rule_set_id})).scalar_one())

    async def put_nodes(self, rule_set_id: UUID, nodes: Sequence[GroupNode]) -> None:
        """Add or replace groups."""
        await self._connection.execute(rows.PUT_GROUPS, {"rule_set": rule_set_id, "rows": rows.group_rows(nodes)})

    async def drop_node(self, rule_set_id: UUID, group_id: UUID) -> None:
        """Delete a group with its rules."""
        await self._connection.execute(
            delete(discount_group).where(_groups.rule_set_id == rule_set_id, _groups.group_id == group_id)
        )

    async def rules(self, rule_set_id: UUID, query: RuleQuery) -> RulePage:
        """One page of its rules."""
        where = [_rules.rule_set_id == rule_set_id, *_found_by(query)]
        total = (await self._connection.execute(select(func.count()).select_from(discount_rule).where(*where))).scalar()
        ids = (
            select(_rules.rule_id)
            .where(*where)
            .order_by(_rules.group_id, _rules.position, _rules.rule_id)
            .limit(query.limit)
            .offset(query.offset)
        )
        wanted = list((await self._connection.execute(ids)).scalars())
        found = (await self._connection.execute(_PAGE, {"set": rule_set_id, "ids": wanted})).scalar_one()
        return RulePage(rows.read_rules(found), total or 0)

    async def rule(self, rule_set_id: UUID, rule_id: UUID) -> PlacedRule | None:
        """One of its rules."""
        found = (await self._connection.execute(_ONE_RULE, {"set": rule_set_id, "rule": rule_id})).scalar()
        return None if found is None else rows.read_rules(f"[{found}]")[0]

    async def all_rules(self, rule_set_id: UUID) -> tuple[PlacedRule, ...]:
        """All of them."""
        return rows.read_rules((await self._connection.execute(_ALL, {"set": rule_set_id})).scalar_one())

    async def put_rules(self, rule_set_id: UUID, rules: Sequence[PlacedRule]) -> None:
        """Add or replace rules: one statement."""
        if rules:
            await self._connection.execute(rows.PUT_RULES, {"rule_set": rule_set_id, "rows": rows.rule_rows(rules)})

    async def drop_rules(self, rule_set_id: UUID, rule_ids: Collection[UUID] | None) -> int:
        """Delete rules; how many there were."""
        which = true() if rule_ids is None else _rules.rule_id.in_(rule_ids)
        statement = delete(discount_rule).where(_rules.rule_set_id == rule_set_id, which)
        return (await self._connection.execute(statement)).rowcount

    async def unknown(self, rules: Sequence[PlacedRule]) -> tuple[Unknown, ...]:
        """What the rules name and does not exist."""
        found: list[Unknown] = []
        for field, column, of in _NAMED:
            asked = {one for placed in rules for one in of(placed.rule)}
            if not asked:
                continue
            query = select(column).where(column == any_(literal(sorted(asked), ARRAY(Uuid))))
            known = set((await self._connection.execute(query)).scalars())
            found += [Unknown(one.rule.rule_id, field) for one in rules if not known.issuperset(of(one.rule))]
        return tuple(found)

    async def mark_published(self, rule_set_id: UUID, by: str, now: datetime) -> None:
        """Turn a held draft into a published version."""
        await self._connection.execute(
            update(rule_set)
            .where(_sets.rule_set_id == rule_set_id)
            .values(state=SetState.PUBLISHED.value, published_by=by, published_at=now)
        )

    async def hold_timeline(self) -> tuple[Activation, ...]:
        """Every period, earliest first, and no other changes them until the transaction ends; reading goes on."""
        await self._connection.execute(_HOLD_TIMELINE)
        query = select(
            _activations.activation_id,
            _activations.rule_set_id,
            _activations.starts_at,
            _activations.ends_at,
            _activations.decided_by,
        ).order_by(_activations.starts_at)
        return tuple(Activation(*row) for row in await self._connection.execute(query))

    async def activate(self, activation: Activation, now: datetime) -> None:
        """Add a period."""
        values = msgspec.structs.asdict(activation)
        await self._connection.execute(insert(rule_set_activation).values(**values, decided_at=now))

    async def end(self, activation_id: UUID, ends_at: datetime | None) -> None:
        """Set the end of a period."""
        statement = update(rule_set_activation).where(_activations.activation_id == activation_id)
        await self._connection.execute(statement.values(ends_at=ends_at))

    async def cancel(self, activation_id: UUID) -> None:
        """Remove a period."""
        await self._connection.execute(delete(rule_set_activation).where(_activations.activation_id == activation_id))


class PostgresRuleSetTransaction(Transaction, RuleSetTransaction):
    """The unit of work of rule sets."""

    sets: RuleSets

    def bind(self, connection: AsyncConnection) -> None:
        """Add the rule sets."""
        super().bind(connection)
        self.sets = PostgresRuleSets(connection)
