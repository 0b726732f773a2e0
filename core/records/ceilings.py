"""How many rows and bytes of a record are let in. What is left out is reported, never silent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter

from core.records.record import Column, ColumnType, ResultSet, Row

FIRST_BATCH = 250
LARGEST_BATCH = 5_000
BATCH_BYTES = 1024 * 1024  # about what one fetch may hold in memory

Fetch = Callable[[int], Sequence[Row]]
"""Fetch at most that many of the next rows; fewer only at the end."""


class Ceilings:
    """Takes the sets of one record, in order, with bounded memory."""

    def __init__(self, rows: int, bytes_: int, check: Callable[[], None] = lambda: None) -> None:
        """`check` is called before each fetch and raises when the call must end."""
        self._rows = rows
        self._bytes = bytes_
        self.check = check

    @property
    def first_batch(self) -> int:
        """How many rows the first fetch of a set asks for."""
        return min(FIRST_BATCH, self._rows + 1)

    def take(self, name: str, columns: tuple[Column, ...], fetch: Fetch) -> ResultSet:
        """Read one set up to the ceilings."""
        rows: list[Row] = []
        texts = [place for place, column in enumerate(columns) if column.type is ColumnType.TEXT]
        used, batch, truncated = 0, FIRST_BATCH, False
        while not truncated:
            self.check()
            wanted = min(batch, self._rows + 1 - len(rows))
            fetched = fetch(wanted)
            more = size(fetched, len(columns), texts)
            if len(rows) + len(fetched) <= self._rows and used + more <= self._bytes:
                rows += fetched
                used += more
            else:
                truncated = True
                for row in fetched[: self._rows - len(rows)]:
                    used += size([row], len(columns), texts)
                    if used > self._bytes:
                        break
                    rows.append(row)
            if len(fetched) < wanted:
                break
            batch = max(1, min(LARGEST_BATCH, BATCH_BYTES // (used // max(1, len(rows)) + 1)))
        self._bytes = max(0, self._bytes - used)
        return ResultSet(name, columns, tuple(rows), truncated)


def size(rows: Sequence[Row], width: int, texts: Sequence[int]) -> int:
    """About the bytes that rows take as text: 8 for each cell, and what the columns at `texts` hold."""
    total = 8 * len(rows) * (width - len(texts))
    for place in texts:
        cells = filter(None, map(itemgetter(place), rows))
        text = "".join(map(str, cells))  # str() of a str is free
        total += len(text) if text.isascii() else len(text.encode())
    return total
