"""Background work: running jobs, looking after dead ones, schedules; and the audit trail."""

from b2b_dvizhenie.application.operations.desk import (
    DiscardJob,
    JobRunning,
    ListJobs,
    QueueStatus,
    RetryJob,
    ShowJob,
    ShowQueue,
)
from b2b_dvizhenie.application.operations.leases import ClaimedJob, JobLeases, WorkerBeat
from b2b_dvizhenie.application.operations.ports import (
    CronCalendar,
    JobDesk,
    OperationsReader,
    OperationsTransaction,
    OperationsWork,
    PlannedJob,
    Schedules,
)
from b2b_dvizhenie.application.operations.retention import FORGET_JOB, KEEP, ForgetRemains, Remains, Retention
from b2b_dvizhenie.application.operations.running import Ending, RunJob, UnknownJob
from b2b_dvizhenie.application.operations.scheduling import (
    ChangeSchedule,
    FireSchedules,
    ListSchedules,
    ScheduleChange,
    schedule_key,
)
from b2b_dvizhenie.application.operations.trail import AuditLine, AuditPage, AuditQuery, AuditReader, ReadAudit
from b2b_dvizhenie.application.operations.views import (
    JobDetail,
    JobFilter,
    JobPage,
    JobRow,
    JobState,
    QueueFigures,
    ScheduleRow,
    WorkerRow,
)

__all__ = [
    "FORGET_JOB",
    "KEEP",
    "AuditLine",
    "AuditPage",
    "AuditQuery",
    "AuditReader",
    "ChangeSchedule",
    "ClaimedJob",
    "CronCalendar",
    "DiscardJob",
    "Ending",
    "FireSchedules",
    "ForgetRemains",
    "JobDesk",
    "JobDetail",
    "JobFilter",
    "JobLeases",
    "JobPage",
    "JobRow",
    "JobRunning",
    "JobState",
    "ListJobs",
    "ListSchedules",
    "OperationsReader",
    "OperationsTransaction",
    "OperationsWork",
    "PlannedJob",
    "QueueFigures",
    "QueueStatus",
    "ReadAudit",
    "Remains",
    "Retention",
    "RetryJob",
    "RunJob",
    "ScheduleChange",
    "ScheduleRow",
    "Schedules",
    "ShowJob",
    "ShowQueue",
    "UnknownJob",
    "WorkerBeat",
    "WorkerRow",
    "schedule_key",
]
