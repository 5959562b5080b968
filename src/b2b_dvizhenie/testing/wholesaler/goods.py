"""The goods of the made-up wholesaler: good number i is a pure function of (seed, i).

Nothing is held in memory, any range can be made in any order, and a larger catalogue begins with the smaller one.
A few goods in ten thousand carry the dirt of real bases (onec.md §7.1): see `Dirt`. Money is in whole kopecks.
"""

from collections.abc import Iterator
from hashlib import blake2b
from struct import Struct as Packed

from msgspec import Struct

from b2b_dvizhenie.testing.wholesaler.assortment import (
    Brand,
    Family,
    Option,
    Series,
    assortment,
    guid,
    guid_of,
)
from b2b_dvizhenie.testing.wholesaler.checks import ean13

PRICE_LEVELS = (1000, 872, 806, 731)
"""Thousandths of the retail price: Розничная, Опт-1, Опт-2, Дилерская."""
WAREHOUSE_COUNT = 3
_WORDS = Packed("<24H")
_COLOUR_LEVELS = (1000, 1040, 1120, 1160)
_CUT_LEVELS = (1000, 985, 970)
_EMPTY_SHELVES = range(3)
_NEARLY_EMPTY_SHELVES = range(3, 5)
_VARIED = range(3)
_DEAR = 1_000_000
"""Kopecks of retail price from which stocks are counted in pieces, not in hundreds."""


class Dirt(Struct, frozen=True):
    """How often each kind of dirt happens, in goods (stocks for `negative_stock`) of ten thousand."""

    duplicate_article: int = 150
    empty_article: int = 70
    deleted: int = 60
    no_barcode: int = 900
    untidy_name: int = 50
    zero_price: int = 60
    no_price: int = 40
    negative_stock: int = 20
    lost_picture: int = 10
    no_picture: int = 300
    no_section: int = 15


class Variant(Struct, frozen=True):
    """A characteristic of a good (`guid#guid` in offers): a colour of a socket or a length of cut cable."""

    ref: str
    attribute: str
    value: str
    barcode: str
    level: int
    """Thousandths of the good's price."""


class Good(Struct, frozen=True):
    """A good as the catalogue tells it."""

    number: int
    ref: str
    code: str
    article: str
    name: str
    barcode: str
    family: Family
    options: tuple[Option, ...]
    """The chosen option of each axis of the family."""
    brand: Brand
    section_ref: str
    """Empty for the few that were left outside the tree."""
    retail: int
    """Kopecks per unit, VAT included; 0 = the base holds a zero, -1 = the base holds no price."""
    deleted: bool
    picture: str
    """Path of the picture in the exchange, empty for none."""
    article_copied: bool
    """Whether the article is that of another good of the family."""
    variants: tuple[Variant, ...]


class Offer(Struct, frozen=True):
    """What is sold: the good itself or one variant, at four prices from three warehouses."""

    good: Good
    variant: Variant | None
    prices: tuple[int, ...]
    """Kopecks per price type; empty = no prices."""
    stocks: tuple[int, ...]
    """Tenths of a unit per warehouse; always whole units except for goods sold by the metre. May be negative."""


def picture_path(kind: str, brand: Brand) -> str:
    """Where a picture lies: goods of one kind and brand share one file."""
    good = guid("picture", kind)
    return f"import_files/{good[:2]}/{good}_{guid('picture', kind, brand.ref)}.png"


