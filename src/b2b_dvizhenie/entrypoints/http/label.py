"""What a label is: the word for a state and the tone it is shown in."""

from typing import Literal

from msgspec import Struct

Tone = Literal["", "ok", "warn", "bad", "info"]


class Label(Struct, frozen=True):
    """The English message id of a state and the tone it is shown in."""

    text: str
    tone: Tone = ""


def N_(message: str) -> str:  # noqa: N802 - the name gettext tools look for
    """Mark a message for extraction; it is translated where it is shown."""
    return message
