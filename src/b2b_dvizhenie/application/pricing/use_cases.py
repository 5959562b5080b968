"""Price lines for whoever asks: catalogue, card, cart, specification, order, API, feed."""

from collections.abc import Mapping, Sequence

from b2b_dvizhenie.application.pricing.discounting import CurrentDiscounts
from b2b_dvizhenie.application.pricing.live import LivePrices
from b2b_dvizhenie.application.pricing.requests import LineRequest
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import LiveKey, LivePrice, Quote, quote, with_live


class PriceLines:
    """Quote lines under the actor's terms.

    Of a quote for a concealed actor nothing may be shown to him: it only makes his order.
    """

    def __init__(self, discounts: CurrentDiscounts, live: LivePrices, clock: Clock) -> None:
        self._discounts = discounts
        self._live = live
        self._clock = clock

    async def __call__(
        self,
        actor: Actor,
        lines: Sequence[LineRequest],
        *,
        live: Mapping[LiveKey, LivePrice] | None = None,
        locked: Mapping[LiveKey, LivePrice] | None = None,
    ) -> Quote:
        """A quote in the order of the lines; a line without a price says why.

        Args:
            actor: whose prices.
            lines: what is to be priced.
            live: prices the ERP was asked for; None: those that somebody was told a moment ago, which costs nothing.
            locked: prices that were promised to the actor's company.

        Raises:
            Forbidden: the actor may not see prices.
            CompanyRequired: no company is selected.
        """
        if not actor.is_concealed:
            actor.require(Permission.PRICES_VIEW)
        terms = actor.buyer_terms()
        now = self._clock()
        prices = await self._discounts.priced(actor, terms, [line.variant_id for line in lines], now)
        inputs = (prices.input(line.variant_id, line.quantity) for line in lines)
        quoted = quote(terms, inputs, now, prices.discounts)
        told = self._live.fresh(actor, lines) if live is None else live
        return with_live(terms, quoted, told, locked) if told or locked else quoted
