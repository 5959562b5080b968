"""Price lines for whoever asks: catalogue, card, cart, specification, order, API, feed."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from b2b_dvizhenie.application.pricing.discounting import CurrentDiscounts
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import Quote, quote
from b2b_dvizhenie.domain.shared.ids import VariantId


class LineRequest(Struct, frozen=True):
    """What is to be priced: a variant and a quantity in base units."""

    variant_id: VariantId
    quantity: Decimal = Decimal(1)


class PriceLines:
    """Quote lines under the actor's terms.

    Of a quote for a concealed actor nothing may be shown to him: it only makes his order.
    """

    def __init__(self, discounts: CurrentDiscounts, clock: Clock) -> None:
        self._discounts = discounts
        self._clock = clock

    async def __call__(self, actor: Actor, lines: Sequence[LineRequest]) -> Quote:
        """A quote in the order of the lines; a line without a price says why.

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
        return quote(terms, inputs, now, prices.discounts)
