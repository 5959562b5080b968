"""The people of the demonstration; its goods come from the 1C emulator through the exchange, as in real life."""

from collections.abc import Callable

from msgspec import Struct

from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.identity import LoginTaken
from b2b_dvizhenie.entrypoints.container import Container

PASSWORD = "demo-2026"  # noqa: S105 - published in the documentation; `doctor` warns where these people exist
DOMAIN = "demo.local"


class DemoLogin(Struct, frozen=True):
    """Who can log in to the demonstration, and as what."""

    login: str
    password: str
    role: str
    name: str


DEMO_LOGINS: tuple[DemoLogin, ...] = tuple(
    DemoLogin(f"{mailbox}@{DOMAIN}", PASSWORD, role, name)
    for mailbox, role, name in (
        ("client", "client", "Мария Снабженцева"),
        ("client1", "client", "Пётр Младший"),
        ("manager", "manager", "Ирина Продажина"),
        ("head", "head_of_managers", "Олег Начальников"),
        ("director", "director", "Анна Директорова"),
        ("admin", "administrator", "Сергей Админов"),
    )
)


async def load_demo(container: Container, say: Callable[[str], None]) -> list[DemoLogin]:
    """Install the demonstration's people; whoever exists is left as they are.

    Args:
        container: open.
        say: told what is being done.
    """
    create = container.create_user()
    actor = system_actor("demo")
    for person in DEMO_LOGINS:
        try:
            await create(actor, role=person.role, name=person.name, email=person.login, password=person.password)
        except LoginTaken:
            continue
        say(person.login)
    return list(DEMO_LOGINS)
