"""Official currency rates."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Column, Named, Numeric, Table, TypedColumns, text

from b2b_dvizhenie.adapters.postgres.tables.metadata import MOMENT, metadata


class CurrencyRateColumns(TypedColumns):
    """Roubles of one unit of a currency from `day` on, until a later day has one. `source` told it at `fetched_at`.

    A held rate differs too much from the one before; nobody uses it until an administrator confirms it. With a
    `refusal` he has decided that nobody ever will: it says why.
    """

    currency: Named[str] = Column(primary_key=True)
    day: Named[date] = Column(primary_key=True)
    per_unit: Named[Decimal] = Column(Numeric(24, 14))
    source: Named[str]
    fetched_at: Named[datetime] = Column(MOMENT)
    is_held: Named[bool] = Column(server_default=text("false"))
    refusal: Named[str] = Column(server_default="")


currency_rate = Table(
    "currency_rate",
    metadata,
    CurrencyRateColumns,
    CheckConstraint("per_unit > 0 AND per_unit <> 'NaN'", name="positive"),
    CheckConstraint("is_held OR refusal = ''", name="refusal"),
    CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
)
