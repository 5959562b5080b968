"""Background work: running jobs, looking after dead ones, changing schedules."""

from b2b_dvizhenie.application.operations.ports import ClaimedJob, JobLeases, WorkerBeat
from b2b_dvizhenie.application.operations.running import Ending, RunJob, UnknownJob

__all__ = ["ClaimedJob", "Ending", "JobLeases", "RunJob", "UnknownJob", "WorkerBeat"]
