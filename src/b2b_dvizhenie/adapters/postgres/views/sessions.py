"""The read that every request starts with: token → actor, in one round trip over a bare connection.

Two where a segment of the company has rules about goods.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import structs
from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from sqlalchemy import ColumnElement, func, not_, or_, select

from b2b_dvizhenie.adapters.postgres.agreement_in_force import AGREEMENT_IN_FORCE, SEGMENTS_OF
from b2b_dvizhenie.adapters.postgres.closings import (
    closed_brands,
    closed_information,
    closed_sections,
    have_goods_rules,
)
from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.ordering_scope import orders_of, visible_orders
from b2b_dvizhenie.adapters.postgres.people_scope import companies_of, visible_companies, visible_users
from b2b_dvizhenie.adapters.postgres.tables.companies import company
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user
from b2b_dvizhenie.adapters.postgres.tables.ordering import customer_order
from b2b_dvizhenie.application.identity.ports import SessionReader
from b2b_dvizhenie.application.shared.actor import Actor, View
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.shared.ids import AgreementId, CompanyId, FirmId, PriceTypeId, SegmentId, UserId, WarehouseId
from b2b_dvizhenie.domain.shared.money import RoundingPolicy
from b2b_dvizhenie.domain.visibility import (
    EVERYTHING,
    FIRST_LEVEL,
    HIDDEN_PRICE_POLICY,
    NOTHING,
    NOTHING_CLOSED,
    ClosedGoods,
    HiddenPrices,
    Opened,
    known_information,
    opened_to_buyer,
)

# Whoever may not see the prices of the agreement has the system's default price type, unless they are concealed
# (DESIGN §6.3). Default terms are also what a company without an agreement buys at.
_ACTOR_OF = f"""
SELECT u.user_id, u.name, r.code, u.firm_id, u.language, s.session_id,
       (SELECT string_agg(g.permission || '=' || g.scope, ',' ORDER BY g.permission)
          FROM role_grant g WHERE g.role_id = u.role_id),
       m.company_id, m.access_level, a.agreement_id, a.currency, a.rounding, a.warehouse_id,
       t.price_type_id, t.vat_included, t.currency, s.last_seen_at < %(seen)s, m.companies,
       l.opens, hidden.policy, s.view_as_id, s.view_until,
       r.second_factor AND NOT EXISTS (
           SELECT FROM second_factor f WHERE f.user_id = u.user_id AND f.confirmed_at IS NOT NULL),
       v.company_id IS NOT NULL, a.is_vip AND t.price_type_id = a.price_type_id,
       sg.ids, sg.information, {have_goods_rules("sg.ids")}, u.currency
  FROM {{source}}
  JOIN role r ON r.role_id = u.role_id
  LEFT JOIN LATERAL (
       SELECT m.company_id, m.access_level, count(*) OVER () AS companies
         FROM membership m JOIN company c ON c.company_id = m.company_id AND c.is_active
        WHERE m.user_id = u.user_id AND (%(company)s::uuid IS NULL OR m.company_id = %(company)s)
        ORDER BY (m.company_id IS NOT DISTINCT FROM s.company_id) DESC, c.name, m.company_id
        LIMIT 1) m ON true
{AGREEMENT_IN_FORCE.format(company="m.company_id", day="%(day)s")}
  LEFT JOIN access_level l ON l.level = m.access_level
  LEFT JOIN vip_company v ON v.company_id = m.company_id
 CROSS JOIN LATERAL (
       SELECT se.ids, {closed_information("se.ids")} AS information
         FROM (SELECT {SEGMENTS_OF.format(company="m.company_id")} AS ids OFFSET 0) se OFFSET 0) sg
 CROSS JOIN (SELECT (SELECT x.value #>> '{{}}' FROM setting x WHERE x.key = %(policy)s) AS policy) hidden
  LEFT JOIN price_type t ON m.company_id IS NOT NULL AND CASE
       WHEN ('individual_prices' = ANY (l.opens) AND 'individual_prices' <> ALL (sg.information)
             OR hidden.policy = 'conceal') AND a.price_type_id IS NOT NULL
       THEN t.price_type_id = a.price_type_id
       ELSE t.is_default END
"""  # noqa: S608 - parts of our own
_ACTOR = (
    _ACTOR_OF.replace("{source}", "session s JOIN app_user u ON u.user_id = s.user_id AND u.is_active")
    + " WHERE s.token_hash = %(token)s AND s.revoked_at IS NULL AND s.expires_at > %(now)s"
)
_NO_SESSION = """(SELECT NULL::uuid AS session_id, NULL::uuid AS company_id, %(now)s::timestamptz AS last_seen_at,
                         NULL::uuid AS view_as_id, NULL::timestamptz AS view_until) s
  JOIN app_user u ON u.user_id = %(user)s AND u.is_active"""
_PERSON = _ACTOR_OF.replace("{source}", _NO_SESSION)
# Of requests that come at once one notes the time, the others find nothing to do.
_GOODS = "%(segments)s::uuid[]"
# Apart from the statement above: for most companies nothing is closed, and they would pay for what is never looked at.
_CLOSED = f"SELECT {closed_sections(_GOODS)}, {closed_brands(_GOODS)}"
_SEEN = "UPDATE session SET last_seen_at = %(now)s WHERE session_id = %(session)s AND last_seen_at < %(seen)s"
SEEN_EVERY = timedelta(minutes=5)
"""How exactly `last_seen_at` is kept: reading pages must not become writing."""


@lru_cache(maxsize=4096)
def _grants(text: str) -> Mapping[Permission, Scope]:
    known = Permission._value2member_map_
    pairs = (grant.split("=") for grant in text.split(",") if grant)
    # A grant of a permission that this version does not know must not lock anybody out.
    return MappingProxyType({Permission(name): Scope(scope) for name, scope in pairs if name in known})


@lru_cache(maxsize=4096)
def _known(opens: tuple[str, ...], closed: tuple[str, ...]) -> Opened:
    return opened_to_buyer(known_information(opens), known_information(closed))


def _opened(grants: Mapping[Permission, Scope], level: tuple[str, ...] | None, closed: tuple[str, ...]) -> Opened:
    """Levels and segments bind who acts for a company; others see by the scopes of their rights, and a buyer of
    nothing nothing.
    """
    if level is not None:
        return _known(level, closed)
    return EVERYTHING if any(scope is not Scope.OWN for scope in grants.values()) else NOTHING


def _without_prices(grants: Mapping[Permission, Scope]) -> Mapping[Permission, Scope]:
    return MappingProxyType({right: scope for right, scope in grants.items() if right is not Permission.PRICES_VIEW})


class PostgresSessionReader(SessionReader):
    """Reads sessions through the bare pool. `zone` is the seller's, whose days agreements are counted in."""

    def __init__(self, database: Database, zone: str = "Europe/Moscow") -> None:
        self._database = database
        self._zone = ZoneInfo(zone)

    async def actor(self, token_hash: bytes, company_id: CompanyId | None, now: datetime) -> Actor | None:
        """The actor of a live session, or None."""
        seen = now - SEEN_EVERY
        parameters = self._parameters(company_id, now) | {"token": token_hash}
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(_ACTOR, parameters)
            row = await cursor.fetchone()
            if row is not None and row[16]:
                await connection.execute(_SEEN, {"session": row[5], "now": now, "seen": seen})
            closed = await _closed_to(connection, row)
        return None if row is None else _actor_of(row, company_id, closed)

    async def person(self, user_id: UserId, company_id: CompanyId | None, now: datetime) -> Actor | None:
        """The active person as an actor."""
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(_PERSON, self._parameters(company_id, now) | {"user": user_id})
            row = await cursor.fetchone()
            closed = await _closed_to(connection, row)
        return None if row is None else _actor_of(row, company_id, closed)

    async def shows_more(
        self, permission: Permission, target: tuple[Actor, Scope], viewer: tuple[Actor, Scope]
    ) -> bool:
        """Whether the target sees by this right, in his scope, what the viewer does not see in his."""
        beyond = [
            select(company.c.company_id).where(companies_of(*target), _not(visible_companies(*viewer))),
            select(app_user.c.user_id).where(visible_users(*target), _not(visible_users(*viewer))),
        ]
        if permission is Permission.ORDERS_VIEW:
            orders = orders_of(*target)
            beyond.append(select(customer_order.c.order_id).where(orders, _not(visible_orders(*viewer))))
        async with self._database.engine.connect() as connection:
            found = await connection.execute(select(or_(*(one.exists() for one in beyond))))
            return bool(found.scalar_one())

    def _parameters(self, company_id: CompanyId | None, now: datetime) -> dict[str, Any]:
        day = now.astimezone(self._zone).date()  # agreements begin and end with the seller's days
        parameters: dict[str, Any] = {"company": company_id, "now": now, "seen": now - SEEN_EVERY, "day": day}
        return parameters | {"policy": HIDDEN_PRICE_POLICY.key}


def _not(predicate: ColumnElement[bool]) -> ColumnElement[bool]:
    """Rows that are not seen; of a company without a manager the predicate of a manager says neither yes nor no."""
    return not_(func.coalesce(predicate, False))


async def _closed_to(connection: AsyncConnection[TupleRow], row: tuple[Any, ...] | None) -> ClosedGoods:
    """The goods that the segments of a found actor's company close; one round trip if any of them has such a rule."""
    if row is None or not row[27]:
        return NOTHING_CLOSED
    cursor = connection.cursor(binary=True)
    await cursor.execute(_CLOSED, {"segments": row[25]})
    found = await cursor.fetchone()
    return ClosedGoods(tuple(found[0]), tuple(found[1])) if found and any(found) else NOTHING_CLOSED


def _actor_of(row: tuple[Any, ...], company_id: CompanyId | None, closed: ClosedGoods) -> Actor:
    company = CompanyId(row[7]) if row[7] else None
    terms = None
    if company is not None and row[13] is not None:
        terms = Terms(
            company_id=company,
            agreement_id=AgreementId(row[9]) if row[9] else None,
            price_type_id=PriceTypeId(row[13]),
            currency=row[10] or row[15],
            rounding=RoundingPolicy(row[11]) if row[11] else RoundingPolicy.LINE_EACH_DISCOUNT,
            vat_included=row[14],
            warehouse_id=WarehouseId(row[12]) if row[12] else None,
            is_vip=bool(row[24]),
            segments=frozenset(SegmentId(one) for one in row[25]),
        )
    grants = _grants(row[6] or "")
    opened = _opened(grants, None if company is None else tuple(row[18] or ()), tuple(row[26]))
    policy = HiddenPrices(HIDDEN_PRICE_POLICY.decoded(row[19])) if row[19] else HiddenPrices.DEFAULT_PRICE_TYPE
    actor = Actor(
        user_id=UserId(row[0]),
        name=row[1],
        role=row[2],
        firm_id=FirmId(row[3]) if row[3] else None,
        language=row[4],
        currency=row[28],
        session_id=str(row[5] or ""),
        grants=grants,
        company_id=company,
        company_certain=company_id is not None or (row[17] or 0) < 2,
        access_level=row[8] or FIRST_LEVEL,
        opened=opened,
        closed=closed,
        closed_information=known_information(row[26]) if row[26] else NOTHING,
        hidden_prices=policy,
        terms=terms,
        is_vip=row[23],
        view=View(UserId(row[0]), row[1], UserId(row[20]), row[21]) if row[20] else None,
        second_factor_due=row[22],
    )
    # Whoever orders at concealed prices is shown none, wherever prices are shown.
    return structs.replace(actor, grants=_without_prices(grants)) if actor.is_concealed else actor
