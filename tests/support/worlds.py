"""Pairs of worlds that differ only in what an observer may not see, and what he asks them (reliability.md Z5).

A base world is the club with goods in sections, of brands, with three price types and discount rules in force; some
goods are closed to the observer's company. `hide` changes everything that is closed to an observer: closed goods,
prices he does not buy at, conditions that his level conceals, discount rules, limits, orders, carts, names and numbers
of other companies and people, and how many of them there are. The clock and the ids stand still, and what the database
counts with (numbers of orders, of audit rows) goes on from the same number in both worlds.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from types import SimpleNamespace
from uuid import UUID

from balances import vary_balance
from closed_goods import ClosedGoods
from club import BUYERS, COMPANIES, STAFF, Club, scope_of
from dependency_injector import providers
from discounting import in_force, off_brand, off_section
from hidden_lists import vary_lists, vary_notes
from market import PREPAYMENT, Market, Person
from msgspec import Struct
from psycopg.types.json import Jsonb
from snapshots import Snapshot
from sqlalchemy import insert

from b2b_dvizhenie.adapters.postgres.tables.pricing import price_type
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.pricing import SetLimits
from b2b_dvizhenie.domain.shared.ids import VariantId, new_id
from b2b_dvizhenie.domain.visibility import NOTHING, PRICE_GROUPS
from b2b_dvizhenie.entrypoints.container import Container
from b2b_dvizhenie.entrypoints.settings import Settings

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
WORDS = ("Болт", "Гайка", "Шайба", "Саморез", "Анкер", "Дюбель")


class Observer(Struct, frozen=True):
    """Somebody who looks, by his name in the club, his role, and his access level where he buys."""

    name: str
    role: str
    level: int = 3

    @property
    def buys(self) -> bool:
        """Whether he has prices of his own."""
        return self.role == "client"


OBSERVERS = (
    Observer("newcomer", "client", 1),
    Observer("client", "client"),
    Observer("manager", "manager"),
    Observer("head", "head_of_managers"),
    Observer("director", "director"),
)


class Stopped:
    """A clock that stands until it is moved, and ids that follow from how many were made."""

    def __init__(self) -> None:
        self.now, self._made = NOON, 0

    def __call__(self) -> datetime:
        return self.now

    def restart(self) -> None:
        """Begin again."""
        self.now, self._made = NOON, 0

    def patched(self) -> tuple[SimpleNamespace, SimpleNamespace]:
        """What stands for the modules `os` and `time` where ids are made."""

        def urandom(size: int) -> bytes:
            self._made += 1
            return self._made.to_bytes(size, "big")

        def time_ns() -> int:
            return int(self.now.timestamp()) * 1_000_000_000

        return SimpleNamespace(urandom=urandom), SimpleNamespace(time_ns=time_ns)


def standing_container(settings: Settings, url: str, clock: Stopped) -> Container:
    """The product's container with a clock that stands."""
    return Container(settings=settings, database_url=url, clock=providers.Object(clock))


def forget_caches(container: Container) -> None:
    """Make every part of the process anew but the connections: nothing one world left behind may serve another."""
    for name, provider in container.providers.items():
        if isinstance(provider, providers.Singleton) and name != "database":
            provider.reset()


