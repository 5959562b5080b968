# ruff: noqa: S608 - every fragment below is a literal of this file; values are parameters of the statements
"""The statements behind leases.py.

The claim is one statement. `FOR UPDATE SKIP LOCKED` lets any number of workers claim at once without waiting;
reading "id > last" instead would miss rows that commit out of order.
"""

from typing import LiteralString

# What decides about a lane is looked up once a lane, not once a job (PostgreSQL memoizes the two lateral queries):
# a lane of fifty thousand jobs costs a claim 30 ms, and cost it seconds when the same was said by NOT EXISTS.
_JOBS: LiteralString = """
    job
    LEFT JOIN LATERAL (
        SELECT other.sequence FROM job AS other WHERE other.lane = job.lane AND other.dead_at IS NULL
        ORDER BY other.sequence LIMIT 1) AS first ON true
    LEFT JOIN LATERAL (
        SELECT true AS holds FROM job AS other WHERE other.lane = job.lane AND other.leased_by IS NOT NULL
        LIMIT 1) AS holder ON true
"""
_READY: LiteralString = """
    job.queue = %(queue)s AND job.dead_at IS NULL AND job.run_at <= now() AND job.attempts < job.max_attempts
    AND (job.leased_by IS NULL OR job.leased_until <= now())
    AND (job.lane IS NULL OR job.leased_by IS NOT NULL OR (job.sequence = first.sequence AND holder.holds IS NULL))
"""
_URGENCY: LiteralString = "job.priority DESC, job.run_at, job.sequence"

_CLAIM: LiteralString = """
WITH ready AS (
    SELECT job.job_id, job.dedupe_key, job.attempts, job.priority, job.run_at, job.sequence
    FROM {jobs} WHERE {ready} AND {which}
    ORDER BY {urgency} LIMIT %(limit)s FOR UPDATE OF job SKIP LOCKED
), ranked AS (
    SELECT job_id, dedupe_key, attempts, row_number() OVER (
        PARTITION BY coalesce(dedupe_key, job_id::text)
        ORDER BY attempts DESC, priority DESC, run_at, sequence) AS place
    FROM ready
), chosen AS (
    SELECT job_id, dedupe_key FROM ranked WHERE place = 1 OR attempts > 0
), served AS (
    SELECT twin.job_id FROM job AS twin
    WHERE twin.dedupe_key IN (SELECT dedupe_key FROM chosen) AND twin.job_id NOT IN (SELECT job_id FROM chosen)
      AND twin.dead_at IS NULL AND twin.leased_by IS NULL AND twin.attempts = 0 AND twin.run_at <= now()
    FOR UPDATE SKIP LOCKED
), gone AS (
    DELETE FROM job WHERE job_id IN (SELECT job_id FROM served)
)
UPDATE job SET leased_by = %(me)s, leased_until = now() + %(lease)s, started_at = now(), sent_at = NULL,
    attempts = job.attempts + 1
FROM chosen WHERE job.job_id = chosen.job_id
RETURNING job.job_id, job.name, job.payload, job.attempts, job.max_attempts, job.lane, job.request_id, job.run_at,
    job.priority, job.sequence
"""
CLAIM_ANY: LiteralString = _CLAIM.format(jobs=_JOBS, ready=_READY, urgency=_URGENCY, which="true")
CLAIM_ONE: LiteralString = _CLAIM.format(jobs=_JOBS, ready=_READY, urgency=_URGENCY, which="job.job_id = %(job_id)s")

UNSENT: LiteralString = f"""
WITH ready AS (
    SELECT job.job_id FROM {_JOBS}
    WHERE {_READY} AND (job.sent_at IS NULL OR job.sent_at < now() - %(resend)s)
    ORDER BY {_URGENCY} LIMIT %(limit)s FOR UPDATE OF job SKIP LOCKED
)
UPDATE job SET sent_at = now() FROM ready WHERE job.job_id = ready.job_id RETURNING job.job_id
"""

IN_TRANSIT: LiteralString = """
SELECT count(*) FROM job WHERE queue = %(queue)s AND dead_at IS NULL AND sent_at >= now() - %(resend)s
"""

RENEW: LiteralString = """
UPDATE job SET leased_until = now() + %(lease)s
FROM unnest(%(ids)s::uuid[], %(attempts)s::int[]) AS held(job_id, attempts)
WHERE job.job_id = held.job_id AND job.attempts = held.attempts AND job.leased_by = %(me)s
RETURNING job.job_id
"""
BEAT: LiteralString = """
INSERT INTO worker (worker_id, started_at, seen_at, transport, version, running)
VALUES (%(me)s, now(), now(), %(transport)s, %(version)s, %(running)s)
ON CONFLICT (worker_id) DO UPDATE SET seen_at = now(), running = excluded.running
"""

_MINE: LiteralString = "job_id = %(job_id)s AND leased_by = %(me)s AND attempts = %(attempt)s"
_FREE: LiteralString = "leased_by = NULL, leased_until = NULL, started_at = NULL, sent_at = NULL"
# Whoever waits for the lane is told at once; the others are found by the next claim anyway.
_TELL: LiteralString = "SELECT pg_notify(%(channel)s, queue) FROM freed WHERE lane IS NOT NULL OR %(always)s"


def _ending(change: LiteralString) -> LiteralString:
    told: LiteralString = ", told AS (" + _TELL + ") SELECT (SELECT count(*) FROM freed), (SELECT count(*) FROM told)"
    return "WITH freed AS (" + change + " RETURNING queue, lane)" + told


COMPLETE = _ending("DELETE FROM job WHERE " + _MINE)
POSTPONE = _ending(
    "UPDATE job SET run_at = now() + %(delay)s, last_error = %(error)s, " + _FREE + " WHERE " + _MINE,
)
BURY = _ending("UPDATE job SET dead_at = now(), last_error = %(error)s, " + _FREE + " WHERE " + _MINE)
HAND_BACK = _ending("UPDATE job SET attempts = attempts - 1, " + _FREE + " WHERE " + _MINE)
HAND_BACK_ALL = _ending("UPDATE job SET attempts = attempts - 1, " + _FREE + " WHERE leased_by = %(me)s")
BURY_EXHAUSTED = _ending(
    "UPDATE job SET dead_at = now(), last_error = 'the worker died in the last attempt: ' || leased_by, "
    + _FREE
    + " WHERE leased_by IS NOT NULL AND leased_until <= now() AND attempts >= max_attempts AND queue = %(queue)s"
)
