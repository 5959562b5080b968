"""The offline twin of the source of currency rates."""

from b2b_dvizhenie.application.pricing import CurrencyRates, RateSheet


class RatesInMemory(CurrencyRates):
    """Tells the sheet it was given; `sheet` may be replaced."""

    def __init__(self, sheet: RateSheet) -> None:
        self.sheet = sheet

    @property
    def is_enabled(self) -> bool:
        """It can be asked."""
        return True

    async def latest(self) -> RateSheet:
        """The sheet."""
        return self.sheet
