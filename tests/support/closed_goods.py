"""Goods that segments close to an observer's company, for pairs of worlds that differ only in them (HIER-7)."""

from collections.abc import Sequence
from decimal import Decimal
from random import Random
from uuid import UUID

from market import Market, Person
from msgspec import Struct
from snapshots import Snapshot
from sqlalchemy import insert

from b2b_dvizhenie.adapters.postgres.search import ADD_WORDS, VECTOR
from b2b_dvizhenie.adapters.postgres.tables import visibility as v
from b2b_dvizhenie.adapters.postgres.tables.ordering import cart_line
from b2b_dvizhenie.domain.catalog import article_key, search_document, sort_key
from b2b_dvizhenie.domain.shared.ids import VariantId, new_id

NAMES = ("Секрет", "Анкр", "Болтик", "Гайк", "Ничегоо такого", "Дюбел", "Ерма", "Саморез М99")
"""Words of closed goods: among them such as a misspelt word would be taken for, were they known."""


class AskedFor(Struct, frozen=True):
    """What there is to ask for."""

    sections: tuple[UUID, ...] = ()
    brands: tuple[UUID, ...] = ()
    goods: tuple[UUID, ...] = ()


NOTHING_ASKED = AskedFor()


class ClosedGoods:
    """A closed section with an open one in it, a closed brand with goods in an open section, and goods of all three.

    `kept` is a good that the observer ordered, and put into his cart, before it was closed: he knows its name.
    """

    def __init__(self, market: Market, section: UUID) -> None:
        self.market, self.section = market, section
        self.goods: list[UUID] = []

    async def open(self) -> UUID:
        """Make them; the good that stays open."""
        market = self.market
        self.closed = await market.section("Закрытый раздел")
        self.opened = await market.section("Открытый раздел", self.closed)
        self.brand = await market.brand("Тайна")
        stock = {market.moscow: "7"}
        for number in range(4):
            section, brand = (self.closed, None) if number < 3 else (self.section, (self.brand, "Тайна"))
            article = f"SECRET-{number}"
            self.goods.append(
                await market.product(f"Секрет {number}", section=section, article=article, brand=brand, stock=stock)
            )
        self.kept = self.goods.pop()
        self.asked = AskedFor((self.closed, self.opened), (self.brand,), (*self.goods, self.kept))
        return await market.product("Болт открытый", section=self.opened, article="OPEN-1", stock=stock)

    async def known_to(self, person: Person) -> UUID:
        """Let somebody order one of them, and put it into his cart once more; the order."""
        placed = await self.market.order(person, (VariantId(self.kept), "2"))
        line = {"user_id": person.user_id, "variant_id": self.kept, "quantity": Decimal(3)}
        await self.market._write(insert(cart_line).values(**line, added_at=self.market.container.clock()()))
        return placed.order_id

    async def close_to(self, company: UUID) -> None:
        """Let a segment close them to a company."""
        segment = new_id()
        await self.market._write(
            insert(v.segment).values(segment_id=segment, name="Закрытое"),
            insert(v.segment_section).values(segment_id=segment, section_id=self.closed, opens=False),
            insert(v.segment_section).values(segment_id=segment, section_id=self.opened, opens=True),
            insert(v.segment_brand).values(segment_id=segment, brand_id=self.brand, opens=False),
            insert(v.segment_member).values(segment_id=segment, company_id=company),
        )

    def vary(self, snapshot: Snapshot, random: Random) -> None:
        """Other closed goods: what they are called, cost and have in stock, how many there are, of which brands."""
        words = random.sample(NAMES, random.randint(1, 3))  # so that each is in some worlds and not in others
        for good in self.goods:
            _rename(snapshot, random, good, words)
        for _ in range(random.randint(0, 3)):
            self._add(snapshot, random, words)
        gone = self.goods[2]
        snapshot.run("UPDATE product SET is_active = %s WHERE product_id = %s", random.random() < 0.5, gone)
        snapshot.run(
            "DELETE FROM product_placement WHERE product_id = %s AND NOT (SELECT is_active FROM product"
            " WHERE product_id = %s)",
            gone,
            gone,
        )
        for good in (*self.goods, self.kept):
            _cost(self.market, snapshot, random, good)
        snapshot.run(
            "UPDATE section s SET product_count = (SELECT count(*) FROM product_placement l"
            " WHERE l.section_id = s.section_id)"
        )

    def _add(self, snapshot: Snapshot, random: Random, words: Sequence[str]) -> None:
        """One more good: in the closed section, of a brand nobody else has, or of the closed brand in an open one."""
        key = UUID(bytes=random.randbytes(16))
        section, brand = self.closed, UUID(bytes=random.randbytes(16))
        if random.random() < 0.5:
            section, brand = self.section, self.brand
        else:
            snapshot.run(
                "INSERT INTO brand (brand_id, node_id, name_key, name) VALUES (%s, %s, %s, %s)",
                brand,
                self.market.node,
                brand.hex,
                random.choice(words),
            )
        snapshot.run(
            "INSERT INTO product (product_id, node_id, external_ref, name, sort_key, brand_id, section_id, section_ids,"
            " unit_name, updated_at) VALUES (%s, %s, %s, '', '', %s, %s, ARRAY[%s], 'шт', now())",
            key,
            self.market.node,
            key.hex,
            brand,
            section,
            section,
        )
        snapshot.run("INSERT INTO variant (variant_id, product_id) VALUES (%s, %s)", key, key)
        _rename(snapshot, random, key, words)
        _cost(self.market, snapshot, random, key)


