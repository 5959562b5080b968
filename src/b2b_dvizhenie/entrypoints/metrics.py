"""Prometheus metrics of this process, or of all processes of one tree together."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from b2b_dvizhenie.application.operations import QueueFigures

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The client library keeps its values in files of this folder when it is set before the library is loaded."""


class _Queue(Collector):
    """The queue as the database knows it: right also when no worker lives to tell."""

    def __init__(self, figures: QueueFigures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[GaugeMetricFamily]:
        jobs = GaugeMetricFamily("b2b_queue_jobs", "Jobs by state.", labels=["state"])
        for state in ("waiting", "running", "retrying", "dead"):
            jobs.add_metric([state], getattr(self._figures, state))
        yield jobs
        yield GaugeMetricFamily(
            "b2b_queue_oldest_seconds", "How long the oldest ready job waits.", self._figures.oldest_seconds
        )
        yield GaugeMetricFamily("b2b_workers_alive", "Workers heard of lately.", self._figures.workers_alive)


def exposition(figures: QueueFigures) -> bytes:
    """Everything that is counted, and the queue's figures, in Prometheus' text format."""
    registry = REGISTRY
    if os.environ.get(SHARED):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    queue = CollectorRegistry()
    queue.register(_Queue(figures))
    return generate_latest(registry) + generate_latest(queue)


def _alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def shared_metrics(data_dir: Path) -> Iterator[dict[str, str]]:
    """A folder in which the processes of this tree count together; gives the environment they need for it."""
    parent = data_dir / "run"
    for left in parent.glob("metrics-*"):
        if not _alive(left.name.removeprefix("metrics-")):
            shutil.rmtree(left, ignore_errors=True)  # of a tree that was killed
    folder = parent / f"metrics-{os.getpid()}"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield {SHARED: str(folder)}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
