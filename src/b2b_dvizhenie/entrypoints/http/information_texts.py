"""Words for groups of information. English message ids."""

from collections.abc import Mapping
from gettext import GNUTranslations

from b2b_dvizhenie.domain.visibility import FIRST_LEVEL, Information
from b2b_dvizhenie.entrypoints.http.labels import N_

INFORMATION: Mapping[Information, tuple[str, str]] = {
    Information.INDIVIDUAL_PRICES: (
        N_("Individual prices"),
        N_("Prices of the company's agreement. Without them: the default price type."),
    ),
    Information.DISCOUNTS: (N_("Discounts"), N_("Discounts of the company apply and are shown.")),
    Information.STOCK_DETAIL: (
        N_("Quantities in stock"),
        N_("Quantities and warehouses. Without them: in stock, few left, out of stock."),
    ),
    Information.DOCUMENTS: (
        N_("Documents"),
        N_("Invoices, waybills and other documents of the company, with everything written in them."),
    ),
    Information.ORDER_SUMS: (N_("Sums of colleagues' orders"), N_("One's own orders always show theirs.")),
}
"""Title and explanation of the groups that something shows, in the order of the page. Levels keep the others, and they
stand here as soon as there is something to show."""


def level_title(level: int, name: str, texts: GNUTranslations) -> str:
    """What people call a level."""
    if name:
        return f"{level}. {name}"
    words = (
        texts.gettext("Level {number} (everybody's first)") if level == FIRST_LEVEL else texts.gettext("Level {number}")
    )
    return words.format(number=level)
