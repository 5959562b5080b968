"""Leaving a service alone that does not answer: a circuit breaker (reliability.md §6.3).

Closed, everybody may call. After `CONSECUTIVE` failures in a row, or when half of the last `WINDOW` calls failed, it
opens: nobody calls for the cool-down and a random part of it more. Then one caller at a time tries; `PROBES` successes
close it, one failure opens it again. What a call started before the last change of state comes to is not counted: it
tells of a service as it was.
"""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

CONSECUTIVE = 5
WINDOW = 10
PROBES = 3
COOL_DOWN = timedelta(seconds=15)


class State(StrEnum):
    """Whether calls are let through."""

    CLOSED = "closed"
    OPEN = "open"
    TRYING = "trying"  # one at a time


class Permit(Struct, frozen=True):
    """Leave to call once; whoever has one says how it went, exactly once."""

    epoch: int


class Breaker:
    """Lets calls through or not. Belongs to one event loop; no method waits.

    Args:
        jitter: how much longer than the cool-down to stay open this time, so that processes do not return together.
        watch: told of every change of state.
    """

    def __init__(self, jitter: Callable[[], timedelta], watch: Callable[[State], None] = lambda _: None) -> None:
        self._jitter = jitter
        self._watch = watch
        self.state = State.CLOSED
        self._epoch = 0
        self._row = 0
        self._recent: deque[bool] = deque(maxlen=WINDOW)
        self._opened_at: datetime | None = None
        self._pause = COOL_DOWN
        self._good_probes = 0
        self._is_probing = False

    def permit(self, now: datetime) -> Permit | None:
        """Leave to call now, or None."""
        if self.state is State.OPEN and self._has_cooled(now):
            self._become(State.TRYING)
        if self.state is State.OPEN or (self.state is State.TRYING and self._is_probing):
            return None
        self._is_probing = self.state is State.TRYING
        return Permit(self._epoch)

    def succeeded(self, permit: Permit) -> None:
        """The call was answered."""
        if permit.epoch != self._epoch:
            return
        if self.state is State.TRYING:
            self._is_probing = False
            self._good_probes += 1
            if self._good_probes == PROBES:
                self._become(State.CLOSED)
            return
        self._row = 0
        self._recent.append(True)

    def failed(self, permit: Permit, now: datetime) -> None:
        """The call was not answered, or not in time, or with nonsense."""
        if permit.epoch != self._epoch:
            return
        self._row += 1
        self._recent.append(False)
        halved = len(self._recent) == WINDOW and self._recent.count(False) * 2 >= WINDOW
        if self.state is State.TRYING or self._row >= CONSECUTIVE or halved:
            self._opened_at, self._pause = now, COOL_DOWN + self._jitter()
            self._become(State.OPEN)

    def gave_up(self, permit: Permit) -> None:
        """Nobody was called after all: nothing is learned."""
        if permit.epoch == self._epoch:
            self._is_probing = False

    def _has_cooled(self, now: datetime) -> bool:
        # A clock that was set back must not keep it open for longer than the pause.
        return self._opened_at is None or not timedelta(0) <= now - self._opened_at < self._pause

    def _become(self, state: State) -> None:
        self.state = state
        self._epoch += 1
        self._row, self._good_probes, self._is_probing = 0, 0, False
        self._recent.clear()
        self._watch(state)
