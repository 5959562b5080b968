"""Ways to reach people, and the box in which messages wait."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.domain.messaging import Channel, Message, Outcome


class Sms(Struct, frozen=True):
    """A short message. `to` is a phone as +79120000000; `repeated`: an earlier attempt may have been sent."""

    message_id: UUID
    to: str
    text: str
    repeated: bool = False


class Letter(Struct, frozen=True):
    """A letter of plain text. `repeated`: an earlier attempt may have been sent."""

    message_id: UUID
    to: str
    subject: str
    text: str
    repeated: bool = False


class SmsSender(Protocol):
    """Port: hands short messages to a gateway.

    Contract: returns within its own timeout and raises for nothing that a gateway can do. `Accepted` means that the
    gateway answered so for this very number. A refusal of the number, the text or the account is `Rejected`, with
    `retryable` for what passes by itself (an overload, a block for a while, an unreachable gateway). When the request
    may have arrived and no sensible answer came back, the outcome is `Uncertain`. A repeated message whose first
    attempt was sent is never sent again: the sender asks the gateway by the message's id, and where the gateway cannot
    tell, answers a final `Uncertain`. The text is logged nowhere. May be called at once from several tasks.
    """

    @abstractmethod
    async def send(self, sms: Sms) -> Outcome:
        """Hand it over."""
        ...


class MailSender(Protocol):
    """Port: hands letters to a mail server.

    Contract: as of `SmsSender`, with one difference: a repeated letter may arrive twice, with the same Message-ID, by
    which mail programs show it once. Neither address nor subject can add headers. `Rejected` is retryable for 4xx
    answers, for a server that cannot be reached or does not let us in; not for 5xx answers about this letter.
    """

    @abstractmethod
    async def send(self, letter: Letter) -> Outcome:
        """Hand it over."""
        ...


class MessageTexts(Protocol):
    """Port: words for a template in a language."""

    @abstractmethod
    def written(self, template: str, channel: Channel, language: str, params: Mapping[str, str]) -> "WrittenMessage":
        """Subject ("" for an SMS) and text; params are shown as they are, never interpreted."""
        ...


class WrittenMessage(Struct, frozen=True):
    """A message in words."""

    subject: str
    text: str


class MessageState(StrEnum):
    """Where a message is. `SENDING` outlives a worker that died while it sent."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    EXPIRED = "expired"
    REFUSED = "refused"


class WaitingMessage(Struct, frozen=True):
    """A message of the box. `state` is what it was before it was taken for sending."""

    message: Message
    state: MessageState


class MessageOutbox(Protocol):
    """Port: messages that leave if and only if the caller's transaction commits."""

    @abstractmethod
    async def put(self, message: Message, *, request_id: str = "") -> UUID:
        """Keep the message, its params sealed, and ask the workers to send it."""
        ...


class MessageBox(Protocol):
    """Port: the box as a worker sees it."""

    @abstractmethod
    async def take(self, message_id: UUID) -> WaitingMessage | None:
        """The message, locked until the transaction ends and marked as being sent; None if it is done or unknown."""
        ...

    @abstractmethod
    async def settle(self, message_id: UUID, state: MessageState, *, reference: str = "", error: str = "") -> None:
        """Record what came of it. A message that is done keeps nothing that was sealed."""
        ...


class MessagingTransaction(Protocol):
    """Port: one transaction of messaging; leaving without `commit` rolls back."""

    messages: MessageBox

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""
        ...


MessagingWork = Callable[[], AbstractAsyncContextManager[MessagingTransaction]]
