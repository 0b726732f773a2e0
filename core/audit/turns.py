"""First come, first served, with a limit to the waiting."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager


class NoTurn(Exception):
    """The turn did not come in time."""


class Turns:
    """Like a lock, but fair: under load `threading.Lock` lets the same few threads in again and again."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False

    @contextmanager
    def take(self, seconds: float) -> Generator[None]:
        """Raises NoTurn when the turn does not come within `seconds`."""
        self._wait(seconds)
        try:
            yield
        finally:
            with self._guard:
                if self._waiting:
                    self._waiting.popleft().release()
                else:
                    self._taken = False

    def _wait(self, seconds: float) -> None:
        gate = threading.Lock()
        gate.acquire()
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            self._waiting.append(gate)
        if gate.acquire(timeout=seconds):
            return
        with self._guard:
            if gate in self._waiting:
                self._waiting.remove(gate)
                raise NoTurn
        # it was handed over in this very moment
