"""Kopecks that are no drift; what an accountant would shrug off is the wholesaler's to say."""

from typing import Any

from b2b_dvizhenie.domain.settings import Number, Setting

LINE_PENNIES = Number(key="drift.line_pennies", group="drift", default=1, minimum=0, maximum=100)
"""Minor units a line's rounding may differ by."""
DOCUMENT_PENNIES = Number(key="drift.document_pennies", group="drift", default=0, minimum=0, maximum=10_000)
"""Minor units all of them together may come to: 0 lets an ERP spread pennies, and not lose or win one."""

SETTINGS: tuple[Setting[Any], ...] = (LINE_PENNIES, DOCUMENT_PENNIES)
