"""Rules out of a spreadsheet and into one: what is wrong is told by row, and nothing is half applied."""

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from b2b_dvizhenie.application.pricing.drafts import DraftEditing
from b2b_dvizhenie.application.pricing.naming import Known, NamedRule, References, read_rule, renamed
from b2b_dvizhenie.application.pricing.rule_set_ports import RuleSetWork
from b2b_dvizhenie.application.pricing.rule_sets import held_draft
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import MAX_TITLE, GroupNode, PlacedRule, Rule, rule_of
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid, NotFound
from b2b_dvizhenie.domain.shared.ids import new_id
from b2b_dvizhenie.domain.shared.quantity import plain

MAX_ROWS = 20_000
MAX_BYTES = 8 * 1024 * 1024
_FLAGS = ("stop_level", "stop_all", "exclusive", "is_active")
_WORDS = tuple(name for name in NamedRule.__struct_fields__ if name not in _FLAGS)
COLUMNS = ("id", "group", *_WORDS, *_FLAGS)
"""Heads of the columns, in the order they are written; read in any order, those that are missing as empty where that
widens no rule (`_refuse_widening`).
"""
_YES = frozenset({"1", "true", "yes", "x", "+"})


class SheetUnreadable(DomainError):
    """The file is no spreadsheet, or asks for more than it may."""

    code = "pricing.sheet_unreadable"


class SheetTooLong(DomainError):
    """A spreadsheet holds at most `maximum` rows."""

    code = "pricing.sheet_too_long"


class ColumnMissing(DomainError):
    """The spreadsheet has no column `name`."""

    code = "pricing.column_missing"


class NarrowingColumnMissing(DomainError):
    """The spreadsheet has no columns `names`, and rules of the draft would hold for more without them."""

    code = "pricing.narrowing_column_missing"


class Sheets(Protocol):
    """Port: spreadsheets as rows of text.

    Contract: whatever bytes are given, reading ends within half a minute and cannot exhaust the process that asks.
    """

    @abstractmethod
    async def rows(self, content: bytes, most: int) -> Sequence[Sequence[str]]:
        """At most so many rows of the first sheet; raises SheetUnreadable."""
        ...

    @abstractmethod
    def book(self, rows: Iterable[Sequence[str | Decimal]]) -> bytes:
        """A spreadsheet of these rows; the first is its head. Text stays text, numbers are numbers."""
        ...


class RowFault(Struct, frozen=True):
    """What is wrong with a row, counted as the spreadsheet counts, the head being row 1."""

    row: int
    fault: DomainError


class Rejected(Struct, frozen=True, tag="rejected"):
    """Nothing was changed: these rows are wrong."""

    faults: tuple[RowFault, ...]


class Imported(Struct, frozen=True, tag="imported"):
    """Every row was taken."""

    added: int
    changed: int
    removed: int


def _heads(rows: Sequence[Sequence[str]]) -> dict[str, int]:
    heads = {text.strip().lower(): place for place, text in enumerate(rows[0])} if rows else {}
    for needed in ("kind", "value"):
        if needed not in heads:
            raise ColumnMissing("file", name=needed)
    return heads


_TARGETS: Mapping[str, Callable[[Rule], bool]] = {
    "companies": lambda rule: bool(rule.target.companies),
    "agreements": lambda rule: bool(rule.target.agreements),
    "segments": lambda rule: bool(rule.target.segments),
}
_CONDITIONS: Mapping[str, Callable[[Rule], bool]] = {
    "minimum": lambda rule: rule.minimum > 0,
    "starts_at": lambda rule: rule.starts_at is not None,
    "ends_at": lambda rule: rule.ends_at is not None,
    "is_active": lambda rule: not rule.is_active,
}


def _refuse_widening(heads: Collection[str], rules: Collection[Rule], changed: Collection[Rule]) -> None:
    """Refuse a file without a column that narrows rules: read as empty, it would make them hold for more.

    Whom a rule is for is asked of every rule of the draft, because files with the same rules under other ids replace
    them; the other conditions are asked of the rules the file changes.

    Raises:
        NarrowingColumnMissing: every such column is named.
    """
    missing = [name for name, narrows in _TARGETS.items() if name not in heads and any(map(narrows, rules))]
    missing += [name for name, narrows in _CONDITIONS.items() if name not in heads and any(map(narrows, changed))]
    if missing:
        raise NarrowingColumnMissing("file", names=", ".join(missing))


