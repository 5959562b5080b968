"""Tell a colleague of a document by mail (DOC-4): a link to its page, for people who may open it.

The letter brings no file along: who opens the link is asked who he is, sees what his level opens, and his download is
told to the audit trail. So it goes only to people who buy for the company, and to the sender himself.
"""

from b2b_dvizhenie.application.documents.listing import scope_of
from b2b_dvizhenie.application.documents.ports import DocumentsWork
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.domain.identity import LoginInvalid, LoginKind, parse_login
from b2b_dvizhenie.domain.messaging import Channel, Message
from b2b_dvizhenie.domain.shared.errors import DomainError, NotFound
from b2b_dvizhenie.domain.shared.ids import DocumentId


class RecipientUnknown(DomainError):
    """Nobody of this address buys for the document's company."""

    code = "documents.recipient_unknown"


class SendDocument:
    """Put a letter about a document into the outbox."""

    def __init__(self, work: DocumentsWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, document_id: DocumentId, to: str) -> str:
        """Send it; the address in its canonical spelling.

        Raises:
            Forbidden: the right to see documents is not granted.
            LoginInvalid: `to` is no e-mail address.
            NotFound: the document is not there to see.
            RecipientUnknown: whoever this is, it is nobody of the company.
        """
        scope = scope_of(actor)
        address = parse_login(to, "to")
        if address.kind is not LoginKind.EMAIL:
            raise LoginInvalid("to")
        async with self._work() as work:
            told = await work.documents.told_of(actor, scope, document_id)
            if told is None:
                raise NotFound("document_id")
            language = await work.documents.recipient(actor, told.company_id, address.value)
            if language is None:
                raise RecipientUnknown("to")
            params = {
                "number": told.number,
                "day": f"{told.day:%d.%m.%Y}",
                "company": told.company,
                "person": actor.name,
                "path": f"/documents/{document_id}",
            }
            message = Message(
                channel=Channel.MAIL,
                to=address.value,
                template="documents.document_sent",
                params=params,
                language=language,
            )
            await work.outbox.put(message, request_id=actor.request_id)
            after = {"number": told.number, "email": address.value}
            change = Change("documents.link_sent", "document", str(document_id), after=after)
            await work.audit.record(actor, change)
            await work.commit()
        return address.value
