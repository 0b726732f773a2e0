from __future__ import annotations

import threading

from core.watchdog import Watchdog


class Broken:
    def tick(self) -> None:
        raise RuntimeError("no more threads")


class Looked:
    def __init__(self) -> None:
        self.again = threading.Semaphore(0)

    def tick(self) -> None:
        self.again.release()


def test_one_that_cannot_be_looked_at_takes_the_look_from_nobody_else() -> None:
    watchdog, broken, other = Watchdog(), Broken(), Looked()
    watchdog.add(broken)
    watchdog.add(other)
    try:
        assert all(other.again.acquire(timeout=10) for _ in range(3))
    finally:
        watchdog.remove(broken)
        watchdog.remove(other)