class ImportRules(DraftEditing):
    """Take the rules of a spreadsheet into a draft: all of them or none."""

    def __init__(self, work: RuleSetWork, clock: Clock, references: References, sheets: Sheets, zone: str) -> None:
        super().__init__(work, clock)
        self._references = references
        self._sheets = sheets
        self._zone = ZoneInfo(zone)

    async def __call__(
        self, actor: Actor, rule_set_id: UUID, content: bytes, *, replace: bool = False
    ) -> Imported | Rejected:
        """Rows with the id of a rule change it, the others are added.

        Args:
            actor: must have `prices.manage`.
            rule_set_id: the draft.
            content: the file.
            replace: also remove the rules that no row names.

        Raises:
            NotFound, NotADraft: the draft is not there.
            SheetUnreadable, SheetTooLong, ColumnMissing, NarrowingColumnMissing: the file as a whole is refused.
        """
        actor.require(Permission.PRICES_MANAGE)
        if not content or len(content) > MAX_BYTES:
            raise SheetUnreadable("file")
        rows = await self._sheets.rows(content, MAX_ROWS + 2)
        if len(rows) > MAX_ROWS + 1:
            raise SheetTooLong("file", maximum=MAX_ROWS)
        heads = _heads(rows)
        typed = [
            (place, {name: row[at] if at < len(row) else "" for name, at in heads.items()})
            for place, row in enumerate(rows[1:], 2)
            if any(cell.strip() for cell in row)
        ]
        named = [_named(cells) for _, cells in typed]
        known = await Known.of(self._references, named)
        async with self._work() as work:
            head = await held_draft(work, rule_set_id)
            nodes = await work.sets.nodes(rule_set_id)
            before = {one.rule.rule_id: one for one in await work.sets.all_rules(rule_set_id)}
            ids = {_uuid(cells.get("id", "")) for _, cells in typed}
            held = [one.rule for one in before.values()]
            _refuse_widening(heads, held, [one for one in held if one.rule_id in ids])
            reading = _Rows(nodes, before, known, self._zone)
            placed = [reading.read(place, cells, one) for (place, cells), one in zip(typed, named, strict=True)]
            rules = [one for one in placed if one is not None]
            if not reading.faults:
                rows_of = {one.rule.rule_id: row for one, (row, _) in zip(rules, typed, strict=True)}
                for missing in await work.sets.unknown(rules):
                    reading.faults.append(RowFault(rows_of[missing.rule_id], renamed(NotFound(missing.field))))
            if reading.faults:
                return Rejected(tuple(reading.faults))
            gone = set(before) - {one.rule.rule_id for one in rules} if replace else set()
            removed = await work.sets.drop_rules(rule_set_id, gone) if gone else 0
            await work.sets.put_rules(rule_set_id, rules)
            changed = sum(one.rule.rule_id in before for one in rules)
            counts = {"added": len(rules) - changed, "changed": changed, "removed": removed}
            change = Change("pricing.rules_imported", "rule_set", str(rule_set_id), None, counts)
            await self._edited(work, actor, head, change)
        return Imported(**counts)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text.strip())
    except ValueError:
        return None


def _named(cells: Mapping[str, str]) -> NamedRule:
    words = {name: cells.get(name, "") for name in _WORDS}
    words["effect"] = words["effect"].strip() or "percent"
    flags = {name: cells.get(name, "").strip().lower() in _YES for name in _FLAGS}
    if "is_active" not in cells:
        flags["is_active"] = True
    return msgspec.convert(words | flags, NamedRule)


