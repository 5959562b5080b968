"""Stored prices in a dictionary."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from b2b_dvizhenie.application.pricing import ActiveSet, PriceSource, Stored, StoredLine
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.pricing import Goods, PricePoint
from b2b_dvizhenie.domain.shared.ids import VariantId


class PricesInMemory(PriceSource):
    """Holds what it is given; with `active`, that rule set is in force for ever."""

    def __init__(
        self,
        stored: Mapping[VariantId, tuple[PricePoint, ...]],
        goods: Mapping[VariantId, Goods] | None = None,
        active: ActiveSet | None = None,
    ) -> None:
        self._stored = stored
        self._goods = goods or {}
        self._active = active

    def _line(self, variant: VariantId, terms: Terms | None, active: ActiveSet | None) -> StoredLine:
        points = self._stored.get(variant, ())
        limits = active.limits if active else None
        guarding = {limits.floor_price_type_id, limits.cost_price_type_id} if limits else set()
        return StoredLine(
            tuple(one for one in points if terms and one.price_type_id == terms.price_type_id),
            self._goods.get(variant, Goods()),
            tuple(one for one in points if one.price_type_id in guarding),
        )

    async def stored(
        self,
        terms: Terms,
        variants: Sequence[VariantId],
        now: datetime,  # noqa: ARG002 - what is in force here is so for ever
        *,
        discounts: bool = True,
    ) -> Stored:
        """All quantity breaks of the terms' price type, by variant."""
        lines = {variant: self._line(variant, terms, self._active) for variant in variants}
        if discounts:
            return Stored(self._active, lines)
        return Stored(None, {variant: StoredLine(line.prices) for variant, line in lines.items() if line.prices})

    async def goods(
        self,
        variants: Sequence[VariantId],
        now: datetime,  # noqa: ARG002 - as above
        active: ActiveSet | None = None,
    ) -> Stored:
        """What discounts need, without the prices."""
        version = active or self._active
        return Stored(version, {one: self._line(one, None, version) for one in variants} if version else {})

    async def active(self, now: datetime) -> ActiveSet | None:  # noqa: ARG002 - as above
        """The version it was given."""
        return self._active
