"""The drift report: orders that the ERP returned with other sums, and the first step where it counts otherwise."""

from b2b_dvizhenie.application.drift.ports import DriftReader, DriftStore, DriftWatch, Kept
from b2b_dvizhenie.application.drift.reports import (
    Days,
    ExportDrifts,
    ListDrifts,
    PeriodInvalid,
    ShowDrift,
    TallyDrifts,
    WriteDrifts,
)
from b2b_dvizhenie.application.drift.views import (
    MAX_NAMED,
    ComparedVersion,
    DriftDay,
    DriftLine,
    DriftOfKind,
    DriftPage,
    DriftQuery,
    DriftSum,
    DriftSummary,
    DriftTally,
    Named,
    OrderDrift,
)

__all__ = [
    "MAX_NAMED",
    "ComparedVersion",
    "Days",
    "DriftDay",
    "DriftLine",
    "DriftOfKind",
    "DriftPage",
    "DriftQuery",
    "DriftReader",
    "DriftStore",
    "DriftSum",
    "DriftSummary",
    "DriftTally",
    "DriftWatch",
    "ExportDrifts",
    "Kept",
    "ListDrifts",
    "Named",
    "OrderDrift",
    "PeriodInvalid",
    "ShowDrift",
    "TallyDrifts",
    "WriteDrifts",
]
