"""Messages to people: put into the outbox with the change that causes them, sent by the workers."""

from b2b_dvizhenie.application.messaging.ports import (
    Letter,
    MailSender,
    MessageBox,
    MessageOutbox,
    MessageState,
    MessageTexts,
    MessagingTransaction,
    MessagingWork,
    Sms,
    SmsSender,
    WaitingMessage,
    WrittenMessage,
)
from b2b_dvizhenie.application.messaging.sending import (
    SEND_JOB,
    MessageDelayed,
    MessageRefused,
    MessageUncertain,
    SendMessage,
)

__all__ = [
    "SEND_JOB",
    "Letter",
    "MailSender",
    "MessageBox",
    "MessageDelayed",
    "MessageOutbox",
    "MessageRefused",
    "MessageState",
    "MessageTexts",
    "MessageUncertain",
    "MessagingTransaction",
    "MessagingWork",
    "SendMessage",
    "Sms",
    "SmsSender",
    "WaitingMessage",
    "WrittenMessage",
]
