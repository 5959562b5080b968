"""The bundled PostgreSQL: found, initialised, started, shared by processes, stopped by the last one out."""

from b2b_dvizhenie.adapters.embedded.binaries import EmbeddedError, find_binaries
from b2b_dvizhenie.adapters.embedded.cluster import Cluster

__all__ = ["Cluster", "EmbeddedError", "find_binaries"]
