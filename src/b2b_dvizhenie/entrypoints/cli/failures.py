"""From an exception to a sentence and an exit code."""

import click

from b2b_dvizhenie.adapters.embedded import EmbeddedError
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid, Kind
from b2b_dvizhenie.entrypoints.cli.language import language
from b2b_dvizhenie.entrypoints.settings import SettingsError
from b2b_dvizhenie.entrypoints.texts import error_text

EXIT = {
    Kind.INVALID: 2,
    Kind.UNAUTHENTICATED: 77,
    Kind.FORBIDDEN: 77,
    Kind.NOT_FOUND: 4,
    Kind.CONFLICT: 5,
    Kind.LIMITED: 75,
    Kind.UNAVAILABLE: 75,
}


def _say(text: str) -> None:
    click.echo(f"b2b: {text}", err=True)


def exit_code(error: Exception) -> int:
    """Say what happened on stderr; re-raise what nobody expected, so that its trace is seen."""
    if isinstance(error, DomainError):
        for fault in error.errors if isinstance(error, Invalid) else [error]:
            where = f"{fault.field}: " if fault.field else ""
            _say(f"{where}{error_text(fault.code, fault.params, language())} [{fault.code}]")
        return EXIT[error.kind]
    if isinstance(error, SettingsError | EmbeddedError):
        _say(str(error))
        return 2
    if type(error).__module__.startswith(("psycopg", "sqlalchemy")) and "OperationalError" in type(error).__name__:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        _say(f"база данных не отвечает: {reason} [shared.database_unavailable]")
        return EXIT[Kind.UNAVAILABLE]
    raise error
