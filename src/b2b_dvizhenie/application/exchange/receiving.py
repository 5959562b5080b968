"""Files of a session: what 1C sends piece by piece under one name, and what archives among them hold (onec.md §2.4)."""

from abc import abstractmethod
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.exchange.sessions import ExchangeSession
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind


class FileNameRefused(DomainError):
    """The name would leave the session's folder, or is no name at all."""

    code = "exchange.file_name_refused"


class ChunkTooLarge(DomainError):
    """One request carries more bytes than the door takes; `limit` says how many it takes."""

    code = "exchange.chunk_too_large"


class SessionTooLarge(DomainError):
    """The files of one session together exceed `limit` bytes."""

    code = "exchange.session_too_large"


class FileMissing(DomainError):
    """1C asks to import a file that it has not sent, neither plainly nor inside an archive."""

    code = "exchange.file_missing"
    kind = Kind.NOT_FOUND


class ArchiveRefused(DomainError):
    """An archive is broken, or unpacks to more than any honest one does; `reason` is for the log."""

    code = "exchange.archive_refused"


class StorageFull(DomainError):
    """The disk refuses to take more."""

    code = "exchange.storage_full"
    kind = Kind.UNAVAILABLE


class StoredFile(Struct, frozen=True):
    """A complete file in a session's folder. `name` is relative to it, `path` absolute, `sha256` in hex.

    `root` is the folder that paths of pictures inside the file are relative to; "" means the one `name` is relative to.
    """

    name: str
    path: str
    sha256: str
    bytes: int
    root: str = ""


class UploadedFile(Struct, frozen=True):
    """A file that lies in a session's folder and looks whole: XML up to its closing root tag."""

    name: str
    first_byte_at: datetime
    last_byte_at: datetime


class SessionFiles(Protocol):
    """Port: the folders of the sessions.

    Contract: nothing outside the folder of the session is ever written or read; work on one file is serialised, also
    across processes; a file is never held in memory.
    """

    @abstractmethod
    async def begin(self, session_id: UUID) -> None:
        """`mode=init`: make the folder; drop what was sent but never imported."""
        ...

    @abstractmethod
    async def append(self, session_id: UUID, name: str, chunks: AsyncIterator[bytes]) -> int:
        """Append the bytes of one request, all or nothing; returns how many they were.

        A file that was already imported starts anew. When the iterator raises (the client went away), the file is as
        it was before.

        Raises:
            FileNameRefused, ChunkTooLarge, SessionTooLarge, StorageFull.
        """
        ...

    @abstractmethod
    async def locate(self, session_id: UUID, name: str) -> StoredFile:
        """The file 1C asks to import, unpacking the archives of the session if it must. May take minutes.

        Raises:
            FileNameRefused, FileMissing, ArchiveRefused, StorageFull.
        """
        ...

    @abstractmethod
    async def imported(self, session_id: UUID, name: str) -> None:
        """Remember that an import of the file was asked for: the next piece under its name starts a new version."""
        ...

    @abstractmethod
    async def unclaimed(self, session_id: UUID, quiet_since: datetime) -> list[UploadedFile]:
        """Whole XML files (those in archives too) nobody asked to import, in the order they came.

        Empty while anything in the folder is younger than `quiet_since`: the upload may still go on.
        """
        ...

    @abstractmethod
    async def remove(self, session_id: UUID, *, keep_xml: bool) -> int:
        """Delete the folder, or everything in it but XML; returns how many bytes became free."""
        ...


class StartUpload:
    """`mode=init`: a clean folder for the session."""

    def __init__(self, files: SessionFiles) -> None:
        self._files = files

    async def __call__(self, session: ExchangeSession) -> None:
        """Make the folder ready; raises StorageFull."""
        await self._files.begin(session.session_id)


class ReceiveChunk:
    """`mode=file`: one piece of a file, appended as raw bytes whatever the request calls them."""

    def __init__(self, files: SessionFiles) -> None:
        self._files = files

    async def __call__(self, session: ExchangeSession, name: str, chunks: AsyncIterator[bytes]) -> int:
        """Append; returns the number of bytes taken; raises what `SessionFiles.append` does."""
        if not name.strip():
            raise FileNameRefused
        return await self._files.append(session.session_id, name, chunks)
