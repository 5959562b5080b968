"""The order as it was placed: company, terms, names and prices of that moment. It never follows the catalogue."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec import Struct, to_builtins

from b2b_dvizhenie.domain.companies import PaymentKind, Terms
from b2b_dvizhenie.domain.ordering.acceptance import Draft
from b2b_dvizhenie.domain.ordering.statuses import OrderStatus
from b2b_dvizhenie.domain.ordering.vat import Totals
from b2b_dvizhenie.domain.pricing import Display, Rate, explanation_of
from b2b_dvizhenie.domain.shared.ids import CompanyId, FirmId, OrderId, PaymentMethodId, UserId, VariantId
from b2b_dvizhenie.domain.visibility import Opened


class OrderLine(Struct, frozen=True):
    """A line with everything that must not change after the order was placed.

    `explanation` is that of the line's quote (`domain.pricing.Explanation`) as JSON values: from it alone the price
    recomputes (DESIGN §5).
    """

    position: int
    variant_id: VariantId
    article: str
    name: str
    unit_code: str
    unit_name: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    vat_rate: Decimal | None
    vat_amount: Decimal
    explanation: dict[str, Any]
    comment: str = ""


class ShownSum(Struct, frozen=True):
    """What an order came to in the currency its buyer saw prices in, and the rates it was shown by (CUR, A8)."""

    currency: str
    total: Decimal
    rates: tuple[Rate, ...]

    def display(self, source: str) -> Display | None:
        """How amounts of the order's currency were shown then; None where the stored rates do not tell."""
        return Display.stored(source, self.currency, self.rates)


class OrderPayment(Struct, frozen=True):
    """The way to pay that was chosen, as it was then: the method may have another name today."""

    method_id: PaymentMethodId
    kind: PaymentKind
    name: str


class Wishes(Struct, frozen=True):
    """What the buyer adds to an order in words."""

    comment: str = ""
    delivery_address: str = ""
    client_number: str = ""
    """The buyer's own number of the order."""


class Order(Struct, frozen=True, kw_only=True):
    """An order. `revision` counts our changes, never those the ERP makes (onec.md §4.5).

    `made_of` says what its prices are made of beyond the default price type, so who may see its sums. `shown` is what
    the buyer saw it as, where he sees prices in another currency than that of the terms; what binds are `totals`.
    `payment` is None in a house without methods of payment.
    """

    order_id: OrderId
    number: str
    user_id: UserId
    company_id: CompanyId
    manager_id: UserId | None
    firm_id: FirmId | None
    source_id: UUID | None
    terms: Terms
    made_of: Opened
    totals: Totals
    shown: ShownSum | None = None
    payment: OrderPayment | None = None
    lines: tuple[OrderLine, ...]
    wishes: Wishes
    placed_at: datetime
    status: OrderStatus = OrderStatus.NEW
    idempotency_key: str | None = None
    request_hash: bytes | None = None
    revision: int = 1


def lines_of(draft: Draft) -> tuple[OrderLine, ...]:
    """The lines an accepted draft becomes, in its order.

    Raises:
        ValueError: a line has no price; an accepted draft has none such.
    """
    lines = []
    for position, line in enumerate(draft.lines, 1):
        quote, goods = line.quote, line.goods
        if quote.unit_price is None or quote.amount is None:
            raise ValueError(f"line {position} has no price")
        lines.append(
            OrderLine(
                position=position,
                variant_id=goods.variant_id,
                article=goods.article,
                name=goods.name,
                unit_code=goods.unit_code,
                unit_name=goods.unit_name,
                quantity=line.quantity,
                unit_price=quote.unit_price,
                amount=quote.amount,
                vat_rate=goods.vat_rate,
                vat_amount=line.vat(draft.terms),
                explanation=to_builtins(explanation_of(quote, draft.terms.currency)),
                comment=line.comment,
            )
        )
    return tuple(lines)
