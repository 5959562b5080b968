"""People of a test who are logged in through the HTTP door."""

from litestar.testing import AsyncTestClient

from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.entrypoints.container import Container

PASSWORD = "correct horse"


async def enter(container: Container, client: AsyncTestClient, role: str) -> None:
    """Make somebody of the role and let the client be them, by the portal's cookie."""
    email = f"{role}@example.test"
    await container.create_user()(system_actor("test"), role=role, name=role, email=email, password=PASSWORD)
    answer = await client.post("/api/v1/auth/login", json={"login": email, "password": PASSWORD})
    client.cookies.set("b2b_session", answer.json()["token"])