class World:
    """A base world, open for variations."""

    def __init__(self, market: Market, observer: Observer, seed: int) -> None:
        self.club = Club(market)
        self.market = market
        self.observer = observer
        self.random = Random(seed)  # noqa: S311 - worlds must be reproducible
        self.special = new_id()
        self.sections: list[UUID] = []
        self.brands: list[UUID] = []
        self.products: list[UUID] = []

    @property
    def person(self) -> Person:
        """The observer."""
        return self.club.people[self.observer.name]

    async def open(self) -> "World":
        """Make what both worlds of a pair have."""
        market, club = self.market, self.club
        await club.open()
        club.people["newcomer"] = await market.member(club.companies["own"], level=1, name="newcomer")
        kind = {"price_type_id": self.special, "external_ref": "special", "name": "Special", "is_default": False}
        await market._write(insert(price_type).values(node_id=market.node, **kind))
        for number in range(3):
            self.sections.append(await market.section(f"Раздел {number}"))
        brands = [(await market.brand(name), name) for name in ("Ермак", "Кедр")]
        self.brands = [key for key, _ in brands]
        for number in range(12):
            self.products.append(
                await market.product(
                    f"{WORDS[number % len(WORDS)]} М{number}",
                    section=self.random.choice(self.sections),
                    article=f"ART-{number:04d}",
                    brand=self.random.choice(brands),
                    retail=str(self.random.randint(10, 900)),
                    wholesale=str(self.random.randint(5, 800)),
                    stock={market.moscow: str(self.random.randint(0, 50)), market.kazan: "5"},
                )
            )
        self.rule_set = await self._discounts()
        # The newcomer's own order, at prices he sees; those of others in his company hide theirs from him.
        placed = await market.order(club.people["newcomer"], (VariantId(self.products[0]), "3"))
        club.orders["newcomer"], club.numbers["newcomer"] = placed.order_id, placed.number
        await market.actor(club.people["newcomer"])
        if self.observer.buys:
            goods = [VariantId(one) for one in self.products[:3]]
            club.specifications[self.observer.name] = await club.specification(self.observer.name, "Mine", goods)
        self.closed = ClosedGoods(market, self.sections[0])
        self.products.append(await self.closed.open())
        if self.observer.buys:
            club.orders["kept"] = await self.closed.known_to(self.person)
        await self.closed.close_to(club.companies["own"])
        return self

    async def _discounts(self) -> UUID:
        """Rules for everybody, for the observer's company, and for each of the others, by the company or its terms."""
        club, where = self.club, self.sections
        rules = [
            off_brand("4", self.brands[0]),
            off_section("6", where[0], minimum=Decimal(10)),
            off_section("7", where[1], companies=(club.companies["own"],)),
            off_brand("3", self.brands[1], agreements=(club.agreements["own"],)),
        ]
        for name in COMPANIES:
            if name != "own":
                rules.append(off_section("9", self.random.choice(where), companies=(club.companies[name],)))
                rules.append(off_brand("8", self.brands[0], agreements=(club.agreements[name],)))
        limits = SetLimits(max_total_percent=Decimal(40))
        return await in_force(self.market.container, *rules, limits=limits)

    def sees_company(self, name: str) -> bool:
        """Whether orders of a company are the observer's to see."""
        scope = scope_of(self.observer.role, Permission.ORDERS_VIEW)
        if self.observer.buys:
            return name == "own"
        return scope is not None and self.club.company_in_scope(self.observer.name, scope, name)

    def sees_lists(self, owner: str) -> bool:
        """Whether the lists of a buyer are the observer's to see; all of them are private."""
        if self.observer.buys:
            return owner == self.observer.name
        scope = scope_of(self.observer.role, Permission.SPECIFICATIONS_VIEW)
        return scope is not None and self.club.company_in_scope(self.observer.name, scope, BUYERS[owner])

    def sees_person(self, name: str) -> bool:
        """Whether a person is the observer's to see; the names of colleagues and of the own manager stand in orders."""
        if name == self.observer.name or (name in BUYERS and self.sees_company(BUYERS[name])):
            return True
        if self.observer.buys:
            return name in ("newcomer", COMPANIES["own"][0])
        scope = scope_of(self.observer.role, Permission.USERS_VIEW) or Scope.OWN
        return name == "newcomer" or self.club.person_in_scope(self.observer.name, scope, name)

    def visible_price_type(self) -> UUID | None:
        """The price type the observer buys at."""
        if not self.observer.buys:
            return None
        return self.market.retail if self.observer.level == 1 else self.market.wholesale


