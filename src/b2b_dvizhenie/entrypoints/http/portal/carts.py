"""The cart of a buyer as pages show it: rows, sums, what keeps the order from going out."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from gettext import GNUTranslations
from hashlib import sha256
from typing import Literal
from uuid import UUID

from b2b_dvizhenie.application.balances import CreditStanding
from b2b_dvizhenie.application.ordering import PricedCart, PricedLine
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.domain.shared.quantity import plain
from b2b_dvizhenie.entrypoints.http.pages.cart import CartLine, CartTotals, CartView, LineProblem
from b2b_dvizhenie.entrypoints.http.pages.parts import LiveFeed, Price, Quantity
from b2b_dvizhenie.entrypoints.http.pages.shell import CartSummary, Flash, Limit
from b2b_dvizhenie.entrypoints.http.portal.rows import Cart, InCart, percent_off
from b2b_dvizhenie.entrypoints.texts import error_text

_MINIMUM = "ordering.below_minimum"
LOCK_SHOWN = 3
"""Minutes after which an open cart takes over a newer promise of the same prices."""


def in_cart(cart: PricedCart | None) -> Cart:
    """The cart by variant, for rows of goods."""
    if cart is None:
        return {}
    return {
        line.variant_id: InCart(line.quantity, None if line.amount is None else Money(line.amount, cart.currency))
        for line in cart.lines
    }


def summary_of(cart: PricedCart | None) -> CartSummary | None:
    """The cart in one line, for the bar at the foot of every page."""
    if cart is None:
        return None
    total = None if cart.total is None else Money(cart.total, cart.currency)
    return CartSummary(total, cart.positions, cart.units)


def shown_price(line: PricedLine, currency: str) -> Price:
    """Today's price, struck beside it what it was before discounts, or before it moved."""
    if line.price is None:
        return Price(amount=None)
    base = line.base_price
    return Price(
        amount=Money(line.price, currency),
        base=None if base is None else Money(base, currency),
        percent=percent_off(base, line.price) if base else None,
        previous=None if line.previous_price is None else Money(line.previous_price, currency),
        stale_since=line.stale_since,
        reason_url=f"/prices/{line.variant_id}?quantity={plain(line.quantity)}",
    )


def shown_line(line: PricedLine, currency: str, language: str) -> CartLine:
    """A line with today's price, the price before where it moved, and what is wrong with it."""
    return CartLine(
        id=str(line.variant_id),
        url=f"/products/{line.product_id}",
        title=line.name,
        article=line.article,
        price=shown_price(line, currency),
        quantity=Quantity(
            variant=str(line.variant_id),
            value=line.quantity,
            unit=line.unit,
            multiple=line.multiple,
            minimum=line.minimum,
        ),
        total=None if line.amount is None else Money(line.amount, currency),
        available=line.available,
        availability=line.availability.value if line.availability else "",
        comment=line.comment,
        problems=tuple(
            LineProblem(error_text(problem.code, problem.params, language), problem.blocks) for problem in line.problems
        ),
    )


def removed_line(variant_id: UUID) -> CartLine:
    """A row whose variant is not in the cart any more."""
    key = str(variant_id)
    return CartLine(
        id=key,
        url="",
        title="",
        article="",
        price=Price(amount=None),
        quantity=Quantity(variant=key, value=Decimal(0), unit=""),
        total=None,
    )


def totals_of(cart: PricedCart, charged: PricedCart | None = None) -> CartTotals | None:
    """The sums of a cart; None where prices are concealed from the buyer.

    Args:
        cart: as it is shown.
        charged: the same cart in the currency it will be charged in.
    """
    if cart.amount is None or cart.total is None or cart.discount is None:
        return None
    return CartTotals(
        goods=Money(cart.amount + cart.discount, cart.currency),
        discount=Money(cart.discount, cart.currency) if cart.discount else None,
        total=Money(cart.total, cart.currency),
        vat=Money(cart.vat_amount, cart.currency) if cart.vat_amount else None,
        vat_included=cart.vat_included,
        settled=total_beside(cart, charged),
    )


