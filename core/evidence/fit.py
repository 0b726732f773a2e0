"""How well a figure fits a value, and between which sizes it does."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class Fit(IntEnum):
    NO = 0
    ROUNDED = 1
    EXACT = 2


class Stretch(NamedTuple):
    """Sizes from `low` to `high`, both inside, in the claim's unit."""

    low: float
    high: float
    fit: Fit
