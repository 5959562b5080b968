"""How much there is, in a word: what people see beside the figure, or instead of it (STK)."""

from decimal import Decimal
from enum import StrEnum

FEW_MULTIPLES = 10
"""Stock below so many order multiples is called low; a person who needs more should hurry."""


class Availability(StrEnum):
    """Stock in a word."""

    NONE = "none"
    LOW = "low"
    ENOUGH = "enough"


def availability(quantity: Decimal, multiple: Decimal) -> Availability:
    """The word for a quantity in base units of goods that are ordered by `multiple`.

    Less than one multiple cannot be ordered, so it is none.
    """
    if quantity <= 0 or quantity < multiple:
        return Availability.NONE
    return Availability.LOW if quantity < multiple * FEW_MULTIPLES else Availability.ENOUGH
