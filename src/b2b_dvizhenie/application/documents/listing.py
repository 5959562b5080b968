"""Look for documents (DOC-1, DOC-2, DOC-3). Foreign ones do not exist; to whom the group is closed, none does (LVL)."""

from collections.abc import Collection, Mapping

from msgspec.structs import replace

from b2b_dvizhenie.application.documents.ports import DocumentReader
from b2b_dvizhenie.application.documents.views import (
    MAX_PAGE,
    DocumentDetails,
    DocumentPage,
    DocumentQuery,
    DocumentSummary,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.shared.errors import DomainError, NotFound
from b2b_dvizhenie.domain.shared.ids import DocumentId, OrderId
from b2b_dvizhenie.domain.visibility import Information

MAX_OFFSET = 100_000


class PeriodReversed(DomainError):
    """The last day, or the largest sum, comes before the first."""

    code = "documents.period_reversed"


def sees_documents(actor: Actor) -> bool:
    """Whether there are documents for the actor at all: the right to see them, and the group open to him."""
    return actor.may(Permission.DOCUMENTS_VIEW) and actor.opens(
        Information.DOCUMENTS, actor.grants[Permission.DOCUMENTS_VIEW]
    )


def scope_of(actor: Actor) -> Scope:
    """The scope in which the actor sees documents.

    Raises:
        Forbidden: the right is not granted.
        NotFound: a level or a segment closes documents to him; whoever opens them opens what is written in them.
    """
    scope = actor.require(Permission.DOCUMENTS_VIEW)
    if not actor.opens(Information.DOCUMENTS, scope):
        raise NotFound
    return scope


class ListDocuments:
    """Documents in the actor's scope, the latest first."""

    def __init__(self, reader: DocumentReader) -> None:
        self._reader = reader

    async def __call__(self, actor: Actor, query: DocumentQuery) -> DocumentPage:
        """A page; limit and offset beyond their bounds are brought within them.

        Raises:
            Forbidden, NotFound: as `scope_of`.
            PeriodReversed: naming the field that ends before it begins.
        """
        scope = scope_of(actor)
        if query.since is not None and query.until is not None and query.until < query.since:
            raise PeriodReversed("until")
        low, high = query.amount_from, query.amount_to
        if low is not None and high is not None and high < low:
            raise PeriodReversed("amount_to")
        limit, offset = min(max(query.limit, 1), MAX_PAGE), min(max(query.offset, 0), MAX_OFFSET)
        orders = actor.grants.get(Permission.ORDERS_VIEW)
        page = await self._reader.page(actor, scope, orders, replace(query, limit=limit, offset=offset))
        return replace(page, more=False) if offset == MAX_OFFSET else page  # nothing is behind the last offset


class ShowDocument:
    """One document with its history, orders and files."""

    def __init__(self, reader: DocumentReader) -> None:
        self._reader = reader

    async def __call__(self, actor: Actor, document_id: DocumentId) -> DocumentDetails:
        """The document.

        Raises:
            Forbidden: the right is not granted.
            NotFound: it is not there to see.
        """
        orders = actor.grants.get(Permission.ORDERS_VIEW)
        found = await self._reader.details(actor, scope_of(actor), orders, document_id)
        if found is None:
            raise NotFound("document_id")
        return found


class DocumentsOfOrder:
    """The documents of an order that somebody looks at (DOC-1)."""

    def __init__(self, reader: DocumentReader) -> None:
        self._reader = reader

    async def __call__(self, actor: Actor, order_id: OrderId) -> tuple[DocumentSummary, ...]:
        """The latest first; none for who sees no documents or not this order."""
        orders = actor.grants.get(Permission.ORDERS_VIEW)
        if orders is None or not sees_documents(actor):
            return ()
        return await self._reader.of_order(actor, scope_of(actor), orders, order_id)

    async def counts(self, actor: Actor, order_ids: Collection[OrderId]) -> Mapping[OrderId, int]:
        """How many there are of each order, under the same rules; orders without any are left out."""
        orders = actor.grants.get(Permission.ORDERS_VIEW)
        if orders is None or not order_ids or not sees_documents(actor):
            return {}
        return await self._reader.counts(actor, scope_of(actor), orders, order_ids)
