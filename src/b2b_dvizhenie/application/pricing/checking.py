"""Check a rule set: read what its rules need as witnesses, and look for faults."""

from abc import abstractmethod
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.pricing.explaining import NamedTerms
from b2b_dvizhenie.application.pricing.ports import RuleBooks
from b2b_dvizhenie.application.pricing.rule_set_ports import RuleSetWork
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import (
    BLOCKING,
    Buyer,
    Discounts,
    Fault,
    Finding,
    Goods,
    Linter,
    PricePoint,
    Rule,
    Strategy,
    Witness,
)
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind, NotFound
from b2b_dvizhenie.domain.shared.ids import CompanyId, VariantId

MAX_FINDINGS = 500
"""Told at most; the counts are of all."""


class RulesAmbiguous(DomainError):
    """A group that demands a decision has `count` pairs of rules that meet; the version cannot be published."""

    code = "pricing.rules_ambiguous"
    kind = Kind.CONFLICT


class Sample(Struct, frozen=True):
    """Goods that a rule covers, with prices of every type."""

    variant_id: VariantId
    article: str
    name: str
    goods: Goods
    prices: tuple[PricePoint, ...]


class Witnesses(Protocol):
    """Port: what there is for rules to cover.

    Contract: a fixed number of statements, whatever the number of rules.
    """

    @abstractmethod
    async def samples(self, rules: Sequence[Rule]) -> Mapping[UUID, Sample]:
        """For every rule that covers visible goods, one of them with a price if there is one; by rule."""
        ...

    @abstractmethod
    async def companies(self, company_ids: Collection[CompanyId], now: datetime) -> Mapping[CompanyId, NamedTerms]:
        """Terms of those of the companies that are active, and of one more that can stand for everybody."""
        ...

    @abstractmethod
    async def owners(self, agreement_ids: Collection[UUID]) -> Mapping[UUID, CompanyId]:
        """Companies of agreements."""
        ...


class Report(Struct, frozen=True):
    """What was found: the first findings, how many of each fault, and whether publishing is refused."""

    rule_set_id: UUID
    revision: int
    rules: int
    findings: tuple[Finding, ...]
    counts: Mapping[Fault, int]

    @property
    def is_blocked(self) -> bool:
        """Whether the version cannot be published like this."""
        return any(self.counts.get(fault) for fault in BLOCKING)


class CheckRuleSet:
    """The check before publishing."""

    def __init__(self, work: RuleSetWork, books: RuleBooks, witnesses: Witnesses, clock: Clock) -> None:
        self._work = work
        self._books = books
        self._witnesses = witnesses
        self._clock = clock

    async def __call__(self, actor: Actor, rule_set_id: UUID) -> Report:
        """Everything that is found in the version as it is now; raises NotFound."""
        actor.require(Permission.PRICES_MANAGE)
        return await self._report(rule_set_id)

    async def refuse_ambiguous(self, actor: Actor, rule_set_id: UUID) -> int | None:
        """The revision that passed. Drafts without a group that demands a decision pass unlooked.

        Raises:
            RulesAmbiguous: two rules of such a group meet.
        """
        actor.require(Permission.PRICES_PUBLISH)
        async with self._work() as work:
            head = await work.sets.head(rule_set_id)
            nodes = await work.sets.nodes(rule_set_id)
        if head is None:
            return None
        if any(node.strategy is Strategy.REFUSE for node in nodes):
            report = await self._report(rule_set_id)
            if report.is_blocked:
                raise RulesAmbiguous(count=report.counts[Fault.AMBIGUOUS])
            return report.revision
        return head.revision

    async def _report(self, rule_set_id: UUID) -> Report:
        async with self._work() as work:
            head = await work.sets.head(rule_set_id)
        if head is None:
            raise NotFound("rule_set_id")
        now = self._clock()
        book = await self._books.whole(rule_set_id)
        rules = [rule for rule in book.rules if rule.is_active and (rule.ends_at is None or rule.ends_at > now)]
        samples = await self._witnesses.samples(rules)
        wanted = {CompanyId(one) for rule in rules for one in rule.target.companies}
        owners = await self._witnesses.owners({one for rule in rules for one in rule.target.agreements})
        known = await self._witnesses.companies(wanted | set(owners.values()), now)
        anyone = next((terms for key, terms in known.items() if key not in wanted), None) or next(
            iter(known.values()), None
        )
        found: list[Finding] = []
        witnesses: dict[UUID, Witness] = {}
        for rule in rules:
            sample = samples.get(rule.rule_id)
            if sample is None:
                found.append(Finding(fault=Fault.COVERS_NOTHING, rule_id=rule.rule_id))
                continue
            terms = self._buyer(rule, known, owners, anyone)
            if terms is None:
                if anyone is not None and not rule.target.segments:
                    found.append(Finding(fault=Fault.FOR_NOBODY, rule_id=rule.rule_id, article=sample.article))
                continue
            buyer = Buyer(terms.terms.company_id, terms.terms.agreement_id, rule.target.segments)
            witnesses[rule.rule_id] = Witness(
                sample.variant_id,
                sample.article,
                sample.name,
                sample.goods,
                sample.prices,
                terms.name,
                terms.terms,
                buyer,
            )
        nobody = Buyer(UUID(int=0))
        found += Linter(book.root, head.limits, witnesses, Discounts(book, nobody, now))()
        found.sort(key=lambda one: list(Fault).index(one.fault))
        return Report(
            rule_set_id,
            head.revision,
            len(book.rules),
            tuple(found[:MAX_FINDINGS]),
            Counter(one.fault for one in found),
        )

    def _buyer(
        self,
        rule: Rule,
        known: Mapping[CompanyId, NamedTerms],
        owners: Mapping[UUID, CompanyId],
        anyone: NamedTerms | None,
    ) -> NamedTerms | None:
        target = rule.target
        if not (target.companies or target.agreements):
            return anyone  # for everybody, or for a segment: whoever is in it buys like anybody
        named = [*target.companies, *(owners[one] for one in target.agreements if one in owners)]
        return next((known[CompanyId(one)] for one in named if CompanyId(one) in known), None)
