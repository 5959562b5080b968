"""Sending one message of the box; runs in a job, so a failure is seen and repeated there."""

from uuid import UUID

from b2b_dvizhenie.application.messaging.ports import (
    Letter,
    MailSender,
    MessageState,
    MessageTexts,
    MessagingWork,
    Sms,
    SmsSender,
)
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.messaging import Accepted, Channel, Message, Outcome, Rejected, Uncertain
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind

SEND_JOB = "messaging.send"
"""Job name; payload `{message_id}`."""


class MessageRefused(DomainError):
    """The gateway refuses the message for good; `reason` is its code."""

    code = "messaging.refused"


class MessageDelayed(DomainError):
    """The gateway does not take the message now; the job tries again."""

    code = "messaging.not_now"
    kind = Kind.UNAVAILABLE


class MessageUncertain(DomainError):
    """Whether the message was sent cannot be told even by asking; it is not sent twice."""

    code = "messaging.uncertain"
    kind = Kind.CONFLICT


class SendMessage:
    """Hand a message of the box to its gateway, at most once as far as the gateway can tell."""

    def __init__(
        self, work: MessagingWork, sms: SmsSender, mail: MailSender, texts: MessageTexts, clock: Clock
    ) -> None:
        self._work = work
        self._sms = sms
        self._mail = mail
        self._texts = texts
        self._clock = clock

    async def __call__(self, message_id: UUID) -> None:
        """Send it; one that is sent, refused or expired is left alone.

        Raises:
            MessageRefused: for good.
            MessageDelayed: later may help.
            MessageUncertain: it may have been sent, and asking does not tell.
        """
        async with self._work() as work:
            taken = await work.messages.take(message_id)
            if taken is None:
                return
            expires = taken.message.expires_at
            if expires is not None and self._clock() >= expires:
                await work.messages.settle(message_id, MessageState.EXPIRED)
                await work.commit()
                return
            await work.commit()  # whoever dies from here on leaves it marked as being sent
        repeated = taken.state is MessageState.SENDING
        outcome = await self._handed_over(message_id, taken.message, repeated=repeated)
        async with self._work() as work:
            match outcome:
                case Accepted(reference):
                    await work.messages.settle(message_id, MessageState.SENT, reference=reference)
                case Rejected(code, retryable):
                    # A repeated one that could not even be looked up may still have been sent the first time.
                    later = MessageState.SENDING if repeated else MessageState.WAITING
                    state = later if retryable else MessageState.REFUSED
                    await work.messages.settle(message_id, state, error=code)
                case Uncertain(reason):
                    await work.messages.settle(message_id, MessageState.SENDING, error=reason)
            await work.commit()
        match outcome:
            case Accepted():
                return
            case Rejected(code, True):
                raise MessageDelayed(reason=code)
            case Rejected(code):
                raise MessageRefused(reason=code)
            case Uncertain(reason, True):
                raise MessageUncertain(reason=reason)
            case Uncertain(reason):
                raise MessageDelayed(reason=reason)

    async def _handed_over(self, message_id: UUID, message: Message, *, repeated: bool) -> Outcome:
        written = self._texts.written(message.template, message.channel, message.language, message.params)
        if message.channel is Channel.SMS:
            return await self._sms.send(Sms(message_id, message.to, written.text, repeated))
        return await self._mail.send(Letter(message_id, message.to, written.subject, written.text, repeated))
