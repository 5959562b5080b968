"""Who looks at lists of orders in a bench, and how long that takes."""

import time
from collections.abc import Awaitable, Callable
from statistics import median, quantiles
from typing import Any

import psutil
import psycopg
from msgspec import Struct

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Scope
from bench.crowd import Crowd


class Looker(Struct, frozen=True):
    """Whose orders are listed: what he is called, who he is, the scope of his right, how many companies that covers."""

    name: str
    actor: Actor
    scope: Scope
    companies: int


class Times(Struct, frozen=True):
    """Milliseconds a repetition; `cpu` of this process and of the database together, whoever else uses the machine."""

    p50: float
    p95: float
    cpu: float = 0.0

    @classmethod
    def of(cls, seconds: list[float], cpu: float = 0.0) -> "Times":
        """Of measured seconds, and seconds of CPU for all of them."""
        cuts = quantiles(seconds, n=20, method="inclusive")
        return cls(round(median(seconds) * 1000, 2), round(cuts[18] * 1000, 2), round(cpu / len(seconds) * 1000, 2))

    def __str__(self) -> str:
        return f"{self.p50:.1f} / {self.p95:.1f}" + (f" ({self.cpu:.1f})" if self.cpu else "")


def lookers(crowd: Crowd) -> list[Looker]:
    """Of each level the person in the middle by how many companies he sees; a director, an administrator, a buyer."""

    def actor(number: int, **more: Any) -> Actor:
        return Actor(crowd.person(number), "", "", {}, **more)

    found = []
    for depth, level in enumerate(crowd.levels, 1):
        sizes = sorted((crowd.served(one), one) for one in level[:40])
        companies, one = sizes[len(sizes) // 2]
        found.append(Looker(f"level {depth}", actor(one), Scope.SUBTREE, companies))
    firm = actor(crowd.lone("director"), firm_id=crowd.firm(0))
    found.append(Looker("director, firm", firm, Scope.FIRM, len(range(0, crowd.companies, 3))))
    found.append(Looker("administrator, all", actor(crowd.lone("administrator")), Scope.ALL, crowd.companies))
    buyer = actor(crowd.buyer(3), company_id=crowd.company(3))
    return [*found, Looker("buyer, own company", buyer, Scope.OWN, 1)]


def used(url: str) -> float:
    """CPU seconds that this process, and the connections to the database, have used so far."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
    return time.process_time() + sum(sum(psutil.Process(pid).cpu_times()[:2]) for (pid,) in rows)


async def timed(work: Callable[[], Awaitable[Any]], seconds: float, url: str, least: int = 7) -> Times:
    """Times of a piece of work that is repeated so long."""
    await work()
    found: list[float] = []
    before = used(url)
    until = time.perf_counter() + seconds
    while len(found) < least or time.perf_counter() < until:
        began = time.perf_counter()
        await work()
        found.append(time.perf_counter() - began)
    return Times.of(found, used(url) - before)