def _rename(snapshot: Snapshot, random: Random, good: UUID, words: Sequence[str]) -> None:
    """Another name and article, with everything that follows from them: words, places in lists."""
    name = f"{random.choice(words)} {random.choice(words)}"
    article = random.choice(("ART-0003", "ART-0004", random.randbytes(3).hex()))
    document = search_document(name, codes=[article], brand="", others=[])
    vector = VECTOR.format(**{field: f"%({field})s" for field in document._fields})
    values = {**document._asdict(), "good": good, "called": name, "article": article}
    values |= {"article_key": article_key(article), "sort_key": sort_key(name)}
    snapshot.named(
        f"UPDATE product SET search = {vector}, name = %(called)s, article = %(article)s,"  # noqa: S608 - ours
        " article_key = %(article_key)s, sort_key = %(sort_key)s WHERE product_id = %(good)s",
        values,
    )
    adding = ADD_WORDS.format(words="one.words", source="(SELECT %(words)s::text AS words) one")
    snapshot.named(adding, {"words": " ".join(document)})
    snapshot.run("DELETE FROM product_placement WHERE product_id = %s", good)
    snapshot.run(
        "INSERT INTO product_placement (section_id, sort_key, product_id)"
        " SELECT above.id, p.sort_key, p.product_id FROM product p JOIN section s ON s.section_id = p.section_id"
        " CROSS JOIN LATERAL unnest(s.path) AS above (id) WHERE p.product_id = %s",
        good,
    )


def _cost(market: Market, snapshot: Snapshot, random: Random, good: UUID) -> None:
    """Other prices, also of the type the observer buys at, or none; another stock."""
    snapshot.run("DELETE FROM price WHERE variant_id = %s", good)
    for kind in (market.retail, market.wholesale):
        if random.random() < 0.8:
            snapshot.run(
                "INSERT INTO price (price_type_id, variant_id, min_quantity, amount, currency, updated_at)"
                " VALUES (%s, %s, 0, %s, 'RUB', now())",
                kind,
                good,
                Decimal(random.randint(1, 100_000)) / 100,
            )
    snapshot.run("DELETE FROM stock WHERE variant_id = %s", good)
    snapshot.run(
        "INSERT INTO stock (variant_id, warehouse_id, quantity, updated_at) VALUES (%s, %s, %s, now())",
        good,
        market.moscow,
        random.randint(0, 9),
    )
