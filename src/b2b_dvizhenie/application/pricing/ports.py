"""Where stored prices come from."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Protocol

from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.pricing import PricePoint
from b2b_dvizhenie.domain.shared.ids import VariantId


class PriceSource(Protocol):
    """Port: stored prices of variants under terms.

    Contract: one round trip whatever the number of variants; a variant without a price is absent from the answer;
    only prices the terms may see are returned, so nothing else can leak through an explanation.
    """

    @abstractmethod
    async def points(self, terms: Terms, variants: Sequence[VariantId]) -> Mapping[VariantId, tuple[PricePoint, ...]]:
        """All quantity breaks of the terms' price type, by variant."""
        ...
