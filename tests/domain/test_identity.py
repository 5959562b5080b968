"""Logins and tokens (REG-3, TOK)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.identity import (
    LoginInvalid,
    LoginKind,
    is_alive,
    new_token,
    parse_login,
    token_hash,
)
from b2b_dvizhenie.domain.shared.ids import new_id

NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["+7 912 345-67-89", "8 (912) 345-67-89", "89123456789", "9123456789", "7 912 345 67 89", "+7\u00a0912.345.67.89"],
)
def test_spellings_of_one_phone(text: str) -> None:
    login = parse_login(text)
    assert (login.kind, login.value) == (LoginKind.PHONE, "+79123456789")


def test_foreign_phone_needs_the_plus() -> None:
    assert parse_login("+375 29 123-45-67").value == "+375291234567"
    with pytest.raises(LoginInvalid):
        parse_login("375291234567")


@pytest.mark.parametrize("text", ["", "  ", "12", "a@", "@b", "a b@c.ru", "+7912345678901234", "٩١٢٣٤٥٦٧٨٩", "x" * 300])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(LoginInvalid):
        parse_login(text)


@given(st.text(max_size=40))
def test_parsing_is_total_and_idempotent(text: str) -> None:
    try:
        login = parse_login(text)
    except LoginInvalid:
        return
    assert parse_login(login.value) == login


@given(st.emails())
def test_email_case_does_not_matter(email: str) -> None:
    if not email.isascii() or len(email) > 200 or len(email.split("@", maxsplit=1)[0]) > 64:
        return
    assert parse_login(email.upper()) == parse_login(email.lower())


def test_tokens_are_long_random_and_kept_as_hashes() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert min(map(len, tokens)) >= 43
    assert len({token_hash(token) for token in tokens}) == 1000
    assert all(token.encode() not in token_hash(token) for token in tokens)


@pytest.mark.parametrize(
    ("age", "revoked", "active", "alive"),
    [(0, False, True, True), (30, False, True, False), (29, True, True, False), (29, False, False, False)],
)
def test_when_a_session_is_alive(age: int, revoked: bool, active: bool, alive: bool) -> None:
    opened = NOW - timedelta(days=age)
    answer = is_alive(
        expires_at=opened + timedelta(days=30), revoked_at=NOW if revoked else None, user_active=active, now=NOW
    )
    assert answer is alive


def test_ids_are_version_seven_and_ordered_by_time() -> None:
    ids = [new_id() for _ in range(500)]
    assert {one.version for one in ids} == {7}
    assert len(set(ids)) == 500
    assert [one.int >> 80 for one in ids] == sorted(one.int >> 80 for one in ids)
