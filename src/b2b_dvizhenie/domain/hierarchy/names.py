"""Names of roles and people as administrators type them."""

import unicodedata

from b2b_dvizhenie.domain.shared.errors import DomainError, Kind

MAX_NAME = 80
MAX_PERSON_NAME = 120


class RoleNameInvalid(DomainError):
    """The name of a role is empty, longer than `maximum` characters, or holds signs that cannot be seen."""

    code = "hierarchy.role_name_invalid"


class PersonNameInvalid(DomainError):
    """The name of a person is empty, longer than `maximum` characters, or holds signs that cannot be seen."""

    code = "hierarchy.person_name_invalid"


class RoleNameTaken(DomainError):
    """Another role has this name; letter case does not tell names apart."""

    code = "hierarchy.role_name_taken"
    kind = Kind.CONFLICT


class RoleInUse(DomainError):
    """The role has `people` or roles below (`roles`); only an unused one can be deleted."""

    code = "hierarchy.role_in_use"
    kind = Kind.CONFLICT


def role_name(text: str, field: str = "name") -> str:
    """The name of a role in its one spelling: composed characters, single spaces.

    Raises:
        RoleNameInvalid: empty, too long, or with control or formatting characters.
    """
    name = _spelled(text, MAX_NAME)
    if name is None:
        raise RoleNameInvalid(field, maximum=MAX_NAME)
    return name


def person_name(text: str, field: str = "name") -> str:
    """The name of a person in its one spelling, as of roles.

    Raises:
        PersonNameInvalid: empty, too long, or with control or formatting characters.
    """
    name = _spelled(text, MAX_PERSON_NAME)
    if name is None:
        raise PersonNameInvalid(field, maximum=MAX_PERSON_NAME)
    return name


def _spelled(text: str, maximum: int) -> str | None:
    if len(text) > maximum * 4:  # before work that grows with the length
        return None
    name = " ".join(unicodedata.normalize("NFC", text).split())
    hidden = any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn") for sign in name)
    return name if 1 <= len(name) <= maximum and not hidden else None
