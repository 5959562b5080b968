"""VAT per line, half away from zero to the minor unit; the VAT of a document is the sum of its lines' (features VAT).

Computed per line and added, never from the total: so lines and document agree to a kopeck, as 1C demands.
"""

from collections.abc import Iterable
from decimal import Decimal, localcontext

from msgspec import Struct

from b2b_dvizhenie.domain.shared.money import round_money


class Totals(Struct, frozen=True):
    """Sums of an order or a cart in one currency, in whole minor units.

    `amount` is the sum of the lines as the price type means them: with VAT inside or without. `total` is what the
    buyer pays.
    """

    currency: str
    amount: Decimal
    vat_amount: Decimal
    vat_included: bool

    @property
    def total(self) -> Decimal:
        """What is to be paid: the lines, plus the VAT where prices are without it."""
        return self.amount if self.vat_included else self.amount + self.vat_amount


def line_vat(amount: Decimal, rate: Decimal | None, currency: str, *, included: bool) -> Decimal:
    """The VAT of a line.

    Args:
        amount: the line's sum in whole minor units.
        rate: percent; None means the goods are sold without VAT, which is not the same as 0 % but taxes the same.
        currency: decides the minor unit.
        included: whether the sum holds the VAT already.
    """
    if rate is None or rate == 0:
        return Decimal(0)
    with localcontext() as context:
        context.prec = 40
        base = 100 + rate if included else Decimal(100)
        return round_money(amount * rate / base, currency)


def add_up(lines: Iterable[tuple[Decimal, Decimal]], currency: str, *, vat_included: bool) -> Totals:
    """Totals over lines given as (amount, VAT)."""
    amount = vat_amount = Decimal(0)
    for line, vat in lines:
        amount += line
        vat_amount += vat
    return Totals(currency, amount, vat_amount, vat_included)
