"""Rules as people type them, in a form or a spreadsheet: names instead of ids, text instead of numbers."""

from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Protocol, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from b2b_dvizhenie.application.pricing.drafts import PutRule
from b2b_dvizhenie.application.pricing.ports import RuleBooks, RuleName
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import Effect, Kind, PlacedRule, RuleInput
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid

E = TypeVar("E", bound=Enum)
V = TypeVar("V")
_LONGEST = 40


class NameUnknown(DomainError):
    """There is no `name` of this kind."""

    code = "pricing.name_unknown"


class NameAmbiguous(DomainError):
    """Several things are called `name`."""

    code = "pricing.name_ambiguous"


class NoNumber(DomainError):
    """The text is no number."""

    code = "pricing.no_number"


class NoMoment(DomainError):
    """The text is no date."""

    code = "pricing.no_moment"


class NoChoice(DomainError):
    """The text is none of the choices."""

    code = "pricing.no_choice"


class NamedRule(Struct, frozen=True, kw_only=True):
    """A rule in words. `companies` are INNs or names, `agreements` titles, alone or as `company: title`, `segments`
    names, `articles` articles: one a line, or separated by semicolons.
    """

    kind: str = ""
    effect: str = "percent"
    value: str = ""
    currency: str = "RUB"
    section: str = ""
    brand: str = ""
    articles: str = ""
    companies: str = ""
    agreements: str = ""
    segments: str = ""
    minimum: str = ""
    starts_at: str = ""
    ends_at: str = ""
    priority: str = ""
    order: str = ""
    title: str = ""
    public_title: str = ""
    stop_level: bool = False
    stop_all: bool = False
    exclusive: bool = False
    is_active: bool = True


