"""Ways to pay an order: chosen by buyers, kept by orders, set up in the panel (MUL-3, PAY-1, A16, onec.md §4.2)."""

from typing import Any
from uuid import UUID

import pytest
from httpx import Response
from litestar.testing import AsyncTestClient
from lxml import html
from market import ON_ACCOUNT, PREPAYMENT, Market, Person
from sqlalchemy import select, update

from b2b_dvizhenie.adapters.onec.cml.writer import WriteOptions, write_orders
from b2b_dvizhenie.adapters.postgres.tables.companies import agreement, company, payment_method
from b2b_dvizhenie.adapters.postgres.tables.operations import audit
from b2b_dvizhenie.adapters.postgres.tables.ordering import customer_order
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.companies import CompanyKind, MethodTerms, PaymentKind, TradingTerms
from b2b_dvizhenie.domain.shared.ids import CompanyId, FirmId, NodeId, PaymentMethodId, PriceTypeId, VariantId, new_id

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PAGE = {"Accept": "text/html"}
STAFF = system_actor("test")


class Till:
    """Two companies of one buyer, and what they can pay by."""

    def __init__(self, client: AsyncTestClient, market: Market) -> None:
        self.client, self.market = client, market
        self.one: CompanyId
        self.two: CompanyId
        self.buyer: Person
        self.variant: VariantId

    async def open(self) -> "Till":
        self.one, self.two = await self.market.client("One"), await self.market.client("Two")
        self.buyer = await self.market.member(self.one, self.two)
        self.variant = await self.market.goods("100")
        return self

    def headers(self, company_id: CompanyId) -> dict[str, str]:
        return self.buyer.headers | {"X-Company-Id": str(company_id)}

    async def offered(self, company_id: CompanyId) -> tuple[list[str], str | None]:
        """Names in order, and the name of the preset one."""
        answer = await self.client.get("/api/v1/payment-methods", headers=self.headers(company_id))
        assert answer.status_code == 200, answer.text
        found = {one["id"]: one["name"] for one in answer.json()["methods"]}
        return list(found.values()), found.get(answer.json()["preset"])

    async def place(self, company_id: CompanyId, **body: Any) -> Response:
        lines = [{"variant_id": str(self.variant), "quantity": "1"}]
        body = {"lines": lines, "accept_prices": True} | body
        return await self.client.post("/api/v1/orders", headers=self.headers(company_id), json=body)

    async def agree(self, company_id: CompanyId, *methods: UUID, firm_id: FirmId | None = None) -> None:
        terms = TradingTerms(
            price_type_id=PriceTypeId(self.market.wholesale),
            is_default=True,
            firm_id=firm_id,
            payment_methods=tuple(map(PaymentMethodId, methods)),
        )
        await self.market.container.put_agreement()(STAFF, company_id, terms)

    async def method(self, name: str, kind: PaymentKind, **terms: Any) -> PaymentMethodId:
        typed = MethodTerms(name=name, kind=kind, **({"position": 5} | terms))
        return await self.market.container.put_payment_method()(STAFF, typed)

    async def rows(self, *columns: Any) -> list[Any]:
        async with self.market.container.database().engine.connect() as connection:
            return list(await connection.execute(select(*columns)))


@pytest.fixture
async def till(client: AsyncTestClient, market: Market) -> Till:
    return await Till(client, market).open()


async def test_methods_follow_the_company_its_agreement_and_its_firm(till: Till, market: Market) -> None:
    """MUL-3: what one company can choose the other cannot; a card is offered to nobody without an acquirer."""
    both = ["По договору с отсрочкой", "Предоплата по счёту"]
    assert await till.offered(till.one) == (both, both[0])
    second = await market.firm("Second")
    await till.method("Cash desk", PaymentKind.CASH, firms=(second,))
    await till.method("Card", PaymentKind.CARD, payers=(CompanyKind.PERSON,))
    await till.agree(till.one, PREPAYMENT)
    await till.agree(till.two, firm_id=second)
    assert await till.offered(till.one) == (both[1:], both[1])
    assert await till.offered(till.two) == (["Cash desk", *both], "Cash desk")
    async with market.container.database().engine.begin() as connection:
        await connection.execute(update(company).where(company.c.company_id == till.two).values(kind="person"))
    assert await till.offered(till.two) == (["Cash desk", both[1]], "Cash desk"), "individuals buy on no account"
    staff = await market.member(role_code="manager")
    answer = await till.client.get("/api/v1/payment-methods", headers=staff.headers)
    assert answer.status_code == 403


