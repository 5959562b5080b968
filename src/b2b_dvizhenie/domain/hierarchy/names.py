"""Names of roles as administrators type them."""

import unicodedata

from b2b_dvizhenie.domain.shared.errors import DomainError, Kind

MAX_NAME = 80


class RoleNameInvalid(DomainError):
    """The name of a role is empty, longer than `maximum` characters, or holds signs that cannot be seen."""

    code = "hierarchy.role_name_invalid"


class RoleNameTaken(DomainError):
    """Another role has this name; letter case does not tell names apart."""

    code = "hierarchy.role_name_taken"
    kind = Kind.CONFLICT


class RoleInUse(DomainError):
    """The role has `people` or roles below (`roles`); only an unused one can be deleted."""

    code = "hierarchy.role_in_use"
    kind = Kind.CONFLICT


def role_name(text: str, field: str = "name") -> str:
    """The name in its one spelling: composed characters, single spaces.

    Raises:
        RoleNameInvalid: empty, too long, or with control or formatting characters.
    """
    if len(text) > MAX_NAME * 4:  # before work that grows with the length
        raise RoleNameInvalid(field, maximum=MAX_NAME)
    name = " ".join(unicodedata.normalize("NFC", text).split())
    hidden = any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn") for sign in name)
    if not 1 <= len(name) <= MAX_NAME or hidden:
        raise RoleNameInvalid(field, maximum=MAX_NAME)
    return name
