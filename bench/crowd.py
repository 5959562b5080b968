"""A wholesaler's people at scale: a tree of staff eight levels deep, companies, buyers, years of orders; reproducible.

The same size is the same rows, whatever machine makes them: ids are numbered, chance is seeded.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from random import Random
from uuid import UUID

import psycopg
from msgspec import Struct

from bench.progress import Advance

LEVELS = 8
FIRMS = 3
BEGAN = datetime(2023, 11, 1, tzinfo=UTC)
DAYS = 1096
_LATER = datetime(2100, 1, 1, tzinfo=UTC)
_VERSION_AND_VARIANT = (7 << 76) | (2 << 62)
_OPEN = ("new", "sent", "confirmed", "picking", "shipped")


def made_id(kind: int, number: int, at: datetime = BEGAN) -> UUID:
    """A UUIDv7 as the product makes them, with a number where chance would be."""
    milliseconds = int(at.timestamp() * 1000)
    scattered = int.from_bytes(sha256(f"{kind}:{number}".encode()).digest()[:7], "big")
    return UUID(int=(milliseconds << 80) | _VERSION_AND_VARIANT | (kind << 57) | scattered)


def token_of(user: UUID) -> str:
    """The token of a person's session, for the bench alone."""
    return f"bench-{user.hex}"


CROWDS = {"S": (1_000, 100, 20, 10_000), "M": (10_000, 1_000, 200, 100_000), "L": (100_000, 10_000, 2_000, 1_000_000)}
"""(users, companies, staff, orders)."""


