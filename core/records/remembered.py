"""Signatures of procedures, remembered for a minute: looking them up takes longer than many calls do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

Found = TypeVar("Found")
SECONDS = 60.0


class Remembered(Generic[Found]):
    """One per database. A procedure that was changed is looked up again after its first error, or after a minute."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[float, Found]] = {}

    def get(self, procedure: str, find: Callable[[], Found]) -> Found:
        until, found = self._found.get(procedure, (0.0, None))
        if found is not None and time.monotonic() < until:
            return found
        fresh = find()
        self._found[procedure] = (time.monotonic() + SECONDS, fresh)
        return fresh

    def forget(self, procedure: str) -> None:
        self._found.pop(procedure, None)
