"""Kinds of settings. A context declares its settings as constants; the value of one is always within its bounds.

```python
TOKEN_LIFETIME = Number(key="identity.token_lifetime_days", section="main", group="system", default=30, maximum=366)
```

`section` is a page of the panel's settings and `group` a heading on it; words for both, and for the setting, stand in
`entrypoints/http/setting_texts.py` by the key.
"""

import re
from abc import abstractmethod
from collections.abc import Sequence
from typing import Generic, TypeVar

from msgspec import Struct

from b2b_dvizhenie.domain.settings.refusals import NotOneOfChoices, NumberBounds, TextLength, WrongKind

T = TypeVar("T")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_CODE = re.compile(r"[a-z0-9_.-]{1,64}")
MAX_SEVERAL = 200


class Setting(Struct, Generic[T], frozen=True, kw_only=True):
    """A setting of one kind: its key, where it is shown, and what holds until somebody changes it."""

    key: str
    section: str = "main"
    group: str = "system"
    default: T

    @abstractmethod
    def decoded(self, value: object) -> T:
        """The value of a JSON value; raises a refusal that names the key."""

    @abstractmethod
    def typed(self, texts: Sequence[str]) -> object:
        """The JSON value that a form's fields mean; it is checked by `decoded`."""

    def encoded(self, value: T) -> object:
        """The JSON value that is stored."""
        return value


class Number(Setting[int], frozen=True, kw_only=True):
    """A whole number within bounds, both allowed."""

    minimum: int = 1
    maximum: int

    def decoded(self, value: object) -> int:
        """Raises NumberBounds."""
        if not isinstance(value, int) or isinstance(value, bool) or not self.minimum <= value <= self.maximum:
            raise NumberBounds(self.key, minimum=self.minimum, maximum=self.maximum)
        return value

    def typed(self, texts: Sequence[str]) -> object:
        """The number that was typed; what is none stays a text and is refused."""
        text = texts[-1].strip() if texts else ""
        return int(text) if _WHOLE.fullmatch(text) else text


class Switch(Setting[bool], frozen=True, kw_only=True):
    """On or off."""

    def decoded(self, value: object) -> bool:
        """Raises WrongKind."""
        if not isinstance(value, bool):
            raise WrongKind(self.key)
        return value

    def typed(self, texts: Sequence[str]) -> object:
        """A box that is not ticked sends nothing."""
        return bool(texts)


class Choice(Setting[str], frozen=True, kw_only=True):
    """One of a few values."""

    choices: tuple[str, ...]

    def decoded(self, value: object) -> str:
        """Raises NotOneOfChoices."""
        if not isinstance(value, str) or value not in self.choices:
            raise NotOneOfChoices(self.key)
        return value

    def typed(self, texts: Sequence[str]) -> object:
        """The chosen value."""
        return texts[-1] if texts else ""


class Several(Setting[tuple[str, ...]], frozen=True, kw_only=True):
    """Any number of codes, without order. Which there are is data (roles, say), so only their form is checked here."""

    default: tuple[str, ...] = ()

    def decoded(self, value: object) -> tuple[str, ...]:
        """Raises NotOneOfChoices, and WrongKind for what is no list."""
        if not isinstance(value, list | tuple) or len(value) > MAX_SEVERAL:
            raise WrongKind(self.key)
        if not all(isinstance(one, str) and _CODE.fullmatch(one) for one in value):
            raise NotOneOfChoices(self.key)
        return tuple(sorted(set(value)))

    def typed(self, texts: Sequence[str]) -> object:
        """Every ticked value."""
        return list(texts)

    def encoded(self, value: tuple[str, ...]) -> object:
        """A list."""
        return list(value)


class Text(Setting[str], frozen=True, kw_only=True):
    """A line of text."""

    longest: int = 200

    def decoded(self, value: object) -> str:
        """Raises TextLength, and WrongKind for what is no text or holds signs that cannot be seen."""
        if not isinstance(value, str) or not value.isprintable():
            raise WrongKind(self.key)
        if len(value) > self.longest:
            raise TextLength(self.key, maximum=self.longest)
        return value

    def typed(self, texts: Sequence[str]) -> object:
        """The text without the space around it."""
        return texts[-1].strip() if texts else ""
