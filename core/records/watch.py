"""Ends calls that a person stopped or that take too long, in the server and not only here."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from core.watchdog import watchdog

GRACE = 5.0  # seconds that the server has to end a cancelled statement


class Ended(Exception):
    """Raised between two fetches when the call must not go on."""


class Watch:
    """One call under watch. After it, `stopped` or `late` tells whether it was ended, and why."""

    def __init__(
        self, deadline: float, stop: threading.Event | None, cancel: Callable[[], None], abort: Callable[[], None]
    ) -> None:
        self.deadline = deadline
        self.stopped = False
        self.late = False
        self._stop = stop
        self._cancel = cancel
        self._abort = abort
        self._done = threading.Event()
        self._ending: threading.Thread | None = None

    @property
    def ended(self) -> bool:
        return self.stopped or self.late

    def check(self) -> None:
        """Raises Ended when the call must not go on."""
        if not self.ended:
            self._look()
        if self.ended:
            raise Ended

    def tick(self) -> None:
        """Starts ending the call when it is time."""
        if self._ending is None and not self._done.is_set():
            self._look()
            if self.ended:
                self._ending = threading.Thread(target=self._end, name="procedure-cancel", daemon=True)
                self._ending.start()

    def finish(self) -> None:
        """The call is over; return when nothing will touch its connection any more."""
        self._done.set()
        if self._ending is not None:
            self._ending.join()

    def _look(self) -> None:
        if self._stop is not None and self._stop.is_set():
            self.stopped = True
        elif time.monotonic() > self.deadline:
            self.late = True

    def _end(self) -> None:
        """A cancel that arrives between two statements does nothing, so it is repeated."""
        give_up = time.monotonic() + GRACE
        with contextlib.suppress(Exception):  # whatever a driver raises here, the next step is stronger
            while time.monotonic() < give_up:
                self._cancel()
                if self._done.wait(0.2):
                    return
        with contextlib.suppress(Exception):
            self._abort()


@contextmanager
def watch_call(
    deadline: float, stop: threading.Event | None, cancel: Callable[[], None], abort: Callable[[], None]
) -> Generator[Watch]:
    """`cancel` and `abort` are called from another thread, never after this block."""
    one = Watch(deadline, stop, cancel, abort)
    watchdog.add(one)
    try:
        yield one
    finally:
        watchdog.remove(one)
        one.finish()
