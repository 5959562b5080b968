"""Ways to pay in PostgreSQL: kept within a transaction, and what decides about them as columns of other reads."""

from typing import Any

import msgspec
from sqlalchemy import Row, any_, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.tables.companies import payment_method, seller_firm
from b2b_dvizhenie.application.companies import PaymentMethodBook
from b2b_dvizhenie.domain.companies import CompanyKind, MethodTerms, PaymentBasis, PaymentKind, PaymentMethod
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import FirmId, PaymentMethodId

SELLING_FIRM = """coalesce(a.firm_id, m.firm_id, (SELECT f.firm_id FROM seller_firm f WHERE f.is_default LIMIT 1))"""
"""The firm that sells: of the agreement `a`, else of the personal manager `m`, else the default one."""

PAYMENT_BASIS = f"""c.kind, {SELLING_FIRM}, coalesce(a.payment_methods, CAST('{{}}' AS uuid[])), (
       SELECT coalesce(jsonb_agg(jsonb_build_object('method_id', p.method_id, 'terms', jsonb_build_object(
              'name', p.name, 'kind', p.kind, 'payers', p.payers, 'firms', p.firms, 'position', p.position))), '[]')
         FROM payment_method p
        WHERE p.is_active)"""  # noqa: S608 - parts of our own
"""Four columns that `basis_of` reads, of a company `c`, its agreement `a` and its personal manager `m`."""


def basis_of(payer: str, firm_id: Any, allowed: list[Any], methods: list[Any]) -> PaymentBasis:
    """What decides which methods a company can choose, of the columns of `PAYMENT_BASIS`."""
    return PaymentBasis(
        CompanyKind(payer),
        None if firm_id is None else FirmId(firm_id),
        tuple(PaymentMethodId(one) for one in allowed),
        msgspec.convert(methods, tuple[PaymentMethod, ...]),
    )


def method_of(row: Row[Any]) -> PaymentMethod:
    """The method of a row that has the columns of its table."""
    terms = MethodTerms(
        name=row.name,
        kind=PaymentKind(row.kind),
        payers=tuple(map(CompanyKind, row.payers)),
        firms=tuple(map(FirmId, row.firms)),
        position=row.position,
        is_active=row.is_active,
    )
    return PaymentMethod(PaymentMethodId(row.method_id), terms)


async def all_methods(connection: AsyncConnection) -> tuple[PaymentMethod, ...]:
    """Every method, also those switched off, by place and name; one statement."""
    columns = payment_method.c
    query = select(payment_method).order_by(columns.position, columns.name, columns.method_id)
    return tuple(map(method_of, await connection.execute(query)))


class PostgresPaymentMethodBook(PaymentMethodBook):
    """The `payment_method` table."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def hold(self, method_id: PaymentMethodId) -> PaymentMethod | None:
        """A method, locked until the end of the transaction."""
        query = select(payment_method).where(payment_method.c.method_id == method_id).with_for_update()
        row = (await self._connection.execute(query)).first()
        return None if row is None else method_of(row)

    async def put(self, method: PaymentMethod) -> None:
        """Write a method, new or held; raises NotFound for a firm that does not exist."""
        terms = method.terms
        if terms.firms:
            known = select(func.count()).where(seller_firm.c.firm_id == any_(literal(list(terms.firms))))
            if (await self._connection.execute(known)).scalar_one() != len(terms.firms):
                raise NotFound("firms")
        values = {
            "name": terms.name,
            "kind": terms.kind.value,
            "payers": [payer.value for payer in terms.payers],
            "firms": list(terms.firms),
            "position": terms.position,
            "is_active": terms.is_active,
        }
        statement = insert(payment_method).values(method_id=method.method_id, **values)
        keys = [payment_method.c.method_id]
        await self._connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=values))
