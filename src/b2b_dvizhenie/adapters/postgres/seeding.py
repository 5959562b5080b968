"""What every installation has after `b2b migrate`: the five default roles (HIER-1), its schedules. Idempotent."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct
from sqlalchemy import create_engine, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Connection, make_url

from b2b_dvizhenie.adapters.postgres.tables.identity import role, role_grant
from b2b_dvizhenie.adapters.postgres.tables.operations import schedule
from b2b_dvizhenie.domain.hierarchy import DEFAULT_ROLES
from b2b_dvizhenie.domain.operations import Every, Plan
from b2b_dvizhenie.domain.shared.ids import new_id


class DefaultSchedule(Struct, frozen=True):
    """A schedule as installed: its id, the job it makes without arguments, and when."""

    schedule_id: str
    job_name: str
    plan: Plan


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


def _schedules(connection: Connection, schedules: Sequence[DefaultSchedule]) -> None:
    for one in schedules:
        plan = (
            {"every_seconds": one.plan.seconds}
            if isinstance(one.plan, Every)
            else {"cron": one.plan.expression, "zone": one.plan.zone}
        )
        connection.execute(
            insert(schedule)
            .values(schedule_id=one.schedule_id, job_name=one.job_name, updated_at=func.now(), **plan)
            .on_conflict_do_nothing()
        )


def install(url: str, schedules: Sequence[DefaultSchedule] = ()) -> None:
    """Install the defaults that are missing; what exists is left as it is."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(6435425)")
        _roles(connection)
        _schedules(connection, schedules)
    engine.dispose()
