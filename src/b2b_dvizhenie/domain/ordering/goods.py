"""Goods as an order needs them: what a line keeps of a variant, and whether and how it may be ordered."""

from decimal import Decimal
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.domain.shared.ids import ProductId, VariantId
from b2b_dvizhenie.domain.shared.quantity import QuantityRule


class Goods(Struct, frozen=True):
    """A variant at this moment. `available` is the free stock known here (never below zero), None if not to be told.

    `source_id` is the exchange node (the 1C base) the variant comes from; an order is for one of them. What `is_closed`
    is closed to who asks (it was put into the cart before, or for another company): it cannot be ordered, and neither
    its price nor its stock is told.
    """

    variant_id: VariantId
    product_id: ProductId
    source_id: UUID
    name: str
    article: str
    unit_code: str = ""
    unit_name: str = ""
    rule: QuantityRule = QuantityRule()
    vat_rate: Decimal | None = None
    is_orderable: bool = True
    available: Decimal | None = None
    is_closed: bool = False
