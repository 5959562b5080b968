"""A small wholesaler put straight into the tables, for tests of what buyers see."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.search import ADD_WORDS, VECTOR
from b2b_dvizhenie.adapters.postgres.tables import catalog as c
from b2b_dvizhenie.adapters.postgres.tables.companies import agreement, company, membership
from b2b_dvizhenie.adapters.postgres.tables.exchange import exchange_node
from b2b_dvizhenie.adapters.postgres.tables.pricing import price, price_type
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.catalog import article_key, search_document, sort_key
from b2b_dvizhenie.domain.shared.ids import new_id
from b2b_dvizhenie.entrypoints.container import Container

PASSWORD = "correct horse battery"
MOMENT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


class Shop:
    """Retail and wholesale price types, warehouses in Moscow and Kazan, and what a test adds."""

    def __init__(self, container: Container) -> None:
        self.container = container
        self.node, self.retail, self.wholesale = new_id(), new_id(), new_id()
        self.moscow, self.kazan = new_id(), new_id()

    async def _write(self, *statements: object) -> None:
        async with self.container.database().engine.begin() as connection:
            for statement in statements:
                await connection.execute(statement)

    async def open(self) -> "Shop":
        types = [(self.retail, "Розничная", True), (self.wholesale, "Оптовая", False)]
        stores = [(self.moscow, "Москва", 1), (self.kazan, "Казань", 2)]
        await self._write(
            insert(exchange_node).values(
                node_id=self.node, name="1C", login=f"1c-{self.node.hex}", password_hash="-", created_at=MOMENT
            ),
            *(
                insert(price_type).values(
                    price_type_id=key, node_id=self.node, external_ref=str(key), name=name, is_default=default
                )
                for key, name, default in types
            ),
            *(
                insert(c.warehouse).values(
                    warehouse_id=key, node_id=self.node, external_ref=str(key), name=name, position=place
                )
                for key, name, place in stores
            ),
        )
        return self

    async def section(self, name: str, parent: UUID | None = None, *, is_active: bool = True) -> UUID:
        key = new_id()
        async with self.container.database().engine.begin() as connection:
            above: list[UUID] = []
            if parent is not None:
                above = (
                    await connection.execute(select(c.section.c.path).where(c.section.c.section_id == parent))
                ).scalar_one()
            await connection.execute(
                insert(c.section).values(
                    section_id=key,
                    node_id=self.node,
                    external_ref=str(key),
                    parent_id=parent,
                    path=[*above, key],
                    name=name,
                    is_active=is_active,
                )
            )
        return key

    async def brand(self, name: str) -> UUID:
        key = new_id()
        await self._write(insert(c.brand).values(brand_id=key, node_id=self.node, name_key=name.lower(), name=name))
        return key

    async def product(
        self,
        name: str,
        *,
        section: UUID | None = None,
        article: str = "",
        brand: tuple[UUID, str] | None = None,
        retail: str | None = "100",
        wholesale: str | Mapping[str, str] | None = "80",
        stock: Mapping[UUID, str] | None = None,
        barcodes: Iterable[str] = (),
        multiple: str = "1",
        properties: Mapping[str, list[str]] | None = None,
        is_active: bool = True,
        is_hidden: bool = False,
    ) -> UUID:
        key = new_id()
        document = search_document(
            name,
            codes=[article],
            brand=brand[1] if brand else "",
            others=[v for vs in (properties or {}).values() for v in vs],
        )
        vector = VECTOR.format(**{field: f":{field}" for field in document._fields})
        async with self.container.database().engine.begin() as connection:
            await connection.execute(
                insert(c.product).values(
                    product_id=key,
                    node_id=self.node,
                    external_ref=str(key),
                    article=article,
                    article_key=article_key(article),
                    name=name,
                    sort_key=sort_key(name),
                    brand_id=brand[0] if brand else None,
                    section_id=section,
                    section_ids=[section] if section else [],
                    unit_name="шт",
                    order_multiple=Decimal(multiple),
                    vat_rate=Decimal(22),
                    barcodes=list(barcodes),
                    properties=[{"ref": n, "name": n, "values": v} for n, v in (properties or {}).items()],
                    is_active=is_active,
                    is_hidden=is_hidden,
                    updated_at=MOMENT,
                )
            )
            filling = text(f"UPDATE product SET search = {vector} WHERE product_id = :key")  # noqa: S608 - ours
            await connection.execute(filling, {**document._asdict(), "key": key})
            one_good = "(SELECT CAST(:words AS text) AS words) one"
            remembering = text(ADD_WORDS.format(words="one.words", source=one_good))
            await connection.execute(remembering, {"words": " ".join(document)})
            if section is not None:
                await self._place(connection, key, section, sort_key(name))
        await self.variant(key, variant=key, retail=retail, wholesale=wholesale, stock=stock)
        return key

    async def _path(self, connection: AsyncConnection, section: UUID) -> list[UUID]:
        query = select(c.section.c.path).where(c.section.c.section_id == section)
        return list((await connection.execute(query)).scalar_one())

    async def _place(self, connection: AsyncConnection, product: UUID, section: UUID, key: str) -> None:
        one_more = update(c.section).values(product_count=c.section.c.product_count + 1)
        for one in await self._path(connection, section):
            await connection.execute(insert(c.placement).values(section_id=one, sort_key=key, product_id=product))
            await connection.execute(one_more.where(c.section.c.section_id == one))

    async def variant(
        self,
        product: UUID,
        *,
        variant: UUID | None = None,
        name: str = "",
        retail: str | None = None,
        wholesale: str | Mapping[str, str] | None = None,
        stock: Mapping[UUID, str] | None = None,
        barcodes: Iterable[str] = (),
    ) -> UUID:
        """A variant; `wholesale` may name quantity breaks: {"1": "80", "10": "70"}."""
        key = variant or new_id()
        breaks = wholesale if isinstance(wholesale, Mapping) else {"0": wholesale} if wholesale else {}
        prices = [(self.wholesale, least, amount) for least, amount in breaks.items()]
        prices += [(self.retail, "0", retail)] if retail else []
        await self._write(
            insert(c.variant).values(
                variant_id=key,
                product_id=product,
                variant_ref="" if key == product else str(key),
                name=name,
                barcodes=list(barcodes),
                attributes=[["Цвет", name]] if name else [],
            ),
            *(
                insert(price).values(
                    price_type_id=kind,
                    variant_id=key,
                    min_quantity=Decimal(least),
                    amount=Decimal(amount),
                    currency="RUB",
                    updated_at=MOMENT,
                )
                for kind, least, amount in prices
            ),
            *(
                insert(c.stock).values(variant_id=key, warehouse_id=where, quantity=Decimal(amount), updated_at=MOMENT)
                for where, amount in (stock or {}).items()
            ),
        )
        return key

    async def company(
        self, name: str = "ООО Ромашка", *, wholesale: bool = True, warehouse: UUID | None = None
    ) -> UUID:
        key = new_id()
        statements: list[object] = [
            insert(company).values(company_id=key, kind="legal", name=name, inn="7700000000", updated_at=MOMENT)
        ]
        if wholesale:
            statements.append(
                insert(agreement).values(
                    agreement_id=new_id(), company_id=key, price_type_id=self.wholesale, warehouse_id=warehouse
                )
            )
        await self._write(*statements)
        return key

    async def person(self, email: str, *, role: str = "client", companies: Mapping[UUID, int] | None = None) -> str:
        """A person with his access level in each company; returns a session token."""
        user = await self.container.create_user()(
            system_actor("test"), role=role, name=email, email=email, password=PASSWORD
        )
        for where, level in (companies or {}).items():
            await self._write(insert(membership).values(user_id=user, company_id=where, access_level=level))
        opened = await self.container.log_in()(email, PASSWORD)
        return str(opened.token)

    async def buyer(
        self, *, level: int = 2, warehouse: UUID | None = None, email: str = "buyer@example.test"
    ) -> dict[str, str]:
        """Headers of a buyer of a company that buys at wholesale prices."""
        where = await self.company(warehouse=warehouse)
        return {"Authorization": f"Bearer {await self.person(email, companies={where: level})}"}
