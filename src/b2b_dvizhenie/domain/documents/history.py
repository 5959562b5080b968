"""What happened to a document, out of what it was and what it is (DOC-3)."""

from typing import Any

from msgspec import Struct

from b2b_dvizhenie.domain.documents.content import DocumentContent
from b2b_dvizhenie.domain.documents.files import FileKind

_TOLD = ("number", "day", "amount", "vat_amount", "currency", "due_on")
"""Fields whose changes stand in the history, with both values."""


class Happening(Struct, frozen=True):
    """An entry of a document's history. `kind`: received, state, changed, withdrawn, restored, file, file_gone."""

    kind: str
    params: dict[str, Any] = {}


def history_of(before: DocumentContent | None, after: DocumentContent) -> tuple[Happening, ...]:
    """What is to be added to the history. The same content twice adds nothing.

    A document that the ERP gives to another company begins anew: what it was is no business of that company. The
    caller forgets its history and its files then (`before.company_id != after.company_id`).
    """
    if before is None or before.company_id != after.company_id:
        return (Happening("received", _state(after)),)
    found: list[Happening] = []
    if before.is_withdrawn != after.is_withdrawn:
        found.append(Happening("withdrawn" if after.is_withdrawn else "restored"))
    changed = {
        name: {"before": _plain(getattr(before, name)), "after": _plain(getattr(after, name))}
        for name in _TOLD
        if getattr(before, name) != getattr(after, name)
    }
    if changed:
        found.append(Happening("changed", changed))
    if (before.state, before.erp_status) != (after.state, after.erp_status):
        found.append(Happening("state", {"before": before.state.value, **_state(after)}))
    return tuple(found)


def file_happening(name: str, kind: FileKind, *, is_new: bool) -> Happening:
    """A file arrived; where it is not new, it took the place of another version."""
    return Happening("file", {"name": name, "kind": kind.value, "new": is_new})


def _state(content: DocumentContent) -> dict[str, str]:
    told = {"after": content.state.value}
    return told | {"erp_status": content.erp_status} if content.erp_status else told


def _plain(value: Any) -> str | None:
    return None if value is None else str(value)
