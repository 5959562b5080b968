"""`b2b prices`."""

from decimal import Decimal, InvalidOperation
from typing import Any

import click
import msgspec

from b2b_dvizhenie.application.pricing import Audience, NamedTerms, Why
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.shared.quantity import plain
from b2b_dvizhenie.entrypoints.cli.session import with_container
from b2b_dvizhenie.entrypoints.container import Container

MANY = 10


@click.group("prices")
def command() -> None:
    """Explain prices."""


def _decimal(_: click.Context, __: click.Parameter, value: str) -> Decimal:
    try:
        return Decimal(value)
    except InvalidOperation as error:
        raise click.BadParameter("a number is needed") from error


@command.command("explain")
@click.option("--company", required=True, help="Id, INN, or a part of the name.")
@click.option("--article", required=True, help="Article of the goods, in any spelling.")
@click.option("--qty", "quantity", default="1", show_default=True, callback=_decimal, help="Quantity of the line.")
@click.option(
    "--audience",
    type=click.Choice([one.value for one in Audience]),
    default=Audience.AUDITOR.value,
    show_default=True,
    help="Whose view.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def explain(company: str, article: str, quantity: Decimal, audience: str, *, as_json: bool) -> None:
    """Every discount on a price, who won and why."""

    async def work(container: Container) -> tuple[NamedTerms, Why]:
        found = await container.terms_source().found(company, MANY)
        if not found:
            raise click.ClickException(f"no active company is found by {company!r}")
        if len(found) > 1:
            names = "; ".join(f"{name} ({key})" for key, name in found)
            raise click.ClickException(f"several companies are found, name one by its id: {names}")
        actor = system_actor("cli")
        return await container.explain_for()(actor, found[0][0], article, quantity, audience=Audience(audience))

    terms, why = with_container(work)
    if as_json:
        document = {"company": terms.name, "terms": terms.terms, "price": why}
        click.echo(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
        return
    click.echo(f"{terms.name}: {why.article} {why.name}, {plain(why.quantity)} {why.unit}")
    if why.reasons is None:
        click.echo(f"no price: {why.no_price}")
        return
    for step in why.reasons.steps:
        facts: dict[str, Any] = msgspec.to_builtins(step)
        outcome = facts.pop("outcome")
        click.echo(f"  {outcome:<10}" + "  ".join(f"{name}={value}" for name, value in facts.items()))
    click.echo(f"  {why.reasons.unit_price} per unit, {why.reasons.amount} {why.reasons.currency} in all")
