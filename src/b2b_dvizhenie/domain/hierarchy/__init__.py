"""Roles, permissions and scopes: who may see and do what. Decided by pure functions."""

from b2b_dvizhenie.domain.hierarchy.permissions import Forbidden, Permission, Scope, require
from b2b_dvizhenie.domain.hierarchy.roles import DEFAULT_ROLES, DefaultRole

__all__ = ["DEFAULT_ROLES", "DefaultRole", "Forbidden", "Permission", "Scope", "require"]
