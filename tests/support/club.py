"""A closed club in small: two seller firms, a tree of staff, buyers everywhere, one object of each kind for each place.

Companies and who looks after them (staff of the first firm unless told otherwise)::

    administrator
    director ─ head ─ manager   → Own       (buyers: client, colleague)
             │      └ manager_2 → Beside    (buyer: client_beside)
             └ head_2 ─ manager_3 → Other   (buyer: client_other)
    director_x (second firm) ─ head_x ─ manager_x → Foreign (buyer: client_foreign)
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from discounting import ADMIN, draft, off_articles
from market import OPENED, Market, Person
from msgspec import Struct
from papers import Papers
from sqlalchemy import insert, select, text, update

from b2b_dvizhenie.adapters.postgres.tables.catalog import product, section
from b2b_dvizhenie.adapters.postgres.tables.companies import agreement
from b2b_dvizhenie.adapters.postgres.tables.exchange import exchange_import
from b2b_dvizhenie.adapters.postgres.tables.identity import role, session
from b2b_dvizhenie.adapters.postgres.tables.operations import job, schedule
from b2b_dvizhenie.adapters.postgres.tables.vip import partner_offer
from b2b_dvizhenie.application.ordering import RequestedLine
from b2b_dvizhenie.domain.hierarchy import DEFAULT_ROLES, Permission, Scope
from b2b_dvizhenie.domain.pricing import GroupNode
from b2b_dvizhenie.domain.shared.ids import CompanyId, FirmId, SegmentId, SpecificationId, VariantId, new_id

ROLES = ("client", "manager", "head_of_managers", "director", "administrator")
RELATIONS = ("own", "colleague", "other company", "other firm")
GRANTS = {role.code: role.grants for role in DEFAULT_ROLES}

STAFF = {
    "administrator": ("administrator", None, None),
    "director": ("director", None, 1),
    "head": ("head_of_managers", "director", 1),
    "head_2": ("head_of_managers", "director", 1),
    "manager": ("manager", "head", 1),
    "manager_2": ("manager", "head", 1),
    "manager_3": ("manager", "head_2", 1),
    "director_x": ("director", None, 2),
    "head_x": ("head_of_managers", "director_x", 2),
    "manager_x": ("manager", "head_x", 2),
}
"""Name → (role, head, firm)."""
COMPANIES = {"own": ("manager", 1), "beside": ("manager_2", 1), "other": ("manager_3", 1), "foreign": ("manager_x", 2)}
"""Name → (personal manager, the firm it trades with)."""
BUYERS = {
    "client": "own",
    "colleague": "own",
    "client_beside": "beside",
    "client_other": "other",
    "client_foreign": "foreign",
}
_ABOUT_GOODS = {Permission.CATALOG_VIEW, Permission.STOCK_VIEW}
"""Permissions that no company's data depends on, whatever their scope."""
VIEWERS = {
    "client": "client",
    "manager": "manager",
    "head_of_managers": "head",
    "director": "director",
    "administrator": "administrator",
}
"""Who stands for a role in the matrix."""


class Fact(Struct, frozen=True):
    """What decides who sees an object: the company it belongs to, and the person it is or belongs to."""

    company: str = ""
    person: str = ""


