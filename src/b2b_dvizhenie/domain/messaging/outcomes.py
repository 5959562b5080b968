"""What came of handing a message over (protocols.md §0.1): a business refusal is an answer, not an exception."""

from msgspec import Struct


class Accepted(Struct, frozen=True, tag=True):
    """The gateway has it; `reference` is its own id for the message."""

    reference: str = ""


class Rejected(Struct, frozen=True, tag=True):
    """The gateway does not take it: `code` is the gateway's own, `retryable` says whether later may help."""

    code: str
    retryable: bool


class Uncertain(Struct, frozen=True, tag=True):
    """The answer was lost: it may have been sent. Whoever repeats says so, and the sender looks before it sends.

    `final`: the gateway cannot be asked about it, so repeating would tell nothing.
    """

    reason: str
    final: bool = False


Outcome = Accepted | Rejected | Uncertain
