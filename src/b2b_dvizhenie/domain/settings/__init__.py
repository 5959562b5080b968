"""What administrators change while the program runs: kinds of settings, their bounds, what is refused."""

from b2b_dvizhenie.domain.settings.kinds import Choice, Number, Setting, Several, Switch, Text
from b2b_dvizhenie.domain.settings.refusals import NotOneOfChoices, NumberBounds, TextLength, WrongKind

__all__ = [
    "Choice",
    "NotOneOfChoices",
    "Number",
    "NumberBounds",
    "Setting",
    "Several",
    "Switch",
    "Text",
    "TextLength",
    "WrongKind",
]
