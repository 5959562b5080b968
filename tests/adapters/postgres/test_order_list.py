"""The list of orders shows the same whichever way it is found: by a walk, by a merge, by the index of numbers."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from market import Market
from msgspec import Struct
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.ordering import PostgresOrderingTransaction
from b2b_dvizhenie.adapters.postgres.ordering_scope import visible_orders
from b2b_dvizhenie.adapters.postgres.tables.companies import company
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user, role
from b2b_dvizhenie.adapters.postgres.tables.ordering import OPEN_STATUSES, customer_order
from b2b_dvizhenie.adapters.postgres.views.order_list import CHEAPEST, Asked, Ways, counted, page_ids
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.shared.ids import CompanyId, FirmId, UserId, new_id

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
WAYS = (
    CHEAPEST,
    Ways(walk=False),
    Ways(walk=True),
    Ways(walk=True, window=1),
    Ways(walk=True, window=3),
    Ways(walk=True, frequent=1),
    Ways(walk=False, frequent=2),
)
TEXTS = ("", "7", "B-0", "17", "нет")


class Placed(Struct, frozen=True):
    """An order in numbers: company, firm (0 for none), minute, status."""

    company: int
    firm: int
    minute: int
    status: str

    def number(self, place: int) -> str:
        return f"B-{place:03}{self.minute}"


statuses = st.sampled_from([*OPEN_STATUSES, "closed", "cancelled"])
orders = st.builds(Placed, st.integers(0, 4), st.integers(0, 1), st.integers(0, 6), statuses)
asked = st.tuples(
    st.sampled_from(TEXTS),
    st.sampled_from([(), ("cancelled",), ("new", "closed")]),
    st.sampled_from([None, 2]),  # since this minute
    st.sampled_from([None, 1]),  # of this company
    st.sampled_from([0, 2]),  # offset
    st.integers(1, 4),  # limit
    st.none() | st.integers(0, 9),  # after the order of this place
)


class Tree:
    """Six people, five companies and orders at random within one transaction, with who sees what by plain reasoning."""

    def __init__(self, heads: list[int], managers: list[int], placed: list[Placed], firm: FirmId) -> None:
        self.people = [UserId(new_id()) for _ in range(6)]
        self.heads = {n: head for n, head in enumerate(heads, 1) if head < n}
        self.companies = [CompanyId(new_id()) for _ in range(5)]
        self.managers = managers
        self.orders = {new_id(): (place, one) for place, one in enumerate(placed)}
        self.firm = firm

    async def plant(self, connection: AsyncConnection) -> None:
        await connection.execute(delete(customer_order))
        role_id = (await connection.execute(select(role.c.role_id).where(role.c.code == "manager"))).scalar_one()
        for n, user_id in enumerate(self.people):
            head = self.people[self.heads[n]] if n in self.heads else None
            row = {"user_id": user_id, "role_id": role_id, "head_id": head, "name": str(n), "created_at": EPOCH}
            await connection.execute(insert(app_user).values(email=f"{user_id.hex}@test.ru", **row))
        rows = [
            {
                "company_id": company_id,
                "kind": "legal",
                "name": "x",
                "manager_id": self.people[manager] if manager < len(self.people) else None,
                "updated_at": EPOCH,
            }
            for company_id, manager in zip(self.companies, self.managers, strict=True)
        ]
        await connection.execute(insert(company), rows)
        made = [
            {
                "order_id": order_id,
                "number": one.number(place),
                "user_id": self.people[0],
                "company_id": self.companies[one.company],
                "firm_id": self.firm if one.firm else None,
                "status": one.status,
                "currency": "RUB",
                "amount": 1,
                "vat_amount": 0,
                "terms": {},
                "placed_at": EPOCH + timedelta(minutes=one.minute),
                "updated_at": EPOCH,
            }
            for order_id, (place, one) in self.orders.items()
        ]
        if made:
            await connection.execute(insert(customer_order), made)

    def below(self, number: int) -> set[int]:
        found = {number}
        while more := {one for one, head in self.heads.items() if head in found} - found:
            found |= more
        return found

    def sees(self, actor: Actor, scope: Scope, one: Placed) -> bool:
        me = self.people.index(actor.user_id) if actor.user_id else None
        manager = self.managers[one.company]
        match scope:
            case Scope.OWN:
                return actor.company_id == self.companies[one.company]
            case Scope.ASSIGNED:
                return manager == me
            case Scope.SUBTREE:
                return me is not None and manager in self.below(me)
            case Scope.FIRM:
                return bool(one.firm) is (actor.firm_id is not None)
            case Scope.ALL:
                return True

    def expected(self, actor: Actor, scope: Scope, drawn: tuple[Any, ...]) -> list[UUID]:
        """All that match, in the order of the list."""
        text, wanted, since, company_place, _, _, _ = drawn
        found = [
            (one.minute, order_id)
            for order_id, (place, one) in self.orders.items()
            if self.sees(actor, scope, one)
            and text.lower() in one.number(place).lower()
            and (not wanted or one.status in wanted)
            and (since is None or one.minute >= since)
            and (company_place is None or one.company == company_place)
        ]
        return [order_id for _, order_id in sorted(found, reverse=True)]

    def asked(self, drawn: tuple[Any, ...]) -> Asked:
        text, wanted, since, company_place, offset, limit, after = drawn
        within = []
        company_id = None if company_place is None else self.companies[company_place]
        if company_id is not None:
            within.append(customer_order.c.company_id == company_id)
        if since is not None:
            within.append(customer_order.c.placed_at >= EPOCH + timedelta(minutes=since))
        return Asked(within, company_id, wanted, text, self.behind(after), offset, limit)

    def behind(self, place: int | None) -> tuple[datetime, UUID] | None:
        for order_id, (number, one) in self.orders.items():
            if number == place:
                return EPOCH + timedelta(minutes=one.minute), order_id
        return None


@settings(max_examples=settings().max_examples // 2)
@given(
    st.lists(st.integers(0, 6), min_size=5, max_size=5),
    st.lists(st.integers(0, 6), min_size=5, max_size=5),
    st.lists(orders, max_size=12),
    asked,
    st.sampled_from(Scope),
    st.integers(0, 5),
)
async def test_every_way_finds_the_same_orders_and_nobody_elses(
    market: Market,
    heads: list[int],
    managers: list[int],
    placed: list[Placed],
    drawn: tuple[Any, ...],
    scope: Scope,
    who: int,
) -> None:
    tree = Tree(heads, managers, placed, FirmId(market.firm_id))
    firm = tree.firm if who % 2 else None
    actor = Actor(tree.people[who], "", "", {}, company_id=tree.companies[who % 5], firm_id=firm)
    matching = tree.expected(actor, scope, drawn)
    query = tree.asked(drawn)
    behind = matching
    if query.after is not None:
        minute = (query.after[0] - EPOCH) // timedelta(minutes=1)
        behind = [one for one in matching if (tree.orders[one][1].minute, one) < (minute, query.after[1])]
    work = market.container.ordering_work()
    assert isinstance(work, PostgresOrderingTransaction)
    async with work:  # nothing is committed
        await tree.plant(work.connection)
        for ways in WAYS:
            ids, visible = page_ids(actor, scope, query, ways)
            found = [row[0] for row in await work.connection.execute(ids)]
            assert found == behind[query.offset : query.offset + query.limit + 1], ways
            shown = await work.connection.execute(
                select(customer_order.c.order_id).where(customer_order.c.order_id.in_(ids), visible)
            )
            assert {row[0] for row in shown} == set(found)
            total, whole = (await work.connection.execute(counted(actor, scope, query, ways))).one()
            assert (total, whole) == (len(matching), True), ways
        everything = customer_order.c.order_id.in_(list(tree.orders)), visible_orders(actor, scope)
        own = {row[0] for row in await work.connection.execute(select(customer_order.c.order_id).where(*everything))}
        assert own == {order_id for order_id, (_, one) in tree.orders.items() if tree.sees(actor, scope, one)}


async def test_what_a_way_proposes_wrongly_is_not_shown(market: Market) -> None:
    """The reader asks the predicate of what is proposed; without it, the same proposal would show foreign orders."""
    tree = Tree([6] * 5, [0, 1, 6, 6, 6], [Placed(n % 3, 1, n, "new") for n in range(6)], FirmId(market.firm_id))
    actor = Actor(tree.people[0], "", "", {})
    work = market.container.ordering_work()
    assert isinstance(work, PostgresOrderingTransaction)
    async with work:
        await tree.plant(work.connection)
        _, visible = page_ids(actor, Scope.SUBTREE, Asked())
        proposed = customer_order.c.order_id.in_(list(tree.orders))
        shown = select(customer_order.c.company_id).where(proposed)
        guarded = {row[0] for row in await work.connection.execute(shown.where(visible))}
        bare = {row[0] for row in await work.connection.execute(shown)}
    assert guarded == {tree.companies[0]}
    assert bare == set(tree.companies[:3])
