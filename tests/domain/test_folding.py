"""One spelling for ordering, lookup and search: what people and ERPs write differently is the same here."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.catalog import article_key, search_document, sort_key
from b2b_dvizhenie.domain.catalog.folding import cyrillised, romanised


def test_names_are_ordered_as_people_expect() -> None:
    shuffled = ["Ёлка", "болт М10", "Жук", "Болт М8", "Ель", "Болт М100"]
    assert sorted(shuffled, key=sort_key) == ["Болт М8", "болт М10", "Болт М100", "Ёлка", "Ель", "Жук"]
    assert max(["Кабель 3х10", "Кабель 3х2,5", "Кабель 3х1,5"], key=sort_key) == "Кабель 3х10"


@given(st.integers(0, 10**30), st.integers(0, 10**30))
def test_numbers_in_names_are_ordered_by_value(left: int, right: int) -> None:
    assert (sort_key(f"М{left}") < sort_key(f"М{right}")) == (left < right)


@given(st.text(max_size=400))
def test_keys_are_bounded_and_storable(text: str) -> None:
    document = search_document(text, codes=[text], brand=text, others=[text])
    for key in (sort_key(text), article_key(text), *document):
        assert "\x00" not in key
    assert len(sort_key(text)) <= 200
    assert len(article_key(text)) <= 200


@pytest.mark.parametrize("spelling", ["ВА47-29", "ва47 29", "BA47-29", "BА47/29", " ва 47.29 "])
def test_one_article_in_every_spelling(spelling: str) -> None:
    assert article_key(spelling) == "ba4729"


@given(st.text(max_size=60))
def test_article_key_is_stable(text: str) -> None:
    assert article_key(article_key(text)) == article_key(text)


def test_document_of_a_cable() -> None:
    document = search_document(
        "Кабель ВВГнг(А)-LS 3х2,5 IEК", codes=["МВА20-1-016-C"], brand="IEK", others=["Сечение: 2.5 мм"]
    )
    assert {"кабель", "ввгнг", "ls", "3x2d5", "iek"} <= set(document.name.split())
    assert {"mba20", "016", "mba201016c"} <= set(document.codes.split())
    assert document.brand.split() == ["iek", "иек"]
    assert search_document("", brand="EKF").brand.split() == ["ekf", "екф", "экф"]
    assert {"3x25", "сечение", "2d5", "мм"} <= set(document.rest.split())


@pytest.mark.parametrize("size", ["3х2,5", "3x2.5", "3×2,5", "3 х 2,5", "3*2.5", "3X2,5"])
def test_one_size_in_every_spelling(size: str) -> None:
    assert search_document(size).name == "3x2d5"


def test_current_written_apart_and_together() -> None:
    assert "16a" in search_document("Автомат 16 А").rest.split()
    assert "16" in search_document("Автомат 16А").rest.split()


def test_letters_of_two_alphabets_in_one_word() -> None:
    assert search_document("IEК").name == "iek"  # the K is Cyrillic
    assert search_document("кaбель").name == "кабель"  # the a is Latin


@pytest.mark.parametrize(("latin", "cyrillic"), [("vvgng", "ввгнг"), ("rozetka", "розетка"), ("shina", "шина")])
def test_transliteration(latin: str, cyrillic: str) -> None:
    assert cyrillised(latin) == cyrillic
    assert romanised(cyrillic) == latin
