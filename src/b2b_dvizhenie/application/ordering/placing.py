"""Place an order: from the cart or from explicit lines, once per idempotency key (ux.md B20, reliability.md P5, C4)."""

from collections.abc import Iterator, Mapping
from hashlib import sha256

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.application.balances import CreditControl, HeldCredit
from b2b_dvizhenie.application.ordering.displaying import shown_sum
from b2b_dvizhenie.application.ordering.events import OrderPlaced, job_of
from b2b_dvizhenie.application.ordering.payments import cards_of
from b2b_dvizhenie.application.ordering.ports import OrderingTransaction, OrderingWork, PlacedOrder, Seller
from b2b_dvizhenie.application.ordering.pricing import buyer, checks_for, draft_of_cart, told
from b2b_dvizhenie.application.ordering.requests import (
    AcceptedPrice,
    RequestedLine,
    check_accepted,
    check_lines,
    resolve,
)
from b2b_dvizhenie.application.pricing import LineRequest, LivePrices, PriceLines, PriceLocks, ShowDisplay, keys_of
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.balances import CreditPolicy
from b2b_dvizhenie.domain.companies import CompanyUnnamed, PaymentMethod, chosen_method
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.ordering import (
    Check,
    Consent,
    Draft,
    DraftLine,
    Order,
    OrderPayment,
    OrderPolicy,
    PriceChanged,
    Refusal,
    Refused,
    Seen,
    TextTooLong,
    Wishes,
    decide,
    lines_of,
    order_number,
    promised,
)
from b2b_dvizhenie.domain.pricing import Display, LiveKey, LivePrice, Promise
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid, Kind
from b2b_dvizhenie.domain.shared.ids import CompanyId, OrderId, PaymentMethodId, UserId, new_id
from b2b_dvizhenie.domain.shared.quantity import plain

MAX_KEY = 200
ATTEMPTS = 3
"""Transactions of one submission: one to see what is ordered, one at the prices told of it, one if that changed."""
MAX_WISH = {"comment": 2000, "delivery_address": 1000, "client_number": 100}


class KeyReused(DomainError):
    """The idempotency key was used for another order."""

    code = "ordering.idempotency_key_reused"
    kind = Kind.CONFLICT


class KeyInvalid(DomainError):
    """An idempotency key has 1 to 200 visible ASCII characters."""

    code = "ordering.idempotency_key_invalid"


class CompanyChanged(DomainError):
    """The order is meant for another company than the one that is selected now (ux.md B13)."""

    code = "ordering.company_changed"
    kind = Kind.CONFLICT


class CartChanging(DomainError):
    """Somebody changes the cart faster than it can be ordered."""

    code = "ordering.cart_changing"
    kind = Kind.CONFLICT


class OrderRequest(Struct, frozen=True):
    """What is to be ordered. Without `lines` it is the cart.

    `price_lock` is a promise of live prices that came with what was shown; one that is not ours, for another company or
    has run out promises nothing. `accepted` are prices agreed to, each for its goods in any quantity. `company_id` is
    the company the buyer believes to order for; the order is refused if another one is selected. `payment_method_id`
    None leaves the choice to the order of the methods: the first one that is offered.
    """

    lines: tuple[RequestedLine, ...] | None = None
    wishes: Wishes = Wishes()
    consent: Consent = Consent()
    company_id: CompanyId | None = None
    price_lock: str = ""
    accepted: tuple[AcceptedPrice, ...] = ()
    payment_method_id: PaymentMethodId | None = None

    def fingerprint(self, company_id: CompanyId) -> bytes:
        """What makes two submissions the same order. Consent does not: it is given to the same order later."""
        lines = None
        if self.lines is not None:
            lines = [
                (str(line.variant_id or ""), line.article.strip(), plain(line.quantity), line.comment or "")
                for line in self.lines
            ]
        named = () if self.payment_method_id is None else (self.payment_method_id,)
        return sha256(msgspec.json.encode((company_id, lines, self.wishes, *named))).digest()


class Placed(Struct, frozen=True, tag="placed"):
    """The order exists. `is_new` is False when the same submission had been placed before."""

    order: PlacedOrder
    is_new: bool = True


class _Unasked(Struct, frozen=True):
    lines: list[LineRequest]


class _Changed(Struct, frozen=True):
    outcome: PriceChanged
    draft: Draft


class _Attempt(Struct):
    """One submission on its way, and what the ERP told of it so far."""

    actor: Actor
    user_id: UserId
    request: OrderRequest
    key: str | None
    fingerprint: bytes
    asks: bool
    promise: Promise | None = None
    told: Mapping[LiveKey, LivePrice] = {}
    asked: frozenset[LiveKey] = frozenset()
    display: Display | None = None
    credit_policy: CreditPolicy = CreditPolicy()


