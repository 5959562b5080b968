"""The VIP cabinet and what belongs to it, over HTTP (features.md §3.19, VIP-1 … VIP-5)."""

import asyncio
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import AsyncTestClient
from market import OPENED, Market, Person
from msgspec import Struct
from postbox import Mailbox
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from statements import recorded_statements

from b2b_dvizhenie.adapters.postgres.tables.companies import agreement, company
from b2b_dvizhenie.adapters.postgres.tables.operations import audit, message
from b2b_dvizhenie.adapters.postgres.tables.pricing import price
from b2b_dvizhenie.adapters.postgres.tables.vip import offer_activation, vip_company
from b2b_dvizhenie.adapters.postgres.vip import PostgresVipBook
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.shared.ids import CompanyId, SegmentId, UserId, VariantId, new_id
from b2b_dvizhenie.domain.visibility import RuleOn, SegmentIsAssortment

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PAGE = {"accept": "text/html"}
FORM = {"partner": "Партнёр", "title": "Кофе в подарок", "text": "За заказ\nот миллиона", "active": "1"}


class Scene(Struct):
    """A VIP company and one that is none, with their people."""

    market: Market
    admin: Person
    manager: Person
    vip: CompanyId
    plain: CompanyId
    buyer: Person
    stranger: Person
    goods: VariantId


@pytest.fixture
async def scene(market: Market) -> Scene:
    admin = await market.member(role_code="administrator")
    manager = await market.member(role_code="manager", name="Их менеджер")
    vip, plain = await market.client("Важная", manager=manager), await market.client("Обычная")
    buyer, stranger = await market.member(vip, name="Покупатель"), await market.member(plain)
    await market._write(insert(vip_company).values(company_id=vip, since=OPENED))
    return Scene(market, admin, manager, vip, plain, buyer, stranger, await market.goods("100.00"))


async def one(market: Market, query: Any) -> Any:
    async with market.container.database().engine.connect() as connection:
        return (await connection.execute(query)).scalar_one()


async def made(client: AsyncTestClient, scene: Scene, **more: Any) -> UUID:
    """An offer, by the panel."""
    answer = await client.post(
        "/panel/vip/offers/new", headers=scene.admin.headers, data=FORM | more, follow_redirects=False
    )
    assert answer.status_code == 303, answer.text
    page = await client.get("/panel/vip/offers", headers=scene.admin.headers | PAGE)
    return UUID(re.findall(r"/panel/vip/offers/([0-9a-f-]{36})", page.text)[0])


# -- VIP-1: for everybody else there is no cabinet


def _told(answer: Any, path: str) -> tuple[int, list[tuple[str, str]], str]:
    """Everything that an answer tells, headers included, but for what the asker said himself and the request's id."""
    request_id = answer.headers["x-request-id"]
    headers = [(name, value.replace(request_id, "ID")) for name, value in answer.headers.multi_items()]
    return answer.status_code, sorted(headers), answer.text.replace(request_id, "ID").replace(path, "PATH")


@pytest.mark.parametrize("who", ["nobody", "stranger", "manager", "admin"])
async def test_the_cabinet_is_an_unknown_address_for_everybody_else(
    client: AsyncTestClient, scene: Scene, who: str
) -> None:
    """VIP-1."""
    headers = {} if who == "nobody" else getattr(scene, who).headers
    asked = [
        ("GET", "/vip", "/vop"),
        ("GET", "/api/v1/vip/offers", "/api/v1/vop/offers"),
        ("POST", f"/vip/offers/{new_id()}/activate", f"/vop/offers/{new_id()}/activate"),
        ("POST", f"/api/v1/vip/offers/{new_id()}/activate", f"/api/v1/vop/offers/{new_id()}/activate"),
        *((method, "/vip", "/vop") for method in ("POST", "OPTIONS", "HEAD", "DELETE")),
        ("OPTIONS", f"/vip/offers/{new_id()}/activate", f"/vop/offers/{new_id()}/activate"),
        ("GET", "/api/v1/vip/offers/", "/api/v1/vop/offers/"),
    ]
    for method, path, unknown in asked:
        for accept in ({}, PAGE):
            found = await client.request(method, path, headers=headers | accept)
            none = await client.request(method, unknown, headers=headers | accept)
            assert found.status_code == 404
            assert _told(found, path) == _told(none, unknown)
            assert found.headers["x-frame-options"] == "DENY"
    if who == "stranger":
        home = await client.get("/catalog", headers=headers | PAGE)
        assert "vip" not in home.text.lower()


