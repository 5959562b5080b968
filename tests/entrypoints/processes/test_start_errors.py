"""What keeps the product from starting is said in one sentence, and the exit code is not zero."""

import socket
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import psycopg
import pytest
from commands import command

pytestmark = pytest.mark.postgres


def start(name: str, folder: Path, **environment: str) -> "CompletedProcess[str]":
    return command(name, folder=folder, **{"B2B_DATA_DIR": str(folder / "var"), **environment})


def one_sentence(answer: "CompletedProcess[str]", code: int, *words: str) -> None:
    assert answer.returncode == code, answer.stderr
    said = [line for line in answer.stderr.splitlines() if line.startswith("b2b: ")]
    assert len(said) == 1, answer.stderr
    assert "Traceback" not in answer.stderr
    for word in words:
        assert word in said[0]


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


@pytest.mark.parametrize("name", ["serve", "run"])
def test_port_is_taken(name: str, tmp_path: Path, taken: int, database_url: str) -> None:
    answer = start(name, tmp_path, B2B_PORT=str(taken), B2B_DATABASE_URL=database_url)
    one_sentence(answer, 5, str(taken), "занят", "--port", "start.port_taken")


@pytest.mark.parametrize(
    ("host", "port"), [("203.0.113.7", "0"), ("no.such.host.invalid", "0"), ("127.0.0.1", "70000")]
)
def test_address_cannot_be_used(host: str, port: str, tmp_path: Path, database_url: str) -> None:
    answer = start("serve", tmp_path, B2B_HOST=host, B2B_PORT=port, B2B_DATABASE_URL=database_url)
    one_sentence(answer, 2, host, "start.address_unusable")


@pytest.mark.parametrize("name", ["serve", "run"])
@pytest.mark.parametrize("folder", ["/proc/nowhere", "file/inside"])
def test_data_directory_cannot_be_written(name: str, folder: str, tmp_path: Path, database_url: str) -> None:
    (tmp_path / "file").write_text("not a directory")
    answer = start(name, tmp_path, B2B_DATA_DIR=folder, B2B_DATABASE_URL=database_url, B2B_PORT="0")
    one_sentence(answer, 2, folder, "B2B_DATA_DIR", "start.data_dir_unwritable")


@pytest.mark.parametrize("name", ["serve", "worker", "run"])
def test_database_does_not_answer(name: str, tmp_path: Path) -> None:
    answer = start(name, tmp_path, B2B_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", B2B_PORT="0")
    one_sentence(answer, 75, "shared.database_unavailable")


@pytest.mark.parametrize("name", ["serve", "worker", "run"])
def test_setting_is_misspelt(name: str, tmp_path: Path) -> None:
    (tmp_path / "b2b.toml").write_text("[http]\nprot = 8000\n")
    one_sentence(start(name, tmp_path), 2, "b2b.toml", "prot")


def test_schema_is_of_another_version(tmp_path: Path, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    for name in ("serve", "worker"):
        answer = start(name, tmp_path, B2B_DATABASE_URL=database_url, B2B_PORT="0")
        one_sentence(answer, 5, "0001", "b2b migrate", "start.schema_outdated")


def test_transport_without_a_server(tmp_path: Path, database_url: str) -> None:
    answer = start("worker", tmp_path, B2B_DATABASE_URL=database_url, B2B__JOBS__TRANSPORT="nats")
    one_sentence(answer, 2, "jobs.url")


def test_english_where_the_terminal_speaks_it(tmp_path: Path, taken: int, database_url: str) -> None:
    answer = start("serve", tmp_path, B2B_PORT=str(taken), B2B_DATABASE_URL=database_url, B2B_LANGUAGE="en")
    one_sentence(answer, 5, "is taken", "name another port")
