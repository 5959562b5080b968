"""The folder of one exchange session on disk (onec.md §2.4). Blocking; `storage` calls it from threads.

    session.json   generation and byte count of the session
    in/            what arrived, under its own names
    taken/         versions an import was asked for; later pieces never change them
    state/         one small record per XML and archive; `other/` the same for everything else
    parts/         bodies that are still arriving, archives that are being unpacked

All changes are made under one lock of the session, which also holds across processes.
"""

import errno
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from b2b_dvizhenie.adapters.onec.archives import ArchiveLimits, unpack
from b2b_dvizhenie.adapters.onec.cml.text import looks_complete
from b2b_dvizhenie.adapters.onec.file_index import FileIndex
from b2b_dvizhenie.adapters.onec.names import suffix
from b2b_dvizhenie.application.exchange.receiving import (
    ArchiveRefused,
    FileMissing,
    FileNameRefused,
    SessionTooLarge,
    StorageFull,
    StoredFile,
    UploadedFile,
)

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_BAD_NAME = frozenset({errno.ENAMETOOLONG, errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.EINVAL, errno.EILSEQ})
_WATCHED = frozenset({"xml", "zip"})
_BLOCK = 1024 * 1024


class SessionState(Struct):
    """`generation` grows with every `init`; files of an older one are replaced, not appended to."""

    generation: int = 0
    bytes: int = 0
    last_byte_at: datetime | None = None


class FileState(Struct):
    """What is known of one file; `size` is what was committed, bytes beyond it are of a request that died."""

    name: str
    size: int
    generation: int
    first_byte_at: datetime
    last_byte_at: datetime
    is_imported: bool = False
    is_unpacked: bool = False
    sha256: str = ""


