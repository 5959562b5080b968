"""Forms as they come back to a person: what was typed, and what is wrong with which field."""

from collections.abc import Mapping

from msgspec import Struct


class Form(Struct, frozen=True):
    """Values by field name as typed, and errors by field name, translated; the key "" is the form as a whole."""

    values: Mapping[str, str] = {}
    errors: Mapping[str, str] = {}

    def value(self, name: str, default: str = "") -> str:
        """What stands in the field."""
        return self.values.get(name, default)

    def error(self, name: str) -> str:
        """What is wrong with the field, or an empty text."""
        return self.errors.get(name, "")
