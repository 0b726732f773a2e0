"""What one column of the record holds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple, TypeVar

from core.evidence.columns.periods import PERIODS
from core.evidence.columns.rows import mask_of, rows_of
from core.evidence.language.calendar import as_datetime
from core.evidence.language.listed import words
from core.evidence.language.stems import fold, stem
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
    "budget": "budget bud plan planned target tgt fcst goal quota expected forecast projected estimate estimated",
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


HARD_MARKS = frozenset({"reference", "limit", "budget", "previous", "low", "high", "average", "cumulative"})
"""Those that keep a column out of sight where they are not told."""


MARKS_OF: dict[str, frozenset[str]] = {
    word: frozenset(mark for mark, listed in MARKS.items() if word in listed.split())
    for listed in MARKS.values()
    for word in listed.split()
}


GENERIC = frozenset(
    stem(word) for word in words("value amount number total date name type status id code count text level")
)


ROOM = frozenset(stem(word) for word in words("capacity total places seats beds rooms limit max maximum planned"))
"""Words of a column that may hold the whole of what another one holds a part of."""


_MOST_KEPT = 64  # of each kind at a time
_K = TypeVar("_K")
_T = TypeVar("_T")
Filled = tuple[Sequence[int], float]
Span = tuple[date, date]


class Gaps(NamedTuple):
    """`dated`: (time, row) in order. Of the gaps from each to the next, in days: the place of the row before it."""

    dated: list[tuple[datetime, int]]
    rows: list[int]
    longest: int = 0
    shortest: int = 0
    average: float = 0.0


@dataclass(eq=False)
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
    spans: list[Span | None] = field(default_factory=list[Span | None])
    clocks: list[datetime | None] = field(default_factory=list[datetime | None])
    texts: list[str | None] = field(default_factory=list[str | None])
    units: list[Unit | None] | None = None  # where a neighbour column names the unit of each row
    distinct: int = 0
    rates: bool = False  # adding its values up makes no sense
    exact: bool = True
    _gaps: dict[int, Gaps] = field(default_factory=dict[int, Gaps])  # by mask
    _filled: dict[int, Filled] = field(default_factory=dict[int, Filled])  # by mask
    _in_order: dict[int, list[tuple[Span, int]]] = field(default_factory=dict[int, list[tuple[Span, int]]])  # by mask
    _periods: dict[tuple[int, str], set[int]] = field(default_factory=dict[tuple[int, str], set[int]])
    _over_time: dict[tuple[int, int], list[int]] = field(default_factory=dict[tuple[int, int], list[int]])

    @cached_property
    def key(self) -> str:
        return self.name.casefold()

    @cached_property
    def folded(self) -> str:
        """All of its texts, one a line, to look in at once."""
        return "\n".join(fold(text) for text in self.texts if text)

    @cached_property
    def hard_marks(self) -> frozenset[str]:
        return self.marks & HARD_MARKS

    @cached_property
    def is_room(self) -> bool:
        return not ROOM.isdisjoint(self.stems)

    @property
    def is_number(self) -> bool:
        return self.role is Role.NUMBER

    @cached_property
    def in_size(self) -> tuple[list[float], list[int]]:
        """The numbers, ascending, and the row of each."""
        pairs = sorted((number, row) for row, number in enumerate(self.numbers) if number is not None)
        return [number for number, _ in pairs], [row for _, row in pairs]

    def rows_between(self, low: float, high: float) -> int:
        """The mask of the rows whose number lies between, both ends inside."""
        numbers, rows = self.in_size
        start, stop = bisect_left(numbers, low), bisect_right(numbers, high)
        return mask_of(rows[start:stop]) if start < stop else 0

    @cached_property
    def is_ratio(self) -> bool:
        """Whether all numbers may be parts of one, so that 0.12 is 12 %."""
        numbers, _ = self.in_size
        return not numbers or (numbers[0] >= -1.5 and numbers[-1] <= 1.5)

    @cached_property
    def has_negative(self) -> bool:
        return any(n is not None and n < 0 for n in self.numbers)

    @cached_property
    def moments(self) -> list[datetime | None]:
        """The time of each row, midnight where only the day is known; None for months and longer."""
        return [
            clock or (as_datetime(span[0]) if span and span[0] == span[1] else None)
            for clock, span in zip(self.clocks, self.spans, strict=True)
        ]

    def filled(self, mask: int) -> Filled:
        """The rows of the mask that have a number, and their sum."""
        return _kept(self._filled, mask, self._find_filled)

    def _find_filled(self, mask: int) -> Filled:
        numbers = self.numbers
        rows = [row for row in rows_of(mask) if numbers[row] is not None]
        return rows, sum(numbers[row] or 0.0 for row in rows)

    def gaps(self, mask: int) -> Gaps:
        """Between the rows of the mask that are neighbours in time."""
        return _kept(self._gaps, mask, self._find_gaps)

    def _find_gaps(self, mask: int) -> Gaps:
        moments = self.moments
        dated = sorted((m, row) for row in rows_of(mask) if (m := moments[row]))
        days = [(b - a).total_seconds() / 86400 for (a, _), (b, _) in pairwise(dated)]
        rows = [row for _, row in dated]
        if not days:
            return Gaps(dated, rows)
        return Gaps(dated, rows, days.index(max(days)), days.index(min(days)), sum(days) / len(days))

    def in_order(self, mask: int) -> list[tuple[Span, int]]:
        """The (stretch of time, row) of the mask's rows that have one, in the order of time."""
        return _kept(self._in_order, mask, self._find_in_order)

    def _find_in_order(self, mask: int) -> list[tuple[Span, int]]:
        return sorted((span, row) for row in rows_of(mask) if (span := self.spans[row]))

    def periods(self, mask: int, unit: str) -> set[int]:
        """The different days, weeks, months, quarters or years of the mask's rows."""
        return _kept(self._periods, (mask, unit), self._find_periods)

    def _find_periods(self, key: tuple[int, str]) -> set[int]:
        mask, unit = key
        return {PERIODS[unit](start) for (start, _), _ in self.in_order(mask)}

    def rows_over_time(self, clock: Column, mask: int) -> list[int]:
        """The mask's rows with a number in the order of `clock`; none when two of them are of one time."""
        return _kept(self._over_time, (clock.index, mask), lambda _: self._find_rows_over_time(clock, mask))

    def _find_rows_over_time(self, clock: Column, mask: int) -> list[int]:
        clocks = clock.clocks
        dated = sorted(
            (clocks[row] or as_datetime(start), row)
            for (start, _), row in clock.in_order(mask)
            if self.numbers[row] is not None
        )
        return [] if any(a == b for (a, _), (b, _) in pairwise(dated)) else [row for _, row in dated]

    @cached_property
    def by_time(self) -> list[tuple[Span, int]]:
        """All (stretch of time, row) in order."""
        return sorted((span, row) for row, span in enumerate(self.spans) if span)

    @cached_property
    def something(self) -> int:
        """The mask of the rows with a number that is not nought; of rates, with any."""
        return mask_of(r for r, n in enumerate(self.numbers) if n or (self.rates and n is not None))

    @cached_property
    def groups(self) -> dict[str, int]:
        """The mask of the rows of each text."""
        rows: dict[str, list[int]] = {}
        for row, text in enumerate(self.texts):
            if text:
                rows.setdefault(text, []).append(row)
        return {text: mask_of(of) for text, of in rows.items()}

    @cached_property
    def held(self) -> list[int]:
        """The rows that have a value; of a flag, those where it is true."""
        rows = range(len(self.texts))
        if self.role is Role.FLAG:
            return [row for row in rows if self.texts[row] == "true"]
        return [row for row in rows if not self.is_empty_at(row)]

    @cached_property
    def held_mask(self) -> int:
        return mask_of(self.held)

    def is_empty_at(self, row: int) -> bool:
        return self.numbers[row] is None and self.spans[row] is None and self.texts[row] is None

    def unit_at(self, row: int) -> Unit | None:
        return (self.units[row] or self.unit) if self.units is not None else self.unit


def _kept(kept: dict[_K, _T], key: _K, find: Callable[[_K], _T]) -> _T:
    """Found once for each mask of rows: the claims of an answer ask for the same few again and again."""
    if key not in kept:
        if len(kept) > _MOST_KEPT:
            kept.clear()
        kept[key] = find(key)
    return kept[key]
