"""The drift report: orders that the ERP returned with other sums, and the first step where it counts otherwise."""

from b2b_dvizhenie.application.drift.ports import DriftReader, DriftStore, Kept
from b2b_dvizhenie.application.drift.reports import ExportDrifts, ListDrifts, PeriodInvalid, ShowDrift, TallyDrifts
from b2b_dvizhenie.application.drift.views import (
    ComparedVersion,
    DriftDay,
    DriftLine,
    DriftOfKind,
    DriftPage,
    DriftQuery,
    DriftSum,
    DriftSummary,
    DriftTally,
    OrderDrift,
)

__all__ = [
    "ComparedVersion",
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
    "ExportDrifts",
    "Kept",
    "ListDrifts",
    "OrderDrift",
    "PeriodInvalid",
    "ShowDrift",
    "TallyDrifts",
]
