"""Pictures under `root/pictures/ab/cd/<sha256>`, written by rename, so that a file is whole or absent."""

import hashlib
import os
import re
import tempfile
from pathlib import Path

from b2b_dvizhenie.application.shared.files import MAX_PICTURE, FileStore, PictureRefused, StoredPicture

_NAME = re.compile(r"[0-9a-f]{64}", re.ASCII)
_CHUNK = 1024 * 1024
_HEAD = 16


def media_type(head: bytes) -> str | None:
    """Media type of a picture by its first 16 bytes; None for anything a browser should not be handed as a picture."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    return None


class LocalFiles(FileStore):
    """The store of one installation; several processes may use one folder at once.

    Args:
        root: folder of the store, made at the first write.
    """

    def __init__(self, root: Path) -> None:
        self._pictures = root / "pictures"

    def _place(self, sha256: str) -> Path:
        return self._pictures / sha256[:2] / sha256[2:4] / sha256

    def put_picture(self, source: Path) -> StoredPicture:
        """Store a copy of the picture; one pass over its bytes when it is already there."""
        with source.open("rb", buffering=0) as stream:
            size = os.fstat(stream.fileno()).st_size
            if size > MAX_PICTURE:
                raise PictureRefused(reason="too_large", bytes=size)
            content = stream.read(size + 1)
        kind = media_type(content[:_HEAD])
        if kind is None:
            raise PictureRefused(reason="not_a_picture" if content else "empty")
        name = hashlib.sha256(content).hexdigest()
        place = self._place(name)
        if not place.exists():
            self._write(place, content)
        return StoredPicture(name, kind)

    def _write(self, place: Path, content: bytes) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=place.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            Path(draft).replace(place)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise

    def picture(self, sha256: str) -> tuple[Path, str] | None:
        """Where a stored picture lies and its media type; None for an unknown or malformed name."""
        if not _NAME.fullmatch(sha256):
            return None
        place = self._place(sha256)
        try:
            with place.open("rb") as stream:
                kind = media_type(stream.read(_HEAD))
        except FileNotFoundError:
            return None
        return None if kind is None else (place, kind)
