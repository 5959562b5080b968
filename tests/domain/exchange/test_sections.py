"""A tree out of whatever an ERP says about parents."""

from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.exchange.sections import arrange

keys = st.integers(0, 12)
trees = st.dictionaries(keys, st.none() | keys)
ages = st.dictionaries(keys, st.integers(-1, 20))


def test_a_cycle_is_opened_at_what_was_said_last():
    paths, cut = arrange({"a": "c", "b": "a", "c": "b"}, {"a": 5, "b": 1, "c": 2})
    assert cut == ["a"]
    assert paths == {"a": ("a",), "b": ("a", "b"), "c": ("a", "b", "c")}


def test_what_hangs_below_a_cycle_keeps_its_parent():
    paths, cut = arrange({"below": "x", "x": "y", "y": "x"}, {"x": 1, "y": 2})
    assert cut == ["y"]
    assert paths["below"] == ("y", "x", "below")


def test_a_section_that_is_its_own_parent_stands_at_the_root():
    assert arrange({"a": "a"}, {}) == ({"a": ("a",)}, ["a"])


@given(trees, ages)
def test_every_section_has_one_path_without_repeats_that_follows_the_parents(
    parents: dict[int, int | None], age: dict[int, int]
):
    paths, cut = arrange(parents, age)
    assert paths.keys() == parents.keys()
    for key, path in paths.items():
        assert path[-1] == key
        assert len(set(path)) == len(path)
        parent = parents[key]
        if key in cut or parent not in parents:
            assert path == (key,)
        else:
            assert path == (*paths[parent], key)


@given(trees, ages)
def test_a_tree_without_cycles_is_left_as_it_is(parents: dict[int, int | None], age: dict[int, int]):
    lower = {key: parent if parent is not None and parent < key else None for key, parent in parents.items()}
    assert arrange(lower, age)[1] == []


@given(trees, ages, st.randoms())
def test_the_order_of_the_sections_does_not_matter_where_nothing_is_cut(parents, age, random):
    paths, cut = arrange(parents, age)
    shuffled = list(parents.items())
    random.shuffle(shuffled)
    again, cut_again = arrange(dict(shuffled), age)
    if not cut:
        assert (again, cut_again) == (paths, cut)
    assert len(cut) == len(cut_again)
