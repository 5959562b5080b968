"""`b2b doctor` finds what is wrong, names the remedy, and says by its exit code how bad it is."""

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from commands import command

from b2b_dvizhenie.entrypoints.cli.language import speak
from b2b_dvizhenie.entrypoints.examination import Finding, Level, examine
from b2b_dvizhenie.entrypoints.texts import translations
from b2b_dvizhenie.testing.gateways.http_1c import Http1cSimulator

pytestmark = pytest.mark.postgres


@pytest.fixture
def db(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("B2B_DATABASE_URL", database_url)
    monkeypatch.setenv("B2B_DATA_DIR", str(tmp_path / "var"))
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def found() -> dict[str, Finding]:
    return {finding.check: finding for finding in examine()}


def worker_lives(db: psycopg.Connection) -> None:
    db.execute(
        "INSERT INTO worker (worker_id, started_at, seen_at, transport, version) VALUES ('w', now(), now(), 'x', '0')"
    )


def test_all_is_well(db: psycopg.Connection) -> None:
    worker_lives(db)
    findings = found()
    assert {finding.level for finding in findings.values()} == {Level.OK}
    assert set(findings) == {
        "settings", "data directory", "database", "schema", "adapters", "transport", "worker", "dead jobs", "orphans",
        "live prices", "demonstration",
    }  # fmt: skip


def test_every_sentence_is_translated_and_filled(db: psycopg.Connection) -> None:
    russian = translations("ru")
    for finding in examine():
        for text in (finding.check, finding.text):
            assert russian.gettext(text) != text
        assert "{" not in russian.gettext(finding.text).format(**finding.params)


@pytest.mark.parametrize(
    ("damage", "check"),
    [
        (
            (
                "INSERT INTO job (job_id, name, payload, run_at, created_at, dead_at)"
                " VALUES (gen_random_uuid(), 'x', '{}', now(), now(), now())"
            ),
            "dead jobs",
        ),
        (
            (
                "INSERT INTO job (job_id, name, payload, run_at, created_at)"
                " VALUES (gen_random_uuid(), 'x', '{}', now() - interval '5 minutes', now())"
            ),
            "queue",
        ),
        (
            (
                "INSERT INTO stock (variant_id, warehouse_id, quantity, updated_at)"
                " VALUES (gen_random_uuid(), gen_random_uuid(), 1, now())"
            ),
            "orphans",
        ),
        (
            (
                "INSERT INTO price (price_type_id, variant_id, amount, currency, updated_at)"
                " VALUES (gen_random_uuid(), gen_random_uuid(), 1, 'RUB', now())"
            ),
            "orphans",
        ),
        ("DELETE FROM worker", "worker"),
        ("UPDATE worker SET seen_at = now() - interval '1 hour'", "worker"),
        (
            (
                "INSERT INTO app_user (user_id, role_id, name, email, created_at)"
                " SELECT gen_random_uuid(), role_id, 'x', 'client@demo.local', now() FROM role LIMIT 1"
            ),
            "demonstration",
        ),
    ],
)
def test_damage_is_a_warning(db: psycopg.Connection, damage: str, check: str) -> None:
    worker_lives(db)
    db.execute(damage.encode())
    findings = found()
    assert findings[check].level is Level.WARNING
    assert max(finding.level for name, finding in findings.items() if name != check) is Level.OK


def test_schema_that_is_behind_is_an_error_and_ends_the_look(db: psycopg.Connection) -> None:
    db.execute("UPDATE alembic_version SET version_num = '0001'")
    findings = found()
    assert findings["schema"].level is Level.ERROR
    assert "adapters" not in findings


def test_transport_that_is_away_is_an_error(db: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("B2B__JOBS__TRANSPORT", "nats")
    assert found()["transport"].level is Level.ERROR  # no URL
    monkeypatch.setenv("B2B__JOBS__URL", "amqp://guest:guest@127.0.0.1:1/")
    monkeypatch.setenv("B2B__JOBS__TRANSPORT", "rabbitmq")
    assert found()["transport"].level is Level.ERROR


def test_embedded_database_is_not_made_by_looking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("B2B_DATABASE_URL", "")
    monkeypatch.setenv("B2B_DATA_DIR", str(tmp_path / "var"))
    assert found()["database"].level is Level.ERROR
    assert not (tmp_path / "var" / "postgres").exists()


@pytest.mark.parametrize(
    ("environment", "check"),
    [
        ({"B2B_PORT": "eighty"}, "settings"),
        ({"B2B_DATA_DIR": "/proc/nowhere"}, "data directory"),
        ({"B2B_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "database"),
    ],
)
def test_exit_code_and_json_tell_the_worst(environment: dict[str, str], check: str, tmp_path: Path) -> None:
    answer = command("doctor", "--json", folder=tmp_path, **{"B2B_DATA_DIR": str(tmp_path), **environment})
    assert answer.returncode == 2
    findings = json.loads(answer.stdout)
    assert next(finding["check"] for finding in findings if finding["level"] == "error") == check
    assert "Traceback" not in answer.stderr


def test_words_for_people(tmp_path: Path) -> None:
    environment = {"B2B_DATABASE_URL": "", "B2B_DATA_DIR": str(tmp_path)}
    answers = [
        command("doctor", folder=tmp_path, **environment, B2B_LANGUAGE=language).stdout for language in ("ru", "en")
    ]
    assert "Базы данных ещё нет" in answers[0]
    assert "There is no database yet" in answers[1]
    assert speak()("no such text") == "no such text"


def test_the_source_of_live_prices_is_asked(db: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    node = "INSERT INTO exchange_node (node_id, name, login, password_hash, created_at) VALUES (gen_random_uuid(), 'n',"
    with Http1cSimulator() as base:
        monkeypatch.setenv("B2B__LIVE_PRICES__ADAPTER", "http_1c")
        monkeypatch.setenv("B2B__LIVE_PRICES__HTTP_1C__URL", base.url)
        monkeypatch.setenv("B2B__LIVE_PRICES__HTTP_1C__LOGIN", "portal")
        monkeypatch.setenv("B2B__LIVE_PRICES__HTTP_1C__PASSWORD", "wrong")
        assert found()["live prices"].params == {"reason": "http 401"}
        monkeypatch.setenv("B2B__LIVE_PRICES__HTTP_1C__PASSWORD", "secret")
        assert found()["live prices"] == Finding(
            "live prices", Level.OK, "1C tells live prices: {name}.", {"name": "Trade management 11.5"}
        )
        for login in ("one", "two"):
            db.execute(f"{node} '{login}', '-', now())".encode())
        assert found()["live prices"].params == {"count": 2}
        monkeypatch.setenv("B2B__LIVE_PRICES__HTTP_1C__NODE", "three")
        assert found()["live prices"].params == {"login": "three"}
        monkeypatch.setenv("B2B__LIVE_PRICES__HTTP_1C__NODE", "two")
        assert found()["live prices"].level is Level.OK
