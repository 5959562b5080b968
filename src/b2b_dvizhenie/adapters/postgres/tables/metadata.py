"""One MetaData with a naming convention, so that constraint violations can be told apart by name."""

from sqlalchemy import DateTime, MetaData, Numeric

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

MOMENT = DateTime(timezone=True)
"""A moment, stored in UTC."""
UNIT_PRICE = Numeric(18, 4)
"""Money per base unit as the ERP gave it. `numeric(p, s)` refuses infinity; NaN is refused by a check."""
AMOUNT = Numeric(18, 2)
"""Money in whole minor units."""
QUANTITY = Numeric(15, 3)
"""Base units."""
