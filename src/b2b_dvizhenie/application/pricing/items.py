"""Price what is named by variant or by article: the API's price request."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from b2b_dvizhenie.application.catalog import Item, ItemFinder
from b2b_dvizhenie.application.pricing.currencies import ShowCurrencies
from b2b_dvizhenie.application.pricing.live import SILENCE, LivePrices
from b2b_dvizhenie.application.pricing.locks import NO_LOCK, PriceLocks
from b2b_dvizhenie.application.pricing.requests import LineRequest
from b2b_dvizhenie.application.pricing.use_cases import PriceLines
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.catalog import article_key
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import Exchange, Gap, LineQuote, NoPrice, NoRate, Rate
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid
from b2b_dvizhenie.domain.shared.ids import VariantId
from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.domain.shared.quantity import QuantityInvalid, QuantityRule, parse_quantity
from b2b_dvizhenie.domain.visibility import ClosedGoods

MAX_LINES = 1000


class TooManyLines(DomainError):
    """A price request holds 1 to `maximum` lines."""

    code = "pricing.too_many_lines"


class ItemUnnamed(DomainError):
    """A line names its goods by exactly one of variant and article."""

    code = "pricing.item_unnamed"


class ItemRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Goods named by `variant_id` or by `article` in any spelling, and how many base units."""

    variant_id: UUID | None = None
    article: str | None = None
    quantity: Decimal = Decimal(1)


class PricedItem(Struct, frozen=True, tag="priced", tag_field="status", omit_defaults=True):
    """A line with its price; where there is none, `reason` says why and both amounts are null.

    `valid_quantity` is the nearest quantity that can be ordered, not below the asked one. `base_unit_price` and
    `base_amount` are the same before discounts, where there are any. `live_at` is when the ERP told the price, where it
    is not the stored one.
    """

    variant_id: UUID
    product_id: UUID
    name: str
    article: str
    unit: str
    quantity: Decimal
    valid_quantity: Decimal
    unit_price: Decimal | None
    amount: Decimal | None
    reason: NoPrice | None = None
    base_unit_price: Decimal | None = None
    base_amount: Decimal | None = None
    live_at: datetime | None = None


class UnknownItem(Struct, frozen=True, tag="unknown", tag_field="status"):
    """There is no such goods."""

    quantity: Decimal


class ItemChoice(Struct, frozen=True):
    """Goods that the asked article may mean."""

    variant_id: UUID
    name: str
    article: str


class AmbiguousItem(Struct, frozen=True, tag="ambiguous", tag_field="status"):
    """Several goods have this article; ask again with the variant."""

    quantity: Decimal
    choices: tuple[ItemChoice, ...]


PricedLine = PricedItem | UnknownItem | AmbiguousItem


class ShownLine(Struct, frozen=True):
    """What a priced line comes to in the asked currency, each amount rounded once from that of the terms."""

    unit_price: Decimal
    amount: Decimal


class Shown(Struct, frozen=True):
    """An answer in another currency, by `rates` with their days and sources; charged is the one of the terms.

    `lines` stand in the order asked, null where there is no price; `amount` is their sum. Without a usable rate there
    is no amount at all: `gap` says why, and `gap_currency` whose rate it is.
    """

    currency: str
    amount: Decimal | None
    lines: tuple[ShownLine | None, ...]
    rates: tuple[Rate, ...] = ()
    gap: Gap | None = None
    gap_currency: str = ""


class PriceAnswer(Struct, frozen=True):
    """Lines in the order asked; `amount` sums the priced ones, all in `currency`, at one moment.

    `shown` is there where another currency was asked for. `price_lock` promises the live prices among them until
    `locked_until`: an order that brings it is made at them or, where they fell, below.
    """

    currency: str
    vat_included: bool
    amount: Decimal
    at: datetime
    lines: tuple[PricedLine, ...]
    shown: Shown | UnsetType = UNSET
    price_lock: str | UnsetType = UNSET
    locked_until: datetime | UnsetType = UNSET


def _checked(lines: Sequence[ItemRequest]) -> None:
    if not 1 <= len(lines) <= MAX_LINES:
        raise TooManyLines("lines", maximum=MAX_LINES)
    faults: list[DomainError] = []
    for place, line in enumerate(lines):
        if (line.variant_id is None) == (not (line.article and article_key(line.article))):
            faults.append(ItemUnnamed(f"lines.{place}.article"))
        try:
            parse_quantity(line.quantity, f"lines.{place}.quantity")
        except QuantityInvalid as fault:
            faults.append(fault)
    if faults:
        raise Invalid(faults)


