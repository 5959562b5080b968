"""Domain errors carry a code, a kind and parameters; doors turn them into problems, exit codes and retries.

Texts for people live in the locale catalogues by code (`locale/*/`), never here. Codes are `context.snake_case`
and are part of the public API: they are never renamed.
"""

from enum import StrEnum
from typing import Any, ClassVar


class Kind(StrEnum):
    """What a door should make of an error."""

    INVALID = "invalid"  # 400 / exit 2 / dead letter
    UNAUTHENTICATED = "unauthenticated"  # 401
    FORBIDDEN = "forbidden"  # 403
    NOT_FOUND = "not_found"  # 404 / exit 4; also every object that is not the actor's
    CONFLICT = "conflict"  # 409 / exit 5
    LIMITED = "limited"  # 429
    UNAVAILABLE = "unavailable"  # 503 / exit 75 / retry


class DomainError(Exception):
    """Base of every refusal the domain or a use case makes.

    Args:
        field: the input field that caused it, in dotted form (`lines.3.quantity`), where there is one.
        params: values the text for people needs (counts, names, nearest valid values).
    """

    code: ClassVar[str] = "shared.error"
    kind: ClassVar[Kind] = Kind.INVALID

    def __init__(self, field: str | None = None, **params: Any) -> None:
        super().__init__(self.code, field, params)
        self.field = field
        self.params = params

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        where = f" at {self.field}" if self.field else ""
        return f"{self.code}{where}" + (f" ({details})" if details else "")


class Invalid(DomainError):
    """Several fields of one input are wrong; each has its own error."""

    code = "shared.invalid"

    def __init__(self, errors: list[DomainError]) -> None:
        super().__init__(count=len(errors))
        self.errors = errors


class NotFound(DomainError):
    """The object does not exist or is not the actor's; the two are told apart nowhere."""

    code = "shared.not_found"
    kind = Kind.NOT_FOUND


class VersionConflict(DomainError):
    """Somebody else changed the object since it was read."""

    code = "shared.version_conflict"
    kind = Kind.CONFLICT
