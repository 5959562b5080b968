"""Discount rules: what they cover, how much they take off, and why one does not match (PRC-3, pricing-semantics A.3).

A rule has one of four kinds of goods: a category with everything below it, a brand, the intersection of both, or an
explicit list of articles. Its target (who it is for) is a filter only: it does not rank.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from msgspec import Struct


class Kind(StrEnum):
    """Kind of goods a rule covers, in the default rank: an explicit list first, a whole category last."""

    ARTICLES = "articles"
    CATEGORY_BRAND = "category_brand"
    BRAND = "brand"
    CATEGORY = "category"


DEFAULT_KIND_ORDER = tuple(Kind)


class Effect(StrEnum):
    """What a rule does to the remainder."""

    PERCENT = "percent"  # takes value percent of it
    AMOUNT = "amount"  # takes value per base unit, at most all of it
    FIXED_PRICE = "fixed_price"  # brings it down to value per base unit; a dearer fixed price takes nothing


class Mismatch(StrEnum):
    """Which condition of a rule did not hold."""

    INACTIVE = "inactive"
    TARGET = "target"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    CATEGORY = "category"
    BRAND = "brand"
    ARTICLE = "article"
    QUANTITY = "quantity"
    CURRENCY = "currency"


class Target(Struct, frozen=True):
    """Who a rule is for: everyone when all three are empty, else whoever is named in any of them."""

    companies: frozenset[UUID] = frozenset()
    agreements: frozenset[UUID] = frozenset()
    segments: frozenset[UUID] = frozenset()

    def covers(self, buyer: "Buyer") -> bool:
        """Whether the buyer is meant."""
        if not (self.companies or self.agreements or self.segments):
            return True
        return (
            buyer.company_id in self.companies
            or buyer.agreement_id in self.agreements
            or not self.segments.isdisjoint(buyer.segments)
        )


class Buyer(Struct, frozen=True):
    """What rules may ask of the buyer."""

    company_id: UUID
    agreement_id: UUID | None = None
    segments: frozenset[UUID] = frozenset()


class Goods(Struct, frozen=True, gc=False):
    """What rules may ask of a product. `path` holds its sections from the root down to its own."""

    article: str = ""
    brand_id: UUID | None = None
    path: tuple[UUID, ...] = ()


class Rule(Struct, frozen=True):
    """A discount rule. Percent 0 to 100; amounts and fixed prices per base unit in `currency`.

    `priority` is higher for what goes first, `order` lower. Valid from `starts_at` (inclusive) to `ends_at`
    (exclusive). `minimum` is the quantity of the line from which it holds. `stop_level` and `stop_all` act in
    PRIORITY_STACK, `exclusive` in EXCLUSIVE_IF_BETTER.
    """

    rule_id: UUID
    kind: Kind
    effect: Effect
    value: Decimal
    category_id: UUID | None = None
    brand_id: UUID | None = None
    articles: frozenset[str] = frozenset()
    target: Target = Target()
    currency: str = "RUB"
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    minimum: Decimal = Decimal(0)
    priority: int = 0
    order: int = 0
    stop_level: bool = False
    stop_all: bool = False
    exclusive: bool = False
    is_active: bool = True

    def __post_init__(self) -> None:
        if not self.value.is_finite() or self.value < 0:
            raise ValueError("value must be a finite number, zero or more")
        if self.effect is Effect.PERCENT and self.value > 100:
            raise ValueError("percent must be at most 100")
        if not self.minimum.is_finite() or self.minimum < 0:
            raise ValueError("minimum must be a finite number, zero or more")
        needs_category = self.kind in (Kind.CATEGORY, Kind.CATEGORY_BRAND)
        needs_brand = self.kind in (Kind.BRAND, Kind.CATEGORY_BRAND)
        if needs_category != (self.category_id is not None) or needs_brand != (self.brand_id is not None):
            raise ValueError("kind, category_id and brand_id do not fit together")
        if (self.kind is Kind.ARTICLES) != bool(self.articles):
            raise ValueError("articles belong to the kind articles, and only to it")
        if self.starts_at and self.ends_at and self.starts_at >= self.ends_at:
            raise ValueError("a rule must end after it starts")

    def is_in_force(self, currency: str, now: datetime) -> bool:
        """Whether all holds that `mismatch` asks neither of the buyer nor of the line."""
        return (
            self.is_active
            and (self.starts_at is None or now >= self.starts_at)
            and (self.ends_at is None or now < self.ends_at)
            and (self.effect is Effect.PERCENT or self.currency == currency)
        )

    def depth(self, goods: Goods) -> int:
        """How deep the rule's category lies on the way to the product: 0 without a category."""
        return goods.path.index(self.category_id) + 1 if self.category_id in goods.path else 0

    def _goods_mismatch(self, goods: Goods) -> Mismatch | None:
        if self.category_id is not None and self.category_id not in goods.path:
            return Mismatch.CATEGORY
        if self.brand_id is not None and self.brand_id != goods.brand_id:
            return Mismatch.BRAND
        if self.kind is Kind.ARTICLES and goods.article.strip() not in self.articles:
            return Mismatch.ARTICLE
        return None

    def mismatch(
        self, buyer: Buyer, goods: Goods | None, quantity: Decimal, currency: str, now: datetime
    ) -> Mismatch | None:
        """The first condition that does not hold, or None when the rule matches the line.

        Args:
            buyer: who buys.
            goods: the product; None when the condition on the goods is known to hold (`RuleBook.placed`).
            quantity: of the line, in base units.
            currency: of the line's base price.
            now: the moment of the price.
        """
        if not self.is_active:
            return Mismatch.INACTIVE
        if not self.target.covers(buyer):
            return Mismatch.TARGET
        if self.starts_at is not None and now < self.starts_at:
            return Mismatch.NOT_YET
        if self.ends_at is not None and now >= self.ends_at:
            return Mismatch.EXPIRED
        if goods is not None and (found := self._goods_mismatch(goods)) is not None:
            return found
        if quantity < self.minimum:
            return Mismatch.QUANTITY
        if self.effect is not Effect.PERCENT and self.currency != currency:
            return Mismatch.CURRENCY
        return None
