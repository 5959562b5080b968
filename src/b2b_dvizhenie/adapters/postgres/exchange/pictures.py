"""Pictures of goods: found in the folder of the exchange, put into the store, listed with their product.

The rules are those of onec.md §3.9.
"""

import os
from pathlib import Path
from typing import Any

from psycopg import Connection
from psycopg.rows import TupleRow

from b2b_dvizhenie.adapters.postgres.exchange.chunks import Chunk
from b2b_dvizhenie.adapters.postgres.exchange.copying import NULL, load, quoted
from b2b_dvizhenie.adapters.postgres.exchange.problems import Problems
from b2b_dvizhenie.application.exchange.records import GoodRecord
from b2b_dvizhenie.application.shared.files import FileStore, PictureRefused, StoredPicture

_REMEMBERED = 20_000
"""Pictures of one file that are not read again when another good names them."""
_SHA = "sha256 text, media_type text"
_FOUND_COLUMNS = f"product_id uuid, ref text, line int, position int, source text, {_SHA}"
_COLUMNS = f"ref text, position int, source text, {_SHA}, line int"

# A picture that is named again but was not sent again is kept by its name.
_FOUND = b"""
    INSERT INTO m_picture
    SELECT p.product_id, s.ref, s.line, s.position, s.source, COALESCE(s.sha256, old.sha256),
           COALESCE(s.media_type, old.media_type)
      FROM st_picture s
     CROSS JOIN LATERAL (
         SELECT product_id FROM product WHERE node_id = %(node)s AND external_ref = s.ref OFFSET 0) p
      LEFT JOIN LATERAL (
         SELECT sha256, media_type FROM product_picture
          WHERE product_id = p.product_id AND source = s.source ORDER BY position LIMIT 1) old ON true"""

_MISSING = b"SELECT ref, source, line FROM m_picture WHERE position >= 0 AND sha256 IS NULL ORDER BY ref, position"

# Where not one of the listed pictures is there, the product keeps what it has; position -1 asks for none at all.
_WANTED = b"""
    INSERT INTO m_wanted
    SELECT product_id, row_number() OVER (PARTITION BY product_id ORDER BY position) - 1, sha256, media_type, source
      FROM m_picture WHERE position >= 0 AND sha256 IS NOT NULL"""

_GONE = b"""
    DELETE FROM product_picture l
     USING (SELECT DISTINCT product_id FROM m_wanted
             UNION SELECT product_id FROM m_picture WHERE position = -1) told
     WHERE l.product_id = told.product_id
       AND (l.product_id, l.position) NOT IN (SELECT product_id, position FROM m_wanted)"""

_CHANGED = b"""
    UPDATE product_picture l SET sha256 = w.sha256, media_type = w.media_type, source = w.source
      FROM m_wanted w
     WHERE l.product_id = w.product_id AND l.position = w.position
       AND (l.sha256, l.media_type, l.source) IS DISTINCT FROM (w.sha256, w.media_type, w.source)"""

_ADDED = b"""
    INSERT INTO product_picture (product_id, position, sha256, media_type, source)
    SELECT w.product_id, w.position, w.sha256, w.media_type, w.source
      FROM m_wanted w
     WHERE NOT EXISTS (
         SELECT FROM product_picture l WHERE l.product_id = w.product_id AND l.position = w.position OFFSET 0)
     ORDER BY w.product_id, w.position"""


class Pictures:
    """Makes rows of the pictures of one file's goods.

    Args:
        files: the store.
        root: folder that paths are relative to; nothing outside of it is read.
        problems: told of files that are no pictures.
    """

    def __init__(self, files: FileStore, root: Path, problems: Problems) -> None:
        self._files = files
        self._root = root.resolve()
        self._problems = problems
        self._known: dict[str, StoredPicture] = {}
        self._by_path: dict[str, Path] | None = None
        self._by_name: dict[str, Path] = {}

    def take(self, record: GoodRecord, chunk: Chunk) -> None:
        """Add the pictures of a good; None leaves those it has, an empty tuple removes them."""
        if record.pictures is None:
            return
        ref = quoted(record.ref)
        if not record.pictures:
            chunk.pictures.append(f"{ref}\t-1\t\t{NULL}\t{NULL}\t{record.line}")
        for position, source in enumerate(dict.fromkeys(record.pictures)):
            stored = self._stored(source, record)
            told = f"{stored.sha256}\t{stored.media_type}" if stored else f"{NULL}\t{NULL}"
            chunk.pictures.append(f"{ref}\t{position}\t{quoted(source)}\t{told}\t{record.line}")

    def _stored(self, source: str, record: GoodRecord) -> StoredPicture | None:
        known = self._known.get(source)
        if known is not None:
            return known
        found = self._find(source)
        if found is None:
            return None
        try:
            stored = self._files.put_picture(found)
        except PictureRefused as refused:
            detail = f"{source}: {refused.params.get('reason', '')}"
            self._problems.warn("picture", "exchange.picture_refused", record.ref, record.line, detail)
            return None
        if len(self._known) < _REMEMBERED:
            self._known[source] = stored
        return stored

    def _find(self, source: str) -> Path | None:
        """The file as named; else whatever its case; else any file of that name, where the folder was lost."""
        direct = self._root / source
        if direct.is_file():
            return direct if direct.resolve().is_relative_to(self._root) else None
        if self._by_path is None:
            self._by_path = {}
            for folder, _, names in os.walk(self._root):
                for name in names:
                    path = Path(folder, name)
                    self._by_path[path.relative_to(self._root).as_posix().lower()] = path
                    self._by_name.setdefault(name.lower(), path)
        lowered = source.lower()
        return self._by_path.get(lowered) or self._by_name.get(lowered.rsplit("/", 1)[-1])


def prepare(connection: Connection[TupleRow]) -> None:
    """Make the temporary tables of pictures."""
    for statement in (
        f"CREATE TEMPORARY TABLE st_picture ({_COLUMNS}) ON COMMIT DROP",
        f"CREATE TEMPORARY TABLE m_picture ({_FOUND_COLUMNS}) ON COMMIT DROP",
        f"CREATE TEMPORARY TABLE m_wanted (product_id uuid, position int, {_SHA}, source text) ON COMMIT DROP",
    ):
        connection.execute(statement.encode())


def merge_pictures(
    connection: Connection[TupleRow], chunk: Chunk, facts: dict[str, Any], problems: Problems
) -> dict[str, int]:
    """Merge the pictures of a chunk, whose goods are merged already; tells of those that were never sent."""
    load(connection, "st_picture", chunk.pictures, analyze="ref")
    connection.execute(b"TRUNCATE m_picture, m_wanted")
    connection.execute(_FOUND, facts)
    for ref, source, line in connection.execute(_MISSING):
        problems.warn("picture", "exchange.picture_missing", ref, line, source)
    connection.execute(_WANTED)
    connection.execute(b"ANALYZE m_wanted")
    removed = connection.execute(_GONE).rowcount
    changed = connection.execute(_CHANGED).rowcount
    added = connection.execute(_ADDED).rowcount
    counters = {"pictures.read": len(chunk.pictures), "pictures.added": added, "pictures.changed": changed}
    return counters | {"pictures.removed": removed}
