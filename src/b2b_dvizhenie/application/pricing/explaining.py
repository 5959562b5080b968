"""Explain prices: to the buyer his own, to staff that of any company, under the version in force or any other."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from b2b_dvizhenie.application.catalog import Item, ItemFinder
from b2b_dvizhenie.application.pricing.discounting import CurrentDiscounts, LinePrices
from b2b_dvizhenie.application.pricing.live import LivePrices
from b2b_dvizhenie.application.pricing.ports import PriceSource, RuleBooks, RuleName
from b2b_dvizhenie.application.pricing.reasons import Audience, Reasons, reasons_of, rules_in
from b2b_dvizhenie.application.pricing.requests import LineRequest
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.catalog import article_key
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import (
    Buyer,
    Discounts,
    LineQuote,
    NoPrice,
    NotMatched,
    at_live,
    explanation_of,
    quote_line,
)
from b2b_dvizhenie.domain.shared.errors import DomainError, NotFound
from b2b_dvizhenie.domain.shared.ids import CompanyId, VariantId
from b2b_dvizhenie.domain.shared.quantity import QuantityRule, parse_quantity


class ArticleAmbiguous(DomainError):
    """Several goods have this article: the first `choices` are named."""

    code = "pricing.article_ambiguous"


class Sooner(Struct, frozen=True):
    """What buying more would bring: from `quantity` on, a unit costs `unit_price`, `percent` less than now."""

    quantity: Decimal
    more: Decimal
    unit_price: Decimal
    percent: Decimal


class Why(Struct, frozen=True, kw_only=True):
    """The price of a line explained; `reasons` is None where there is no price, and `no_price` says why.

    `vip` is there, and true, where the terms are those chosen for a VIP company (VIP-2).
    """

    variant_id: UUID
    product_id: UUID
    name: str
    article: str
    unit: str
    quantity: Decimal
    reasons: Reasons | None
    no_price: NoPrice | None = None
    sooner: Sooner | None = None
    vip: bool | UnsetType = UNSET


class NamedTerms(Struct, frozen=True):
    """A buyer company with the terms it buys at from level 2 on."""

    name: str
    terms: Terms


class TermsSource(Protocol):
    """Port: terms of companies, for staff."""

    @abstractmethod
    async def terms(self, company_id: CompanyId, now: datetime) -> NamedTerms | None:
        """Terms of the agreement in force, the default ones without any; None for a company that is not active."""
        ...

    @abstractmethod
    async def found(self, text: str, limit: int) -> Sequence[tuple[CompanyId, str]]:
        """Active companies by id, by INN, or by a part of the name, by name."""
        ...


class FindBuyers:
    """Companies by what staff call them."""

    def __init__(self, terms: TermsSource) -> None:
        self._terms = terms

    async def __call__(self, actor: Actor, text: str, limit: int = 20) -> Sequence[tuple[CompanyId, str]]:
        """Active companies by id, INN or a part of the name; one that is called exactly so stands alone."""
        actor.require(Permission.PRICES_MANAGE)
        found = await self._terms.found(text.strip(), limit)
        exact = [one for one in found if one[1].lower() == text.strip().lower()]
        return exact if len(exact) == 1 else found


def _why(item: Item, line: LineQuote, terms: Terms, reasons: Reasons | None, sooner: Sooner | None = None) -> Why:
    return Why(
        variant_id=item.variant_id,
        product_id=item.product_id,
        name=item.name,
        article=item.article,
        unit=item.unit,
        quantity=line.quantity,
        reasons=reasons,
        no_price=line.reason,
        sooner=sooner,
        vip=terms.is_vip or UNSET,
    )


def sooner(prices: LinePrices, line: LineQuote, rule: QuantityRule) -> Sooner | None:
    """The nearest larger quantity at which a unit costs less; None where there is none.

    Only quantities at which something begins to hold are tried: between them nothing about a unit changes but rounding.
    """
    if line.unit_price is None:
        return None
    starts = {*prices.thresholds(line.variant_id), *prices.breaks(line.variant_id)}
    for start in sorted({rule.round_up(start) for start in starts if start > line.quantity}):
        there = prices.line(line.variant_id, start)
        if there.unit_price is not None and there.unit_price < line.unit_price:
            percent = (line.unit_price - there.unit_price) * 100 / line.unit_price
            return Sooner(start, start - line.quantity, there.unit_price, percent.quantize(Decimal("0.1")))
    return None


class ExplainOwnPrice:
    """Why a buyer pays what he pays, and how he could pay less."""

    def __init__(
        self, items: ItemFinder, discounts: CurrentDiscounts, books: RuleBooks, live: LivePrices, clock: Clock
    ) -> None:
        self._items = items
        self._discounts = discounts
        self._books = books
        self._live = live
        self._clock = clock

    async def __call__(self, actor: Actor, variant_id: VariantId, quantity: Decimal | None = None) -> Why:
        """The buyer's view; at most four round trips. A price that the ERP told a moment ago is its own reason.

        Args:
            actor: with a company.
            variant_id: which goods.
            quantity: of the line; None: the smallest that can be ordered.

        Raises:
            Forbidden, CompanyRequired: there are no prices to see.
            NotFound: no such goods.
            QuantityInvalid: the quantity is no quantity.
        """
        actor.require(Permission.PRICES_VIEW)
        actor.require(Permission.CATALOG_VIEW)
        terms, now = actor.buyer_terms(), self._clock()
        item = (await self._items.by_id([variant_id], actor.closed)).get(variant_id)
        if item is None:
            raise NotFound("variant_id")
        rule = QuantityRule(item.order_multiple)
        wanted = rule.round_up(Decimal(1)) if quantity is None else parse_quantity(quantity, "quantity")
        prices = await self._discounts.priced(actor, terms, [variant_id], now)
        line = prices.line(variant_id, wanted)
        live = self._live.fresh(actor, [LineRequest(variant_id, wanted)]).get((variant_id, wanted))
        if live is not None:
            line = at_live(terms, line, live)
            return _why(item, line, terms, reasons_of(explanation_of(line, terms.currency), {}, Audience.BUYER))
        if line.unit_price is None:
            return _why(item, line, terms, None)
        told = explanation_of(line, terms.currency)
        rules = rules_in(told)
        names = await self._books.names(told.rule_set_id, rules) if rules and told.rule_set_id else {}
        return _why(item, line, terms, reasons_of(told, names, Audience.BUYER), sooner(prices, line, rule))


class ExplainFor:
    """Every candidate for the price of goods for a company, who won and why: for staff (A8)."""

    def __init__(
        self,
        items: ItemFinder,
        prices: PriceSource,
        books: RuleBooks,
        terms: TermsSource,
        clock: Clock,
    ) -> None:
        self._items = items
        self._prices = prices
        self._books = books
        self._terms = terms
        self._clock = clock

    async def __call__(
        self,
        actor: Actor,
        company_id: CompanyId,
        article: str,
        quantity: Decimal,
        *,
        audience: Audience = Audience.AUDITOR,
        rule_set_id: UUID | None = None,
    ) -> tuple[NamedTerms, Why]:
        """The company, and its price explained.

        Args:
            actor: must have `prices.manage`.
            company_id: who would buy.
            article: of the goods, in any spelling.
            quantity: of the line.
            audience: whose view is wanted.
            rule_set_id: a draft or an earlier version; None: the one in force.

        Raises:
            NotFound: no such company (`company`), goods (`article`) or version (`rule_set_id`).
            ArticleAmbiguous: several goods have the article.
            QuantityInvalid.
        """
        actor.require(Permission.PRICES_MANAGE)
        wanted, now = parse_quantity(quantity, "quantity"), self._clock()
        company = await self._terms.terms(company_id, now)
        if company is None:
            raise NotFound("company")
        item = await self._item(actor, article)
        terms = company.terms
        stored = await self._prices.stored(terms, [item.variant_id], now)
        if rule_set_id is not None:
            version = await self._books.version(rule_set_id)
            if version is None:
                raise NotFound("rule_set_id")
            guards = await self._prices.goods([item.variant_id], now, version)
            own = stored.lines[item.variant_id]
            line = replace(guards.lines[item.variant_id], prices=own.prices)
            stored = type(stored)(version, {item.variant_id: line})
        if stored.active is None:
            quoted = LinePrices(terms, stored.lines).line(item.variant_id, wanted)
            return company, _why(item, quoted, terms, _staff_view(quoted, terms, {}, audience))
        key = stored.active.rule_set_id
        buyer = Buyer(terms.company_id, terms.agreement_id, terms.segments)
        book = await self._books.whole(key)
        discounts = Discounts(book, buyer, now, explain_misses=False, rule_set_id=key)
        prices = LinePrices(terms, stored.lines, discounts, stored.active)
        quoted = quote_line(terms, prices.input(item.variant_id, wanted), discounts)
        told = [one.rule_id for one in quoted.verdicts]
        names = await self._books.names(key, told) if told else {}
        return company, _why(item, quoted, terms, _staff_view(quoted, terms, names, audience))

    async def _item(self, actor: Actor, article: str) -> Item:
        key = article_key(article)
        found = (await self._items.by_article([key], actor.closed)).get(key, ()) if key else ()
        if not found:
            raise NotFound("article")
        if len(found) > 1:
            raise ArticleAmbiguous("article", choices="; ".join(one.name for one in found[:5]))
        return found[0]


def _staff_view(line: LineQuote, terms: Terms, names: Mapping[UUID, RuleName], audience: Audience) -> Reasons | None:
    if line.unit_price is None:
        return None
    missed = [one for one in line.verdicts if isinstance(one, NotMatched)]
    return reasons_of(explanation_of(line, terms.currency), names, audience, missed)
