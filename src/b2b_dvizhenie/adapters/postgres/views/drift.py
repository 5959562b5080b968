"""Drifts as staff see them, within the one predicate of orders; a constant number of statements."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Date, Select, cast, func, literal, select, text, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import String

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.ordering_scope import visible_orders
from b2b_dvizhenie.adapters.postgres.tables.companies import company
from b2b_dvizhenie.adapters.postgres.tables.drift import order_drift, order_drift_line
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user
from b2b_dvizhenie.adapters.postgres.tables.ordering import customer_order, order_line
from b2b_dvizhenie.application.drift import (
    MAX_NAMED,
    ComparedVersion,
    DriftDay,
    DriftLine,
    DriftOfKind,
    DriftPage,
    DriftQuery,
    DriftReader,
    DriftSum,
    DriftSummary,
    DriftTally,
    Named,
    OrderDrift,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.drift import Comparison, DriftKind, LineDrift, Pair, Step
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.shared.ids import CompanyId, OrderId

_DRIFT, _ORDER, _LINE = order_drift.c, customer_order.c, order_drift_line.c
_manager = app_user.alias("manager")
_differs = text("order_drift.kinds <> '{}'")  # as the index says it
_ZERO = Decimal(0)
MAX_DAYS = 366
MAX_VERSIONS = 50


def _joined(*columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns)
        .select_from(order_drift)
        .join(customer_order, _ORDER.order_id == _DRIFT.order_id)
        .join(company, company.c.company_id == _ORDER.company_id)
        .outerjoin(_manager, _manager.c.user_id == company.c.manager_id)
    )


def _pairs(stored: list[dict[str, Any]]) -> tuple[Pair, ...]:
    return msgspec.convert(stored, tuple[Pair, ...])


class PostgresDriftReader(DriftReader):
    """Reads drifts. `zone` is the seller's, in whose days they are counted."""

    def __init__(self, database: Database, zone: str) -> None:
        self._database = database
        self._zone = ZoneInfo(zone)

    def _within(self, actor: Actor, scope: Scope, query: DriftQuery) -> list[ColumnElement[bool]]:
        """Latest comparisons of orders the actor may see, in the days asked for."""
        found: list[ColumnElement[bool]] = [_DRIFT.is_latest, visible_orders(actor, scope)]
        if query.since is not None:
            found.append(_DRIFT.compared_at >= self._start(query.since))
        if query.until is not None:
            found.append(_DRIFT.compared_at < self._start(query.until + timedelta(days=1)))
        if query.order_id is not None:
            found.append(_DRIFT.order_id == query.order_id)
        if query.company_id is not None:
            found.append(_ORDER.company_id == query.company_id)
        if query.manager_id is not None:
            found.append(company.c.manager_id == query.manager_id)
        return found

    def _start(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._zone)

    @staticmethod
    def _of_kind(query: DriftQuery) -> list[Any]:
        if query.kind is None:
            return [_differs]
        return [_differs, _DRIFT.kinds.contains(literal([query.kind.value], ARRAY(String)))]

    async def page(self, actor: Actor, scope: Scope, query: DriftQuery) -> DriftPage:
        """A page with the sums of everything that matches; four statements."""
        within = self._within(actor, scope, query)
        matching = [*within, *self._of_kind(query)]
        columns: tuple[ColumnElement[Any], ...] = (
            _DRIFT.order_id,
            _ORDER.number,
            _ORDER.erp_number,
            _ORDER.placed_at,
            _DRIFT.compared_at,
            _ORDER.company_id,
            company.c.name,
            func.coalesce(_manager.c.name, ""),
            _ORDER.currency,
            _DRIFT.our_total,
            _DRIFT.their_total,
            _DRIFT.difference,
            _DRIFT.kinds,
            _DRIFT.lines,
            _DRIFT.compared,
        )
        newest = (_DRIFT.compared_at.desc(), _DRIFT.order_id.desc())
        rows = _joined(*columns).where(*matching).order_by(*newest).limit(query.limit).offset(query.offset)
        sums = (
            _joined(
                _ORDER.currency,
                func.count(),
                func.coalesce(func.sum(_DRIFT.difference).filter(_DRIFT.difference > 0), 0),
                func.coalesce(func.sum(_DRIFT.difference).filter(_DRIFT.difference < 0), 0),
            )
            .where(*matching)
            .group_by(_ORDER.currency)
            .order_by(func.count().desc(), _ORDER.currency)
        )
        wide = replace(query, company_id=None, manager_id=None)
        whose = _joined(_ORDER.company_id, company.c.name, _manager.c.user_id, _manager.c.name, func.count())
        whose = whose.where(*self._within(actor, scope, wide), *self._of_kind(query))
        whose = whose.group_by(_ORDER.company_id, company.c.name, _manager.c.user_id, _manager.c.name)
        whose = whose.order_by(func.count().desc(), company.c.name, _ORDER.company_id).limit(MAX_NAMED)
        async with self._database.engine.connect() as connection:
            items = tuple(_summary(row) for row in await connection.execute(rows))
            found = tuple(DriftSum(*row) for row in await connection.execute(sums))
            compared = await connection.scalar(_joined(func.count()).where(*within))
            named = (await connection.execute(whose)).all()
        return DriftPage(
            items,
            sum(one.orders for one in found),
            compared or 0,
            found,
            query.since,
            query.until,
            tuple(Named(row[0], row[1], row[4]) for row in named),
            _managers((row[2], row[3], row[4]) for row in named),
        )

    async def tally(self, actor: Actor, scope: Scope, query: DriftQuery) -> DriftTally:
        """By day and by kind; two statements."""
        matching = [*self._within(actor, scope, query), *self._of_kind(query)]
        day = cast(func.timezone(self._zone.key, _DRIFT.compared_at), Date)
        days = _joined(day, func.count()).where(*matching).group_by(day).order_by(day.desc()).limit(MAX_DAYS)
        of_lines = (
            _joined(_ORDER.currency, _LINE.kind, _LINE.order_id, _LINE.difference)
            .join(order_drift_line, (_LINE.order_id == _DRIFT.order_id) & (_LINE.version == _DRIFT.version))
            .where(*matching)
        )
        total = literal(DriftKind.TOTAL.value, String)
        of_totals = _joined(_ORDER.currency, total, _DRIFT.order_id, _DRIFT.unexplained)
        each = union_all(of_lines, of_totals.where(_DRIFT.unexplained != 0, *matching)).subquery("each")
        kinds = select(
            each.c.kind, each.c.currency, func.count(each.c.order_id.distinct()), func.count(), func.sum(each.c[3])
        )
        if query.kind is not None:
            kinds = kinds.where(each.c.kind == query.kind.value)
        kinds = kinds.group_by(each.c.kind, each.c.currency).order_by(func.count().desc(), each.c.kind, each.c.currency)
        async with self._database.engine.connect() as connection:
            counted: dict[date, int] = {row[0]: row[1] for row in await connection.execute(days)}
            tallied = tuple(DriftOfKind(DriftKind(row[0]), *row[1:]) for row in await connection.execute(kinds))
        return DriftTally(_every_day(counted, query), tallied)

    async def of_order(self, actor: Actor, scope: Scope, order_id: OrderId) -> OrderDrift | None:
        """The latest comparison of an order with earlier ones; four statements."""
        columns: tuple[ColumnElement[Any], ...] = (
            _ORDER.number,
            _ORDER.erp_number,
            _ORDER.company_id,
            company.c.name.label("company_name"),
            _ORDER.currency,
            *order_drift.c,
        )
        head: Select[*tuple[Any, ...]] = (
            select(*columns)
            .select_from(customer_order)
            .join(company, company.c.company_id == _ORDER.company_id)
            .outerjoin(order_drift, (_DRIFT.order_id == _ORDER.order_id) & _DRIFT.is_latest)
            .where(_ORDER.order_id == order_id, visible_orders(actor, scope))
        )
        versions = (
            select(_DRIFT.version, _DRIFT.compared_at, _DRIFT.lines, _DRIFT.difference)
            .where(_DRIFT.order_id == order_id, ~_DRIFT.is_latest)
            .order_by(_DRIFT.compared_at.desc(), _DRIFT.version)
            .limit(MAX_VERSIONS)
        )
        version = order_line.c.explanation["rule_set_id"].as_string()
        sets = select(version).where(order_line.c.order_id == order_id, version.is_not(None)).distinct()
        async with self._database.engine.connect() as connection:
            row = (await connection.execute(head)).first()
            if row is None:
                return None
            of = OrderDrift(
                order_id=order_id,
                number=row.number,
                erp_number=row.erp_number,
                company_id=CompanyId(row.company_id),
                company_name=row.company_name,
            )
            if row.version is None:
                return of
            lines = select(*order_drift_line.c).where(_LINE.order_id == order_id, _LINE.version == row.version)
            found = [_line(one) for one in await connection.execute(lines.order_by(_LINE.place))]
            earlier = tuple(ComparedVersion(*one) for one in await connection.execute(versions))
            rule_sets = tuple(UUID(key) for (key,) in await connection.execute(sets))
        return replace(
            of,
            compared_at=row.compared_at,
            comparison=Comparison(
                currency=row.currency,
                lines=tuple(found),
                compared=row.compared,
                our_total=row.our_total,
                their_total=row.their_total,
                within=row.within,
                unexplained=row.unexplained,
            ),
            earlier=earlier,
            rule_sets=rule_sets,
        )

    async def lines(self, actor: Actor, scope: Scope, query: DriftQuery, most: int) -> tuple[DriftLine, ...]:
        """Differing lines of the orders that match, and totals that their lines do not make; two statements."""
        matching = [*self._within(actor, scope, query), *self._of_kind(query)]
        of_order: tuple[ColumnElement[Any], ...] = (
            _ORDER.number,
            _ORDER.erp_number,
            _DRIFT.compared_at,
            company.c.name.label("company_name"),
            func.coalesce(_manager.c.name, "").label("manager"),
            _ORDER.currency,
        )
        newest = (_DRIFT.compared_at.desc(), _ORDER.number.desc())
        rows = (
            _joined(*of_order, *order_drift_line.c)
            .join(order_drift_line, (_LINE.order_id == _DRIFT.order_id) & (_LINE.version == _DRIFT.version))
            .where(*matching)
            .order_by(*newest, _LINE.place)
            .limit(most)
        )
        totals = _joined(*of_order, _DRIFT.our_total, _DRIFT.their_total, _DRIFT.unexplained)
        totals = totals.where(*matching, _DRIFT.unexplained != 0).order_by(*newest).limit(most)
        async with self._database.engine.connect() as connection:
            found = [_exported(row) for row in await connection.execute(rows)]
            found += [_exported_total(row) for row in await connection.execute(totals)]
        found.sort(key=lambda one: (one.compared_at, one.number), reverse=True)
        return tuple(found[:most])


