"""A shop where people trade: logged-in persons, prices that move, goods that leave the assortment, conditions."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec import Struct
from shop import Shop
from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from b2b_dvizhenie.adapters.postgres.tables.catalog import product, variant
from b2b_dvizhenie.adapters.postgres.tables.companies import agreement, company, membership, seller_firm
from b2b_dvizhenie.adapters.postgres.tables.exchange import exchange_node
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user, role, session
from b2b_dvizhenie.adapters.postgres.tables.operations import setting
from b2b_dvizhenie.adapters.postgres.tables.pricing import price
from b2b_dvizhenie.application.ordering import OrderRequest, Placed, PlacedOrder, RequestedLine
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.identity import new_token, token_hash
from b2b_dvizhenie.domain.ordering import Consent, Wishes
from b2b_dvizhenie.domain.shared.ids import CompanyId, FirmId, NodeId, PaymentMethodId, UserId, VariantId, new_id
from b2b_dvizhenie.entrypoints.container import Container

OPENED = datetime(2026, 1, 1, tzinfo=UTC)
ON_ACCOUNT = PaymentMethodId(UUID("019ab9e2-4c00-7a11-9c01-5d2b8f0a7e01"))
PREPAYMENT = PaymentMethodId(UUID("019ab9e2-4c00-7a11-9c01-5d2b8f0a7e02"))
"""The ways to pay that every installation begins with."""


class Person(Struct, frozen=True):
    """Somebody with an open session."""

    user_id: UserId
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """What an application sends to be this person."""
        return {"Authorization": f"Bearer {self.token}"}


class Market(Shop):
    """A shop with a seller firm; everybody and everything in it is made by one call."""

    def __init__(self, container: Container) -> None:
        super().__init__(container)
        self.firm_id = FirmId(new_id())
        self._goods = 0

    async def open(self) -> "Market":
        await super().open()
        await self._write(insert(seller_firm).values(firm_id=self.firm_id, name="Seller", is_default=True))
        return self

    async def other_node(self, name: str) -> NodeId:
        """One more 1C base."""
        node_id = NodeId(new_id())
        row = {"node_id": node_id, "name": name, "login": new_id().hex, "password_hash": "", "created_at": OPENED}
        await self._write(insert(exchange_node).values(row))
        return node_id

    async def firm(self, name: str) -> FirmId:
        """One more seller firm."""
        firm_id = FirmId(new_id())
        await self._write(insert(seller_firm).values(firm_id=firm_id, name=name))
        return firm_id

    async def client(
        self,
        name: str = "Buyer",
        *,
        manager: Person | None = None,
        price_type: UUID | None = None,
        currency: str = "RUB",
        firm_id: FirmId | None = None,
        ref: str | None = None,
        inn: str = "",
        node_id: NodeId | None = None,
    ) -> CompanyId:
        """A buyer company with an agreement."""
        company_id = CompanyId(new_id())
        await self._write(
            insert(company).values(
                company_id=company_id,
                node_id=node_id or self.node,
                external_ref=ref or str(company_id),
                kind="legal",
                name=name,
                inn=inn,
                manager_id=manager.user_id if manager else None,
                updated_at=OPENED,
            ),
            insert(agreement).values(
                agreement_id=new_id(),
                company_id=company_id,
                price_type_id=price_type or self.wholesale,
                currency=currency,
                firm_id=firm_id,
            ),
        )
        return company_id

    async def member(
        self,
        *companies: CompanyId,
        role_code: str = "client",
        level: int = 2,
        head: Person | None = None,
        firm_id: FirmId | None = None,
        name: str = "",
    ) -> Person:
        """A user who is logged in; a member of the companies, if any."""
        user_id, token = UserId(new_id()), new_token()
        role_id = select(role.c.role_id).where(role.c.code == role_code).scalar_subquery()
        await self._write(
            insert(app_user).values(
                user_id=user_id,
                role_id=role_id,
                head_id=head.user_id if head else None,
                firm_id=firm_id,
                name=name or role_code,
                email=f"{user_id.hex}@example.test",
                created_at=OPENED,
            ),
            insert(session).values(
                session_id=new_id(),
                token_hash=token_hash(token),
                user_id=user_id,
                created_at=OPENED,
                expires_at=OPENED + timedelta(days=36500),
                last_seen_at=OPENED,
            ),
            *(
                insert(membership).values(user_id=user_id, company_id=company_id, access_level=level)
                for company_id in companies
            ),
        )
        return Person(user_id, token)

    async def goods(
        self,
        amount: str | None = "100.00",
        *,
        multiple: str = "1",
        vat_rate: str | None = "22",
        article: str = "",
        in_stock: str = "1000",
        node_id: NodeId | None = None,
    ) -> VariantId:
        """Goods with one variant, a price of both types (None leaves them without), and stock."""
        self._goods += 1
        key = await self.product(
            f"Goods {self._goods}",
            article=article or f"ART-{self._goods:05d}",
            retail=amount,
            wholesale=amount,
            stock={self.moscow: in_stock},
            multiple=multiple,
        )
        changed = {"vat_rate": None if vat_rate is None else Decimal(vat_rate), "node_id": node_id or self.node}
        await self._write(update(product).where(product.c.product_id == key).values(changed))
        return VariantId(key)

    async def set_price(
        self, variant_id: VariantId, amount: str, *, currency: str = "RUB", from_quantity: str = "0"
    ) -> None:
        """Give the variant this price in both price types."""
        rows = [
            {
                "price_type_id": price_type_id,
                "variant_id": variant_id,
                "min_quantity": Decimal(from_quantity),
                "amount": Decimal(amount),
                "currency": currency,
                "updated_at": OPENED,
            }
            for price_type_id in (self.retail, self.wholesale)
        ]
        statement = upsert(price).values(rows)
        await self._write(
            statement.on_conflict_do_update(
                index_elements=["price_type_id", "variant_id", "min_quantity"],
                set_={"amount": statement.excluded.amount, "currency": statement.excluded.currency},
            )
        )

    async def take_off_sale(self, variant_id: VariantId) -> None:
        """The ERP does not sell the variant any more."""
        await self._write(update(variant).where(variant.c.variant_id == variant_id).values(is_active=False))

    async def set_multiple(self, variant_id: VariantId, multiple: str) -> None:
        """The seller ships the goods in other multiples now."""
        await self._write(
            update(product).where(product.c.product_id == variant_id).values(order_multiple=Decimal(multiple))
        )

    async def set_policy(self, **policy: Any) -> None:
        """The seller's conditions for orders."""
        statement = upsert(setting).values(key="ordering.policy", value=policy, updated_at=OPENED)
        await self._write(
            statement.on_conflict_do_update(index_elements=["key"], set_={"value": statement.excluded.value})
        )

    async def actor(self, person: Person, company_id: CompanyId | None = None) -> Actor:
        """Who the person is for the use cases, as the HTTP door would find out."""
        found = await self.container.authenticate()(person.token, company_id)
        assert found is not None
        return found

    async def order(self, person: Person, *goods: tuple[VariantId, str], **wishes: str) -> PlacedOrder:
        """Place an order for these goods at today's prices."""
        lines = tuple(
            RequestedLine(f"lines.{index}", Decimal(quantity), variant_id)
            for index, (variant_id, quantity) in enumerate(goods)
        )
        request = OrderRequest(lines, Wishes(**wishes), Consent(any_price=True))
        outcome = await self.container.place_order()(await self.actor(person), request)
        assert isinstance(outcome, Placed), outcome
        return outcome.order