async def test_an_order_keeps_its_method_and_the_person_his_choice(till: Till, market: Market) -> None:
    """Named or first; as it was called then; foreign ones are refused by their field and change nothing."""
    first = await till.place(till.one)
    assert first.json()["payment"] == {
        "method_id": str(ON_ACCOUNT),
        "kind": "on_account",
        "name": "По договору с отсрочкой",
    }
    chosen = await till.place(till.one, payment_method_id=str(PREPAYMENT))
    assert chosen.json()["payment"]["kind"] == "prepayment"
    assert (await till.offered(till.one))[1] == "Предоплата по счёту"
    assert (await till.offered(till.two))[1] == "По договору с отсрочкой", "the last choice was for another company"

    await till.agree(till.two, PREPAYMENT)
    for wrong in (str(ON_ACCOUNT), str(new_id())):
        refused = await till.place(till.two, payment_method_id=wrong)
        assert refused.status_code == 400, refused.text
        assert refused.json()["code"] == "companies.payment_method_closed"
        assert [one["field"] for one in refused.json()["fields"]] == ["payment_method_id"]
    assert (await till.place(till.two)).json()["payment"]["method_id"] == str(PREPAYMENT)
    assert len(await till.rows(customer_order.c.order_id)) == 3

    renamed = MethodTerms(name="Other name", kind=PaymentKind.CASH, position=20)
    await market.container.put_payment_method()(STAFF, renamed, PREPAYMENT)
    order = UUID(chosen.json()["id"])
    details = await till.client.get(f"/api/v1/orders/{order}", headers=till.headers(till.one))
    assert details.json()["payment"] == chosen.json()["payment"], "as it was then"
    page = await till.client.get(f"/orders/{order}", headers=till.headers(till.one) | PAGE)
    assert "Предоплата по счёту" in page.text
    assert "Other name" not in page.text
    sent = await market.container.orders_to_send()(STAFF, NodeId(market.node), [order])
    assert sent[order].payment_kind is PaymentKind.PREPAYMENT
    xml = write_orders(sent.values(), WriteOptions(), sent[order].placed_at).decode()
    told = "<Наименование>{}</Наименование><Значение>{}</Значение>"
    assert told.format("Метод оплаты", "Предоплата по счёту") in xml
    assert told.format("Метод оплаты ИД", PREPAYMENT) in xml


