"""`b2b prices`."""

from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.progress import Progress as Bars

from b2b_dvizhenie.application.drift import DriftPage, DriftQuery, DriftTally
from b2b_dvizhenie.application.pricing import Audience, NamedTerms, Outcome, Why
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.drift import DriftKind
from b2b_dvizhenie.domain.pricing import BASE, DISPLAYED, Display, NoRate
from b2b_dvizhenie.domain.shared.quantity import plain
from b2b_dvizhenie.entrypoints.cli.drifting import drift_table
from b2b_dvizhenie.entrypoints.cli.session import with_container
from b2b_dvizhenie.entrypoints.container import Container

MANY = 10


@click.group("prices")
def command() -> None:
    """Explain prices, what other discounts would make of them, and where 1C counts otherwise."""


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
@click.option("--currency", type=click.Choice(DISPLAYED), help="Show the result in this currency too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def explain(
    company: str, article: str, quantity: Decimal, audience: str, currency: str | None, *, as_json: bool
) -> None:
    """Every discount on a price, who won and why; in another currency, by which rate of which day."""

    async def work(container: Container) -> tuple[NamedTerms, Why, Display | NoRate | None]:
        found = await container.terms_source().found(company, MANY)
        if not found:
            raise click.ClickException(f"no active company is found by {company!r}")
        if len(found) > 1:
            names = "; ".join(f"{name} ({key})" for key, name in found)
            raise click.ClickException(f"several companies are found, name one by its id: {names}")
        actor = system_actor("cli")
        terms, why = await container.explain_for()(actor, found[0][0], article, quantity, audience=Audience(audience))
        if why.reasons is None or currency in (None, why.reasons.currency):
            return terms, why, None
        return terms, why, await container.show_display().of(why.reasons.currency, currency)

    terms, why, display = with_container(work)
    if as_json:
        document: dict[str, Any] = {"company": terms.name, "terms": terms.terms, "price": why}
        if display is not None:
            document["shown"] = _shown(why, display)
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
    if isinstance(display, NoRate):
        click.echo(f"  no price in {currency}: the rate of {display.currency} is {display.gap}")
    elif display is not None:
        shown = _shown(why, display)
        click.echo(f"  {shown['unit_price']} per unit, {shown['amount']} {display.currency} in all, shown by")
        for rate in display.rates:
            click.echo(f"    1 {rate.currency} = {plain(rate.per_unit)} {BASE}, {rate.source}, {rate.day}")


def _shown(why: Why, display: Display | NoRate) -> dict[str, Any]:
    """What the price comes to in the other currency, or why it comes to nothing."""
    if isinstance(display, NoRate) or why.reasons is None:
        return {"gap": display}
    return {
        "currency": display.currency,
        "unit_price": display.amount(why.reasons.unit_price),
        "amount": display.amount(why.reasons.amount),
        "rates": display.rates,
    }


@command.command("what-if")
@click.option("--set", "number", type=int, required=True, help="Number of the version, draft or not.")
@click.option("--days", default=30, show_default=True, help="Orders of how many days.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def what_if(number: int, days: int, *, as_json: bool) -> None:
    """What buyers would have paid, had this version of the discounts been in force."""
    console = Console(stderr=True)

    async def work(container: Container) -> Outcome | None:
        actor = system_actor("cli")
        page = await container.list_rule_sets()(actor, limit=200)
        found = [line.head.rule_set_id for line in page.lines if line.head.number == number]
        if not found:
            raise click.ClickException(f"there is no version {number}")
        with Bars(console=console, transient=True, disable=not console.is_terminal) as bars:
            task = bars.add_task("replaying", total=None)

            async def progress(done: int, total: int) -> bool:
                bars.update(task, completed=done, total=total)
                return True

            return await container.replay()(actor, found[0], days, progress)

    outcome = with_container(work)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(outcome), indent=2).decode())
    elif outcome is not None:
        _tell(outcome)


def _tell(outcome: Outcome) -> None:
    against = "no discounts" if outcome.against_number is None else f"version {outcome.against_number}"
    click.echo(f"{outcome.lines} lines, {outcome.left_out} left out, compared with {against}")
    for report in outcome.currencies:
        total = report.total
        click.echo(f"{report.currency}: {total.before} -> {total.after}, {total.change:+f}")
        click.echo(f"  dearer {total.dearer}, cheaper {total.cheaper}, floor {total.held_before} -> {total.held_after}")
        for side, parts in report.parts.items():
            click.echo(f"  {side}: {report.counts[side]} change")
            for part in parts:
                click.echo(f"    {part.delta.change:>+16f}  {part.title or '-'}")


@command.command("drift")
@click.option(
    "--days", default=30, show_default=True, type=click.IntRange(1, 366), help="Orders found in so many days."
)
@click.option("--kind", type=click.Choice([one.value for one in DriftKind]), help="Only differences of this kind.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 200), help="Orders at most.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def drift(days: int, kind: str | None, limit: int, *, as_json: bool) -> None:
    """Orders that 1C returned with other sums, and where it first counts otherwise."""

    async def work(container: Container) -> tuple[DriftPage, DriftTally]:
        until = container.drift_days().today()
        since = until - timedelta(days=days - 1)
        query = DriftQuery(since=since, until=until, kind=DriftKind(kind) if kind else None, limit=limit)
        actor = system_actor("cli")
        return await container.list_drifts()(actor, query), await container.tally_drifts()(actor, query)

    page, tally = with_container(work)
    if as_json:
        document = {"orders": page, "tally": tally}
        click.echo(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
        return
    Console().print(drift_table(page))
    click.echo(f"{page.total} of {page.compared} orders differ")
    for one in tally.kinds:
        click.echo(f"  {one.kind:<17}{one.lines:>6} lines {one.difference:>+16f} {one.currency}")
