"""The offline twin of the source of live prices."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal

from b2b_dvizhenie.application.pricing import LivePriceSource, LiveUnavailable
from b2b_dvizhenie.domain.pricing import Question, Told, ToldLine


class LivePricesInMemory(LivePriceSource):
    """Tells prices by product and characteristic.

    It answers once `gate` is set, where there is one, so tests decide when that is; `asked` is set by every question.
    `failing` makes it unavailable, `bending` changes what it tells.
    """

    def __init__(self, prices: Mapping[tuple[str, str], Decimal], node: str = "") -> None:
        self.prices = dict(prices)
        self.questions: list[Question] = []
        self.failing = False
        self.bending: Callable[[Told], Told] = lambda told: told
        self.gate: asyncio.Event | None = None
        self.asked = asyncio.Event()
        self._node = node

    @property
    def is_enabled(self) -> bool:
        """It can be asked."""
        return True

    @property
    def node(self) -> str:
        """As given."""
        return self._node

    async def ask(self, question: Question, deadline: timedelta) -> Told:
        """What is known of each line."""
        self.questions.append(question)
        self.asked.set()
        if self.gate is not None:
            try:
                async with asyncio.timeout(deadline.total_seconds()):
                    await self.gate.wait()
            except TimeoutError as error:
                raise LiveUnavailable(reason="late") from error
        if self.failing:
            raise LiveUnavailable(reason="failing")
        lines = []
        for number, line in enumerate(question.lines, 1):
            price = self.prices.get((line.product_ref, line.variant_ref))
            lack = "" if price is not None else "not_found"
            lines.append(ToldLine(number, line.product_ref, line.variant_ref, price, error=lack))
        return self.bending(Told(question.request_id, question.company_ref, question.inn, tuple(lines)))

    async def ping(self, deadline: timedelta) -> str:
        """A name."""
        if self.failing:
            raise LiveUnavailable(reason=f"failing within {deadline}")
        return "in memory"
