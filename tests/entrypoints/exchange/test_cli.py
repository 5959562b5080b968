"""`b2b exchange emulate-1c` against the product, as a person would run it."""

import json
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from commands import command
from exchange_site import LOGIN, PASSWORD, Site, in_thread

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


async def emulate(site: Site, folder: Path, *options: str) -> CompletedProcess[str]:
    where = ("--url", f"{site.url}/1c_exchange.php", "--folder", str(folder), "--goods", "60")
    who = () if "--login" in options else ("--login", LOGIN, "--password", PASSWORD)
    arguments = ("exchange", "emulate-1c", *where, *who, *options)
    done: CompletedProcess[str] = await in_thread(command, *arguments, folder=folder)
    return done


async def report(site: Site, folder: Path, *options: str) -> dict[str, Any]:
    result = await emulate(site, folder, "--json", *options)
    assert result.returncode == 0, result.stderr
    told: dict[str, Any] = json.loads(result.stdout)
    return told


@pytest.mark.parametrize("profile", ["ut10", "ut115", "bitrix31"])
async def test_first_day_is_everything_the_second_only_changes(site: Site, tmp_path: Path, profile: str) -> None:
    first = await report(site, tmp_path, "--profile", profile)
    assert (first["full"], first["day"], first["goods"]) == (True, 0, 60)
    active, deleted = await site.rows("SELECT is_active, count(*) FROM product GROUP BY 1 ORDER BY 1 DESC")
    assert active[1] + deleted[1] == 60
    second = await report(site, tmp_path, "--profile", profile)
    assert (second["full"], second["day"]) == (False, 1)
    assert second["slowest"] < 20
    assert await site.value("SELECT count(*) FROM exchange_import WHERE state <> 'done'") == 0


async def test_report_for_people(site: Site, tmp_path: Path) -> None:
    result = await emulate(site, tmp_path, "--no-zip")
    assert result.returncode == 0, result.stderr
    assert "everything as ut115" in result.stdout
    assert "Товаров: 60" in result.stdout


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("--profile", "ut12"), 2, "ut12"),
        (("--login", "onec", "--password", "wrong"), 1, "Неверное имя пользователя или пароль"),
    ],
)
async def test_refusals_are_sentences(
    site: Site, tmp_path: Path, options: tuple[str, ...], code: int, told: str
) -> None:
    result = await emulate(site, tmp_path, *options)
    assert result.returncode == code
    assert told in result.stderr
    assert "Traceback" not in result.stderr
