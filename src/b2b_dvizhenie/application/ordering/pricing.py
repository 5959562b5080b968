"""A cart priced through the one price function, and what the user is shown of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from msgspec.structs import replace

from b2b_dvizhenie.application.ordering.views import LineProblem, PricedCart, PricedLine
from b2b_dvizhenie.application.pricing import NO_LOCK, LineRequest, LivePrices, PriceLines, PriceLock
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.catalog import availability
from b2b_dvizhenie.domain.companies import CompanyRequired, Terms
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.ordering import (
    CHECKS,
    NOT_ENOUGH_STOCK,
    CartLine,
    Check,
    Draft,
    DraftLine,
    Goods,
    OrderPolicy,
    Refusal,
    Seen,
    after_putting,
    after_showing,
    is_rise,
    price_version,
    reaches_minimum,
    seen_now,
)
from b2b_dvizhenie.domain.pricing import LineQuote, LiveKey, LivePrice, NoPrice
from b2b_dvizhenie.domain.shared.ids import CompanyId, PriceTypeId, UserId, VariantId
from b2b_dvizhenie.domain.shared.money import round_money
from b2b_dvizhenie.domain.shared.quantity import trimmed
from b2b_dvizhenie.domain.visibility import Information

CartLines = Sequence[tuple[CartLine, Goods]]
Prices = Mapping[LiveKey, LivePrice]
"""Live prices, as `PriceLines` takes them."""
Freshness = Literal["known", "aged", "asked"]
"""`known` takes live prices that were told a moment ago; `aged` also tells the age of stored prices, where live ones
are connected; `asked` asks the ERP first, waiting no longer than the deadline.
"""


def buyer(actor: Actor) -> UserId:
    """The person who buys for a company.

    Raises:
        CompanyRequired: the actor is nobody's buyer.
    """
    actor.buyer_terms()
    if actor.user_id is None:
        raise CompanyRequired
    return actor.user_id


def asked_of(lines: CartLines) -> list[LineRequest]:
    """The lines of a cart whose prices may be asked for: not those of closed goods."""
    return [LineRequest(line.variant_id, line.quantity) for line, goods in lines if not goods.is_closed]


async def draft_of_cart(
    actor: Actor,
    lines: CartLines,
    price_lines: PriceLines,
    also: Sequence[LineRequest] = (),
    *,
    live: Prices | None = None,
    locked: Prices | None = None,
) -> tuple[Draft, tuple[LineQuote, ...]]:
    """The cart as a draft under the actor's terms, and quotes of some more lines; one call for all prices.

    Prices of closed goods are not asked for, so nothing that is made of the draft can tell them.
    """
    requests = asked_of(lines)
    quote = await price_lines(actor, [*requests, *also], live=live, locked=locked)
    quotes = iter(quote.lines)
    draft = Draft(
        actor.buyer_terms(),
        tuple(
            DraftLine(
                f"lines.{index}",
                goods,
                line.quantity,
                _closed(line) if goods.is_closed else next(quotes),
                line.seen,
                line.comment,
            )
            for index, (line, goods) in enumerate(lines)
        ),
    )
    return draft, tuple(quotes)


async def draft_now(
    actor: Actor, lines: CartLines, price_lines: PriceLines, live: LivePrices, freshness: Freshness
) -> tuple[Draft, Mapping[VariantId, datetime]]:
    """Lines as a draft at prices as fresh as asked for, and since when its stored prices are known, where that is to
    be told.
    """
    told = None
    if freshness == "asked":
        answer = await live(actor, asked_of(lines))
        told = answer.prices if answer.asked else None
    draft, _ = await draft_of_cart(actor, lines, price_lines, live=told)
    if freshness == "known" or not await live.is_on(actor):
        return draft, {}
    untold = [line.goods.variant_id for line in draft.lines if line.quote.live is None and line.quote.base]
    return draft, await live.ages(actor, untold)


def _closed(line: CartLine) -> LineQuote:
    return LineQuote(line.variant_id, line.quantity, None, None, reason=NoPrice.CLOSED)


def remembered(
    draft: Draft, touched: Mapping[VariantId, LineQuote | None] | None = None
) -> tuple[Draft, dict[VariantId, Seen]]:
    """The draft as it is to be shown, and what must be recorded as shown because of that.

    Args:
        draft: the cart with what was shown before.
        touched: lines whose quantity was just changed, with today's quote of the old quantity (None for new lines).
    """
    touched = touched or {}
    currency = draft.terms.currency
    lines, record = [], {}
    for line in draft.lines:
        variant_id = line.goods.variant_id
        now = seen_now(line.quote.unit_price, line.quote.amount, currency)
        if variant_id in touched:
            old = touched[variant_id]
            before = seen_now(old.unit_price, old.amount, currency) if old else None
            seen = after_putting(line.seen, before, now)
            lines.append(replace(line, seen=seen))
        else:
            seen = after_showing(line.seen, now)
            lines.append(line)
        if seen is not None and seen != line.seen:
            record[variant_id] = seen
    return Draft(draft.terms, tuple(lines)), record


def as_shown(draft: Draft) -> dict[VariantId, Seen]:
    """Every price of the draft as what was shown; lines without one are left out."""
    currency = draft.terms.currency
    found = {
        line.goods.variant_id: seen_now(line.quote.unit_price, line.quote.amount, currency) for line in draft.lines
    }
    return {variant_id: seen for variant_id, seen in found.items() if seen is not None}


def empty(actor: Actor) -> PricedCart:
    """What is seen of a cart without lines."""
    return shown(actor, Draft(actor.buyer_terms(), ()), {}, OrderPolicy())


def bare(actor: Actor, company_id: CompanyId, lines: CartLines) -> PricedCart:
    """Goods and quantities for who sees a list that he does not buy by: no price, no stock."""
    nowhere = Terms(company_id, None, PriceTypeId(UUID(int=0)))
    untold = (
        DraftLine("", replace(goods, available=None), line.quantity, _closed(line), comment=line.comment)
        for line, goods in lines
    )
    return replace(_concealed(shown(actor, Draft(nowhere, tuple(untold)), {}, OrderPolicy(), ())), currency="")


def shown(
    actor: Actor,
    draft: Draft,
    record: Mapping[VariantId, Seen],
    policy: OrderPolicy,
    checks: Sequence[Check] | None = None,
    *,
    lock: PriceLock = NO_LOCK,
    ages: Mapping[VariantId, datetime] | None = None,
) -> PricedCart:
    """What the user sees: prices, what changed, and everything that would keep the order from going out.

    `lock` promises the live prices among them; `ages` tell since when stored prices are known, where that is shown.
    """
    by_line: dict[str, list[LineProblem]] = {}
    whole = []
    for found in (one for check in (checks_for(actor) if checks is None else checks) for one in check(draft, policy)):
        reason = told(actor, found)
        problem = LineProblem(reason.code, reason.params)
        if reason.field:
            by_line.setdefault(reason.field.rpartition(".")[0], []).append(problem)
        elif draft.lines:  # an empty cart is no fault
            whole.append(problem)
    totals = draft.totals()
    lines = tuple(_priced(line, draft, actor, tuple(by_line.get(line.field, ())), ages or {}) for line in draft.lines)
    risen = [line for line in draft.lines if _has_risen(line, draft, record)]
    cart = PricedCart(
        company_id=draft.terms.company_id,
        currency=totals.currency,
        lines=lines,
        positions=len(lines),
        units=sum((line.quantity for line in lines), Decimal(0)),
        amount=totals.amount,
        vat_amount=totals.vat_amount,
        vat_included=totals.vat_included,
        total=totals.total,
        discount=sum((line.quote.discount for line in draft.lines), Decimal(0)),
        price_version=price_version(draft),
        needs_consent=bool(risen),
        risen=sum((_rise(line, record) for line in risen), Decimal(0)),
        can_order=bool(draft.lines) and not by_line and not whole and actor.may(Permission.ORDERS_PLACE),
        problems=tuple(whole),
        price_lock=lock.text,
        locked_until=lock.until,
    )
    return _concealed(cart) if actor.is_concealed else cart


def checks_for(actor: Actor) -> Sequence[Check]:
    """What an order of this actor has to pass.

    The minimal sum is not asked of who must not know the sum: trying quantities against it would tell the prices.
    """
    return [check for check in CHECKS if check is not reaches_minimum] if actor.is_concealed else CHECKS


def told(actor: Actor, reason: Refusal) -> Refusal:
    """A reason as the actor may read it: without the quantity in stock where that is closed to him."""
    if reason.code != NOT_ENOUGH_STOCK or actor.opens(Information.STOCK_DETAIL):
        return reason
    params = {name: value for name, value in reason.params.items() if name != "available"}
    return replace(reason, code="ordering.stock_too_low", params=params)


def _concealed(cart: PricedCart) -> PricedCart:
    bare = tuple(
        replace(line, price=None, amount=None, base_price=None, previous_price=None, change="", vat_amount=None)
        for line in cart.lines
    )
    return replace(
        cart,
        lines=bare,
        amount=None,
        vat_amount=None,
        total=None,
        discount=None,
        price_version="",
        needs_consent=False,
        risen=Decimal(0),
    )


def _has_risen(line: DraftLine, draft: Draft, record: Mapping[VariantId, Seen]) -> bool:
    now = seen_now(line.quote.unit_price, line.quote.amount, draft.terms.currency)
    return now is not None and is_rise(record.get(line.goods.variant_id, line.seen), now)


def _rise(line: DraftLine, record: Mapping[VariantId, Seen]) -> Decimal:
    """By how much the sum of a line rose; zero where nothing comparable was shown."""
    seen = record.get(line.goods.variant_id, line.seen)
    if seen is None or line.quote.amount is None:
        return Decimal(0)
    before = round_money(seen.price * line.quantity, seen.currency) if seen.amount is None else seen.amount
    return max(line.quote.amount - before, Decimal(0))


def _priced(
    line: DraftLine,
    draft: Draft,
    actor: Actor,
    problems: tuple[LineProblem, ...],
    ages: Mapping[VariantId, datetime],
) -> PricedLine:
    goods, price, seen = line.goods, line.quote.unit_price, line.seen
    left = goods.available if actor.may(Permission.STOCK_VIEW) else None
    change: Literal["", "up", "down"] = ""
    if price is not None and seen is not None and seen.currency == draft.terms.currency and price != seen.price:
        change = "up" if price > seen.price else "down"
    return PricedLine(
        variant_id=goods.variant_id,
        product_id=goods.product_id,
        article=goods.article,
        name=goods.name,
        unit=goods.unit_name,
        quantity=trimmed(line.quantity),
        multiple=trimmed(goods.rule.multiple),
        minimum=trimmed(goods.rule.minimum),
        price=price,
        amount=line.quote.amount,
        base_price=line.quote.base_unit_price if line.quote.base_unit_price != price else None,
        previous_price=round_money(seen.price, seen.currency) if seen and change else None,
        change=change,
        vat_rate=goods.vat_rate,
        vat_amount=line.vat(draft.terms),
        available=None if left is None or not actor.opens(Information.STOCK_DETAIL) else trimmed(left),
        availability=None if left is None else availability(left, goods.rule.multiple),
        comment=line.comment,
        problems=problems,
        live_at=line.quote.live.at if line.quote.live else None,
        stale_since=None if line.quote.live else ages.get(goods.variant_id),
    )