def hide(world: World, snapshot: Snapshot, seed: int) -> None:
    """Make the closed part of a world another one; the open part is not touched."""
    random = Random(seed)  # noqa: S311 - worlds must be reproducible
    _prices(world, snapshot, random)
    _people(world, snapshot, random)
    hidden = [name for name in COMPANIES if not world.sees_company(name)]
    for name in hidden:
        _company(world, snapshot, random, name)
    _vip(world, snapshot, random, hidden)
    _discounts(world, snapshot, random, [*hidden, "own"] if world.observer.level == 1 else hidden)
    if world.observer.buys:
        world.closed.vary(snapshot, random)
    for _ in range(random.randint(0, 4)):
        _newcomers(world, snapshot, random)
    if world.observer.level == 1:
        _concealed(world, snapshot, random)
        _documents(snapshot, random, "own", world.club.companies["own"])
        hidden = [*hidden, "own"]
    for name in hidden:
        vary_balance(snapshot, random, world.club.companies[name], is_own=name == "own")
    vary_lists(
        snapshot,
        random,
        NOON,
        hidden=[key for name, key in world.club.specifications.items() if not world.sees_lists(name)],
        goods=world.products,
    )
    if world.observer.buys:
        concealed = {world.club.companies["beside"]: NOTHING if world.observer.level == 1 else PRICE_GROUPS}
        if world.observer.level == 1:
            concealed[world.club.companies["own"]] = PRICE_GROUPS
        vary_notes(
            snapshot,
            random,
            NOON,
            key=world.club.specifications[world.observer.name],
            reader=world.person.user_id,
            concealed=concealed,
        )
    snapshot.even_sequences()


def _money(random: Random) -> Decimal:
    return Decimal(random.randint(1, 10_000_000)) / 100


def _prices(world: World, snapshot: Snapshot, random: Random) -> None:
    """Every price of the types the observer does not buy at: other amounts, breaks, or none at all."""
    seen = world.visible_price_type()
    for kind in (world.market.retail, world.market.wholesale, world.special):
        if kind == seen:
            continue
        snapshot.run("DELETE FROM price WHERE price_type_id = %s", kind)
        for good in [*world.products, *world.club.goods, world.club.things["hidden"]]:
            for least in ("0", "10")[: random.randint(0, 2)]:
                snapshot.run(
                    "INSERT INTO price (price_type_id, variant_id, min_quantity, amount, currency, updated_at)"
                    " VALUES (%s, %s, %s, %s, %s, %s)",
                    kind,
                    good,
                    Decimal(least),
                    _money(random),
                    random.choice(("RUB", "USD")) if kind == world.special else "RUB",
                    NOON - timedelta(hours=random.randint(1, 99)),
                )


def _people(world: World, snapshot: Snapshot, random: Random) -> None:
    """Names, logins and carts of people the observer does not see."""
    for name in [*STAFF, *BUYERS]:
        user = world.club.people[name].user_id
        if not world.sees_person(name):
            mark = random.randbytes(4).hex()
            snapshot.run(
                "UPDATE app_user SET name = %s, email = %s, is_active = %s WHERE user_id = %s",
                f"Имя {mark}",
                f"{mark}@hidden.test",
                random.random() < 0.8 or name in STAFF,
                user,
            )
            seen_at = NOON - timedelta(days=random.randint(0, 9))
            snapshot.run("UPDATE session SET last_seen_at = %s WHERE user_id = %s", seen_at, user)
        if name == world.observer.name:
            continue
        snapshot.run("DELETE FROM cart_line WHERE user_id = %s", user)
        for good in random.sample(world.products, random.randint(0, 3)):
            snapshot.run(
                "INSERT INTO cart_line (user_id, variant_id, quantity, added_at) VALUES (%s, %s, %s, %s)",
                user,
                good,
                random.randint(1, 99),
                NOON,
            )


