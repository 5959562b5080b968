"""API: background jobs, workers, schedules."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from b2b_dvizhenie.application.operations import (
    ChangeSchedule,
    DiscardJob,
    JobDetail,
    JobFilter,
    JobPage,
    JobState,
    ListJobs,
    ListSchedules,
    QueueStatus,
    RetryJob,
    ScheduleChange,
    ScheduleRow,
    ShowJob,
    ShowQueue,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission

Asked = Request[Actor, Any, Any]


@get("/api/v1/jobs", permission=Permission.JOBS_VIEW, tags=["operations"])
async def list_background_jobs(
    request: Asked,
    list_jobs: NamedDependency[ListJobs],
    wanted: Annotated[JobState | None, QueryParameter(name="state")] = None,
    name: FromQuery[str | None] = None,
    q: FromQuery[str] = "",
    cursor: FromQuery[int | None] = None,
    limit: FromQuery[int] = 50,
) -> JobPage:
    """Jobs that wait, run, are tried again or are dead, the newest first."""
    return await list_jobs(request.user, JobFilter(wanted, name, q, cursor, limit=limit))


@get("/api/v1/jobs/status", permission=Permission.JOBS_VIEW, tags=["operations"])
async def queue_status(request: Asked, show_queue: NamedDependency[ShowQueue]) -> QueueStatus:
    """The queue at a glance and who works on it."""
    return await show_queue(request.user)


@get("/api/v1/jobs/{job_id:uuid}", permission=Permission.JOBS_VIEW, tags=["operations"])
async def one_job(request: Asked, job_id: FromPath[UUID], show_job: NamedDependency[ShowJob]) -> JobDetail:
    """One job with its arguments."""
    return await show_job(request.user, job_id)


@post("/api/v1/jobs/{job_id:uuid}/retry", permission=Permission.JOBS_MANAGE, status_code=204, tags=["operations"])
async def retry_one_job(request: Asked, job_id: FromPath[UUID], retry_job: NamedDependency[RetryJob]) -> None:
    """Give a dead job all its attempts again, or stop waiting with one that failed."""
    await retry_job(request.user, job_id)


@delete("/api/v1/jobs/{job_id:uuid}", permission=Permission.JOBS_MANAGE, status_code=204, tags=["operations"])
async def discard_one_job(request: Asked, job_id: FromPath[UUID], discard_job: NamedDependency[DiscardJob]) -> None:
    """Throw a job away that nobody wants done any more."""
    await discard_job(request.user, job_id)


@get("/api/v1/schedules", permission=Permission.JOBS_VIEW, tags=["operations"])
async def list_all_schedules(request: Asked, list_schedules: NamedDependency[ListSchedules]) -> list[ScheduleRow]:
    """All schedules with their next slots."""
    return await list_schedules(request.user)


@patch("/api/v1/schedules/{schedule_id:str}", permission=Permission.JOBS_MANAGE, tags=["operations"])
async def change_one_schedule(
    request: Asked,
    schedule_id: FromPath[str],
    data: JSONBody[ScheduleChange],
    change_schedule: NamedDependency[ChangeSchedule],
) -> ScheduleRow:
    """Change when a job is due; schedulers follow within two seconds."""
    return await change_schedule(request.user, schedule_id, data)


ROUTES = [
    list_background_jobs,
    queue_status,
    one_job,
    retry_one_job,
    discard_one_job,
    list_all_schedules,
    change_one_schedule,
]
