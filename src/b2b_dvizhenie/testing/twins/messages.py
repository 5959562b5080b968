"""Gateways in memory, for tests of what sends through them."""

from collections import deque

from b2b_dvizhenie.application.messaging import Letter, MailSender, Sms, SmsSender
from b2b_dvizhenie.domain.messaging import Accepted, Outcome, Rejected, Uncertain

WRONG_ENDING = "02"


class MemorySms(SmsSender):
    """Keeps what it was given. `planned` outcomes are used up first; an Uncertain one still sends."""

    def __init__(self) -> None:
        self.sent: list[Sms] = []
        self.planned: deque[Outcome] = deque()

    async def send(self, sms: Sms) -> Outcome:
        """Keep it, unless this very message is here already."""
        outcome = self.planned.popleft() if self.planned else None
        if isinstance(outcome, Rejected):
            return outcome
        if sms.to.endswith(WRONG_ENDING):
            return Rejected("number", retryable=False)
        if not any(one.message_id == sms.message_id for one in self.sent):
            self.sent.append(sms)
        return outcome or Accepted(str(sms.message_id))


class MemoryMail(MailSender):
    """Keeps what it was given, as `MemorySms` does; a letter may arrive twice."""

    def __init__(self) -> None:
        self.sent: list[Letter] = []
        self.planned: deque[Outcome] = deque()

    async def send(self, letter: Letter) -> Outcome:
        """Keep it."""
        outcome = self.planned.popleft() if self.planned else None
        if isinstance(outcome, Rejected):
            return outcome
        if "@" not in letter.to:
            return Rejected("address", retryable=False)
        self.sent.append(letter)
        return outcome or Accepted(str(letter.message_id))


LOST = Uncertain("lost")
"""An outcome for `planned`: the message arrives, its answer does not."""
