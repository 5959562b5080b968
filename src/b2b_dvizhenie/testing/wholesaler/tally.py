"""Counts what goes into files, so that a reader can be checked against the truth."""

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from b2b_dvizhenie.testing.wholesaler.goods import Good, Offer, Wholesaler

Advance = Callable[[int], None]
"""Told about every good whose catalogue or offer rows were written, and about every picture."""


class Counts(Struct):
    """What the files hold, as a careful reader should find it."""

    goods: int = 0
    deleted: int = 0
    empty_articles: int = 0
    copied_articles: int = 0
    without_section: int = 0
    without_barcode: int = 0
    without_picture: int = 0
    lost_pictures: int = 0
    variants: int = 0
    offers: int = 0
    variant_offers: int = 0
    prices: int = 0
    zero_prices: int = 0
    unpriced_offers: int = 0
    stocks: int = 0
    negative_stocks: int = 0
    zero_stocks: int = 0
    partners: int = 0


class Tally:
    """Hands goods and offers of a wholesaler through and counts them; each good is counted once."""

    def __init__(self, wholesaler: Wholesaler, day: int, advance: Advance) -> None:
        self.counts = Counts()
        self._wholesaler = wholesaler
        self.day = day
        self._advance = advance

    def goods(self, start: int, stop: int) -> Iterator[Good]:
        """Goods of the range."""
        counts = self.counts
        for good in self._wholesaler.goods(start, stop):
            counts.goods += 1
            counts.deleted += good.deleted
            counts.empty_articles += not good.article
            counts.copied_articles += good.article_copied
            counts.without_section += not good.section_ref
            counts.without_barcode += not good.barcode
            counts.without_picture += not good.picture
            counts.lost_pictures += good.picture.endswith("_old.png")
            counts.variants += len(good.variants)
            yield good
            self._advance(1)

    def offers(self, start: int, stop: int) -> Iterator[Offer]:
        """Offers of the goods of the range."""
        for good in self._wholesaler.goods(start, stop):
            if not good.deleted:
                yield from self.counted(self._wholesaler.offers_of(good, self.day))
            self._advance(1)

    def counted(self, offers: Iterable[Offer]) -> Iterator[Offer]:
        """Offers from elsewhere."""
        counts = self.counts
        for offer in offers:
            counts.offers += 1
            counts.variant_offers += offer.variant is not None
            counts.prices += len(offer.prices)
            counts.zero_prices += offer.prices.count(0)
            counts.unpriced_offers += not offer.prices
            counts.stocks += len(offer.stocks)
            counts.zero_stocks += offer.stocks.count(0)
            counts.negative_stocks += sum(stock < 0 for stock in offer.stocks)
            yield offer
