"""One thread that looks at everything of this process that may have to be cut: calls of procedures, exchanges with
model servers."""

from __future__ import annotations

import logging
import threading
import time
from typing import Protocol

log = logging.getLogger(__name__)

TICK = 0.05  # seconds until a stop or a deadline is noticed
LINGER = 5.0  # seconds the thread waits for something more to look at


class Watched(Protocol):
    def tick(self) -> None:
        """Called every TICK, by the thread: looks whether it is time, and returns at once."""


class Watchdog:
    """The thread ends when there has been nothing to look at for a while.

    It looks around every TICK instead of being woken: waking a thread costs a short call more than the call itself.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watched: set[Watched] = set()
        self._thread: threading.Thread | None = None

    def add(self, watched: Watched) -> None:
        with self._lock:
            self._watched.add(watched)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
                self._thread.start()

    def remove(self, watched: Watched) -> None:
        """When this returns, its `tick` is not running and will not be called again."""
        with self._lock:
            self._watched.discard(watched)

    def _run(self) -> None:
        last_seen = time.monotonic()
        while True:
            time.sleep(TICK)
            now = time.monotonic()
            with self._lock:
                if self._watched:
                    last_seen = now
                elif now > last_seen + LINGER:
                    self._thread = None
                    return
                for watched in self._watched:
                    try:
                        watched.tick()
                    except Exception:  # of one of them: the others are still to be looked at
                        log.exception("what is watched could not be looked at")


watchdog = Watchdog()
