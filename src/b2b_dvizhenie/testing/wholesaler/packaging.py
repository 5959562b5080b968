"""Zip archives as 1C makes them, and the chunks in which files are sent."""

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

_MADE = (2026, 1, 15, 10, 0, 0)
"""A fixed time inside archives: equal files make equal archives."""


def pack(archive: Path, root: Path, names: Iterable[str]) -> Path:
    """A zip of files below `root` under their relative names; XML is deflated, pictures are stored."""
    with zipfile.ZipFile(archive, "w") as target:
        for name in names:
            info = zipfile.ZipInfo(name, _MADE)
            info.compress_type = zipfile.ZIP_DEFLATED if name.endswith(".xml") else zipfile.ZIP_STORED
            with (root / name).open("rb") as source, target.open(info, "w", force_zip64=True) as entry:
                while block := source.read(1 << 20):
                    entry.write(block)
    return archive


def chunks(path: Path, limit: int) -> Iterator[bytes]:
    """The file in pieces of at most `limit` bytes; an empty file is one empty piece."""
    with path.open("rb") as source:
        block = source.read(limit)
        yield block
        while len(block) == limit and (block := source.read(limit)):
            yield block
