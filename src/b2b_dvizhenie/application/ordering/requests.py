"""Lines as somebody asks for them, by variant or by article, and how they become goods."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from b2b_dvizhenie.application.ordering.ports import GoodsReader
from b2b_dvizhenie.domain.ordering import MAX_COMMENT, MAX_LINES, Goods, TextTooLong, TooManyLines
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid
from b2b_dvizhenie.domain.shared.ids import VariantId
from b2b_dvizhenie.domain.shared.quantity import parse_quantity
from b2b_dvizhenie.domain.visibility import ClosedGoods

MAX_ARTICLE = 255


class GoodsUnknown(DomainError):
    """There are no such goods for this buyer, or the line names none."""

    code = "ordering.goods_unknown"


class ArticleAmbiguous(DomainError):
    """Several goods have this article; params hold the `article` and the `variants` to choose from."""

    code = "ordering.article_ambiguous"


class RequestedLine(Struct, frozen=True):
    """A line as it was asked for. `field` is its place in the input ("lines.3", "" for the only one).

    `price` is the price of a unit the asking side has shown or agreed to; it is compared, never charged.
    """

    field: str
    quantity: Decimal
    variant_id: VariantId | None = None
    article: str = ""
    comment: str | None = None
    price: Decimal | None = None

    def at(self, name: str) -> str:
        """The name of a field of this line."""
        return f"{self.field}.{name}" if self.field else name


def check_lines(lines: Sequence[RequestedLine]) -> None:
    """Refuse what cannot be lines at all, before anything is read.

    Raises:
        TooManyLines: more than a cart or an order can hold.
        Invalid: every impossible quantity, price and comment, by its field.
    """
    if len(lines) > MAX_LINES:
        raise TooManyLines("lines", count=len(lines), maximum=MAX_LINES)
    errors: list[DomainError] = []
    for line in lines:
        try:
            parse_quantity(line.quantity, line.at("quantity"))
            if line.price is not None:
                parse_price(line.price, line.at("price"))
        except DomainError as error:
            errors.append(error)
        if line.comment is not None and len(line.comment) > MAX_COMMENT:
            errors.append(TextTooLong(line.at("comment"), maximum=MAX_COMMENT))
    if errors:
        raise Invalid(errors)


class PriceInvalid(DomainError):
    """A price somebody expects is no price: not finite, negative, or with more than four digits after the point."""

    code = "ordering.price_invalid"


def parse_price(price: Decimal, field: str) -> Decimal:
    """Check that a number can be a price of a unit.

    Raises:
        PriceInvalid: it cannot.
    """
    bound = Decimal("1e14")
    if not price.is_finite() or price < 0 or price > bound or price != price.quantize(Decimal("0.0001")):
        raise PriceInvalid(field)
    return price


class AcceptedPrice(Struct, frozen=True):
    """A price of a unit that somebody agrees to pay for the goods; `field` is its place in the input."""

    field: str
    variant_id: VariantId
    price: Decimal


def check_accepted(prices: Sequence[AcceptedPrice]) -> None:
    """Refuse what cannot be prices.

    Raises:
        TooManyLines: more than an order has lines.
        Invalid: every impossible price, by its field.
    """
    if len(prices) > MAX_LINES:
        raise TooManyLines("accepted_prices", count=len(prices), maximum=MAX_LINES)
    errors: list[DomainError] = []
    for one in prices:
        try:
            parse_price(one.price, f"{one.field}.price")
        except DomainError as error:
            errors.append(error)
    if errors:
        raise Invalid(errors)


async def resolve(
    goods: GoodsReader, lines: Sequence[RequestedLine], closed: ClosedGoods
) -> list[tuple[RequestedLine, Goods]]:
    """The goods of each line, in the order of the lines; two reads at most. What is closed is unknown.

    Raises:
        Invalid: every line without goods, or with several, by its field.
    """
    ids = [line.variant_id for line in lines if line.variant_id is not None]
    articles = [line.article.strip() for line in lines if line.variant_id is None and line.article.strip()]
    by_id = await goods.by_ids(ids, closed) if ids else {}
    by_article = await goods.by_articles(articles, closed) if articles else {}
    found: list[tuple[RequestedLine, Goods]] = []
    errors: list[DomainError] = []
    for line in lines:
        article = line.article.strip()
        if line.variant_id is not None:
            one = by_id.get(line.variant_id)
            candidates: tuple[Goods, ...] = (one,) if one else ()
            field = line.at("variant_id")
        else:
            candidates = by_article.get(article, ())
            field = line.at("article")
        if len(candidates) == 1:
            found.append((line, candidates[0]))
        elif candidates:
            variants = [str(candidate.variant_id) for candidate in candidates]
            errors.append(ArticleAmbiguous(field, article=article, variants=variants))
        else:
            errors.append(GoodsUnknown(field, article=article[:MAX_ARTICLE]))
    if errors:
        raise Invalid(errors)
    return found
