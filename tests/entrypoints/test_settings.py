"""Settings: the order of sources, and precise refusals."""

from pathlib import Path

import pytest

from b2b_dvizhenie.entrypoints.settings import Settings, SettingsError, load_settings


def test_defaults() -> None:
    assert load_settings({}, None) == Settings()


def test_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "b2b.toml"
    file.write_text('data_dir = "files"\n[http]\nport = 9000\nhost = "0.0.0.0"\n', "utf-8")
    settings = load_settings(
        {"B2B_PORT": "9100", "B2B__JOBS__TRANSPORT": "nats", "B2B_DATABASE_URL": "postgresql://x"}, file
    )
    assert (settings.http.port, settings.http.host) == (9100, "0.0.0.0")  # noqa: S104 - only compared
    assert (settings.data_dir, settings.jobs.transport, settings.database.url) == ("files", "nats", "postgresql://x")


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"B2B_PORT": "eighty"}, "port"),
        ({"B2B__JOBS__TRANSPORT": "pigeon"}, "transport"),
        ({"B2B__HTTP__PROT": "1"}, "prot"),
        ({"B2B__NOSUCH__KEY": "1"}, "nosuch"),
        ({"B2B_EMBEDDED": "sqlite"}, "embedded"),
    ],
)
def test_a_wrong_setting_is_named(environment: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(environment, None)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_broken_and_missing_files(tmp_path: Path) -> None:
    broken = tmp_path / "b2b.toml"
    broken.write_text("[http\n", "utf-8")
    with pytest.raises(SettingsError, match="not valid TOML"):
        load_settings({}, broken)
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings({"B2B_CONFIG": str(tmp_path / "absent.toml")}, None)