async def test_the_comparison_bites(client: AsyncTestClient, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: another kind of 404, and an unknown address without the headers of every answer, are told apart."""
    goods, unknown = f"/catalog/{new_id()}", f"/cotalog/{new_id()}"
    answers = [await client.get(path, headers=scene.stranger.headers) for path in (goods, unknown)]
    assert [one.status_code for one in answers] == [404, 404]
    assert _told(answers[0], goods) != _told(answers[1], unknown)
    hidden = await client.get("/vip", headers=scene.stranger.headers)
    monkeypatch.setattr(client.app, "before_send", [])
    bare = await client.get("/vop", headers=scene.stranger.headers)
    assert bare.status_code == hidden.status_code
    assert {"x-frame-options", "x-request-id"} <= set(hidden.headers) - set(bare.headers)


async def test_the_cabinet_is_in_the_menu_of_a_vip_company(client: AsyncTestClient, scene: Scene) -> None:
    """VIP-1: who buys for two companies has the cabinet of the one only."""
    page = await client.get("/vip", headers=scene.buyer.headers | PAGE)
    assert page.status_code == 200
    assert 'href="/vip" aria-current="page"' in page.text
    assert page.text.count('href="/vip"') == 2  # telephones show no bar of sections, but the menu of the account
    both = await scene.market.member(scene.vip, scene.plain)
    for company_id, status in ((scene.vip, 200), (scene.plain, 404)):
        answer = await client.get("/api/v1/vip/offers", headers=both.headers | {"X-Company-Id": str(company_id)})
        assert answer.status_code == status


# -- VIP-4: only an administrator decides


@pytest.mark.parametrize("role", ["client", "manager", "head_of_managers", "director"])
async def test_nobody_but_an_administrator_makes_a_company_vip(
    client: AsyncTestClient, scene: Scene, role: str
) -> None:
    """VIP-4."""
    person = await scene.market.member(role_code=role)
    url = f"/panel/companies/{scene.plain}/vip"
    assert (await client.post(url, headers=person.headers, data={"on": "1"})).status_code == 403
    assert (await client.get("/panel/vip/offers", headers=person.headers)).status_code == 403
    assert await one(scene.market, select(func.count()).select_from(vip_company)) == 1


async def test_an_administrator_gives_and_takes_vip_and_it_is_audited(client: AsyncTestClient, scene: Scene) -> None:
    """VIP-4: from the next request on; what is so already is not audited again."""
    url = f"/panel/companies/{scene.plain}/vip"
    for on, status in (("1", 200), ("1", 200), ("0", 404), ("0", 404)):
        answer = await client.post(url, headers=scene.admin.headers, data={"on": on}, follow_redirects=False)
        assert answer.status_code == 303
        assert (await client.get("/vip", headers=scene.stranger.headers)).status_code == status
    changes = select(func.count()).where(audit.c.action == "vip.standing_changed")
    assert await one(scene.market, changes) == 2
    card = await client.get(f"/panel/companies/{scene.vip}", headers=scene.admin.headers | PAGE)
    assert '<span class="badge ok">VIP</span>' in card.text
    assert (await client.post(f"/panel/companies/{new_id()}/vip", headers=scene.admin.headers)).status_code == 404


# -- VIP-2: the terms


async def _special(scene: Scene, company_id: CompanyId, **more: Any) -> UUID:
    """An agreement at the retail price type; the usual one is wholesale."""
    key = new_id()
    values = {"agreement_id": key, "company_id": company_id, "price_type_id": scene.market.retail, "is_default": False}
    await scene.market._write(insert(agreement).values(values | {"title": "Особое"} | more))
    return key


async def _priced(client: AsyncTestClient, scene: Scene) -> tuple[Decimal, dict[str, Any]]:
    body = {"variant_id": str(scene.goods)}
    answer = await client.post("/api/v1/prices/explain", headers=scene.buyer.headers, json=body)
    why = answer.json()
    return Decimal(why["reasons"]["unit_price"]), why


async def test_the_vip_agreement_goes_before_the_others_while_it_is_in_force(
    client: AsyncTestClient, scene: Scene
) -> None:
    """VIP-2: price and explanation follow it; one that is closed or over gives way to the usual one."""
    await scene.market._write(update(price).where(price.c.price_type_id == scene.market.retail).values(amount=77))
    usual, why = await _priced(client, scene)
    assert "vip" not in why
    key = await _special(scene, scene.vip)
    url = f"/panel/companies/{scene.vip}/vip"
    await client.post(url, headers=scene.admin.headers, data={"on": "1", "agreement": str(key)})
    special, why = await _priced(client, scene)
    assert special != usual
    assert why["vip"] is True
    page = await client.get(f"/prices/{scene.goods}", headers=scene.buyer.headers | PAGE | {"accept-language": "en"})
    assert "VIP" in page.text
    card = await client.get(f"/panel/companies/{scene.vip}/agreements", headers=scene.admin.headers | PAGE)
    assert card.text.index("Особое") >= 0
    shown = await client.get("/panel/companies?q=Важная", headers=scene.admin.headers | PAGE)
    assert "Розничная" in shown.text
    yesterday = (scene.market.container.clock()() - timedelta(days=2)).date()
    await scene.market._write(
        update(agreement).where(agreement.c.agreement_id == key).values(valid_to=yesterday, valid_from=None)
    )
    assert (await _priced(client, scene))[0] == usual


async def test_the_assortment_is_a_segment_the_company_is_in_while_it_is_vip(
    client: AsyncTestClient, scene: Scene
) -> None:
    """VIP-2: what the segment closes is closed, and open again as soon as the company is no VIP any more."""
    container, market, staff = scene.market.container, scene.market, system_actor("test")
    section = await market.section("Кабель")
    good = await market.product("Кабель силовой", section=section)
    segment_id = SegmentId(new_id())
    await container.create_segment()(staff, segment_id, "Важные")
    await container.put_segment_rule()(staff, segment_id, RuleOn.SECTION, str(section), False)
    url, address = f"/panel/companies/{scene.vip}/vip", f"/api/v1/catalog/products/{good}"
    assert (await client.get(address, headers=scene.buyer.headers)).status_code == 200
    page = await client.get(url, headers=scene.admin.headers | PAGE)
    assert f'value="{segment_id}"' in page.text
    for wrong in ("x", str(new_id())):
        refused = await client.post(url, headers=scene.admin.headers | PAGE, data={"on": "1", "segment": wrong})
        assert refused.status_code == 422
        assert 'id="segment-error"' in refused.text
    for who in (scene.manager, scene.buyer):
        data = {"on": "1", "segment": str(segment_id)}
        assert (await client.post(url, headers=who.headers, data=data)).status_code == 403
    saved = {"on": "1", "segment": str(segment_id)}
    assert (await client.post(url, headers=scene.admin.headers, data=saved, follow_redirects=False)).status_code == 303
    assert (await client.get(address, headers=scene.buyer.headers)).status_code == 404
    assert (await client.get(address, headers=scene.stranger.headers)).status_code == 200
    actor = await market.actor(scene.buyer)
    assert actor.terms is not None
    assert actor.terms.segments == {segment_id}  # discounts for the segment are theirs as well
    changed = select(audit.c.after).where(audit.c.action == "vip.standing_changed")
    assert await one(market, changed) == {"is_vip": True, "segment": "Важные"}
    shown = await client.get(f"/panel/segments/{segment_id}", headers=scene.admin.headers | PAGE)
    assert shown.status_code == 200
    with pytest.raises(SegmentIsAssortment):
        await container.delete_segment()(staff, segment_id)
    await client.post(url, headers=scene.admin.headers, data={"on": "0", "segment": str(segment_id)})
    assert (await client.get(address, headers=scene.buyer.headers)).status_code == 200
    await container.delete_segment()(staff, segment_id)


async def test_the_agreement_must_be_the_companys_own(client: AsyncTestClient, scene: Scene) -> None:
    """VIP-2."""
    foreign = await _special(scene, scene.plain)
    closed = await _special(scene, scene.vip, is_active=False)
    url = f"/panel/companies/{scene.vip}/vip"
    for wrong in (str(foreign), str(closed), str(new_id()), "nonsense"):
        answer = await client.post(url, headers=scene.admin.headers | PAGE, data={"on": "1", "agreement": wrong})
        assert answer.status_code == 422
        assert 'id="agreement-error"' in answer.text
    assert await one(scene.market, select(vip_company.c.agreement_id)) is None


# -- VIP-3: offers


async def test_an_offer_reaches_the_cabinet_and_is_taken_up_once(client: AsyncTestClient, scene: Scene) -> None:
    """VIP-3: recorded once, the manager told once, seen by staff within their scope."""
    mailbox = Mailbox(scene.market.container)
    offer = await made(client, scene)
    found = (await client.get("/api/v1/vip/offers", headers=scene.buyer.headers)).json()["offers"]
    assert [(row["title"], row["text"], row["activated_at"]) for row in found] == [
        ("Кофе в подарок", "За заказ\nот миллиона", None)
    ]
    url = f"/api/v1/vip/offers/{offer}/activate"
    answers = [(await client.post(url, headers=scene.buyer.headers)).json() for _ in range(3)]
    assert answers == [{"first": True}, {"first": False}, {"first": False}]
    page = await client.post(
        f"/vip/offers/{offer}/activate", headers=scene.buyer.headers | PAGE, follow_redirects=False
    )
    assert page.headers["location"] == "/vip?done=already"
    await mailbox.deliver()
    (letter,) = mailbox.mail.sent
    assert letter.to == f"{scene.manager.user_id.hex}@example.test"
    assert all(word in letter.text for word in ("Важная", "Кофе в подарок", "Партнёр", "Покупатель", "Их менеджер"))
    other = await scene.market.member(role_code="manager")
    for viewer, total in ((scene.manager, 1), (other, 0), (scene.admin, 1)):
        seen = (await client.get("/api/v1/vip-activations", headers=viewer.headers)).json()
        assert seen["total"] == len(seen["items"]) == total
    page = await client.get("/panel/vip", headers=scene.admin.headers | PAGE)
    assert "Кофе в подарок" in page.text
    assert await one(scene.market, select(func.count()).where(audit.c.action == "vip.offer_activated")) == 1


async def test_what_is_not_offered_is_neither_seen_nor_taken_up(client: AsyncTestClient, scene: Scene) -> None:
    """VIP-3: hidden, over, not begun, for others: not there, and nothing is recorded."""
    second = await scene.market.client("Вторая")
    await scene.market._write(insert(vip_company).values(company_id=second, since=OPENED))
    today = scene.market.container.clock()().date()
    closed = (
        {"active": ""},
        {"valid_to": (today - timedelta(days=2)).isoformat()},
        {"valid_from": (today + timedelta(days=2)).isoformat()},
        {"audience": "listed", "company": str(second)},
    )
    for more in closed:
        typed = FORM | more
        if more.get("active") == "":
            del typed["active"]
        answer = await client.post("/panel/vip/offers/new", headers=scene.admin.headers, data=typed)
        assert answer.status_code == 200
    async with scene.market.container.database().engine.connect() as connection:
        keys = list((await connection.execute(text("SELECT offer_id FROM partner_offer"))).scalars())
    assert len(keys) == len(closed)
    assert (await client.get("/api/v1/vip/offers", headers=scene.buyer.headers)).json() == {"offers": []}
    for key in [*keys, new_id()]:
        answer = await client.post(f"/api/v1/vip/offers/{key}/activate", headers=scene.buyer.headers)
        assert answer.status_code == 404
    assert await one(scene.market, select(func.count()).select_from(offer_activation)) == 0


async def test_an_offer_is_changed_and_wrong_fields_are_named(client: AsyncTestClient, scene: Scene) -> None:
    """VIP-3: what was typed comes back with what is wrong."""
    offer = await made(client, scene)
    url = f"/panel/vip/offers/{offer}"
    wrong = {"partner": "", "title": "Т", "text": "т", "valid_from": "soon", "audience": "listed"}
    answer = await client.post(url, headers=scene.admin.headers | PAGE, data=wrong)
    assert answer.status_code == 422
    assert 'id="valid_from-error"' in answer.text
    answer = await client.post(url, headers=scene.admin.headers | PAGE, data=wrong | {"valid_from": ""})
    assert 'id="partner-error"' in answer.text
    assert 'id="companies-error"' in answer.text
    foreign = FORM | {"audience": "listed", "company": str(scene.plain)}
    answer = await client.post(url, headers=scene.admin.headers | PAGE, data=foreign)
    assert 'id="companies-error"' in answer.text
    listed = FORM | {"title": "Чай", "audience": "listed", "company": str(scene.vip)}
    await client.post(url, headers=scene.admin.headers, data=listed)
    found = (await client.get("/api/v1/vip/offers", headers=scene.buyer.headers)).json()["offers"]
    assert [row["title"] for row in found] == ["Чай"]
    assert (await client.get(f"/panel/vip/offers/{new_id()}", headers=scene.admin.headers)).status_code == 404


async def _together(client: AsyncTestClient, scene: Scene) -> tuple[int, int, int]:
    """Eight requests of the company take an offer up at once: how many were first, recorded, told."""
    offer, actor = await made(client, scene), await scene.market.actor(scene.buyer)
    activate = scene.market.container.activate_offer()
    first = sum(await asyncio.gather(*(activate(actor, offer) for _ in range(8))))
    recorded = await one(scene.market, select(func.count()).where(offer_activation.c.offer_id == offer))
    told = await one(scene.market, select(func.count()).select_from(message))
    return first, recorded, told


async def test_a_race_for_an_offer_has_one_winner_and_one_message(client: AsyncTestClient, scene: Scene) -> None:
    """VIP-3."""
    assert await _together(client, scene) == (1, 1, 1)


async def test_without_the_answer_of_the_key_the_race_is_lost(
    client: AsyncTestClient, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: looking first and writing then tells the manager more than once."""

    looked = asyncio.Barrier(2)

    async def look_then_write(self: Any, offer_id: UUID, company_id: UUID, user_id: UserId, now: Any) -> bool:
        own = (offer_activation.c.offer_id == offer_id) & (offer_activation.c.company_id == company_id)
        found = (await self._connection.execute(select(offer_activation.c.at).where(own))).first()
        await asyncio.wait_for(looked.wait(), 5)
        row = {"offer_id": offer_id, "company_id": company_id, "user_id": user_id, "at": now}
        await self._connection.execute(upsert(offer_activation).values(row).on_conflict_do_nothing())
        return found is None

    monkeypatch.setattr(PostgresVipBook, "activate", look_then_write)
    first, recorded, told = await _together(client, scene)
    assert recorded == 1
    assert first > 1
    assert told > 1


# -- VIP-5: candidates


async def _ordered(scene: Scene, name: str, orders: int, amount: str, **more: Any) -> CompanyId:
    company_id = await scene.market.client(name, manager=more.pop("manager", None))
    person = await scene.market.member(company_id)
    for _ in range(orders):
        placed = await scene.market.order(person, (scene.goods, "1"))
        values = {"amount": Decimal(amount)} | more
        statement = text("UPDATE customer_order SET amount = :amount WHERE order_id = :key")
        await scene.market._write(statement.bindparams(amount=values["amount"], key=placed.order_id))
    return company_id


async def test_candidates_are_over_both_thresholds_and_within_the_scope(client: AsyncTestClient, scene: Scene) -> None:
    """VIP-5: thresholds are settings; cancelled, early and foreign-currency orders do not count; VIP are left out."""
    market = scene.market
    best = await _ordered(scene, "Кандидат", 2, "500", manager=scene.manager)
    second = await _ordered(scene, "Второй кандидат", 2, "400")
    await _ordered(scene, "Редко", 1, "5000")
    await _ordered(scene, "Мало", 3, "1")
    cancelled = await _ordered(scene, "Отменял", 2, "900")
    early = await _ordered(scene, "Давно", 2, "900")
    abroad = await _ordered(scene, "Валюта", 2, "900")
    already = await _ordered(scene, "Уже VIP", 2, "900")
    off = await _ordered(scene, "Выключена", 2, "900")
    change = "UPDATE customer_order SET {} WHERE company_id = '{}'"
    await market._write(
        text(change.format("status = 'cancelled', cancelled_by = 'staff'", cancelled)),
        text(change.format("placed_at = placed_at - interval '91 days'", early)),
        text(change.format("currency = 'USD'", abroad)),
        insert(vip_company).values(company_id=already, since=OPENED),
        update(company).where(company.c.company_id == off).values(is_active=False),
    )
    typed = {"values": {"vip.candidate_orders": 2, "vip.candidate_amount": 800}}
    answer = await client.patch("/api/v1/settings", headers=scene.admin.headers, json=typed)
    assert answer.status_code == 200, answer.text
    market.container.current_settings.reset()
    for viewer, expected in ((scene.admin, [best, second]), (scene.manager, [best])):
        found = (await client.get("/api/v1/vip-candidates", headers=viewer.headers)).json()
        assert [row["company_id"] for row in found["items"]] == list(map(str, expected))
        assert found["total"] == len(expected)
        assert found["thresholds"] == {"days": 90, "orders": 2, "amount": 800}
    assert (found["items"][0]["orders"], Decimal(found["items"][0]["amount"])) == (2, Decimal(1000))
    page = await client.get("/panel/vip/candidates", headers=scene.admin.headers | PAGE)
    assert page.text.index("Кандидат") < page.text.index("Второй кандидат")
    assert f"/panel/companies/{best}/vip" in page.text
    assert (await client.get("/api/v1/vip-candidates", headers=scene.buyer.headers)).status_code == 403
    with recorded_statements() as few:
        await client.get("/panel/vip/candidates", headers=scene.admin.headers | PAGE)
    for number in range(3):
        await _ordered(scene, f"Ещё {number}", 2, "700")
    with recorded_statements() as many:
        page = await client.get("/panel/vip/candidates", headers=scene.admin.headers | PAGE)
    assert "Ещё 2" in page.text
    assert len(few) == len(many)


@pytest.mark.parametrize("path", ["/panel/vip", "/panel/vip/offers", "/vip"])
async def test_lists_cost_the_same_however_long_they_are(client: AsyncTestClient, scene: Scene, path: str) -> None:
    """VIP-3."""
    headers = (scene.buyer if path == "/vip" else scene.admin).headers | PAGE
    await client.get(path, headers=headers)
    with recorded_statements() as few:
        assert (await client.get(path, headers=headers)).status_code == 200
    for number in range(3):
        await made(client, scene, title=f"Предложение {number}", audience="listed", company=str(scene.vip))
    for row in (await client.get("/api/v1/vip/offers", headers=scene.buyer.headers)).json()["offers"]:
        await client.post(f"/api/v1/vip/offers/{row['offer_id']}/activate", headers=scene.buyer.headers)
    with recorded_statements() as many:
        assert "Предложение 2" in (await client.get(path, headers=headers)).text
    assert len(few) == len(many)
