"""Which two columns are about the same thing: budget and actual, usual and this time, promised and delivered, before
and after. Told from their names: what is left of both without the comparing words must be the same."""

from __future__ import annotations

from .columns import Column, Kind
from .tables import Table
from .words import (
    BASE_WORDS,
    CURRENCIES,
    DUE_WORDS,
    HIGH_NAMES,
    LOW_NAMES,
    NOW_WORDS,
    TIME_ENDS,
    UNITS,
)

_NEUTRAL = CURRENCIES | set(UNITS) | {"unit"}
_PERIODS = frozenset({"month", "year", "quarter", "week", "day", "same", "last", "ago"})
_DATED = (Kind.DATE, Kind.TIMESTAMP)
_WORDED = (Kind.NAME, Kind.TEXT, Kind.CATEGORY)


def column_pairs(table: Table) -> list[tuple[Column, Column]]:
    """(what it should be or was, what it is), in the order of the columns; a figure may have several baselines."""
    found: list[tuple[Column, Column]] = []
    for base in table.columns:
        if base.kind is Kind.EMPTY or not is_base(base):
            continue
        fitting = [
            now
            for now in table.columns
            if now is not base and _same_kind(base, now) and not is_base(now) and _same_subject(base, now)
        ]
        found += [(base, now) for now in fitting[:1]]
    return found or _lone_pair(table)


def is_base(column: Column) -> bool:
    """Does the name say that this is what something should be, usually is, or was before?"""
    if column.kind in _DATED:
        return bool(column.words & DUE_WORDS)
    return bool(column.words & BASE_WORDS) or {"last", "year"} <= column.words


def is_reference(column: Column) -> bool:
    """Bounds are there to compare with: they are no measures of their own."""
    return bool(column.words & (LOW_NAMES | HIGH_NAMES | {"ref", "reference"})) and column.kind is not Kind.IDENTIFIER


def _same_kind(a: Column, b: Column) -> bool:
    if a.is_number and b.is_number:
        return a.suffix == b.suffix and (a.prefix == b.prefix or not a.prefix or not b.prefix)
    return (a.kind in _DATED and b.kind in _DATED) or (a.kind in _WORDED and b.kind in _WORDED)


def _same_subject(base: Column, now: Column) -> bool:
    if base.kind in _DATED:
        left, right = base.words - DUE_WORDS - TIME_ENDS, now.words - TIME_ENDS
        return left == right - NOW_WORDS and bool(right & NOW_WORDS)
    left = base.words - BASE_WORDS - _NEUTRAL
    if base.words & {"previous", "prior", "last", "same"}:
        left -= _PERIODS
    right = now.words - _NEUTRAL
    if right & NOW_WORDS:
        return left in (right, right - NOW_WORDS)
    return left == right and bool(left)


def _lone_pair(table: Table) -> list[tuple[Column, Column]]:
    """`expected_kwh` beside `consumption_kwh`, or an average beside a score: one baseline, one figure, one unit."""
    figures = [c for c in table.columns if c.is_number]
    bases = [c for c in figures if is_base(c)]
    if len(bases) != 1 or len(bases[0].words - BASE_WORDS - _NEUTRAL) > 1:
        return []
    base = bases[0]
    same = [c for c in figures if c is not base and _same_kind(base, c) and not is_reference(c)]
    if len(same) != 1 or not (base.suffix or base.prefix or (len(figures) == 2 and not same[0].additive)):
        return []
    return [(base, same[0])]
