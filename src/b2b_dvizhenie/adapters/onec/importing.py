"""The reader of CommerceML as the import sees it: node settings in, records out, bytes counted."""

import io
from collections.abc import Iterator
from pathlib import Path

from b2b_dvizhenie.adapters.onec.cml import ReadOptions, read
from b2b_dvizhenie.adapters.onec.cml.values import requisite_key
from b2b_dvizhenie.application.exchange.importing import Progress, RecordReader
from b2b_dvizhenie.application.exchange.records import Record
from b2b_dvizhenie.domain.exchange.settings import NodeSettings


class _Counted(io.FileIO):
    """A file that notes how far it was read."""

    def __init__(self, path: Path, progress: Progress) -> None:
        super().__init__(path, "rb")
        self._progress = progress
        progress.total = self.seek(0, io.SEEK_END)
        self.seek(0)

    def readinto(self, buffer: bytearray | memoryview) -> int | None:  # type: ignore[override]
        """Read, and note the position."""
        count = super().readinto(buffer)
        self._progress.done = max(self._progress.done, self.tell())
        return count

    def read(self, size: int | None = -1) -> bytes:
        """Read, and note the position."""
        content = super().read(-1 if size is None else size)
        self._progress.done = max(self._progress.done, self.tell())
        return content


class CommerceMLReader(RecordReader):
    """Reads CommerceML files of every dialect."""

    def __call__(self, path: Path, settings: NodeSettings, progress: Progress) -> Iterator[Record]:
        """Read the file from its beginning."""
        defaults = ReadOptions()
        options = ReadOptions(
            default_currency=settings.default_currency,
            brand_from=settings.brand_from,
            multiple_requisites=defaults.multiple_requisites
            | {requisite_key(name) for name in settings.multiple_requisites},
        )
        with _Counted(path, progress) as source:
            yield from read(source, options)
