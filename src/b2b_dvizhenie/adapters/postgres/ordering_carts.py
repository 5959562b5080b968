"""Carts and the goods in them, in PostgreSQL."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Text,
    TextClause,
    Uuid,
    and_,
    any_,
    bindparam,
    delete,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.closings import OPEN, Closing, open_goods, values_of
from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.tables.catalog import product, stock, variant, warehouse
from b2b_dvizhenie.adapters.postgres.tables.ordering import cart_line
from b2b_dvizhenie.application.ordering import CartReader, Carts, GoodsReader
from b2b_dvizhenie.domain.catalog import article_key
from b2b_dvizhenie.domain.ordering import CartLine, Goods, Seen
from b2b_dvizhenie.domain.shared.ids import ProductId, UserId, VariantId
from b2b_dvizhenie.domain.shared.quantity import QuantityRule
from b2b_dvizhenie.domain.visibility import ClosedGoods

_HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended('cart:' || :user, 0))")

# Lines travel as one JSON value: arrays of text are quoted element by element in Python.
_PUT = text("""
INSERT INTO cart_line (user_id, variant_id, quantity, seen_price, seen_amount, seen_currency, comment, added_at)
SELECT :user, line.*
  FROM jsonb_to_recordset(CAST(:lines AS jsonb)) AS line (
       variant_id uuid, quantity numeric, price numeric, amount numeric, currency text, comment text,
       added_at timestamptz)
ON CONFLICT (user_id, variant_id) DO UPDATE
   SET quantity = excluded.quantity, comment = excluded.comment, seen_price = excluded.seen_price,
       seen_amount = excluded.seen_amount, seen_currency = excluded.seen_currency
""").bindparams(bindparam("user", type_=Uuid))

_RECORD_SEEN = text("""
UPDATE cart_line
   SET seen_price = line.price, seen_amount = line.amount, seen_currency = line.currency
  FROM jsonb_to_recordset(CAST(:lines AS jsonb)) AS line (
       variant_id uuid, quantity numeric, price numeric, amount numeric, currency text)
 WHERE cart_line.user_id = :user AND cart_line.variant_id = line.variant_id AND cart_line.quantity = line.quantity
   AND (cart_line.seen_price IS NULL OR cart_line.seen_currency <> line.currency
        OR (line.price <= cart_line.seen_price
            AND (cart_line.seen_amount IS NULL OR line.amount <= cart_line.seen_amount)))
""").bindparams(bindparam("user", type_=Uuid))


def _available() -> ColumnElement[Decimal | None]:
    """Free stock over the warehouses in use; a negative one counts as empty."""
    free = (
        select(func.sum(func.greatest(stock.c.quantity, 0)))
        .join(warehouse, warehouse.c.warehouse_id == stock.c.warehouse_id)
        .where(stock.c.variant_id == variant.c.variant_id, warehouse.c.is_active)
        .correlate(variant)
        .scalar_subquery()
    )
    return func.coalesce(free, 0)


_ON_SALE = and_(variant.c.is_active, product.c.is_active, product.c.is_hidden.is_(False))
GOODS: tuple[Any, ...] = (
    variant.c.variant_id,
    product.c.product_id,
    product.c.node_id,
    func.coalesce(func.nullif(variant.c.name, ""), product.c.name).label("name"),
    func.coalesce(func.nullif(variant.c.article, ""), product.c.article).label("article"),
    product.c.unit_code,
    product.c.unit_name,
    product.c.order_multiple,
    product.c.vat_rate,
    _ON_SALE.label("is_orderable"),
    _available().label("available"),
)


def open_condition(closing: Closing) -> TextClause:
    """The condition of open goods, which every other reader of goods has too, over the tables of this module."""
    shut = [bindparam(f"closed_{name}", type_=ARRAY(Uuid)) for name in Closing._fields if getattr(closing, name)]
    return text(f"({' AND '.join(open_goods(closing, 'product', ':{}'))})").bindparams(*shut)


def goods_of(row: Sequence[Any]) -> Goods:
    """The goods of a row that begins with `GOODS`."""
    return Goods(
        variant_id=VariantId(row[0]),
        product_id=ProductId(row[1]),
        source_id=row[2],
        name=row[3],
        article=row[4],
        unit_code=row[5],
        unit_name=row[6],
        rule=QuantityRule(row[7]),
        vat_rate=row[8],
        is_orderable=row[9],
        available=row[10],
    )


def goods_in_line(row: Sequence[Any], width: int) -> Goods:
    """The goods of a line; a column behind the first `width` says whether they are open."""
    goods = goods_of(row)
    if len(row) > width and not row[-1]:
        return replace(goods, is_orderable=False, available=None, is_closed=True)
    return goods


GOODS_COUNT = len(GOODS)
_LINE = (
    cart_line.c.quantity,
    cart_line.c.added_at,
    cart_line.c.comment,
    cart_line.c.seen_price,
    cart_line.c.seen_amount,
    cart_line.c.seen_currency,
)


@lru_cache(maxsize=4)
def _cart(closing: Closing) -> Select[*tuple[Any, ...]]:
    """Lines with their goods; where something is closed, with a last column that says whether the goods are open."""
    columns: tuple[Any, ...] = (*GOODS, *_LINE)
    return (
        select(*columns, *(() if closing == OPEN else (open_condition(closing),)))
        .select_from(cart_line)
        .join(variant, variant.c.variant_id == cart_line.c.variant_id)
        .join(product, product.c.product_id == variant.c.product_id)
        .where(cart_line.c.user_id == bindparam("user", type_=Uuid))
        .order_by(cart_line.c.added_at, cart_line.c.variant_id)
    )


@lru_cache(maxsize=4)
def _cart_sql(closing: Closing) -> tuple[bytes, Mapping[str, Any]]:
    """The same select as text, for the bare connection that every page of a buyer reads his cart over."""
    compiled = _cart(closing).compile(dialect=PGDialect_psycopg())  # type: ignore[no-untyped-call]  # SQLAlchemy
    return compiled.string.encode(), {name: value for name, value in compiled.params.items() if value is not None}


def _cart_line(row: Sequence[Any]) -> tuple[CartLine, Goods]:
    quantity, added_at, comment, price, amount, currency = row[GOODS_COUNT : GOODS_COUNT + len(_LINE)]
    seen = None if price is None else Seen(price, amount, currency)
    return CartLine(VariantId(row[0]), quantity, added_at, comment, seen), goods_in_line(row, GOODS_COUNT + len(_LINE))


class PostgresCartReader(CartReader):
    """Reads carts over the bare pool."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def lines(self, user_id: UserId, closed: ClosedGoods) -> list[tuple[CartLine, Goods]]:
        """All lines with their goods, oldest first."""
        statement, parameters = _cart_sql(Closing.of(closed))
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(statement, {**parameters, **values_of(closed), "user": user_id})
            return [_cart_line(row) async for row in cursor]


