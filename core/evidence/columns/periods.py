"""The days, weeks, months, quarters and years that dates lie in, counted on from one to the next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

PERIODS: dict[str, Callable[[date], int]] = {
    "day": date.toordinal,
    "week": lambda day: day.toordinal() // 7,
    "month": lambda day: day.year * 12 + day.month,
    "quarter": lambda day: day.year * 4 + (day.month - 1) // 3,
    "year": lambda day: day.year,
}
