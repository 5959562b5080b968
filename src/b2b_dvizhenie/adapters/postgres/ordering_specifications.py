"""Specifications in PostgreSQL: holding and changing them."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import (
    Row,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    delete,
    false,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.closings import OPEN, Closing, values_of
from b2b_dvizhenie.adapters.postgres.ordering_carts import GOODS, GOODS_COUNT, goods_in_line, open_condition
from b2b_dvizhenie.adapters.postgres.ordering_scope import are_colleagues
from b2b_dvizhenie.adapters.postgres.tables.catalog import product, variant
from b2b_dvizhenie.adapters.postgres.tables.metadata import MOMENT
from b2b_dvizhenie.adapters.postgres.tables.specifications import (
    specification,
    specification_line,
    specification_seen,
)
from b2b_dvizhenie.application.ordering import HeldSpecification, Specifications, SpecificationViewer
from b2b_dvizhenie.domain.ordering import (
    Access,
    CartLine,
    Goods,
    Noted,
    Seen,
    Sharing,
    Specification,
    access_of,
)
from b2b_dvizhenie.domain.shared.ids import CompanyId, SpecificationId, UserId, VariantId
from b2b_dvizhenie.domain.visibility import ClosedGoods, known_information

_HOLD_ALL_OF = text("SELECT pg_advisory_xact_lock(hashtextextended('specifications:' || :owner, 0))")

# Lines travel as one JSON value: arrays of text are quoted element by element in Python.
_PUT = text("""
INSERT INTO specification_line (specification_id, variant_id, quantity, comment, added_at)
SELECT :specification, line.*
  FROM jsonb_to_recordset(CAST(:lines AS jsonb)) AS line (
       variant_id uuid, quantity numeric, comment text, added_at timestamptz)
ON CONFLICT (specification_id, variant_id) DO UPDATE
   SET quantity = excluded.quantity, comment = excluded.comment
""").bindparams(bindparam("specification", type_=Uuid))

_NOTE = text("""
INSERT INTO specification_seen (
       specification_id, variant_id, user_id, company_id, quantity, price, amount, currency, made_of, seen_at)
SELECT held.specification_id, held.variant_id, :user, :company, held.quantity, line.price, line.amount, line.currency,
       :made_of, :now
  FROM jsonb_to_recordset(CAST(:lines AS jsonb)) AS line (
       variant_id uuid, quantity numeric, price numeric, amount numeric, currency text)
  JOIN specification_line held
    ON held.specification_id = :specification AND held.variant_id = line.variant_id AND held.quantity = line.quantity
 ORDER BY held.variant_id
ON CONFLICT (specification_id, variant_id, user_id, company_id) DO UPDATE
   SET quantity = excluded.quantity, price = excluded.price, amount = excluded.amount, currency = excluded.currency,
       made_of = excluded.made_of, seen_at = excluded.seen_at
