"""Looking through another person's eyes: who may, and what that shows (HIER, "log in as client" without its dangers).

The viewer sees exactly what the other person sees, and can change nothing. Therefore he may look through the eyes of
those only who see no more than he does himself: somebody within the scope of his right to look, whose every right he
has as well, and through whose rights no company, person or order can be seen that he does not see by his own. What a
buyer does for himself (filling a cart, ordering, his own account) needs no such right of the viewer: it shows things of
the person he looks at, who is within his scope, and doing is refused anyway.
"""

from collections.abc import Iterator
from datetime import timedelta

from b2b_dvizhenie.domain.hierarchy.editing import Grants
from b2b_dvizhenie.domain.hierarchy.permissions import Permission, Scope
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind

VIEW_LASTS = timedelta(minutes=30)
"""How long one looks through another's eyes before one has to ask again."""
_OF_ONESELF = frozenset({Permission.CART_EDIT, Permission.ORDERS_PLACE, Permission.PROFILE_VIEW})
_ENTRANCES = frozenset({Permission.PANEL_ACCESS})
"""Rights that open doors and show nothing of anybody: having them in any scope is having them."""


class NotViewable(DomainError):
    """The person sees more than the viewer: `permission` is a right by which he does."""

    code = "hierarchy.not_viewable"
    kind = Kind.FORBIDDEN


class ViewOnly(DomainError):
    """One looks through another person's eyes, and can change nothing until that is ended."""

    code = "hierarchy.view_only"
    kind = Kind.FORBIDDEN


class ViewOver(DomainError):
    """Looking through another's eyes has ended by itself: the time is over, or a right has changed.

    Told once, instead of answering: what was sent from the other person's page must not be done in one's own name.
    """

    code = "hierarchy.view_over"
    kind = Kind.CONFLICT


def sights(viewer: Grants, target: Grants) -> Iterator[tuple[Permission, Scope, Scope]]:
    """The rights whose reach has to be compared: each with the target's scope and the viewer's.

    Rights that the viewer has over everything need no comparing and are left out.

    Raises:
        NotViewable: the target has a right that the viewer lacks, or has in a narrower scope.
    """
    for permission, scope in target.items():
        if permission in _OF_ONESELF:
            continue
        mine = viewer.get(permission)
        if mine is None or (mine.width < scope.width and permission not in _ENTRANCES):
            raise NotViewable(permission=permission.value)
        if mine is not Scope.ALL and permission not in _ENTRANCES:
            yield permission, scope, mine
