"""`b2b openapi`."""

import click
import msgspec

from b2b_dvizhenie.entrypoints.container import build
from b2b_dvizhenie.entrypoints.http.app import create_app
from b2b_dvizhenie.entrypoints.settings import load_settings


@click.command("openapi")
def command() -> None:
    """Print the OpenAPI document of the API as JSON; needs no database."""
    app = create_app(build(load_settings(), "postgresql:///b2b"))
    document = msgspec.json.encode(app.openapi_schema.to_schema())
    click.echo(msgspec.json.format(document).decode())
