"""Telling a person what became of their account: whoever did not do it himself must learn of it."""

from b2b_dvizhenie.application.identity.ports import Reachable
from b2b_dvizhenie.application.messaging import MessageOutbox
from b2b_dvizhenie.domain.messaging import Message, channel_of


async def tell(outbox: MessageOutbox, person: Reachable, template: str, *, mail_first: bool = False) -> None:
    """Send the person a message on one of the ways to him: an SMS where there is a phone, else a letter (NOT row 8).

    Args:
        outbox: of the transaction that makes the change.
        person: to whom.
        template: which message; it has no parameters.
        mail_first: prefer the letter, for what concerns the phone itself: it may be lost.
    """
    ways = (person.email, person.phone) if mail_first else (person.phone, person.email)
    to = next((one for one in ways if one), "")
    await outbox.put(Message(channel=channel_of(to), to=to, template=template, language=person.language))
