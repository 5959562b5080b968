"""Quantities: exact, positive, bounded, in multiples of what the seller ships (features.md §4.10 QTY)."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from msgspec import Struct

from b2b_dvizhenie.domain.shared.errors import DomainError

MAX_QUANTITY = Decimal(10_000_000)
DIGITS = 3
_GRID = Decimal("0.001")


class QuantityInvalid(DomainError):
    """The quantity is not a positive finite number with at most three digits after the point."""

    code = "shared.quantity_invalid"


class QuantityNotMultiple(DomainError):
    """The seller ships in multiples; params hold `multiple`, `lower` (or None) and `upper`: the nearest valid ones."""

    code = "shared.quantity_not_multiple"


class QuantityRule(Struct, frozen=True):
    """What quantities of a variant can be ordered: at least `minimum`, in steps of `multiple`. Base units."""

    multiple: Decimal = Decimal(1)
    minimum: Decimal = Decimal(0)

    def nearest(self, quantity: Decimal) -> tuple[Decimal | None, Decimal]:
        """The nearest valid quantities below (None if there is none) and at or above `quantity`."""
        step = self.multiple if self.multiple > 0 else _GRID
        floor = (max(self.minimum, step) / step).to_integral_value(ROUND_CEILING) * step
        upper = max((quantity / step).to_integral_value(ROUND_CEILING) * step, floor)
        lower = (quantity / step).to_integral_value(ROUND_FLOOR) * step
        return (lower if lower >= floor else None), upper

    def round_up(self, quantity: Decimal) -> Decimal:
        """The smallest valid quantity that is not below the asked one: what the storefront proposes."""
        return self.nearest(quantity)[1]

    def check(self, quantity: Decimal, field: str = "quantity") -> Decimal:
        """The quantity itself if it can be ordered.

        Raises:
            QuantityInvalid: not finite, not positive, too many digits, or beyond ten million.
            QuantityNotMultiple: not a multiple or below the minimum; names the nearest valid quantities.
        """
        quantity = parse_quantity(quantity, field)
        lower, upper = self.nearest(quantity)
        if quantity not in (lower, upper):
            raise QuantityNotMultiple(
                field, multiple=plain(self.multiple), lower=lower and plain(lower), upper=plain(upper)
            )
        return quantity


def parse_quantity(quantity: Decimal, field: str = "quantity") -> Decimal:
    """Check that a number can be a quantity at all, whatever the goods.

    Raises:
        QuantityInvalid: with `reason` not_a_number, not_positive, too_large or too_precise.
    """
    if not quantity.is_finite():
        raise QuantityInvalid(field, reason="not_a_number")
    if quantity <= 0:
        raise QuantityInvalid(field, reason="not_positive")
    if quantity > MAX_QUANTITY:
        raise QuantityInvalid(field, reason="too_large", maximum=plain(MAX_QUANTITY))
    if quantity != quantity.quantize(_GRID):
        raise QuantityInvalid(field, reason="too_precise", digits=DIGITS)
    return quantity


def trimmed(number: Decimal) -> Decimal:
    """The same number without trailing zeros and without an exponent: what a column of three digits gives back."""
    return Decimal(plain(number))


def plain(number: Decimal) -> str:
    """A number as people write it: no exponent, no trailing zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
