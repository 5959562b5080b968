"""A customer's adapter comes in as an installed package with an entry point; every wrong setting is named."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from b2b_dvizhenie.application.shared.adapters import Surroundings
from b2b_dvizhenie.entrypoints.plugins import build_adapter, installed
from b2b_dvizhenie.entrypoints.settings import SettingsError

CODE = """
from msgspec import Struct
from b2b_dvizhenie.application.shared.adapters import Adapter

class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    login: str
    retries: int = 3

def build(settings, surroundings):
    if settings.retries < 0:
        raise ValueError("retries must not be negative")
    return ("acme", settings.login, settings.retries, surroundings.data_dir)

adapter = Adapter(Settings, build)
old = Adapter(Settings, build, port_version=0)
nonsense = object()
"""
SURROUNDINGS = Surroundings(Path("files"), lambda: datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package of a customer, as pip would have installed it."""
    (tmp_path / "b2b_acme.py").write_text(CODE, "utf-8")
    info = tmp_path / "b2b_acme-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: b2b-acme\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text(
        "[b2b_dvizhenie.pigeons]\nacme = b2b_acme:adapter\nold = b2b_acme:old\nnonsense = b2b_acme:nonsense\n", "utf-8"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("b2b_acme", None)


def test_an_installed_adapter_is_built(acme: None) -> None:
    assert set(installed("pigeons")) == {"acme", "old", "nonsense"}
    built = build_adapter("pigeons", {"adapter": "acme", "acme": {"login": "x", "retries": "5"}}, SURROUNDINGS)
    assert built == ("acme", "x", 5, Path("files"))


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ({"adapter": "smoke"}, "installed: acme, nonsense, old"),
        ({}, "installed: acme"),
        ({"adapter": "acme"}, "login"),
        ({"adapter": "acme", "acme": {"login": "x", "retires": 1}}, "retires"),
        ({"adapter": "acme", "acme": {"login": "x", "retries": "many"}}, "retries"),
        ({"adapter": "acme", "acme": {"login": "x", "retries": -1}}, "must not be negative"),
        ({"adapter": "acme", "acme": {"login": "x"}, "smoke": {}}, "does not read: smoke"),
        ({"adapter": "old", "old": {"login": "x"}}, "version 0"),
        ({"adapter": "nonsense"}, "is not an Adapter"),
    ],
)
def test_what_is_wrong_is_named(acme: None, section: dict[str, object], words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        build_adapter("pigeons", section, SURROUNDINGS)
    assert words in str(caught.value)
