"""One database cluster in the data directory, shared by web, worker and CLI processes.

Every user of the cluster holds a shared lock on `use.lock`; whoever leaves last gets it exclusively and stops the
server. Aliveness is asked from the server (`pg_isready`), never from a pid file: a process killed with -9 leaves
nothing behind that the next start would trip over.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from b2b_dvizhenie.adapters.embedded.binaries import EmbeddedError, find_binaries, version
from b2b_dvizhenie.adapters.embedded.privileges import dropper, give_away

SUPERUSER = "b2b"
_START_ATTEMPTS = 100
_TUNING = {
    "listen_addresses": "",
    "shared_buffers": "128MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "512MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_connections": "100",
    # A statement whose client was killed ends within seconds instead of holding its locks to its end.
    "client_connection_check_interval": "5s",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


def _quiet(_: str) -> None:
    """Progress goes nowhere."""


class Cluster:
    """A cluster in `root/data` with its locks and log beside it.

    Args:
        root: folder of the cluster; made if missing, private to the user.
        source: where the programs come from, see `find_binaries`.
        durable: False only for throw-away clusters of tests: no fsync.
        progress: told in a few English words what is being waited for.
    """

    def __init__(
        self,
        root: Path,
        *,
        source: str = "auto",
        durable: bool = True,
        progress: Callable[[str], None] = _quiet,
    ) -> None:
        self.root = root.absolute()
        self.data = self.root / "data"
        self._bin = find_binaries(source)
        self._durable = durable
        self._progress = progress
        # A Unix socket's path may be 107 bytes at most, so it cannot lie in a data directory of any depth.
        name = hashlib.sha256(f"{os.geteuid()}:{self.root}".encode()).hexdigest()[:12]
        self.socket = Path(tempfile.gettempdir()) / f"b2b-{name}"
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EmbeddedError(f"The data directory {self.root} cannot be written: {error.strerror}.") from error
        give_away(self.root)

    def url(self, database: str = "b2b") -> str:
        """Connection URL of a database of this cluster."""
        return f"postgresql://{SUPERUSER}@/{database}?host={self.socket}"

    def _run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        with (self.root / "launcher.log").open("w+") as log:
            done = subprocess.run(
                [str(self._bin / program), *arguments],
                preexec_fn=dropper(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                text=True,
                check=False,
                env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
                cwd=self.socket,
            )
            log.seek(0)
            output = log.read().strip()
        if check and done.returncode:
            last = output.splitlines()[-1] if output else f"exit code {done.returncode}"
            raise EmbeddedError(f"{program} failed: {last}")
        return done

    def _make_socket_folder(self) -> None:
        try:
            self.socket.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise EmbeddedError(f"{self.socket} cannot be made: {error.strerror}. Set TMPDIR.") from error
        if self.socket.stat().st_uid != os.geteuid() and os.geteuid() != 0:
            raise EmbeddedError(f"{self.socket} belongs to somebody else; remove it or set TMPDIR.")
        give_away(self.socket)

    def running(self) -> bool:
        """Whether the server answers."""
        if not self.socket.exists():
            return False
        return self._run("pg_isready", "-q", "-h", str(self.socket), "-U", SUPERUSER, check=False).returncode == 0

    def _initialise(self) -> None:
        self._progress("creating the database cluster")
        unfinished = self.root / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        flags = [] if self._durable else ["--no-sync"]
        # Locale: no ICU in the wheel; C.UTF-8 is needed as libc locale too, or pg_trgm folds no Cyrillic case.
        self._run(
            "initdb",
            "-D",
            str(unfinished),
            "-E",
            "UTF8",
            *self._locale(),
            "-U",
            SUPERUSER,
            "--auth=trust",
            *flags,
        )
        unfinished.rename(self.data)

    def _locale(self) -> list[str]:
        # The builtin provider came with PostgreSQL 17; its C.UTF-8 is the same everywhere.
        builtin = version(self._bin) >= 17
        return ["--locale-provider=builtin", "--locale=C.UTF-8"] if builtin else ["--locale=C.UTF-8"]

    def _start(self) -> None:
        self._progress("starting the database")
        settings = dict(_TUNING)
        if not self._durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = " ".join([f"-k {self.socket}", *(f"-c {name}='{value}'" for name, value in settings.items())])
        for _ in range(_START_ATTEMPTS):
            if self.running():
                return
            started = self._run(
                "pg_ctl", "-w", "-t", "300", "-D", str(self.data), "-l", str(self.root / "postgres.log"),
                "-o", options, "start", check=False,
            )  # fmt: skip
            if started.returncode == 0:
                return
            time.sleep(0.1)  # children of a killed server may still hold its memory
        log = self.root / "postgres.log"
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        reason = next((line for line in reversed(lines) if "FATAL" in line or "PANIC" in line), "see postgres.log")
        raise EmbeddedError(f"The embedded database does not start: {reason}")

    def stop(self) -> None:
        """Stop the server, waiting for it; open transactions are rolled back."""
        self._run("pg_ctl", "-w", "-D", str(self.data), "-m", "fast", "stop", check=False)

    @contextmanager
    def lease(self) -> Iterator["Cluster"]:
        """Use the cluster: start it if nobody has, stop it if nobody else still uses it.

        Raises:
            EmbeddedError: it cannot be created or started; the text says why.
        """
        try:
            use = (self.root / "use.lock").open("w")
            mutex = (self.root / "mutex.lock").open("w")
        except OSError as error:
            raise EmbeddedError(f"The data directory {self.root} cannot be written: {error.strerror}.") from error
        with use, mutex:
            fcntl.flock(mutex, fcntl.LOCK_EX)
            try:
                fcntl.flock(use, fcntl.LOCK_SH)
                self._make_socket_folder()
                if not (self.data / "PG_VERSION").exists():
                    self._initialise()
                self._start()
            finally:
                fcntl.flock(mutex, fcntl.LOCK_UN)
            try:
                yield self
            finally:
                fcntl.flock(mutex, fcntl.LOCK_EX)
                try:
                    fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    pass  # somebody else still works with it
                else:
                    self.stop()
                    with suppress(OSError):  # what a server that was killed left in it is taken over by the next
                        self.socket.rmdir()
