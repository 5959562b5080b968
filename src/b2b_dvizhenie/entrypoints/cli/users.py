"""`b2b users`."""

import click

from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.entrypoints.cli.session import with_container
from b2b_dvizhenie.entrypoints.container import Container


@click.group("users")
def command() -> None:
    """Add and list people."""


@command.command("add")
@click.option(
    "--role", required=True, help="Code of the role: client, manager, head_of_managers, director, administrator."
)
@click.option("--name", required=True)
@click.option("--email", default="")
@click.option("--phone", default="")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
def add(role: str, name: str, email: str, phone: str, password: str) -> None:
    """Add a person; there is no other way into the closed club."""

    async def work(container: Container) -> str:
        create = container.create_user()
        actor = system_actor("cli")
        return str(await create(actor, role=role, name=name, email=email, phone=phone, password=password))

    click.echo(with_container(work))
