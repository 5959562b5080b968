"""What is asked to be priced."""

from collections.abc import Iterable
from decimal import Decimal

from msgspec import Struct

from b2b_dvizhenie.domain.pricing import LiveKey
from b2b_dvizhenie.domain.shared.ids import VariantId


class LineRequest(Struct, frozen=True):
    """What is to be priced: a variant and a quantity in base units."""

    variant_id: VariantId
    quantity: Decimal = Decimal(1)


def keys_of(lines: Iterable[LineRequest]) -> list[LiveKey]:
    """Every line once."""
    return list(dict.fromkeys((line.variant_id, line.quantity) for line in lines))
