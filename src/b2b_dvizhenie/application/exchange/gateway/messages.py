"""Messages of the gateway on the wire: the envelope, its rows one by one, and the answer (onec.md §5.2)."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Raw, Struct

from b2b_dvizhenie.application.exchange.gateway.tables import AnyTable
from b2b_dvizhenie.domain.exchange.gateway import MAX_PARTS
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.domain.shared.refs import MAX_REF, normal_ref

MAX_ROWS = 5000
MAX_KEY = 2000
"""Bytes of a key: an index of PostgreSQL takes no longer ones."""
_SHOWN = 300

Text = Annotated[str, Meta(min_length=1, max_length=MAX_REF)]


class TableUnknown(DomainError):
    """There is no such table of the gateway."""

    code = "exchange.gateway_table_unknown"


class MessageUnreadable(DomainError):
    """The body is no message: broken JSON, or a field of the envelope is wrong (`detail` names it)."""

    code = "exchange.gateway_message_unreadable"


class MessageTooLarge(DomainError):
    """The message holds more than `limit` rows."""

    code = "exchange.gateway_message_too_large"


class ScopeInvalid(DomainError):
    """A full export of this table cannot be limited like this; `allowed` names the fields it may be limited by."""

    code = "exchange.gateway_scope_invalid"


class FullNotTaken(DomainError):
    """The table takes changes only: `mode` must be `delta`."""

    code = "exchange.gateway_full_not_taken"


ROW_INVALID = "exchange.gateway_row_invalid"
"""The row cannot be read; the detail names the field."""
ROW_OUTSIDE = "exchange.gateway_row_outside_scope"
"""The row is not of the scope of its full export."""


class Envelope(Struct, frozen=True):
    """A message as it arrives. `sent_at` is for people and is not judged."""

    message_id: Text
    rows: list[Raw]
    mode: Literal["delta", "full"] = "delta"
    sent_at: str = ""
    full_id: Text | None = None
    part: Annotated[int, Meta(ge=1, le=MAX_PARTS)] = 1
    last_part: bool = True
    scope: dict[str, Text] | None = None


class _Service(Struct, frozen=True):
    """What the gateway itself reads of a row."""

    deleted: bool = False
    version: int | Annotated[str, Meta(max_length=64)] | None = None


class ReadRow(Struct, frozen=True):
    """A row of a message. `code` and `detail` say why it is rejected, "" if it is not; `key` is "" if unreadable."""

    payload: bytes
    key: str = ""
    version: str = ""
    deleted: bool = False
    code: str = ""
    detail: str = ""


class Rejected(Struct, frozen=True):
    """A row that was not taken: its place in the message, its key, why."""

    index: int
    key: str
    code: str
    message: str
    detail: str = ""


class Answer(Struct, frozen=True):
    """The answer to a message. `accepted` counts rows that are staged (or older than what is known)."""

    message_id: str
    accepted: int
    rejected: tuple[Rejected, ...]
    batch_id: int


def read_envelope(body: bytes) -> Envelope:
    """The message in a body.

    Raises:
        MessageUnreadable, MessageTooLarge.
    """
    try:
        envelope = msgspec.json.decode(body, type=Envelope)
    except msgspec.DecodeError as error:
        raise MessageUnreadable(detail=str(error)[:_SHOWN]) from error
    except (RecursionError, UnicodeDecodeError) as error:
        raise MessageUnreadable(detail=type(error).__name__) from error
    texts = [envelope.message_id, envelope.full_id or "", *(envelope.scope or {}), *(envelope.scope or {}).values()]
    if any("\0" in text for text in texts):
        raise MessageUnreadable(detail="NUL")
    if len(envelope.rows) > MAX_ROWS:
        raise MessageTooLarge("rows", limit=MAX_ROWS, count=len(envelope.rows))
    if envelope.mode == "full" and envelope.full_id is None:
        raise MessageUnreadable("full_id", detail="full_id")
    return envelope


def scope_of(envelope: Envelope, table: AnyTable) -> dict[str, str]:
    """The scope of a full export, in normal refs; {} for the whole table.

    Raises:
        FullNotTaken, ScopeInvalid.
    """
    if table.scopes is None:
        raise FullNotTaken("mode", table=table.name)
    scope = envelope.scope or {}
    if not set(scope) <= set(table.scopes):
        raise ScopeInvalid("scope", allowed=", ".join(table.scopes))
    return {name: normal_ref(value) for name, value in scope.items()}


def _holds_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, list):
        return any(map(_holds_nul, value))
    if isinstance(value, dict):
        return any(_holds_nul(one) for pair in value.items() for one in pair)
    return False


def _rejected(payload: bytes, detail: str, key: str = "", code: str = ROW_INVALID) -> ReadRow:
    return ReadRow(payload, key, code=code, detail=detail[:_SHOWN])


def _key_of(raw: Raw, table: AnyTable) -> str:
    try:
        key = table.key(msgspec.json.decode(raw, type=table.key_row))
    except (msgspec.MsgspecError, ValueError):
        return ""
    return key if "\0" not in key and len(key.encode()) <= MAX_KEY else ""


def read_row(raw: Raw, table: AnyTable, scope: Mapping[str, str]) -> ReadRow:
    """One row, decoded by its table; whatever is wrong with it is told, never raised.

    The payload of a row that PostgreSQL cannot keep as JSON (a number without bounds, the sign NUL) is left out.
    """
    text = bytes(raw)
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        return _rejected(b"null", str(error))
    if not isinstance(value, dict):
        return _rejected(text if b"\\u0000" not in text else b"null", "object expected")
    if b"\\u0000" in text and _holds_nul(value):
        return _rejected(b"null", "NUL")
    key = _key_of(raw, table)
    try:
        service = msgspec.json.decode(raw, type=_Service)
        row = msgspec.json.decode(raw, type=table.key_row if service.deleted else table.row)
    except (msgspec.DecodeError, ValueError, ArithmeticError) as error:
        return _rejected(text, str(error), key)
    if not key:
        return _rejected(text, "key")
    if scope and any(table.scope(row).get(name) != wanted for name, wanted in scope.items()):
        return _rejected(text, ", ".join(scope), key, ROW_OUTSIDE)
    version = "" if service.version is None else str(service.version).strip()
    return ReadRow(text, key, version, service.deleted)


def decode_payload(payload: bytes, table: AnyTable, *, deleted: bool) -> Any:
    """A staged row as its table's Struct; raises msgspec.ValidationError when this version reads it no more."""
    return msgspec.json.decode(payload, type=table.key_row if deleted else table.row)


def answer_of(envelope: Envelope, rows: Sequence[ReadRow], batch_id: int) -> Answer:
    """The answer to a message, without the texts for people."""
    rejected = tuple(Rejected(index, row.key, row.code, "", row.detail) for index, row in enumerate(rows) if row.code)
    return Answer(envelope.message_id, len(rows) - len(rejected), rejected, batch_id)
