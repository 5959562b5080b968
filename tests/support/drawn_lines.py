"""Lines of carts and specifications, drawn for tests that write and read them."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from b2b_dvizhenie.domain.ordering import Seen

money = st.decimals(0, 10**9, places=2)
prices = st.decimals(0, 10**6, places=4)
quantities = st.decimals("0.001", 10**6, places=3)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
seen = st.none() | st.builds(Seen, prices, money, st.sampled_from(["RUB", "USD"]))

# Everything is drawn before a test begins: a draw that stops an example inside a coroutine would stop the runner.
places = st.integers(0, 3)
cart_lines = st.lists(
    st.tuples(places, quantities, moments, words, seen), unique_by=lambda drawn: drawn[0], min_size=1, max_size=4
)
