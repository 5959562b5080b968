"""Which orders are on a page of the list, and how many there are: fast for whoever asks, however wide his scope is.

Orders of one company, of one firm, of everybody stand in an index in the order of the list. Orders of the companies
that some people look after do not, and there are two ways to them:

* walk all orders, newest first, and keep those of these companies: short where the companies are many;
* take the newest of each company and merge: short where they are few.

The statement counts the companies and goes the way that promises to be shorter. A walk that comes to the end of its
window before the page is full gives way to the merge. Orders with a rare text are few and known at once. All this only
proposes ids: the reader asks the predicate again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Float,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    cast,
    column,
    false,
    func,
    literal_column,
    or_,
    select,
    table,
    true,
    tuple_,
    union_all,
)

from b2b_dvizhenie.adapters.postgres.ordering_scope import served_companies, visible_orders
from b2b_dvizhenie.adapters.postgres.tables.companies import company
from b2b_dvizhenie.adapters.postgres.tables.ordering import customer_order
from b2b_dvizhenie.application.ordering import COUNTED
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Scope

SCANNED = 50_000
"""Orders that are looked at to count those in some statuses."""
FREQUENT = 2_000
"""A text that more orders have is looked for on the way through the list; fewer are fetched by the index of numbers.
Of a frequent text so many orders are looked at to count."""
PASSED = 20_000
"""Orders that are gone through one by one, whoever's they are, before companies are asked instead."""
_INDEXED = 3
"""Letters that a text needs for the index of numbers to know it."""
_WINDOW = 4
"""How many times longer than expected a walk may become, beside the first `PASSED`, before it gives way."""
_MERGED, _PROBED = 3, 10
"""What an order read by the merge, and a company looked up by it, cost beside an order that a walk passes."""

_ORDERS = customer_order.c
_pg_class = table("pg_class", column("oid"), column("reltuples"))
_NUMBERS = ("number", "erp_number", "client_number")
_KEPT = (_ORDERS.order_id, _ORDERS.placed_at)
_NEWEST = (_ORDERS.placed_at.desc(), _ORDERS.order_id.desc())

_Proposal = Select[UUID, datetime]


