"""Names of roles and people as administrators type them."""

from b2b_dvizhenie.domain.shared.errors import DomainError, Kind
from b2b_dvizhenie.domain.shared.spelling import spelled

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
    name = spelled(text, MAX_NAME)
    if name is None:
        raise RoleNameInvalid(field, maximum=MAX_NAME)
    return name


def person_name(text: str, field: str = "name") -> str:
    """The name of a person in its one spelling, as of roles.

    Raises:
        PersonNameInvalid: empty, too long, or with control or formatting characters.
    """
    name = spelled(text, MAX_PERSON_NAME)
    if name is None:
        raise PersonNameInvalid(field, maximum=MAX_PERSON_NAME)
    return name
