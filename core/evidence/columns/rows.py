"""Sets of rows as masks: bit n is row n."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache


@lru_cache(maxsize=64)
def rows_of(mask: int) -> Sequence[int]:
    """The rows of a mask, ascending. The claims of a sentence ask for the same few again and again."""
    if mask.bit_count() * 8 > mask.bit_length():
        return [row for row, bit in enumerate(reversed(bin(mask)[2:])) if bit == "1"]
    rows: list[int] = []
    while mask:
        low = mask & -mask
        rows.append(low.bit_length() - 1)
        mask ^= low
    return rows


def mask_of(rows: Iterable[int]) -> int:
    mask = 0
    for row in rows:
        mask |= 1 << row
    return mask
