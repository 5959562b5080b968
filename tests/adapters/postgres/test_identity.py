"""Users and sessions in PostgreSQL: what is saved is what is read; the hot read sees revocations and memberships."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from b2b_dvizhenie.adapters.postgres.tables import companies, exchange, identity, pricing
from b2b_dvizhenie.application.identity.ports import Account
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.identity import Login, LoginKind, LoginTaken, new_token, token_hash
from b2b_dvizhenie.domain.shared.ids import AgreementId, CompanyId, PriceTypeId, UserId, new_id
from b2b_dvizhenie.domain.shared.money import RoundingPolicy
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
names = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=60)


@given(data=st.data())
async def test_users_round_trip(container: Container, data: st.DataObject) -> None:
    user_id = UserId(new_id())
    email = f"{user_id.hex}@example.test"
    phone = "+7" + str(user_id.int % 10**10).zfill(10) if data.draw(st.booleans()) else None
    name, encoded = data.draw(names), data.draw(st.none() | st.text("abc$=,", min_size=1))
    async with container.identity_work() as work:
        role_id = await work.accounts.role_id("client")
        assert role_id is not None
        await work.accounts.add_user(user_id, role_id, name, email, phone, encoded, NOW)
        await work.commit()
    async with container.identity_work() as work:
        logins = [Login(LoginKind.EMAIL, email)] + ([Login(LoginKind.PHONE, phone)] if phone else [])
        for login in logins:
            assert await work.accounts.by_login(login) == Account(user_id, encoded, is_active=True)
        saved = (
            await work.connection.execute(
                select(identity.app_user.c.name).where(identity.app_user.c.user_id == user_id)
            )
        ).one()
    assert saved == (name,)


async def open_session(container: Container, *, lifetime: timedelta = timedelta(days=30)) -> tuple[UserId, UUID, bytes]:
    user_id, session_id, token = UserId(new_id()), new_id(), token_hash(new_token())
    async with container.identity_work() as work:
        role_id = await work.accounts.role_id("client")
        assert role_id is not None
        await work.accounts.add_user(user_id, role_id, "B", f"{user_id.hex}@example.test", None, None, NOW)
        await work.accounts.add_session(session_id, user_id, token, NOW, NOW + lifetime, "", "")
        await work.commit()
    return user_id, session_id, token


async def test_a_session_lives_until_it_expires_or_is_revoked(container: Container) -> None:
    reader = container.session_reader()
    user_id, session_id, token = await open_session(container, lifetime=timedelta(hours=1))
    actor = await reader.actor(token, None, NOW)
    assert actor is not None
    assert (actor.user_id, actor.role, actor.company_id, actor.terms) == (user_id, "client", None, None)
    assert await reader.actor(token, None, NOW + timedelta(hours=1)) is None
    assert await reader.actor(token_hash(new_token()), None, NOW) is None
    async with container.identity_work() as work:
        await work.accounts.revoke(session_id, NOW)
        await work.commit()
    assert await reader.actor(token, None, NOW) is None


async def test_a_disabled_user_has_no_session(container: Container) -> None:
    user_id, _, token = await open_session(container)
    async with container.database().engine.begin() as connection:
        await connection.execute(
            update(identity.app_user).values(is_active=False).where(identity.app_user.c.user_id == user_id)
        )
    assert await container.session_reader().actor(token, None, NOW) is None


async def test_uncommitted_work_vanishes(container: Container) -> None:
    user_id = UserId(new_id())
    async with container.identity_work() as work:
        role_id = await work.accounts.role_id("client")
        assert role_id is not None
        await work.accounts.add_user(user_id, role_id, "B", "gone@example.test", None, None, NOW)
    async with container.identity_work() as work:
        assert await work.accounts.by_login(Login(LoginKind.EMAIL, "gone@example.test")) is None


async def test_a_taken_login_names_its_field(container: Container) -> None:
    async with container.identity_work() as work:
        role_id = await work.accounts.role_id("client")
        assert role_id is not None
        await work.accounts.add_user(UserId(new_id()), role_id, "A", "a@example.test", "+79120000001", None, NOW)
        await work.commit()
    for email, phone, field in (("a@example.test", None, "email"), (None, "+79120000001", "phone")):
        async with container.identity_work() as work:
            with pytest.raises(LoginTaken) as caught:
                await work.accounts.add_user(UserId(new_id()), role_id, "B", email, phone, None, NOW)
            assert caught.value.field == field


class World:
    """Two companies with agreements, one default and one agreed price type."""

    def __init__(self) -> None:
        self.node, self.default, self.agreed = new_id(), new_id(), new_id()
        self.first, self.second, self.foreign = new_id(), new_id(), new_id()
        self.agreement = new_id()

    async def save(self, container: Container, user_id: UUID) -> None:
        async with container.database().engine.begin() as connection:
            await connection.execute(
                insert(exchange.exchange_node).values(
                    node_id=self.node, name="n", login="n", password_hash="", created_at=NOW
                )
            )
            for price_type_id, is_default in ((self.default, True), (self.agreed, False)):
                await connection.execute(
                    insert(pricing.price_type).values(
                        price_type_id=price_type_id,
                        node_id=self.node,
                        external_ref=str(price_type_id),
                        name="p",
                        is_default=is_default,
                    )
                )
            for company_id, name in ((self.first, "A"), (self.second, "B"), (self.foreign, "C")):
                await connection.execute(
                    insert(companies.company).values(company_id=company_id, kind="legal", name=name, updated_at=NOW)
                )
            await connection.execute(
                insert(companies.agreement).values(
                    agreement_id=self.agreement,
                    company_id=self.first,
                    price_type_id=self.agreed,
                    rounding="unit_then_line",
                )
            )
            for company_id, level in ((self.first, 2), (self.second, 1)):
                await connection.execute(
                    insert(companies.membership).values(user_id=user_id, company_id=company_id, access_level=level)
                )


async def test_terms_follow_the_company_and_the_access_level(container: Container) -> None:
    user_id, session_id, token = await open_session(container)
    world = World()
    await world.save(container, user_id)
    reader = container.session_reader()

    async def terms(company: UUID | None) -> Terms | None:
        actor = await reader.actor(token, CompanyId(company) if company else None, NOW)
        assert actor is not None
        return actor.terms

    agreed = Terms(
        CompanyId(world.first),
        AgreementId(world.agreement),
        PriceTypeId(world.agreed),
        "RUB",
        RoundingPolicy.UNIT_THEN_LINE,
    )
    default = Terms(CompanyId(world.second), None, PriceTypeId(world.default))
    assert await terms(None) == agreed
    assert await terms(world.first) == agreed
    assert await terms(world.second) == default
    assert await terms(world.foreign) is None
    async with container.identity_work() as work:
        assert not await work.accounts.select_company(session_id, CompanyId(world.foreign))
        assert await work.accounts.select_company(session_id, CompanyId(world.second))
        await work.commit()
    assert await terms(None) == default
    async with container.database().engine.begin() as connection:
        await connection.execute(update(companies.membership).values(access_level=1))
    lowered = await terms(world.first)
    assert lowered is not None
    assert lowered.price_type_id == world.default
