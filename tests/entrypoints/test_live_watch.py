"""Metrics of asking for live prices: every outcome counts, and nothing outside decides how many series there are."""

from datetime import timedelta

from prometheus_client import REGISTRY

from b2b_dvizhenie.entrypoints.live_watch import MeteredWatch


def counted(outcome: str) -> int:
    return int(REGISTRY.get_sample_value("b2b_live_price_requests_total", {"outcome": outcome}) or 0)


def test_outcomes_are_counted_in_a_few_kinds() -> None:
    watch = MeteredWatch()
    kinds = ("answered", "late", "http", "refused", "skipped")
    before = {kind: counted(kind) for kind in kinds}
    for outcome in ("answered", "late", "http 500", "http 401", "goods", "error RuntimeError", "ConnectError"):
        watch.asked(outcome, timedelta(seconds=1), 3)
    watch.skipped()
    assert {kind: counted(kind) - before[kind] for kind in kinds} == {
        "answered": 1,
        "late": 1,
        "http": 2,
        "refused": 3,
        "skipped": 1,
    }
    for state, is_open in (("open", 1), ("trying", 0), ("open", 1), ("closed", 0)):
        watch.breaker(state)
        assert REGISTRY.get_sample_value("b2b_live_price_breaker_open") == is_open
