"""`b2b exchange`."""

import json
import secrets
from pathlib import Path
from typing import Any

import click

from b2b_dvizhenie.application.exchange import NodeChange, NodeDraft
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import NodeId
from b2b_dvizhenie.entrypoints.cli.session import with_container
from b2b_dvizhenie.entrypoints.container import Container

DEFAULT_NODE = "1c"
DEMO_DOOR = "http://127.0.0.1:8000/1c_exchange.php"


async def node_named(container: Container, name: str) -> NodeId | None:
    """Id of the node with this name or login; None when there is none."""
    for node in await container.list_nodes()(system_actor("cli")):
        if name in (node.name, node.login):
            return node.node_id
    return None


async def node_or_new(container: Container, name: str) -> NodeId:
    """Id of the node, which is made if missing; nobody can log in as a new one before its password is set."""
    found = await node_named(container, name)
    if found is not None:
        return found
    draft = NodeDraft(name=name, login=name, password=secrets.token_urlsafe(24))
    return (await container.create_node()(system_actor("cli"), draft)).node_id


@click.group("exchange")
def command() -> None:
    """Exchange with 1C: import, status, nodes, an emulator of 1C's side."""


@command.command("import")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--node", default=DEFAULT_NODE, show_default=True, help="Exchange node; made if there is none.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of tables.")
def import_(source: Path, node: str, *, as_json: bool) -> None:
    """Import a CommerceML file, or every XML file of a folder, in the right order."""
    from b2b_dvizhenie.entrypoints.cli.importing import run_import  # noqa: PLC0415 - keeps the other commands light

    with_container(lambda container: run_import(container, source, node, as_json=as_json))


@command.command("status")
@click.option("--limit", default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def status(limit: int, *, as_json: bool) -> None:
    """The latest imports, full exports that wait for a word, goods that only offers spoke of."""
    from b2b_dvizhenie.entrypoints.cli.importing import show_status  # noqa: PLC0415 - as above

    with_container(lambda container: show_status(container, limit, as_json=as_json))


@command.command("emulate-1c")
@click.option("--url", default=DEMO_DOOR, show_default=True, help="Door of a running portal.")
@click.option("--login", default=None, help="Login of the exchange node; the demonstration's when omitted.")
@click.option("--password", default=None, help="Its password; the demonstration's when omitted.")
@click.option("--profile", default="ut115", show_default=True, help="Family of 1C: ut10, ut115, unf, bitrix31.")
@click.option(
    "--goods", default=3000, show_default=True, type=click.IntRange(1, 1_000_000), help="Size of the catalogue."
)
@click.option("--orders-loop", is_flag=True, help="Go on exchanging orders until stopped.")
@click.option("--pause", default=10.0, show_default=True, help="Seconds between two visits for orders.")
@click.option("--no-zip", is_flag=True, help="Send plain files even where the portal takes archives.")
@click.option("--no-wait", is_flag=True, help="Send files and ask for no import, as the option of УТ 11 does.")
@click.option(
    "--counts",
    default="site",
    show_default=True,
    help="How it counts orders: site, or otherwise by its own price, discount, extra, rounding, vat.",
)
@click.option("--documents", is_flag=True, help="Send invoices, transfer documents and others to the gateway, too.")
@click.option(
    "--send",
    "tables",
    type=(str, click.Path(exists=True, dir_okay=False, path_type=Path)),
    multiple=True,
    metavar="TABLE FILE",
    help="Also send the rows of a JSON file through the gateway; may be repeated.",
)
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Where the emulated base is kept.")
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON document.")
def emulate(**options: Any) -> None:
    """Play 1C against a running portal: send goods, take orders, answer them; strict where a real 1C is.

    The first run sends everything, every later one is the next day of the same base. Exit code 1: the portal broke a
    rule of the protocol; the step, the rule and the bytes are told.
    """
    from b2b_dvizhenie.entrypoints.cli.emulating import run_emulator  # noqa: PLC0415 - as above

    run_emulator(**options)


@command.group("node")
def node_group() -> None:
    """Add, list and change the 1C bases that may exchange."""


@node_group.command("add")
@click.argument("name")
@click.option("--login", required=True, help="What 1C sends as its user name.")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
def node_add(name: str, login: str, password: str) -> None:
    """Add an exchange node."""

    async def work(container: Container) -> str:
        draft = NodeDraft(name=name, login=login, password=password)
        return str((await container.create_node()(system_actor("cli"), draft)).node_id)

    click.echo(with_container(work))


@node_group.command("list")
@click.option("--json", "as_json", is_flag=True)
def node_list(*, as_json: bool) -> None:
    """List the exchange nodes."""

    async def work(container: Container) -> None:
        nodes = await container.list_nodes()(system_actor("cli"))
        rows = [
            {"id": str(node.node_id), "name": node.name, "login": node.login, "active": node.is_active}
            for node in nodes
        ]
        if as_json:
            click.echo(json.dumps(rows, ensure_ascii=False))
            return
        for row in rows:
            click.echo(f"{row['id']}  {row['login']:<20} {row['name']}" + ("" if row["active"] else "  (off)"))

    with_container(work)


@node_group.command("password")
@click.argument("name")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
def node_password(name: str, password: str) -> None:
    """Change the password of a node, named by its name or login."""

    async def work(container: Container) -> None:
        node_id = await node_named(container, name)
        if node_id is None:
            raise NotFound("node")
        await container.change_node()(system_actor("cli"), node_id, NodeChange(password=password))

    with_container(work)
