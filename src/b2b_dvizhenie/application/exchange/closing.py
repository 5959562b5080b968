"""The end of a full export as Bitrix modules announce it: `deactivate` and `complete` (onec.md §2.2, §3.7)."""

from abc import abstractmethod
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from b2b_dvizhenie.application.exchange.requesting import node_lane
from b2b_dvizhenie.application.exchange.sessions import ExchangeSession
from b2b_dvizhenie.application.shared.jobs import Job, JobQueue

CLOSE_JOB = "exchange.close_exports"
"""Job {node_id}: close the open full exports of a node now instead of after its quiet time."""


class ClosingTransaction(Protocol):
    """Port: a transaction that can enqueue; leaving without `commit` rolls back."""

    jobs: JobQueue

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""
        ...


ClosingWork = Callable[[], AbstractAsyncContextManager[ClosingTransaction]]


class EndFullExport:
    """1C says that it has sent everything."""

    def __init__(self, work: ClosingWork) -> None:
        self._work = work

    async def __call__(self, session: ExchangeSession, request_id: str = "") -> None:
        """Order the closing; it runs after the imports of the node that were asked for before."""
        node_id = session.node.node_id
        async with self._work() as work:
            await work.jobs.enqueue(
                Job(
                    name=CLOSE_JOB,
                    payload={"node_id": str(node_id)},
                    dedupe_key=f"{CLOSE_JOB}:{node_id}",
                    lane=node_lane(node_id),
                    request_id=request_id,
                )
            )
            await work.commit()
