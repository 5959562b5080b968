"""Logs tell what broke and where, never what was in the variables: among them are passwords."""

from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from b2b_dvizhenie.application.exchange import Credentials
from b2b_dvizhenie.entrypoints.logging import configure_logging
from b2b_dvizhenie.entrypoints.settings import LogSettings

SECRET = "exchange-2026-secret"


@pytest.fixture(autouse=True)
def own_configuration() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def break_with(password: str) -> None:
    raise RuntimeError(f"broken for {len(password)} characters")


def logged(capsys: pytest.CaptureFixture[str]) -> str:
    try:
        break_with(SECRET)
    except RuntimeError:
        structlog.get_logger("test").exception("it_broke")
    return capsys.readouterr().err


@pytest.mark.parametrize("form", ["json", "text"])
def test_traces_have_no_values(capsys: pytest.CaptureFixture[str], form: Any) -> None:
    configure_logging(LogSettings(format=form))
    told = logged(capsys)
    assert "it_broke" in told
    assert "break_with" in told
    assert "broken for 20 characters" in told
    assert SECRET not in told


def test_control_the_usual_tracebacks_show_them(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LogSettings(format="json"))
    usual = [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()]
    structlog.configure(processors=usual)
    assert SECRET in logged(capsys)


def test_credentials_do_not_show_themselves() -> None:
    assert SECRET not in repr(Credentials("onec", SECRET))
