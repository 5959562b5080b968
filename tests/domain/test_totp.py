"""The second step by the test vectors of RFC 6238 (appendix B) and RFC 4226 (appendix D), and what follows of them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.identity import code_at, key_text, matching_step, new_recovery_codes, new_secret, step_of
from b2b_dvizhenie.domain.identity import provisioning_uri as uri_of

SECRET = b"12345678901234567890"
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_vectors_of_rfc_6238(seconds: int, code: str) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    assert code_at(SECRET, step_of(moment), digits=8) == code


def test_vectors_of_rfc_4226() -> None:
    codes = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
    assert [code_at(SECRET, counter) for counter in range(10)] == codes


@given(MOMENTS, st.integers(-4, 4))
def test_one_step_of_drift_either_way(now: datetime, drift: int) -> None:
    step = step_of(now) + drift
    found = matching_step(SECRET, code_at(SECRET, step), now, last=0)
    equal = {one for one in range(step_of(now) - 1, step_of(now) + 2) if code_at(SECRET, one) == code_at(SECRET, step)}
    assert found in equal if equal else found is None
    assert abs(drift) > 1 or found is not None


@given(MOMENTS)
def test_a_used_step_and_earlier_ones_work_no_more(now: datetime) -> None:
    here = step_of(now)
    assert matching_step(SECRET, code_at(SECRET, here), now, last=here) in (None, here + 1)  # the next may be equal
    assert matching_step(SECRET, code_at(SECRET, here - 1), now, last=here + 1) is None


@given(st.text(max_size=12))
def test_nonsense_is_no_code(typed: str) -> None:
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    right = {code_at(SECRET, step_of(now) + drift) for drift in (-1, 0, 1)}
    assert (matching_step(SECRET, typed, now, last=0) is not None) == (typed in right)


def test_secrets_and_recovery_codes_are_random() -> None:
    assert len({new_secret() for _ in range(100)}) == 100
    codes = new_recovery_codes()
    assert len(set(codes)) == len(codes) == 10
    assert all(len(code) == 11 and code[5] == "-" for code in codes)
    assert not set(codes) & set(new_recovery_codes())


def test_what_the_qr_code_holds() -> None:
    assert key_text(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    assert uri_of(SECRET, "Анна Петрова", "Опт & Ко") == (
        "otpauth://totp/%D0%9E%D0%BF%D1%82%20%26%20%D0%9A%D0%BE:%D0%90%D0%BD%D0%BD%D0%B0%20%D0%9F%D0%B5%D1%82%D1%80%D0"
        "%BE%D0%B2%D0%B0?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        "&issuer=%D0%9E%D0%BF%D1%82%20%26%20%D0%9A%D0%BE&digits=6&period=30"
    )
