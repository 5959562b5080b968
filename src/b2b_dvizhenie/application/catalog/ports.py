"""Reading the catalogue. Goods, sections and warehouses that are inactive or hidden do not exist for these reads."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol, Self
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.catalog.views import Branch, Facets, Section, SectionStep
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.catalog import Known, Position, SearchText, Selection, Sort, Term
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import LineQuote, PricePoint, Shares, Span
from b2b_dvizhenie.domain.shared.ids import PriceTypeId, ProductId, VariantId, WarehouseId
from b2b_dvizhenie.domain.visibility import NOTHING_CLOSED, ClosedGoods, Information

Paths = Callable[[Collection[UUID]], Awaitable[Mapping[UUID, Sequence[UUID]]]]


class Sight(Struct, frozen=True):
    """What an actor sees of goods beside their description: nothing else is read, so nothing else can leak.

    `terms` is None where there are no prices to see: without the permission, or without a company. Without
    `stock_detail` stock is a word, not a quantity. `closed` are the goods that do not exist for the actor.
    """

    terms: Terms | None
    stock: bool
    stock_detail: bool = True
    closed: ClosedGoods = NOTHING_CLOSED

    @classmethod
    def of(cls, actor: Actor) -> Self:
        """The sight of an actor.

        Raises:
            Forbidden: the actor may not see the catalogue at all.
        """
        scope = actor.require(Permission.CATALOG_VIEW)
        terms = actor.terms if actor.may(Permission.PRICES_VIEW) else None
        detail = actor.opens(Information.STOCK_DETAIL, scope)
        return cls(terms, actor.may(Permission.STOCK_VIEW), detail, actor.closed)

    @property
    def price_type_id(self) -> PriceTypeId | None:
        """The only price type whose prices are read."""
        return self.terms.price_type_id if self.terms else None

    @property
    def warehouse_id(self) -> WarehouseId | None:
        """The warehouse the company is served from."""
        return self.terms.warehouse_id if self.terms else None


class StockPoint(Struct, frozen=True, gc=False):
    """Stock of a variant in a warehouse as the ERP gave it: may be negative."""

    warehouse_id: WarehouseId
    name: str
    quantity: Decimal
    updated_at: datetime


class Offer(Struct, frozen=True):
    """A variant with everything that depends on who looks."""

    variant_id: VariantId
    name: str
    article: str
    attributes: list[list[str]]
    barcodes: list[str]
    prices: tuple[PricePoint, ...]
    stocks: tuple[StockPoint, ...]


class Listed(Struct, frozen=True):
    """A product as a list needs it. `key` and `score` are its place in the order of the list."""

    product_id: ProductId
    name: str
    article: str
    brand_id: UUID | None
    brand: str | None
    section_id: UUID | None
    picture: str | None
    unit: str
    order_multiple: Decimal
    vat_rate: Decimal | None
    key: str
    score: int
    offers: tuple[Offer, ...] = ()
    variant_count: int = 0


class Described(Struct, frozen=True):
    """A product as its card needs it. `properties` are as stored: {"ref", "name", "values"}."""

    listed: Listed
    full_name: str
    code: str
    description: str
    country: str
    weight: Decimal | None
    is_service: bool
    barcodes: list[str]
    properties: list[dict[str, Any]]
    pictures: list[str]
    path: tuple[SectionStep, ...]


class PriceSlice(Struct, frozen=True):
    """Own prices from `low` to `high`, both included and None where open; `shares` say what stored ones become them.

    `spans` are the stored prices to look among, goods apart beside them; None: look at the whole selection. At most
    `limit` are wanted, from the lowest own price on, or from the highest when `descending`.
    """

    shares: Shares
    low: Decimal | None
    high: Decimal | None
    spans: tuple[Span, ...] | None
    limit: int
    descending: bool


class Candidate(Struct, frozen=True, gc=False):
    """A product one of whose stored prices can become an own price of a slice: beyond `edge` of that it cannot lie."""

    product_id: UUID
    edge: Decimal


class PricedGoods(Struct, frozen=True):
    """What the own price of a product depends on: all its variants, without stock."""

    product_id: UUID
    order_multiple: Decimal
    offers: tuple[Offer, ...]


class Search(Struct, frozen=True):
    """What goods have to match: all terms (or any of them), or be exactly named by the whole text."""

    terms: tuple[Term, ...]
    text: SearchText
    any_term: bool = False


class ListRequest(Struct, frozen=True):
    """A page of goods: at most `limit` after (or, read backwards, before) a position."""

    selection: Selection
    sort: Sort
    limit: int
    after: Position | None = None
    search: Search | None = None


class CatalogReader(Protocol):
    """Port: the catalogue as it is now.

    Contract: `page` and `card` take at most two round trips whatever the number of goods, `sections`, `branch`,
    `facets` and `known` one; `sections` and `branch` at most two more where something is closed. Only prices of the
    sight's price type and, only where the sight has it, stock are read. Goods that are closed to who asks, sections
    that hold nothing else, and brands of closed goods alone do not exist, not even as a count or as a word that was
    meant.
    """

    @abstractmethod
    async def sections(self, closed: ClosedGoods) -> tuple[Section, ...]:
        """All sections that people can enter, parents before children, in the order of the catalogue."""
        ...

    @abstractmethod
    async def page(self, request: ListRequest, sight: Sight) -> Sequence[Listed]:
        """Goods in the order of the request (also when read backwards), with their first twenty variants.

        Raises:
            NotFound: the section does not exist or cannot be entered; field `section`.
        """
        ...

    @abstractmethod
    async def paths(self, sections: Collection[UUID]) -> Mapping[UUID, Sequence[UUID]]:
        """Ids from the root down to each section that is, or lies below, one of these; whether it is shown or not."""
        ...

    @abstractmethod
    async def is_larger(self, request: ListRequest, sight: Sight, count: int) -> bool:
        """Whether the selection may hold more goods than that; true where it is narrowed by nothing but stock."""
        ...

    @abstractmethod
    async def ahead(
        self, sight: Sight, starts: Sequence[Decimal], count: int, *, descending: bool
    ) -> Sequence[Decimal | None]:
        """For each start, the amount that so many stored prices of the sight's type lie before; None: there are fewer.

        Contract: an estimate, for which no goods are looked at; one round trip.
        """
        ...

    @abstractmethod
    async def has_more(self, sight: Sight, spans: Sequence[Span], count: int) -> bool:
        """Whether more stored prices of the sight's type than that lie in the spans; one round trip, as `ahead`."""
        ...

    @abstractmethod
    async def candidates(self, request: ListRequest, sight: Sight, piece: PriceSlice) -> Sequence[Candidate]:
        """Selected goods with a stored price that may become an own price of the slice, by their edges.

        Contract: one per such price, in the sight's type and currency, of an active variant, reached by the first
        quantity of its product. Nothing is missing but, where `limit` of them came, what lies at or beyond the last
        edge. What is looked at are the prices in the spans and the goods apart; one round trip.
        """
        ...

    @abstractmethod
    async def priced(self, products: Sequence[UUID], sight: Sight) -> Sequence[PricedGoods]:
        """What the own prices of these products depend on, in any order; at most two round trips."""
        ...

    @abstractmethod
    async def unpriced(
        self, request: ListRequest, sight: Sight, after: UUID | None, limit: int, *, descending: bool
    ) -> Sequence[ProductId]:
        """Selected goods without a price in the sight's type and currency that the first quantity reaches, by id."""
        ...

    @abstractmethod
    async def listed(self, places: Sequence[tuple[str, UUID]], request: ListRequest, sight: Sight) -> Sequence[Listed]:
        """The products of these (key, product) places in their order, as `page` gives them.

        Raises:
            NotFound: there are no places, and the section does not exist or cannot be entered; field `section`.
        """
        ...

    @abstractmethod
    async def card(self, product_id: ProductId, sight: Sight) -> Described | None:
        """A product with all its variants, or None where there is none to see."""
        ...

    @abstractmethod
    async def facets(self, selection: Selection, search: Search | None, closed: ClosedGoods) -> Facets:
        """Counts over the selection; the brands chosen in it narrow `total` but not the brands' own counts."""
        ...

    @abstractmethod
    async def known(self, words: Sequence[str], closed: ClosedGoods) -> Mapping[str, Known]:
        """What is known of each of the words: exactly it, words that begin with it, words that resemble it."""
        ...

    @abstractmethod
    async def branch(self, section_id: UUID | None, closed: ClosedGoods) -> Branch | None:
        """The sections around a section (or the root), or None where it cannot be entered."""
        ...

    @abstractmethod
    async def shows_picture(self, picture: str, closed: ClosedGoods) -> bool:
        """Whether a picture is of a good that is shown; one round trip."""
        ...


