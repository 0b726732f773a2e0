"""A fair queue in front of a model server: users take turns, so ten requests of one do not hold up the others."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Generator
from contextlib import contextmanager

from core.errors import ModelBusy

REMEMBERED = 20  # answers, for the time that is to be expected


class FairQueue:
    """Lets at most `slots` requests run at once; the others wait, round robin over users. Shared between threads."""

    def __init__(self, slots: int, most_waiting: int = 100) -> None:
        self._slots = slots
        self._most_waiting = most_waiting
        self._took: deque[float] = deque(maxlen=REMEMBERED)  # seconds of the latest answers
        self._running = 0
        self._waiting: OrderedDict[str, deque[Turn]] = OrderedDict()  # the user whose turn is next comes first
        self._changed = threading.Condition()

    @contextmanager
    def place(self, username: str) -> Generator[Turn]:
        """Raises ModelBusy when as many wait as may."""
        turn = Turn(self._changed, self._ahead, self._seconds)
        with self._changed:
            if sum(map(len, self._waiting.values())) >= self._most_waiting:
                raise ModelBusy(f"{self._most_waiting:,} requests are waiting for this model server already.")
            self._waiting.setdefault(username, deque()).append(turn)
            self._admit()
        try:
            yield turn
        finally:
            self.leave(username, turn)

    def leave(self, username: str, turn: Turn) -> None:
        """Gives the slot, or the place, to whoever is next. `place` does it by itself."""
        with self._changed:
            if turn.admitted:
                self._running -= 1
                self._took.append(time.monotonic() - turn.since)
            else:
                self._waiting[username].remove(turn)
                if not self._waiting[username]:
                    del self._waiting[username]
            self._admit()

    def _admit(self) -> None:
        while self._running < self._slots and self._waiting:
            username, turns = self._waiting.popitem(last=False)
            turn = turns.popleft()
            turn.admitted, turn.since = True, time.monotonic()
            self._running += 1
            if turns:
                self._waiting[username] = turns  # to the end: the next one is another user's
        self._changed.notify_all()

    def _ahead(self, turn: Turn) -> int:
        """Requests that will be admitted before this one."""
        own = next(turns for turns in self._waiting.values() if turn in turns)
        place = own.index(turn)
        before_own = True
        ahead = place
        for turns in self._waiting.values():
            if turns is own:
                before_own = False
            else:
                ahead += min(len(turns), place + before_own)
        return ahead

    def _seconds(self, turn: Turn) -> float | None:
        """Whoever is ahead, and those that run now, are taken to need as long as the answers before, one after another
        in each slot. Half of the time of those that run has passed on average.
        """
        if not self._took:
            return None
        usual = sum(self._took) / len(self._took)
        return usual * (self._ahead(turn) / self._slots + 0.5)


class Turn:
    """One request's place in the queue."""

    def __init__(
        self,
        changed: threading.Condition,
        ahead: Callable[[Turn], int],
        seconds: Callable[[Turn], float | None],
    ) -> None:
        self.admitted = False
        self.since = 0.0  # time.monotonic() of its admission
        self._changed = changed
        self._ahead = ahead
        self._seconds = seconds

    @property
    def expected_seconds(self) -> float | None:
        """Until it is admitted, judged by the answers before; None when there were none."""
        with self._changed:
            return 0.0 if self.admitted else self._seconds(self)

    def wait(self, seconds: float) -> int:
        """Waits until admitted, at most `seconds`. Returns 0 when admitted, else the place in the queue from 1."""
        with self._changed:
            if self._changed.wait_for(lambda: self.admitted, seconds):
                return 0
            return self._ahead(self) + 1
