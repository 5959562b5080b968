"""What can keep a process from starting, each with one sentence for the person at the terminal."""

import errno
import os
import socket
import tempfile
from pathlib import Path

from b2b_dvizhenie.adapters.postgres.migrating import revisions
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind


class PortTaken(DomainError):
    """Another program listens there."""

    code = "start.port_taken"
    kind = Kind.CONFLICT


class AddressUnusable(DomainError):
    """The address is not this machine's, or the port may not be used by this account."""

    code = "start.address_unusable"


class DataDirUnwritable(DomainError):
    """Nothing can be kept in the data directory."""

    code = "start.data_dir_unwritable"


class SchemaOutdated(DomainError):
    """The database's schema is not this version's."""

    code = "start.schema_outdated"
    kind = Kind.CONFLICT


class ProcessFailed(DomainError):
    """A child process ended before it was ready; it has said why itself."""

    code = "start.process_failed"
    kind = Kind.UNAVAILABLE


def bind(host: str, port: int) -> socket.socket:
    """A listening address, taken before anything slow begins.

    Raises:
        PortTaken: somebody listens there.
        AddressUnusable: it cannot be listened on for another reason.
    """
    if not 0 <= port <= 65535:
        # getaddrinfo would take it modulo 65536
        raise AddressUnusable(host=host, port=port, reason="0..65535")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise AddressUnusable(host=host, port=port, reason=str(error)) from error
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(host=host, port=port) from error
        raise AddressUnusable(host=host, port=port, reason=error.strerror or str(error)) from error
    listener.setblocking(False)
    return listener


def check_data_dir(folder: Path) -> None:
    """Make the data directory and prove that it can be written to; raises DataDirUnwritable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise DataDirUnwritable(folder=str(folder), reason=reason) from error


def check_schema(url: str) -> None:
    """Raises SchemaOutdated unless the database has exactly this version's schema."""
    present, needed = revisions(url)
    if present != needed:
        raise SchemaOutdated(present=present or "-", needed=needed)
