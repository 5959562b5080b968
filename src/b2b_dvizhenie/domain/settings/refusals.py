"""Values that a setting does not take; the field is the key of the setting."""

from b2b_dvizhenie.domain.shared.errors import DomainError


class NumberBounds(DomainError):
    """Not a whole number, or one outside the bounds."""

    code = "settings.number_bounds"


class NotOneOfChoices(DomainError):
    """None of the values that can be chosen."""

    code = "settings.not_one_of_choices"


class TextLength(DomainError):
    """Longer than the setting takes."""

    code = "settings.text_length"


class WrongKind(DomainError):
    """A value of another kind: a list where yes or no is asked for."""

    code = "settings.wrong_kind"
