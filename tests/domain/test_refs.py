"""Ids of an ERP and keys made of several."""

from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.shared.refs import joined_key, normal_ref

TEXTS = st.text("a|\\#", max_size=4)


def test_guids_are_lower_case_and_anything_else_is_left_alone() -> None:
    assert normal_ref(" 7B2D0C1E-0000-4000-8000-00000000ABCD ") == "7b2d0c1e-0000-4000-8000-00000000abcd"
    pair = "7B2D0C1E-0000-4000-8000-00000000ABCD#7B2D0C1E-0000-4000-8000-00000000ABCE"
    assert normal_ref(pair) == pair.lower()
    assert normal_ref("Retail Price") == "Retail Price"


@given(st.lists(TEXTS, min_size=2, max_size=3), st.lists(TEXTS, min_size=2, max_size=3))
def test_different_ids_make_different_keys(one: list[str], other: list[str]) -> None:
    assert (joined_key(one) == joined_key(other)) == (one == other)


@given(st.lists(st.text("ab-", min_size=1), min_size=1, max_size=3))
def test_keys_of_plain_ids_can_be_read(parts: list[str]) -> None:
    assert joined_key(parts) == "|".join(parts)
