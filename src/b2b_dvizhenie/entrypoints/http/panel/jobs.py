"""The panel's page of background jobs: what waits, what gave up and why, another chance for it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from litestar.response import Redirect

from b2b_dvizhenie.application.operations import (
    DiscardJob,
    JobFilter,
    JobRow,
    JobRunning,
    JobState,
    ListJobs,
    QueueFigures,
    RetryJob,
    ShowQueue,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.entrypoints.http.pages import exchange as views
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link
from b2b_dvizhenie.entrypoints.http.pages.parts import pages as numbered
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of

ROWS = 50


def _state(text: str) -> JobState | None:
    """The state of the filter; nonsense in the address filters by nothing."""
    try:
        return JobState(text)
    except ValueError:
        return None


def _row(job: JobRow) -> views.JobRow:
    is_waiting = job.state in (JobState.WAITING, JobState.RETRYING)
    return views.JobRow(
        id=str(job.job_id),
        title=job.lane or job.name,
        kind=job.name,
        state=job.state.value,
        created_at=job.created_at,
        attempts=job.attempts,
        limit=job.max_attempts,
        next_at=job.run_at if is_waiting else None,
        worker=job.leased_by or "",
        error=job.last_error,
        payload_url=f"/api/v1/jobs/{job.job_id}",
    )


def _chips(figures: QueueFigures, state: str, url: Callable[..., str]) -> tuple[Link, ...]:
    counts = {one: getattr(figures, one.value) for one in JobState}
    return (
        Link("", url(state=""), not state, sum(counts.values())),
        *(Link(one.value, url(state=one.value), one == state, count) for one, count in counts.items()),
    )


@get("/panel/jobs", permission=Permission.JOBS_VIEW, include_in_schema=False)
async def list_(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_jobs: NamedDependency[ListJobs],
    show_queue: NamedDependency[ShowQueue],
    wanted: Annotated[str, QueryParameter(name="state")] = "",
    kind: FromQuery[str] = "",
    q: FromQuery[str] = "",
    page: FromQuery[int] = 1,
    done: FromQuery[int] = 0,
    running: FromQuery[int] = 0,
) -> Response[str]:
    """Jobs that are not done, the newest first; right after a bulk action, with a word about it."""
    number = max(page, 1)
    state = _state(wanted)
    found = await list_jobs(request.user, JobFilter(state, kind or None, q, limit=ROWS, offset=(number - 1) * ROWS))
    queue = await show_queue(request.user)
    texts = frame.site.texts(language_of(request))

    def url(**changes: str) -> str:
        kept = {"state": state.value if state else "", "kind": kind, "q": q.strip()} | changes
        pairs = {name: value for name, value in kept.items() if value}
        return f"/panel/jobs?{urlencode(pairs)}" if pairs else "/panel/jobs"

    here = url().replace("{", "{{").replace("}", "}}")
    oldest = queue.figures.oldest_seconds
    view = views.JobsView(
        rows=tuple(map(_row, found.items)),
        pager=numbered(found.total, number, ROWS, f"{here}{'&' if '?' in here else '?'}page={{page}}"),
        url=url(),
        states=_chips(queue.figures, state.value if state else "", url),
        kinds=(
            Choice("", texts.gettext("All kinds"), not kind),
            *(Choice(name, name, name == kind) for name in queue.names),
        ),
        oldest=timedelta(seconds=oldest) if oldest else None,
        query=q,
    )
    flashes = []
    if done:
        said = texts.ngettext("{count} job was changed.", "{count} jobs were changed.", done).format(count=done)
        flashes.append(Flash(text=said, tone="ok"))
    if running:
        said = texts.ngettext(
            "{count} job runs right now and was left alone.", "{count} jobs run right now and were left alone.", running
        )
        flashes.append(Flash(text=said.format(count=running), tone="bad"))
    shell = await panel_shell(frame, request, "jobs", flashes=tuple(flashes))
    return frame.page(request, "pages/jobs.html", {"shell": shell, "view": view})


@post("/panel/jobs/bulk", permission=Permission.JOBS_MANAGE, include_in_schema=False)
async def bulk(
    request: Request[Actor, Any, Any], retry_job: NamedDependency[RetryJob], discard_job: NamedDependency[DiscardJob]
) -> Redirect:
    """Retry or discard the marked jobs, each for itself: one that runs does not keep the others."""
    form = await request.form()  # one marked job comes as a single value, several as a list
    change: Callable[[Actor, UUID], Awaitable[None]] = retry_job if form.get("action") == "retry" else discard_job
    if form.get("action") not in ("retry", "drop"):
        raise NotFound("action")
    done = running = 0
    for job_id in map(str, form.getall("job", [])):
        try:
            await change(request.user, UUID(job_id))
        except JobRunning:
            running += 1
        except (NotFound, ValueError):
            continue  # done in the meantime, or nonsense
        else:
            done += 1
    return Redirect(f"/panel/jobs?{urlencode({'done': done, 'running': running})}", status_code=303)


ROUTES = [list_, bulk]
