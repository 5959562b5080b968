"""A queue of jobs in memory, with workers that hold them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from b2b_dvizhenie.application.operations import ClaimedJob, JobLeases, WorkerBeat
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.application.shared.jobs import Job, JobQueue
from b2b_dvizhenie.domain.shared.ids import new_id


class _Entry:
    """A job in the queue and who holds it until when."""

    def __init__(self, job: Job, sequence: int, now: datetime) -> None:
        self.job = job
        self.sequence = sequence
        self.run_at = job.run_at or now
        self.attempts = 0
        self.holder = ""
        self.until = now
        self.dead = ""
        self.error = ""


class JobsInMemory(JobQueue):
    """The queue. A job is enqueued at once: there is no transaction to wait for.

    Args:
        clock: decides what is ready and which leases have ended.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: dict[UUID, _Entry] = {}
        self._count = 0

    @property
    def waiting(self) -> list[Job]:
        """Jobs that are not done, in order of enqueueing; dead ones are among them."""
        return [entry.job for entry in self._entries.values()]

    async def enqueue(self, job: Job) -> UUID | None:
        """Add the job; None if an equal one waits that starts no later."""
        wanted_at = job.run_at or self._clock()
        for entry in self._twins(job.dedupe_key):
            if entry.run_at <= wanted_at and entry.job.priority >= job.priority:
                return None
        self._count += 1
        job_id = new_id()
        self._entries[job_id] = _Entry(job, self._count, self._clock())
        return job_id

    def worker(self, worker_id: str, lease: timedelta) -> "LeasesInMemory":
        """The hold of one worker."""
        return LeasesInMemory(self, worker_id, lease)

    def _twins(self, key: str | None) -> list[_Entry]:
        unbegun = (entry for entry in self._entries.values() if not (entry.attempts or entry.holder or entry.dead))
        return [entry for entry in unbegun if key is not None and entry.job.dedupe_key == key]

    def ready(self) -> list[tuple[UUID, _Entry]]:
        """Jobs that may be claimed, the most urgent first."""
        now = self._clock()
        found = [
            (job_id, entry)
            for job_id, entry in self._entries.items()
            if not entry.dead
            and entry.run_at <= now
            and entry.attempts < entry.job.max_attempts
            and (not entry.holder or entry.until <= now)
            and (entry.holder or not self._lane_is_closed(entry))
        ]
        return sorted(found, key=lambda one: (-one[1].job.priority, one[1].run_at, one[1].sequence))

    def _lane_is_closed(self, entry: _Entry) -> bool:
        return entry.job.lane is not None and any(
            other is not entry and other.job.lane == entry.job.lane and not other.dead
            and (other.sequence < entry.sequence or other.holder)
            for other in self._entries.values()
        )  # fmt: skip

    def take(self, job_id: UUID, worker_id: str, until: datetime) -> ClaimedJob:
        """Give the job to a worker; equal jobs that wait, which its run serves, are gone."""
        entry = self._entries[job_id]
        entry.holder, entry.until, entry.attempts = worker_id, until, entry.attempts + 1
        served = [twin for twin in self._twins(entry.job.dedupe_key) if twin.run_at <= self._clock()]
        self._entries = {one: other for one, other in self._entries.items() if other not in served}
        job = entry.job
        return ClaimedJob(
            job_id, job.name, job.payload, entry.attempts, job.max_attempts, job.lane, job.request_id, entry.run_at
        )

    def held(self, job: ClaimedJob, worker_id: str) -> _Entry | None:
        """The entry, if this worker still holds it in this attempt."""
        entry = self._entries.get(job.job_id)
        if entry is None or entry.holder != worker_id or entry.attempts != job.attempt:
            return None
        return entry

    def remove(self, job_id: UUID) -> None:
        """The job is done."""
        del self._entries[job_id]

    def now(self) -> datetime:
        """The queue's time."""
        return self._clock()


class LeasesInMemory(JobLeases):
    """One worker's hold on the jobs of a queue in memory."""

    def __init__(self, queue: JobsInMemory, worker_id: str, lease: timedelta) -> None:
        self._queue = queue
        self._worker_id = worker_id
        self._lease = lease

    async def claim(self, limit: int) -> list[ClaimedJob]:
        """Up to `limit` ready jobs, the most urgent first; of equal ones that have been begun before, those first."""
        claimed: list[ClaimedJob] = []
        while len(claimed) < limit:
            ready = self._queue.ready()
            if not ready:
                break
            first = ready[0]
            key = first[1].job.dedupe_key
            equal = [one for one in ready if key is not None and one[1].job.dedupe_key == key] or [first]
            chosen = max(equal, key=lambda one: one[1].attempts)
            claimed.append(self._take(chosen[0]))
        return claimed

    async def claim_one(self, job_id: UUID) -> ClaimedJob | None:
        """This job if it is ready."""
        return self._take(job_id) if job_id in dict(self._queue.ready()) else None

    def _take(self, job_id: UUID) -> ClaimedJob:
        return self._queue.take(job_id, self._worker_id, self._queue.now() + self._lease)

    async def renew(self, held: Sequence[ClaimedJob], beat: WorkerBeat) -> set[UUID]:  # noqa: ARG002 - nobody asks who lives
        """Prolong the leases."""
        kept = {job.job_id: self._queue.held(job, self._worker_id) for job in held}
        for entry in kept.values():
            if entry is not None:
                entry.until = self._queue.now() + self._lease
        return {job_id for job_id, entry in kept.items() if entry is not None}

    async def complete(self, job: ClaimedJob) -> bool:
        """The job is done and leaves the queue."""
        if self._queue.held(job, self._worker_id) is None:
            return False
        self._queue.remove(job.job_id)
        return True

    async def postpone(self, job: ClaimedJob, delay: timedelta, error: str) -> bool:
        """Free the job to be claimed again after the delay."""
        return self._free(job, run_at=self._queue.now() + delay, error=error)

    async def bury(self, job: ClaimedJob, error: str) -> bool:
        """The job is dead."""
        return self._free(job, dead=error or "dead", error=error)

    async def hand_back(self, job: ClaimedJob) -> bool:
        """Free an unfinished job at once; the attempt does not count."""
        return self._free(job, attempts=job.attempt - 1)

    def _free(self, job: ClaimedJob, **changes: object) -> bool:
        entry = self._queue.held(job, self._worker_id)
        if entry is None:
            return False
        entry.holder = ""
        for name, value in changes.items():
            setattr(entry, name, value)
        return True
