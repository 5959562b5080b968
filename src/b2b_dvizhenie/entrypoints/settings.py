"""Settings: defaults, then `b2b.toml`, then the environment. A wrong one is refused with its name and the remedy.

Environment: `B2B_DATABASE_URL`, `B2B_DATA_DIR`, `B2B_HOST`, `B2B_PORT`, `B2B_EMBEDDED`, `B2B_LOG_FORMAT`, and for
everything else `B2B__SECTION__KEY` (`B2B__JOBS__TRANSPORT=rabbitmq`).
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct, field


class SettingsError(Exception):
    """A setting is wrong; the text is one sentence that names it and the remedy."""


class DatabaseSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the database is. Without a URL the embedded PostgreSQL in the data directory is used."""

    url: str = ""
    embedded: Literal["auto", "wheel", "system"] = "auto"
    pool_size: int = 8


class HttpSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How the portal is served. `trusted_proxies` are addresses whose X-Forwarded-For is believed; `stop_seconds` is
    how long running requests may go on when the process is told to stop.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    trusted_proxies: tuple[str, ...] = ()
    workers: int = 1
    metrics_token: str = ""
    stop_seconds: int = 10


class BrandSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How the seller looks on his portal: name, one or two letters in place of a logo, one colour (#rrggbb)."""

    name: str = "b2b_dvizhenie"
    mark: str = "b2"
    colour: str = "#1757d6"


class JobsSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How work is carried to the workers. The job table is the truth with every transport.

    `url` is the message broker's (not needed for `postgres`). `lease_seconds` is how long a killed worker's job lies
    idle, `concurrency` how many jobs one worker does at once, `stop_seconds` how long a worker that is told to stop
    goes on with the jobs it has before it hands them back, `resend_seconds` after how long a job that the message
    broker carries and nobody took is sent again. `scheduler` says whether
    the worker also looks after the schedules; any number may. A worker that runs alone shows its metrics at
    `metrics_host`:`metrics_port` (0: nowhere); under `b2b run` the portal shows them.
    """

    transport: Literal["postgres", "rabbitmq", "nats"] = "postgres"
    url: str = ""
    lease_seconds: int = 30
    concurrency: int = 4
    poll_seconds: int = 1
    stop_seconds: int = 20
    resend_seconds: int = 60
    scheduler: bool = True
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0


class ExchangeSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Limits of the 1C exchange (onec.md §2.4, §2.5)."""

    chunk_bytes: int = 8 * 1024 * 1024
    session_bytes: int = 4 * 1024**3
    unpacked_bytes: int = 4 * 1024**3
    unpacked_ratio: int = 200
    unpacked_files: int = 200_000
    hold_seconds: int = 15
    zip: bool = True
    zone: str = "Europe/Moscow"


class SecuritySettings(Struct, frozen=True, forbid_unknown_fields=True):
    """`key` (at least 32 characters) seals what is secret at rest: second factors, messages that wait. Without one a
    key is made in the data directory (`secret.key`); several machines must share one.
    """

    key: str = ""


class LogSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Structured logs: `json` for machines, `text` for a terminal, `auto` decides by the terminal."""

    format: Literal["auto", "json", "text"] = "auto"
    level: Literal["debug", "info", "warning", "error"] = "info"


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that is decided before the program starts."""

    data_dir: str = "var"
    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    http: HttpSettings = field(default_factory=HttpSettings)
    brand: BrandSettings = field(default_factory=BrandSettings)
    jobs: JobsSettings = field(default_factory=JobsSettings)
    exchange: ExchangeSettings = field(default_factory=ExchangeSettings)
    log: LogSettings = field(default_factory=LogSettings)
    security: SecuritySettings = field(default_factory=SecuritySettings)
    sms: dict[str, Any] = field(default_factory=lambda: {"adapter": "console"})
    mail: dict[str, Any] = field(default_factory=lambda: {"adapter": "console"})
    company_directory: dict[str, Any] = field(default_factory=lambda: {"adapter": "off"})
    currency_rates: dict[str, Any] = field(default_factory=lambda: {"adapter": "off"})
    live_prices: dict[str, Any] = field(default_factory=lambda: {"adapter": "off"})

    @property
    def data(self) -> Path:
        """The data directory, absolute."""
        return Path(self.data_dir).expanduser().absolute()


_SHORT = {
    "B2B_DATABASE_URL": ("database", "url"),
    "B2B_EMBEDDED": ("database", "embedded"),
    "B2B_HOST": ("http", "host"),
    "B2B_PORT": ("http", "port"),
    "B2B_LOG_FORMAT": ("log", "format"),
    "B2B_DATA_DIR": ("data_dir",),
}


def _put(tree: dict[str, Any], path: tuple[str, ...], value: str) -> None:
    for step in path[:-1]:
        tree = tree.setdefault(step, {})
    tree[path[-1]] = value


def load_settings(environment: Mapping[str, str] | None = None, file: Path | None = None) -> Settings:
    """Read the settings of this process.

    Args:
        environment: variables, `os.environ` when omitted.
        file: the settings file; `b2b.toml` in the working directory (if it exists) when omitted.

    Raises:
        SettingsError: a file that is not TOML, an unknown key, or a value of the wrong kind.
    """
    environment = os.environ if environment is None else environment
    source = file or Path(environment.get("B2B_CONFIG", "b2b.toml"))
    tree: dict[str, Any] = {}
    if file is not None or "B2B_CONFIG" in environment or source.exists():
        try:
            tree = tomllib.loads(source.read_text("utf-8"))
        except OSError as error:
            raise SettingsError(f"The settings file {source} cannot be read: {error.strerror}.") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"The settings file {source} is not valid TOML: {error}.") from error
    for name, path in _SHORT.items():
        if environment.get(name):
            _put(tree, path, environment[name])
    for name, value in environment.items():
        if name.startswith("B2B__"):
            _put(tree, tuple(name[5:].lower().split("__")), value)
    try:
        return msgspec.convert(tree, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"Settings ({source} and B2B_* variables): {error}.") from error
