"""The currency a person chose to see prices in: remembered with the account, applied wherever prices are shown."""

from abc import abstractmethod
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from b2b_dvizhenie.application.pricing.currencies import ShowCurrencies
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import DISPLAYED, Display, NoRate
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.domain.shared.ids import UserId


class CurrencyUnknown(DomainError):
    """Prices can be shown in one of `known` only."""

    code = "pricing.currency_unknown"


class RateMissing(DomainError):
    """There is no rate of `currency` to read a range of prices by."""

    code = "pricing.rate_missing"


class DisplayChoices(Protocol):
    """Port: what people chose, within a transaction."""

    @abstractmethod
    async def choose(self, user_id: UserId, currency: str) -> None:
        """Remember the currency from the person's next request on, on every device."""
        ...


class DisplayTransaction(Protocol):
    """Port: one transaction of choices; leaving without `commit` rolls back."""

    choices: DisplayChoices

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""
        ...


DisplayWork = Callable[[], AbstractAsyncContextManager[DisplayTransaction]]


class ShowDisplay:
    """How the actor is shown money."""

    def __init__(self, currencies: ShowCurrencies) -> None:
        self._currencies = currencies

    async def __call__(self, actor: Actor, currency: str | None = None) -> Display | NoRate | None:
        """The display, or why there is none; None where prices are shown as they are charged, which asks for nothing.

        Without a usable rate prices are shown as they are charged, and it has to be said.

        Args:
            actor: who is shown money.
            currency: one asked for here and now; the one the person chose otherwise.
        """
        terms = actor.terms
        wanted = actor.currency if currency is None else currency
        if terms is None or not actor.may(Permission.PRICES_VIEW) or wanted in ("", terms.currency):
            return None
        return await self.of(terms.currency, wanted)

    async def of(self, source: str, currency: str) -> Display | NoRate:
        """How amounts of one currency are shown in another today, for whoever has been let see them."""
        return Display.of(source, currency, await self._currencies.rates())


class ChooseCurrency:
    """Choose the currency prices are shown in (CUR-1)."""

    def __init__(self, work: DisplayWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, currency: str) -> None:
        """Remember the choice of the person.

        Raises:
            Forbidden: without `prices.view`.
            CurrencyUnknown: it is none of those there are.
        """
        actor.require(Permission.PRICES_VIEW)
        if currency not in DISPLAYED:
            raise CurrencyUnknown("currency", known=", ".join(DISPLAYED))
        if actor.user_id is None:
            return
        async with self._work() as work:
            await work.choices.choose(actor.user_id, currency)
            await work.commit()
