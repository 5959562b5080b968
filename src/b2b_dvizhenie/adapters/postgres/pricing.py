"""Stored prices, read over a bare connection."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.application.pricing.ports import PriceSource
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.pricing import PricePoint
from b2b_dvizhenie.domain.shared.ids import VariantId

_POINTS = """
SELECT variant_id, amount, currency, min_quantity
  FROM price
 WHERE price_type_id = %(price_type)s AND variant_id = ANY(%(variants)s)
"""


class PostgresPrices(PriceSource):
    """Reads the `price` table by its primary key."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def points(self, terms: Terms, variants: Sequence[VariantId]) -> Mapping[VariantId, tuple[PricePoint, ...]]:
        """All quantity breaks of the terms' price type, by variant."""
        found: dict[VariantId, list[PricePoint]] = defaultdict(list)
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(_POINTS, {"price_type": terms.price_type_id, "variants": list(variants)})
            async for variant_id, amount, currency, min_quantity in cursor:
                found[variant_id].append(PricePoint(terms.price_type_id, amount, currency, min_quantity))
        return {variant_id: tuple(points) for variant_id, points in found.items()}
