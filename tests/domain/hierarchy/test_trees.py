"""Trees of any depth: the closure against brute force, and no sequence of moves makes a ring (HIER-2, H*, C8)."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.hierarchy import HierarchyCycle, below, check_move, path

Parents = dict[int, int | None]


@st.composite
def forests(draw: st.DrawFn, size: int = 14) -> Parents:
    """Every node hangs under an earlier one or is a root; then the names are shuffled."""
    count = draw(st.integers(0, size))
    names = draw(st.permutations(range(count)))
    return {
        names[node]: names[parent] if (parent := draw(st.integers(-1, node - 1))) >= 0 else None
        for node in range(count)
    }


def brute_closure(parents: Parents) -> set[tuple[int, int]]:
    """(above, below) pairs by Warshall's algorithm: nothing shared with what is tested."""
    pairs = {(parent, child) for child, parent in parents.items() if parent is not None}
    for middle, top, bottom in product(parents, repeat=3):
        if (top, middle) in pairs and (middle, bottom) in pairs:
            pairs.add((top, bottom))
    return pairs


@given(forests())
def test_what_is_below_is_the_transitive_closure(parents: Parents) -> None:
    pairs = brute_closure(parents)
    for top in parents:
        assert below(parents, top) == {bottom for above, bottom in pairs if above == top}
        assert set(path(parents, top)) == {above for above, bottom in pairs if bottom == top} | {top}


@given(forests(), st.lists(st.tuples(st.integers(0, 13), st.one_of(st.none(), st.integers(0, 13))), max_size=30))
def test_allowed_moves_keep_a_forest_and_refused_ones_would_close_a_ring(
    parents: Parents, moves: list[tuple[int, int | None]]
) -> None:
    for node, target in moves:
        if node not in parents or (target is not None and target not in parents):
            continue
        rings = target is not None and (target == node or target in below(parents, node))
        try:
            check_move(node, () if target is None else path(parents, target), "parent")
        except HierarchyCycle:
            assert rings
        else:
            assert not rings
            parents[node] = target
        assert all((node, node) not in brute_closure(parents) for node in parents)


def test_ten_levels_are_seen_from_the_top() -> None:
    """HIER-2: a head of heads sees all below."""
    chain: Parents = {level: level - 1 if level else None for level in range(10)}
    assert below(chain, 0) == set(range(1, 10))
    assert path(chain, 9) == tuple(range(9, -1, -1))
    with pytest.raises(HierarchyCycle) as caught:
        check_move(0, path(chain, 9), "head")
    assert caught.value.field == "head"


def test_a_ring_made_by_something_else_is_walked_once() -> None:
    ring: Parents = {1: 2, 2: 3, 3: 1, 4: 3}
    assert below(ring, 1) == {2, 3, 4}
    assert path(ring, 4) == (4, 3, 1, 2)
