"""Background jobs and schedules through the HTTP door: only for who may, audited, never against a running worker."""

from typing import Any
from uuid import UUID

import pytest
from litestar.testing import AsyncTestClient

from b2b_dvizhenie.adapters.postgres.transactions import Transaction
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.application.shared.jobs import Job
from b2b_dvizhenie.entrypoints.container import Container, utc_now
from b2b_dvizhenie.entrypoints.metrics import exposition

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PASSWORD = "correct horse"


async def log_in(container: Container, client: AsyncTestClient, role: str) -> dict[str, str]:
    email = f"{role}@example.test"
    await container.create_user()(system_actor("test"), role=role, name=role, email=email, password=PASSWORD)
    answer = await client.post("/api/v1/auth/login", json={"login": email, "password": PASSWORD})
    return {"Authorization": f"Bearer {answer.json()['token']}"}


@pytest.fixture
async def admin(container: Container, client: AsyncTestClient) -> dict[str, str]:
    return await log_in(container, client, "administrator")


async def put(container: Container, **fields: Any) -> UUID:
    async with Transaction(container.database(), utc_now) as work:
        job_id = await work.jobs.enqueue(Job(name="probe", payload={"order": 7}, **fields))
        await work.commit()
    assert job_id is not None
    return job_id


async def execute(container: Container, statement: str, *values: object) -> list[Any]:
    async with container.database().reading() as connection:
        cursor = await connection.execute(statement.encode(), values)
        return await cursor.fetchall() if cursor.description else []


async def test_queue_is_seen_by_state(container: Container, client: AsyncTestClient, admin: dict[str, str]) -> None:
    ids = [await put(container) for _ in range(4)]
    await execute(container, "UPDATE job SET dead_at = now(), last_error = 'boom' WHERE job_id = %s", ids[0])
    await execute(container, "UPDATE job SET leased_by = 'w', attempts = 1 WHERE job_id = %s", ids[1])
    await execute(container, "UPDATE job SET attempts = 2 WHERE job_id = %s", ids[2])
    listed = (await client.get("/api/v1/jobs", headers=admin)).json()
    assert [job["state"] for job in listed["items"]] == ["waiting", "retrying", "running", "dead"]
    dead = (await client.get("/api/v1/jobs?state=dead", headers=admin)).json()["items"]
    assert [(job["job_id"], job["last_error"]) for job in dead] == [(str(ids[0]), "boom")]
    one = (await client.get(f"/api/v1/jobs/{ids[0]}", headers=admin)).json()
    assert one["payload"] == {"order": 7}
    figures = (await client.get("/api/v1/jobs/status", headers=admin)).json()["figures"]
    assert [figures[state] for state in ("waiting", "running", "retrying", "dead")] == [1, 1, 1, 1]


async def test_pages_follow_the_cursor(container: Container, client: AsyncTestClient, admin: dict[str, str]) -> None:
    ids = [str(await put(container)) for _ in range(5)]
    seen: list[str] = []
    cursor = ""
    while True:
        page = (await client.get(f"/api/v1/jobs?limit=2{cursor}", headers=admin)).json()
        seen += [job["job_id"] for job in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == ids[::-1]


async def test_dead_job_gets_another_chance(
    container: Container, client: AsyncTestClient, admin: dict[str, str]
) -> None:
    job_id = await put(container)
    await execute(container, "UPDATE job SET dead_at = now(), attempts = 8, last_error = 'boom'")
    assert (await client.post(f"/api/v1/jobs/{job_id}/retry", headers=admin)).status_code == 204
    assert await execute(container, "SELECT dead_at, attempts, run_at <= now() FROM job") == [(None, 0, True)]
    (row,) = await execute(
        container, "SELECT action, subject_id, before ->> 'last_error' FROM audit WHERE actor = 'administrator'"
    )
    assert row == ("operations.job_retried", str(job_id), "boom")


async def test_job_is_discarded_with_a_trace(
    container: Container, client: AsyncTestClient, admin: dict[str, str]
) -> None:
    job_id = await put(container)
    assert (await client.delete(f"/api/v1/jobs/{job_id}", headers=admin)).status_code == 204
    assert await execute(container, "SELECT 1 FROM job") == []
    assert (await client.delete(f"/api/v1/jobs/{job_id}", headers=admin)).status_code == 404
    actions = await execute(container, "SELECT action FROM audit WHERE actor = 'administrator'")
    assert actions == [("operations.job_discarded",)]


async def test_running_job_is_left_alone(container: Container, client: AsyncTestClient, admin: dict[str, str]) -> None:
    job_id = await put(container)
    await execute(container, "UPDATE job SET leased_by = 'w', leased_until = now() + interval '1 minute'")
    for answer in (
        await client.post(f"/api/v1/jobs/{job_id}/retry", headers=admin),
        await client.delete(f"/api/v1/jobs/{job_id}", headers=admin),
    ):
        assert answer.status_code == 409
        assert answer.json()["code"] == "operations.job_running"
    assert await execute(container, "SELECT count(*) FROM audit WHERE actor = 'administrator'") == [(0,)]


async def test_schedule_is_changed(container: Container, client: AsyncTestClient, admin: dict[str, str]) -> None:
    await execute(container, "DELETE FROM schedule")
    await execute(
        container,
        "INSERT INTO schedule (schedule_id, job_name, every_seconds, updated_at) VALUES ('s', 'probe', 60, now())",
    )
    answer = await client.patch("/api/v1/schedules/s", headers=admin, json={"cron": "0 3 * * *", "zone": "UTC"})
    assert answer.status_code == 200
    listing = (await client.get("/api/v1/schedules", headers=admin)).json()
    (listed,) = [one for one in listing if one["schedule_id"] == "s"]
    assert (listed["cron"], listed["every_seconds"], listed["zone"]) == ("0 3 * * *", None, "UTC")
    assert listed["next_slot"].endswith("03:00:00Z")
    refused = await client.patch("/api/v1/schedules/s", headers=admin, json={"cron": "nonsense"})
    assert (refused.status_code, refused.json()["code"]) == (400, "operations.plan_invalid")
    assert (await client.patch("/api/v1/schedules/no", headers=admin, json={"overlap": True})).status_code == 404


@pytest.mark.parametrize("role", ["client", "manager", "director"])
async def test_others_may_not(container: Container, client: AsyncTestClient, role: str) -> None:
    headers = await log_in(container, client, role)
    job_id = await put(container)
    answers = [
        await client.get("/api/v1/jobs", headers=headers),
        await client.get("/api/v1/jobs/status", headers=headers),
        await client.get(f"/api/v1/jobs/{job_id}", headers=headers),
        await client.post(f"/api/v1/jobs/{job_id}/retry", headers=headers),
        await client.delete(f"/api/v1/jobs/{job_id}", headers=headers),
        await client.get("/api/v1/schedules", headers=headers),
        await client.patch("/api/v1/schedules/s", headers=headers, json={"overlap": True}),
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert await execute(container, "SELECT count(*) FROM job") == [(1,)]


async def test_metrics_tell_the_queue(container: Container) -> None:
    await put(container)
    text = exposition(await container.operations_reader().figures()).decode()
    assert 'b2b_queue_jobs{state="waiting"} 1.0' in text
    assert "b2b_workers_alive 0.0" in text
    assert "b2b_queue_oldest_seconds" in text
