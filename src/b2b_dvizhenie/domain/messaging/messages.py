"""What is to be told to whom, on which way."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Channel(StrEnum):
    """The way a message takes."""

    SMS = "sms"
    MAIL = "mail"


class Message(Struct, frozen=True, kw_only=True):
    """A message that is to be sent.

    `to` is a phone as +79120000000 or an e-mail address. `template` names the text (`message.<template>…` in the
    locale), `params` fill it; they may be secret (codes, links) and are sealed at rest. After `expires_at` it is not
    sent any more.
    """

    channel: Channel
    to: str
    template: str
    params: Mapping[str, str] = {}
    language: str = "ru"
    expires_at: datetime | None = None


def channel_of(login: str) -> Channel:
    """The way to a login in its canonical spelling."""
    return Channel.MAIL if "@" in login else Channel.SMS
