"""Drifts as pages and spreadsheets show them."""

from collections.abc import Mapping
from decimal import Decimal
from gettext import GNUTranslations
from typing import Any
from uuid import UUID

from b2b_dvizhenie.application.drift import DriftLine, DriftSummary, OrderDrift
from b2b_dvizhenie.domain.drift import Comparison, LineDrift, Pair, Step
from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.domain.shared.quantity import plain
from b2b_dvizhenie.entrypoints.http.labels import label_of
from b2b_dvizhenie.entrypoints.http.pages import drift as views

LINES = 100
"""Lines of an order that a page shows; with another price list in 1C all of a thousand may differ."""


def _money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)


def row_of(one: DriftSummary) -> views.DriftRow:
    """An order in the list."""
    return views.DriftRow(
        url=f"/panel/drift/{one.order_id}",
        number=one.number,
        erp_number=one.erp_number,
        found_at=one.compared_at,
        company=one.company_name,
        manager=one.manager,
        kinds=tuple(kind.value for kind in one.kinds),
        lines=one.lines,
        compared=one.compared,
        ours=Money(one.our_total, one.currency),
        theirs=_money(one.their_total, one.currency),
        difference=Money(one.difference, one.currency),
    )


def order_view(found: OrderDrift, texts: GNUTranslations) -> views.DriftView:
    """One order beside 1C's document."""
    told = found.comparison
    view: dict[str, Any] = {
        "number": found.number,
        "order_url": f"/orders/{found.order_id}",
        "company": found.company_name,
        "erp_number": found.erp_number,
    }
    if told is None:
        return views.DriftView(**view)
    currency = told.currency
    return views.DriftView(
        **view,
        compared_at=found.compared_at,
        ours=Money(told.our_total, currency),
        theirs=_money(told.their_total, currency),
        difference=Money(told.difference, currency),
        compared=told.compared,
        within=told.within,
        unexplained=Money(told.unexplained, currency) if told.unexplained else None,
        lines=tuple(_line(line, told, found, texts) for line in told.lines[:LINES]),
        differing=len(told.lines),
        export_url=f"/panel/drift/export?order={found.order_id}" if told.kinds else None,
        earlier=tuple(
            views.ComparedRow(one.compared_at, one.lines, Money(one.difference, currency)) for one in found.earlier
        ),
    )


def _line(line: LineDrift, told: Comparison, found: OrderDrift, texts: GNUTranslations) -> views.DriftLineView:
    return views.DriftLineView(
        title=line.name,
        article=line.article,
        kind=line.kind.value,
        difference=Money(line.difference, told.currency),
        steps=tuple(
            _step(pair, told.currency, found.rule_names, texts, first=place == line.first)
            for place, pair in enumerate(line.pairs)
        ),
        position=line.position,
        reason_url=None if line.position is None else f"/orders/{found.order_id}/lines/{line.position}/price",
    )


def _step(
    pair: Pair, currency: str, names: Mapping[UUID, str], texts: GNUTranslations, *, first: bool
) -> views.StepRow:
    note = discount_title(pair, names, texts) if pair.step is Step.DISCOUNT else ""
    difference = pair.difference
    if pair.step is Step.QUANTITY:
        return views.StepRow(
            step=pair.step.value,
            our_quantity=pair.ours,
            their_quantity=pair.theirs,
            quantity_difference=difference,
            first=first,
        )
    return views.StepRow(
        step=pair.step.value,
        note=note,
        ours=_money(pair.ours, currency),
        theirs=_money(pair.theirs, currency),
        our_percent=pair.our_percent,
        their_percent=pair.their_percent,
        difference=_money(difference, currency),
        first=first,
    )


def discount_title(pair: Pair, names: Mapping[UUID, str], texts: GNUTranslations) -> str:
    """What a discount is called: by us, and by 1C where it has a name of its own for it."""
    ours = ""
    if pair.rule_id is not None:
        ours = names.get(pair.rule_id) or texts.gettext("discount without a title")
    return " · ".join(dict.fromkeys(name for name in (ours, pair.title) if name))


def exported(lines: tuple[DriftLine, ...], texts: GNUTranslations) -> list[tuple[str, ...]]:
    """Rows of a spreadsheet under their heads."""

    def word(kind: str, key: str) -> str:
        return texts.gettext(label_of(kind, key).text)

    def number(amount: Decimal | None) -> str:
        return "" if amount is None else plain(amount)

    heads = (
        texts.gettext("Found"),
        texts.gettext("Order"),
        texts.gettext("Number in 1C"),
        texts.gettext("Company"),
        texts.gettext("Manager"),
        texts.gettext("Line"),
        texts.gettext("Article"),
        texts.gettext("Goods"),
        texts.gettext("Difference by kind"),
        texts.gettext("First step that differs"),
        texts.gettext("Sold"),
        texts.gettext("In 1C"),
        texts.gettext("Difference"),
        texts.gettext("Currency"),
    )
    rows = [
        (
            one.compared_at.isoformat(sep=" ", timespec="minutes"),
            one.number,
            one.erp_number,
            one.company_name,
            one.manager,
            "" if one.position is None else str(one.position),
            one.article,
            one.name,
            word("drift", one.kind.value),
            word("drift_step", one.pair.step.value),
            number(one.pair.ours),
            number(one.pair.theirs),
            number(one.difference),
            one.currency,
        )
        for one in lines
    ]
    return [heads, *rows]
