"""Real RabbitMQ and NATS servers for tests: own folders, free ports, stopped by whoever started them."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


class Server:
    """A server that can be stopped and started again on its port, with or without its data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    url: str
    needs: str

    def command(self) -> tuple[list[str], dict[str, str]]:
        raise NotImplementedError

    def start(self, timeout: float = 60) -> None:
        command, environment = self.command()
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, start_new_session=True, env={**os.environ, **environment}
            )
        until = time.monotonic() + timeout
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((self.folder / "server.log").read_text(errors="replace")[-2000:])
            time.sleep(0.1)

    def answers(self) -> bool:
        """Whether the server speaks its protocol (a port may be open before that)."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as line:
                line.settimeout(1)
                line.sendall(self.hello)
                return bool(line.recv(1))
        except OSError:
            return False

    hello = b""

    def kill(self) -> None:
        """No goodbye: -9 to the whole session."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def close(self) -> None:
        """End everything that was started."""
        self.kill()

    def forget(self) -> None:
        """Lose everything the server has stored."""
        shutil.rmtree(self.folder / "data", ignore_errors=True)


class Nats(Server):
    needs = "nats-server"
    hello = b"PING\r\n"

    def command(self) -> tuple[list[str], dict[str, str]]:
        self.url = f"nats://127.0.0.1:{self.port}"
        return ["nats-server", "-a", "127.0.0.1", "-p", str(self.port), "-js", "-sd", str(self.folder / "data")], {}


class RabbitMq(Server):
    needs = "rabbitmq-server"
    hello = b"AMQP\x00\x00\x09\x01"

    def command(self) -> tuple[list[str], dict[str, str]]:
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}/"
        binary = "/usr/lib/rabbitmq/bin/rabbitmq-server"  # Debian's wrapper insists on another account
        return [binary if Path(binary).exists() else "rabbitmq-server"], {
            "HOME": str(self.folder),
            "RABBITMQ_NODENAME": f"b2b{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            "ERL_EPMD_PORT": str(self.epmd),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.epmd = free_port()
        self.names: subprocess.Popen[bytes] | None = None

    def start(self, timeout: float = 60) -> None:
        """With a name daemon of our own: the one RabbitMQ would start outlives it."""
        if self.names is None:
            self.names = subprocess.Popen(["epmd", "-port", str(self.epmd), "-address", "127.0.0.1"])
        super().start(timeout)

    def close(self) -> None:
        self.kill()
        if self.names is not None:
            self.names.terminate()
            self.names.wait()


@contextmanager
def running_server(kind: type[Server]) -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix=f"b2b-{kind.needs}-"))
    server = kind(folder)
    try:
        server.start()
        yield server
    finally:
        server.close()
        shutil.rmtree(folder, ignore_errors=True)
