"""A value against what another set keeps for its kind: a row of limits that is called like the value's column."""

from __future__ import annotations

from collections.abc import Iterator

from core.evidence.claims.claim import Claim
from core.evidence.columns.column import Column
from core.evidence.frame.frame import Frame
from core.evidence.frame.scopes import scopes
from core.evidence.index.facts import SetFacts
from core.evidence.readings.operands.pair import Pair, Term, aggregate, row_name


def against_limits(frame: Frame, claim: Claim, column: Column, facts: SetFacts) -> Iterator[Pair]:
    """ "4 mg/l over the nitrate limit": only where words name the other set or a column of it."""
    for other, row in frame.index.limits.get(id(column), ()):
        named = [c for c in other.columns if c.is_number and c.numbers[row] is not None]
        told = [c for c in named if id(c) in frame.column_hits]
        if not told and other.index not in frame.set_hits:
            continue
        for scope in scopes(frame, facts, claim):
            if scope.mask.bit_count() != 1:
                continue
            value = aggregate(facts, column, scope.mask, row_name(scope))
            if value is None:
                continue
            for limit in told or named:
                cells = (other.cell(row, limit),)
                yield Pair(value, Term(limit.numbers[row] or 0.0, column.unit, limit.name, cells), True, True)
