"""Trees of any depth: of roles and of people under their heads (HIER-2).

A tree is a mapping of every node to its parent, or to None where it is a root. Both trees are edited by moving one
node with everything below it; a move that would put a node below itself is refused.
"""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from b2b_dvizhenie.domain.shared.errors import DomainError, Kind

Node = TypeVar("Node")


class HierarchyCycle(DomainError):
    """The new place lies below what is moved, or is it."""

    code = "hierarchy.cycle"
    kind = Kind.CONFLICT


def path(parents: Mapping[Node, Node | None], node: Node) -> tuple[Node, ...]:
    """The node, its parent, and so on up to the root. A ring, which edits never make, ends where it closes."""
    found: dict[Node, None] = {}
    step: Node | None = node
    while step is not None and step not in found:
        found[step] = None
        step = parents.get(step)
    return tuple(found)


def below(parents: Mapping[Node, Node | None], node: Node) -> frozenset[Node]:
    """Everything strictly below a node, at any depth: the transitive closure that visibility is made of."""
    children: dict[Node | None, list[Node]] = {}
    for child, parent in parents.items():
        children.setdefault(parent, []).append(child)
    found: set[Node] = set()
    pending = list(children.get(node, ()))
    while pending:
        child = pending.pop()
        if child not in found:
            found.add(child)
            pending += children.get(child, ())
    return frozenset(found - {node})


def check_move(node: Node, new_path: Iterable[Node], field: str) -> None:
    """Whether a node may hang where a path upwards begins.

    Args:
        node: what is moved, with everything below it.
        new_path: the new parent, its parent and so on up to the root; empty for becoming a root.
        field: the input field that names the new parent.

    Raises:
        HierarchyCycle: the new parent is the node itself or lies below it.
    """
    if node in new_path:
        raise HierarchyCycle(field)