class Club:
    """The people, companies and objects by name."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.people: dict[str, Person] = {}
        self.companies: dict[str, CompanyId] = {}
        self.firms: dict[int, FirmId] = {}
        self.agreements: dict[str, UUID] = {}
        self.orders: dict[str, UUID] = {}
        self.numbers: dict[str, str] = {}
        self.specifications: dict[str, UUID] = {}
        self.documents: dict[str, UUID] = {}
        self.files: dict[str, UUID] = {}
        self.sessions: dict[str, UUID] = {}
        self.goods: list[VariantId] = []
        self.things: dict[str, UUID] = {}
        self.schedule = "probe"

    async def open(self) -> "Club":
        """Make everything."""
        market = self.market
        await market._write(
            text(
                "INSERT INTO access_level (level, opens)"
                " SELECT n, opens FROM access_level, generate_series(3, 5) AS n WHERE level = 2"
            )
        )
        self.firms = {1: market.firm_id, 2: await market.firm("Second firm")}
        for name, (code, head, firm) in STAFF.items():
            above = self.people[head] if head else None
            self.people[name] = await market.member(
                role_code=code, head=above, firm_id=self.firms[firm] if firm else None, name=name
            )
        for name, (manager, firm) in COMPANIES.items():
            self.companies[name] = await market.client(
                f"Company {name}", manager=self.people[manager], firm_id=self.firms[firm], inn=f"77{len(name):08d}"
            )
        async with market.container.database().engine.connect() as connection:
            rows = await connection.execute(select(agreement.c.company_id, agreement.c.agreement_id))
            of_company = {row[0]: row[1] for row in rows}
        self.agreements = {name: of_company[key] for name, key in self.companies.items()}
        for name, where in BUYERS.items():
            self.people[name] = await market.member(self.companies[where], name=name)
        self.goods = [await market.goods("100.00"), await market.goods("250.50"), await market.goods("7.00")]
        for name in BUYERS:
            placed = await market.order(self.people[name], (self.goods[0], "2"), (self.goods[1], "1"))
            self.orders[name], self.numbers[name] = placed.order_id, placed.number
            self.specifications[name] = await self.specification(name, f"List of {name}", self.goods[:2])
        await self._documents()
        await self._things()
        for name, person in self.people.items():
            self.sessions[name] = await self._second_session(name, person)
            # Authentication notes once in a while that somebody was there: not in the middle of a comparison.
            await market.actor(person)
        return self

    async def specification(self, who: str, name: str, goods: list[VariantId], **changes: Any) -> SpecificationId:
        """A list of goods that somebody keeps."""
        container, key = self.market.container, SpecificationId(new_id())
        actor = await self.market.actor(self.people[who])
        made = await container.make_specification()(actor, key, name)
        lines = [RequestedLine(f"lines.{place}", Decimal(2), one) for place, one in enumerate(goods)]
        put = await container.put_specification_lines()(actor, key, lines)
        assert put.version == made.version + 1
        if changes:
            await container.change_specification()(actor, key, put.version, **changes)
        return key

    async def _documents(self) -> None:
        """A document of each company, with a file, of the order of the first of its buyers."""
        papers = Papers(self.market)
        for buyer, name in reversed(BUYERS.items()):
            number = {"number": f"Paper {name}", "order_numbers": (self.numbers[buyer],)}
            self.documents[name] = await papers.put(f"paper-{name}", self.companies[name], **number)
        for name in COMPANIES:
            self.files[name] = await papers.file(f"file-{name}", f"paper-{name}")

    async def _second_session(self, name: str, person: Person) -> UUID:
        session_id = new_id()
        row = {"session_id": session_id, "token_hash": session_id.bytes * 2, "user_id": person.user_id}
        moments = {"created_at": OPENED, "expires_at": OPENED + timedelta(days=36500), "last_seen_at": OPENED}
        await self.market._write(insert(session).values(row | moments | {"user_agent": name}))
        return session_id

    async def _things(self) -> None:
        market = self.market
        shown, closed = await market.section("Shown"), await market.section("Closed", is_active=False)
        hidden = await market.product("Hidden", article="HIDDEN-1", is_hidden=True)
        await market._write(update(product).where(product.c.product_id == self.goods[0]).values(section_id=shown))
        await market._write(update(section).where(section.c.section_id == shown).values(product_count=1))
        run, work, spare = new_id(), new_id(), new_id()
        root = select(role.c.role_id).where(role.c.code == "administrator").scalar_subquery()
        await market._write(
            insert(exchange_import).values(
                import_id=run, node_id=market.node, filename="import.xml", path="import.xml", sha256="0" * 64,
                bytes=1, state="failed", created_at=OPENED,
            ),
            insert(job).values(job_id=work, name="probe", payload={}, run_at=OPENED, created_at=OPENED, dead_at=OPENED),
            insert(role).values(role_id=spare, parent_id=root, code="spare", position=99),
            insert(schedule).values(schedule_id=self.schedule, job_name="probe", every_seconds=3600, updated_at=OPENED),
        )  # fmt: skip
        offer = new_id()
        await market._write(
            insert(partner_offer).values(offer_id=offer, partner="P", title="Bonus", text="T", changed_at=OPENED)
        )
        self.things = {
            "offer": offer,
            "shown": shown,
            "closed": closed,
            "hidden": hidden,
            "import": run,
            "job": work,
            "role": spare,
        }
        self.things["root role"] = await self._root_role()
        self.things["segment"] = SegmentId(new_id())
        await market.container.create_segment()(ADMIN, self.things["segment"], "Shops")
        await self._rule_set()

    async def _rule_set(self) -> None:
        container = self.market.container
        key = await draft(container, [off_articles("5", "SOME-1")])
        content = await container.show_rule_set()(ADMIN, key)
        nested = new_id()
        await container.put_group()(ADMIN, key, GroupNode(group_id=nested, parent_id=content.nodes[0].group_id))
        self.things |= {"rule set": key, "group": nested, "rule": content.rules.rules[0].rule.rule_id}

    async def _root_role(self) -> UUID:
        async with self.market.container.database().engine.connect() as connection:
            query = select(role.c.role_id).where(role.c.code == "administrator")
            return (await connection.execute(query)).scalar_one()

    def headers(self, who: str, **more: str) -> tuple[tuple[str, str], ...]:
        """What an application of this person sends."""
        return (*self.people[who].headers.items(), *more.items())

    def of(self, role: str, relation: str) -> Fact:
        """Whose object stands for a relation to a role: buyers' own are theirs, staff's those of their clients."""
        match relation:
            case "own":
                return Fact("own", "client")
            case "colleague":
                return Fact("own", "colleague") if role == "client" else Fact("beside", "client_beside")
            case "other company":
                return Fact("beside", "client_beside") if role == "client" else Fact("other", "client_other")
            case _:
                return Fact("foreign", "client_foreign")

    def company_in_scope(self, who: str, scope: Scope, company: str) -> bool:
        """The reference: whether a company (and what belongs to it) is within a scope of a person."""
        manager, firm = COMPANIES[company]
        match scope:
            case Scope.ALL:
                return True
            case Scope.FIRM:
                return firm == STAFF[who][2]
            case Scope.SUBTREE:
                return who in self.above(manager)
            case Scope.ASSIGNED:
                return manager == who
            case Scope.OWN:
                return BUYERS.get(who) == company

    def person_in_scope(self, who: str, scope: Scope, person: str) -> bool:
        """The reference for people: oneself, those below, those of the firm, buyers of companies in the scope."""
        if who == person or scope is Scope.ALL:
            return True
        if scope is Scope.OWN:
            return False
        if person in BUYERS:
            return self.company_in_scope(who, scope, BUYERS[person])
        if scope is Scope.SUBTREE:
            return who in self.above(person)
        return scope is Scope.FIRM and STAFF[person][2] == STAFF[who][2]

    def marks(self, role: str) -> list[str]:
        """Texts that stand for companies a role sees in no scope it has: ids, names, logins, numbers of orders."""
        who = VIEWERS[role]
        width = max(scope.width for permission, scope in GRANTS[role].items() if permission not in _ABOUT_GOODS)
        scope = list(Scope)[width]
        found: list[str] = []
        for name, key in self.companies.items():
            if self.company_in_scope(who, scope, name):
                continue
            found += [str(key), f"Company {name}", f"Paper {name}", str(self.documents[name]), str(self.files[name])]
            for buyer, where in BUYERS.items():
                if where == name:
                    person = self.people[buyer].user_id
                    found += [str(person), f"{person.hex}@", str(self.orders[buyer]), self.numbers[buyer]]
                    found += [str(self.specifications[buyer]), f"List of {buyer}"]
        return found

    def above(self, who: str) -> set[str]:
        """A member of staff and everybody above."""
        found: set[str] = set()
        at: str | None = who
        while at is not None:
            found.add(at)
            at = STAFF[at][1]
        return found


def scope_of(role: str, permission: Permission) -> Scope | None:
    """The scope a role has a permission in after installation."""
    return GRANTS[role].get(permission)
