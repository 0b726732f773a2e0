"""Moments: dates, months, quarters, years and weeks as written; one without a year waits for the record's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import IntEnum


class Grain(IntEnum):
    MINUTE = 0
    DAY = 1
    WEEK = 2
    MONTH = 3
    QUARTER = 4
    HALF = 5
    YEAR = 6


Span = tuple[date, date]
"""First and last day, both inside."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A stretch of time as written. `number` is the month, quarter, half or week; `relative` as in "last September"."""

    grain: Grain
    year: int | None = None
    number: int = 0
    day: int = 0
    clock: tuple[int, int, int] | None = None  # hour, minute, second (-1 when not written)
    relative: str = ""
    swapped: Moment | None = None  # 02/09/2026 the other way round
    likely: int | None = None  # the year a neighbour in the sentence has

    def spans(self, years: range, today: date | None) -> list[Span]:
        """The days it may mean; without a year, one span for each year, the latest first."""
        if self.relative and today is not None:
            return self._relative_spans(years, today)
        found = [span for year in self._years(years) if (span := self.in_year(year))]
        if self.swapped is not None:
            found += self.swapped.spans(years, today)
        return found

    def _years(self, years: range) -> list[int]:
        if self.year is not None:
            return [self.year]
        return sorted(years, key=lambda year: (year != self.likely, -year))

    def in_year(self, year: int) -> Span | None:
        try:
            match self.grain:
                case Grain.DAY | Grain.MINUTE:
                    first = date(year, self.number, self.day)
                    return first, first
                case Grain.WEEK:
                    first = date.fromisocalendar(year, self.number, 1)
                    return first, first + timedelta(days=6)
                case Grain.MONTH:
                    return months_from(year, self.number, 1)
                case Grain.QUARTER:
                    return months_from(year, 3 * self.number - 2, 3)
                case Grain.HALF:
                    return months_from(year, 6 * self.number - 5, 6)
                case Grain.YEAR:
                    return months_from(year, self.number or 1, 12)
        except (ValueError, OverflowError):
            return None

    def _relative_spans(self, years: range, today: date) -> list[Span]:
        back = {"last": 1, "past": 1, "previous": 1, "prior": 1, "this": 0, "current": 0, "next": -1, "coming": -1}
        step = back.get(self.relative, 1)
        match self.grain:
            case Grain.MONTH if self.number:
                found = [span for year in (today.year, today.year - 1, today.year + 1) if (span := self.in_year(year))]
                if step > 0:
                    return [span for span in found if span[0] <= today][:2]
                return found
            case Grain.MONTH:
                return _shifted(today, -step, 1)
            case Grain.QUARTER:
                start = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
                return _shifted(start, -3 * step, 3)
            case Grain.YEAR:
                return [months_from(today.year - step, 1, 12)] if 1 < today.year - step < 9999 else []
            case Grain.WEEK:
                monday = today - timedelta(days=today.weekday() + 7 * step)
                return [(monday, monday + timedelta(days=6))]
            case _:
                day = today - timedelta(days=1 if self.relative == "yesterday" else 0)
                return [(day, day)]


def _shifted(start: date, months: int, length: int) -> list[Span]:
    index = start.year * 12 + start.month - 1 + months
    return [months_from(index // 12, index % 12 + 1, length)] if 12 < index < 119_000 else []


def months_from(year: int, month: int, length: int) -> Span:
    """The span of `length` months that begins with this month. Raises ValueError outside the calendar."""
    first = date(year, month, 1)
    index = year * 12 + month - 1 + length
    return first, date(index // 12, index % 12 + 1, 1) - timedelta(days=1)


MONTHS: dict[str, int] = {}
for _i, _words in enumerate(
    [
        "january jan januar janvier jänner",
        "february feb februar février févr fevrier",
        "march mar märz mrz mars",
        "april apr avril avr",
        "may mai",
        "june jun juni juin",
        "july jul juli juillet juil",
        "august aug août aout",
        "september sep sept septembre",
        "october oct oktober okt octobre",
        "november nov novembre",
        "december dec dezember dez décembre déc decembre",
    ],
    1,
):
    for _word in _words.split():
        MONTHS[_word] = _i


def as_datetime(value: date) -> datetime:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return datetime.combine(value, time())
