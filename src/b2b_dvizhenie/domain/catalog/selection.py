"""What part of the catalogue is asked for, in which order, and where a page ends."""

from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.domain.shared.ids import BrandId, SectionId

MAX_PAGE = 200
MAX_QUERY = 200
MAX_BRANDS = 100
MAX_PRICE = Decimal(10) ** 14


class Sort(StrEnum):
    """Orders of a list of goods; every one is total, so that pages neither overlap nor skip."""

    NAME = "name"
    NAME_DESC = "-name"
    ARTICLE = "article"
    ARTICLE_DESC = "-article"
    NEWEST = "-new"  # last added first
    PRICE = "price"  # by the buyer's own price, cheap first; goods without one last
    PRICE_DESC = "-price"
    RELEVANCE = "relevance"  # best match first; only where something is searched for


BY_PRICE = frozenset({Sort.PRICE, Sort.PRICE_DESC})
"""Orders by own price: they are no columns of the database."""


class LimitInvalid(DomainError):
    """A page holds 1 to `maximum` goods."""

    code = "catalog.limit_invalid"


class CursorInvalid(DomainError):
    """The cursor is not one of ours, or belongs to another list."""

    code = "catalog.cursor_invalid"


class QueryTooLong(DomainError):
    """The search text is longer than `maximum` characters."""

    code = "catalog.query_too_long"


class TooManyBrands(DomainError):
    """More than `maximum` brands are named."""

    code = "catalog.too_many_brands"


class SortNeedsQuery(DomainError):
    """Goods are ordered by relevance only where something is searched for."""

    code = "catalog.sort_needs_query"


class PricesHidden(DomainError):
    """Goods cannot be ordered by prices that the viewer does not see."""

    code = "catalog.prices_hidden"


class PriceRangeInvalid(DomainError):
    """A range of prices goes from zero or more up to more than that."""

    code = "catalog.price_range_invalid"


class RangeNeedsPriceOrder(DomainError):
    """Goods within a range of prices are listed in the order of prices only."""

    code = "catalog.range_needs_price_order"


class PriceRange(Struct, frozen=True):
    """Own prices from `low` to `high`, both included; None is open.

    Raises:
        PriceRangeInvalid: names the field of the API.
    """

    low: Decimal | None = None
    high: Decimal | None = None

    def __post_init__(self) -> None:
        for field, value in (("price_from", self.low), ("price_to", self.high)):
            if value is not None and not (value.is_finite() and 0 <= value < MAX_PRICE):
                raise PriceRangeInvalid(field)
        if self.low is not None and self.high is not None and self.low > self.high:
            raise PriceRangeInvalid("price_to")


class Selection(Struct, frozen=True):
    """Which goods: of a section with everything below it, found by a text, of some brands, in stock, of some prices.

    `literal` takes the text exactly as typed: nothing is corrected.

    Raises:
        QueryTooLong, TooManyBrands.
    """

    section_id: SectionId | None = None
    text: str = ""
    brands: tuple[BrandId, ...] = ()
    in_stock: bool = False
    literal: bool = False
    prices: PriceRange | None = None

    def __post_init__(self) -> None:
        if len(self.text) > MAX_QUERY:
            raise QueryTooLong("q", maximum=MAX_QUERY)
        if len(self.brands) > MAX_BRANDS:
            raise TooManyBrands("brand", maximum=MAX_BRANDS)

    @property
    def searches(self) -> bool:
        """Whether a text is searched for at all."""
        return bool(self.text.strip())

    def order(self, sort: Sort | None) -> Sort:
        """The order of this selection: relevance where a text is searched for, else by name, unless asked otherwise.

        A range of prices is listed by price.

        Raises:
            SortNeedsQuery: relevance without a text.
            RangeNeedsPriceOrder: another order within a range of prices.
        """
        if self.prices is not None:
            if sort is not None and sort not in BY_PRICE:
                raise RangeNeedsPriceOrder("sort")
            return sort or Sort.PRICE
        if sort is None:
            return Sort.RELEVANCE if self.searches else Sort.NAME
        if sort is Sort.RELEVANCE and not self.searches:
            raise SortNeedsQuery("sort")
        return sort


class Position(Struct, frozen=True, array_like=True):
    """A place in an ordered list of goods: beside this good. `score` counts only in the order of relevance.

    `ordinal` is how many goods stand before the page, `backward` says that the page lies before the place.
    """

    key: str
    product_id: UUID
    score: int = 0
    ordinal: int = 0
    backward: bool = False


def check_limit(limit: int) -> int:
    """The limit itself; raises LimitInvalid outside of 1 … 200."""
    if not 1 <= limit <= MAX_PAGE:
        raise LimitInvalid("limit", minimum=1, maximum=MAX_PAGE)
    return limit
