"""What a person can pay an order of his company by, over bare psycopg: the check-out asks it with every look."""

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.payment_methods import PAYMENT_BASIS, basis_of
from b2b_dvizhenie.application.ordering import PaymentReader
from b2b_dvizhenie.domain.companies import PaymentBasis, Terms
from b2b_dvizhenie.domain.shared.ids import PaymentMethodId, UserId

_BASIS = f"""
SELECT {PAYMENT_BASIS}, (
       SELECT o.payment_method_id
         FROM customer_order o
        WHERE o.user_id = %(user)s AND o.company_id = c.company_id AND o.payment_method_id IS NOT NULL
        ORDER BY o.placed_at DESC, o.order_id DESC
        LIMIT 1)
  FROM company c
  LEFT JOIN agreement a ON a.agreement_id = %(agreement)s
  LEFT JOIN app_user m ON m.user_id = c.manager_id
 WHERE c.company_id = %(company)s
"""  # noqa: S608 - parts of our own


class PostgresPaymentReader(PaymentReader):
    """Reads over the bare pool."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def basis(self, terms: Terms, user_id: UserId) -> tuple[PaymentBasis, PaymentMethodId | None]:
        """What decides for the company under its terms, and the method of this person's last order for it."""
        asked = {"user": user_id, "company": terms.company_id, "agreement": terms.agreement_id}
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(_BASIS, asked)
            row = await cursor.fetchone()
        if row is None:
            raise LookupError(f"no company {terms.company_id}")
        return basis_of(*row[:4]), None if row[4] is None else PaymentMethodId(row[4])