class PostgresGoods(GoodsReader):
    """Goods that are on sale, as orders need them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def _read(self, condition: ColumnElement[bool], closed: ClosedGoods) -> Iterable[Row[*tuple[Any, ...]]]:
        query: Select[*tuple[Any, ...]] = (
            select(*GOODS)
            .select_from(variant)
            .join(product, product.c.product_id == variant.c.product_id)
            .where(_ON_SALE, condition)
            .order_by(variant.c.variant_id)
        )
        if closed:
            query = query.where(open_condition(Closing.of(closed)))
        return (await self._connection.execute(query, values_of(closed))).all()

    async def by_ids(self, variants: Sequence[VariantId], closed: ClosedGoods) -> Mapping[VariantId, Goods]:
        """Visible goods by variant; one round trip."""
        wanted = literal(list(variants), ARRAY(Uuid))
        rows = await self._read(variant.c.variant_id == any_(wanted), closed)
        return {VariantId(row[0]): goods_of(row) for row in rows}

    async def by_articles(self, articles: Sequence[str], closed: ClosedGoods) -> Mapping[str, tuple[Goods, ...]]:
        """Visible goods by article: exactly as written, else as people misspell it; one round trip."""
        keys = {article: article_key(article) for article in articles}
        # Two indexed reads, not one scan: a variant's own article, or its product's.
        own = select(variant.c.variant_id).where(
            variant.c.article == any_(literal(list(keys), ARRAY(Text))), variant.c.article != ""
        )
        inherited = (
            select(variant.c.variant_id)
            .join(product, product.c.product_id == variant.c.product_id)
            .where(product.c.article_key == any_(literal([key for key in keys.values() if key], ARRAY(Text))))
        )
        by_article: dict[str, tuple[Goods, ...]] = {}
        by_key: dict[str, tuple[Goods, ...]] = {}
        for row in await self._read(variant.c.variant_id.in_(own.union(inherited)), closed):
            goods = goods_of(row)
            key = article_key(goods.article)
            by_article[goods.article] = (*by_article.get(goods.article, ()), goods)
            by_key[key] = (*by_key.get(key, ()), goods)
        found = {article: by_article.get(article) or by_key.get(key, ()) for article, key in keys.items()}
        return {article: goods for article, goods in found.items() if goods}


class PostgresCarts(Carts):
    """The `cart_line` table. A cart is held by an advisory lock, so it can be held while it is empty."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def hold(self, user_id: UserId) -> None:
        """Wait until no other transaction holds this user's cart."""
        await self._connection.execute(_HOLD, {"user": str(user_id)})

    async def lines(self, user_id: UserId, closed: ClosedGoods) -> list[tuple[CartLine, Goods]]:
        """All lines with their goods, oldest first."""
        parameters = {"user": user_id} | values_of(closed)
        return [_cart_line(row) for row in await self._connection.execute(_cart(Closing.of(closed)), parameters)]

    async def put(self, user_id: UserId, lines: Sequence[CartLine]) -> None:
        """Write lines whole."""
        if lines:
            await self._connection.execute(_PUT, {"user": user_id, "lines": _json(lines)})

    async def record_seen(self, user_id: UserId, lines: Sequence[CartLine]) -> None:
        """Write what was shown, for lines that still have the quantity it was shown for."""
        if lines:
            await self._connection.execute(_RECORD_SEEN, {"user": user_id, "lines": _json(lines)})

    async def remove(self, user_id: UserId, variants: Sequence[VariantId] | None = None) -> int:
        """Remove lines, all of them for None."""
        statement = delete(cart_line).where(cart_line.c.user_id == user_id)
        if variants is not None:
            statement = statement.where(cart_line.c.variant_id == any_(literal(list(variants), ARRAY(Uuid))))
        return (await self._connection.execute(statement)).rowcount


def _json(lines: Sequence[CartLine]) -> str:
    rows = [
        {
            "variant_id": line.variant_id,
            "quantity": line.quantity,
            "price": line.seen.price if line.seen else None,
            "amount": line.seen.amount if line.seen else None,
            "currency": line.seen.currency if line.seen else "",
            "comment": line.comment,
            "added_at": line.added_at,
        }
        for line in lines
    ]
    return msgspec.json.encode(rows).decode()
