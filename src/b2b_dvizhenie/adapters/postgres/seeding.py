"""What every installation has after `b2b migrate`: the five default roles (HIER-1). Idempotent."""

from uuid import UUID

from sqlalchemy import create_engine, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Connection, make_url

from b2b_dvizhenie.adapters.postgres.tables.identity import role, role_grant
from b2b_dvizhenie.domain.hierarchy import DEFAULT_ROLES
from b2b_dvizhenie.domain.shared.ids import new_id


def _roles(connection: Connection) -> None:
    rows = connection.execute(select(role.c.code, role.c.role_id))
    known: dict[str, UUID] = dict(iter(rows))
    # Parents first: the table of defaults lists the lowest role first.
    for position, default in reversed(list(enumerate(DEFAULT_ROLES))):
        if default.code in known:
            continue  # an administrator may have changed it since
        known[default.code] = new_id()
        parent = known[default.parent] if default.parent else None
        connection.execute(
            insert(role).values(role_id=known[default.code], parent_id=parent, code=default.code, position=position)
        )
        connection.execute(
            insert(role_grant),
            [
                {"role_id": known[default.code], "permission": permission.value, "scope": scope.value}
                for permission, scope in default.grants.items()
            ],
        )


def install(url: str) -> None:
    """Install the defaults that are missing; what exists is left as it is."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(6435425)")
        _roles(connection)
    engine.dispose()
