"""A fair queue in front of a model server: users take turns, so ten requests of one do not hold up the others."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Generator
from contextlib import contextmanager


class FairQueue:
    """Lets at most `slots` requests run at once; the others wait, round robin over users. Shared between threads."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._running = 0
        self._waiting: OrderedDict[str, deque[Turn]] = OrderedDict()  # the user whose turn is next comes first
        self._changed = threading.Condition()

    @contextmanager
    def place(self, username: str) -> Generator[Turn]:
        turn = Turn(self._changed, self._ahead)
        with self._changed:
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
            else:
                self._waiting[username].remove(turn)
                if not self._waiting[username]:
                    del self._waiting[username]
            self._admit()

    def _admit(self) -> None:
        while self._running < self._slots and self._waiting:
            username, turns = self._waiting.popitem(last=False)
            turns.popleft().admitted = True
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


class Turn:
    """One request's place in the queue."""

    def __init__(self, changed: threading.Condition, ahead: Callable[[Turn], int]) -> None:
        self.admitted = False
        self._changed = changed
        self._ahead = ahead

    def wait(self, seconds: float) -> int:
        """Waits until admitted, at most `seconds`. Returns 0 when admitted, else the place in the queue from 1."""
        with self._changed:
            if self._changed.wait_for(lambda: self.admitted, seconds):
                return 0
            return self._ahead(self) + 1
