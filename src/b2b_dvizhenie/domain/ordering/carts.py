"""The cart: quantities a user wants, without prices of its own (features.md CART, MUL; ux.md B3, B20).

The cart belongs to the user, not to a company: switching the company keeps the lines and changes only what they cost.
It remembers what the user was last shown, to strike it out when it changes and to ask for consent when it rose.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.domain.shared.ids import VariantId
from b2b_dvizhenie.domain.shared.money import MAX_AMOUNT
from b2b_dvizhenie.domain.shared.quantity import parse_quantity

MAX_LINES = 2000
"""Lines of a cart or an order. A wholesale order of a thousand lines is usual, ten thousand is a mistake."""
MAX_COMMENT = 500


class TooManyLines(DomainError):
    """More lines than a cart or an order can hold; params hold `count` and `maximum`."""

    code = "ordering.too_many_lines"


class TextTooLong(DomainError):
    """A text is longer than its field; params hold `maximum`."""

    code = "ordering.text_too_long"


class PutMode(StrEnum):
    """How a quantity meets the one that is in the cart already."""

    SET = "set"
    ADD = "add"
    AT_LEAST = "at_least"  # the larger of the two: repeating the request changes nothing


class Seen(Struct, frozen=True):
    """What the user was shown for a line: price of a unit, sum of the line (None where only the price is known)."""

    price: Decimal
    amount: Decimal | None
    currency: str


class CartEntry(Struct, frozen=True):
    """A quantity to be put into the cart. `comment` None leaves the line's comment as it is."""

    variant_id: VariantId
    quantity: Decimal
    comment: str | None = None


class CartLine(Struct, frozen=True):
    """A line of the cart."""

    variant_id: VariantId
    quantity: Decimal
    added_at: datetime
    comment: str = ""
    seen: Seen | None = None


def merged(entries: Iterable[CartEntry]) -> list[CartEntry]:
    """Entries with each variant once: quantities of repeated ones are added, the last comment stands.

    The result is in the order in which the variants were first named.

    Raises:
        QuantityInvalid: a sum is beyond what a quantity can be.
    """
    found: dict[VariantId, CartEntry] = {}
    for entry in entries:
        earlier = found.get(entry.variant_id)
        if earlier is None:
            found[entry.variant_id] = entry
            continue
        comment = earlier.comment if entry.comment is None else entry.comment
        found[entry.variant_id] = CartEntry(
            entry.variant_id, parse_quantity(earlier.quantity + entry.quantity), comment
        )
    return list(found.values())


def combined(mode: PutMode, held: Decimal | None, asked: Decimal) -> Decimal:
    """The quantity a line gets: `held` is what is in the cart (None = no line yet)."""
    if held is None or mode is PutMode.SET:
        return asked
    return held + asked if mode is PutMode.ADD else max(held, asked)


def seen_now(price: Decimal | None, amount: Decimal | None, currency: str) -> Seen | None:
    """What is to be remembered after a price was shown; nothing where there is no price money can express."""
    if price is None or amount is None or amount > MAX_AMOUNT or price > MAX_AMOUNT:
        return None
    return Seen(price, amount, currency)


def after_showing(seen: Seen | None, shown: Seen | None) -> Seen | None:
    """What counts as shown after the cart was looked at.

    A drop is passed on, so it replaces what was shown before. A rise does not: it stays marked until the user agrees
    to it. Another currency cannot be compared and starts anew.
    """
    if shown is None or seen is None or seen.currency != shown.currency:
        return shown or seen
    return shown if not is_rise(seen, shown) else seen


def after_putting(seen: Seen | None, before: Seen | None, now: Seen | None) -> Seen | None:
    """What counts as shown after the user changed the quantity of a line.

    A price that differs because another quantity break is reached is no rise. So the question is whether the *old*
    quantity would cost more today than it was shown for; if it would, the price that was shown stays on record.

    Args:
        seen: what was shown for the line before, None for a new line.
        before: today's price of the old quantity.
        now: today's price of the new quantity.
    """
    if seen is None or before is None or seen.currency != before.currency or not is_rise(seen, before):
        return now or seen
    return Seen(seen.price, None, seen.currency)


def is_rise(seen: Seen | None, now: Seen) -> bool:
    """Whether the price now is above what was shown, or cannot be compared with it. Then it needs consent.

    Sums of lines are compared, not only prices of units: these are rounded, and a long line may rise although the
    price of a unit looks the same.
    """
    if seen is None or seen.currency != now.currency:
        return True
    if now.price > seen.price:
        return True
    return seen.amount is not None and now.amount is not None and now.amount > seen.amount
