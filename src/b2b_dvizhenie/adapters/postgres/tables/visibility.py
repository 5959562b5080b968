"""Access levels."""

from sqlalchemy import CheckConstraint, Column, Named, String, Table, TypedColumns, text
from sqlalchemy.dialects.postgresql import ARRAY

from b2b_dvizhenie.adapters.postgres.tables.metadata import metadata


class AccessLevelColumns(TypedColumns):
    """A level that a buyer can have inside a company. `opens` are names of `domain.visibility.Information`; what an
    unknown name means is nothing. Level 1 always exists.
    """

    level: Named[int] = Column(primary_key=True, autoincrement=False)
    name: Named[str] = Column(server_default="")
    opens: Named[list[str]] = Column(ARRAY(String), server_default=text("'{}'"))


access_level = Table(
    "access_level", metadata, AccessLevelColumns, CheckConstraint("level BETWEEN 1 AND 99", name="level")
)