class References(Protocol):
    """Port: what rules name, by name. Each call is one statement whatever is asked."""

    @abstractmethod
    async def named(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Names of sections, brands, companies, agreements, segments and price types; ids of nothing are absent.

        An agreement is called `company: title`; one without a title has its id there.
        """
        ...

    @abstractmethod
    async def sections(self, names: Collection[str]) -> Mapping[str, tuple[UUID, ...]]:
        """Sections by name, whatever the case. Keys are the texts that were asked for."""
        ...

    @abstractmethod
    async def brands(self, names: Collection[str]) -> Mapping[str, tuple[UUID, ...]]:
        """Brands by name, whatever the case."""
        ...

    @abstractmethod
    async def companies(self, names: Collection[str]) -> Mapping[str, tuple[UUID, ...]]:
        """Active companies by INN or by name, whatever the case."""
        ...

    @abstractmethod
    async def agreements(self, names: Collection[str]) -> Mapping[str, tuple[UUID, ...]]:
        """Active agreements by title, `company: title` or `INN: title`, whatever the case."""
        ...

    @abstractmethod
    async def segments(self, names: Collection[str]) -> Mapping[str, tuple[UUID, ...]]:
        """Segments by name, whatever the case."""
        ...

    @abstractmethod
    async def choices(self, limit: int) -> tuple[Sequence[str], Sequence[str], Sequence[tuple[UUID, str]]]:
        """Some names of sections and of brands to choose from, and every active price type."""
        ...


class RuleWords:
    """Names for pages about rules: what rules cover, what there is to choose from, how rules are called."""

    def __init__(self, references: References, books: RuleBooks) -> None:
        self._references = references
        self._books = books

    async def named(self, actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Names of sections, brands, companies, agreements, segments and price types."""
        actor.require(Permission.PRICES_MANAGE)
        return await self._references.named(ids)

    async def choices(
        self, actor: Actor, limit: int
    ) -> tuple[Sequence[str], Sequence[str], Sequence[tuple[UUID, str]]]:
        """Some names of sections and of brands, every active price type."""
        actor.require(Permission.PRICES_MANAGE)
        return await self._references.choices(limit)

    async def rules(self, actor: Actor, rule_set_id: UUID, rule_ids: Collection[UUID]) -> Mapping[UUID, RuleName]:
        """How rules of a version are called."""
        actor.require(Permission.PRICES_MANAGE)
        return await self._books.names(rule_set_id, rule_ids) if rule_ids else {}


def lines(text: str) -> list[str]:
    """What stands in the lines of a field, or between semicolons."""
    return [one.strip() for one in text.replace(";", "\n").splitlines() if one.strip()]


class Known(Struct, frozen=True):
    """What was found for the names of some rules."""

    sections: Mapping[str, tuple[UUID, ...]]
    brands: Mapping[str, tuple[UUID, ...]]
    companies: Mapping[str, tuple[UUID, ...]]
    agreements: Mapping[str, tuple[UUID, ...]]
    segments: Mapping[str, tuple[UUID, ...]]

    @classmethod
    async def of(cls, references: References, rules: Sequence[NamedRule]) -> "Known":
        """Five statements for any number of rules."""
        return cls(
            await references.sections({rule.section.strip() for rule in rules if rule.section.strip()}),
            await references.brands({rule.brand.strip() for rule in rules if rule.brand.strip()}),
            await references.companies({one for rule in rules for one in lines(rule.companies)}),
            await references.agreements({one for rule in rules for one in lines(rule.agreements)}),
            await references.segments({one for rule in rules for one in lines(rule.segments)}),
        )


class _Reading:
    """Reads one rule; faults are gathered, each with its field."""

    def __init__(self, known: Known, zone: ZoneInfo) -> None:
        self._known = known
        self._zone = zone
        self.faults: list[DomainError] = []

    def _one(self, field: str, name: str, found: Mapping[str, tuple[UUID, ...]]) -> UUID | None:
        name = name.strip()
        if not name:
            return None
        ids = found.get(name, ())
        if not ids:
            try:
                return UUID(name)  # whether there is one by that id is asked when the rule is stored
            except ValueError:
                pass
        if len(ids) == 1:
            return ids[0]
        self.faults.append((NameAmbiguous if ids else NameUnknown)(field, name=name[:_LONGEST]))
        return None

    def _read(self, field: str, text: str, empty: V, read: Callable[[str], V], fault: type[DomainError]) -> V:
        text = text.strip().replace("\xa0", "").replace(" ", "")
        if not text:
            return empty
        try:
            return read(text)
        except (ValueError, InvalidOperation, OverflowError):
            self.faults.append(fault(field))
            return empty

    def _number(self, field: str, text: str) -> Decimal:
        return self._read(field, text, Decimal(0), lambda one: Decimal(one.replace(",", ".").rstrip("%")), NoNumber)

    def _moment(self, field: str, text: str) -> datetime | None:
        text = text.strip()
        if not text:
            return None
        for pattern in ("%Y-%m-%dT%H:%M", "%Y-%m-%d", "%d.%m.%Y", "%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M:%S"):
            try:
                return datetime.strptime(text[:19], pattern).replace(tzinfo=self._zone)
            except ValueError:
                continue
        self.faults.append(NoMoment(field))
        return None

    def _choice(self, field: str, text: str, choices: type[E]) -> E | None:
        try:
            return choices(text.strip())
        except ValueError:
            self.faults.append(NoChoice(field))
            return None

    def rule(self, named: NamedRule) -> RuleInput | None:
        """The rule, or None with faults."""
        kind, effect = self._choice("kind", named.kind, Kind), self._choice("effect", named.effect, Effect)
        if not named.value.strip():
            self.faults.append(NoNumber("value"))
        companies = [self._one("companies", one, self._known.companies) for one in lines(named.companies)]
        agreements = [self._one("agreements", one, self._known.agreements) for one in lines(named.agreements)]
        segments = [self._one("segments", one, self._known.segments) for one in lines(named.segments)]
        section = self._one("section", named.section, self._known.sections)
        brand = self._one("brand", named.brand, self._known.brands)
        value, minimum = self._number("value", named.value), self._number("minimum", named.minimum)
        starts_at, ends_at = self._moment("starts_at", named.starts_at), self._moment("ends_at", named.ends_at)
        priority = self._read("priority", named.priority, 0, int, NoNumber)
        order = self._read("order", named.order, 0, int, NoNumber)
        if kind is None or effect is None or self.faults:
            return None
        return RuleInput(
            kind=kind,
            effect=effect,
            value=value,
            category_id=section,
            brand_id=brand,
            articles=tuple(lines(named.articles)),
            companies=tuple(one for one in companies if one is not None),
            agreements=tuple(one for one in agreements if one is not None),
            segments=tuple(one for one in segments if one is not None),
            currency=named.currency.strip().upper() or "RUB",
            starts_at=starts_at,
            ends_at=ends_at,
            minimum=minimum,
            priority=priority,
            order=order,
            stop_level=named.stop_level,
            stop_all=named.stop_all,
            exclusive=named.exclusive,
            is_active=named.is_active,
        )


def read_rule(named: NamedRule, known: Known, zone: ZoneInfo) -> tuple[RuleInput | None, list[DomainError]]:
    """The rule, or every fault of it, each with its field. `zone` is what dates are meant in."""
    reading = _Reading(known, zone)
    return reading.rule(named), reading.faults


_FIELDS = {"category_id": "section", "brand_id": "brand"}


def renamed(fault: DomainError) -> DomainError:
    """The fault of a rule at the field in which the thing was named."""
    if fault.field in _FIELDS:
        return type(fault)(_FIELDS[fault.field], **fault.params)
    return fault


class PutNamedRule:
    """Add a rule to a draft, or change one, as a form gives it."""

    def __init__(self, references: References, put_rule: PutRule, zone: str) -> None:
        self._references = references
        self._put = put_rule
        self._zone = ZoneInfo(zone)

    async def __call__(
        self, actor: Actor, rule_set_id: UUID, named: NamedRule, *, group_id: UUID, rule_id: UUID | None = None
    ) -> PlacedRule:
        """The stored rule; raises as `PutRule` does, faults at the fields of `NamedRule`."""
        actor.require(Permission.PRICES_MANAGE)
        typed, faults = read_rule(named, await Known.of(self._references, [named]), self._zone)
        if typed is None:
            raise Invalid(faults)
        try:
            return await self._put(
                actor,
                rule_set_id,
                typed,
                group_id=group_id,
                rule_id=rule_id,
                title=named.title,
                public_title=named.public_title,
            )
        except Invalid as error:
            raise Invalid([renamed(one) for one in error.errors]) from error
