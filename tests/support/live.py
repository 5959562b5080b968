"""An ERP of the test's own that tells live prices to a shop."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal

from dependency_injector import providers

from b2b_dvizhenie.application.pricing import LivePrices, LivePriceSource, PriceLocks
from b2b_dvizhenie.application.shared.breaker import Breaker
from b2b_dvizhenie.domain.shared.ids import VariantId
from b2b_dvizhenie.entrypoints.container import Container, utc_now
from b2b_dvizhenie.testing.twins import LivePricesInMemory


class Erp(LivePricesInMemory):
    """Tells prices by variant: goods of the test's shop are known to it by their ids. `ahead` is how far its clock, and
    that of promises, is before the world's: what was told a moment ago is forgotten by moving it.
    """

    def __init__(self) -> None:
        super().__init__({})
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return utc_now() + self.ahead

    def tell(self, variant: VariantId, price: str) -> None:
        """From now on, to whoever asks from now on."""
        self.prices[str(variant), ""] = Decimal(price)
        self.ahead += timedelta(seconds=6)


@contextmanager
def connected(container: Container, source: LivePriceSource | None = None) -> Iterator[Erp]:
    """The ERP, asked by the container while the block runs; `source` is asked in its place."""
    erp = Erp()
    breaker = Breaker(lambda: timedelta(0))
    current = container.current_settings()
    live = LivePrices(source or erp, container.live_references(), current, erp.now, breaker, container.live_watch())
    locks = PriceLocks(container.sealer(), current, erp.now)
    with (
        container.live_prices.override(providers.Object(live)),
        container.price_locks.override(providers.Object(locks)),
    ):
        yield erp
