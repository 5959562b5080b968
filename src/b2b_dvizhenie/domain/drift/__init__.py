"""Whether the ERP counts an order as we did, and where it first does not (DESIGN §5, features.md §8)."""

from b2b_dvizhenie.domain.drift.comparing import EXACT, Tolerance, compare
from b2b_dvizhenie.domain.drift.findings import Comparison, DriftKind, LineDrift, Pair, Step
from b2b_dvizhenie.domain.drift.lines import compare_line
from b2b_dvizhenie.domain.drift.settings import DOCUMENT_PENNIES, LINE_PENNIES, SETTINGS
from b2b_dvizhenie.domain.drift.sides import ErpDiscount, ErpDocument, ErpLine, SoldLine, SoldOrder

__all__ = [
    "DOCUMENT_PENNIES",
    "EXACT",
    "LINE_PENNIES",
    "SETTINGS",
    "Comparison",
    "DriftKind",
    "ErpDiscount",
    "ErpDocument",
    "ErpLine",
    "LineDrift",
    "Pair",
    "SoldLine",
    "SoldOrder",
    "Step",
    "Tolerance",
    "compare",
    "compare_line",
]