def _company(world: World, snapshot: Snapshot, random: Random, name: str) -> None:
    """A company the observer does not see: what it is called, at which prices it buys, what it ordered."""
    company = world.club.companies[name]
    snapshot.run(
        "UPDATE company SET name = %s, inn = %s, is_active = %s WHERE company_id = %s",
        f"Фирма {random.randbytes(3).hex()}",
        str(random.randint(10**9, 10**10 - 1)),
        random.random() < 0.8,
        company,
    )
    types = (world.market.retail, world.market.wholesale, world.special)
    snapshot.run(
        "UPDATE agreement SET price_type_id = %s, credit_limit = %s, minimum_amount = %s, payment_methods = %s"
        " WHERE company_id = %s",
        random.choice(types),
        random.choice((None, _money(random))),
        random.choice((None, _money(random))),
        random.choice(([], [PREPAYMENT])),
        company,
    )
    snapshot.run("UPDATE membership SET access_level = %s WHERE company_id = %s", random.randint(1, 5), company)
    _documents(snapshot, random, name, company)
    for row in snapshot.rows("SELECT order_id FROM customer_order WHERE company_id = %s", company):
        _order(snapshot, random, row[0])
        if random.random() < 0.3:
            snapshot.run("DELETE FROM customer_order WHERE order_id = %s", row[0])


def _order(snapshot: Snapshot, random: Random, order: UUID) -> None:
    snapshot.run(
        "UPDATE customer_order SET amount = %s, vat_amount = %s, status = %s, comment = %s, client_number = %s,"
        " placed_at = %s, is_paid = %s, payment_method_id = %s, payment_kind = 'prepayment', payment_name = %s"
        " WHERE order_id = %s",
        _money(random),
        _money(random),
        random.choice(("new", "cancelled")),
        random.randbytes(6).hex(),
        random.randbytes(3).hex(),
        NOON - timedelta(minutes=random.randint(1, 9999)),
        random.random() < 0.5,
        PREPAYMENT,
        random.randbytes(6).hex(),
        order,
    )
    _sums(snapshot, random, order)
    _drift(snapshot, random, order)


def _sums(snapshot: Snapshot, random: Random, order: UUID) -> None:
    snapshot.run(
        "UPDATE order_line SET unit_price = %s, amount = %s, vat_amount = %s, explanation = explanation || %s"
        " WHERE order_id = %s",
        _money(random),
        _money(random),
        _money(random),
        Jsonb({"base_unit_price": str(_money(random))}),
        order,
    )


def _drift(snapshot: Snapshot, random: Random, order: UUID) -> None:
    """How the ERP counts a hidden order: not at all, as we do, or otherwise."""
    kinds = random.choice((None, [], ["base_price"], ["vat", "total"]))
    if kinds is None:
        return
    version = random.randbytes(4).hex()
    snapshot.run(
        "INSERT INTO order_drift (order_id, version, compared_at, is_latest, kinds, lines, compared, within, our_total,"
        " their_total, difference, unexplained) VALUES (%s, %s, %s, true, %s, %s, 1, 0, %s, %s, %s, %s)",
        order,
        version,
        NOON - timedelta(hours=random.randint(1, 99)),
        kinds,
        len(kinds),
        _money(random),
        _money(random),
        _money(random),
        _money(random) if "total" in kinds else Decimal(0),
    )
    for place, kind in enumerate(kinds):
        snapshot.run(
            "INSERT INTO order_drift_line (order_id, version, place, position, article, name, kind, pairs, first,"
            " difference) VALUES (%s, %s, %s, 1, %s, %s, %s, %s, 0, %s)",
            order,
            version,
            place,
            random.randbytes(3).hex(),
            random.randbytes(3).hex(),
            kind,
            Jsonb([{"step": "amount", "ours": str(_money(random)), "theirs": str(_money(random))}]),
            _money(random),
        )


