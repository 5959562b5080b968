"""Offers as rows for COPY: variants, their prices and stock."""

import hashlib
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from b2b_dvizhenie.adapters.postgres.exchange.chunks import Chunk
from b2b_dvizhenie.adapters.postgres.exchange.copying import NULL, array, binary, flag, json_field, quoted
from b2b_dvizhenie.adapters.postgres.exchange.merge_offers import HASH_BYTES
from b2b_dvizhenie.adapters.postgres.exchange.problems import Problems
from b2b_dvizhenie.adapters.postgres.exchange.references import PriceType, PriceTypes, Warehouse, Warehouses
from b2b_dvizhenie.application.exchange.records import GoodRecord, OfferRecord, PriceRow, StockRow

_LARGEST_PRICE = Decimal(10) ** 14
_LARGEST_QUANTITY = Decimal(10) ** 12
_GRID = Decimal("0.0001")
_ONE = Decimal(1)
_UNSAID = (NULL, NULL, NULL, NULL, NULL)


class Offers:
    """Makes rows of the offers of one file."""

    def __init__(self, price_types: PriceTypes, warehouses: Warehouses, problems: Problems) -> None:
        self._price_types = price_types
        self._warehouses = warehouses
        self._problems = problems
        self._types: dict[str, PriceType] = {}
        self._stores: dict[str, Warehouse] = {}
        self._count = 0
        self.read = 0
        self.prices_read = 0
        self.stocks_read = 0

    def take(self, record: OfferRecord, chunk: Chunk, *, only_changes: bool) -> None:
        """Add the offer to a chunk that has no other row of it."""
        self.read += 1
        self._count += 1
        n = self._count
        prices, stocks = record.prices, record.stocks
        row = (
            str(n),
            quoted(record.ref),
            quoted(record.variant_ref),
            *self._facts(record),
            flag(record.deleted),
            "f",
            "0" if prices is None else "1" if only_changes else "2",
            "0" if stocks is None else "2" if record.stocks_complete else "1",
        )
        chunk.offers.append("\t".join(row))
        chunk.says_prices = chunk.says_prices or prices is not None
        chunk.says_stocks = chunk.says_stocks or stocks is not None
        if prices:
            self.prices_read += len(prices)
            for price in prices:
                self._take_price(n, price, record, chunk.prices)
        if stocks:
            self.stocks_read += len(stocks)
            for stock in stocks:
                self._take_stock(n, stock, record, chunk.stocks)

    def take_variant(self, record: GoodRecord, chunk: Chunk) -> None:
        """Add the variant that a good of the catalogue describes (onec.md §3.4: `guid#charguid` as its Ид)."""
        self._count += 1
        facts = OfferRecord(
            record.ref,
            record.variant_ref,
            name=record.name,
            article=record.article,
            barcodes=record.barcodes,
            attributes=record.attributes,
        )
        key = (str(self._count), quoted(record.ref), quoted(record.variant_ref))
        row = (*key, *self._facts(facts, b"good"), flag(record.deleted or None), "t", "0", "0")
        chunk.offers.append("\t".join(row))

    def _facts(self, record: OfferRecord, source: bytes = b"") -> tuple[str, str, str, str, str]:
        """hash, name, article, barcodes, attributes. An offer with a name describes its variant, others do not."""
        if not record.name:
            return _UNSAID
        name = record.name if record.variant_ref else ""
        content = msgspec.msgpack.encode((name, record.article, record.barcodes, record.attributes))
        return (
            binary(hashlib.blake2b(content, digest_size=HASH_BYTES).digest() + source),
            quoted(name),
            quoted(record.article),
            array(record.barcodes),
            json_field(record.attributes) if record.attributes else NULL,
        )

    def _take_price(self, n: int, price: PriceRow, record: OfferRecord, rows: list[str]) -> None:
        kind = self._types.get(price.price_type_ref)
        if kind is None:
            kind = self._types[price.price_type_ref] = self._price_types.find(price.price_type_ref, record.line)
        value, factor, minimum, unit = price.value, price.factor, price.min_quantity, price.unit
        amount = NULL
        if value is not None and value > 0:
            if factor != _ONE:
                value = (value / factor).quantize(_GRID, ROUND_HALF_UP)
            if value >= _LARGEST_PRICE or factor >= _LARGEST_QUANTITY or minimum >= _LARGEST_QUANTITY:
                self._problems.error("price", "exchange.number_out_of_range", record.ref, record.line, str(value))
                return
            if value >= _GRID:
                amount = str(value)
        # PostgreSQL reads the exponent that str() may write, and str() is twice as fast as a format.
        rows.append(
            f"{n}\t{kind.place}\t{amount}\t{price.currency or kind.currency}\t{factor}\t"
            f"{quoted(unit) if unit else ''}\t{minimum}"
        )

    def _take_stock(self, n: int, stock: StockRow, record: OfferRecord, rows: list[str]) -> None:
        store = self._stores.get(stock.warehouse_ref)
        if store is None:
            store = self._stores[stock.warehouse_ref] = self._warehouses.find(stock.warehouse_ref, record.line)
        quantity = stock.quantity
        if not -_LARGEST_QUANTITY < quantity < _LARGEST_QUANTITY:
            self._problems.error("stock", "exchange.number_out_of_range", record.ref, record.line, str(quantity))
            return
        rows.append(f"{n}\t{store.place}\t{quantity}")

    def counters(self) -> dict[str, int]:
        """For the report."""
        return {"offers.read": self.read, "prices.read": self.prices_read, "stocks.read": self.stocks_read}