class _Rows:
    """Reads rows one by one and gathers their faults."""

    def __init__(
        self, nodes: Sequence[GroupNode], before: Mapping[UUID, PlacedRule], known: Known, zone: ZoneInfo
    ) -> None:
        self._groups = {str(node.group_id): node.group_id for node in nodes}
        self._groups |= {node.title.strip().lower(): node.group_id for node in nodes if node.title.strip()}
        self._groups[""] = next(node.group_id for node in nodes if node.parent_id is None)
        self._before = before
        self._known = known
        self._zone = zone
        self._seen: set[UUID] = set()
        self.faults: list[RowFault] = []

    def read(self, place: int, cells: Mapping[str, str], named: NamedRule) -> PlacedRule | None:
        """The rule of a row, or None and its faults."""
        faults: list[DomainError] = []
        rule_id = self._id(cells.get("id", "").strip(), faults)
        group = self._groups.get(cells.get("group", "").strip().lower())
        if group is None:
            faults.append(NotFound("group"))
        typed, wrong = read_rule(named, self._known, self._zone)
        faults += wrong
        rule = None
        if typed is not None:
            try:
                rule = rule_of(typed, rule_id)
            except Invalid as error:
                faults += map(renamed, error.errors)
        self.faults += [RowFault(place, one) for one in faults]
        if rule is None or group is None or faults:
            return None
        return PlacedRule(group, rule, named.title.strip()[:MAX_TITLE], named.public_title.strip()[:MAX_TITLE])

    def _id(self, text: str, faults: list[DomainError]) -> UUID:
        if not text:
            return new_id()
        found = _uuid(text)
        if found is None or found not in self._before or found in self._seen:
            faults.append(NotFound("id"))
            return new_id()
        self._seen.add(found)
        return found


def _named_in(placed: PlacedRule) -> list[UUID]:
    rule = placed.rule
    return [
        one
        for one in (
            *(rule.category_id, rule.brand_id),
            *(*rule.target.companies, *rule.target.agreements, *rule.target.segments),
        )
        if one is not None
    ]


class ExportRules:
    """The rules of a version as a spreadsheet that can be loaded again."""

    def __init__(self, work: RuleSetWork, references: References, sheets: Sheets, zone: str) -> None:
        self._work = work
        self._references = references
        self._sheets = sheets
        self._zone = ZoneInfo(zone)

    async def __call__(self, actor: Actor, rule_set_id: UUID) -> bytes:
        """The file; raises NotFound."""
        actor.require(Permission.PRICES_MANAGE)
        async with self._work() as work:
            if await work.sets.head(rule_set_id) is None:
                raise NotFound("rule_set_id")
            rules = await work.sets.all_rules(rule_set_id)
        ids = {one for placed in rules for one in _named_in(placed)}
        names = await self._references.named(ids)
        known = Known(
            await self._references.sections(set(names.values())),
            await self._references.brands(set(names.values())),
            await self._references.companies(set(names.values())),
            await self._references.agreements(set(names.values())),
            await self._references.segments(set(names.values())),
        )
        ordered = sorted(rules, key=lambda one: (one.group_id, one.rule.order, one.rule.rule_id))
        return self._sheets.book([COLUMNS, *(self._row(placed, names, known) for placed in ordered)])

    def _row(self, placed: PlacedRule, names: Mapping[UUID, str], known: Known) -> tuple[str, ...]:
        rule = placed.rule

        def moment(one: datetime | None) -> str:
            return "" if one is None else one.astimezone(self._zone).strftime("%Y-%m-%d %H:%M:%S")

        def told(one: UUID | None, by_name: Mapping[str, tuple[UUID, ...]]) -> str:
            """A name that means nothing else, so that the file comes back as what it was; else the id."""
            if one is None:
                return ""
            name = names.get(one, "")
            return name if name and ";" not in name and by_name.get(name) == (one,) else str(one)

        words = {
            "id": str(rule.rule_id),
            "group": str(placed.group_id),
            "kind": rule.kind.value,
            "effect": rule.effect.value,
            "value": plain(rule.value),
            "currency": rule.currency,
            "section": told(rule.category_id, known.sections),
            "brand": told(rule.brand_id, known.brands),
            "articles": "\n".join(sorted(rule.articles)),
            "companies": "\n".join(told(one, known.companies) for one in sorted(rule.target.companies)),
            "agreements": "\n".join(told(one, known.agreements) for one in sorted(rule.target.agreements)),
            "segments": "\n".join(told(one, known.segments) for one in sorted(rule.target.segments)),
            "minimum": plain(rule.minimum) if rule.minimum else "",
            "starts_at": moment(rule.starts_at),
            "ends_at": moment(rule.ends_at),
            "priority": str(rule.priority),
            "order": str(rule.order),
            "title": placed.title,
            "public_title": placed.public_title,
            **{name: "1" if getattr(rule, name) else "" for name in _FLAGS},
        }
        return tuple(words[name] for name in COLUMNS)
