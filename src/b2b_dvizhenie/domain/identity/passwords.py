"""What a password must be, and how a wrong one is told."""

from b2b_dvizhenie.domain.shared.errors import DomainError

MIN_PASSWORD = 8
MAX_PASSWORD = 1024
"""Characters. The upper bound keeps slow hashing from being fed megabytes; a phrase fits many times over."""


class PasswordLength(DomainError):
    """The new password is shorter or longer than allowed."""

    code = "identity.password_length"


class WrongPassword(DomainError):
    """The current password that was to confirm a change is wrong."""

    code = "identity.wrong_password"


def check_new_password(password: str, field: str = "new_password") -> str:
    """The password as it is, spaces included.

    Raises:
        PasswordLength: fewer than 8 or more than 1024 characters.
    """
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise PasswordLength(field, minimum=MIN_PASSWORD, maximum=MAX_PASSWORD)
    return password
