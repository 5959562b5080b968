"""Files by content: what is stored never changes, and equal content is stored once."""

from abc import abstractmethod
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from b2b_dvizhenie.domain.shared.errors import DomainError

MAX_PICTURE = 20 * 1024 * 1024
"""Bytes of a picture (onec.md §3.9)."""


class PictureRefused(DomainError):
    """The file is not a picture this product shows: `reason` is too_large, not_a_picture or empty."""

    code = "catalog.picture_refused"


class StoredPicture(Struct, frozen=True):
    """A picture in the store. `sha256` in hex is its name there."""

    sha256: str
    media_type: str


class FileStore(Protocol):
    """Port: content-addressed storage of public files.

    Contract: what was put is there after a crash at any moment, whole or not at all; putting equal content twice
    stores it once and is cheap; names are hashes, so nothing outside the store can be named. Calls block.
    """

    @abstractmethod
    def put_picture(self, source: Path) -> StoredPicture:
        """Store a copy of the picture.

        Raises:
            PictureRefused: its first bytes are not those of a PNG, JPEG, GIF or WebP picture, or it is too large.
            OSError: it cannot be read or the store cannot be written.
        """
        ...

    @abstractmethod
    def picture(self, sha256: str) -> tuple[Path, str] | None:
        """Where a stored picture lies and its media type; None when there is none of that name."""
        ...