async def test_the_same_key_is_the_same_order_only_with_the_same_method(till: Till) -> None:
    headers = till.headers(till.one) | {"Idempotency-Key": "k-1"}
    lines = [{"variant_id": str(till.variant), "quantity": "1"}]
    body = {"lines": lines, "accept_prices": True, "payment_method_id": str(PREPAYMENT)}
    first = await till.client.post("/api/v1/orders", headers=headers, json=body)
    again = await till.client.post("/api/v1/orders", headers=headers, json=body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    other = await till.client.post(
        "/api/v1/orders", headers=headers, json=body | {"payment_method_id": str(ON_ACCOUNT)}
    )
    assert other.json()["code"] == "ordering.idempotency_key_reused"


async def test_the_check_out_offers_presets_and_refuses(till: Till, market: Market) -> None:
    client, url = till.client, f"/checkout?company={till.one}"
    client.cookies.set("b2b_session", till.buyer.token)
    cart = {"lines": [{"variant_id": str(till.variant), "quantity": "2"}]}
    await client.put("/api/v1/cart", headers=till.headers(till.one), json=cart)

    def radios(answer: Response) -> dict[str, bool]:
        found = html.fromstring(answer.text).cssselect("input[name=payment]")
        return {one.get("value"): one.get("checked") is not None for one in found}

    page = await client.get(url, headers=PAGE)
    assert radios(page) == {str(ON_ACCOUNT): True, str(PREPAYMENT): False}
    hidden = {
        one.get("name"): one.get("value") for one in html.fromstring(page.text).cssselect("form input[type=hidden]")
    }
    await till.agree(till.one, ON_ACCOUNT)
    form = hidden | {"payment": str(PREPAYMENT)}
    refused = await client.post(url, data=form, headers=PAGE, follow_redirects=False)
    assert refused.status_code == 422
    error = html.fromstring(refused.text).cssselect("#payment-error")[0].text_content()
    assert "Этот способ оплаты для вашей компании недоступен" in error
    assert list(radios(refused)) == [str(ON_ACCOUNT)], "the agreement has changed meanwhile"
    placed = await client.post(url, data=hidden | {"payment": str(ON_ACCOUNT)}, headers=PAGE, follow_redirects=False)
    assert placed.status_code == 303

    off = MethodTerms(name="По договору с отсрочкой", kind=PaymentKind.ON_ACCOUNT, is_active=False)
    await market.container.put_payment_method()(STAFF, off, ON_ACCOUNT)
    await client.put("/api/v1/cart", headers=till.headers(till.one), json=cart)
    closed = await client.get(url, headers=PAGE)
    assert "не открыт ни один способ оплаты" in closed.text
    assert (await till.place(till.one)).json()["code"] == "companies.no_payment_method"
    async with market.container.database().engine.begin() as connection:
        await connection.execute(update(payment_method).values(is_active=False))
    assert (await till.place(till.one)).json()["payment"] is None, "a house without methods asks for none"


@pytest.mark.parametrize(
    ("level", "said"),
    [(2, "не хватает 50 RUB"), (1, "превышает то, о чём договорились ваша компания и поставщик")],
    ids=["sees the limit", "may not know it"],
)
async def test_an_order_beyond_the_limit_can_be_paid_ahead(
    till: Till, market: Market, client: AsyncTestClient, level: int, said: str
) -> None:
    """The refusal says so, and tells no more of the limit than the level opens; another way to pay goes through."""
    buyer = await market.member(till.one, level=level)
    client.cookies.set("b2b_session", buyer.token)
    async with market.container.database().engine.begin() as connection:
        await connection.execute(update(agreement).values(credit_limit=150))
    cart = {"lines": [{"variant_id": str(till.variant), "quantity": "2"}]}
    await client.put("/api/v1/cart", headers=buyer.headers, json=cart)
    page = await client.get("/checkout", headers=PAGE)
    (preset,) = [one.get("value") for one in html.fromstring(page.text).cssselect("input[name=payment][checked]")]
    notices = "".join(one.text_content() for one in html.fromstring(page.text).cssselect(".notice-bad"))
    if level == 2:
        assert said in notices
        assert "другим способом: «Предоплата по счёту»." in notices
        assert preset == str(PREPAYMENT)
    else:
        assert (preset, notices) == (str(ON_ACCOUNT), ""), "nothing that trying quantities could tell"
    hidden = {
        one.get("name"): one.get("value") for one in html.fromstring(page.text).cssselect("form input[type=hidden]")
    }
    refused = await client.post(
        "/checkout", data=hidden | {"payment": str(ON_ACCOUNT)}, headers=PAGE, follow_redirects=False
    )
    assert refused.status_code == 422
    (told,) = html.fromstring(refused.text).cssselect(".form-error")
    assert said in told.text_content()
    assert "другим способом: «Предоплата по счёту»." in told.text_content()
    assert level == 2 or "150" not in told.text_content()
    ahead = await client.post(
        "/checkout", data=hidden | {"payment": str(PREPAYMENT)}, headers=PAGE, follow_redirects=False
    )
    assert ahead.status_code == 303


async def test_an_administrator_edits_methods_in_the_panel(till: Till, market: Market, client: AsyncTestClient) -> None:
    """Added, changed, switched off; wrong fields come back named; who may not change does not; all of it audited."""
    admin = (await market.member(role_code="administrator")).headers
    new = {"name": "Наличными при получении", "kind": "cash", "payer.person": "1", "position": "7", "active": "1"}

    async def send(url: str, fields: dict[str, str], headers: dict[str, str] = admin) -> Response:
        return await client.post(url, data=fields, headers=headers | PAGE, follow_redirects=False)

    wrong = await send(
        "/panel/payment-methods/new",
        {"name": "", "kind": "card", "payer.legal": "1", "position": "много", f"firm.{new_id()}": "1"},
    )
    assert wrong.status_code == 422
    problems = [" ".join(one.text_content().split()) for one in html.fromstring(wrong.text).cssselect(".error")]
    assert problems == [
        "Заполните поле.",
        "Место — целое число от 0 до 9999.",
        "Картой платят физические лица; организациям выставляется счёт. Снимите отметку «Организация».",
    ]
    foreign = await send("/panel/payment-methods/new", new | {f"firm.{new_id()}": "1"})
    assert foreign.status_code == 422
    assert html.fromstring(foreign.text).cssselect("#firms-error")
    assert len(await till.rows(payment_method.c.method_id)) == 2, "nothing was written"

    assert (await send("/panel/payment-methods/new", new | {f"firm.{market.firm_id}": "1"})).status_code == 303
    page = await client.get("/panel/payment-methods", headers=admin | PAGE)
    assert "Эквайринг не подключён" in page.text
    (row,) = [one for one in html.fromstring(page.text).cssselect("tbody tr") if "Наличными при" in one.text_content()]
    cells = [" ".join(one.text_content().split()) for one in row.cssselect("td")]
    assert cells == ["Наличными", "Физическое лицо", "Seller", "0", "7", "Действует"]
    (link,) = row.cssselect("a")
    form = html.fromstring((await client.get(link.get("href"), headers=admin | PAGE)).text)
    ticked = {one.get("name") for one in form.cssselect("form.form-page input[checked]")}
    assert ticked == {"payer.person", f"firm.{market.firm_id}", "active"}
    assert (await send(link.get("href"), {"name": "Наличными", "kind": "cash", "position": "7"})).status_code == 303
    told = await till.rows(audit.c.action, audit.c.before, audit.c.after)
    trail = [row for row in told if row.action.startswith("companies.payment_method")]
    assert [row.action for row in trail] == ["companies.payment_method_made", "companies.payment_method_changed"]
    assert trail[1].before["payers"] == ["person"]
    assert trail[1].after == {"name": "Наличными", "kind": "cash", "position": 7, "is_active": False}

    director = (await market.member(role_code="director", firm_id=market.firm_id)).headers
    await till.method("For others", PaymentKind.CASH, firms=(await market.firm("Elsewhere"),))
    await till.method("For both", PaymentKind.CASH, firms=(market.firm_id, await market.firm("Hidden")))
    await till.agree(till.one, PREPAYMENT)
    seen = await client.get("/panel/payment-methods", headers=director | PAGE)
    assert seen.status_code == 200
    rows = {one.cssselect("th")[0].text_content(): one for one in html.fromstring(seen.text).cssselect("tbody tr")}
    assert list(rows) == ["For both", "Наличными", "По договору с отсрочкой", "Предоплата по счёту"]
    assert rows["For both"].cssselect("td")[2].text_content() == "Seller", "no other firm is named"
    assert rows["Предоплата по счёту"].cssselect("td")[3].text_content() == "0", "the company is not of his firm"
    assert not html.fromstring(seen.text).cssselect("tbody a, .tools a")
    assert (await send(link.get("href"), new, director)).status_code == 403
    assert (await send(f"/panel/payment-methods/{new_id()}", new)).status_code == 404
