"""Ends calls that a person stopped or that take too long, in the server and not only here."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

TICK = 0.05  # seconds until Stop is noticed
GRACE = 5.0  # seconds that the server has to end a cancelled statement
LINGER = 5.0  # seconds the thread waits for another call


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
        """Called by the thread: start ending the call when it is time."""
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


class Watchdog:
    """One thread for all calls of the process; it ends when there have been none for a while.

    It looks around every TICK instead of being woken: waking a thread costs a short call more than the call itself.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watches: set[Watch] = set()
        self._thread: threading.Thread | None = None

    @contextmanager
    def watch(
        self, deadline: float, stop: threading.Event | None, cancel: Callable[[], None], abort: Callable[[], None]
    ) -> Generator[Watch]:
        """`cancel` and `abort` are called from another thread, never after this block."""
        watch = Watch(deadline, stop, cancel, abort)
        with self._lock:
            self._watches.add(watch)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="procedure-watchdog", daemon=True)
                self._thread.start()
        try:
            yield watch
        finally:
            with self._lock:
                self._watches.discard(watch)
            watch.finish()

    def _run(self) -> None:
        last_seen = time.monotonic()
        while True:
            time.sleep(TICK)
            now = time.monotonic()
            with self._lock:
                if self._watches:
                    last_seen = now
                elif now > last_seen + LINGER:
                    self._thread = None
                    return
                for watch in self._watches:
                    watch.tick()
