"""The credit limit at the moment an order is placed: checked and reserved in the order's own transaction (BAL, ADR).

`PlaceOrder` calls `hold_credit` before it decides and `CreditBook.reserve` when it writes. Two people who spend one
limit at once meet in `hold`: the second one reads what the first has reserved.
"""

from decimal import Decimal

from msgspec import Struct

from b2b_dvizhenie.application.balances.ports import CreditBook, CreditFacts
from b2b_dvizhenie.application.settings import CurrentSettings
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.balances import (
    LIMIT_REACTION,
    OVERDUE_REACTION,
    RESERVED_DAYS,
    STOP_REACTION,
    Credit,
    CreditPolicy,
    Objection,
    Reaction,
    objections,
    pooled,
    reserved_sum,
    told_to,
)
from b2b_dvizhenie.domain.companies import Terms


class HeldCredit(Struct, frozen=True):
    """The credit that one order is placed against, and whether it is placed on account."""

    credit: Credit
    policy: CreditPolicy
    on_account: bool

    def objections(self, actor: Actor, amount: Decimal) -> tuple[Objection, ...]:
        """What speaks against an order for this sum, as the actor may read it."""
        found = objections(self.credit, amount, self.policy, on_account=self.on_account)
        told = (told_to(one, actor.opened, sees_sums=not actor.is_concealed) for one in found)
        return tuple(one for one in told if one is not None)


class CreditControl:
    """Who decides whether a limit, an overdue payment or a stop list is in the way of an order."""

    def __init__(self, current: CurrentSettings, clock: Clock) -> None:
        self._current = current
        self._clock = clock

    async def policy(self) -> CreditPolicy:
        """The rules of this moment."""
        return CreditPolicy(
            Reaction(await self._current(LIMIT_REACTION)),
            Reaction(await self._current(OVERDUE_REACTION)),
            Reaction(await self._current(STOP_REACTION)),
            await self._current(RESERVED_DAYS),
        )

    def credit_of(self, facts: CreditFacts, policy: CreditPolicy) -> Credit:
        """What the facts come to now."""
        reserved = reserved_sum(facts.orders, facts.positions, self._clock(), policy.reserved_days)
        return pooled(facts.currency, facts.positions, agreement_limit=facts.agreement_limit, reserved_here=reserved)

    async def hold_credit(
        self, book: CreditBook, terms: Terms, policy: CreditPolicy, *, on_account: bool | None = None
    ) -> HeldCredit:
        """The credit of the company that buys under these terms; held where an order on account could spend it.

        Args:
            book: of the transaction that places the order.
            terms: whose company, currency and agreement count.
            policy: read before the transaction.
            on_account: whether the chosen way of paying is on account. None: it is where the agreement or the ERP sets
                a limit.
        """
        facts = await book.facts(terms.company_id, terms.currency, terms.agreement_id)
        buys_on_account = facts.is_limited if on_account is None else on_account
        if buys_on_account and facts.is_limited and policy.limit is Reaction.BLOCK:
            await book.hold(terms.company_id, terms.currency)
            facts = await book.facts(terms.company_id, terms.currency, terms.agreement_id)
        return HeldCredit(self.credit_of(facts, policy), policy, buys_on_account)
