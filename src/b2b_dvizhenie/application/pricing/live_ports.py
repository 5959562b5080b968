"""Who tells live prices, how goods and companies are called there, and who is told how it goes."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.pricing import LiveKey, Question, Told
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind
from b2b_dvizhenie.domain.shared.ids import VariantId


class LiveUnavailable(DomainError):
    """Nothing readable came from the source of live prices in time; params hold a `reason` for the log."""

    code = "pricing.live_unavailable"
    kind = Kind.UNAVAILABLE


class LivePriceSource(Protocol):
    """Port: the ERP as who tells prices of this moment.

    Contract: `ask` sends one request for all lines and answers within the deadline, counted from the call to the last
    byte whatever happens in between. It raises LiveUnavailable when nothing readable of bounded size comes in time, and
    nothing else, whatever the other side sends; it follows no redirections, keeps nothing, and repeats nothing. It does
    not judge what it read: whether the answer is about what was asked is decided by `domain.pricing.heard`. A call may
    be cancelled at any moment and leaves nothing behind.
    """

    @property
    @abstractmethod
    def is_enabled(self) -> bool:
        """Whether there is anybody to ask. Known without asking, and for the whole life of the process."""
        ...

    @property
    @abstractmethod
    def node(self) -> str:
        """Login of the exchange node whose goods the source knows; "" where there is only one 1C base."""
        ...

    @abstractmethod
    async def ask(self, question: Question, deadline: timedelta) -> Told:
        """The answer as it came."""
        ...

    @abstractmethod
    async def ping(self, deadline: timedelta) -> str:
        """What the other side says it is, for `b2b doctor`; raises LiveUnavailable."""
        ...


class LiveReferences(Protocol):
    """Port: how the ERP calls what is asked for.

    Contract: one round trip each, whatever the number of lines.
    """

    @abstractmethod
    async def question(self, terms: Terms, lines: Sequence[LiveKey], node: str, request_id: str) -> Question | None:
        """The question about those of the lines that the ERP can know: goods of the node, and of the company's.

        None where there is none such, or where the ERP cannot know the company.
        """
        ...

    @abstractmethod
    async def ages(self, terms: Terms, variants: Sequence[VariantId]) -> Mapping[VariantId, datetime]:
        """Since when the stored prices of the terms' price type are known; the oldest of a variant's breaks."""
        ...


class LiveWatch(Protocol):
    """Port: metrics and log of asking. Contract: returns at once and raises nothing."""

    @abstractmethod
    def asked(self, outcome: str, took: timedelta, lines: int) -> None:
        """A question came to an end: `answered`, or the reason why not."""
        ...

    @abstractmethod
    def skipped(self) -> None:
        """Nobody was asked because the breaker is open."""
        ...

    @abstractmethod
    def breaker(self, state: str) -> None:
        """The breaker changed its state."""
        ...