class Wholesaler:
    """A wholesaler with `size` goods. Equal arguments make equal goods, on every machine."""

    def __init__(self, size: int = 3000, seed: int = 2026, dirt: Dirt | None = None) -> None:
        if size < 1:
            raise ValueError("a wholesaler trades in at least one good")
        self.size = size
        self.seed = seed
        self.dirt = dirt or Dirt()
        self.assortment = assortment()
        self._key = seed.to_bytes(8, "little", signed=True)
        self._pictures = {
            (family.kind, brand.ref): picture_path(family.kind, brand)
            for family in self.assortment.families
            for brand in family.brands
        }

    def goods(self, start: int = 0, stop: int | None = None) -> Iterator[Good]:
        """Goods `start` … `stop` - 1 in catalogue order."""
        return map(self.good, range(start, self.size if stop is None else min(stop, self.size)))

    def offers(self, start: int = 0, stop: int | None = None, day: int = 0) -> Iterator[Offer]:
        """Offers of these goods as of `day`; deleted goods have none."""
        for good in self.goods(start, stop):
            if not good.deleted:
                yield from self.offers_of(good, day)

    def changed_offers(self, day: int) -> Iterator[Offer]:
        """Offers of the goods whose price or stock moved on `day` ≥ 1: about one good in eight."""
        for number in range(self.size):
            if any(self._moves(number, day)):
                good = self.good(number)
                if not good.deleted:
                    yield from self.offers_of(good, day)

    def good(self, number: int) -> Good:
        """The good at place `number` of the catalogue."""
        digest = self._digest(number)
        draw = _WORDS.unpack_from(digest, 16)
        cycle, place = divmod(number, len(self.assortment.turns))
        family_number, turn = self.assortment.turns[place]
        family = self.assortment.families[family_number]
        ordinal = cycle * family.share + turn
        brand, series, options, generation = _pick(family, ordinal)
        dirt = self.dirt
        article = _article(family, brand, series, options, generation)
        copied = ordinal > 0 and _hit(draw[0], dirt.duplicate_article)
        if copied:
            article = _article(family, *_pick(family, ordinal - 1))
        elif _hit(draw[1], dirt.empty_article):
            article = ""
        name = _name(family, brand, series, options, generation)
        if _hit(draw[2], dirt.untidy_name):
            name = f"{name.replace(' ', '  ', 1)}   "
        section = family.section_refs[family.axes[family.split].options.index(options[family.split])]
        picture = self._pictures[family.kind, brand.ref]
        if _hit(draw[8], dirt.no_picture):
            picture = ""
        elif _hit(draw[9], dirt.lost_picture):
            picture = f"{picture.removesuffix('.png')}_old.png"
        return Good(
            number=number,
            ref=guid_of(digest[:16].hex()),
            code=f"00-{number + 1:08d}",
            article=article,
            name=name,
            barcode="" if _hit(draw[3], dirt.no_barcode) else ean13(f"20{number:010d}"),
            family=family,
            options=options,
            brand=brand,
            section_ref="" if _hit(draw[4], dirt.no_section) else section,
            retail=self._retail(family, brand, series, options, draw),
            deleted=_hit(draw[7], dirt.deleted),
            picture=picture,
            article_copied=copied,
            variants=self._variants(number, family, draw[10]),
        )

    def offers_of(self, good: Good, day: int = 0) -> Iterator[Offer]:
        """The offers of one good as of `day`."""
        retail = good.retail
        stock_day = 0
        if day:
            price_day, stock_day = self._last_moves(good.number, day)
            if price_day and retail > 0:
                retail = retail * (960 + self._day(good.number, price_day)[2] % 111) // 1000
        if not good.variants:
            yield Offer(good, None, _prices(retail), self._stocks(good, 0, stock_day))
        for place, variant in enumerate(good.variants, 1):
            prices = _prices(retail * variant.level // 1000 if retail > 0 else retail)
            yield Offer(good, variant, prices, self._stocks(good, place, stock_day))

    def _digest(self, number: int, more: int = 0) -> bytes:
        """64 bytes of noise; `more` tells apart what one good needs noise for."""
        return blake2b((number << 32 | more).to_bytes(12, "little"), digest_size=64, key=self._key).digest()

    def _retail(
        self, family: Family, brand: Brand, series: Series, options: tuple[Option, ...], draw: tuple[int, ...]
    ) -> int:
        if _hit(draw[5], self.dirt.zero_price):
            return 0
        if _hit(draw[6], self.dirt.no_price):
            return -1
        price = family.price * brand.factor * series.factor // 1000
        for option in options:
            price = price * option.factor // 1000
        return max(50, price * (950 + draw[11] % 101) // 1_000_000)

    def _variants(self, number: int, family: Family, draw: int) -> tuple[Variant, ...]:
        values: tuple[str, ...]
        levels: tuple[int, ...]
        if draw % 10 not in _VARIED or not (family.colours or family.cuts):
            return ()
        if family.cuts:
            attribute, values, levels = "Бухта", tuple(f"{cut} м" for cut in family.cuts), _CUT_LEVELS
        else:
            attribute, values, levels = "Цвет", self.assortment.colours, _COLOUR_LEVELS
        return tuple(
            Variant(
                guid_of(self._digest(number, place)[:16].hex()),
                attribute,
                value,
                ean13(f"21{number:08d}{place:02d}"),
                level,
            )
            for place, (value, level) in enumerate(zip(values, levels, strict=False), 1)
        )

    def _stocks(self, good: Good, place: int, day: int) -> tuple[int, ...]:
        draw = _WORDS.unpack_from(self._digest(good.number, 1 << 24 | day << 4 | place), 16)
        dear = good.retail > _DEAR
        step = 5 if good.family.unit.short == "м" else 10
        return tuple(
            -10 * (1 + draw[at + 1] % 5)
            if _hit(draw[at + 2], self.dirt.negative_stock)
            else _stock(draw[at], draw[at + 1], step, dear=dear)
            for at in range(0, 3 * WAREHOUSE_COUNT, 3)
        )

    def _day(self, number: int, day: int) -> tuple[int, ...]:
        return _WORDS.unpack_from(self._digest(number, 2 << 24 | day), 16)

    def _moves(self, number: int, day: int) -> tuple[bool, bool]:
        """Whether the price, and whether the stock of a good moved on `day`."""
        draw = self._day(number, day)
        return _hit(draw[0], 300), _hit(draw[1], 1000)

    def _last_moves(self, number: int, day: int) -> tuple[int, int]:
        price_day = stock_day = 0
        while day and not (price_day and stock_day):
            price, stock = self._moves(number, day)
            price_day = price_day or price * day
            stock_day = stock_day or stock * day
            day -= 1
        return price_day, stock_day


def _hit(draw: int, rate: int) -> bool:
    """Whether a draw of 16 bits falls under `rate` of ten thousand."""
    return draw * 10_000 < rate << 16


def _pick(family: Family, ordinal: int) -> tuple[Brand, Series, tuple[Option, ...], int]:
    """The combination that good `ordinal` of the family is; a family that is used up begins a new generation."""
    generation, place = divmod(ordinal, family.combinations)
    place = (place + 1) * family.stride % family.combinations
    place, brand = divmod(place, len(family.brands))
    place, series = divmod(place, len(family.series))
    options = []
    for axis in family.axes:
        place, option = divmod(place, len(axis.options))
        options.append(axis.options[option])
    return family.brands[brand], family.series[series], tuple(options), generation


def _article(family: Family, brand: Brand, series: Series, options: tuple[Option, ...], generation: int) -> str:
    codes = {axis.key: option.code for axis, option in zip(family.axes, options, strict=True)}
    article = family.article.format_map({"b": brand.code, "s": series.code} | codes)
    return f"{article}/{generation + 1}" if generation else article


def _name(family: Family, brand: Brand, series: Series, options: tuple[Option, ...], generation: int) -> str:
    texts = {axis.key: option.text for axis, option in zip(family.axes, options, strict=True)}
    name = family.name.format_map({"brand": brand.name, "series": series.name} | texts)
    return f"{name} исп. {generation + 1}" if generation else name


def _prices(retail: int) -> tuple[int, ...]:
    if retail < 0:
        return ()
    return tuple(retail * level // 1000 for level in PRICE_LEVELS)


def _stock(kind: int, amount: int, step: int, *, dear: bool) -> int:
    """Tenths of a unit: three in ten are out of stock, two in ten nearly so."""
    if kind % 10 in _EMPTY_SHELVES:
        return 0
    if kind % 10 in _NEARLY_EMPTY_SHELVES:
        return 10 * (1 + amount % 9)
    return 10 * (1 + amount % 40) if dear else step * (20 + amount % 4000)