def _documents(snapshot: Snapshot, random: Random, name: str, company: UUID) -> None:
    """Documents of a company the observer does not see: others, with other files, states and orders; or none."""
    if random.random() < 0.3:
        snapshot.run("DELETE FROM document WHERE company_id = %s", company)
    for _ in range(random.randint(0, 2)):
        key, mark = UUID(bytes=random.randbytes(16)), random.randbytes(4).hex()
        # Orders of others that it names by mistake must not show it to them.
        snapshot.run(
            "INSERT INTO document (document_id, node_id, external_ref, company_id, firm_id, kind, number, day, amount,"
            " currency, state, erp_status, order_numbers, received_at, updated_at)"
            " SELECT %s, node_id, %s, %s, (SELECT firm_id FROM agreement WHERE company_id = %s), %s, %s, %s, %s, 'RUB',"
            " %s, %s, (SELECT coalesce(array_agg(number), '{}') FROM customer_order), %s, %s"
            " FROM exchange_node LIMIT 1",
            key,
            mark,
            company,
            company,
            random.choice(("invoice", "upd")),
            f"Paper {name} {mark}",
            NOON.date() - timedelta(days=random.randint(0, 9)),
            _money(random),
            random.choice(("issued", "paid", "cancelled")),
            random.randbytes(3).hex(),
            NOON,
            NOON,
        )
        snapshot.run(
            "INSERT INTO document_file (file_id, document_id, node_id, external_ref, name, kind, format, sha256, size,"
            " received_at, announced_at) SELECT %s, %s, node_id, %s, %s, 'print', 'pdf', %s, %s, %s, %s"
            " FROM exchange_node LIMIT 1",
            UUID(bytes=random.randbytes(16)),
            key,
            mark,
            f"{mark}.pdf",
            random.randbytes(32).hex(),
            random.randint(1, 9999),
            NOON,
            NOON,
        )
    snapshot.run(
        "UPDATE document SET amount = %s, state = %s, erp_status = %s WHERE company_id = %s",
        _money(random),
        random.choice(("issued", "paid", "cancelled")),
        random.randbytes(3).hex(),
        company,
    )
    for row in snapshot.rows("SELECT document_id FROM document WHERE company_id = %s", company):
        snapshot.run(
            "INSERT INTO document_event (document_id, at, kind, params) VALUES (%s, %s, 'withdrawn', '{}')",
            row[0],
            NOON,
        )


def _discounts(world: World, snapshot: Snapshot, random: Random, concealed: list[str]) -> None:
    """Rules for these companies: of another size, for other goods, more of them or none. Others' rules stay."""
    whose = [key for name in concealed for key in (world.club.companies[name], world.club.agreements[name])]
    found = snapshot.rows(
        "SELECT rule_id, group_id FROM discount_rule WHERE rule_set_id = %s AND (companies || agreements) <@ %s"
        " AND cardinality(companies || agreements) > 0 ORDER BY rule_id",
        world.rule_set,
        whose,
    )
    assert found
    for rule, _ in found:
        snapshot.rewrite("DELETE FROM discount_rule WHERE rule_set_id = %s AND rule_id = %s", world.rule_set, rule)
    for company in random.choices(whose, k=random.randint(0, 2 * len(whose))):
        named = "companies" if company in world.club.companies.values() else "agreements"
        snapshot.rewrite(
            "INSERT INTO discount_rule (rule_set_id, rule_id, group_id, title, public_title, kind, effect, value,"  # noqa: S608 - one of two
            f" category_id, minimum, priority, is_active, {named}) VALUES (%s, %s, %s, %s, %s, 'category', %s, %s, %s,"
            " %s, %s, %s, %s)",
            world.rule_set,
            UUID(bytes=random.randbytes(16)),
            found[0][1],
            random.randbytes(4).hex(),
            random.randbytes(4).hex(),
            random.choice(("percent", "amount", "fixed_price")),
            Decimal(random.randint(0, 9_900)) / 100,
            random.choice(world.sections),
            random.choice((0, 1, 10)),
            random.randint(0, 3),
            random.random() < 0.8,
            [company],
        )


