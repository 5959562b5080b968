"""Archives from strangers: everything is bounded before a byte is unpacked, and all of it arrives or nothing."""

import errno
import shutil
import struct
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from msgspec import Struct

from b2b_dvizhenie.adapters.onec.names import clean_name, entry_name
from b2b_dvizhenie.application.exchange.receiving import ArchiveRefused, FileNameRefused

_CHUNK = 1024 * 1024
_UTF8, _ENCRYPTED = 0x800, 0x1
_ENTRY_BYTES = 512
"""Directory bytes per entry that are allowed for: 46, the name and the extra fields."""
_ENTRY_COUNT, _DIRECTORY_SIZE = 4, 5
_DAMAGES = (BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, ValueError, RuntimeError)
_CLASHES = frozenset({errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.EINVAL, errno.ENOTEMPTY})
_SMALL = 1024 * 1024
"""Entries up to this size may be as compressible as they like."""


class ArchiveLimits(Struct, frozen=True):
    """What an honest archive never exceeds (onec.md §2.4)."""

    unpacked_bytes: int = 4 * 1024**3
    ratio: int = 200
    """Unpacked bytes per packed byte, of an entry over 1 MiB and of the whole."""
    entries: int = 200_000


class Entry(Struct, frozen=True):
    """A file inside an archive under its safe name."""

    name: str
    size: int
    info: ZipInfo


def unpack(archive: Path, target: Path, scratch: Path, limits: ArchiveLimits) -> list[str]:
    """Unpack into `target`; returns the safe names in the order of the archive. Existing files are replaced.

    Args:
        archive: a zip; it may be anything.
        target: where the files go, under their safe names.
        scratch: a folder on the same file system as `target`; emptied again.
        limits: what is too much.

    Raises:
        ArchiveRefused: cut off, damaged, encrypted, beyond the limits, or with a name that leads outside; nothing of
            it is left behind.
    """
    staging = Path(tempfile.mkdtemp(dir=scratch))
    try:
        with archive.open("rb") as stream:
            names = _extract(stream, staging, limits)
        for name in names:
            final = target / name
            final.parent.mkdir(parents=True, exist_ok=True)
            (staging / name).replace(final)
    except _DAMAGES as error:
        raise ArchiveRefused(reason=str(error) or type(error).__name__) from error
    except OSError as error:
        if error.errno in _CLASHES:
            raise ArchiveRefused(reason=error.strerror) from error
        raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return names


def _extract(stream: BinaryIO, staging: Path, limits: ArchiveLimits) -> list[str]:
    _check_directory(stream, limits)
    with ZipFile(stream) as opened:
        entries = _checked(opened.infolist(), limits)
        written = 0
        for entry in entries:
            path = staging / entry.name
            path.parent.mkdir(parents=True, exist_ok=True)
            with opened.open(entry.info) as source, path.open("wb") as output:
                while block := source.read(_CHUNK):
                    written += len(block)
                    if written > limits.unpacked_bytes:
                        raise ArchiveRefused(reason="unpacks to more than its directory says")
                    output.write(block)
    return list(dict.fromkeys(entry.name for entry in entries))


def _check_directory(stream: BinaryIO, limits: ArchiveLimits) -> None:
    """Refuse a directory that would not fit into memory; `ZipFile` reads it whole before it tells anything."""
    # The reading ZipFile itself will use: two readings of one crafted archive could differ.
    end = zipfile._EndRecData(stream)  # type: ignore[attr-defined]  # noqa: SLF001
    if end is None:
        raise ArchiveRefused(reason="cut off, or no archive")
    if end[_DIRECTORY_SIZE] > limits.entries * _ENTRY_BYTES or end[_ENTRY_COUNT] > limits.entries:
        raise ArchiveRefused(reason=f"more than {limits.entries} entries")


def _checked(infos: list[ZipInfo], limits: ArchiveLimits) -> list[Entry]:
    """The files of an archive, or a refusal; the directory alone decides."""
    if len(infos) > limits.entries:
        raise ArchiveRefused(reason=f"{len(infos)} entries, at most {limits.entries}")
    entries: list[Entry] = []
    unpacked = packed = 0
    for info in infos:
        name = entry_name(info.filename, utf8=bool(info.flag_bits & _UTF8))
        if name.endswith(("/", "\\")):
            continue
        if info.flag_bits & _ENCRYPTED:
            raise ArchiveRefused(reason="encrypted")
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise ArchiveRefused(reason=f"compression method {info.compress_type}")
        unpacked += info.file_size
        packed += info.compress_size
        if unpacked > limits.unpacked_bytes:
            raise ArchiveRefused(reason=f"unpacks to more than {limits.unpacked_bytes} bytes")
        if info.file_size > _SMALL and info.file_size > limits.ratio * max(info.compress_size, 1):
            raise ArchiveRefused(reason=f"{name[:100]} is packed more than {limits.ratio} times")
        try:
            entries.append(Entry(clean_name(name), info.file_size, info))
        except FileNameRefused as error:
            raise ArchiveRefused(reason=f"name {name[:100]!r}") from error
    if unpacked > _SMALL and unpacked > limits.ratio * max(packed, 1):
        raise ArchiveRefused(reason=f"packed more than {limits.ratio} times")
    return entries
