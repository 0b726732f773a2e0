"""Rows inside a stretch of time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date

from core.evidence.columns.column import Column
from core.evidence.columns.rows import mask_of
from core.evidence.index.index import Index
from core.evidence.language.calendar import Grain, Moment, Span
from core.evidence.language.listed import words
from core.evidence.language.stems import stem


def time_options(spans: list[Span], index: Index) -> dict[int, list[int]]:
    """For each set with times: the rows inside each span, by each time column; an empty mask when there is none."""
    options: dict[int, list[int]] = {}
    for facts in index.sets:
        if not facts.times:
            continue
        masks: list[int] = []
        for first, last in spans:
            for column in facts.times:
                mask = rows_in_span(column, first, last)
                if mask and mask not in masks:
                    masks.append(mask)
            if mask := _running(facts.times, first, last):
                masks.append(mask)
        if masks:
            options[facts.index] = masks
        elif facts.size > 1:
            options[facts.index] = [0]
    return options


def numbered(moment: Moment, index: Index) -> Iterator[tuple[Column, int]]:
    """ "week 38" of a column `week` that holds bare numbers: with the mask of its rows; of sets that have them."""
    name = _NUMBERED.get(moment.grain)
    for column in index.numbers if name is not None and moment.year is None else ():
        if column.stems == (name,) and (rows := column.rows_between(moment.number, moment.number)):
            yield column, rows


_NUMBERED = {Grain.WEEK: stem("week"), Grain.QUARTER: stem("quarter")}


def rows_in_span(column: Column, first: date, last: date) -> int:
    dated = column.by_time
    start, stop = bisect_left(dated, first, key=_start), bisect_right(dated, last, key=_start)
    return mask_of(row for (_, end), row in dated[start:stop] if end <= last)


def _start(dated: tuple[Span, int]) -> date:
    return dated[0][0]


_STARTS = frozenset(stem(w) for w in words("start begin effective valid from since"))


_ENDS = frozenset(stem(w) for w in words("end stop until expire expiry to valid"))


def _running(times: list[Column], first: date, last: date) -> int:
    """Rows that were under way: started before the end of the span and not ended before its beginning."""
    starts = next((c for c in times if _STARTS & set(c.stems)), None)
    ends = next((c for c in times if _ENDS & set(c.stems) and c is not starts), None)
    if starts is None or ends is None:
        return 0
    mask = 0
    for row, span in enumerate(starts.spans):
        end = ends.spans[row]
        if span is not None and span[0] <= last and (end is None or end[1] >= first):
            mask |= 1 << row
    return mask
