"""Kinds of settings: what they take, what they refuse, and that a stored value comes back as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.settings import (
    Choice,
    NotOneOfChoices,
    Number,
    NumberBounds,
    Setting,
    Several,
    Switch,
    Text,
    TextLength,
    WrongKind,
)
from b2b_dvizhenie.domain.shared.errors import DomainError

NUMBER = Number(key="a.number", default=30, minimum=1, maximum=366)
SWITCH = Switch(key="a.switch", default=False)
CHOICE = Choice(key="a.choice", default="x", choices=("x", "y"))
SEVERAL = Several(key="a.several")
TEXT = Text(key="a.text", default="", longest=10)
ALL: list[Setting] = [NUMBER, SWITCH, CHOICE, SEVERAL, TEXT]
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


def decoded(setting: Setting, value: object) -> object:
    """The value, or a refusal that names the setting; anything else fails the test."""
    try:
        return setting.decoded(value)
    except DomainError as refusal:
        return refusal if refusal.field == setting.key else pytest.fail(f"{refusal} names another field")


@pytest.mark.parametrize("setting", ALL, ids=lambda one: one.key)
def test_the_default_is_within_the_bounds(setting: Setting) -> None:
    assert setting.decoded(setting.encoded(setting.default)) == setting.default


@pytest.mark.parametrize("setting", ALL, ids=lambda one: one.key)
@given(value=anything)
def test_a_value_is_taken_and_kept_or_refused_by_its_key(setting: Setting, value: object) -> None:
    taken = decoded(setting, value)
    if not isinstance(taken, DomainError):
        assert setting.decoded(setting.encoded(taken)) == taken


@pytest.mark.parametrize("setting", ALL, ids=lambda one: one.key)
@given(texts=st.lists(st.text(max_size=40), max_size=5))
def test_whatever_a_form_sends_is_taken_or_refused(setting: Setting, texts: list[str]) -> None:
    decoded(setting, setting.typed(texts))


@pytest.mark.parametrize(
    ("setting", "texts", "expected"),
    [
        (NUMBER, [" 45 "], 45),
        (SWITCH, [], False),
        (SWITCH, ["true"], True),
        (CHOICE, ["y"], "y"),
        (SEVERAL, ["client", "manager", "client"], ("client", "manager")),
        (TEXT, ["  word "], "word"),
    ],
)
def test_what_is_typed(setting: Setting, texts: list[str], expected: object) -> None:
    assert setting.decoded(setting.typed(texts)) == expected


@pytest.mark.parametrize(
    ("setting", "texts", "refusal"),
    [
        (NUMBER, ["0"], NumberBounds),
        (NUMBER, ["367"], NumberBounds),
        (NUMBER, ["1.5"], NumberBounds),
        (NUMBER, ["\u0663"], NumberBounds),
        (NUMBER, ["9" * 4000], NumberBounds),
        (NUMBER, [], NumberBounds),
        (CHOICE, ["z"], NotOneOfChoices),
        (SEVERAL, ["DROP TABLE"], NotOneOfChoices),
        (TEXT, ["x" * 11], TextLength),
        (TEXT, ["a\u202eb"], WrongKind),
    ],
)
def test_what_is_refused(setting: Setting, texts: list[str], refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        setting.decoded(setting.typed(texts))
