"""Background jobs, schedules, the audit trail."""

from dependency_injector import providers

from b2b_dvizhenie.adapters.cron import CronsimCalendar
from b2b_dvizhenie.adapters.postgres.operations import PostgresOperationsTransaction
from b2b_dvizhenie.adapters.postgres.retention import PostgresRetention
from b2b_dvizhenie.adapters.postgres.views.operations import PostgresOperationsReader
from b2b_dvizhenie.adapters.postgres.views.trail import PostgresAuditReader
from b2b_dvizhenie.application import operations
from b2b_dvizhenie.entrypoints.parts.base import Base
from b2b_dvizhenie.entrypoints.parts.vip import Vip


class Operations(Vip):
    """Background jobs, schedules, the audit trail."""

    operations_work = providers.Factory(PostgresOperationsTransaction, Base.database, Base.clock)
    operations_reader = providers.Singleton(PostgresOperationsReader, Base.database)
    cron_calendar = providers.Singleton(CronsimCalendar)
    list_jobs = providers.Factory(operations.ListJobs, operations_reader)
    show_job = providers.Factory(operations.ShowJob, operations_reader)
    show_queue = providers.Factory(operations.ShowQueue, operations_reader)
    retry_job = providers.Factory(operations.RetryJob, operations_work.provider, Base.clock)
    discard_job = providers.Factory(operations.DiscardJob, operations_work.provider)
    audit_reader = providers.Singleton(PostgresAuditReader, Base.database)
    read_audit = providers.Factory(operations.ReadAudit, audit_reader)
    list_schedules = providers.Factory(operations.ListSchedules, operations_reader, cron_calendar, Base.clock)
    change_schedule = providers.Factory(operations.ChangeSchedule, operations_work.provider, cron_calendar, Base.clock)
    fire_schedules = providers.Factory(
        operations.FireSchedules, operations_reader, operations_work.provider, cron_calendar, Base.clock
    )
    retention = providers.Singleton(PostgresRetention, Base.database)
    forget_remains = providers.Factory(operations.ForgetRemains, retention, Base.clock)