class Asked(Struct, frozen=True):
    """What a list is asked for.

    `within` are conditions that an index of the list answers: company, period, open statuses. Each order within is
    compared with `statuses` (empty for all) and `text`, which is a part of one of its numbers.
    """

    within: Sequence[ColumnElement[bool]] = ()
    company_id: UUID | None = None
    statuses: Sequence[str] = ()
    text: str = ""
    after: tuple[datetime, UUID] | None = None
    offset: int = 0
    limit: int = 50

    @property
    def budget(self) -> int:
        """How many orders are looked at to count, at most."""
        return FREQUENT if self.text else SCANNED if self.statuses else COUNTED + 1

    def matching(self, orders: Any) -> ColumnElement[bool]:
        """The filters, on columns that hold orders."""
        text = [self.has_text(orders)] if self.text else []
        return and_(true(), *self.in_statuses(orders), *text)

    def has_text(self, orders: Any) -> ColumnElement[bool]:
        """Whether one of an order's numbers has the text in it, in any case."""
        return or_(*(orders[name].icontains(self.text, autoescape=True) for name in _NUMBERS))

    def in_statuses(self, orders: Any) -> list[ColumnElement[bool]]:
        """Whether an order is in one of the statuses."""
        return [orders.status.in_(self.statuses)] if self.statuses else []

    def looked_at(self, *columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
        """A query of these columns of orders, and of those that the filters ask."""
        names = [*(["status"] if self.statuses else []), *(_NUMBERS if self.text else [])]
        return select(*columns, *(_ORDERS[name] for name in names)).select_from(customer_order)


class Ways(Struct, frozen=True):
    """Which way to go; tests go each and compare. None is the choice by cost."""

    walk: bool | None = None
    window: int | None = None
    frequent: int = FREQUENT


CHEAPEST = Ways()


def _number(value: int) -> ColumnElement[int]:
    """A number in the text of the statement: the planner must know it, and compiled statements stay few."""
    return bindparam(None, value, type_=Integer, literal_execute=True)


def page_ids(
    actor: Actor, scope: Scope, asked: Asked, ways: Ways = CHEAPEST
) -> tuple[Select[UUID], ColumnElement[bool]]:
    """Ids of a page and of one order beyond it, and the predicate to ask for them again."""
    within = list(asked.within)
    if asked.after is not None:
        within.append(tuple_(_ORDERS.placed_at, _ORDERS.order_id) < tuple_(*asked.after))
    wanted = asked.offset + asked.limit + 1
    served = _served(actor, scope, asked)
    mine = None if served is None else select(served.c.company_id)
    visible = visible_orders(actor, scope, served=mine)
    hits = _hits(asked, within, ways)
    rare = None if hits is None else _fewer(hits, ways.frequent)
    proposed = []
    if hits is not None and rare is not None:
        here = visible_orders(actor, scope, served=mine, orders=hits.c)
        proposed.append(select(hits.c.order_id, hits.c.placed_at).where(rare, here, *asked.in_statuses(hits.c)))
    frequent = true() if rare is None else ~rare
    if served is None:
        newest = select(*_KEPT).where(frequent, visible, *within, asked.matching(_ORDERS)).order_by(*_NEWEST)
        proposed.append(_rows(newest.limit(_number(wanted))))
    else:
        proposed += _two_ways(served, within, asked, ways, frequent)
    candidates = union_all(*proposed).subquery("candidate")
    ids = select(candidates.c.order_id).order_by(candidates.c.placed_at.desc(), candidates.c.order_id.desc())
    return ids.offset(_number(asked.offset)).limit(_number(asked.limit + 1)), visible


def _two_ways(
    served: CTE, within: Sequence[ColumnElement[bool]], asked: Asked, ways: Ways, needed: ColumnElement[bool]
) -> list[_Proposal]:
    """The newest orders of these companies, enough for the page, by a walk or by a merge; none unless needed."""
    wanted = asked.offset + asked.limit + 1
    plan = _plan(served, wanted, ways)
    wide = and_(needed, select(plan.c.wide).scalar_subquery())
    length = select(plan.c.length).scalar_subquery()
    window = asked.looked_at(*_KEPT, _ORDERS.company_id).where(wide, *within).order_by(*_NEWEST).limit(length)
    passed = _materialized(window, "passed")
    walk = select(passed.c.order_id, passed.c.placed_at).where(_is_of(served, passed.c), asked.matching(passed.c))
    walked = _materialized(walk.limit(_number(wanted)), "walked")
    ended = select(func.count() < length).select_from(passed).scalar_subquery()
    done = and_(wide, or_(~_fewer(walked, wanted), ended))
    newest = select(*_KEPT).where(*within, asked.matching(_ORDERS)).order_by(*_NEWEST).limit(_number(wanted))
    each = newest.where(_ORDERS.company_id == served.c.company_id).correlate(served).lateral("of_company")
    merged = select(each.c.order_id, each.c.placed_at).select_from(served.join(each, true()))
    walked_to = select(walked.c.order_id, walked.c.placed_at).where(done)
    if len(asked.text) < _INDEXED:
        return [walked_to, merged.where(needed, ~done)]
    # Many orders have the text and the newest do not: by the index of numbers they are found sooner than one by one.
    others = select(*_KEPT).where(wide, ~done, _is_of(served, _ORDERS), *within, asked.matching(_ORDERS))
    unordered = (_ORDERS.placed_at + timedelta()).desc()  # what no index is sorted by
    swept = others.order_by(unordered, _ORDERS.order_id.desc()).limit(_number(wanted))
    return [walked_to, merged.where(needed, ~wide), _rows(swept)]


def counted(actor: Actor, scope: Scope, asked: Asked, ways: Ways = CHEAPEST) -> Select[int, bool]:
    """How many orders match of those that were looked at, and whether these were all."""
    served = _served(actor, scope, asked)
    mine = None if served is None else select(served.c.company_id)
    hits = _hits(asked, asked.within, ways)
    most = _number(asked.budget)
    looked_at = asked.looked_at(literal_column("1", Integer))
    if served is None:
        seen = looked_at.where(visible_orders(actor, scope), *asked.within).order_by(*_NEWEST).limit(most).subquery()
    else:
        seen = _seen(served, asked)
    match = select(func.count().filter(asked.matching(seen.c)), func.count() < most).select_from(seen)
    if hits is None:
        return match
    here = visible_orders(actor, scope, served=mine, orders=hits.c)
    rare = _fewer(hits, ways.frequent)
    known = select(func.count(), true()).select_from(hits).where(here, *asked.in_statuses(hits.c)).having(rare)
    either = union_all(known, match.having(~rare)).subquery("counted")
    return select(*either.c)


def _seen(served: CTE, asked: Asked) -> Subquery:
    """Orders of these companies to count, up to the budget.

    What lies within a period is little, as a rule: then it is gone through whole, and nobody asks company by company.
    """
    most = _number(asked.budget)
    looked_at = asked.looked_at(_ORDERS.company_id).where(*asked.within)
    each = (
        looked_at.where(_ORDERS.company_id == served.c.company_id).limit(most).correlate(served).lateral("of_company")
    )
    of_companies = select(*each.c).select_from(served.join(each, true()))
    if not asked.within or asked.company_id is not None:
        return of_companies.limit(most).subquery()
    passed = _materialized(looked_at.order_by(*_NEWEST).limit(_number(PASSED)), "passed")
    mine = _materialized(select(*passed.c).where(_is_of(served, passed.c)).limit(most), "mine")
    done = or_(_fewer(passed, PASSED), ~_fewer(mine, asked.budget))
    return union_all(select(*mine.c).where(done), of_companies.where(~done)).limit(most).subquery()


def _hits(asked: Asked, within: Sequence[ColumnElement[bool]], ways: Ways) -> CTE | None:
    """Orders that have the text, whoever's they are, unless they are many."""
    if not asked.text:
        return None
    columns = (*_KEPT, _ORDERS.company_id, _ORDERS.firm_id, _ORDERS.status)
    return _materialized(select(*columns).where(asked.has_text(_ORDERS), *within).limit(_number(ways.frequent)), "hit")


def _served(actor: Actor, scope: Scope, asked: Asked) -> CTE | None:
    companies = served_companies(actor, scope)
    if companies is None:
        return None
    if asked.company_id is not None:
        companies = companies.where(company.c.company_id == asked.company_id)
    return _materialized(companies, "served")


def _rows(query: Select[*tuple[Any, ...]]) -> _Proposal:
    """The query as a part of a union: its order and limit are its own."""
    rows = query.subquery()
    return select(*rows.c)


def _materialized(query: Select[*tuple[Any, ...]], name: str) -> CTE:
    return query.cte(name).prefix_with("MATERIALIZED", dialect="postgresql")


def _fewer(rows: CTE, number: int) -> ColumnElement[bool]:
    return select(func.count() < _number(number)).select_from(rows).scalar_subquery()


def _is_of(served: CTE, orders: Any) -> ColumnElement[bool]:
    """Whether an order is of these companies, asked row by row: a join would read all before it gives the first."""
    return case((orders.company_id.in_(select(served.c.company_id)), true()), else_=false())


def _plan(served: CTE, wanted: int, ways: Ways) -> CTE:
    """Whether to walk, and how far, by the number of companies and what is known of the sizes of tables."""
    size = _materialized(
        select(
            func.greatest(select(func.count()).select_from(served).scalar_subquery(), 1.0).label("mine"),
            func.greatest(_size("company"), 1.0).label("companies"),
            func.greatest(_size("customer_order"), 1.0).label("orders"),
        ),
        "size",
    )
    k = _number(wanted)
    walk = k * size.c.companies / size.c.mine
    merge = _MERGED * func.least(size.c.mine * size.c.orders / size.c.companies, size.c.mine * k)
    wide = walk < merge + _PROBED * size.c.mine if ways.walk is None else literal_column(str(ways.walk).lower())
    length = cast(_WINDOW * walk + PASSED, BigInteger) if ways.window is None else _number(ways.window)
    return _materialized(select(wide.label("wide"), length.label("length")).select_from(size), "plan")


def _size(name: str) -> ColumnElement[float]:
    """Rows of a table as the last ANALYZE saw them; where it never ran, plans may be worse and are not wrong."""
    return cast(select(_pg_class.c.reltuples).where(_pg_class.c.oid == func.to_regclass(name)).scalar_subquery(), Float)
