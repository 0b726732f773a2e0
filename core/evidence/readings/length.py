"""A length of time with the arithmetic behind it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from core.evidence.language.calendar import as_datetime
from core.evidence.verdict import Cell


class Length(NamedTuple):
    days: float
    why: str
    cells: Iterable[Cell]
    months: int | None = None  # whole calendar months, where both ends are days


def between(start: date, end: date, why: str, cells: Iterable[Cell]) -> Length:
    days = (as_datetime(end) - as_datetime(start)).total_seconds() / 86400
    a, b = (start, end) if days >= 0 else (end, start)
    months = (b.year - a.year) * 12 + b.month - a.month - (b.day < a.day)
    return Length(abs(days), why, cells, months)
