"""A cart and an order in the currency somebody chose: lines are converted and rounded, sums are of them (CUR-3)."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol

from msgspec.structs import replace

from b2b_dvizhenie.application.ordering.views import LineProblem, PricedCart, PricedLine
from b2b_dvizhenie.domain.ordering import ShownSum
from b2b_dvizhenie.domain.pricing import Display
from b2b_dvizhenie.domain.shared.quantity import plain

_SUMS = ("minimum", "shortfall")
"""Parameters of problems that are sums of money."""


class _Line(Protocol):
    @property
    def amount(self) -> Decimal | None: ...
    @property
    def vat_amount(self) -> Decimal | None: ...


def _sum(display: Display, amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((display.amount(one) for one in amounts if one is not None), Decimal(0))


def shown_sum(lines: Iterable[_Line], display: Display, *, vat_included: bool) -> ShownSum:
    """What lines come to in the shown currency, by the rates of this moment."""
    found = list(lines)
    total = _sum(display, (line.amount for line in found))
    if not vat_included:
        total += _sum(display, (line.vat_amount for line in found))
    return ShownSum(display.currency, total, display.rates)


def shown_cart(cart: PricedCart, display: Display) -> PricedCart:
    """The cart in the shown currency. `price_version` still names the prices that will be charged."""
    if cart.currency != display.source:
        return cart

    def shown(amount: Decimal | None) -> Decimal | None:
        return None if amount is None else display.amount(amount)

    def line(one: PricedLine) -> PricedLine:
        return replace(
            one,
            price=shown(one.price),
            amount=shown(one.amount),
            base_price=shown(one.base_price),
            previous_price=shown(one.previous_price),
            vat_amount=shown(one.vat_amount),
        )

    lines = tuple(map(line, cart.lines))
    problems = tuple(_problem(one, display) for one in cart.problems)
    common = {"currency": display.currency, "lines": lines, "problems": problems}
    if cart.amount is None:
        return replace(cart, **common)
    amount = sum((one.amount for one in lines if one.amount is not None), Decimal(0))
    vat = sum((one.vat_amount for one in lines if one.vat_amount is not None), Decimal(0))
    return replace(
        cart,
        amount=amount,
        vat_amount=vat,
        total=amount if cart.vat_included else amount + vat,
        discount=shown(cart.discount),
        risen=display.amount(cart.risen),
        **common,
    )


def _problem(problem: LineProblem, display: Display) -> LineProblem:
    """A problem of the whole cart; sums in it are shown as the others are."""
    sums = {name: plain(display.amount(Decimal(problem.params[name]))) for name in _SUMS if name in problem.params}
    return replace(problem, params=problem.params | sums | {"currency": display.currency}) if sums else problem