class Crowd(Struct, frozen=True, dict=True):
    """How many of each. Buyers are the users that are not staff."""

    users: int
    companies: int
    staff: int
    orders: int

    @property
    def rows(self) -> int:
        """Everything that is written, for a progress bar."""
        return self.users + self.companies + 2 * self.orders

    @cached_property
    def levels(self) -> list[list[int]]:
        """Numbers of staff by level of the tree, each level some 2.8 times as wide as the one above."""
        shares = [2.8**level for level in range(LEVELS)]
        sizes = [max(1, round(self.staff * share / sum(shares))) for share in shares[:-1]]
        sizes.append(self.staff - sum(sizes))
        numbers = iter(range(self.staff))
        return [[next(numbers) for _ in range(size)] for size in sizes]

    @cached_property
    def heads(self) -> list[int | None]:
        """The head of each of the staff, by number."""
        found: list[int | None] = [None] * self.staff
        for above, level in zip(self.levels, self.levels[1:], strict=False):
            for place, number in enumerate(level):
                found[number] = above[place % len(above)]
        return found

    @cached_property
    def managers(self) -> list[int | None]:
        """The personal manager of each company: anybody from the fourth level down, and nobody for a tenth."""
        chance = Random(3)  # noqa: S311 - reproducible rows
        first = self.levels[3][0]
        return [None if chance.random() < 0.1 else chance.randrange(first, self.staff) for _ in range(self.companies)]

    def person(self, number: int) -> UUID:
        """The id of a user: staff first, then buyers."""
        return made_id(1, number)

    def company(self, number: int) -> UUID:
        """The id of a company."""
        return made_id(2, number)

    def firm(self, number: int) -> UUID:
        """The id of the seller firm that a company buys from."""
        return made_id(3, number % FIRMS)

    def buyer(self, company: int, place: int = 0) -> int:
        """The number of a user who buys for a company."""
        each = max(1, (self.users - self.staff) // self.companies)
        return self.staff + company + self.companies * (place % each)

    def subordinates(self, number: int) -> set[int]:
        """The person and everybody below."""
        found = {number}
        for one, head in enumerate(self.heads):  # heads have lower numbers than whom they lead
            if head in found:
                found.add(one)
        return found

    def served(self, number: int) -> int:
        """How many companies the person and everybody below look after."""
        people = self.subordinates(number)
        return sum(manager in people for manager in self.managers)

    def fill(self, url: str, advance: Advance) -> None:
        """Write everything into an empty, migrated database by COPY; foreign keys hold by make and are not checked."""
        with psycopg.connect(url) as connection:
            connection.execute("SET session_replication_role = replica; SET synchronous_commit = off")
            self._fill_people(connection, advance)
            self._fill_orders(connection, advance)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")

    def _fill_people(self, connection: psycopg.Connection, advance: Advance) -> None:
        roles: dict[str, UUID] = dict(connection.execute("SELECT code, role_id FROM role").fetchall())
        price_type = made_id(4, 0)
        connection.execute(
            "INSERT INTO price_type (price_type_id, node_id, external_ref, name, is_default)"
            " VALUES (%s, %s, 'wholesale', 'Оптовая', true)",
            [price_type, made_id(10, 0)],
        )
        _copy(connection, "seller_firm (firm_id, name)", ((self.firm(n), f"Фирма {n}") for n in range(FIRMS)))
        _copy(
            connection,
            "app_user (user_id, role_id, head_id, firm_id, name, email, created_at)",
            self._users(roles),
            advance,
        )
        _copy(
            connection,
            "session (session_id, token_hash, user_id, created_at, expires_at, last_seen_at)",
            self._sessions(),
        )
        companies = (
            (self.company(n), "legal", f"Покупатель {n:05}", None if m is None else self.person(m), BEGAN)
            for n, m in enumerate(self.managers)
        )
        _copy(connection, "company (company_id, kind, name, manager_id, updated_at)", companies, advance)
        agreements = ((made_id(5, n), self.company(n), self.firm(n), price_type) for n in range(self.companies))
        _copy(connection, "agreement (agreement_id, company_id, firm_id, price_type_id)", agreements)
        members = (
            (self.person(n), self.company((n - self.staff) % self.companies), 2) for n in range(self.staff, self.users)
        )
        _copy(connection, "membership (user_id, company_id, access_level)", members)

    def _users(self, roles: dict[str, UUID]) -> Iterator[Sequence[object]]:
        leads = {head for head in self.heads if head is not None}
        for number in range(self.users):
            head = self.heads[number] if number < self.staff else None
            role = "client" if number >= self.staff else "head_of_managers" if number in leads else "manager"
            firm = self.firm(number) if number < self.staff else None
            above = None if head is None else self.person(head)
            yield self.person(number), roles[role], above, firm, f"Сотрудник {number}", f"u{number}@bench.test", BEGAN
        for code in ("director", "administrator"):
            number = self.lone(code)
            yield self.person(number), roles[code], None, self.firm(0), code, f"{code}@bench.test", BEGAN

    def lone(self, code: str) -> int:
        """The number of the one director, of the one administrator."""
        return self.users + ("director", "administrator").index(code)

    def _sessions(self) -> Iterator[Sequence[object]]:
        from b2b_dvizhenie.domain.identity import token_hash  # noqa: PLC0415 - the rest needs nothing of the product

        for number in range(self.users + 2):
            user = self.person(number)
            digest = "\\x" + token_hash(token_of(user)).hex()
            yield made_id(6, number), digest, user, BEGAN, _LATER, _LATER

    def _fill_orders(self, connection: psycopg.Connection, advance: Advance) -> None:
        columns = (
            "order_id, number, user_id, company_id, manager_id, firm_id, status, cancelled_by, currency, amount,"
            " vat_amount, terms, made_of, client_number, placed_at, updated_at, erp_ref, erp_number, erp_date"
        )
        _copy(connection, f"customer_order ({columns})", self._orders(), advance)
        lines = (
            "order_id, position, variant_id, article, name, unit_code, unit_name, quantity, unit_price, amount,"
            " vat_amount, explanation"
        )
        _copy(connection, f"order_line ({lines})", self._lines(), advance, every=2)

    def _placed(self, number: int) -> datetime:
        return BEGAN + timedelta(days=DAYS) * ((number + 1) / self.orders)

    def _order(self, number: int) -> UUID:
        return made_id(7, number, self._placed(number))

    def _orders(self) -> Iterator[Sequence[object]]:
        chance = Random(5)  # noqa: S311 - reproducible rows
        scattered = list(range(self.companies))
        chance.shuffle(scattered)  # who buys much is not who came first
        recent = self.orders - self.orders // 100
        for number in range(self.orders):
            company = scattered[int(self.companies * chance.random() ** 2)]  # a few buy much, most buy little
            at = self._placed(number)
            status = chance.choice(_OPEN) if number >= recent else "closed" if chance.random() < 0.94 else "cancelled"
            manager = self.managers[company]
            terms = {
                "company_id": str(self.company(company)),
                "price_type_id": str(made_id(4, 0)),
                "vat_included": True,
            }
            yield (
                self._order(number),
                f"B-{number + 1:06}",
                self.person(self.buyer(company, number)),
                self.company(company),
                None if manager is None else self.person(manager),
                self.firm(company),
                status,
                "buyer" if status == "cancelled" else None,
                "RUB",
                f"{chance.randrange(100_000, 90_000_000) / 100:.2f}",
                "0.00",
                json.dumps(terms),
                "{individual_prices}",
                f"з-{chance.randrange(10**5)}" if chance.random() < 0.2 else "",
                at,
                at,
                str(made_id(8, number)) if status != "new" else "",
                f"УТ-{chance.randrange(10**8):08}" if status != "new" else "",
                date(at.year, at.month, at.day) if status != "new" else None,
            )

    def _lines(self) -> Iterator[Sequence[object]]:
        variant = made_id(9, 0)
        for number in range(self.orders):
            order = self._order(number)
            for position in (1, 2):
                yield order, position, variant, "А-1", "Товар", "796", "шт", "1", "1000", "1000", "0", "{}"


def _copy(
    connection: psycopg.Connection,
    into: str,
    rows: Iterator[Sequence[object]],
    advance: Callable[[int], None] | None = None,
    every: int = 1,
) -> None:
    """COPY rows, telling of each thousandth; `every` rows of a table are one step."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for number, row in enumerate(rows, 1):
            copy.write_row(row)
            if advance is not None and number % (1000 * every) == 0:
                advance(1000)
