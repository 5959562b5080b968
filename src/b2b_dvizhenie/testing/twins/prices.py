"""Stored prices in a dictionary."""

from collections.abc import Mapping, Sequence

from b2b_dvizhenie.application.pricing import PriceSource
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.pricing import PricePoint
from b2b_dvizhenie.domain.shared.ids import VariantId


class PricesInMemory(PriceSource):
    """Holds what it is given."""

    def __init__(self, stored: Mapping[VariantId, tuple[PricePoint, ...]]) -> None:
        self._stored = stored

    async def points(self, terms: Terms, variants: Sequence[VariantId]) -> Mapping[VariantId, tuple[PricePoint, ...]]:
        """All quantity breaks of the terms' price type, by variant."""
        found = {
            variant: tuple(p for p in self._stored.get(variant, ()) if p.price_type_id == terms.price_type_id)
            for variant in variants
        }
        return {variant: points for variant, points in found.items() if points}
