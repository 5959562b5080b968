"""Metrics and log of asking the ERP for live prices."""

from datetime import timedelta

import structlog
from prometheus_client import Counter, Gauge, Histogram

from b2b_dvizhenie.application.pricing import LiveWatch
from b2b_dvizhenie.application.shared.breaker import State

_ASKED = Counter("b2b_live_price_requests", "Questions to the ERP by how they ended.", ["outcome"])
_SECONDS = Histogram("b2b_live_price_seconds", "How long questions to the ERP took.")
_LINES = Counter("b2b_live_price_lines", "Lines that were asked for.")
_BREAKER = Gauge(
    "b2b_live_price_breaker_open", "Whether the ERP is left alone: 1 open, 0 closed.", multiprocess_mode="livemax"
)
_OUTCOMES = frozenset({"answered", "late", "skipped", "answer", "too long"})
_log = structlog.get_logger()


class MeteredWatch(LiveWatch):
    """Counts everything, logs what went wrong and every change of the breaker."""

    def asked(self, outcome: str, took: timedelta, lines: int) -> None:
        """Reasons are counted in a few kinds, so that nothing outside decides how many series there are."""
        kind = outcome if outcome in _OUTCOMES else "refused" if not outcome.startswith("http") else "http"
        _ASKED.labels(kind).inc()
        _SECONDS.observe(took.total_seconds())
        _LINES.inc(lines)
        if outcome != "answered":
            _log.warning("live prices not told", reason=outcome, seconds=took.total_seconds(), lines=lines)

    def skipped(self) -> None:
        """Counted only: while the breaker is open there would be a line per page."""
        _ASKED.labels("skipped").inc()

    def breaker(self, state: str) -> None:
        """Open is worth a warning, the rest a notice."""
        is_open = state == State.OPEN
        _BREAKER.set(int(is_open))
        tell = _log.warning if is_open else _log.info
        tell("live prices: breaker", state=state)