class PlaceOrder:
    """Turn what somebody wants into an order that nothing can change behind his back (CART, ORD)."""

    def __init__(
        self,
        work: OrderingWork,
        price_lines: PriceLines,
        live: LivePrices,
        locks: PriceLocks,
        display: ShowDisplay,
        credit: CreditControl,
        clock: Clock,
        *,
        cards_connected: bool,
    ) -> None:
        self._work = work
        self._price_lines = price_lines
        self._live = live
        self._locks = locks
        self._display = display
        self._credit = credit
        self._clock = clock
        self._cards_connected = cards_connected

    async def __call__(
        self, actor: Actor, request: OrderRequest, *, key: str | None = None
    ) -> Placed | PriceChanged | Refused:
        """Place the order, or say why not; on anything but Placed nothing has changed.

        The order, its history, the audit row and the job that tells of it commit at once; the ordered lines leave the
        cart with them. The same key with the same body gives the same order, however often and however parallel.

        Where live prices are connected, the ERP is asked once for all lines first: the order is made at the lower of
        what it tells and what it promised, and at the stored price where it does neither in time.

        Raises:
            KeyReused: the key belongs to another order.
            Invalid: impossible quantities or unknown goods, by their fields.
            TooManyLines: more lines than an order can hold.
            CompanyRequired, CompanyChanged: no company is selected, or another one than the buyer believes.
            CompanyUnnamed: the buyer has several companies and says nowhere for which of them he orders.
            PaymentMethodClosed, NoPaymentMethod: by `payment_method_id`; it cannot pay so, or not at all.
            CartChanging: the cart was another one each time the ERP had told its prices.
            Forbidden: the actor may not order.
        """
        actor.require(Permission.ORDERS_PLACE)
        user_id = buyer(actor)
        company_id = actor.buyer_terms().company_id
        if request.company_id is not None and request.company_id != company_id:
            raise CompanyChanged("company_id")
        if request.company_id is None and not actor.company_certain:
            raise CompanyUnnamed("company_id")
        _check_texts(request.wishes)
        if key is not None and not (0 < len(key) <= MAX_KEY and key.isascii() and key.isprintable()):
            raise KeyInvalid("idempotency-key")
        if request.lines is not None:
            check_lines(request.lines)
        check_accepted(request.accepted)
        fingerprint = request.fingerprint(company_id)
        attempt = _Attempt(actor, user_id, request, key, fingerprint, await self._live.is_on(actor))
        if request.price_lock and self._live.may_hear(actor):
            # Also while asking is paused: what was promised is kept.
            attempt.promise = self._locks.kept(request.price_lock, actor.buyer_terms())
        display = await self._display(actor)
        attempt.display = display if isinstance(display, Display) else None
        attempt.credit_policy = await self._credit.policy()
        for _ in range(ATTEMPTS):
            outcome = await self._tried(attempt)
            if isinstance(outcome, _Changed):
                changed, quotes = outcome.outcome, (line.quote for line in outcome.draft.lines)
                lock = await self._locks.give(outcome.draft.terms, quotes, changed.price_version)
                return replace(changed, price_lock=lock.text, locked_until=lock.until)
            if not isinstance(outcome, _Unasked):
                return outcome
            # Between two transactions: nobody waits for the ERP with a cart or a key in his hand.
            attempt.told = (await self._live(actor, outcome.lines, again=True)).prices
            attempt.asked = frozenset(keys_of(outcome.lines))
        raise CartChanging

    async def _tried(self, attempt: _Attempt) -> Placed | Refused | _Changed | _Unasked:
        """One transaction; `_Unasked` where it has lines that the ERP is still to be asked about."""
        actor, request, key = attempt.actor, attempt.request, attempt.key
        async with self._work() as work:
            if key is not None:
                earlier = await work.orders.claim_key(attempt.user_id, key)
                if earlier is not None:
                    if earlier.request_hash != attempt.fingerprint:
                        raise KeyReused("idempotency-key")
                    return Placed(earlier, is_new=False)
            draft = await self._draft(work, attempt)
            if attempt.asks:
                open_ones = (line for line in draft.lines if not line.goods.is_closed)
                lines = [LineRequest(line.goods.variant_id, line.quantity) for line in open_ones]
                if not attempt.asked.issuperset(keys_of(lines)):
                    return _Unasked(lines)
            seller = await work.orders.seller(draft.terms)
            cards = cards_of(actor, are_connected=self._cards_connected)
            method = chosen_method(seller.payment, cards, request.payment_method_id, "payment_method_id")
            on_account = None if method is None else method.terms.kind.is_on_account
            credit = await self._credit.hold_credit(
                work.credit, draft.terms, attempt.credit_policy, on_account=on_account
            )
            checks = (*checks_for(actor), _within(credit, actor))
            outcome = decide(draft, seller.policy, _consent(draft, attempt), checks)
            if isinstance(outcome, Refused):
                return Refused(tuple(told(actor, reason) for reason in outcome.reasons))
            if isinstance(outcome, PriceChanged):
                return _Changed(outcome, draft)
            order = await self._write(work, attempt, draft, seller, method)
            if credit.on_account:
                sums = order.totals
                await work.credit.reserve(order.order_id, order.company_id, sums.currency, sums.total, order.placed_at)
            if request.lines is None:
                await work.carts.remove(attempt.user_id)
            await work.commit()
        return Placed(
            PlacedOrder(
                order.order_id,
                order.number,
                order.status,
                order.company_id,
                order.totals,
                order.placed_at,
                made_of=order.made_of,
                payment=order.payment,
            )
        )

    async def _draft(self, work: OrderingTransaction, attempt: _Attempt) -> Draft:
        actor, request = attempt.actor, attempt.request
        locked = attempt.promise.prices() if attempt.promise else None
        if request.lines is None:
            await work.carts.hold(attempt.user_id)
            lines = await work.carts.lines(attempt.user_id, actor.closed)
            draft, _ = await draft_of_cart(actor, lines, self._price_lines, live=attempt.told, locked=locked)
            return draft
        found = await resolve(work.goods, request.lines, actor.closed)
        terms = actor.buyer_terms()
        requests = [LineRequest(goods.variant_id, line.quantity) for line, goods in found]
        quote = await self._price_lines(actor, requests, live=attempt.told, locked=locked)
        return Draft(
            terms,
            tuple(
                DraftLine(
                    line.field,
                    goods,
                    line.quantity,
                    quoted,
                    None if line.price is None else Seen(line.price, None, terms.currency),
                    line.comment or "",
                )
                for (line, goods), quoted in zip(found, quote.lines, strict=True)
            ),
        )

    async def _write(
        self,
        work: OrderingTransaction,
        attempt: _Attempt,
        draft: Draft,
        seller: Seller,
        method: PaymentMethod | None,
    ) -> Order:
        actor, display, included = attempt.actor, attempt.display, draft.terms.vat_included
        lines = lines_of(draft)
        order = Order(
            order_id=OrderId(new_id()),
            number=order_number(await work.orders.next_number()),
            user_id=attempt.user_id,
            company_id=draft.terms.company_id,
            manager_id=seller.manager_id,
            firm_id=seller.firm_id,
            source_id=draft.lines[0].goods.source_id,
            terms=draft.terms,
            made_of=actor.priced_by,
            totals=draft.totals(),
            shown=shown_sum(lines, display, vat_included=included) if display else None,
            payment=OrderPayment(method.method_id, method.terms.kind, method.terms.name) if method else None,
            lines=lines,
            wishes=attempt.request.wishes,
            placed_at=self._clock(),
            idempotency_key=attempt.key,
            request_hash=attempt.fingerprint if attempt.key else None,
        )
        await work.orders.add(order, actor.name)
        told = {
            "number": order.number,
            "company_id": str(order.company_id),
            "amount": plain(order.totals.total),
            "currency": order.totals.currency,
            "lines": len(order.lines),
        } | ({"payment": order.payment.name} if order.payment else {})
        await work.audit.record(actor, Change("ordering.order_placed", "order", str(order.order_id), after=told))
        placed = OrderPlaced(
            order.order_id,
            order.number,
            order.company_id,
            order.user_id,
            order.totals.total,
            order.totals.currency,
        )
        await work.jobs.enqueue(job_of(placed, actor))
        return order


