"""Documents as pages show them: filters out of the address, rows, the history in words."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from gettext import GNUTranslations
from typing import Any
from urllib.parse import urlencode

from litestar import Request
from msgspec import Struct

from b2b_dvizhenie.application.documents import (
    DocumentDetails,
    DocumentEvent,
    DocumentPage,
    DocumentQuery,
    DocumentSummary,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.documents import DocumentKind, DocumentState
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.shared.money import MAX_AMOUNT, Money
from b2b_dvizhenie.entrypoints.http.filters import day_of
from b2b_dvizhenie.entrypoints.http.labels import label_of
from b2b_dvizhenie.entrypoints.http.pages import documents as pages
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link
from b2b_dvizhenie.entrypoints.http.pages.parts import pages as numbered

ROWS = 50
_SPACES = str.maketrans({" ": None, "\u00a0": None, "\u202f": None, ",": "."})


class Asked(Struct, frozen=True, kw_only=True):
    """Filters as they stand in the address; an emptied field, or nonsense somebody typed there, asks for nothing.

    `client` names companies to look among; `company` in an address says for whom the viewer acts.
    """

    q: str = ""
    kind: str = ""
    state: str = ""
    since: str = ""
    until: str = ""
    amount_from: str = ""
    amount_to: str = ""
    order: str = ""
    client: str = ""

    @property
    def query(self) -> DocumentQuery:
        """What is looked for."""
        return DocumentQuery(
            kinds=(DocumentKind(self.kind),) if self.kind in set(DocumentKind) else (),
            states=(DocumentState(self.state),) if self.state in set(DocumentState) else (),
            text=self.q,
            since=day_of(self.since),
            until=day_of(self.until),
            amount_from=sum_of(self.amount_from),
            amount_to=sum_of(self.amount_to),
            order=self.order,
            company=self.client,
        )

    def kept(self) -> Mapping[str, str]:
        """What further pages of the list are asked with."""
        query = self.query
        told: dict[str, Any] = {
            "q": self.q.strip(),
            "kind": query.kinds[0].value if query.kinds else "",
            "state": query.states[0].value if query.states else "",
            "since": query.since,
            "until": query.until,
            "amount_from": query.amount_from,
            "amount_to": query.amount_to,
            "order": self.order.strip(),
            "client": self.client.strip(),
        }
        return {name: str(value) for name, value in told.items() if value not in ("", None)}


def asked_of(request: Request[Actor, Any, Any]) -> Asked:
    """The filters of a page's address."""
    told = request.query_params
    return Asked(**{name: told.get(name, "") for name in Asked.__struct_fields__})


def sum_of(text: str) -> Decimal | None:
    """A sum as people type it: spaces between thousands, a comma or a point."""
    try:
        found = Decimal(text.translate(_SPACES)) if text.strip() else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() and abs(found) <= MAX_AMOUNT else None


def row_of(document: DocumentSummary) -> pages.DocumentRow:
    """A document in the list."""
    url = f"/documents/{document.document_id}"
    return pages.DocumentRow(
        url=url,
        kind=document.kind.value,
        number=document.number,
        day=document.day,
        company=document.company_name,
        state=document.state.value,
        words=document.erp_status,
        total=_money(document.amount, document.currency),
        due_on=document.due_on,
        orders=tuple(Link(one.number, f"/orders/{one.order_id}") for one in document.orders),
        files=tuple(
            pages.FileLink(
                url=f"{url}/files/{one.file_id}",
                name=one.name,
                kind=one.kind.value,
                format=one.format.value,
                size=one.size,
            )
            for one in document.files
        ),
    )


def documents_view(
    actor: Actor, asked: Asked, found: DocumentPage, number: int, action: str, *, wrong: str = ""
) -> pages.DocumentsView:
    """The list.

    Args:
        actor: who looks.
        asked: the filters.
        found: what they leave of this page.
        number: of the page, from 1.
        action: address of the list.
        wrong: what of the filters makes no sense, in words.
    """
    kept, query = asked.kept(), asked.query
    address = f"{action}?{urlencode(kept)}&" if kept else f"{action}?"
    reached = (number - 1) * ROWS + len(found.documents) if found.documents else 0
    exact = found.exact or (bool(found.documents) and not found.more)
    return pages.DocumentsView(
        rows=tuple(map(row_of, found.documents)),
        pager=numbered(
            max(found.total, reached),
            number,
            ROWS,
            f"{address.replace('{', '{{').replace('}', '}}')}page={{page}}",
            more=None if exact else found.more,
        ),
        action=action,
        kinds=tuple(Choice(one.value, one.value, one in query.kinds) for one in DocumentKind),
        states=tuple(Choice(one.value, one.value, one in query.states) for one in DocumentState),
        query=asked.q,
        order=asked.order,
        client=asked.client,
        since=query.since,
        until=query.until,
        amount_from=kept.get("amount_from", ""),
        amount_to=kept.get("amount_to", ""),
        of_many=actor.grants.get(Permission.DOCUMENTS_VIEW) is not Scope.OWN,
        filtered=bool(kept),
        wrong=wrong,
    )


def document_view(details: DocumentDetails, texts: GNUTranslations, login: str) -> pages.DocumentView:
    """The page of one document, its history with the newest first; `login` is the viewer's."""
    summary = details.summary
    events = []
    for event in reversed(details.events):
        text, note = text_of(event, texts)
        events.append(pages.DocumentEntry(at=event.at, text=text, note=note))
    return pages.DocumentView(
        document=row_of(summary),
        vat=_money(summary.vat_amount, summary.currency),
        send_url=f"/documents/{summary.document_id}/send",
        send_to=login if "@" in login else "",
        events=tuple(events),
    )


def text_of(event: DocumentEvent, texts: GNUTranslations) -> tuple[str, str]:
    """What happened, in words, and a note to it."""
    params = event.params
    match event.kind:
        case "received":
            return texts.gettext("Came from 1C"), _state(params, texts)
        case "state":
            return texts.gettext("State: {state}").format(state=_state(params, texts)), ""
        case "changed":
            return texts.gettext("Changed in 1C"), _changes(params, texts)
        case "withdrawn":
            return texts.gettext("Deleted in 1C"), ""
        case "restored":
            return texts.gettext("Restored in 1C"), ""
        case "file" if params["new"]:
            return texts.gettext("File added"), params["name"]
        case "file":
            return texts.gettext("File replaced"), params["name"]
        case other:
            return other, ""


def _state(params: Mapping[str, Any], texts: GNUTranslations) -> str:
    label = texts.gettext(label_of("document_state", params["after"]).text)
    return f"{label} ({params['erp_status']})" if params.get("erp_status") else label


def _changes(params: Mapping[str, Any], texts: GNUTranslations) -> str:
    names = {
        "number": texts.gettext("number"),
        "day": texts.gettext("date"),
        "amount": texts.gettext("sum"),
        "vat_amount": texts.gettext("VAT"),
        "currency": texts.gettext("currency"),
        "due_on": texts.gettext("pay until"),
    }
    return "; ".join(
        f"{names[name]}: {_written(values['before'])} → {_written(values['after'])}" for name, values in params.items()
    )


def _written(value: str | None) -> str:
    if not value:
        return "—"
    try:
        return date.fromisoformat(value).strftime("%d.%m.%Y")
    except ValueError:
        return value


def _money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)