class PriceItems:
    """Quote goods that a customer's own system names."""

    def __init__(
        self,
        items: ItemFinder,
        price_lines: PriceLines,
        currencies: ShowCurrencies,
        live: LivePrices,
        locks: PriceLocks,
    ) -> None:
        self._items = items
        self._price_lines = price_lines
        self._currencies = currencies
        self._live = live
        self._locks = locks

    async def __call__(
        self, actor: Actor, lines: Sequence[ItemRequest], currency: str | None = None, *, live: bool = False
    ) -> PriceAnswer:
        """Prices under the actor's terms, at most three round trips whatever the number of lines; one more for rates.

        Args:
            actor: whose prices.
            lines: what is asked.
            currency: one to show them in beside that of the terms.
            live: ask the ERP first, where that is connected, and promise what it tells.

        Raises:
            Forbidden: no right to the catalogue or to prices.
            CompanyRequired: no company is selected.
            TooManyLines, Invalid: the fields are named as `lines.N.…`.
        """
        actor.require(Permission.CATALOG_VIEW)
        actor.require(Permission.PRICES_VIEW)
        terms = actor.buyer_terms()
        _checked(lines)
        found = await self._found(lines, actor.closed)
        single = [options[0] for options in found if len(options) == 1]
        asked = [line.quantity for line, options in zip(lines, found, strict=True) if len(options) == 1]
        requests = [LineRequest(item.variant_id, quantity) for item, quantity in zip(single, asked, strict=True)]
        told = await self._live(actor, requests) if live else SILENCE
        quote = await self._price_lines(actor, requests, live=told.prices if told.asked else None)
        quoted = iter(quote.lines)
        answers = tuple(
            _answer(line, options, next(quoted) if len(options) == 1 else None)
            for line, options in zip(lines, found, strict=True)
        )
        answer = PriceAnswer(quote.currency, terms.vat_included, quote.amount, quote.at, answers)
        lock = await self._locks.give(terms, quote.lines, "") if told.asked else NO_LOCK
        if lock.until is not None:
            answer = replace(answer, price_lock=lock.text, locked_until=lock.until)
        if currency is None or currency == answer.currency:
            return answer
        return replace(answer, shown=_shown(answer, currency, await self._currencies.rates()))

    async def _found(self, lines: Sequence[ItemRequest], closed: ClosedGoods) -> list[tuple[Item, ...]]:
        variants = [VariantId(line.variant_id) for line in lines if line.variant_id is not None]
        keys = [article_key(line.article) for line in lines if line.article and line.variant_id is None]
        by_id: Mapping[VariantId, Item] = await self._items.by_id(set(variants), closed) if variants else {}
        by_key: Mapping[str, tuple[Item, ...]] = await self._items.by_article(set(keys), closed) if keys else {}

        def options(line: ItemRequest) -> tuple[Item, ...]:
            if line.variant_id is not None:
                item = by_id.get(VariantId(line.variant_id))
                return (item,) if item else ()
            return by_key.get(article_key(line.article or ""), ())

        return [options(line) for line in lines]


def _shown(answer: PriceAnswer, currency: str, exchange: Exchange) -> Shown:
    nothing = exchange.convert(Money(Decimal(0), answer.currency), currency)
    if isinstance(nothing, NoRate):
        return Shown(currency, None, (None,) * len(answer.lines), gap=nothing.gap, gap_currency=nothing.currency)
    lines = tuple(_shown_line(line, answer.currency, currency, exchange) for line in answer.lines)
    total = sum((line.amount for line in lines if line is not None), Decimal(0))
    return Shown(currency, total, lines, nothing.rates)


def _shown_line(line: PricedLine, source: str, target: str, exchange: Exchange) -> ShownLine | None:
    if not isinstance(line, PricedItem) or line.unit_price is None or line.amount is None:
        return None
    unit = exchange.convert(Money(line.unit_price, source), target)
    amount = exchange.convert(Money(line.amount, source), target)
    if isinstance(unit, NoRate) or isinstance(amount, NoRate):
        return None
    return ShownLine(unit.amount.amount, amount.amount.amount)


def _answer(line: ItemRequest, options: tuple[Item, ...], quoted: LineQuote | None) -> PricedLine:
    if quoted is None:
        choices = tuple(ItemChoice(item.variant_id, item.name, item.article) for item in options)
        return AmbiguousItem(line.quantity, choices) if choices else UnknownItem(line.quantity)
    item = options[0]
    return PricedItem(
        item.variant_id,
        item.product_id,
        item.name,
        item.article,
        item.unit,
        quoted.quantity,
        QuantityRule(item.order_multiple).round_up(quoted.quantity),
        quoted.unit_price,
        quoted.amount,
        quoted.reason,
        quoted.base_unit_price if quoted.discount else None,
        quoted.base_amount if quoted.discount else None,
        quoted.live.at if quoted.live else None,
    )
