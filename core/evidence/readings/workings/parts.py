"""Parts of the rows that the words mean: those of a label, a flag or two, those that have a value in a column, those of
a month, a quarter or a year, the first and the last few, all but one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from core.evidence.columns.column import Column, Role
from core.evidence.columns.periods import PERIODS
from core.evidence.columns.rows import mask_of
from core.evidence.frame.frame import Scope
from core.evidence.index.facts import SetFacts

_MOST_LABELS = 12
_MOST_ROWS = 200  # of a set whose times are grouped
_FEW = 6
_SPANS = ("month", "quarter", "year")


class Part(NamedTuple):
    mask: int
    name: str


def kinds(scope: Scope) -> Iterator[list[Part]]:
    """Parts that stand beside each other, by what sets them apart; the plainest kinds first."""
    facts, mask = scope.facts, scope.mask
    labels = [c for c in facts.columns if c.role in (Role.LABEL, Role.FLAG) and 1 < c.distinct <= _MOST_LABELS]
    for column in labels:
        yield _within(mask, (Part(rows, f"{column.name} {text}") for text, rows in column.groups.items()))
    for column in facts.columns:
        if 0 < len(column.held) < facts.size and column.role is not Role.FLAG:
            held = mask_of(column.held)
            yield _within(mask, [Part(held, f"{column.name} told"), Part(facts.all & ~held, f"no {column.name}")])
    if facts.size <= _MOST_ROWS:
        for clock in facts.times[:2]:
            for unit in _SPANS:
                yield _within(mask, _of_spans(clock, unit))
        yield _within(mask, _ends(facts, mask))
    for one, other in combinations(labels[:_FEW], 2):
        both = (
            Part(a & b, f"{one.name} {text} and {other.name} {word}")
            for text, a in one.groups.items()
            for word, b in other.groups.items()
        )
        yield _within(mask, both)


def signs(column: Column, mask: int) -> list[Part]:
    """What comes in and what goes out."""
    if not column.has_negative:
        return []
    out = mask_of(row for row, number in enumerate(column.numbers) if number is not None and number < 0)
    return _within(mask, [Part(mask & ~out, f"positive {column.name}"), Part(out, f"negative {column.name}")])


def _within(mask: int, parts: Iterator[Part] | list[Part]) -> list[Part]:
    inside = (Part(part.mask & mask, part.name) for part in parts)
    return [part for part in inside if part.mask and part.mask != mask]


def _of_spans(clock: Column, unit: str) -> Iterator[Part]:
    rows: dict[int, int] = {}
    for row, span in enumerate(clock.spans):
        if span is not None:
            key = PERIODS[unit](span[0])
            rows[key] = rows.get(key, 0) | 1 << row
    return (Part(mask, f"one {unit} of {clock.name}") for mask in rows.values())


def _ends(facts: SetFacts, mask: int) -> Iterator[Part]:
    """In the order of time where there is one."""
    rows = facts.times[0].gaps(mask).rows if facts.times else []
    rows = rows or [row for row in range(facts.size) if mask >> row & 1]
    for few in range(2, min(_FEW, len(rows) - 1) + 1):
        yield Part(mask_of(rows[:few]), f"the first {few}")
        yield Part(mask_of(rows[-few:]), f"the last {few}")
    if len(rows) > 2:
        yield from (Part(mask & ~(1 << row), f"all but row {row + 1}") for row in rows)
