"""Races over carts and orders on a real PostgreSQL (reliability.md C4, C6, C7; ux.md B20).

Each invariant has a control: the same race with its protection taken away, which must break it. A race that cannot be
lost proves nothing.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from litestar.testing import AsyncTestClient
from market import Market, Person
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from b2b_dvizhenie.adapters.postgres.ordering import PostgresOrders
from b2b_dvizhenie.adapters.postgres.ordering_carts import PostgresCarts
from b2b_dvizhenie.adapters.postgres.tables.operations import job
from b2b_dvizhenie.adapters.postgres.tables.ordering import customer_order, order_line
from b2b_dvizhenie.application.ordering import OrderRequest, Placed, RequestedLine, placing
from b2b_dvizhenie.domain.ordering import Accepted, Consent, PutMode
from b2b_dvizhenie.domain.shared.ids import VariantId, new_id

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
CLIENTS = 8
TRIALS = 8


@pytest.fixture
async def buyer(market: Market) -> Person:
    return await market.member(await market.client())


async def at_once(count: int, act: Callable[[int], Awaitable[Any]]) -> list[Any]:
    return list(await asyncio.gather(*(act(index) for index in range(count))))


async def counted(market: Market, query: Any) -> int:
    async with market.container.database().engine.connect() as connection:
        return int((await connection.execute(query)).scalar_one())


async def do_nothing(*_: Any) -> None:
    """What is left of a protection that was taken away."""


# -- one key, one order


async def _submit_together(client: AsyncTestClient, market: Market, buyer: Person, *, from_cart: bool) -> list[Any]:
    """Eight clients send the same order with the same key at the same moment."""
    variant = await market.goods()
    body: dict[str, Any] = {"accept_prices": True}
    if from_cart:
        url = f"/api/v1/cart/lines/{variant}"
        await client.put(url, headers=buyer.headers, json={"quantity": 1})
    else:
        body["lines"] = [{"variant_id": str(variant), "quantity": 1}]
    headers = buyer.headers | {"Idempotency-Key": new_id().hex}
    return await at_once(CLIENTS, lambda _: client.post("/api/v1/orders", headers=headers, json=body))


@pytest.mark.parametrize("from_cart", [True, False])
async def test_one_key_is_one_order(client: AsyncTestClient, market: Market, buyer: Person, from_cart: bool) -> None:
    for trial in range(1, TRIALS + 1):
        answers = await _submit_together(client, market, buyer, from_cart=from_cart)
        assert Counter(answer.status_code for answer in answers) == {201: 1, 200: CLIENTS - 1}
        assert len({answer.json()["number"] for answer in answers}) == 1
        assert await counted(market, select(func.count()).select_from(customer_order)) == trial
        assert await counted(market, select(func.count()).select_from(job)) == trial


async def test_control_without_the_claim_one_key_is_many_orders(
    client: AsyncTestClient, market: Market, buyer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PostgresOrders, "claim_key", do_nothing)
    async with market.container.database().engine.begin() as connection:
        name = "uq_customer_order_user_id_idempotency_key"
        await connection.execute(text(f"ALTER TABLE customer_order DROP CONSTRAINT {name}"))
    await _submit_together(client, market, buyer, from_cart=False)
    assert await counted(market, select(func.count()).select_from(customer_order)) > 1


async def test_even_without_the_claim_the_database_refuses_a_second_order(
    market: Market, buyer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PostgresOrders, "claim_key", do_nothing)
    actor, variant = await market.actor(buyer), await market.goods()
    request = OrderRequest((RequestedLine("", Decimal(1), variant),), consent=Consent(any_price=True))
    place = market.container.place_order()
    attempts = (place(actor, request, key="one") for _ in range(CLIENTS))
    outcomes = Counter(type(one) for one in await asyncio.gather(*attempts, return_exceptions=True))
    assert outcomes == {Placed: 1, IntegrityError: CLIENTS - 1}


# -- two tabs, one cart


async def _add_together(market: Market, buyer: Person) -> Decimal:
    """Eight tabs add one piece each to the same line; what the cart says in the end."""
    variant = await market.goods()
    actor = await market.actor(buyer)
    line = RequestedLine("", Decimal(1), variant)
    put = market.container.put_lines()
    await at_once(CLIENTS, lambda _: put(actor, [line], mode=PutMode.ADD))
    cart = await market.container.show_cart()(actor)
    return next(one.quantity for one in cart.lines if one.variant_id == variant)


async def test_what_two_tabs_add_is_all_there(market: Market, buyer: Person) -> None:
    for _ in range(TRIALS):
        assert await _add_together(market, buyer) == CLIENTS


async def test_control_without_holding_the_cart_additions_are_lost(
    market: Market, buyer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PostgresCarts, "hold", do_nothing)
    assert min([await _add_together(market, buyer) for _ in range(TRIALS)]) < CLIENTS


async def _order_while_another_tab_adds(market: Market, buyer: Person) -> bool:
    """One tab orders the cart, others add goods; whether every acknowledged line is in the order or in the cart."""
    actor = await market.actor(buyer)
    put, place = market.container.put_lines(), market.container.place_order()
    goods = [await market.goods() for _ in range(CLIENTS)]
    await put(actor, [RequestedLine("", Decimal(1), goods[0])])
    wanted = [RequestedLine("", Decimal(1), variant) for variant in goods[1:]]
    await asyncio.gather(
        *(put(actor, [line]) for line in wanted[:3]),
        place(actor, OrderRequest()),
        *(put(actor, [line]) for line in wanted[3:]),
    )
    async with market.container.database().engine.connect() as connection:
        ordered = set(await connection.scalars(select(order_line.c.variant_id)))
    held = {line.variant_id for line in (await market.container.show_cart()(actor)).lines}
    await market.container.clear_cart()(actor)
    return all((variant in ordered) != (variant in held) for variant in goods)


async def test_nothing_is_lost_between_cart_and_order(market: Market, buyer: Person) -> None:
    for _ in range(TRIALS):
        assert await _order_while_another_tab_adds(market, buyer)


async def test_control_without_holding_the_cart_lines_are_lost(
    market: Market, buyer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PostgresCarts, "hold", do_nothing)
    assert not all([await _order_while_another_tab_adds(market, buyer) for _ in range(3 * TRIALS)])


# -- the price moves while people order


async def _order_while_the_price_moves(
    market: Market, buyers: list[Person], variant: VariantId
) -> list[tuple[Decimal, Decimal]]:
    """(shown, charged) of every order that was placed without consent while the price jumped about."""
    dice = Random(5)  # noqa: S311 - moves of a price
    stop = asyncio.Event()
    charged: list[tuple[Decimal, Decimal]] = []

    async def move() -> None:
        while not stop.is_set():
            await market.set_price(variant, str(dice.randint(50, 150)))

    async def buy(person: Person) -> None:
        actor = await market.actor(person)
        put, place = market.container.put_lines(), market.container.place_order()
        for _ in range(TRIALS):
            cart = await put(actor, [RequestedLine("", Decimal(2), variant)])
            outcome = await place(actor, OrderRequest())
            if isinstance(outcome, Placed):
                charged.append((cart.amount, outcome.order.totals.amount))

    mover = asyncio.create_task(move())
    await asyncio.gather(*(buy(person) for person in buyers))
    stop.set()
    await mover
    return charged


async def _buyers(market: Market) -> list[Person]:
    return [await market.member(await market.client()) for _ in range(CLIENTS)]


async def test_nobody_pays_more_than_he_was_shown(market: Market) -> None:
    charged = await _order_while_the_price_moves(market, await _buyers(market), await market.goods())
    assert len(charged) > TRIALS
    assert [pair for pair in charged if pair[1] > pair[0]] == []
    assert any(paid < shown for shown, paid in charged), "drops are passed on"


async def test_control_without_the_review_people_pay_more(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placing, "decide", lambda *_: Accepted())
    charged = await _order_while_the_price_moves(market, await _buyers(market), await market.goods())
    assert any(paid > shown for shown, paid in charged)


# -- numbers


async def _order_together(market: Market, count: int) -> list[Any]:
    buyers = await _buyers(market)
    variant = await market.goods()

    async def one(index: int) -> Any:
        try:
            return (await market.order(buyers[index % len(buyers)], (variant, "1"))).number
        except IntegrityError as error:
            return error

    return await at_once(count, one)


async def test_numbers_are_unique_and_without_gaps_when_nothing_fails(market: Market) -> None:
    numbers = await _order_together(market, 6 * CLIENTS)
    assert sorted(numbers) == [f"B-{value:06d}" for value in range(1, 6 * CLIENTS + 1)]


async def test_control_counted_numbers_collide(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    async def count_and_add_one(orders: PostgresOrders) -> int:
        found = await orders._connection.execute(select(func.count()).select_from(customer_order))
        return int(found.scalar_one()) + 1

    monkeypatch.setattr(PostgresOrders, "next_number", count_and_add_one)
    assert any(isinstance(number, IntegrityError) for number in await _order_together(market, 3 * CLIENTS))
