"""`b2b users`."""

import click

from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.entrypoints.cli.session import with_container
from b2b_dvizhenie.entrypoints.container import Container


@click.group("users")
def command() -> None:
    """Add people, and help who has lost phone and recovery codes."""


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


@command.command("reset-second-factor")
@click.argument("login")
@click.confirmation_option(prompt="Switch the second factor off and end all sessions of this person?")
def reset_second_factor(login: str) -> None:
    """Switch off the second factor of the person with this e-mail or phone, and end all of his sessions.

    For who has lost phone and recovery codes while nobody is left who could do it in the panel. The person is told,
    and the audit trail keeps it.
    """

    async def work(container: Container) -> int:
        return await container.reset_second_factor()(system_actor("cli"), login)

    click.echo(f"second factor switched off, sessions ended: {with_container(work)}")
