"""Metrics of orders that the ERP counts otherwise: an alarm on their share comes before the first quarrel."""

from prometheus_client import Counter

from b2b_dvizhenie.application.drift import DriftWatch
from b2b_dvizhenie.domain.drift import Comparison

_COMPARED = Counter("b2b_orders_compared", "Documents of the ERP compared with the order sold.", ["outcome"])
_DRIFTS = Counter("b2b_order_drifts", "Lines and totals that differ, by the first step where they do.", ["kind"])


class MeteredDrifts(DriftWatch):
    """Counts comparisons, and differences by kind."""

    def compared(self, comparison: Comparison) -> None:
        """Count one."""
        _COMPARED.labels("differs" if comparison.kinds else "same").inc()
        for line in comparison.lines:
            _DRIFTS.labels(line.kind.value).inc()
        if comparison.unexplained:
            _DRIFTS.labels("total").inc()
