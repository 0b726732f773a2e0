"""What one column of the record holds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise

from core.evidence.columns.rows import rows_of
from core.evidence.language.calendar import as_datetime
from core.evidence.language.listed import words
from core.evidence.language.stems import stem
from core.evidence.language.units import Dimension, Unit


class Role(StrEnum):
    NUMBER = "number"
    TIME = "time"  # dates, timestamps, months, quarters, years
    CODE = "code"  # identifiers
    LABEL = "label"  # names, categories, statuses
    PROSE = "prose"  # free text
    FLAG = "flag"  # true or false
    EMPTY = "empty"


MARKS = {
    "reference": "reference normal norm standard range",
    "limit": "limit ceiling cap maximum max allowed threshold tolerance credit deductible",
    "budget": "budget plan planned target goal quota expected forecast projected estimate estimated",
    "previous": "previous prior last before former earlier py ly baseline prev",
    "low": "low lower min minimum floor bottom",
    "high": "high upper max maximum top ceiling",
    "average": "avg average mean median typical usual",
    "count": "count number n",
    "open": "outstanding remaining left open balance",
    "discount": "discount rebate tax vat fee surcharge tip deposit",
    "net": "net",
    "cumulative": "cumulative running ytd cum",
}
"""Words in a column name that set it apart from the plain measure: such a column speaks only where the text says so."""


MARKS_OF: dict[str, frozenset[str]] = {
    word: frozenset(mark for mark, listed in MARKS.items() if word in listed.split())
    for listed in MARKS.values()
    for word in listed.split()
}


GENERIC = frozenset(
    stem(word) for word in words("value amount number total date name type status id code count text level")
)


_MOST_SUMS = 64  # kept at a time
Gaps = tuple[list[tuple[datetime, int]], list[tuple[float, int]]]
Filled = tuple[Sequence[int], float]


@dataclass(slots=True, eq=False)
class Column:
    """`numbers`, `spans` and `texts` have one entry for each row, None where the cell says nothing of the kind."""

    set_index: int
    index: int
    name: str
    role: Role
    stems: tuple[str, ...]  # of its name, without the unit
    unit: Unit | None
    dimension: Dimension | None
    marks: frozenset[str]
    numbers: list[float | None] = field(default_factory=list[float | None])
    spans: list[tuple[date, date] | None] = field(default_factory=list[tuple[date, date] | None])
    clocks: list[datetime | None] = field(default_factory=list[datetime | None])
    texts: list[str | None] = field(default_factory=list[str | None])
    units: list[Unit | None] | None = None  # where a neighbour column names the unit of each row
    distinct: int = 0
    rates: bool = False  # adding its values up makes no sense
    exact: bool = True
    _negative: bool | None = None
    _moments: list[datetime | None] | None = None
    _sorted: list[float] | None = None
    _rows: list[int] | None = None
    _gaps: dict[int, Gaps] = field(default_factory=dict[int, Gaps])  # by mask
    _filled: dict[int, Filled] = field(default_factory=dict[int, Filled])  # by mask

    @property
    def key(self) -> str:
        return self.name.casefold()

    @property
    def is_number(self) -> bool:
        return self.role is Role.NUMBER

    def rows_between(self, low: float, high: float) -> list[int]:
        """Rows whose number lies between, both ends inside."""
        if self._sorted is None or self._rows is None:
            pairs = sorted((n, row) for row, n in enumerate(self.numbers) if n is not None)
            self._sorted = [n for n, _ in pairs]
            self._rows = [row for _, row in pairs]
        return self._rows[bisect_left(self._sorted, low) : bisect_right(self._sorted, high)]

    @property
    def has_negative(self) -> bool:
        if self._negative is None:
            self._negative = any(n is not None and n < 0 for n in self.numbers)
        return self._negative

    @property
    def moments(self) -> list[datetime | None]:
        """The time of each row, midnight where only the day is known; None for months and longer."""
        if self._moments is None:
            self._moments = [
                clock or (as_datetime(span[0]) if span and span[0] == span[1] else None)
                for clock, span in zip(self.clocks, self.spans, strict=True)
            ]
        return self._moments

    def filled(self, mask: int) -> Filled:
        """The rows of the mask that have a number, and their sum."""
        if mask not in self._filled:
            if len(self._filled) > _MOST_SUMS:
                self._filled.clear()
            numbers = self.numbers
            rows = [row for row in rows_of(mask) if numbers[row] is not None]
            self._filled[mask] = rows, sum(numbers[row] or 0.0 for row in rows)
        return self._filled[mask]

    def gaps(self, mask: int) -> Gaps:
        """The mask's (time, row) in order, and the days from each to the next with the place of the first."""
        if mask not in self._gaps:
            if len(self._gaps) > _MOST_SUMS:
                self._gaps.clear()
            moments = self.moments
            dated = sorted((m, row) for row in rows_of(mask) if (m := moments[row]))
            days = [((b - a).total_seconds() / 86400, i) for i, ((a, _), (b, _)) in enumerate(pairwise(dated))]
            self._gaps[mask] = dated, days
        return self._gaps[mask]

    def is_empty_at(self, row: int) -> bool:
        return self.numbers[row] is None and self.spans[row] is None and self.texts[row] is None

    def unit_at(self, row: int) -> Unit | None:
        return (self.units[row] or self.unit) if self.units is not None else self.unit