def _summary(row: Any) -> DriftSummary:
    return DriftSummary(
        order_id=OrderId(row[0]),
        number=row[1],
        erp_number=row[2],
        placed_at=row[3],
        compared_at=row[4],
        company_id=CompanyId(row[5]),
        company_name=row[6],
        manager=row[7],
        currency=row[8],
        our_total=row[9],
        their_total=row[10],
        difference=row[11],
        kinds=tuple(map(DriftKind, row[12])),
        lines=row[13],
        compared=row[14],
    )


def _managers(rows: Iterable[tuple[UUID | None, str | None, int]]) -> tuple[Named, ...]:
    """The managers of companies, each once, the one with the most orders first."""
    found: dict[UUID, Named] = {}
    for user_id, name, orders in rows:
        if user_id is not None:
            before = found.get(user_id)
            found[user_id] = Named(user_id, name or "", orders + (before.orders if before else 0))
    return tuple(sorted(found.values(), key=lambda one: (-one.orders, one.name, one.id)))


def _line(row: Any) -> LineDrift:
    return LineDrift(
        kind=DriftKind(row.kind),
        position=row.position,
        article=row.article,
        name=row.name,
        pairs=_pairs(row.pairs),
        first=row.first,
        difference=row.difference,
    )


def _exported(row: Any) -> DriftLine:
    line = _line(row)
    return DriftLine(
        **_of_order(row),
        position=line.position,
        article=line.article,
        name=line.name,
        kind=line.kind,
        pair=line.diverging,
        difference=line.difference,
    )


def _exported_total(row: Any) -> DriftLine:
    pair = Pair(Step.TOTAL, row.our_total, row.their_total)
    return DriftLine(**_of_order(row), kind=DriftKind.TOTAL, pair=pair, difference=row.unexplained)


def _of_order(row: Any) -> dict[str, Any]:
    names = ("number", "erp_number", "compared_at", "company_name", "manager", "currency")
    return {name: getattr(row, name) for name in names}


def _every_day(counted: dict[date, int], query: DriftQuery) -> tuple[DriftDay, ...]:
    """Every day of the period, at most a year back from its end; without a period, from the first to the last found."""
    known = [*counted, *(day for day in (query.since, query.until) if day is not None)]
    if not known:
        return ()
    last = query.until or max(known)
    first = query.since or min(known)
    if (last - first).days >= MAX_DAYS:
        first = last - timedelta(days=MAX_DAYS - 1)
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return tuple(DriftDay(day, counted.get(day, 0)) for day in days)