def _within(credit: HeldCredit, actor: Actor) -> Check:
    """The order keeps to what was agreed about credit; last of the checks, since it is about the sum of all lines."""

    def check(draft: Draft, _: OrderPolicy) -> Iterator[Refusal]:
        for objection in credit.objections(actor, draft.totals().total):
            if objection.blocks:
                yield Refusal(objection.error.code, "", objection.error.params)

    return check


def _consent(draft: Draft, attempt: _Attempt) -> Consent:
    """What was agreed to. Who agreed to prices that were promised agreed to everything up to them."""
    request, promise = attempt.request, attempt.promise
    if attempt.actor.is_concealed:
        # Concealed prices cannot have been seen; whoever orders at them was told that they are the agreement's.
        return Consent(any_price=True)
    agreed = {one.variant_id: Seen(one.price, None, draft.terms.currency) for one in request.accepted}
    if promise is not None and request.consent.price_version == promise.version:
        agreed |= promised(draft, promise)
    return replace(request.consent, accepted=agreed) if agreed else request.consent


def _check_texts(wishes: Wishes) -> None:
    errors: list[DomainError] = [
        TextTooLong(name, maximum=maximum) for name, maximum in MAX_WISH.items() if len(getattr(wishes, name)) > maximum
    ]
    if errors:
        raise Invalid(errors)
