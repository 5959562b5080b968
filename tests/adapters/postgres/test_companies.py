"""Memberships, terms and managers: what is put is what requests see next, audited, refused for what does not exist."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import insert, select

from b2b_dvizhenie.adapters.postgres.tables import companies, exchange, operations, pricing
from b2b_dvizhenie.application.companies import AccessLevelInvalid, CompanyQuery, NoManager
from b2b_dvizhenie.application.shared.actor import Actor, system_actor
from b2b_dvizhenie.domain.hierarchy import Forbidden, Permission, Scope
from b2b_dvizhenie.domain.identity import token_hash
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import CompanyId, PriceTypeId, UserId, new_id
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
STAFF = system_actor("test")


class World:
    """A company, two price types, a buyer who is logged in."""

    company: CompanyId
    retail: PriceTypeId
    wholesale: PriceTypeId
    buyer: UserId
    token: bytes


@pytest.fixture
async def world(container: Container) -> World:
    one = World()
    one.company, one.retail, one.wholesale = CompanyId(new_id()), PriceTypeId(new_id()), PriceTypeId(new_id())
    node = new_id()
    async with container.database().engine.begin() as connection:
        await connection.execute(
            insert(exchange.exchange_node).values(node_id=node, name="n", login="n", password_hash="", created_at=NOW)
        )
        for price_type_id, name in ((one.retail, "Розничная"), (one.wholesale, "Опт-1")):
            await connection.execute(
                insert(pricing.price_type).values(
                    price_type_id=price_type_id,
                    node_id=node,
                    external_ref=name,
                    name=name,
                    is_default=name == "Розничная",
                )
            )
        await connection.execute(
            insert(companies.company).values(company_id=one.company, kind="legal", name="Покупатель", updated_at=NOW)
        )
    create = container.create_user()
    one.buyer = await create(STAFF, role="client", name="B", email="b@example.test", password="password")
    opened = await container.log_in()("b@example.test", "password")
    one.token = token_hash(opened.token)
    return one


async def actor(container: Container, world: World) -> Actor:
    found = await container.session_reader().actor(world.token, None, container.clock()())
    assert found is not None
    return found


async def audited(container: Container) -> list[str]:
    async with container.database().engine.connect() as connection:
        query = select(operations.audit.c.action).order_by(operations.audit.c.audit_id)
        return [row[0] for row in await connection.execute(query) if row[0].startswith("companies.")]


async def test_a_buyer_sees_the_change_with_the_next_request(container: Container, world: World) -> None:
    assert (await actor(container, world)).terms is None
    await container.assign_buyer()(STAFF, world.buyer, world.company, 2)
    first = await actor(container, world)
    assert (first.company_id, first.access_level) == (world.company, 2)
    assert first.terms is not None
    assert first.terms.price_type_id == world.retail
    await container.set_terms()(STAFF, world.company, world.wholesale)
    changed = (await actor(container, world)).terms
    assert changed is not None
    assert changed.price_type_id == world.wholesale
    await container.assign_buyer()(STAFF, world.buyer, world.company, 1)
    lowered = (await actor(container, world)).terms
    assert lowered is not None
    assert lowered.price_type_id == world.retail
    assert await audited(container) == ["companies.buyer_assigned", "companies.terms_set", "companies.buyer_assigned"]


async def test_repeating_changes_and_audits_nothing(container: Container, world: World) -> None:
    for _ in range(2):
        await container.assign_buyer()(STAFF, world.buyer, world.company, 2)
        await container.set_terms()(STAFF, world.company, world.wholesale)
    assert await audited(container) == ["companies.buyer_assigned", "companies.terms_set"]
    (row,) = (await container.browse_companies()(STAFF, CompanyQuery())).items
    assert (row.company_id, row.price_type, row.buyers, row.manager) == (world.company, "Опт-1", 1, "")
    manager = await container.create_user()(
        STAFF, role="manager", name="M", email="m@example.test", password="password"
    )
    await container.assign_manager()(STAFF, world.company, manager)
    (row,) = (await container.browse_companies()(STAFF, CompanyQuery())).items
    assert row.manager == "M"
    with pytest.raises(NoManager):
        await container.assign_manager()(STAFF, world.company, world.buyer)


async def test_what_does_not_exist_is_not_found(container: Container, world: World) -> None:
    nothing = new_id()
    with pytest.raises(NotFound):
        await container.assign_buyer()(STAFF, UserId(nothing), world.company, 1)
    with pytest.raises(NotFound) as caught:
        await container.set_terms()(STAFF, CompanyId(nothing), world.retail)
    assert caught.value.field == "company_id"
    with pytest.raises(NotFound) as caught:
        await container.set_terms()(STAFF, world.company, PriceTypeId(nothing))
    assert caught.value.field == "price_type_id"
    with pytest.raises(NotFound):
        await container.assign_manager()(STAFF, world.company, UserId(nothing))
    assert await audited(container) == []


@pytest.mark.parametrize("level", [0, -1, 100])
async def test_levels_have_bounds(container: Container, world: World, level: int) -> None:
    with pytest.raises(AccessLevelInvalid):
        await container.assign_buyer()(STAFF, world.buyer, world.company, level)


async def test_only_who_may_manage_companies(container: Container, world: World) -> None:
    nobody = Actor(world.buyer, "B", "client", {Permission.COMPANIES_VIEW: Scope.ALL})
    for call in (
        container.assign_buyer()(nobody, world.buyer, world.company, 2),
        container.set_terms()(nobody, world.company, world.retail),
        container.assign_manager()(nobody, world.company, world.buyer),
    ):
        with pytest.raises(Forbidden):
            await call


async def test_lookups(container: Container, world: World) -> None:
    async with container.trade_work() as work:
        assert await work.trade.user_by_login("b@example.test") == world.buyer
        assert await work.trade.user_by_login("nobody@example.test") is None
        assert await work.trade.price_type_by_name("Опт-1") == world.wholesale
        assert await work.trade.price_type_by_name("опт-1") is None
        assert await work.trade.member_level(world.buyer, CompanyId(UUID(int=1))) is None
