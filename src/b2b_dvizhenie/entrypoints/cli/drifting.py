"""Drifts as a terminal shows them."""

from rich.table import Table

from b2b_dvizhenie.application.drift import DriftPage


def drift_table(page: DriftPage) -> Table:
    """A row per order, the latest found first; plus is what 1C counts more."""
    table = Table(box=None, header_style="bold")
    for title in ("found", "order", "in 1C", "company", "how"):
        table.add_column(title, no_wrap=title != "how")
    for title in ("sold", "1C", "difference"):
        table.add_column(title, justify="right", no_wrap=True)
    for one in page.items:
        table.add_row(
            f"{one.compared_at:%Y-%m-%d %H:%M}",
            one.number,
            one.erp_number,
            one.company_name,
            ", ".join(one.kinds),
            f"{one.our_total:f}",
            "" if one.their_total is None else f"{one.their_total:f}",
            f"{one.difference:+f} {one.currency}",
        )
    return table