def total_beside(cart: PricedCart, other: PricedCart | None) -> Money | None:
    """The sum of the same cart in the other currency; None where there is no other, or nothing to see."""
    if other is None or other.total is None or other.currency == cart.currency:
        return None
    return Money(other.total, other.currency)


def feed_of_lines(cart: PricedCart, url: str) -> LiveFeed:
    """How an open cart or list asks for live prices; another state, or a promise that gets old, is another key."""
    told = [(str(line.variant_id), str(line.previous_price), line.live_at is None) for line in cart.lines]
    kept = cart.locked_until and (cart.locked_until.hour, cart.locked_until.minute // LOCK_SHOWN)
    return LiveFeed(url, sha256(repr((cart.price_version, told, kept)).encode()).hexdigest()[:12], "")


def limit_of(standing: CreditStanding, total: Decimal | None) -> Limit | None:
    """The limit with a sum in its currency counted in; None where nothing limits, or it is closed to the viewer."""
    if standing.limit is None or total is None:
        return None
    used = max(standing.used + total, Decimal(0))
    percent = 100 if used >= standing.limit else int(used * 100 / standing.limit)
    over = Money(used - standing.limit, standing.currency) if used > standing.limit else None
    return Limit(Money(standing.limit, standing.currency), Money(used, standing.currency), percent, over)


def cart_view(
    cart: PricedCart,
    actor: Actor,
    company: str,
    language: str,
    *,
    live: str = "",
    charged: PricedCart,
    standing: CreditStanding,
) -> CartView:
    """The page of the cart.

    `live` is where it asks for live prices, where they are told to this actor; `charged` the cart in the currency it
    will be charged in, `standing` how that stands to the company's credit.
    """
    minimum = next((problem for problem in cart.problems if problem.code == _MINIMUM), None)
    others = [problem for problem in cart.problems if problem.code != _MINIMUM]
    blocked: Literal["", "lines", "permission", "credit"] = ""
    if not actor.may(Permission.ORDERS_PLACE):
        blocked = "permission"
    elif others or any(problem.blocks for line in cart.lines for problem in line.problems):
        blocked = "lines"
    elif cart.lines and standing.is_blocked:
        blocked = "credit"
    return CartView(
        lines=tuple(shown_line(line, cart.currency, language) for line in cart.lines),
        totals=totals_of(cart, charged),
        limit=limit_of(standing, charged.total) if cart.lines else None,
        credit=tuple(
            LineProblem(error_text(one.error.code, one.error.params, language), one.blocks and standing.is_blocked)
            for one in standing.objections
        ),
        company=company,
        consent=Money(cart.risen, cart.currency) if cart.needs_consent else None,
        price_version=cart.price_version,
        price_lock=cart.price_lock,
        live=feed_of_lines(cart, live) if live and cart.lines else None,
        blocked=blocked,
        minimum=None if minimum is None else Money(Decimal(minimum.params["minimum"]), cart.currency),
        problems=tuple(error_text(problem.code, problem.params, language) for problem in others),
    )


def rounded(
    cart: PricedCart, asked: Mapping[UUID, Decimal], changed: Collection[UUID], texts: GNUTranslations
) -> tuple[Flash, ...]:
    """Says which quantities the seller's packs made larger than what was asked for (ux.md B3)."""
    said = texts.gettext("{article}: sold in multiples of {multiple}, so {quantity} {unit}.")
    return tuple(
        Flash(
            text=said.format(
                article=line.article,
                multiple=plain(line.multiple),
                quantity=plain(line.quantity),
                unit=line.unit,
            ),
            tone="info",
        )
        for line in cart.lines
        if line.variant_id in changed and line.quantity != asked[line.variant_id]
    )
