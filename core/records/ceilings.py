"""How many rows and bytes of a record are let in. What is left out is reported, never silent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from core.records.record import Column, ResultSet, Row, Value

FIRST_BATCH = 100
LARGEST_BATCH = 2_000
BATCH_BYTES = 1024 * 1024  # about what one fetch may hold in memory

Fetch = Callable[[int], Sequence[Sequence[Any]]]
"""Fetch at most that many of the next rows; fewer only at the end."""


class Ceilings:
    """Takes the sets of one record, in order, with bounded memory."""

    def __init__(self, rows: int, bytes_: int, check: Callable[[], None] = lambda: None) -> None:
        """`check` is called before each fetch and raises when the call must end."""
        self._rows = rows
        self._bytes = bytes_
        self.check = check

    def take(
        self, name: str, columns: tuple[Column, ...], fetch: Fetch, convert: Callable[[Any], Value] | None = None
    ) -> ResultSet:
        """Read one set up to the ceilings. `convert` makes a Value of what the driver gives."""
        rows: list[Row] = []
        used, batch, truncated = 0, FIRST_BATCH, False
        while not truncated:
            self.check()
            wanted = min(batch, self._rows + 1 - len(rows))
            fetched = fetch(wanted)
            for raw in fetched:
                row = tuple(raw) if convert is None else tuple(map(convert, raw))
                used += size(row)
                if len(rows) == self._rows or used > self._bytes:
                    truncated = True
                    break
                rows.append(row)
            if len(fetched) < wanted:
                break
            batch = max(1, min(LARGEST_BATCH, 2 * batch, BATCH_BYTES // (used // max(1, len(rows)) + 1)))
        self._bytes = max(0, self._bytes - used)
        return ResultSet(name, columns, tuple(rows), truncated)


def size(row: Row) -> int:
    """About the bytes that a row takes as text."""
    total = 0
    for value in row:
        if isinstance(value, str):
            total += len(value) if value.isascii() else len(value.encode())
        elif value is not None:
            total += 8
    return total