def _vip(world: World, snapshot: Snapshot, random: Random, hidden: list[str]) -> None:
    """Which hidden companies are VIP, what partners offer, and what was taken up (VIP-1)."""
    snapshot.run("DELETE FROM partner_offer")
    offers = [UUID(bytes=random.randbytes(16)) for _ in range(random.randint(1, 3))]
    for offer in offers:
        snapshot.run(
            "INSERT INTO partner_offer (offer_id, partner, title, text, is_active, for_all, changed_at)"
            " VALUES (%s, %s, %s, %s, %s, true, %s)",
            offer,
            f"Partner {random.randbytes(3).hex()}",
            f"Bonus {random.randbytes(3).hex()}",
            random.randbytes(9).hex(),
            random.random() < 0.8,
            NOON,
        )
    for name in hidden:
        if random.random() < 0.3:
            continue
        company = world.club.companies[name]
        snapshot.run(
            "INSERT INTO vip_company (company_id, agreement_id, since) VALUES (%s, %s, %s)",
            company,
            random.choice((None, world.club.agreements[name])),
            NOON - timedelta(days=random.randint(1, 99)),
        )
        buyer = next(one for one, where in BUYERS.items() if where == name)
        for offer in random.sample(offers, random.randint(0, len(offers))):
            snapshot.run(
                "INSERT INTO offer_activation VALUES (%s, %s, %s, %s)",
                offer,
                company,
                world.club.people[buyer].user_id,
                NOON - timedelta(hours=random.randint(1, 99)),
            )


def _newcomers(world: World, snapshot: Snapshot, random: Random) -> None:
    """One more company nobody the observer sees looks after, with a buyer and an order."""
    company, user = (UUID(bytes=random.randbytes(16)) for _ in range(2))
    mark = company.hex[:10]
    snapshot.run(
        "INSERT INTO company (company_id, kind, name, inn, manager_id, updated_at)"
        " VALUES (%s, 'legal', %s, %s, %s, %s)",
        company,
        f"Новая {mark}",
        str(random.randint(10**9, 10**10 - 1)),
        world.club.people["manager_x"].user_id,
        NOON,
    )
    snapshot.run(
        "INSERT INTO agreement (agreement_id, company_id, price_type_id, firm_id) VALUES (%s, %s, %s, %s)",
        UUID(bytes=random.randbytes(16)),
        company,
        world.special,
        world.club.firms[2],
    )
    snapshot.run(
        "INSERT INTO app_user (user_id, role_id, name, email, created_at)"
        " SELECT %s, role_id, %s, %s, %s FROM role WHERE code = 'client'",
        user,
        f"Новый {mark}",
        f"{mark}@hidden.test",
        NOON,
    )
    snapshot.run("INSERT INTO membership VALUES (%s, %s, %s)", user, company, random.randint(1, 5))
    snapshot.run(
        "INSERT INTO audit (at, user_id, actor, action, subject_type, subject_id, after)"
        " VALUES (%s, %s, %s, 'companies.member_changed', 'membership', %s, %s)",
        NOON - timedelta(minutes=random.randint(1, 999)),
        world.club.people["director_x"].user_id,
        f"Кто-то {mark}",
        f"{user}:{company}",
        Jsonb({"access_level": random.randint(1, 5)}),
    )
    order = UUID(bytes=random.randbytes(16))
    snapshot.run(
        "INSERT INTO customer_order (order_id, number, user_id, company_id, manager_id, firm_id, node_id, status,"
        " currency, amount, vat_amount, terms, placed_at, updated_at)"
        " SELECT %s, %s, %s, %s, %s, %s, node_id, 'new', currency, %s, 0, terms, %s, %s FROM customer_order LIMIT 1",
        order,
        f"X-{mark[:6]}",
        user,
        company,
        world.club.people["manager_x"].user_id,
        world.club.firms[2],
        _money(random),
        NOON,
        NOON,
    )


def _concealed(world: World, snapshot: Snapshot, random: Random) -> None:
    """What the first level conceals within one's own company: its price type, and what colleagues' orders cost."""
    own = world.club.companies["own"]
    types = (world.market.wholesale, world.special)
    snapshot.run("UPDATE agreement SET price_type_id = %s WHERE company_id = %s", random.choice(types), own)
    for name in ("client", "colleague"):
        order = world.club.orders[name]
        snapshot.run(
            "UPDATE customer_order SET amount = %s, vat_amount = %s, terms = terms || %s WHERE order_id = %s",
            _money(random),
            _money(random),
            Jsonb({"price_type_id": str(random.choice(types))}),
            order,
        )
        _sums(snapshot, random, order)
