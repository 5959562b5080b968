"""The circuit breaker (reliability.md §6.3), and what a breaker without memory of its state would do."""

from datetime import UTC, datetime, timedelta

from b2b_dvizhenie.application.shared.breaker import CONSECUTIVE, COOL_DOWN, PROBES, Breaker, Permit, State

NOW = datetime(2026, 11, 25, tzinfo=UTC)
JITTER = timedelta(seconds=2)


def breaker() -> tuple[Breaker, list[State]]:
    states: list[State] = []
    return Breaker(lambda: JITTER, states.append), states


def leave(one: Breaker, now: datetime = NOW) -> Permit:
    permit = one.permit(now)
    assert permit is not None
    return permit


def opened() -> tuple[Breaker, list[State]]:
    one, states = breaker()
    for _ in range(CONSECUTIVE):
        one.failed(leave(one), NOW)
    assert states == [State.OPEN]
    return one, states


def test_five_failures_in_a_row_or_half_of_ten_open_it() -> None:
    one, _ = opened()
    assert one.permit(NOW) is None
    other, states = breaker()
    for _ in range(5):
        other.succeeded(leave(other))
        assert states == []
        other.failed(leave(other), NOW)
    assert states == [State.OPEN]
    calm, states = breaker()
    for number in range(60):
        permit = leave(calm)
        if number % 3:
            calm.succeeded(permit)
        else:
            calm.failed(permit, NOW)
    assert states == []


def test_after_the_pause_one_at_a_time_may_try() -> None:
    one, states = opened()
    later = NOW + COOL_DOWN + JITTER
    assert one.permit(later - timedelta(microseconds=1)) is None
    for number in range(PROBES):
        permit = leave(one, later)
        assert one.permit(later) is None, "one probe at a time"
        assert states[-1] is State.TRYING, number
        one.succeeded(permit)
    assert states == [State.OPEN, State.TRYING, State.CLOSED]
    assert len({leave(one, later).epoch for _ in range(3)}) == 1


def test_a_probe_that_fails_opens_it_again_and_one_given_up_does_not() -> None:
    one, states = opened()
    later = NOW + COOL_DOWN + JITTER
    one.gave_up(leave(one, later))
    one.failed(leave(one, later), later)
    assert states == [State.OPEN, State.TRYING, State.OPEN]
    assert one.permit(later + COOL_DOWN) is None
    assert one.permit(NOW - timedelta(days=1)) is not None, "a clock that was set back does not keep it open"


def test_what_began_before_is_not_counted_after() -> None:
    """Calls that were on their way while it opened must neither close it nor open it anew."""

    def race(*, forgetful: bool) -> list[State]:
        one, states = breaker()
        late = [leave(one) for _ in range(PROBES)]
        for _ in range(CONSECUTIVE):
            one.failed(leave(one), NOW)
        later = NOW + COOL_DOWN + JITTER
        probe = leave(one, later)
        for permit in late:
            one.succeeded(Permit(probe.epoch) if forgetful else permit)
        return states

    assert race(forgetful=False)[-1] is State.TRYING
    assert race(forgetful=True)[-1] is State.CLOSED, "the control closes by answers from before"
