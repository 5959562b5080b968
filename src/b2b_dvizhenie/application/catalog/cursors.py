"""Cursors: a place in one particular list, as a short opaque text.

A cursor is not a right: it only says where to go on in a list the actor may read anyway, so it is checked, not
signed. It carries a mark of the list it was made for; in another list it would silently skip goods.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b

import msgspec

from b2b_dvizhenie.domain.catalog import BY_PRICE, CursorInvalid, Position, Selection, Sort
from b2b_dvizhenie.domain.catalog.folding import MAX_KEY

MAX_CURSOR = 1600
_MARK = 6
_PRICE = re.compile(r"\d{1,16}(?:\.\d{1,4})?", re.ASCII)
_decoder = msgspec.msgpack.Decoder(Position)
_encoder = msgspec.msgpack.Encoder()


def _mark(selection: Selection, sort: Sort) -> bytes:
    return blake2b(_encoder.encode((selection, sort)), digest_size=_MARK).digest()


def to_cursor(position: Position, selection: Selection, sort: Sort) -> str:
    """The cursor of a place in the list of this selection and order."""
    packed = _mark(selection, sort) + _encoder.encode(position)
    return urlsafe_b64encode(packed).rstrip(b"=").decode()


def from_cursor(cursor: str, selection: Selection, sort: Sort) -> Position:
    """The place a cursor stands for.

    Raises:
        CursorInvalid: it is not a cursor, or one of another list.
    """
    if len(cursor) > MAX_CURSOR:
        raise CursorInvalid("cursor")
    try:
        packed = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        position = _decoder.decode(packed[_MARK:])
    except (ValueError, msgspec.DecodeError) as error:
        raise CursorInvalid("cursor") from error
    possible = len(position.key) <= MAX_KEY and "\x00" not in position.key
    if sort in BY_PRICE:
        possible = possible and (not position.key or _PRICE.fullmatch(position.key) is not None)
    possible = possible and abs(position.score) < 2**31 and 0 <= position.ordinal < 2**31
    if packed[:_MARK] != _mark(selection, sort) or not possible:
        raise CursorInvalid("cursor")
    return position