class SessionFolder:
    """Files of one session. Every public method takes the lock."""

    def __init__(self, root: Path, session_bytes: int, archive_limits: ArchiveLimits) -> None:
        self.root = root
        self.files = root / "in"
        self._taken = root / "taken"
        self._parts = root / "parts"
        self._limit = session_bytes
        self._archives = archive_limits

    @property
    def exists(self) -> bool:
        """Whether anything was ever kept here."""
        return self.root.is_dir()

    def begin(self) -> None:
        """`init`: XML and archives nobody asked to import go; pictures stay until they are sent again."""
        with self._locked() as session:
            session.generation += 1
            for state in self._states():
                if not state.is_imported:
                    (self.files / state.name).unlink(missing_ok=True)
                    self._state_path(state.name).unlink(missing_ok=True)
                    session.bytes = max(0, session.bytes - state.size)

    def new_part(self) -> Path:
        """An empty file for the body of a request."""
        with disk_errors():
            self._parts.mkdir(parents=True, exist_ok=True)
            descriptor, path = tempfile.mkstemp(dir=self._parts)
            os.close(descriptor)
            return Path(path)

    def commit(self, name: str, part: Path, now: datetime) -> None:
        """Append a body to the file; a file of an earlier `init`, or one already imported, starts anew."""
        with self._locked() as session, disk_errors():
            length = part.stat().st_size
            if session.bytes + length > self._limit:
                raise SessionTooLarge(limit=self._limit)
            target = self.files / name
            state = self._state(name)
            if state is None or state.is_imported or state.generation != session.generation:
                target.parent.mkdir(parents=True, exist_ok=True)
                part.replace(target)
                state = FileState(name, length, session.generation, now, now)
            else:
                _append(part, target, state.size)
                state.size += length
                state.last_byte_at, state.is_unpacked, state.sha256 = now, False, ""
            self._save(state)
            session.bytes += length
            session.last_byte_at = now

    def locate(self, name: str) -> StoredFile:
        """The file to import, out of an archive if need be."""
        with self._locked() as session, disk_errors():
            refusal = self._unpack_archives(session)
            found = FileIndex(self.files).find(name)
            if found is None:
                raise refusal or FileMissing(name=name)
            return self._take(found)

    def mark_imported(self, name: str) -> None:
        """The next piece under this name starts a new version."""
        with self._locked():
            state = self._state(name)
            if state is not None:
                state.is_imported = True
                self._save(state)

    def unclaimed(self, quiet_since: datetime) -> list[UploadedFile]:
        """Whole XML files nobody asked to import, once the session has been quiet."""
        if not self.exists:
            return []
        with self._locked() as session:
            if session.last_byte_at is None or session.last_byte_at > quiet_since:
                return []
            self._unpack_archives(session)
            waiting = [
                state
                for state in self._states()
                if suffix(state.name) == "xml" and not state.is_imported and self._is_complete(state)
            ]
        waiting.sort(key=lambda state: (state.first_byte_at, state.name))
        return [UploadedFile(state.name, state.first_byte_at, state.last_byte_at) for state in waiting]

    def remove(self, *, keep_xml: bool) -> int:
        """Delete the folder, or everything in it but XML; returns the bytes that became free."""
        if not self.exists:
            return 0
        freed = 0
        with self._locked():
            for path in sorted(self.root.rglob("*"), reverse=True):
                if path.is_dir():
                    if keep_xml and not any(path.iterdir()):
                        path.rmdir()
                elif not (keep_xml and self._is_kept(path)):
                    stat = path.stat()
                    freed += stat.st_size if stat.st_nlink == 1 else 0
                    path.unlink()
        if not keep_xml:
            shutil.rmtree(self.root, ignore_errors=True)
        return freed

    def _is_kept(self, path: Path) -> bool:
        own = path.relative_to(self.root).parts
        return own[0] in {"state", "session.json", ".lock"} or (
            own[0] in {"in", "taken"} and suffix(path.name) == "xml"
        )

    def _is_complete(self, state: FileState) -> bool:
        path = self.files / state.name
        return path.is_file() and looks_complete(path)

    def _unpack_archives(self, session: SessionState) -> ArchiveRefused | None:
        """Unpack what has not been unpacked yet; the first refusal is returned: the file asked for may be there."""
        refusal: ArchiveRefused | None = None
        for state in self._states():
            path = self.files / state.name
            if suffix(state.name) != "zip" or state.is_unpacked or not path.is_file():
                continue
            self._parts.mkdir(parents=True, exist_ok=True)
            room = min(self._archives.unpacked_bytes, max(0, self._limit - session.bytes))
            limits = msgspec.structs.replace(self._archives, unpacked_bytes=room)
            try:
                names = unpack(path, self.files, self._parts, limits)
            except ArchiveRefused as error:
                refusal = refusal or error
                continue
            for name in names:
                size = (self.files / name).stat().st_size
                session.bytes += size
                if suffix(name) in _WATCHED:
                    self._save(FileState(name, size, state.generation, state.first_byte_at, state.last_byte_at))
            state.is_unpacked = True
            self._save(state)
        return refusal

    def _take(self, path: Path) -> StoredFile:
        """An unchangeable version of the file: appending writes to `in/`, a new version is another file."""
        name = path.relative_to(self.files).as_posix()
        size = path.stat().st_size
        state = self._state(name)
        digest = state.sha256 if state is not None and state.size == size else ""
        if not digest:
            digest = _digest(path)
            if state is not None:
                state.sha256 = digest
                self._save(state)
        taken = self._taken / digest[:32] / path.name
        if not taken.exists():
            taken.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(path, taken)
            except OSError:
                # The file system has no links.
                shutil.copyfile(path, taken)
        return StoredFile(name, str(taken), digest, size, str(self.files))

    def _states(self) -> list[FileState]:
        folder = self.root / "state"
        if not folder.is_dir():
            return []
        return [msgspec.json.decode(path.read_bytes(), type=FileState) for path in sorted(folder.glob("*.json"))]

    def _state_path(self, name: str) -> Path:
        kind = "state" if suffix(name) in _WATCHED else "other"
        return self.root / kind / f"{hashlib.sha256(name.encode()).hexdigest()[:40]}.json"

    def _state(self, name: str) -> FileState | None:
        path = self._state_path(name)
        return msgspec.json.decode(path.read_bytes(), type=FileState) if path.is_file() else None

    def _save(self, state: FileState) -> None:
        _write(self._state_path(state.name), msgspec.json.encode(state))

    @contextmanager
    def _locked(self) -> Iterator[SessionState]:
        with disk_errors():
            self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / ".lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            path = self.root / "session.json"
            session = msgspec.json.decode(path.read_bytes(), type=SessionState) if path.is_file() else SessionState()
            before = msgspec.json.encode(session)
            yield session
            after = msgspec.json.encode(session)
            if after != before:
                _write(path, after)


@contextmanager
def disk_errors() -> Iterator[None]:
    """Name the refusals of the file system that a client can do something about.

    Raises:
        StorageFull, FileNameRefused; other errors pass as they are.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull from error
        if error.errno in _BAD_NAME:
            raise FileNameRefused from error
        raise


def _append(part: Path, target: Path, size: int) -> None:
    with target.open("r+b") as output, part.open("rb") as source:
        output.truncate(size)
        output.seek(size)
        shutil.copyfileobj(source, output, _BLOCK)
    part.unlink()


def _digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _write(path: Path, content: bytes) -> None:
    with disk_errors():
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".new")
        temporary.write_bytes(content)
        temporary.replace(path)