""").bindparams(
    bindparam("specification", type_=Uuid),
    bindparam("user", type_=Uuid),
    bindparam("company", type_=Uuid),
    bindparam("made_of", type_=ARRAY(Text)),
    bindparam("now", type_=MOMENT),
)

HEAD: tuple[Any, ...] = (
    specification.c.specification_id,
    specification.c.owner_id,
    specification.c.company_id,
    specification.c.name,
    specification.c.sharing,
    specification.c.version,
)
_LINE: tuple[Any, ...] = (specification_line.c.quantity, specification_line.c.added_at, specification_line.c.comment)
_SEEN: tuple[Any, ...] = (
    specification_seen.c.quantity,
    specification_seen.c.price,
    specification_seen.c.amount,
    specification_seen.c.currency,
    specification_seen.c.made_of,
    specification_seen.c.seen_at,
)
_WIDTH = GOODS_COUNT + len(_LINE) + len(_SEEN)


def head_of(row: Sequence[Any]) -> Specification:
    """The list of a row that begins with `HEAD`."""
    return Specification(
        specification_id=SpecificationId(row[0]),
        owner_id=UserId(row[1]),
        company_id=CompanyId(row[2]),
        name=row[3],
        sharing=Sharing(row[4]),
        version=row[5],
    )


@lru_cache(maxsize=8)
def lines_of(closing: Closing, *, seen: bool) -> Select[*tuple[Any, ...]]:
    """Lines with their goods and what a reader was shown of them; where something is closed, with a last column that
    says whether the goods are open.

    Parameters: specification, with `seen` also user and company.
    """
    noted = and_(false())
    if seen:
        noted = and_(
            specification_seen.c.specification_id == specification_line.c.specification_id,
            specification_seen.c.variant_id == specification_line.c.variant_id,
            specification_seen.c.user_id == bindparam("user", type_=Uuid),
            specification_seen.c.company_id == bindparam("company", type_=Uuid),
        )
    return (
        select(*GOODS, *_LINE, *_SEEN, *(() if closing == OPEN else (open_condition(closing),)))
        .select_from(specification_line)
        .join(variant, variant.c.variant_id == specification_line.c.variant_id)
        .join(product, product.c.product_id == variant.c.product_id)
        .outerjoin(specification_seen, noted)
        .where(specification_line.c.specification_id == bindparam("specification", type_=Uuid))
        .order_by(specification_line.c.added_at, specification_line.c.variant_id)
    )


def line_of(row: Row[*tuple[Any, ...]]) -> tuple[CartLine, Goods, Noted | None]:
    """A line of `lines_of`."""
    variant_id = VariantId(row[0])
    quantity, added_at, comment = row[GOODS_COUNT : GOODS_COUNT + len(_LINE)]
    held, price, amount, currency, made_of, seen_at = row[GOODS_COUNT + len(_LINE) : _WIDTH]
    noted = None
    known = known_information(made_of or ())
    if price is not None and len(known) == len(made_of):  # else it is of what this version does not know
        noted = Noted(CartLine(variant_id, held, seen_at, seen=Seen(price, amount, currency)), known)
    return CartLine(variant_id, quantity, added_at, comment), goods_in_line(row, _WIDTH), noted


class PostgresSpecifications(Specifications):
    """The tables of specifications."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def hold(self, user_id: UserId, specification_id: SpecificationId) -> HeldSpecification | None:
        """A list this person may read, locked until the end of the transaction."""
        query = select(*HEAD, are_colleagues(user_id)).where(specification.c.specification_id == specification_id)
        row = (await self._connection.execute(query.with_for_update(of=specification))).first()
        if row is None:
            return None
        head = head_of(row)
        access = access_of(head, user_id, are_colleagues=row[len(HEAD)])
        return None if access is Access.NONE else HeldSpecification(head, access)

    async def hold_all_of(self, owner_id: UserId) -> int:
        """How many lists a person owns; nobody else makes one for him until the end of the transaction."""
        # The lock comes in a statement of its own: the next one must see what the former holder committed.
        await self._connection.execute(_HOLD_ALL_OF, {"owner": str(owner_id)})
        query = select(func.count()).select_from(specification).where(specification.c.owner_id == owner_id)
        return (await self._connection.execute(query)).scalar_one()

    async def add(self, specification: Specification, now: datetime) -> None:
        """Write a new list without lines."""
        row = _row(specification) | {"created_at": now, "updated_at": now}
        await self._connection.execute(insert(_TABLE).values(row))

    async def change(self, specification: Specification, now: datetime) -> None:
        """Write name, sharing and version of a held list."""
        row = {name: value for name, value in _row(specification).items() if name in _CHANGING} | {"updated_at": now}
        condition = _TABLE.c.specification_id == specification.specification_id
        await self._connection.execute(update(_TABLE).where(condition).values(row))

    async def delete(self, specification_id: SpecificationId) -> None:
        """Remove a held list with everything in it."""
        await self._connection.execute(delete(_TABLE).where(_TABLE.c.specification_id == specification_id))

    async def lines(self, specification_id: SpecificationId, closed: ClosedGoods) -> list[tuple[CartLine, Goods]]:
        """All lines with their goods, oldest first."""
        parameters = {"specification": specification_id} | values_of(closed)
        rows = await self._connection.execute(lines_of(Closing.of(closed), seen=False), parameters)
        return [line_of(row)[:2] for row in rows]

    async def put(self, specification_id: SpecificationId, lines: Sequence[CartLine]) -> None:
        """Write lines whole."""
        rows = [
            {
                "variant_id": line.variant_id,
                "quantity": line.quantity,
                "comment": line.comment,
                "added_at": line.added_at,
            }
            for line in lines
        ]
        if rows:
            parameters = {"specification": specification_id, "lines": msgspec.json.encode(rows).decode()}
            await self._connection.execute(_PUT, parameters)

    async def remove(self, specification_id: SpecificationId, variants: Sequence[VariantId]) -> int:
        """Remove lines; returns how many there were."""
        statement = delete(specification_line).where(
            specification_line.c.specification_id == specification_id,
            specification_line.c.variant_id == any_(literal(list(variants), ARRAY(Uuid))),
        )
        return (await self._connection.execute(statement)).rowcount

    async def note(
        self, specification_id: SpecificationId, viewer: SpecificationViewer, lines: Sequence[CartLine], now: datetime
    ) -> None:
        """Write what was shown of lines that are still there in the same quantity."""
        rows = [
            {
                "variant_id": line.variant_id,
                "quantity": line.quantity,
                "price": line.seen.price,
                "amount": line.seen.amount,
                "currency": line.seen.currency,
            }
            for line in lines
            if line.seen is not None
        ]
        if not rows:
            return
        parameters = {
            "specification": specification_id,
            "user": viewer.user_id,
            "company": viewer.company_id,
            "made_of": sorted(viewer.made_of),
            "lines": msgspec.json.encode(rows).decode(),
            "now": now,
        }
        await self._connection.execute(_NOTE, parameters)


_TABLE = specification
_CHANGING = frozenset({"name", "sharing", "version"})


def _row(specification: Specification) -> dict[str, Any]:
    return {**msgspec.structs.asdict(specification), "sharing": specification.sharing.value}
