"""How a file of a document leaves the house: as a download that no browser runs, keeps or shares."""

from litestar.response import File

from b2b_dvizhenie.application.documents import OpenedFile

_HEADERS = {
    "cache-control": "private, no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
}


def download(opened: OpenedFile) -> File:
    """The file as an attachment under its own name; its media type is that of its bytes, not what anybody said."""
    suffix = f".{opened.format.value}"
    name = opened.name if opened.name.casefold().endswith(suffix) else opened.name + suffix
    return File(
        opened.path,
        filename=name,
        media_type=opened.format.media_type,
        content_disposition_type="attachment",
        headers=_HEADERS,
    )
