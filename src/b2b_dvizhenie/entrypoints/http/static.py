"""Static files: read once, kept in memory, served under one content hash, so browsers may keep them for ever.

Every URL is `/static/<hash of all files>/<path>`: relative links between files (style sheet to font, module to
module) stay inside one version, and nothing has to be rewritten or bundled. The style sheets are concatenated into
`app.css`, because a page waits for each of them; htmx and its extension for live lists into `htmx-live.js`.
"""

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

STATIC_FOLDER = Path(__file__).parent / "static"
STYLESHEETS = (
    *("tokens", "base", "fields", "controls", "surfaces", "tables", "overlays", "goods", "data", "figures"),
    *("shell", "frame", "catalogue", "lines", "product", "portal", "panel", "rights"),
)
LIVE = ("vendor/htmx.min.js", "vendor/hx-sse.min.js")
"""One script: htmx begins as soon as it is loaded, and what its extension came too late for is never connected."""

_COMPRESSIBLE = (".css", ".js", ".svg", ".json", ".txt", ".webmanifest")
_SMALL = 512


class StaticFile:
    """One file of the package, with its compressed twin made at the first request for it."""

    def __init__(self, path: str, content: bytes) -> None:
        self.path = path
        self.content = content
        self.media_type = _media_type(path)

    @cached_property
    def compressed(self) -> bytes | None:
        """The gzip form, or None where it would not be smaller (fonts, pictures, tiny files)."""
        if not self.path.endswith(_COMPRESSIBLE) or len(self.content) < _SMALL:
            return None
        return gzip.compress(self.content, 9, mtime=0)


class StaticFiles:
    """All static files of one version of the product.

    Args:
        folder: where they lie; the package's own folder by default.
        prefix: the URL under which the static route is mounted.
    """

    def __init__(self, folder: Path = STATIC_FOLDER, prefix: str = "/static") -> None:
        files = {
            str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
        }
        files["app.css"] = _stylesheet(files)
        if set(LIVE) <= set(files):
            files["htmx-live.js"] = b"\n".join(files[name] for name in LIVE)
        digest = hashlib.sha256()
        for name, content in sorted(files.items()):
            digest.update(name.encode() + b"\0" + content + b"\0")
        self.version = digest.hexdigest()[:12]
        self.base = f"{prefix}/{self.version}"
        self._files: Mapping[str, StaticFile] = {name: StaticFile(name, content) for name, content in files.items()}

    def url(self, path: str) -> str:
        """The URL of a file.

        Raises:
            KeyError: there is no such file; a template names a file that was never made.
        """
        if path not in self._files:
            raise KeyError(f"no static file {path!r}: were the assets prepared (python tools/assets.py)?")
        return f"{self.base}/{path}"

    def get(self, path: str) -> StaticFile | None:
        """The file behind a path without prefix and version, or None. Only what was read at start can be named."""
        return self._files.get(path)

    def modules(self) -> list[str]:
        """URLs of all script modules but the entry: pages announce them, so that they load in one round trip."""
        return [self.url(name) for name in self._files if name.startswith("js/") and name != "js/main.js"]


def _stylesheet(files: Mapping[str, bytes]) -> bytes:
    return b"\n".join(files[f"css/{name}.css"] for name in STYLESHEETS)


def _media_type(path: str) -> str:
    # Windows registries and bare containers know neither; browsers refuse modules of a wrong type.
    known = {".js": "text/javascript", ".woff2": "font/woff2", ".css": "text/css"}
    suffix = Path(path).suffix
    return known.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
