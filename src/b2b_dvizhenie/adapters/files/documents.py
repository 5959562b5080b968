"""Files of documents under `root/documents/ab/cd/<sha256>`, streamed to a draft, checked, and renamed into place."""

import asyncio
import hashlib
import mmap
import os
import re
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from b2b_dvizhenie.application.documents import DocumentFiles, StoredContent
from b2b_dvizhenie.domain.documents import (
    MAX_FILE,
    DeclaredFile,
    DocumentFileRefused,
    FileFormat,
    checked_content,
    recognised,
)

_NAME = re.compile(r"[0-9a-f]{64}", re.ASCII)
_BUFFER = 1024 * 1024
_HEAD = 1024


class LocalDocuments(DocumentFiles):
    """The store of one installation; several processes may use one folder at once.

    Args:
        root: folder of the store, made at the first write.
    """

    def __init__(self, root: Path) -> None:
        self._documents = root / "documents"

    async def store(self, chunks: AsyncIterator[bytes], declared: DeclaredFile) -> StoredContent:
        """Stream to a draft beside the final place; whatever goes wrong, no draft is left."""
        draft = await asyncio.to_thread(self._draft)
        try:
            sha256, size = await _received(draft, chunks)
            return await asyncio.to_thread(self._settle, draft, declared, sha256, size)
        finally:
            draft.unlink(missing_ok=True)

    def place(self, sha256: str) -> Path | None:
        """Where a content lies; None for an unknown or malformed name."""
        place = self._place(sha256) if _NAME.fullmatch(sha256) else None
        return place if place is not None and place.is_file() else None

    def _place(self, sha256: str) -> Path:
        return self._documents / sha256[:2] / sha256[2:4] / sha256

    def _draft(self) -> Path:
        self._documents.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=self._documents, prefix=".new-")
        os.close(handle)
        return Path(draft)

    def _settle(self, draft: Path, declared: DeclaredFile, sha256: str, size: int) -> StoredContent:
        found = checked_content(declared, _format(draft) if size else None, sha256, size)
        place = self._place(sha256)
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("rb") as stream:
                os.fsync(stream.fileno())
            draft.replace(place)
        return StoredContent(sha256, found, size)


async def _received(draft: Path, chunks: AsyncIterator[bytes]) -> tuple[str, int]:
    """Write what comes; more than a file may hold is refused before it is written."""
    digest, size, buffer = hashlib.sha256(), 0, bytearray()
    with draft.open("wb", buffering=0) as output:
        async for chunk in chunks:
            size += len(chunk)
            if size > MAX_FILE:
                raise DocumentFileRefused("content", reason="too_large", maximum=MAX_FILE)
            digest.update(chunk)
            buffer += chunk
            if len(buffer) >= _BUFFER:
                await asyncio.to_thread(output.write, bytes(buffer))
                buffer.clear()
        if buffer:
            await asyncio.to_thread(output.write, bytes(buffer))
    return digest.hexdigest(), size


def _format(draft: Path) -> FileFormat | None:
    with draft.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return recognised(content[:_HEAD], lambda mark: content.find(mark) >= 0)
