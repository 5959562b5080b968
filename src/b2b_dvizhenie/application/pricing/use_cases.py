"""Price lines for whoever asks: catalogue, card, cart, specification, order, API, feed."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from b2b_dvizhenie.application.pricing.ports import PriceSource
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import LineInput, Quote, quote
from b2b_dvizhenie.domain.shared.ids import VariantId


class LineRequest(Struct, frozen=True):
    """What is to be priced: a variant and a quantity in base units."""

    variant_id: VariantId
    quantity: Decimal = Decimal(1)


class PriceLines:
    """Quote lines under the actor's terms."""

    def __init__(self, prices: PriceSource, clock: Clock) -> None:
        self._prices = prices
        self._clock = clock

    async def __call__(self, actor: Actor, lines: Sequence[LineRequest]) -> Quote:
        """A quote in the order of the lines; a line without a price says why.

        Raises:
            Forbidden: the actor may not see prices.
            CompanyRequired: no company is selected.
        """
        actor.require(Permission.PRICES_VIEW)
        terms = actor.buyer_terms()
        points = await self._prices.points(terms, [line.variant_id for line in lines])
        inputs = (LineInput(line.variant_id, line.quantity, points.get(line.variant_id, ())) for line in lines)
        return quote(terms, inputs, self._clock())
