"""Lengths of time between two dates: of a row, of neighbours in time, from the end of one to the start of the next."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

from core.evidence.claims.claim import Claim
from core.evidence.columns.column import Column
from core.evidence.columns.rows import rows_of
from core.evidence.frame.frame import Frame, Scope
from core.evidence.index.facts import SetFacts
from core.evidence.language.units import Dimension, Unit
from core.evidence.readings.length import Length, between
from core.evidence.readings.operands.pair import Name, Term
from core.evidence.readings.workings.rows import MOST_ROWS, meant
from core.evidence.readings.workings.working import Working

_MOST_COLUMNS = 4


def lengths(frame: Frame, claim: Claim) -> Iterator[Working]:
    if claim.unit is None or claim.dimension is not Dimension.TIME:
        return
    for stage in (_of_rows, _of_neighbours):
        for facts in frame.index.sets:
            for scope in meant(frame, claim, facts) if facts.times else ():
                for length in stage(scope, claim.unit) if scope.mask.bit_count() <= MOST_ROWS else ():
                    yield _working(length, length.days / claim.unit.factor)
                    if length.months is not None and claim.unit.name in _MONTHS:
                        yield _working(length, float(length.months // _MONTHS[claim.unit.name]))


_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def _working(length: Length, value: float) -> Working:
    return Working(value, Name("{}", (length.why,)), (Term(value, None, "", length.cells),))


def _of_rows(scope: Scope, unit: Unit) -> Iterator[Length]:
    facts = scope.facts
    for one, other in combinations(facts.times[:_MOST_COLUMNS], 2):
        for row in rows_of(scope.mask):
            yield from _between(unit, facts, (one, row), (other, row))


def _of_neighbours(scope: Scope, unit: Unit) -> Iterator[Length]:
    """From the end of one row to the start of the next one first."""
    facts = scope.facts
    columns = facts.times[:_MOST_COLUMNS]
    near = {column.index: _near(facts, column, scope.mask) for column in columns}
    for start, end in combinations(columns, 2):
        for a, b in near[start.index]:
            yield from _between(unit, facts, (end, a), (start, b))
    for column in columns:
        for a, b in near[column.index]:
            yield from _between(unit, facts, (column, a), (column, b))


def _near(facts: SetFacts, column: Column, mask: int) -> list[tuple[int, int]]:
    """Rows of the mask that are neighbours in time, its ends, and each with its neighbours among all rows."""
    rows = column.gaps(mask).rows
    near = [*pairwise(rows), *([(rows[0], rows[-1])] if len(rows) > 2 else [])]
    if facts.size <= MOST_ROWS and mask != facts.all:
        near += [pair for pair in pairwise(column.gaps(facts.all).rows) if not set(pair).isdisjoint(rows)]
    return list(dict.fromkeys(near))


def _between(unit: Unit, facts: SetFacts, one: tuple[Column, int], other: tuple[Column, int]) -> Iterator[Length]:
    (first, a), (then, b) = one, other
    start, end = first.moments[a], then.moments[b]
    if start is None or end is None:
        return
    why = f"from {first.name} in row {a + 1} to {then.name} in row {b + 1} of {facts.name}"
    cells = [facts.cell(a, first), facts.cell(b, then)]
    if first.clocks[a] is not None and then.clocks[b] is not None:
        yield between(start, end, why, cells)._replace(months=None)
    if start.time() == end.time() or unit.factor >= 1:
        yield between(start.date(), end.date(), why, cells)
