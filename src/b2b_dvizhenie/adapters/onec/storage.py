"""`SessionFiles` on the local disk: one folder per session, work in threads, bodies streamed (onec.md §2.4)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

from b2b_dvizhenie.adapters.onec.archives import ArchiveLimits
from b2b_dvizhenie.adapters.onec.file_index import FileIndex
from b2b_dvizhenie.adapters.onec.folder import SessionFolder, disk_errors
from b2b_dvizhenie.adapters.onec.names import clean_name
from b2b_dvizhenie.application.exchange.receiving import ChunkTooLarge, SessionFiles, StoredFile, UploadedFile
from b2b_dvizhenie.application.shared.clock import Clock

_BUFFER = 1024 * 1024


class FolderStorage(SessionFiles):
    """Sessions below `root`. Several processes may share it."""

    def __init__(
        self,
        root: Path,
        clock: Clock,
        *,
        chunk_bytes: int = 8 * 1024 * 1024,
        session_bytes: int = 4 * 1024**3,
        archive_limits: ArchiveLimits | None = None,
    ) -> None:
        self._root = root
        self._clock = clock
        self._chunk_bytes = chunk_bytes
        self._session_bytes = session_bytes
        self._archive_limits = archive_limits or ArchiveLimits()

    async def begin(self, session_id: UUID) -> None:
        """See `SessionFiles`."""
        await asyncio.to_thread(self._folder(session_id).begin)

    async def append(self, session_id: UUID, name: str, chunks: AsyncIterator[bytes]) -> int:
        """See `SessionFiles`. The body is complete on disk before the file is touched."""
        cleaned = clean_name(name)
        folder = self._folder(session_id)
        part = await asyncio.to_thread(folder.new_part)
        try:
            length = await self._receive(part, chunks)
            await asyncio.to_thread(folder.commit, cleaned, part, self._clock())
        finally:
            part.unlink(missing_ok=True)
        return length

    async def locate(self, session_id: UUID, name: str) -> StoredFile:
        """See `SessionFiles`. The path is a version of its own, which later pieces do not change."""
        return await asyncio.to_thread(self._folder(session_id).locate, clean_name(name))

    async def imported(self, session_id: UUID, name: str) -> None:
        """See `SessionFiles`."""
        await asyncio.to_thread(self._folder(session_id).mark_imported, clean_name(name))

    async def unclaimed(self, session_id: UUID, quiet_since: datetime) -> list[UploadedFile]:
        """See `SessionFiles`."""
        return await asyncio.to_thread(self._folder(session_id).unclaimed, quiet_since)

    async def remove(self, session_id: UUID, *, keep_xml: bool) -> int:
        """See `SessionFiles`."""
        return await asyncio.to_thread(self._folder(session_id).remove, keep_xml=keep_xml)

    def pictures(self, session_id: UUID) -> FileIndex:
        """Pictures and attachments of a session by the paths its XML gives; blocking."""
        return FileIndex(self._folder(session_id).files)

    def _folder(self, session_id: UUID) -> SessionFolder:
        return SessionFolder(self._root / str(session_id), self._session_bytes, self._archive_limits)

    async def _receive(self, part: Path, chunks: AsyncIterator[bytes]) -> int:
        length = 0
        buffer = bytearray()
        with disk_errors(), part.open("wb") as output:
            async for chunk in chunks:
                length += len(chunk)
                if length > self._chunk_bytes:
                    raise ChunkTooLarge(limit=self._chunk_bytes)
                buffer += chunk
                if len(buffer) >= _BUFFER:
                    await asyncio.to_thread(output.write, bytes(buffer))
                    buffer.clear()
            if buffer:
                await asyncio.to_thread(output.write, bytes(buffer))
        return length
