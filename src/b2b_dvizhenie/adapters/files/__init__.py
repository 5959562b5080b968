"""Content-addressed files on the local disk."""

from b2b_dvizhenie.adapters.files.documents import LocalDocuments
from b2b_dvizhenie.adapters.files.local import LocalFiles

__all__ = ["LocalDocuments", "LocalFiles"]
