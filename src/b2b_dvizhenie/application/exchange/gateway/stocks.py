"""Rows of the table `stocks`: free stock by warehouse, sent between two exports of the catalogue (onec.md §5.3)."""

from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

from b2b_dvizhenie.application.exchange.gateway.tables import Ref
from b2b_dvizhenie.domain.shared.refs import MAX_REF

_LIMIT = Decimal(10) ** 12
_STEP = Decimal("0.001")


class StockKey(Struct, frozen=True, kw_only=True):
    """Which stock: of a good, or of one characteristic of it (`variant_id`, "" if none), in a warehouse."""

    warehouse_id: Ref
    product_id: Ref
    variant_id: Annotated[str, Meta(max_length=MAX_REF)] = ""


class StockRow(StockKey, frozen=True, kw_only=True):
    """How much is free, in base units; it may be negative. What is on hand and reserved is kept in the payload only."""

    free: Decimal

    def __post_init__(self) -> None:
        """A quantity the catalogue can hold: finite, below a million millions, to three digits."""
        if not self.free.is_finite() or abs(self.free) >= _LIMIT:
            raise ValueError("free is out of range")
        if self.free != self.free.quantize(_STEP):
            raise ValueError("free has more than three digits after the point")