class Item(Struct, frozen=True):
    """A variant that can be bought, as carts, price requests and orders need it."""

    variant_id: VariantId
    product_id: ProductId
    name: str
    article: str
    unit: str
    order_multiple: Decimal


class ItemFinder(Protocol):
    """Port: variants that can be bought, by id or by what people call them.

    Contract: one round trip each; what is inactive or hidden, or closed to who asks, is absent.
    """

    @abstractmethod
    async def by_id(self, variants: Iterable[VariantId], closed: ClosedGoods) -> Mapping[VariantId, Item]:
        """The variants that exist."""
        ...

    @abstractmethod
    async def by_article(self, keys: Iterable[str], closed: ClosedGoods) -> Mapping[str, tuple[Item, ...]]:
        """Every variant of every product with one of the article keys (`domain.catalog.article_key`)."""
        ...


class LinePricer(Protocol):
    """Prices of goods that were read, with the discounts of one moment."""

    @abstractmethod
    def line(self, variant_id: VariantId, quantity: Decimal, prices: tuple[PricePoint, ...] | None = None) -> LineQuote:
        """The price of a line, by the one price function; `prices` are those of the sight."""
        ...

    @abstractmethod
    def thresholds(self, variant_id: VariantId) -> tuple[Decimal, ...]:
        """Quantities of a line from which some discount begins to hold, ascending."""
        ...


class Pricing(Protocol):
    """The prices of one request: whatever it asks for, in however many steps, is of one version of the rules."""

    @abstractmethod
    async def shares(self, paths: Paths) -> Shares:
        """What can be between stored prices and the actor's own; `paths` is `CatalogReader.paths`."""
        ...

    @abstractmethod
    async def known(self, variants: Sequence[VariantId]) -> LinePricer:
        """What prices these variants, whose stored prices the caller has read."""
        ...


class Pricer(Protocol):
    """Port: the discounts that hold for an actor (`application.pricing.CurrentDiscounts`).

    Contract: each call of `shares` and `known` takes at most one round trip of its own, one more when the rules are not
    at hand; none where the actor has no discounts.
    """

    @abstractmethod
    def begin(self, actor: Actor, terms: Terms) -> Pricing:
        """The prices of a request under these terms."""
        ...
